"""Open the files of many people at once: the same rows as one registration at the counter, a statement a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.seekers import Registration, SeekerState
from skills_bridge.models import (
    Base,
    Consent,
    HeldCompetency,
    Seeker,
    SeekerEquity,
    SeekerExperience,
    SeekerIdentity,
    SeekerLanguage,
    StateChange,
)
from skills_bridge.queries.seekers.vocabulary import get_unit_by_province
from skills_bridge.services.seekers.competencies import suppose
from skills_bridge.services.seekers.registration import (
    equity_columns,
    identity_columns,
    list_rows,
    new_pseudonyms,
    profile_columns,
)
from skills_bridge.unit_of_work import UnitOfWork

WRITTEN: Final = (SeekerIdentity, SeekerEquity, SeekerLanguage, SeekerExperience, Consent, StateChange)
"""Tables that a file fills beside its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who opens the files: the agency, the unit for provinces that none follows, the person, and the word logged."""

    agency_id: int
    unit_id: int | None
    user_id: int | None
    logged: str = SeekerState.ACTIVE.value


def open_files(
    uow: UnitOfWork, *, people: Sequence[Registration], desk: Desk, vault: Vault
) -> tuple[list[Seeker], int]:
    """Open a file for each registration, in their order, and suppose competencies; return files and levels supposed.

    The registrations were checked before, and nobody of them is in the register.
    """
    seekers = _add_seekers(uow, people, desk)
    rows: dict[type[Base], list[dict[str, Any]]] = {model: [] for model in WRITTEN}
    for seeker, one in zip(seekers, people, strict=True):
        spoken, worked = list_rows(seeker.id, seeker.agency_id, one.profile)
        rows[SeekerIdentity].append(identity_columns(seeker.id, seeker.agency_id, one.identity, vault))
        rows[SeekerEquity].append(equity_columns(seeker.id, seeker.agency_id, one.profile))
        rows[SeekerLanguage] += spoken
        rows[SeekerExperience] += worked
        rows[Consent] += _consents(uow, seeker, one)
        rows[StateChange].append(_opened(uow, seeker, desk))
    for model, values in rows.items():
        if values:
            uow.session.execute(insert(model), values)
    supposed = suppose(uow, [(seeker, _worked(one)) for seeker, one in zip(seekers, people, strict=True)])
    return seekers, supposed


def declare_levels(uow: UnitOfWork, *, people: Sequence[tuple[Seeker, Mapping[int, int]]]) -> int:
    """Write what people declare, level by competency, in place of what was supposed; return how many levels."""
    rows = [
        {
            "seeker_id": seeker.id,
            "competency_id": competency_id,
            "agency_id": seeker.agency_id,
            "level": level,
            "evidence": Evidence.DECLARED,
            "valid_until": None,
            "source": "agency",
            "recorded_at": uow.now,
        }
        for seeker, levels in people
        for competency_id, level in levels.items()
    ]
    if rows:
        put = upsert(HeldCompetency)
        columns = ("level", "evidence", "valid_until", "source", "recorded_at")
        uow.session.execute(
            put.on_conflict_do_update(
                index_elements=["seeker_id", "competency_id"],
                set_={name: put.excluded[name] for name in columns},
                where=HeldCompetency.evidence == Evidence.INFERRED,
            ),
            rows,
        )
    return len(rows)


def _add_seekers(uow: UnitOfWork, people: Sequence[Registration], desk: Desk) -> list[Seeker]:
    """Add the files in the order of the registrations."""
    units = get_unit_by_province(uow.session, agency_id=desk.agency_id)
    today = local_day(uow.now)
    pseudonyms = new_pseudonyms(uow, len(people))
    rows = [
        {
            "agency_id": desk.agency_id,
            "unit_id": units.get(one.profile.province_code, desk.unit_id),
            "pseudonym": pseudonym,
            "state": SeekerState.ACTIVE,
            "registered_on": one.registered_on or today,
            "refreshed_on": today,
            **profile_columns(one.profile),
        }
        for pseudonym, one in zip(pseudonyms, people, strict=True)
    ]
    added = {seeker.pseudonym: seeker for seeker in uow.session.scalars(insert(Seeker).returning(Seeker), rows)}
    return [added[pseudonym] for pseudonym in pseudonyms]


def _worked(one: Registration) -> dict[int, int]:
    """Return the months worked by job profile."""
    months: dict[int, int] = {}
    for job in one.profile.past_jobs:
        months[job.job_profile_id] = months.get(job.job_profile_id, 0) + job.months
    return months


def _consents(uow: UnitOfWork, seeker: Seeker, one: Registration) -> list[dict[str, Any]]:
    if one.agreement is None:
        return []
    return [
        {
            "seeker_id": seeker.id,
            "agency_id": seeker.agency_id,
            "kind": kind,
            "text_version": one.agreement.text_version,
            "language": one.agreement.language,
            "channel": one.agreement.channel,
            "given_at": uow.now,
        }
        for kind in sorted(one.agreement.kinds)
    ]


def _opened(uow: UnitOfWork, seeker: Seeker, desk: Desk) -> dict[str, Any]:
    """Return the first line of the file's history."""
    return {
        "object_kind": "seeker",
        "object_id": seeker.id,
        "agency_id": seeker.agency_id,
        "to_state": desk.logged,
        "user_id": desk.user_id,
        "actor_name": "",
        "changed_at": uow.now,
    }
