"""The policy of matching: what evidence and distance are worth, how strict a must is, how long a list gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from itertools import pairwise
from typing import Any, Final, Self, TypeVar

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.framework import LEVELS, Evidence, PolicyProfile
from skills_bridge.domain.matching import ValueOutOfRange, WrongShape
from skills_bridge.engine.allocation_policy import FIRST_ALLOCATION, AllocationPolicy

FULL_CREDIT: Final = 250
"""Credit of a requirement that is met in full by a certified level."""

WHOLE: Final = 10_000
"""A score of 100 %, in hundredths of a per cent."""

CLOSE: Final = 1
LOOSE: Final = 2
CODES: Final = 3 * len(Evidence) * len(LEVELS)
"""Ways to hold a competency: itself, close or loose, times evidence, times level."""

READY: Final = 2
TO_PROVE: Final = 1

RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "candidates_per_post": (1, 40),
    "tolerance": (0, 3),
    "settle_days": (0, 365),
    "shortest_list": (1, 2_000),
    "longest_list": (1, 2_000),
    "shown_without_competency": (0, 2_000),
}
"""Limits of a policy's fields, both included; a percent lies from 0 to 100."""


@dataclass(frozen=True)
class Policy:
    """One profile of the policy; percents are whole, ``tolerance`` is in levels, ``settle_days`` in days."""

    tolerance: int
    inferred_percent: int = 50
    declared_percent: int = 70
    assessed_percent: int = 90
    certified_percent: int = 100
    close_percent: int = 80
    loose_percent: int = 50
    candidates_per_post: int = 3
    shortest_list: int = 50
    longest_list: int = 2_000
    shown_without_competency: int = 50
    settle_days: int = 0

    def __post_init__(self) -> None:
        """Check the bounds, and that better evidence and a nearer competency are never worth less.

        :raises ValueOutOfRange: a parameter lies outside its bounds.
        """
        for name, value in asdict(self).items():
            low, high = RANGES.get(name, (0, 100))
            if not low <= value <= high:
                raise ValueOutOfRange("Policy", name, 0, value, low=low, high=high)
        rising = ("inferred_percent", "declared_percent", "assessed_percent", "certified_percent")
        for lower, upper in (*pairwise(rising), ("loose_percent", "close_percent")):
            least = getattr(self, lower)
            if getattr(self, upper) < least:
                raise ValueOutOfRange("Policy", upper, 0, getattr(self, upper), low=least, high=100)

    def evidence_percents(self) -> tuple[int, int, int, int]:
        """Return what a level is worth by its evidence, inferred first."""
        return self.inferred_percent, self.declared_percent, self.assessed_percent, self.certified_percent

    def threshold(self, required: int) -> int:
        """Return the level from which a must is passed; never below 1."""
        return max(1, required - self.tolerance)

    def list_length(self, open_posts: int) -> int:
        """Return how many people of a class an opening's list holds."""
        return min(self.longest_list, max(self.shortest_list, self.candidates_per_post * open_posts))


@dataclass(frozen=True)
class PolicySet:
    """A version of the policy: the two profiles between which a job profile chooses, and how places are handed out."""

    mass: Policy
    scarce: Policy
    allocation: AllocationPolicy = FIRST_ALLOCATION

    def __post_init__(self) -> None:
        """Check that a list is long enough for what the allocation may propose from it.

        :raises ValueOutOfRange: the allocation proposes more people for a post than a list holds.
        """
        most = min(self.mass.candidates_per_post, self.scarce.candidates_per_post)
        asked = self.allocation.candidates_per_post
        if asked > most:
            raise ValueOutOfRange("AllocationPolicy", "candidates_per_post", 0, asked, low=1, high=most)

    def of(self, profile: PolicyProfile) -> Policy:
        """Return the profile asked for."""
        return self.mass if profile is PolicyProfile.MASS else self.scarce

    def parameters(self) -> dict[str, dict[str, int]]:
        """Return the parameters as a policy row stores them: profile or *allocation*, then field, then value."""
        return asdict(self)

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Mapping[str, Any]]) -> Self:
        """Read the parameters of a policy row; fields of later steps (expiry) are left alone.

        :raises WrongShape: a part or a field is missing, or is no whole number.
        :raises ValueOutOfRange: a parameter lies outside its bounds.
        """
        mass, scarce = (_read(Policy, parameters, profile.value) for profile in PolicyProfile)
        return cls(mass, scarce, _read(AllocationPolicy, parameters, "allocation"))


Part = TypeVar("Part", Policy, AllocationPolicy)


def _read(kind: type[Part], parameters: Mapping[str, Mapping[str, Any]], part: str) -> Part:
    """Read one part, every field of it."""
    stated, names = parameters.get(part, {}), [field.name for field in fields(kind)]
    for name in names:
        if type(stated.get(name)) is not int:
            raise WrongShape("PolicySet", f"{part}.{name}", -1, stated.get(name))
    return kind(**{name: stated[name] for name in names})


POLICY_V1: Final = PolicySet(mass=Policy(tolerance=1), scarce=Policy(tolerance=0))
"""The first version: many operators with one level of tolerance, scarce technicians and engineers with none."""


@dataclass(frozen=True, eq=False)
class Tables:
    """What each way to hold a competency is worth, by policy.

    ``credit[required - 1, code]`` is 0 to 250. ``standing[required - 1, evidence asked, code]`` judges a must:
    ``READY`` level and proof suffice, ``TO_PROVE`` the level alone does, 0 short.
    ``effective[code]`` is the level that counts for a must.
    """

    credit: npt.NDArray[np.int32]
    standing: npt.NDArray[np.uint8]
    effective: npt.NDArray[np.uint8]


def code_of(relation: int, evidence: int, level: int) -> int:
    """Return the one byte that stands for a relation (0 itself, 1 close, 2 loose), an evidence rank and a level."""
    return (relation * len(Evidence) + evidence) * len(LEVELS) + level - 1


@cache
def tables_of(policy: Policy) -> Tables:
    """Return the tables of a policy."""
    credit = np.zeros((len(LEVELS), CODES), dtype=np.int32)
    standing = np.zeros((len(LEVELS), len(Evidence), CODES), dtype=np.uint8)
    effective = np.zeros(CODES, dtype=np.uint8)
    distances = (100, policy.close_percent, policy.loose_percent)
    for relation, distance in enumerate(distances):
        for evidence, worth in enumerate(policy.evidence_percents()):
            for level in LEVELS:
                code = code_of(relation, evidence, level)
                effective[code] = 0 if relation == LOOSE else level - relation
                for required in LEVELS:
                    held = min(level, required)
                    credit[required - 1, code] = FULL_CREDIT * worth * distance * held // (WHOLE * required)
                    if effective[code] >= policy.threshold(required):
                        standing[required - 1, :, code] = TO_PROVE
                        standing[required - 1, : evidence + 1, code] = READY if evidence else TO_PROVE
    return Tables(credit, standing, effective)
