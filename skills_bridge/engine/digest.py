"""Digests of a run's input and of its answer: the same input, under the same engine version, gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from skills_bridge.engine.arrays import Columns
from skills_bridge.engine.columns import CohortColumns, OpeningColumns, SeekerColumns
from skills_bridge.engine.policy import PolicySet
from skills_bridge.engine.pool import Pool
from skills_bridge.engine.results import Shortlists


def digest(pool: Pool, openings: OpeningColumns, cohorts: CohortColumns, policies: PolicySet) -> bytes:
    """Return the SHA-256 over all columns in the order of their declaration, the policy and the day of judgement.

    Rows count in the order in which they came: the caller reads them by rising id.
    """
    found = hashlib.sha256()
    settings = {"as_of": pool.as_of, "policies": policies.parameters()}
    found.update(json.dumps(settings, sort_keys=True).encode())
    for table in (pool.seekers, pool.relations, openings, cohorts):
        _add(found, table)
    return found.digest()


def digest_of_people(seekers: SeekerColumns) -> bytes:
    """Return the SHA-256 over the columns of people."""
    found = hashlib.sha256()
    _add(found, seekers)
    return found.digest()


def _add(found: hashlib._Hash, table: Columns) -> None:
    for name, column in named_columns(type(table).__name__, table):
        found.update(f"\n{name}:{column.dtype.str}:{len(column)}\n".encode())
        found.update(column.data)


def digest_of_lists(found: Shortlists) -> bytes:
    """Return the SHA-256 over the lists, whatever the width in which their numbers are held.

    What was counted beside them is left out: a run over a country counts only whom it lists.
    """
    made = hashlib.sha256()
    for part in fields(found):
        if part.name == "counts":
            continue
        column = np.ascontiguousarray(getattr(found, part.name), np.int64)
        made.update(f"\n{part.name}:{column.shape}\n".encode())
        made.update(column.data)
    return made.digest()


def named_columns(name: str, table: Columns) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Yield path and content of each column, those of the lists included."""
    for part, content in table.parts():
        if isinstance(content, Columns):
            yield from named_columns(f"{name}.{part}", content)
        else:
            yield f"{name}.{part}", content
