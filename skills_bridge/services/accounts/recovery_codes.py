"""Recovery codes: ten, each of which stands once for the second factor."""

from __future__ import annotations

from sqlalchemy import delete, update

from skills_bridge.adapters.vault import Vault, new_recovery_code
from skills_bridge.domain.credentials import RECOVERY_CODES
from skills_bridge.domain.identifiers import normalise_code
from skills_bridge.models import RecoveryCode
from skills_bridge.unit_of_work import UnitOfWork


def renew_recovery_codes(uow: UnitOfWork, *, user_id: int, vault: Vault) -> tuple[str, ...]:
    """Return ten new codes, to be shown this once; the earlier ones are worth nothing. Account scope of the person."""
    codes = tuple(new_recovery_code() for _ in range(RECOVERY_CODES))
    uow.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    uow.session.add_all(
        RecoveryCode(user_id=user_id, code_digest=vault.recovery_digest(user_id, code)) for code in codes
    )
    uow.audit("recovery.renewed", "user_account", user_id)
    return codes


def take_recovery_code(uow: UnitOfWork, *, user_id: int, code: str, vault: Vault) -> bool:
    """Say whether a code was one of the person's, and use it up. Account scope of the person."""
    wanted = "".join(sign for sign in normalise_code(code) if sign.isdecimal())
    taken = uow.session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_digest == vault.recovery_digest(user_id, wanted),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=uow.now)
        .returning(RecoveryCode.id)
    )
    if taken is not None:
        uow.audit("recovery.used", "user_account", user_id)
    return taken is not None
