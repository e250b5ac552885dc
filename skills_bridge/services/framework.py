"""Reference lists, competencies and job profiles: brought in by the installation, never by a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import islice
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, cast, delete, func, literal_column, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.framework import (
    CompetencyEntry,
    Evidence,
    PolicyProfile,
    ProfileEntry,
    RelationEntry,
    RelationKind,
    TemplateEntry,
)
from skills_bridge.engine.policy import POLICY_V1
from skills_bridge.engine.suggest.meaning import Encode, digest_of_label, packed_vectors
from skills_bridge.models import (
    Base,
    Competency,
    CompetencyRelation,
    ContractKind,
    DiplomaField,
    EducationLevel,
    JobProfile,
    LabelMeaning,
    Language,
    Licence,
    MatchPolicy,
    ProfileRequirement,
    Province,
    Region,
    Shift,
)
from skills_bridge.reference import lists as shipped
from skills_bridge.unit_of_work import UnitOfWork

BATCH: Final = 10_000
"""Rows of one statement."""
ENCODED_AT_ONCE: Final = 500
"""Labels between two words on how far it is."""
POLICY_AUTHOR: Final = "Skills Bridge"
FIRST_POLICY: Final[Mapping[str, Any]] = {
    **POLICY_V1.parameters(),
    "expiry_days": 10,
}
"""Parameters of the first version of the policy; the last belongs to referrals."""

Pair = tuple[int, int]


class ReferenceLists(Protocol):
    """What an installation ships; :mod:`skills_bridge.reference.lists` is the product's own."""

    def regions(self) -> Sequence[shipped.Region]:
        """The regions."""

    def provinces(self) -> Sequence[shipped.Province]:
        """The provinces and prefectures."""

    def education_levels(self) -> Sequence[shipped.EducationLevel]:
        """The levels of education."""

    def diploma_fields(self) -> Sequence[shipped.DiplomaField]:
        """The fields of study."""

    def contract_kinds(self) -> Sequence[shipped.ContractKind]:
        """The kinds of contract."""

    def languages(self) -> Sequence[shipped.Language]:
        """The languages."""

    def licences(self) -> Sequence[shipped.Licence]:
        """The licences."""

    def shifts(self) -> Sequence[shipped.Shift]:
        """The working patterns."""

    def competencies(self) -> Sequence[shipped.Competency]:
        """The competencies of the product's framework."""

    def competency_relations(self) -> Sequence[shipped.CompetencyRelation]:
        """Which competency counts for which other."""

    def job_profiles(self) -> Sequence[shipped.JobProfile]:
        """The occupations."""

    def profile_requirements(self) -> Sequence[shipped.ProfileRequirement]:
        """The requirement templates."""


Entry = CompetencyEntry | ProfileEntry | TemplateEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkCounts:
    """How many entries a framework brought, and how many of its competencies are no longer in it."""

    competencies: int
    relations: int
    profiles: int
    requirements: int
    retired: int


def load_reference(uow: UnitOfWork, lists: ReferenceLists) -> dict[str, int]:
    """Bring every shipped list, the product's framework and the first policy up to date; platform scope.

    Twice is like once. Returns how many entries each table now has from the lists.
    """
    counts = {
        model.__tablename__: _upsert(uow, model, _rows(entries, names), keys=("code",))
        for model, entries, names in (
            (Region, lists.regions(), ()),
            (Province, lists.provinces(), ("region_code", "aliases")),
            (EducationLevel, lists.education_levels(), ("rank",)),
            (DiplomaField, lists.diploma_fields(), ()),
            (ContractKind, lists.contract_kinds(), ("is_employment_contract",)),
            (Language, lists.languages(), ()),
            (Licence, lists.licences(), ()),
            (Shift, lists.shifts(), ("is_night",)),
        )
    }
    counts |= asdict(_load_own_framework(uow, lists))
    counts["match_policy"] = _add_first_policy(uow)
    uow.audit("reference.loaded", "reference", None, **counts)
    return counts


def import_framework(
    uow: UnitOfWork,
    *,
    scheme: str,
    competencies: Iterable[CompetencyEntry],
    relations: Iterable[RelationEntry] = (),
    profiles: Iterable[ProfileEntry] = (),
    requirements: Iterable[TemplateEntry] = (),
) -> FrameworkCounts:
    """Bring one scheme up to date as a whole; platform scope, twice is like once.

    A competency that the scheme no longer holds is retired, never deleted: people hold it. Entries that name a code
    which the scheme does not hold are left out.
    """
    today = local_day(uow.now)
    entries = {entry.code: asdict(entry) | {"scheme": scheme, "retired_on": None} for entry in competencies}
    occupations = {entry.code: _profile_row(scheme, entry) for entry in profiles}
    _upsert(uow, Competency, entries.values(), keys=("scheme", "code"))
    _upsert(uow, JobProfile, occupations.values(), keys=("scheme", "code"))
    held = _ids(uow, Competency, scheme)
    jobs = _ids(uow, JobProfile, scheme)
    vanished = sorted(held.keys() - entries.keys())
    retire = update(Competency).where(
        Competency.scheme == scheme, Competency.code.in_(vanished), Competency.retired_on.is_(None)
    )
    uow.session.execute(retire.values(retired_on=today), execution_options={"synchronize_session": False})
    counts = FrameworkCounts(
        competencies=len(entries),
        relations=_replace_relations(uow, scheme, held, relations),
        profiles=len(occupations),
        requirements=_replace_templates(uow, jobs, held, occupations, requirements),
        retired=len(vanished),
    )
    uow.audit("framework.imported", "framework", None, scheme=scheme, **asdict(counts))
    return counts


def encode_labels(uow: UnitOfWork, *, encode: Encode, tell: Callable[[int, int], None]) -> int:
    """Keep the meaning of each label of a job profile that has none yet, and return how many; platform scope.

    ``tell`` hears how many are done, and of how many: thousands take a minute.
    """
    columns = (JobProfile.label_fr, JobProfile.label_ar, JobProfile.label_en)
    labels = {text for row in uow.session.execute(select(*columns)) for text in row if text}
    by_digest = {digest_of_label(text): text for text in sorted(labels)}
    known = set(uow.session.scalars(select(LabelMeaning.digest)))
    new = [(digest, text) for digest, text in by_digest.items() if digest not in known]
    for first in range(0, len(new), ENCODED_AT_ONCE):
        some = new[first : first + ENCODED_AT_ONCE]
        vectors = packed_vectors([text for _, text in some], encode)
        rows = [{"digest": key, "vector": row.tobytes()} for (key, _), row in zip(some, vectors, strict=True)]
        uow.session.execute(insert(LabelMeaning).on_conflict_do_nothing(), rows)
        tell(first + len(some), len(new))
    gone = known - by_digest.keys()
    uow.session.execute(delete(LabelMeaning).where(LabelMeaning.digest.in_(gone)))
    return len(new)


def _load_own_framework(uow: UnitOfWork, lists: ReferenceLists) -> FrameworkCounts:
    return import_framework(
        uow,
        scheme=shipped.LOCAL,
        competencies=(CompetencyEntry(**_pick(entry, CompetencyEntry)) for entry in lists.competencies()),
        relations=(
            RelationEntry(code=line.competency_code, related_code=line.related_code, kind=RelationKind(line.kind))
            for line in lists.competency_relations()
        ),
        profiles=(
            ProfileEntry(**_pick(entry, ProfileEntry) | {"policy_profile": PolicyProfile(entry.policy_profile)})
            for entry in lists.job_profiles()
        ),
        requirements=(
            TemplateEntry(**_pick(line, TemplateEntry) | {"evidence_asked": Evidence(line.evidence_asked)})
            for line in lists.profile_requirements()
        ),
    )


def _pick(entry: object, kind: type[Entry]) -> dict[str, Any]:
    """The attributes of a shipped entry that another dataclass of the same words has."""
    return {field.name: getattr(entry, field.name) for field in fields(kind) if hasattr(entry, field.name)}


def _rows(entries: Iterable[shipped.Listed], names: Sequence[str]) -> Iterable[dict[str, Any]]:
    columns = ("code", "label_fr", "label_ar", "label_en", "is_reviewed_ar", *names)
    for entry in entries:
        row = {name: getattr(entry, name) for name in columns}
        yield {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


def _profile_row(scheme: str, entry: ProfileEntry) -> dict[str, Any]:
    return _pick(entry, ProfileEntry) | {
        "scheme": scheme,
        "diploma_fields": list(entry.diploma_fields),
        "codes": dict(entry.codes),
    }


def _upsert(uow: UnitOfWork, model: type[Base], rows: Iterable[dict[str, Any]], *, keys: tuple[str, ...]) -> int:
    """Insert or change rows in batches and count them; a row that says nothing new is left untouched.

    A batch travels as one JSON document, which the database takes apart by its own types: thousands of single
    parameters cost ten times as long, and a temporary table needs a right that no role has.
    """
    table, pending, total = model.__table__, iter(rows), 0
    record: ColumnElement[Any] = literal_column(f"NULL::{model.__tablename__}")
    while batch := list(islice(pending, BATCH)):
        names = list(batch[0])
        brought = func.jsonb_populate_recordset(record, cast(batch, JSONB)).table_valued(*names)
        put = insert(model).from_select(names, select(*(brought.c[name] for name in names)))
        changed = {name: put.excluded[name] for name in names if name not in keys}
        differs = or_(*(table.c[name].is_distinct_from(value) for name, value in changed.items()))
        uow.session.execute(put.on_conflict_do_update(index_elements=list(keys), set_=changed, where=differs))
        total += len(batch)
    return total


def _ids(uow: UnitOfWork, model: type[Competency | JobProfile], scheme: str) -> dict[str, int]:
    found = uow.session.execute(select(model.code, model.id).where(model.scheme == scheme))
    return {code: key for code, key in found}  # noqa: C416  # rows are no pairs for the type checker


def _replace_relations(
    uow: UnitOfWork, scheme: str, held: Mapping[str, int], relations: Iterable[RelationEntry]
) -> int:
    wanted = {
        (held[line.code], held[line.related_code]): line.kind
        for line in relations
        if line.code in held and line.related_code in held and line.code != line.related_code
    }
    pair = tuple_(CompetencyRelation.competency_id, CompetencyRelation.related_id)
    own = select(CompetencyRelation.competency_id, CompetencyRelation.related_id).where(
        CompetencyRelation.competency_id.in_(select(Competency.id).where(Competency.scheme == scheme))
    )
    _forget(
        uow, CompetencyRelation, pair, {(first, second) for first, second in uow.session.execute(own)} - wanted.keys()
    )
    rows = ({"competency_id": first, "related_id": second, "kind": kind} for (first, second), kind in wanted.items())
    return _upsert(uow, CompetencyRelation, rows, keys=("competency_id", "related_id"))


def _replace_templates(
    uow: UnitOfWork,
    jobs: Mapping[str, int],
    held: Mapping[str, int],
    occupations: Iterable[str],
    requirements: Iterable[TemplateEntry],
) -> int:
    wanted = {
        (jobs[line.profile_code], held[line.competency_code]): line
        for line in requirements
        if line.profile_code in jobs and line.competency_code in held
    }
    pair = tuple_(ProfileRequirement.job_profile_id, ProfileRequirement.competency_id)
    own = select(ProfileRequirement.job_profile_id, ProfileRequirement.competency_id).where(
        ProfileRequirement.job_profile_id.in_([jobs[code] for code in occupations])
    )
    _forget(
        uow, ProfileRequirement, pair, {(first, second) for first, second in uow.session.execute(own)} - wanted.keys()
    )
    rows = (
        {
            "job_profile_id": job,
            "competency_id": competency,
            "level": line.level,
            "is_must": line.is_must,
            "weight": line.weight,
            "evidence_asked": line.evidence_asked,
        }
        for (job, competency), line in wanted.items()
    )
    return _upsert(uow, ProfileRequirement, rows, keys=("job_profile_id", "competency_id"))


def _forget(uow: UnitOfWork, model: type[Base], pair: Any, gone: Iterable[Pair]) -> None:
    pending = iter(sorted(gone))
    while batch := list(islice(pending, BATCH)):
        uow.session.execute(delete(model).where(pair.in_(batch)), execution_options={"synchronize_session": False})


def _add_first_policy(uow: UnitOfWork) -> int:
    """Lay down version 1 of the policy; a version is never edited."""
    put = insert(MatchPolicy).values(version=1, parameters=dict(FIRST_POLICY), author=POLICY_AUTHOR)
    uow.session.execute(put.on_conflict_do_nothing(index_elements=["version"]))
    return 1
