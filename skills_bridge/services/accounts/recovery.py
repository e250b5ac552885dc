"""Ways back in: a forgotten password by mail and second factor, a lost second factor by two persons."""

from __future__ import annotations

from sqlalchemy import delete, select

from skills_bridge.adapters.vault import Vault, new_seed, new_totp_secret
from skills_bridge.domain.accounts import account_scope
from skills_bridge.domain.credentials import LINK_AGE, Change, LinkKind, Try
from skills_bridge.domain.errors import AlreadyDone, Invalid, NotFound, RuleBroken
from skills_bridge.domain.events import LinkAsked, SecondFactorResetAsked, SecondFactorResetGranted
from skills_bridge.domain.identifiers import normalise_code
from skills_bridge.models import AccountLink, Membership, RecoveryCode, SecondFactorReset, UserAccount
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.services.accounts.credentials import (
    check_code,
    check_password,
    judge_password,
    set_password,
    tell_change,
)
from skills_bridge.services.accounts.limits import hold_tries, note_try
from skills_bridge.services.accounts.recovery_codes import renew_recovery_codes
from skills_bridge.services.accounts.sessions import digest_of, end_sessions_of
from skills_bridge.unit_of_work import UnitOfWork, narrow


def ask_password_link(uow: UnitOfWork, *, email: str, address: str, vault: Vault) -> None:
    """Ask for a link to choose a new password; account scope.

    Does the same for known and unknown addresses: whose it is, is looked up by the work that writes the letter.

    :raises RuleBroken: too many requests for this address, or from this network address.
    """
    hold_tries(uow, Try.RESET, account=email, address=address)
    note_try(uow, Try.RESET, account=email, address=address, succeeded=False)
    _make_link(uow, kind=LinkKind.PASSWORD, email=email.strip(), user_id=None, vault=vault)


def find_link(uow: UnitOfWork, *, kind: LinkKind, token: str, address: str) -> AccountLink | None:
    """Return the link that a token opens, locked, or None; wrong ones are counted. Account scope.

    :raises RuleBroken: too many wrong links from this network address.
    """
    hold_tries(uow, Try.LINK, account="", address=address)
    link = uow.session.scalar(
        select(AccountLink)
        .where(AccountLink.kind == kind, AccountLink.token_digest == digest_of(token), AccountLink.user_id.is_not(None))
        .with_for_update()
    )
    if link is None or link.used_at is not None or link.expires_at < uow.now:
        note_try(uow, Try.LINK, account="", address=address, succeeded=False)
        return None
    return link


def reset_password(uow: UnitOfWork, *, token: str, password: str, code: str, address: str, vault: Vault) -> bool | None:
    """Choose a new password by a link and the second factor; every session ends. Account scope.

    Returns None if the link opens nothing and False if the code is wrong: such tries must be committed.

    :raises RuleBroken: too many tries.
    :raises Invalid: the password is short, common, her address or her organisation's name.
    """
    link = find_link(uow, kind=LinkKind.PASSWORD, token=token, address=address)
    if link is None or link.user_id is None:
        return None
    narrow(uow, account_scope(link.user_id))
    user = uow.session.get_one(UserAccount, link.user_id)
    judge_password(uow, user=user, password=password)
    if not check_code(uow, user_id=user.id, code=code, address=address, vault=vault):
        return False
    set_password(uow, user=user, password=password, vault=vault)
    link.used_at = uow.now
    end_sessions_of(uow, user_id=user.id)
    tell_change(uow, user_id=user.id, change=Change.PASSWORD)
    return True


def ask_second_factor_reset(uow: UnitOfWork, *, membership_id: int) -> SecondFactorReset:
    """Ask that a member's lost second factor be ended; another administrator decides, and she is told.

    :raises NotFound: no such member in the actor's organisation.
    :raises NotPermitted: the actor's role does not give this one.
    :raises RuleBroken: nobody asks for herself.
    :raises AlreadyDone: it was asked for already.
    """
    membership = uow.session.scalar(
        select(Membership).where(
            Membership.id == membership_id,
            Membership.organisation_id == uow.actor.organisation_id,
            Membership.ended_at.is_(None),
        )
    )
    if membership is None:
        raise NotFound("membership", membership_id)
    authorize(uow.actor, Permission.MEMBER_MANAGE, membership)
    if membership.user_id == uow.actor.user_id:
        raise RuleBroken("reset-of-oneself")
    waiting = select(SecondFactorReset.id).where(
        SecondFactorReset.user_id == membership.user_id, SecondFactorReset.decided_at.is_(None)
    )
    if uow.session.scalar(waiting) is not None:
        raise AlreadyDone("reset-asked-already")
    reset = SecondFactorReset(
        organisation_id=membership.organisation_id,
        membership_id=membership.id,
        user_id=membership.user_id,
        asked_by=uow.actor.user_id,
        asked_at=uow.now,
    )
    uow.session.add(reset)
    uow.session.flush()  # the letter's job needs the key
    uow.audit("second_factor_reset.asked", "second_factor_reset", reset.id, membership_id=membership.id)
    uow.record(SecondFactorResetAsked(reset.id))
    return reset


def decide_second_factor_reset(
    uow: UnitOfWork, *, organisation_id: int, reset_id: int, is_granted: bool
) -> SecondFactorReset:
    """Grant or refuse the end of a second factor, as a second administrator or as the platform.

    :raises NotFound: none such waits for the organisation in the actor's scope.
    :raises NotPermitted: the actor's role does not give the member's.
    :raises RuleBroken: who asked does not decide, nor does the person herself.
    """
    reset = uow.session.get(SecondFactorReset, reset_id, with_for_update=True)
    if reset is None or reset.organisation_id != organisation_id or reset.decided_at is not None:
        raise NotFound("second_factor_reset", reset_id)
    if reset.organisation_id == uow.actor.organisation_id:
        authorize(uow.actor, Permission.MEMBER_MANAGE, uow.session.get_one(Membership, reset.membership_id))
    else:
        authorize(uow.actor, Permission.ORGANISATION_MANAGE, reset)
    if uow.actor.user_id in (reset.asked_by, reset.user_id):
        raise RuleBroken("reset-needs-another")
    reset.decided_by, reset.decided_at, reset.is_granted = uow.actor.user_id, uow.now, is_granted
    word = "granted" if is_granted else "refused"
    uow.audit(f"second_factor_reset.{word}", "second_factor_reset", reset.id)
    if is_granted:
        uow.record(SecondFactorResetGranted(reset.id))
    return reset


def end_second_factor(uow: UnitOfWork, *, reset_id: int, vault: Vault) -> None:
    """Make a lost second factor worthless, end the person's sessions and send her a link for a new one.

    Platform scope; the new factor also needs her password.
    """
    reset = uow.session.get_one(SecondFactorReset, reset_id)
    if not reset.is_granted:
        return
    user = uow.session.get_one(UserAccount, reset.user_id, with_for_update=True)
    user.totp_sealed, user.totp_last_step = vault.seal_totp(new_totp_secret()), None
    uow.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    end_sessions_of(uow, user_id=user.id)
    uow.audit("second_factor.ended", "user_account", user.id, reset_id=reset.id)
    _make_link(uow, kind=LinkKind.SECOND_FACTOR, email=user.email, user_id=user.id, vault=vault)


def enrol_second_factor(
    uow: UnitOfWork, *, token: str, password: str, sealed_totp: bytes, code: str, address: str, vault: Vault
) -> tuple[str, ...] | bool | None:
    """Install a new second factor by a link and the password; returns new recovery codes, shown this once.

    Account scope. Returns None if the link opens nothing and False if the password is wrong: such tries must be
    committed.

    :raises RuleBroken: too many tries.
    :raises Invalid: the code is not what the new factor shows.
    """
    link = find_link(uow, kind=LinkKind.SECOND_FACTOR, token=token, address=address)
    if link is None or link.user_id is None:
        return None
    narrow(uow, account_scope(link.user_id))
    if check_password(uow, email=link.email, password=password, address=address, vault=vault) != link.user_id:
        return False
    step = vault.totp_step(sealed_totp, normalise_code(code), at=uow.now.timestamp())
    if step is None:
        raise Invalid("code-wrong", field="code")
    user = uow.session.get_one(UserAccount, link.user_id)
    user.totp_sealed, user.totp_last_step = vault.seal_totp(vault.open_totp(sealed_totp)), step
    link.used_at = uow.now
    uow.audit("second_factor.enrolled", "user_account", user.id)
    tell_change(uow, user_id=user.id, change=Change.SECOND_FACTOR)
    return renew_recovery_codes(uow, user_id=user.id, vault=vault)


def renew_own_codes(uow: UnitOfWork, *, user_id: int, vault: Vault) -> tuple[str, ...]:
    """Return ten new recovery codes to their owner, shown this once; she is told by mail. Account scope of hers."""
    tell_change(uow, user_id=user_id, change=Change.RECOVERY)
    return renew_recovery_codes(uow, user_id=user_id, vault=vault)


def _make_link(uow: UnitOfWork, *, kind: LinkKind, email: str, user_id: int | None, vault: Vault) -> None:
    """Write a link and ask for its letter."""
    seed = new_seed()
    link = AccountLink(
        kind=kind,
        email=email,
        user_id=user_id,
        seed=seed,
        token_digest=digest_of(vault.link_token(kind, seed)),
        expires_at=uow.now + LINK_AGE[kind],
    )
    uow.session.add(link)
    uow.session.flush()  # the letter's job needs the key
    uow.record(LinkAsked(link.id))
