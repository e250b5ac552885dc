"""Open and change the file of a person: profile, identity apart and sealed, equity apart."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.calendar import adult_on, local_day
from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.identifiers import mask_cin
from skills_bridge.domain.seekers import (
    PSEUDONYMS,
    Identity,
    Profile,
    Registration,
    SeekerState,
    check_profile,
    pseudonym_of,
)
from skills_bridge.models import Seeker, SeekerEquity, SeekerExperience, SeekerIdentity, SeekerLanguage
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.queries.seekers.vocabulary import get_known_codes, get_unit_by_province
from skills_bridge.services.seekers.competencies import infer_competencies
from skills_bridge.services.seekers.consents import add_agreement
from skills_bridge.services.seekers.loading import load_seeker, note_change
from skills_bridge.unit_of_work import UnitOfWork


class Registering:
    """What the door asks before a file exists: the actor's own agency and unit."""

    def __init__(self, actor: Actor) -> None:
        """Take both from the actor."""
        self.agency_id, self.unit_id = actor.organisation_id, actor.unit_id


def register_seeker(uow: UnitOfWork, *, command: Registration, vault: Vault) -> Seeker:
    """Open the file of a person, followed by the unit of her province, and suppose her competencies.

    :raises NotPermitted: the actor registers nobody.
    :raises Invalid: the number of identity is in the register (``seeker-known``, fact ``pseudonym``), a code is
        unknown, or no unit follows the province.
    """
    authorize(uow.actor, Permission.SEEKER_MANAGE, Registering(uow.actor))
    today = local_day(uow.now)
    check_profile(command.profile, get_known_codes(uow.session), today=today)
    index = vault.blind_index(command.identity.number)
    refuse_known(uow, index)
    agency_id = uow.scope.organisation_id or 0
    seeker = Seeker(
        agency_id=agency_id,
        unit_id=unit_of(uow, command.profile.province_code),
        pseudonym=new_pseudonyms(uow, 1)[0],
        registered_on=command.registered_on or today,
        refreshed_on=today,
        **profile_columns(command.profile),
    )
    uow.session.add(seeker)
    uow.session.flush()  # identity and lists need the key, which is part of what seals the number
    uow.session.add(SeekerIdentity(**identity_columns(seeker.id, agency_id, command.identity, vault)))
    write_lists(uow, seeker, command.profile)
    if command.agreement is not None:
        add_agreement(uow, seeker, command.agreement)
    infer_competencies(uow, seeker_id=seeker.id)
    uow.moved("seeker", seeker.id, was=None, now=SeekerState.ACTIVE.value, agency_id=agency_id)
    note_change(uow, seeker)
    return seeker


def update_seeker(uow: UnitOfWork, *, seeker_id: int, version: int, profile: Profile) -> Seeker:
    """Change what a person tells; the unit follows the province, and until the interview levels are supposed anew.

    :raises NotFound: there is no such person in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    :raises Stale: somebody changed the file since ``version`` was read.
    :raises Invalid: a code is unknown, or no unit follows the province.
    """
    seeker = load_seeker(uow, seeker_id, version=version)
    check_profile(profile, get_known_codes(uow.session), today=local_day(uow.now))
    for name, value in profile_columns(profile).items():
        setattr(seeker, name, value)
    seeker.unit_id = unit_of(uow, profile.province_code)
    seeker.refreshed_on = local_day(uow.now)
    write_lists(uow, seeker, profile)
    if seeker.interviewed_at is None:
        infer_competencies(uow, seeker_id=seeker.id)
    uow.audit("seeker.updated", "seeker", seeker.id, unit_id=seeker.unit_id)
    note_change(uow, seeker)
    return seeker


def correct_identity(uow: UnitOfWork, *, seeker_id: int, version: int, identity: Identity, vault: Vault) -> Seeker:
    """Correct the name, contacts or number of a person; matching is not concerned.

    :raises NotFound: there is no such person in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    :raises Stale: somebody changed the file since ``version`` was read.
    :raises Invalid: the number belongs to somebody else of the register.
    """
    seeker = load_seeker(uow, seeker_id, version=version)
    refuse_known(uow, vault.blind_index(identity.number), but=seeker.id)
    row = uow.session.get_one(SeekerIdentity, seeker.id)
    for name, value in identity_columns(seeker.id, seeker.agency_id, identity, vault).items():
        setattr(row, name, value)
    seeker.version += 1
    uow.audit("seeker.identity-corrected", "seeker", seeker.id)
    return seeker


def find_seeker(uow: UnitOfWork, *, number: str, vault: Vault) -> Seeker | None:
    """Find a person by her number of identity, exactly; the search is written down, the number is not.

    :raises NotPermitted: the actor sees no register of people.
    """
    authorize(uow.actor, Permission.SEEKER_SEE, Registering(uow.actor))
    found = uow.session.scalar(
        select(Seeker)
        .join(SeekerIdentity, SeekerIdentity.seeker_id == Seeker.id)
        .where(SeekerIdentity.cin_index == vault.blind_index(number))
    )
    uow.audit("seeker.searched", "seeker", found.id if found else None)
    return found


def refuse_known(uow: UnitOfWork, index: bytes, *, but: int | None = None) -> None:
    """Refuse a number of identity that the register holds.

    :raises Invalid: somebody else carries it.
    """
    known = uow.session.execute(
        select(Seeker.id, Seeker.pseudonym)
        .join(SeekerIdentity, SeekerIdentity.seeker_id == Seeker.id)
        .where(SeekerIdentity.cin_index == index)
    ).one_or_none()
    if known is not None and known.id != but:
        raise Invalid("seeker-known", field="number", pseudonym=known.pseudonym)


def unit_of(uow: UnitOfWork, province_code: str) -> int:
    """Return the unit that follows a province, else the actor's own.

    :raises Invalid: no unit follows the province and the actor has none.
    """
    units = get_unit_by_province(uow.session, agency_id=uow.scope.organisation_id)
    unit = units.get(province_code, uow.actor.unit_id)
    if unit is None:
        raise Invalid("province-without-unit", field="province_code", value=province_code)
    return unit


def new_pseudonyms(uow: UnitOfWork, count: int) -> list[str]:
    """Return so many random pseudonyms that nobody has."""
    found: dict[str, None] = {}
    while len(found) < count:
        drawn = {pseudonym_of(secrets.randbelow(PSEUDONYMS)) for _ in range(count - len(found))}
        taken = set(uow.session.scalars(select(Seeker.pseudonym).where(Seeker.pseudonym.in_(drawn))))
        found |= dict.fromkeys(sorted(drawn - taken))
    return list(found)[:count]


def profile_columns(profile: Profile) -> dict[str, Any]:
    """Return the columns of a person's file that a profile fills."""

    def listed(values: tuple[Any, ...] | None) -> list[Any] | None:
        return None if values is None else sorted(set(values))

    return {
        "province_code": profile.province_code,
        "education_code": profile.education_code,
        "field_code": profile.field_code,
        "experience_months": profile.known_months,
        "available_on": profile.available_on,
        "adult_on": adult_on(profile.born_on) if profile.born_on else None,
        "nationality": profile.nationality,
        "mobility": listed(profile.mobility),
        "contracts": listed(profile.contracts),
        "shifts": listed(profile.shifts),
        "licences": listed(profile.licences),
        "wanted_profiles": listed(profile.wanted_profiles),
    }


def identity_columns(seeker_id: int, agency_id: int, identity: Identity, vault: Vault) -> dict[str, Any]:
    """Return the row that holds who a person is, her number sealed for this file alone."""
    sealed = vault.seal(identity.number, purpose=f"cin:{seeker_id}")
    return {
        "seeker_id": seeker_id,
        "agency_id": agency_id,
        "first_name": identity.first_name,
        "last_name": identity.last_name,
        "first_name_ar": identity.first_name_ar,
        "last_name_ar": identity.last_name_ar,
        "cin_kind": identity.kind,
        "cin_sealed": sealed.content,
        "cin_key_id": sealed.key_id,
        "cin_index": vault.blind_index(identity.number),
        "cin_masked": mask_cin(identity.number),
        "phone": identity.phone,
        "email": identity.email,
        "address": identity.address,
    }


def list_rows(seeker_id: int, agency_id: int, profile: Profile) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of languages and of past jobs."""
    owner: dict[str, Any] = {"seeker_id": seeker_id, "agency_id": agency_id}
    languages = [owner | {"language_code": code, "level": level} for code, level in profile.languages.items()]
    jobs = [
        owner
        | {"job_profile_id": job.job_profile_id, "months": job.months, "ended_on": job.ended_on, "title": job.title}
        for job in profile.past_jobs
    ]
    return languages, jobs


def equity_columns(seeker_id: int, agency_id: int, profile: Profile) -> dict[str, Any]:
    """Return the row of equity figures."""
    year = profile.born_on.year if profile.born_on else None
    return {"seeker_id": seeker_id, "agency_id": agency_id, "sex": profile.sex, "birth_year": year}


def write_lists(uow: UnitOfWork, seeker: Seeker, profile: Profile) -> None:
    """Replace the languages, past jobs and equity row of a person."""
    uow.session.execute(delete(SeekerLanguage).where(SeekerLanguage.seeker_id == seeker.id))
    uow.session.execute(delete(SeekerExperience).where(SeekerExperience.seeker_id == seeker.id))
    languages, jobs = list_rows(seeker.id, seeker.agency_id, profile)
    _insert(uow, SeekerLanguage, languages)
    _insert(uow, SeekerExperience, jobs)
    equity = equity_columns(seeker.id, seeker.agency_id, profile)
    uow.session.execute(
        insert(SeekerEquity).values(equity).on_conflict_do_update(index_elements=["seeker_id"], set_=equity)
    )


def _insert(uow: UnitOfWork, model: Any, rows: Iterable[dict[str, Any]]) -> None:
    if rows:
        uow.session.execute(insert(model), list(rows))
