"""The audit chain judged: every link follows the one before, says what it said, and reaches the sealed heads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

PLATFORM_STREAM: Final = 0
"""The stream of what belongs to no organisation; every other stream is an organisation's key."""
MOST_FINDINGS: Final = 50
"""Findings told of one stream: whoever rewrites a whole stream is not described entry by entry."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it stands in the table."""

    stream: int
    seq: int
    recorded_at: datetime
    user_id: int | None
    act: str
    object_kind: str
    object_id: int | None
    facts: str
    previous_hash: bytes
    entry_hash: bytes


def hash_of(link: Link) -> bytes:
    """Return the hash that an entry must have: the database's own rule, computed without the database."""
    user = "-" if link.user_id is None else link.user_id
    thing = "-" if link.object_id is None else link.object_id
    at = (link.recorded_at - _EPOCH) // _MICROSECOND
    content = f"{link.stream}|{link.seq}|{at}|{user}|{link.act}|{link.object_kind}|{thing}|{link.facts}"
    return hashlib.sha256(link.previous_hash + content.encode()).digest()


class Fault(StrEnum):
    """What is wrong at a place of the chain.

    *changed*: the content does not give its hash. *broken*: the entry does not follow the one before it. *missing*:
    numbers are absent. *repeated*: a number stands twice. *cut*: a sealed head lies beyond the end. *rewritten*: the
    chain holds together, and contradicts a sealed head. *unsealed*: an anchor's own seal does not hold.
    """

    CHANGED = "changed"
    BROKEN = "broken"
    MISSING = "missing"
    REPEATED = "repeated"
    CUT = "cut"
    REWRITTEN = "rewritten"
    UNSEALED = "unsealed"


class Outcome(StrEnum):
    """What a verification says of the whole audit."""

    SOUND = "sound"
    FAULTS = "faults"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault and its place: the entries from ``first`` to ``last`` of a stream; ``anchor`` names what contradicts."""

    stream: int
    fault: Fault
    first: int
    last: int
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a stream at some instant, with its hash in hexadecimal."""

    stream: int
    seq: int
    digest: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """Heads sealed where nobody who only holds the database can change them: a pack's manifest, a nightly check."""

    name: str
    heads: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class StreamReport:
    """What a verification found in one stream; ``head`` is None if it is empty."""

    stream: int
    entries: int
    head: Head | None
    findings: tuple[Finding, ...]


def verify_stream(stream: int, links: Iterable[Link], anchors: Sequence[Anchor]) -> StreamReport:
    """Walk the entries of a stream in the order of their numbers and name every place that was tampered with."""
    sealed = {head.seq: (head.digest, anchor.name) for anchor in anchors for head in anchor.heads if _is(head, stream)}
    walk = _Walk(stream, sealed)
    for link in links:
        walk.step(link)
    walk.end()
    head = Head(stream, walk.last.seq, walk.last.entry_hash.hex()) if walk.last else None
    return StreamReport(stream, walk.entries, head, tuple(walk.findings[:MOST_FINDINGS]))


def _is(head: Head, stream: int) -> bool:
    return head.stream == stream and head.seq > 0


class _Walk:
    """One pass over a stream."""

    def __init__(self, stream: int, sealed: Mapping[int, tuple[str, str]]) -> None:
        self.stream = stream
        self.sealed = sealed
        self.last: Link | None = None
        self.entries = 0
        self.anchored = 0
        self.is_rewritten = False
        self.findings: list[Finding] = []

    def step(self, link: Link) -> None:
        """Judge one entry against the one before and against the sealed head of its number."""
        self.entries += 1
        before = self.last.seq if self.last else 0
        if link.seq <= before:
            self._find(Fault.REPEATED, link.seq, link.seq)
        elif link.seq > before + 1:
            self._find(Fault.MISSING, before + 1, link.seq - 1)
        elif link.previous_hash != (self.last.entry_hash if self.last else b""):
            self._find(Fault.BROKEN, link.seq, link.seq)
        if hash_of(link) != link.entry_hash:
            self._find(Fault.CHANGED, link.seq, link.seq)
        self._compare(link)
        self.last = link

    def end(self) -> None:
        """Find the tail that was cut off: a sealed head that the stream no longer reaches."""
        last = self.last.seq if self.last else 0
        beyond = max((seq for seq in self.sealed if seq > last), default=None)
        if beyond is not None:
            self._find(Fault.CUT, last + 1, beyond, self.sealed[beyond][1])

    def _compare(self, link: Link) -> None:
        digest, anchor = self.sealed.get(link.seq, ("", ""))
        if not digest or self.is_rewritten:
            return
        if digest == link.entry_hash.hex():
            self.anchored = link.seq
        else:  # every later head differs too: the first one names the place
            self.is_rewritten = True
            self._find(Fault.REWRITTEN, self.anchored + 1, link.seq, anchor)

    def _find(self, fault: Fault, first: int, last: int, anchor: str = "") -> None:
        self.findings.append(Finding(self.stream, fault, first, last, anchor))
