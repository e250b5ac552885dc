"""The life of an opening and of its posts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.framework import Asked, Cefr, check_requirements
from skills_bridge.domain.matching import GateKind
from skills_bridge.domain.states import Moves


class OpeningState(StrEnum):
    """Where an opening stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VALIDATED = "validated"
    PAUSED = "paused"
    CLOSED = "closed"


MOVES: Final[Moves[OpeningState]] = {
    OpeningState.DRAFT: frozenset({OpeningState.SUBMITTED, OpeningState.CLOSED}),
    OpeningState.SUBMITTED: frozenset({OpeningState.DRAFT, OpeningState.VALIDATED, OpeningState.CLOSED}),
    OpeningState.VALIDATED: frozenset({OpeningState.PAUSED, OpeningState.CLOSED}),
    OpeningState.PAUSED: frozenset({OpeningState.VALIDATED, OpeningState.CLOSED}),
    OpeningState.CLOSED: frozenset(),
}

LIVE: Final = (OpeningState.VALIDATED, OpeningState.PAUSED)
"""States in which a validated revision is in force."""


class CloseReason(StrEnum):
    """Why a post closed without a hire through the agency."""

    PROFILE_NOT_FOUND = "profile_not_found"
    EMPLOYER_WITHDREW = "employer_withdrew"
    FILLED_OUTSIDE = "filled_outside"
    PAY_OR_CONDITIONS = "pay_or_conditions"
    TRANSPORT = "transport"
    NO_EMPLOYER_FEEDBACK = "no_employer_feedback"


DEFAULT_FILL_DAYS: Final = 60
"""Days after validation at which a post without a start is due (K3)."""

MOST_POSTS: Final = 2_000
"""Posts of one opening at most."""

MOST_MONTHS: Final = 600
"""Months of experience that an opening may ask for at most."""

FURTHEST_START: Final = timedelta(days=5 * 366)
"""How far ahead a start may lie."""

NO_LANGUAGES: Final[Mapping[str, Cefr]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The hard conditions that a company sets; what is None or empty is not set.

    Two more follow by themselves: mobility to the site's province, and adulthood where a shift works at night.
    ``languages`` maps codes to the least level; ``wants_…`` ask that the person seeks this job profile, accepts this
    contract, is available at the start.
    """

    education_rank: int | None = None
    diploma_fields: frozenset[str] = frozenset()
    experience_months: int | None = None
    languages: Mapping[str, Cefr] = field(default_factory=lambda: NO_LANGUAGES)
    licences: frozenset[str] = frozenset()
    shifts: frozenset[str] = frozenset()
    wants_profile: bool = False
    wants_contract: bool = False
    wants_availability: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the agency validates as a whole: contract, start, number of posts, requirements, conditions."""

    contract_code: str
    posts: int
    start_on: date | None = None
    requirements: tuple[Asked, ...] = ()
    conditions: Conditions = field(default_factory=Conditions)

    def says_same_as(self, other: Terms) -> bool:
        """Whether nothing would have to be validated anew; the order of the requirements means nothing."""
        return (self.contract_code, self.posts, self.start_on, self.conditions) == (
            other.contract_code,
            other.posts,
            other.start_on,
            other.conditions,
        ) and frozenset(self.requirements) == frozenset(other.requirements)


def check_terms(terms: Terms) -> None:
    """Check what no list is needed for.

    :raises Invalid: posts, experience, requirements or conditions break a rule.
    """
    if not 1 <= terms.posts <= MOST_POSTS:
        raise Invalid("posts-out-of-range", field="posts", most=MOST_POSTS, value=terms.posts)
    months = terms.conditions.experience_months
    if months is not None and not 1 <= months <= MOST_MONTHS:
        raise Invalid("experience-out-of-range", field="experience_months", most=MOST_MONTHS, value=months)
    if terms.conditions.wants_availability and terms.start_on is None:
        raise Invalid("availability-without-start", field="start_on")
    check_requirements(terms.requirements)


def check_start(start_on: date | None, today: date) -> None:
    """Refuse to submit an opening that should have started already; without a start it is as soon as possible.

    :raises Invalid: the start lies before ``today``, or more than five years ahead.
    """
    if start_on is None:
        return
    if start_on < today:
        raise Invalid("start-in-the-past", field="start_on", value=start_on)
    if start_on > today + FURTHEST_START:
        raise Invalid("start-too-far", field="start_on", value=start_on)


def check_posts(asked: int, *, standing: int, filled: int) -> None:
    """Refuse to take posts back by a change of the number: a post closes with a reason, and a filled one never.

    ``standing`` counts the posts that are open or filled.

    :raises Invalid: fewer posts are asked for than stand.
    """
    if asked < standing:
        raise Invalid("posts-below-standing", field="posts", standing=standing, filled=filled)


def post_due_on(start_on: date | None, opened_on: date) -> date:
    """The day on which a post is due, which gives it its month (K3): the start, or 60 days after it opened.

    A post that opens after its start is due at once.
    """
    return opened_on + timedelta(days=DEFAULT_FILL_DAYS) if start_on is None else max(start_on, opened_on)


def gate_operands(
    terms: Terms, *, province_code: str, job_profile_id: int, night_shifts: Collection[str], today: date
) -> dict[GateKind, dict[str, Any]]:
    """The typed conditions of a revision, with the two that follow by themselves.

    Work at night is for adults, from the start on, or from ``today`` if the opening has none.
    """
    asked = terms.conditions
    start = (terms.start_on or today).isoformat()
    operands: dict[GateKind, dict[str, Any] | None] = {
        GateKind.MOBILITY: {"province": province_code},
        GateKind.EDUCATION: None if asked.education_rank is None else {"rank": asked.education_rank},
        GateKind.FIELD: {"fields": sorted(asked.diploma_fields)} if asked.diploma_fields else None,
        GateKind.PROFILE: {"profiles": [job_profile_id]} if asked.wants_profile else None,
        GateKind.EXPERIENCE: {"months": asked.experience_months} if asked.experience_months else None,
        GateKind.LANGUAGE: {"languages": _levels(asked.languages)} if asked.languages else None,
        GateKind.LICENCE: {"licences": sorted(asked.licences)} if asked.licences else None,
        GateKind.CONTRACT: {"contract": terms.contract_code} if asked.wants_contract else None,
        GateKind.SHIFT: {"shifts": sorted(asked.shifts)} if asked.shifts else None,
        GateKind.AVAILABILITY: {"start_on": start} if asked.wants_availability else None,
        GateKind.ADULTHOOD: {"start_on": start} if asked.shifts & set(night_shifts) else None,
    }
    return {kind: operand for kind, operand in operands.items() if operand is not None}


def conditions_of(operands: Mapping[GateKind, Mapping[str, Any]]) -> Conditions:
    """The conditions that :func:`gate_operands` wrote down."""
    nothing: Mapping[str, Any] = {}
    return Conditions(
        education_rank=operands.get(GateKind.EDUCATION, nothing).get("rank"),
        diploma_fields=frozenset(operands.get(GateKind.FIELD, nothing).get("fields", ())),
        experience_months=operands.get(GateKind.EXPERIENCE, nothing).get("months"),
        languages={
            code: Cefr(level) for code, level in operands.get(GateKind.LANGUAGE, nothing).get("languages", {}).items()
        },
        licences=frozenset(operands.get(GateKind.LICENCE, nothing).get("licences", ())),
        shifts=frozenset(operands.get(GateKind.SHIFT, nothing).get("shifts", ())),
        wants_profile=GateKind.PROFILE in operands,
        wants_contract=GateKind.CONTRACT in operands,
        wants_availability=GateKind.AVAILABILITY in operands,
    )


def _levels(languages: Mapping[str, Cefr]) -> dict[str, str]:
    return {code: level.value for code, level in sorted(languages.items())}
