"""One effect for one form, however often it is sent: a double click, a lost answer, a reload."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from skills_bridge.domain.errors import AlreadySent
from skills_bridge.models import FormUse
from skills_bridge.unit_of_work import UnitOfWork

KEPT: Final = timedelta(hours=24)


def use_form(uow: UnitOfWork, *, digest: bytes) -> None:
    """Note that a form takes effect in this transaction; whoever sends it at the same time waits for the end.

    :raises AlreadySent: it took effect before.
    """
    used = uow.session.scalar(
        insert(FormUse)
        .values(organisation_id=uow.actor.organisation_id, user_id=uow.actor.user_id, digest=digest, used_at=uow.now)
        .on_conflict_do_nothing()
        .returning(FormUse.used_at)
    )
    if used is None:
        raise AlreadySent(uow.session.scalar(select(FormUse.location).where(*_own(uow, digest))))


def keep_answer(uow: UnitOfWork, *, digest: bytes, location: str) -> None:
    """Remember where the answer to a form led, for whoever sends it again."""
    uow.session.execute(update(FormUse).where(*_own(uow, digest)).values(location=location))


def forget_forms(uow: UnitOfWork) -> None:
    """Remove forms that were sent more than a day ago; platform scope."""
    uow.session.execute(delete(FormUse).where(FormUse.used_at < uow.now - KEPT))


def _own(uow: UnitOfWork, digest: bytes) -> tuple[ColumnElement[bool], ...]:
    return (
        FormUse.organisation_id == uow.actor.organisation_id,
        FormUse.user_id == uow.actor.user_id,
        FormUse.digest == digest,
    )
