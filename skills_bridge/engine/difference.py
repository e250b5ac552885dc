"""What moved between two runs, and why: who entered a list, who left it, whose rank changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from skills_bridge.domain.matching import Cause, ResultClass
from skills_bridge.engine.arrays import NO_VALUE, Columns, Ints
from skills_bridge.engine.columns import OpeningColumns
from skills_bridge.engine.digest import named_columns
from skills_bridge.engine.kept_input import RunInput
from skills_bridge.engine.pool import build_pool
from skills_bridge.engine.results import RESULT_CLASSES, Shortlists
from skills_bridge.engine.shortlist import judge, policy_of

Verdict = tuple[int, int, int, int]
"""Class, points, order key and cohort of a pair: the pair's own judgement, whoever else is there."""


class Standing(NamedTuple):
    """Where a person stands in an opening's list; ranks start at 1 in each class."""

    result_class: ResultClass
    rank: int


@dataclass(frozen=True, eq=False)
class Computed:
    """A run: its input and its lists."""

    inputs: RunInput
    lists: Shortlists


@dataclass(frozen=True)
class Move:
    """A pair that entered a list (``was`` is ``None``), left it (``now`` is ``None``), or changed class or rank.

    ``causes`` are what alone turns the old judgement of the pair into another one; if nothing does so alone, all that
    differs; *others* if the pair is judged as before and only the people around it moved.
    """

    opening_id: int
    seeker_id: int
    was: Standing | None
    now: Standing | None
    causes: tuple[Cause, ...]


def differences(before: Computed, after: Computed) -> list[Move]:
    """Return all that moved, by opening, then person."""
    old, new = _standings(before), _standings(after)
    moved: dict[int, list[int]] = {}
    for opening, seeker in sorted(old.keys() | new.keys()):
        if old.get((opening, seeker)) != new.get((opening, seeker)):
            moved.setdefault(opening, []).append(seeker)
    comparison = _Comparison(before.inputs, after.inputs)
    return [
        Move(opening, seeker, old.get((opening, seeker)), new.get((opening, seeker)), causes)
        for opening, people in moved.items()
        for seeker, causes in zip(people, comparison.causes(opening, people), strict=True)
    ]


def _standings(run: Computed) -> dict[tuple[int, int], Standing]:
    """Return class and rank of every listed pair, by opening and person."""
    inputs, lists = run.inputs, run.lists
    pairs = zip(
        inputs.openings.opening_id[lists.opening].tolist(),
        inputs.pool.seekers.seeker_id[lists.seeker].tolist(),
        lists.result_class.tolist(),
        lists.rank.tolist(),
        strict=True,
    )
    return {(opening, seeker): Standing(RESULT_CLASSES[kind], rank) for opening, seeker, kind, rank in pairs}


class _Comparison:
    """Judges pairs again with single parts of the later input put into the earlier one."""

    def __init__(self, before: RunInput, after: RunInput) -> None:
        self.before, self.after = before, after
        self.people = _places(before.pool.seekers.seeker_id), _places(after.pool.seekers.seeker_id)
        self.openings = _places(before.openings.opening_id), _places(after.openings.opening_id)
        self.changed = tuple(_differing(before, after))

    def causes(self, opening_id: int, seekers: Sequence[int]) -> Iterator[tuple[Cause, ...]]:
        """Yield the causes for each of these people and one opening."""
        rows = self.openings[0].get(opening_id), self.openings[1].get(opening_id)
        if rows[0] is None or rows[1] is None:
            yield from [(Cause.OPENING,)] * len(seekers)
            return
        found = self._judged_causes((rows[0], rows[1]), [s for s in seekers if self._is_in_both(s)])
        for seeker in seekers:
            yield found.get(seeker, (Cause.PERSON,))

    def _is_in_both(self, seeker: int) -> bool:
        return seeker in self.people[0] and seeker in self.people[1]

    def _judged_causes(self, rows: tuple[int, int], seekers: Sequence[int]) -> dict[int, tuple[Cause, ...]]:
        """Return the causes for people whom both runs judged."""
        old, new = _Parts.of(self.before, rows[0]), _Parts.of(self.after, rows[1])
        base = self._verdicts(old, seekers)
        final = self._verdicts(new, seekers)
        swapped = {cause: self._verdicts(old.with_part(cause, new), seekers) for cause in CAUSES}
        length = _length_cause(old.openings, new.openings, self.before, self.after)
        found: dict[int, tuple[Cause, ...]] = {}
        for place, seeker in enumerate(seekers):
            if base[place] == final[place]:
                found[seeker] = (length or Cause.OTHERS,)
                continue
            alone = tuple(cause for cause in CAUSES if swapped[cause][place] != base[place])
            found[seeker] = alone or self.changed
        return found

    def _verdicts(self, parts: _Parts, seekers: Sequence[int]) -> list[Verdict]:
        """Return the judgements of these people under a mixture of both inputs."""
        if not seekers:
            return []
        people = self.people[int(parts.people is self.after)]
        chosen = parts.people.pool.seekers.take([people[seeker] for seeker in seekers])
        pool = build_pool(chosen, parts.framework.pool.relations, as_of=parts.day.pool.as_of)
        judged = judge(pool, parts.openings, parts.cohorts.cohorts, parts.policy.policies, 0)
        ids = parts.cohorts.cohorts.cohort_id
        cohorts = [NO_VALUE if place == NO_VALUE else int(ids[place]) for place in judged.cohort.tolist()]
        columns = (judged.result_class.tolist(), judged.points.tolist(), judged.order_key.tolist(), cohorts)
        return list(zip(*columns, strict=True))


@dataclass(frozen=True, eq=False)
class _Parts:
    """From which of two inputs each part of a judgement comes; the opening alone in its columns."""

    people: RunInput
    openings: OpeningColumns
    policy: RunInput
    framework: RunInput
    cohorts: RunInput
    day: RunInput

    @classmethod
    def of(cls, inputs: RunInput, row: int) -> _Parts:
        return cls(inputs, inputs.openings.take([row]), inputs, inputs, inputs, inputs)

    def with_part(self, cause: Cause, other: _Parts) -> _Parts:
        name = CAUSES[cause]
        return replace(self, **{name: getattr(other, name)})


CAUSES: Final[Mapping[Cause, str]] = {
    Cause.PERSON: "people",
    Cause.OPENING: "openings",
    Cause.POLICY: "policy",
    Cause.FRAMEWORK: "framework",
    Cause.COHORTS: "cohorts",
    Cause.DAY: "day",
}
"""The part of the input behind each cause."""


def _places(keys: Ints) -> dict[int, int]:
    """Return the place of each key."""
    return {key: place for place, key in enumerate(keys.tolist())}


def _length_cause(before: OpeningColumns, after: OpeningColumns, old: RunInput, new: RunInput) -> Cause | None:
    """Return why the list of an opening has another length, if it has."""
    lengths = [
        policy_of(openings, inputs.policies, 0).list_length(int(openings.open_posts[0]))
        for openings, inputs in ((before, old), (after, new))
    ]
    if lengths[0] == lengths[1]:
        return None
    return Cause.OPENING if before.open_posts[0] != after.open_posts[0] else Cause.POLICY


def _differing(before: RunInput, after: RunInput) -> Iterator[Cause]:
    """Yield every part of the input that is not the same in both runs."""
    same = {
        Cause.PERSON: _is_same(before.pool.seekers, after.pool.seekers),
        Cause.OPENING: _is_same(before.openings, after.openings),
        Cause.POLICY: before.policies == after.policies,
        Cause.FRAMEWORK: _is_same(before.pool.relations, after.pool.relations),
        Cause.COHORTS: _is_same(before.cohorts, after.cohorts),
        Cause.DAY: before.pool.as_of == after.pool.as_of,
    }
    yield from (cause for cause, holds in same.items() if not holds)


def _is_same(one: Columns, other: Columns) -> bool:
    pairs = zip(named_columns("", one), named_columns("", other), strict=True)
    return all(np.array_equal(left, right) for (_, left), (_, right) in pairs)
