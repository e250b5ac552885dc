"""The people of a run, with their holdings by competency; read by any number of lists and traces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.framework import LEVELS, Evidence
from skills_bridge.domain.matching import NotInInput
from skills_bridge.engine.arrays import NO_DAY, Bools, Int64s, Ints
from skills_bridge.engine.columns import HeldLists, RelationColumns, SeekerColumns

Codes8 = npt.NDArray[np.uint8]
Sources = Mapping[int, tuple[tuple[int, int], ...]]
"""For a competency asked: the competencies that count for it, itself left out, each with its relation (1, 2)."""


@dataclass(frozen=True, eq=False)
class Pool:
    """People, relations and the day of judgement; nothing here depends on the policy.

    The holdings are sorted by competency when they are first asked for, as parallel arrays: ``competency`` rising,
    ``seeker`` the place of the person, ``code`` the holding as one byte without relation, expired proofs already turned
    into declarations. Whoever only passes the people on never pays for that.
    """

    seekers: SeekerColumns
    relations: RelationColumns
    as_of: int
    sources: Sources

    @cached_property
    def _order(self) -> Int64s:
        return np.argsort(self.seekers.held.competency, kind="stable")

    @cached_property
    def competency(self) -> Ints:
        """The competency of each holding, rising."""
        return self.seekers.held.competency[self._order]

    @cached_property
    def seeker(self) -> Int64s:
        """The place of the person of each holding."""
        return self.seekers.held.owners[self._order]

    @cached_property
    def code(self) -> Codes8:
        """Evidence and level of each holding."""
        held = self.seekers.held
        codes = (effective_evidence(held, self.as_of) * len(LEVELS) + held.level - 1).astype(np.uint8)
        return codes[self._order]

    def holdings(self, competency: int) -> Iterator[tuple[int, Int64s, Codes8]]:
        """Yield relation, people and codes of the holdings that count for a competency."""
        for source, relation in ((competency, 0), *self.sources.get(competency, ())):
            # The column's own type: another one would make NumPy copy the whole column for each search.
            first, last = np.searchsorted(self.competency, np.array([source, source + 1], self.competency.dtype))
            yield relation, self.seeker[first:last], self.code[first:last]

    def of(self, people: Sequence[int]) -> Pool:
        """Return the pool of these people alone, by their places, in this order.

        :raises NotInInput: there is no such place.
        """
        for place in people:
            if not 0 <= place < len(self.seekers):
                raise NotInInput("SeekerColumns", "seeker_id", place, len(self.seekers))
        return Pool(self.seekers.take(people), self.relations, self.as_of, self.sources)


def build_pool(seekers: SeekerColumns, relations: RelationColumns, *, as_of: int) -> Pool:
    """Return the people as they stand on the day ``as_of`` (days since 1970-01-01)."""
    sources: dict[int, list[tuple[int, int]]] = defaultdict(list)
    columns = (relations.competency.tolist(), relations.related.tolist(), relations.kind.tolist())
    for held, related, kind in zip(*columns, strict=True):
        sources[related].append((held, kind))
    return Pool(seekers, relations, as_of, {related: tuple(found) for related, found in sources.items()})


def expired(held: HeldLists, as_of: int) -> Bools:
    """Return which holdings had been assessed or certified, with a validity that passed before ``as_of``."""
    proven: Bools = held.evidence > Evidence.DECLARED.rank
    passed: Bools = (held.valid_until_day != NO_DAY) & (held.valid_until_day < as_of)
    return proven & passed


def effective_evidence(held: HeldLists, as_of: int) -> Codes8:
    """Return the evidence that counts on the day: an expired assessment or certificate is a declaration."""
    return np.where(expired(held, as_of), Evidence.DECLARED.rank, held.evidence).astype(np.uint8)
