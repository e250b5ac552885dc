"""Many rows given to one statement, as a list for each column: by a statement a row the driver takes seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import TableValuedAlias, column, func, literal
from sqlalchemy.dialects.postgresql import ARRAY

from skills_bridge.models import Base


def given_rows(table: type[Base], columns: Mapping[str, Sequence[Any]]) -> TableValuedAlias:
    """Return rows to select from; each column has the name and the type that it has in ``table``."""
    kinds = {name: table.__table__.c[name].type for name in columns}
    lists = (literal(list(columns[name]), ARRAY(kind)) for name, kind in kinds.items())
    given = func.unnest(*lists).table_valued(*(column(name, kind) for name, kind in kinds.items()), name="given")
    return given.render_derived()
