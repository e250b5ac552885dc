"""The input of a run as one value, and as bytes that are kept: what is read again is the same to the last bit."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, TypeVar, get_type_hints

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.matching import WrongShape
from skills_bridge.engine.arrays import Columns
from skills_bridge.engine.columns import CohortColumns, OpeningColumns, RelationColumns, SeekerColumns
from skills_bridge.engine.digest import digest, named_columns
from skills_bridge.engine.policy import PolicySet
from skills_bridge.engine.pool import Pool, build_pool

MARK: Final = b"SBRUN1"
HEAD_BYTES: Final = 8
FASTEST: Final = 1
"""Level of compression: the columns are many and repeat themselves, more effort gains little."""

Found = Mapping[str, npt.NDArray[Any]]
Table = TypeVar("Table", bound=Columns)


@dataclass(frozen=True, eq=False)
class RunInput:
    """Everything a run is computed from."""

    pool: Pool
    openings: OpeningColumns
    cohorts: CohortColumns
    policies: PolicySet

    def digest(self) -> bytes:
        """Return the digest of the input."""
        return digest(self.pool, self.openings, self.cohorts, self.policies)


def keep_input(inputs: RunInput) -> bytes:
    """Return the columns, the policy and the day of a run as compressed bytes."""
    tables = (inputs.pool.seekers, inputs.pool.relations, inputs.openings, inputs.cohorts)
    columns = [
        (name, _narrow(column)) for table in tables for name, column in named_columns(type(table).__name__, table)
    ]
    head = {
        "as_of": inputs.pool.as_of,
        "policies": inputs.policies.parameters(),
        "columns": [[name, column.dtype.str, len(column)] for name, column in columns],
    }
    told = json.dumps(head, sort_keys=True).encode()
    packer = zlib.compressobj(FASTEST)
    parts = [packer.compress(len(told).to_bytes(HEAD_BYTES, "big")), packer.compress(told)]
    parts += [packer.compress(column.data) for _, column in columns if len(column)]
    return b"".join((MARK, *parts, packer.flush()))


def _narrow(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a column in the narrowest type that holds its values; what reads it brings it back to its own."""
    if not len(column) or column.dtype == np.bool_:
        return column
    return column.astype(np.result_type(np.min_scalar_type(column.min()), np.min_scalar_type(column.max())))


def read_input(kept: bytes) -> RunInput:
    """Return the input that was kept.

    :raises WrongShape: the bytes are no kept input, or were cut.
    """
    head, found = _columns_of(_plain(kept))
    return RunInput(
        pool=build_pool(
            table_of(SeekerColumns, "SeekerColumns", found),
            table_of(RelationColumns, "RelationColumns", found),
            as_of=head["as_of"],
        ),
        openings=table_of(OpeningColumns, "OpeningColumns", found),
        cohorts=table_of(CohortColumns, "CohortColumns", found),
        policies=PolicySet.from_parameters(head["policies"]),
    )


def _plain(kept: bytes) -> bytes:
    """Return the bytes without mark and compression."""
    try:
        plain = zlib.decompress(kept.removeprefix(MARK))
    except zlib.error as error:
        raise WrongShape("RunInput", "content", -1, len(kept)) from error
    if not kept.startswith(MARK):
        raise WrongShape("RunInput", "mark", -1, kept[: len(MARK)].hex())
    return plain


def _columns_of(plain: bytes) -> tuple[dict[str, Any], Found]:
    """Return the head and the columns by path."""
    start = HEAD_BYTES + int.from_bytes(plain[:HEAD_BYTES], "big")
    head: dict[str, Any] = json.loads(plain[HEAD_BYTES:start])
    found = {}
    for name, kind, length in head["columns"]:
        column = np.frombuffer(plain, np.dtype(kind), length, start)
        found[name] = column
        start += column.nbytes
    return head, found


def table_of(kind: type[Table], path: str, found: Found) -> Table:
    """Return a table, and the lists in it, from the columns that stand under its path (``digest.named_columns``)."""
    hints = get_type_hints(kind)
    parts = {}
    for part in fields(kind):  # type: ignore[arg-type]  # every child is a dataclass
        name, hint = f"{path}.{part.name}", hints[part.name]
        is_table = isinstance(hint, type) and issubclass(hint, Columns)
        parts[part.name] = table_of(hint, name, found) if is_table else found[name]
    return kind(**parts)
