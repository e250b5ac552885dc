"""The steps of the history that are a person's: of her file, and of every row that is hers."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from skills_bridge.domain.personal_data import HISTORIES
from skills_bridge.models import Base, StateChange


def history_of(seeker_id: int) -> ColumnElement[bool]:
    """Return the test that a step of the history is a person's."""
    tests = [(StateChange.object_kind == "seeker") & (StateChange.object_id == seeker_id)]
    for kind, name in HISTORIES.items():
        table = Base.metadata.tables[name]
        keys = select(table.c.id).where(table.c.seeker_id == seeker_id)
        tests.append((StateChange.object_kind == kind) & StateChange.object_id.in_(keys))
    return or_(*tests)
