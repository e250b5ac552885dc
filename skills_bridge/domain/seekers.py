"""Registered people: states, what a file tells, what is unknown of it, what they agreed to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from skills_bridge.domain.calendar import age_on
from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.framework import Cefr
from skills_bridge.domain.states import Moves


class SeekerState(StrEnum):
    """Whether a person is looked for: only *active* people are matched."""

    ACTIVE = "active"
    PAUSED = "paused"
    PLACED = "placed"
    ANONYMISED = "anonymised"


class ConsentKind(StrEnum):
    """What a person agreed to."""

    MATCHING = "matching"
    SHARING = "sharing"


class Channel(StrEnum):
    """How a word reached the agency."""

    COUNTER = "counter"
    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    PERSONAL_LINK = "personal_link"


class Sex(StrEnum):
    """Declared sex; aggregated in the equity figures only, never an input of matching."""

    FEMALE = "female"
    MALE = "male"


class CinKind(StrEnum):
    """Kinds of identity document: N° CNIE (CIN), passport, residence card."""

    CIN = "cin"
    PASSPORT = "passport"
    RESIDENCE_CARD = "residence_card"


class Nationality(StrEnum):
    """Moroccan, or other with a document of stay."""

    MOROCCAN = "moroccan"
    OTHER = "other"


MOVES: Final[Moves[SeekerState]] = {
    SeekerState.ACTIVE: frozenset({SeekerState.PAUSED, SeekerState.PLACED, SeekerState.ANONYMISED}),
    SeekerState.PAUSED: frozenset({SeekerState.ACTIVE, SeekerState.PLACED, SeekerState.ANONYMISED}),
    SeekerState.PLACED: frozenset({SeekerState.ACTIVE, SeekerState.PAUSED, SeekerState.ANONYMISED}),
    SeekerState.ANONYMISED: frozenset(),
}

MOST_MONTHS: Final = 720
"""Sixty years of work: more is a slip of the pen."""
YOUNGEST, OLDEST = 15, 80
"""Ages, in full years, at which a person may register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastJob:
    """A job a person held, as months in one job profile."""

    job_profile_id: int
    months: int
    ended_on: date | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a person is: name, contacts, normalised number of identity (:mod:`skills_bridge.domain.identifiers`)."""

    first_name: str
    last_name: str
    number: str = field(repr=False)
    kind: CinKind = CinKind.CIN
    first_name_ar: str | None = None
    last_name_ar: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a person tells of herself; ``None`` is *unknown*, an empty list a known *none*.

    Codes are those of the reference lists, ``wanted_profiles`` keys of job profiles. ``sex`` and ``born_on`` go to
    the equity table; matching learns the day of majority at most.
    """

    province_code: str
    education_code: str | None = None
    field_code: str | None = None
    experience_months: int | None = None
    available_on: date | None = None
    born_on: date | None = None
    sex: Sex | None = None
    nationality: Nationality = Nationality.MOROCCAN
    mobility: tuple[str, ...] | None = None
    contracts: tuple[str, ...] | None = None
    shifts: tuple[str, ...] | None = None
    licences: tuple[str, ...] | None = None
    wanted_profiles: tuple[int, ...] | None = None
    languages: Mapping[str, Cefr] = field(default_factory=dict)
    past_jobs: tuple[PastJob, ...] = ()

    @property
    def named_profiles(self) -> tuple[int, ...]:
        """Job profiles that the file names, wanted or past."""
        return (*(self.wanted_profiles or ()), *(job.job_profile_id for job in self.past_jobs))

    @property
    def known_months(self) -> int | None:
        """Months of work: as told, at least what the past jobs sum to; ``None`` if nothing is known."""
        summed = min(sum(job.months for job in self.past_jobs), MOST_MONTHS)
        if self.experience_months is None:
            return summed or None
        return max(self.experience_months, summed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a person agreed to, in which words, language and way."""

    kinds: frozenset[ConsentKind]
    text_version: str
    language: str
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A file to open; ``registered_on`` is today unless an import knows an earlier day."""

    identity: Identity
    profile: Profile
    agreement: Agreement | None = None
    registered_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCodes:
    """The codes of the reference lists that a profile may use; ``profiles`` holds keys."""

    provinces: frozenset[str]
    education: frozenset[str]
    fields: frozenset[str]
    languages: frozenset[str]
    licences: frozenset[str]
    contracts: frozenset[str]
    shifts: frozenset[str]
    profiles: frozenset[int]


def check_profile(profile: Profile, known: KnownCodes, *, today: date) -> None:
    """Refuse codes that no list holds, and days and durations that cannot be.

    :raises Invalid: ``code-unknown``, ``birth-out-of-range`` or ``months-out-of-range``, with the field.
    """
    told: tuple[tuple[str, Iterable[object], frozenset[object]], ...] = (
        ("province_code", (profile.province_code,), frozenset(known.provinces)),
        ("education_code", _told(profile.education_code), frozenset(known.education)),
        ("field_code", _told(profile.field_code), frozenset(known.fields)),
        ("languages", profile.languages, frozenset(known.languages)),
        ("licences", profile.licences or (), frozenset(known.licences)),
        ("contracts", profile.contracts or (), frozenset(known.contracts)),
        ("shifts", profile.shifts or (), frozenset(known.shifts)),
        ("mobility", profile.mobility or (), frozenset(known.provinces)),
        ("wanted_profiles", profile.wanted_profiles or (), frozenset(known.profiles)),
        ("past_jobs", (job.job_profile_id for job in profile.past_jobs), frozenset(known.profiles)),
    )
    for name, values, allowed in told:
        for value in values:
            if value not in allowed:
                raise Invalid("code-unknown", field=name, value=value)
    if profile.born_on is not None and not YOUNGEST <= age_on(profile.born_on, today) <= OLDEST:
        raise Invalid("birth-out-of-range", field="born_on", youngest=YOUNGEST, oldest=OLDEST)
    if not 0 <= (profile.experience_months or 0) <= MOST_MONTHS:
        raise Invalid("months-out-of-range", field="experience_months", least=0, most=MOST_MONTHS)
    if any(not 1 <= job.months <= MOST_MONTHS for job in profile.past_jobs):
        raise Invalid("months-out-of-range", field="past_jobs", least=1, most=MOST_MONTHS)


def _told(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


PSEUDONYM_SIGNS: Final = "234679ACDEFGHJKMNPQRTVWXY"
"""Signs that nobody confuses on paper or on the phone: no 0 O, 1 I L, 5 S, 8 B, U, Z."""
_PSEUDONYM_LENGTH, _PSEUDONYM_HEAD = 6, 4
PSEUDONYMS: Final = len(PSEUDONYM_SIGNS) ** _PSEUDONYM_LENGTH
"""How many different pseudonyms there are."""


def pseudonym_of(number: int) -> str:
    """Return the pseudonym of a random number below ``PSEUDONYMS``, for instance ``P-7K3Q-94``; it tells nothing."""
    signs = []
    for _ in range(_PSEUDONYM_LENGTH):
        number, rest = divmod(number, len(PSEUDONYM_SIGNS))
        signs.append(PSEUDONYM_SIGNS[rest])
    return f"P-{''.join(signs[:_PSEUDONYM_HEAD])}-{''.join(signs[_PSEUDONYM_HEAD:])}"


class Fact(StrEnum):
    """What matching may ask of a person; an unknown one is a question to put."""

    EDUCATION = "education"
    FIELD = "field"
    EXPERIENCE = "experience"
    LANGUAGES = "languages"
    WANTED_PROFILES = "wanted_profiles"
    MOBILITY = "mobility"
    AVAILABILITY = "availability"
    CONTRACTS = "contracts"
    SHIFTS = "shifts"
    LICENCES = "licences"
    BIRTH = "birth"


class Completeness(StrEnum):
    """How much of a file is known: nothing missing, up to three facts missing, more."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    SPARSE = "sparse"


PARTIAL_MOST: Final = 3
"""Unknown facts up to which a file is *partial*."""
FIELD_RANK: Final = 3
"""Rank of education from which a diploma has a field; below it nobody is asked for one."""


def completeness_of(unknown: int) -> Completeness:
    """Return the class of a file with so many unknown facts."""
    if unknown == 0:
        return Completeness.COMPLETE
    return Completeness.PARTIAL if unknown <= PARTIAL_MOST else Completeness.SPARSE


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A line of a job profile's requirement template."""

    competency_id: int
    level: int
    is_must: bool


@dataclass(frozen=True, slots=True)
class StudiedProfile:
    """What a job profile says of studies: its fields, the one it is mainly made for first, and its usual rank."""

    job_profile_id: int
    fields: tuple[str, ...]
    education_rank: int | None


Templates = Mapping[int, tuple[TemplateLine, ...]]
"""Requirement templates by job profile."""

_MONTHS_WITH_HELP, _MONTHS_AUTONOMOUS = 6, 24
_NOTIONS, _WITH_HELP, _AUTONOMOUS = 1, 2, 3


def level_after(months: int) -> int:
    """Level that time in a job lets suppose: notions, with help from 6 months, autonomous from 24; never expert."""
    if months >= _MONTHS_AUTONOMOUS:
        return _AUTONOMOUS
    return _WITH_HELP if months >= _MONTHS_WITH_HELP else _NOTIONS


def studied_levels(
    field_code: str | None, rank: int | None, wanted: Iterable[int], profiles: Iterable[StudiedProfile]
) -> dict[int, int]:
    """Level that a diploma lets suppose in the musts of job profiles, by profile.

    A profile counts if the field is the main one of its list, or stands in the list and the person wants that job.
    A diploma of the profile's usual rank or above gives level 2, a lower or unknown one notions.
    """
    if field_code is None:
        return {}
    chosen = set(wanted)
    return {
        profile.job_profile_id: _WITH_HELP if rank is not None and rank >= (profile.education_rank or 0) else _NOTIONS
        for profile in profiles
        if field_code in profile.fields and (profile.fields[0] == field_code or profile.job_profile_id in chosen)
    }


def infer_levels(months: Mapping[int, int], studied: Mapping[int, int], templates: Templates) -> dict[int, int]:
    """Suppose levels by competency, from months worked by job profile and from studies (see ``studied_levels``).

    Never above the level of the template, and nothing about what a template does not name. From work, musts are
    supposed at ``level_after`` the months, nice competencies one level lower; from studies, musts only. The best of
    several grounds holds.
    """
    found: dict[int, int] = {}
    for profile, total in months.items():
        for line in templates.get(profile, ()):
            reached = level_after(total) - (0 if line.is_must else 1)
            _keep_best(found, line, reached)
    for profile, reached in studied.items():
        for line in templates.get(profile, ()):
            _keep_best(found, line, reached if line.is_must else 0)
    return found


def _keep_best(found: dict[int, int], line: TemplateLine, reached: int) -> None:
    level = min(reached, line.level)
    if level > found.get(line.competency_id, 0):
        found[line.competency_id] = level


QUESTIONS: Final = 10
"""Competencies asked in one interview: three minutes."""
ANSWERS: Final = (0, 2, 3, 4)
"""What the four buttons of the interview mean, in order: not held, with help, autonomous, expert."""


def choose_questions(
    *, wanted: Iterable[int], past: Iterable[int], supposed: Iterable[int], settled: Iterable[int], templates: Templates
) -> tuple[int, ...]:
    """Return the ten competencies most worth asking, the most useful first.

    First what is supposed of the person and not confirmed, then the musts of wanted jobs, of past jobs, then their
    nice competencies; ``settled`` ones (assessed, certified) are not asked again. If these are fewer than ten, those
    that most templates ask for fill up.
    """
    jobs, guessed = (*wanted, *past), frozenset(supposed)
    lines = [line for job in jobs for line in templates.get(job, ())]
    everywhere = Counter(line.competency_id for template in templates.values() for line in template)
    usual = sorted(everywhere, key=lambda competency: (-everywhere[competency], competency))
    ranked = [
        *(line.competency_id for line in lines if line.is_must and line.competency_id in guessed),
        *sorted(guessed),
        *(line.competency_id for line in lines if line.is_must),
        *(line.competency_id for line in lines),
        *usual,
    ]
    known = set(settled)
    return tuple(list(dict.fromkeys(one for one in ranked if one not in known))[:QUESTIONS])
