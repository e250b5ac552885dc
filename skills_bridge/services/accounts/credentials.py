"""Credentials: the password, the second factor, both again for risky acts; the account that holds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.credentials import Change, Try
from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.events import AccountChanged
from skills_bridge.domain.identifiers import normalise_code
from skills_bridge.domain.organisations import OrganisationState
from skills_bridge.domain.passwords import check_password_choice
from skills_bridge.models import Membership, Organisation, UserAccount, WebSession
from skills_bridge.reference.passwords import common_passwords
from skills_bridge.services.accounts.limits import hold_tries, note_try
from skills_bridge.services.accounts.recovery_codes import take_recovery_code
from skills_bridge.services.accounts.sessions import end_sessions_of
from skills_bridge.unit_of_work import UnitOfWork

DUMMY_HASH: Final = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""What a password is compared with when nobody has the address: the same work for known and unknown accounts."""


def check_password(uow: UnitOfWork, *, email: str, password: str, address: str, vault: Vault) -> int:
    """Return the user of an e-mail address and password; account scope.

    Returns 0 when the pair is wrong, the same answer for known and unknown addresses: a failed try must be committed.

    :raises RuleBroken: too many tries.
    """
    hold_tries(uow, Try.PASSWORD, account=email, address=address)
    user = uow.session.scalar(select(UserAccount).where(func.lower(UserAccount.email) == email.strip().lower()))
    right = vault.is_password(user.password_hash if user else DUMMY_HASH, password)
    accepted = right and user is not None and user.disabled_at is None
    note_try(uow, Try.PASSWORD, account=email, address=address, succeeded=accepted)
    return user.id if accepted and user is not None else 0


def check_code(uow: UnitOfWork, *, user_id: int, code: str, address: str, vault: Vault) -> bool:
    """Say whether a second factor is right and fresh, or a recovery code; each opens once. Account scope of the user.

    :raises RuleBroken: too many tries.
    """
    hold_tries(uow, Try.CODE, account=str(user_id), address=address)
    user = uow.session.get_one(UserAccount, user_id, with_for_update=True)
    step = vault.totp_step(user.totp_sealed, normalise_code(code), at=uow.now.timestamp())
    fresh = step is not None and step > (user.totp_last_step or 0) and user.disabled_at is None
    if fresh:
        user.totp_last_step = step
    elif user.disabled_at is None:
        fresh = take_recovery_code(uow, user_id=user_id, code=code, vault=vault)
    note_try(uow, Try.CODE, account=str(user_id), address=address, succeeded=fresh)
    return fresh


def prove_again(
    uow: UnitOfWork, *, user_id: int, session_id: int, password: str, code: str, address: str, vault: Vault
) -> bool:
    """Say whether a signed-in person gave password and code once more; her session remembers when. Account scope.

    A failed try must be committed. The code is not looked at, and so not used up, unless the password is right.

    :raises RuleBroken: too many tries.
    """
    user = uow.session.get_one(UserAccount, user_id)
    right = check_password(uow, email=user.email, password=password, address=address, vault=vault) == user_id
    if not right or not check_code(uow, user_id=user_id, code=code, address=address, vault=vault):
        return False
    uow.session.execute(update(WebSession).where(WebSession.id == session_id).values(proved_at=uow.now))
    uow.audit("session.proved", "web_session", session_id)
    return True


def change_password(
    uow: UnitOfWork, *, user_id: int, session_id: int, present: str, password: str, address: str, vault: Vault
) -> bool:
    """Take another password in the place of the present one and end the person's other sessions. Account scope.

    Returns False if the present one is wrong; such a try must be committed.

    :raises RuleBroken: too many tries.
    :raises Invalid: the new one is short, common, her address or her organisation's name, or no other one.
    """
    user = uow.session.get_one(UserAccount, user_id)
    if check_password(uow, email=user.email, password=present, address=address, vault=vault) != user_id:
        return False
    if password == present:
        raise Invalid("password-unchanged", field="password")
    set_password(uow, user=user, password=password, vault=vault)
    end_sessions_of(uow, user_id=user_id, but=session_id)
    tell_change(uow, user_id=user_id, change=Change.PASSWORD)
    return True


def set_password(uow: UnitOfWork, *, user: UserAccount, password: str, vault: Vault) -> None:
    """Give a person a password that a guesser would not try first. Account scope of that person.

    :raises Invalid: it is short, common, her address or her organisation's name.
    """
    judge_password(uow, user=user, password=password)
    user.password_hash = vault.hash_password(password)
    uow.audit("password.changed", "user_account", user.id)


def judge_password(uow: UnitOfWork, *, user: UserAccount, password: str) -> None:
    """Refuse a password for a person that a guesser would try first. Account scope of that person.

    :raises Invalid: it is short, common, her address or her organisation's name.
    """
    names = uow.session.scalars(
        select(Organisation.name_fr)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.user_id == user.id, Membership.ended_at.is_(None))
    ).all()
    check_password_choice(password, common=common_passwords(), email=user.email, names=names)


def tell_change(uow: UnitOfWork, *, user_id: int, change: Change) -> None:
    """Have a person told by mail that her way in changed."""
    uow.record(AccountChanged(user_id, occasion=f"{change}-{uow.now.isoformat()}"))


def change_language(uow: UnitOfWork, *, user_id: int, language: str) -> None:
    """Keep the language in which a person reads pages and gets letters: ``fr``, ``ar`` or ``en``. Account scope."""
    uow.session.get_one(UserAccount, user_id).language = language
    uow.audit("account.language", "user_account", user_id, language=language)


def choose_membership(session: Session, *, user_id: int) -> int | None:
    """Return the first live membership of a user whose organisation may act; account scope of that user."""
    return session.scalar(
        select(Membership.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
            Organisation.state == OrganisationState.VERIFIED,
        )
        .order_by(Membership.id)
        .limit(1)
    )


def create_account(
    uow: UnitOfWork,
    *,
    email: str,
    display_name: str,
    password: str,
    totp_secret: str,
    vault: Vault,
    language: str = "fr",
    names: Iterable[str] = (),
) -> UserAccount:
    """Create a person's account; platform scope, or account scope with an open invitation to her address.

    ``names`` are those of the organisations that she will act for.

    :raises Invalid: the password is short, common, her address or such a name.
    """
    check_password_choice(password, common=common_passwords(), email=email, names=names)
    account = UserAccount(
        email=email.strip(),
        display_name=display_name,
        password_hash=vault.hash_password(password),
        totp_sealed=vault.seal_totp(totp_secret),
        language=language,
    )
    uow.session.add(account)
    uow.session.flush()  # the membership that follows needs the key
    return account
