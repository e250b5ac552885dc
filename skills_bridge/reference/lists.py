"""The shipped lists as frozen rows, checked while they are read.

Field names are those of the tables. Codes are unique within a list, labels complete in three languages, and a code that
points to another list is found there; anything else raises :class:`skills_bridge.reference.files.WrongList`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol, TypedDict, TypeVar

from skills_bridge.reference.files import Row, read_rows

LOCAL: Final = "LOCAL"
MOST_REQUIREMENTS: Final = 16
HIGHEST_RANK: Final = 10
PLACEMENT_KINDS: Final = ("employment_contract", "insertion_contract", "other")
FAMILIES: Final = ("production", "quality", "maintenance", "logistics", "safety", "digital", "behaviour")
LICENCE_KINDS: Final = ("driving", "handling", "electrical", "other")
RELATION_KINDS: Final = ("close", "loose")
POLICY_PROFILES: Final = ("mass", "scarce")
EVIDENCES: Final = ("inferred", "declared", "assessed", "certified")
PROFILE_FAMILIES: Final = ("production", "maintenance", "quality", "logistics", "leadership", "methods")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A label in the three languages of the screens; Arabic is marked until a native reader checked it."""

    label_fr: str
    label_ar: str
    label_en: str
    is_reviewed_ar: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Labelled):
    """An entry of a plain list: a code and its labels."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Region(Listed):
    """One of the twelve regions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Province(Listed):
    """One of the 75 provinces and prefectures; ``aliases`` are other spellings, for search."""

    region_code: str
    is_prefecture: bool
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EducationLevel(Listed):
    """A level of education; ``rank`` 0-10 orders them, two may share one."""

    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiplomaField(Listed):
    """A field of study."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractKind(Listed):
    """A kind of contract and the kind of placement it makes; only CDI, CDD and interim are employment contracts."""

    is_employment_contract: bool
    placement_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Language(Listed):
    """A language that an opening may ask for; levels are those of the common European framework."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence(Listed):
    """A driving or work licence; ``kind`` is driving, handling, electrical or other."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift(Listed):
    """A working pattern; ``is_night`` asks for adulthood."""

    is_night: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Competency(Listed):
    """A competency of the product's framework; the definition says what a person does at level 3, autonomous."""

    scheme: str
    family: str
    definition_fr: str
    definition_ar: str
    definition_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyRelation:
    """Holding ``competency_code`` counts, at a distance, for ``related_code``; ``kind`` is close or loose."""

    competency_code: str
    related_code: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProfile(Listed):
    """An occupation of the product's list; codes are opaque, ``codes`` maps other schemes to theirs.

    ``policy_profile`` is mass or scarce; ``education_rank`` the rank of the usual level ``education_code``;
    ``diploma_fields`` the fields of study that count as wanted.
    """

    scheme: str
    family: str
    policy_profile: str
    education_code: str
    education_rank: int
    diploma_fields: tuple[str, ...]
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRequirement:
    """A line of a job profile's template: level 1-4, must or nice, weight 1-5, evidence asked."""

    profile_code: str
    competency_code: str
    level: int
    is_must: bool
    weight: int
    evidence_asked: str


class _Cells(TypedDict):
    code: str
    label_fr: str
    label_ar: str
    label_en: str
    is_reviewed_ar: bool


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


C = TypeVar("C", bound=_Coded)


def _cells(row: Row) -> _Cells:
    label_ar = row.text("label_ar")
    if not any("\u0600" <= sign <= "\u06ff" for sign in label_ar):
        raise row.wrong("label_ar", "no Arabic letter")
    return {
        "code": row.text("code"),
        "label_fr": row.text("label_fr"),
        "label_ar": label_ar,
        "label_en": row.text("label_en"),
        "is_reviewed_ar": row.flag("is_reviewed_ar"),
    }


def _read(file: str, build: Callable[[Row], C]) -> tuple[C, ...]:
    entries: dict[str, C] = {}
    for row in read_rows(file):
        entry = build(row)
        if entry.code in entries:
            raise row.wrong("code", f"{entry.code} stands twice")
        entries[entry.code] = entry
    return tuple(entries.values())


def _codes(entries: Iterable[_Coded]) -> tuple[str, ...]:
    return tuple(entry.code for entry in entries)


@cache
def regions() -> tuple[Region, ...]:
    """The twelve regions, in code order."""
    return _read("regions.csv", lambda row: Region(**_cells(row)))


@cache
def provinces() -> tuple[Province, ...]:
    """The 62 provinces and 13 prefectures, in code order."""
    known = _codes(regions())
    return _read(
        "provinces.csv",
        lambda row: Province(
            **_cells(row),
            region_code=row.one_of("region_code", known),
            is_prefecture=row.one_of("kind", ("province", "prefecture")) == "prefecture",
            aliases=row.words("aliases"),
        ),
    )


@cache
def education_levels() -> tuple[EducationLevel, ...]:
    """Levels of education, lowest rank first."""
    return _read(
        "education_levels.csv", lambda row: EducationLevel(**_cells(row), rank=row.number("rank", 0, HIGHEST_RANK))
    )


@cache
def diploma_fields() -> tuple[DiplomaField, ...]:
    """Fields of study, the technical ones first."""
    return _read("diploma_fields.csv", lambda row: DiplomaField(**_cells(row)))


@cache
def contract_kinds() -> tuple[ContractKind, ...]:
    """Kinds of contract; each says what kind of placement it makes."""
    return _read("contract_kinds.csv", _contract_kind)


def _contract_kind(row: Row) -> ContractKind:
    kind = row.one_of("placement_kind", PLACEMENT_KINDS)
    is_employment_contract = row.flag("is_employment_contract")
    if is_employment_contract != (kind == "employment_contract"):
        raise row.wrong("placement_kind", "contradicts is_employment_contract")
    return ContractKind(**_cells(row), is_employment_contract=is_employment_contract, placement_kind=kind)


@cache
def languages() -> tuple[Language, ...]:
    """Languages of work."""
    return _read("languages.csv", lambda row: Language(**_cells(row)))


@cache
def licences() -> tuple[Licence, ...]:
    """Driving and work licences."""
    return _read("licences.csv", lambda row: Licence(**_cells(row), kind=row.one_of("kind", LICENCE_KINDS)))


@cache
def shifts() -> tuple[Shift, ...]:
    """Working patterns."""
    return _read("shifts.csv", lambda row: Shift(**_cells(row), is_night=row.flag("is_night")))


@cache
def competencies() -> tuple[Competency, ...]:
    """The competencies of the product's automotive framework."""
    return _read(
        "competencies.csv",
        lambda row: Competency(
            **_cells(row),
            scheme=row.one_of("scheme", (LOCAL,)),
            family=row.one_of("family", FAMILIES),
            definition_fr=row.text("definition_fr"),
            definition_ar=row.text("definition_ar"),
            definition_en=row.text("definition_en"),
        ),
    )


@cache
def competency_relations() -> tuple[CompetencyRelation, ...]:
    """Which competency counts, at a distance, for which other."""
    known = _codes(competencies())
    found: dict[tuple[str, str], CompetencyRelation] = {}
    for row in read_rows("competency_relations.csv"):
        pair = (row.one_of("competency_code", known), row.one_of("related_code", known))
        if pair[0] == pair[1] or pair in found:
            raise row.wrong("related_code", "related to itself, or a pair that stands twice")
        kind = row.one_of("kind", RELATION_KINDS)
        found[pair] = CompetencyRelation(competency_code=pair[0], related_code=pair[1], kind=kind)
    return tuple(found.values())


@cache
def job_profiles() -> tuple[JobProfile, ...]:
    """The occupations of the product's list."""
    ranks = {level.code: level.rank for level in education_levels()}
    fields = _codes(diploma_fields())

    def build(row: Row) -> JobProfile:
        wanted = row.words("diploma_fields")
        if not wanted or not set(wanted) <= set(fields):
            raise row.wrong("diploma_fields", "empty, or a field that is not in diploma_fields.csv")
        education = row.one_of("education_code", tuple(ranks))
        return JobProfile(
            **_cells(row),
            scheme=row.one_of("scheme", (LOCAL,)),
            family=row.one_of("family", PROFILE_FAMILIES),
            policy_profile=row.one_of("policy_profile", POLICY_PROFILES),
            education_code=education,
            education_rank=ranks[education],
            diploma_fields=wanted,
            codes={"ISCO-08": row.text("isco08")},
        )

    return _read("job_profiles.csv", build)


@cache
def profile_requirements() -> tuple[ProfileRequirement, ...]:
    """The requirement templates, profile by profile, at most sixteen lines each."""
    profiles, known = _codes(job_profiles()), _codes(competencies())
    templates: dict[str, dict[str, ProfileRequirement]] = {profile: {} for profile in profiles}
    for row in read_rows("profile_requirements.csv"):
        line = ProfileRequirement(
            profile_code=row.one_of("profile_code", profiles),
            competency_code=row.one_of("competency_code", known),
            level=row.number("level", 1, 4),
            is_must=row.one_of("necessity", ("must", "nice")) == "must",
            weight=row.number("weight", 1, 5),
            evidence_asked=row.one_of("evidence_asked", EVIDENCES),
        )
        template = templates[line.profile_code]
        if line.competency_code in template or len(template) == MOST_REQUIREMENTS:
            raise row.wrong("competency_code", "stands twice in the template, or is one line too many")
        template[line.competency_code] = line
    return tuple(line for template in templates.values() for line in template.values())
