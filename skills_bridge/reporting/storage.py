"""Facts as bytes: one canonical form, its digest, and the compressed copy kept beside a pack."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import astuple, fields
from datetime import datetime
from typing import Final, TypeVar

import numpy as np

from skills_bridge.domain.errors import RuleBroken
from skills_bridge.reporting.facts import Facts, Label, PlacementColumns, PostColumns

FORMAT: Final = "skills-bridge-facts-1"
_DTYPES: Final = {"M8[D]": "<M8[D]", "M8[us]": "<M8[us]", "i8": "<i8"}
_Columns = TypeVar("_Columns", PostColumns, PlacementColumns)


def canonical_facts(facts: Facts) -> bytes:
    """Return the one byte form of facts: a line of JSON, then every column, little-endian."""
    tables: dict[str, PostColumns | PlacementColumns] = {"posts": facts.posts, "placements": facts.placements}
    head = {
        "format": FORMAT,
        "cut_off": facts.cut_off.isoformat(),
        "lists": {
            name: [astuple(label) for label in getattr(facts, name)] for name in ("profiles", "provinces", "regions")
        },
        "rows": {name: len(columns.profile) for name, columns in tables.items()},
    }
    parts = [json.dumps(head, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"]
    for columns in tables.values():
        for field in fields(columns):
            column = getattr(columns, field.name)
            parts.append(column.astype(_DTYPES[column.dtype.str.lstrip("<>=|")]).tobytes())
    return b"".join(parts)


def digest_facts(facts: Facts) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical_facts(facts)).hexdigest()


def compress_facts(facts: Facts) -> bytes:
    """Return the copy to keep; the digest is that of the canonical form inside."""
    return zlib.compress(canonical_facts(facts), 6)


def restore_facts(kept: bytes) -> Facts:
    """Read back what :func:`compress_facts` wrote.

    :raises RuleBroken: the bytes are damaged, cut short or of another format.
    """
    try:
        head_bytes, body = zlib.decompress(kept).split(b"\n", 1)
        head = json.loads(head_bytes)
        known = head["format"] == FORMAT
        sizes = head["rows"]
    except (zlib.error, ValueError, KeyError, TypeError):
        raise RuleBroken("facts-damaged") from None
    wanted = 8 * sum(sizes[name] * len(fields(kind)) for name, kind in _TABLES.items()) if known else NotImplemented
    if wanted != len(body):
        raise RuleBroken("facts-damaged")
    split = 8 * sizes["posts"] * len(fields(PostColumns))
    lists = {name: tuple(Label(*values) for values in rows) for name, rows in head["lists"].items()}
    return Facts(
        cut_off=datetime.fromisoformat(head["cut_off"]),
        posts=_restore(PostColumns, body[:split], sizes["posts"]),
        placements=_restore(PlacementColumns, body[split:], sizes["placements"]),
        **lists,
    )


_TABLES: Final = {"posts": PostColumns, "placements": PlacementColumns}


def _restore(kind: type[_Columns], body: bytes, size: int) -> _Columns:
    columns = {}
    for place, field in enumerate(fields(kind)):
        dtype = "<M8[us]" if field.name.endswith("_at") else "<M8[D]" if field.name.endswith("_on") else "<i8"
        columns[field.name] = np.frombuffer(body, dtype=dtype, count=size, offset=8 * size * place)
    return kind(**columns)
