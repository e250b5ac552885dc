"""Invitations: an organisation's administrator offers a place, whoever reads the mail takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Select, func, select

from skills_bridge.adapters.vault import Vault, new_seed
from skills_bridge.domain.accounts import ADMINISTERS, ROLES_BY_KIND, Role, account_scope
from skills_bridge.domain.credentials import INVITATION_AGE, INVITATIONS_A_DAY, RESEND_AFTER, Try
from skills_bridge.domain.errors import AlreadyDone, Invalid, NotFound, RuleBroken
from skills_bridge.domain.events import InvitationSent
from skills_bridge.domain.identifiers import normalise_code, normalise_email
from skills_bridge.domain.organisations import OrganisationState
from skills_bridge.models import AgencyUnit, Invitation, Organisation, UserAccount
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.services.accounts.credentials import check_code, check_password, create_account
from skills_bridge.services.accounts.limits import hold_tries, note_try
from skills_bridge.services.accounts.memberships import add_membership
from skills_bridge.services.accounts.recovery_codes import renew_recovery_codes
from skills_bridge.services.accounts.sessions import digest_of
from skills_bridge.unit_of_work import UnitOfWork, narrow

PURPOSE: Final = "invitation"
LONGEST_NAME: Final = 120


@dataclass(frozen=True, kw_only=True)
class SignUp:
    """What a person gives when she takes her place: ``sealed_totp`` is the second factor that her application read."""

    display_name: str
    password: str
    sealed_totp: bytes
    code: str
    language: str


def invite(
    uow: UnitOfWork,
    *,
    organisation_id: int,
    email: str,
    role: Role | None,
    language: str,
    vault: Vault,
    unit_id: int | None = None,
) -> Invitation:
    """Offer an address a place in an organisation; the answer is the same whether somebody has an account there or not.

    :raises NotPermitted: the actor's role does not give this one; the platform only names who administers.
    :raises Invalid: the address, role or unit is none.
    :raises RuleBroken: too many invitations within a day, or the organisation has left.
    :raises AlreadyDone: the address has an open invitation for the role.
    """
    organisation = uow.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound("organisation", organisation_id)
    role = _check_place(uow, organisation, role, unit_id)
    seed = new_seed()
    invitation = Invitation(
        organisation_id=organisation.id,
        email=normalise_email(email, field="email"),
        role=role,
        unit_id=unit_id,
        language=language,
        seed=seed,
        token_digest=digest_of(vault.link_token(PURPOSE, seed)),
        invited_by=uow.actor.user_id,
        sent_at=uow.now,
        expires_at=uow.now + INVITATION_AGE,
    )
    _judge(uow, organisation, invitation)
    if uow.session.scalar(_open_like(invitation)) is not None:
        raise AlreadyDone("invited-already")
    uow.session.add(invitation)
    uow.session.flush()  # the letter's job needs the key
    _send(uow, invitation)
    return invitation


def resend_invitation(uow: UnitOfWork, *, organisation_id: int, invitation_id: int, vault: Vault) -> Invitation:
    """Send an open invitation again, with a new link and seven more days; the earlier link ends.

    :raises NotFound: the organisation has no open invitation of this number in the actor's scope.
    :raises RuleBroken: it left a moment ago, or too many invitations within a day.
    """
    invitation = _hold(uow, organisation_id, invitation_id)
    if uow.now - invitation.sent_at < RESEND_AFTER:
        raise RuleBroken("invitation-just-sent", minutes=int(RESEND_AFTER.total_seconds() // 60))
    _check_day(uow, invitation.organisation_id)
    invitation.seed = new_seed()
    invitation.token_digest = digest_of(vault.link_token(PURPOSE, invitation.seed))
    invitation.sent_at, invitation.expires_at = uow.now, uow.now + INVITATION_AGE
    _send(uow, invitation)
    return invitation


def revoke_invitation(uow: UnitOfWork, *, organisation_id: int, invitation_id: int) -> Invitation:
    """Take an open invitation back: its link ends at once.

    :raises NotFound: the organisation has no open invitation of this number in the actor's scope.
    """
    invitation = _hold(uow, organisation_id, invitation_id)
    invitation.revoked_at = uow.now
    uow.audit("invitation.revoked", "invitation", invitation.id)
    return invitation


def find_invitation(uow: UnitOfWork, *, token: str, address: str) -> Invitation | None:
    """Return the invitation that a link opens, or None; wrong links are counted. Account scope.

    :raises RuleBroken: too many wrong links from this network address.
    """
    hold_tries(uow, Try.LINK, account="", address=address)
    invitation = uow.session.scalar(
        select(Invitation).where(Invitation.token_digest == digest_of(token)).with_for_update()
    )
    if invitation is None or not invitation.is_open or invitation.expires_at < uow.now:
        note_try(uow, Try.LINK, account="", address=address, succeeded=False)
        return None
    return invitation


def accept_as_new(uow: UnitOfWork, *, token: str, address: str, given: SignUp, vault: Vault) -> tuple[str, ...] | None:
    """Open an account and take the place; returns the recovery codes, to be shown this once. Account scope.

    Returns None if the link opens nothing: such a try must be committed.

    :raises RuleBroken: too many wrong links.
    :raises AlreadyDone: the address has an account already.
    :raises Invalid: name, password or code.
    """
    invitation = find_invitation(uow, token=token, address=address)
    if invitation is None:
        return None
    _check_sign_up(uow, invitation, given, vault)
    organisation = uow.session.get_one(Organisation, invitation.organisation_id)
    account = create_account(
        uow,
        email=invitation.email,
        display_name=given.display_name.strip(),
        password=given.password,
        totp_secret=vault.open_totp(given.sealed_totp),
        vault=vault,
        language=given.language,
        names=(organisation.name_fr, organisation.name_ar),
    )
    account.totp_last_step = vault.totp_step(account.totp_sealed, normalise_code(given.code), at=uow.now.timestamp())
    narrow(uow, account_scope(account.id))
    codes = renew_recovery_codes(uow, user_id=account.id, vault=vault)
    _take(uow, invitation, account.id)
    return codes


def accept_as_known(
    uow: UnitOfWork, *, token: str, address: str, password: str, code: str, vault: Vault
) -> bool | None:
    """Take a place with the account that one has, proved by password and second factor. Account scope.

    Returns None if the link opens nothing and False if password or code is wrong: such tries must be committed. No
    session is needed: who has left her only organisation can sign in nowhere, and may come back by this door.

    :raises RuleBroken: too many tries.
    :raises AlreadyDone: she holds the role.
    """
    invitation = find_invitation(uow, token=token, address=address)
    if invitation is None:
        return None
    user_id = check_password(uow, email=invitation.email, password=password, address=address, vault=vault)
    if not user_id:
        return False
    narrow(uow, account_scope(user_id))
    if not check_code(uow, user_id=user_id, code=code, address=address, vault=vault):
        return False
    _take(uow, invitation, user_id)
    return True


def _take(uow: UnitOfWork, invitation: Invitation, user_id: int) -> int:
    """Give the place, then end the invitation: the database lets nobody in without an open one."""
    membership = add_membership(
        uow,
        user_id=user_id,
        organisation_id=invitation.organisation_id,
        role=invitation.role,
        unit_id=invitation.unit_id,
    )
    invitation.accepted_at = uow.now
    uow.audit("invitation.accepted", "invitation", invitation.id, membership_id=membership.id)
    return membership.id


def _check_place(uow: UnitOfWork, organisation: Organisation, role: Role | None, unit_id: int | None) -> Role:
    """Return the role; refuse one or a unit that the organisation does not have, and an organisation that left."""
    if organisation.state is OrganisationState.LEFT:
        raise RuleBroken("organisation-left")
    if role is None or role not in ROLES_BY_KIND[organisation.kind]:
        raise Invalid("role-unknown", field="role")
    unit = uow.session.get(AgencyUnit, unit_id) if unit_id is not None else None
    if unit_id is not None and (unit is None or unit.agency_id != organisation.id):
        raise Invalid("unit-unknown", field="unit_id")
    return role


def _judge(uow: UnitOfWork, organisation: Organisation, invitation: Invitation) -> None:
    """Check the right to invite and the day's measure."""
    if organisation.id == uow.actor.organisation_id or role_is_ordinary(organisation, invitation.role):
        authorize(uow.actor, Permission.MEMBER_MANAGE, invitation)
    else:
        authorize(uow.actor, Permission.ORGANISATION_MANAGE, organisation)
    _check_day(uow, organisation.id)


def role_is_ordinary(organisation: Organisation, role: Role) -> bool:
    """Say whether a role administers nothing: such a one is given by the organisation itself only."""
    return role not in ADMINISTERS[organisation.kind]


def _check_day(uow: UnitOfWork, organisation_id: int) -> None:
    """Refuse more invitations than a day's measure."""
    sent = uow.session.scalar(
        select(func.count())
        .select_from(Invitation)
        .where(Invitation.organisation_id == organisation_id, Invitation.sent_at > uow.now - timedelta(days=1))
    )
    if (sent or 0) >= INVITATIONS_A_DAY:
        raise RuleBroken("too-many-invitations", most=INVITATIONS_A_DAY)


def _check_sign_up(uow: UnitOfWork, invitation: Invitation, given: SignUp, vault: Vault) -> None:
    """Refuse a missing name, a second account for an address, and a code that the second factor does not show."""
    if not 1 <= len(given.display_name.strip()) <= LONGEST_NAME:
        raise Invalid("person-name-missing", field="display_name")
    known = select(UserAccount.id).where(func.lower(UserAccount.email) == invitation.email.lower())
    if uow.session.scalar(known) is not None:
        raise AlreadyDone("account-exists")
    if vault.totp_step(given.sealed_totp, normalise_code(given.code), at=uow.now.timestamp()) is None:
        raise Invalid("code-wrong", field="code")


def _open_like(invitation: Invitation) -> Select[int]:
    """Return the statement that finds an open invitation of the same address to the same place."""
    return select(Invitation.id).where(
        Invitation.organisation_id == invitation.organisation_id,
        func.lower(Invitation.email) == invitation.email.lower(),
        Invitation.role == invitation.role,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
    )


def _hold(uow: UnitOfWork, organisation_id: int, invitation_id: int) -> Invitation:
    """Return an organisation's open invitation that the actor may change, locked."""
    invitation = uow.session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None or invitation.organisation_id != organisation_id or not invitation.is_open:
        raise NotFound("invitation", invitation_id)
    organisation = uow.session.get_one(Organisation, invitation.organisation_id)
    if invitation.organisation_id == uow.actor.organisation_id:
        authorize(uow.actor, Permission.MEMBER_MANAGE, invitation)
    else:
        authorize(uow.actor, Permission.ORGANISATION_MANAGE, organisation)
    return invitation


def _send(uow: UnitOfWork, invitation: Invitation) -> None:
    """Ask for the letter."""
    uow.audit("invitation.sent", "invitation", invitation.id, role=invitation.role.value)
    uow.record(InvitationSent(invitation.id, occasion=str(invitation.seed)))
