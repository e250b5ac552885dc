"""An organisation's life: asked for, registered, verified, suspended, resumed, left; what it left open is closed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.accounts import ADMINISTERS, Role
from skills_bridge.domain.credentials import Try
from skills_bridge.domain.errors import AlreadyDone, IllegalMove, Invalid, NotFound, RuleBroken
from skills_bridge.domain.events import OrganisationLeft, OrganisationSuspended
from skills_bridge.domain.identifiers import normalise_email, normalise_ice
from skills_bridge.domain.organisations import (
    ASKING_KINDS,
    LONGEST_NAME,
    LONGEST_NOTE,
    ORGANISATION_MOVES,
    OrganisationKind,
    OrganisationState,
)
from skills_bridge.domain.states import check_move
from skills_bridge.models import Organisation, OrganisationMove, OrganisationRequest
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.services.accounts import count_administrators, hold_tries, invite, note_try
from skills_bridge.services.organisations.founding import create_organisation
from skills_bridge.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Registration:
    """An organisation to admit, and who will administer it first."""

    kind: OrganisationKind
    name_fr: str
    name_ar: str
    ice: str
    email: str
    language: str


def register_organisation(uow: UnitOfWork, *, asked: Registration, vault: Vault) -> Organisation:
    """Admit an organisation and invite its first administrator; it acts once that person came in and it is verified.

    :raises NotPermitted: only the platform admits.
    :raises Invalid: a name, the ICE or the address is none, or the ICE is taken.
    """
    organisation = Organisation(
        kind=asked.kind,
        state=OrganisationState.INVITED,
        name_fr=_name(asked.name_fr, "name_fr"),
        name_ar=_name(asked.name_ar, "name_ar"),
        ice=_ice(uow, asked.ice),
    )
    authorize(uow.actor, Permission.ORGANISATION_MANAGE, organisation)
    uow.session.add(organisation)
    uow.session.flush()  # the invitation needs the key
    _log(uow, organisation, None, "")
    uow.audit("organisation.created", "organisation", organisation.id, kind=asked.kind.value)
    invite(
        uow,
        organisation_id=organisation.id,
        email=asked.email,
        role=first_administrator(asked.kind),
        language=asked.language,
        vault=vault,
    )
    return organisation


def invite_first_administrator(uow: UnitOfWork, *, email: str, language: str, vault: Vault) -> Organisation:
    """Invite somebody to administer the platform, which is founded if it does not stand; platform scope.

    :raises Invalid: the address is none.
    :raises AlreadyDone: that address has an open invitation already.
    """
    organisation = uow.session.scalar(select(Organisation).where(Organisation.kind == OrganisationKind.PLATFORM))
    if organisation is None:
        organisation = create_organisation(
            uow, kind=OrganisationKind.PLATFORM, name_fr="Plateforme Skills Bridge", name_ar="منصة Skills Bridge"
        )
    role = first_administrator(OrganisationKind.PLATFORM)
    invite(uow, organisation_id=organisation.id, email=email, role=role, language=language, vault=vault)
    return organisation


def verify_organisation(uow: UnitOfWork, *, organisation_id: int) -> Organisation:
    """Let an organisation act.

    :raises RuleBroken: nobody administers it yet.
    :raises IllegalMove: it is verified, suspended or gone.
    """
    organisation = _hold(uow, organisation_id)
    if organisation.state is not OrganisationState.INVITED:
        raise IllegalMove(organisation.state, OrganisationState.VERIFIED)
    if count_administrators(uow, organisation_id=organisation.id) == 0:
        raise RuleBroken("organisation-without-administrator")
    return _move(uow, organisation, OrganisationState.VERIFIED, "")


def suspend_organisation(uow: UnitOfWork, *, organisation_id: int, note: str) -> Organisation:
    """Stop an organisation, its people and its work from acting, from the next request and the next task on.

    :raises Invalid: no reason was given.
    :raises RuleBroken: it is the platform, or a party of the convention.
    :raises IllegalMove: it does not act.
    """
    organisation = _hold(uow, organisation_id)
    _check_may_go(organisation)
    _move(uow, organisation, OrganisationState.SUSPENDED, _note(note))
    uow.record(OrganisationSuspended(organisation.id, occasion=uow.now.isoformat()))
    return organisation


def resume_organisation(uow: UnitOfWork, *, organisation_id: int, note: str) -> Organisation:
    """Let a suspended organisation act again; its people sign in anew.

    :raises Invalid: no reason was given.
    :raises RuleBroken: it is not suspended, or nobody administers it.
    """
    organisation = _hold(uow, organisation_id)
    if organisation.state is not OrganisationState.SUSPENDED:
        raise RuleBroken("organisation-not-suspended")
    if count_administrators(uow, organisation_id=organisation.id) == 0:
        raise RuleBroken("organisation-without-administrator")
    return _move(uow, organisation, OrganisationState.VERIFIED, _note(note))


def leave_organisation(uow: UnitOfWork, *, organisation_id: int, note: str) -> Organisation:
    """End an organisation's part for good: nobody acts for it any more, and what it has open is handed over.

    :raises Invalid: no reason was given.
    :raises RuleBroken: it is the platform, or a party of the convention.
    :raises IllegalMove: it left before.
    """
    organisation = _hold(uow, organisation_id)
    _check_may_go(organisation)
    _move(uow, organisation, OrganisationState.LEFT, _note(note))
    uow.record(OrganisationLeft(organisation.id))
    return organisation


def ask_admission(uow: UnitOfWork, *, asked: Registration, contact_name: str, address: str) -> None:
    """Keep a request of somebody without an account; account scope. The same answer whatever is known of it.

    :raises RuleBroken: too many requests from this network address, or from everybody, within a day.
    :raises Invalid: a kind, name, ICE or address is none.
    """
    hold_tries(uow, Try.REQUEST, account="", address=address)
    note_try(uow, Try.REQUEST, account="", address=address, succeeded=False)
    if asked.kind not in ASKING_KINDS:
        raise Invalid("kind-does-not-ask", field="kind")
    uow.session.execute(
        insert(OrganisationRequest)
        .inline()
        .values(
            kind=asked.kind,
            name_fr=_name(asked.name_fr, "name_fr"),
            name_ar=_name(asked.name_ar, "name_ar"),
            ice=normalise_ice(asked.ice, field="ice") if asked.ice.strip() else None,
            contact_name=_name(contact_name, "contact_name"),
            contact_email=normalise_email(asked.email, field="email"),
            language=asked.language,
            asked_at=uow.now,
        )
    )


def accept_request(uow: UnitOfWork, *, request_id: int, vault: Vault) -> Organisation:
    """Admit the organisation that somebody asked for, and invite the contact to administer it.

    :raises NotFound: there is no such request in the actor's scope.
    :raises AlreadyDone: it was answered.
    :raises Invalid: its ICE was given to another organisation meanwhile.
    """
    request = _hold_request(uow, request_id)
    organisation = register_organisation(
        uow,
        asked=Registration(
            kind=request.kind,
            name_fr=request.name_fr,
            name_ar=request.name_ar,
            ice=request.ice or "",
            email=request.contact_email,
            language=request.language,
        ),
        vault=vault,
    )
    request.decided_at, request.decided_by, request.organisation_id = uow.now, uow.actor.user_id, organisation.id
    return organisation


def refuse_request(uow: UnitOfWork, *, request_id: int, note: str) -> OrganisationRequest:
    """Refuse a request, with a reason that stays inside the platform.

    :raises NotFound: there is no such request in the actor's scope.
    :raises AlreadyDone: it was answered.
    :raises Invalid: no reason was given.
    """
    request = _hold_request(uow, request_id)
    request.note = _note(note)
    request.decided_at, request.decided_by = uow.now, uow.actor.user_id
    uow.audit("organisation_request.refused", "organisation_request", request.id)
    return request


def first_administrator(kind: OrganisationKind) -> Role:
    """Return the role in which an organisation's first person comes in: the one that gives the most others."""
    return max(ADMINISTERS[kind], key=lambda role: len(ADMINISTERS[kind][role]))


def _hold(uow: UnitOfWork, organisation_id: int) -> Organisation:
    """Return an organisation that the platform may change, locked."""
    organisation = uow.session.get(Organisation, organisation_id, with_for_update=True)
    if organisation is None:
        raise NotFound("organisation", organisation_id)
    authorize(uow.actor, Permission.ORGANISATION_MANAGE, organisation)
    return organisation


def _hold_request(uow: UnitOfWork, request_id: int) -> OrganisationRequest:
    """Return a request that waits, locked."""
    request = uow.session.get(OrganisationRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound("organisation_request", request_id)
    authorize(uow.actor, Permission.ORGANISATION_MANAGE, request)
    if request.decided_at is not None:
        raise AlreadyDone("admission-decided")
    return request


def _move(uow: UnitOfWork, organisation: Organisation, target: OrganisationState, note: str) -> Organisation:
    """Bring an organisation into a state that its table allows, and log it."""
    was = organisation.state
    check_move(ORGANISATION_MOVES, was, target)
    organisation.state = target
    _log(uow, organisation, was, note)
    uow.audit(f"organisation.{target}", "organisation", organisation.id, was=was)
    return organisation


def _log(uow: UnitOfWork, organisation: Organisation, was: OrganisationState | None, note: str) -> None:
    """Keep a step of an organisation's life."""
    uow.session.execute(
        insert(OrganisationMove)
        .inline()
        .values(
            organisation_id=organisation.id,
            from_state=was,
            to_state=organisation.state,
            note=note,
            facts={},
            user_id=uow.actor.user_id,
            actor_name=uow.actor.display_name,
            changed_at=uow.now,
        )
    )


def _check_may_go(organisation: Organisation) -> None:
    """Refuse to stop whom the convention or the site can't do without."""
    if organisation.kind not in ASKING_KINDS:
        raise RuleBroken("organisation-stays")


def _name(text: str, field: str) -> str:
    """Return a name in one writing."""
    name = " ".join(text.split())
    if not 1 < len(name) <= LONGEST_NAME:
        raise Invalid("organisation-name-missing", field=field, most=LONGEST_NAME)
    return name


def _note(text: str) -> str:
    """Return a reason in one writing."""
    note = text.strip()
    if not note or len(note) > LONGEST_NOTE:
        raise Invalid("organisation-reason-missing", field="note", most=LONGEST_NOTE)
    return note


def _ice(uow: UnitOfWork, text: str) -> str | None:
    """Return an ICE in one writing, or None if there is none."""
    if not text.strip():
        return None
    ice = normalise_ice(text, field="ice")
    if uow.session.scalar(select(Organisation.id).where(Organisation.ice == ice)) is not None:
        raise Invalid("ice-taken", field="ice")
    return ice
