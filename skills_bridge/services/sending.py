"""One effect for one form, however often it is sent: a double click, a lost answer, a reload."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from skills_bridge.domain.errors import AlreadySent
from skills_bridge.models import FormUse, LinkFormUse
from skills_bridge.unit_of_work import UnitOfWork

KEPT: Final = timedelta(hours=24)


def use_form(uow: UnitOfWork, *, digest: bytes) -> None:
    """Note that a form takes effect in this transaction; whoever sends it at the same time waits for the end.

    :raises AlreadySent: it took effect before.
    """
    table, own = _sender(uow)
    used = uow.session.scalar(
        insert(table).values(**own, digest=digest, used_at=uow.now).on_conflict_do_nothing().returning(table.used_at)
    )
    if used is None:
        raise AlreadySent(uow.session.scalar(select(table.location).where(*_sent(uow, digest))))


def keep_answer(uow: UnitOfWork, *, digest: bytes, location: str) -> None:
    """Remember where the answer to a form led, for whoever sends it again."""
    table, _own = _sender(uow)
    uow.session.execute(update(table).where(*_sent(uow, digest)).values(location=location))


def forget_forms(uow: UnitOfWork) -> None:
    """Remove forms that were sent more than a day ago; platform scope."""
    for table in (FormUse, LinkFormUse):
        uow.session.execute(delete(table).where(table.used_at < uow.now - KEPT))


def _sender(uow: UnitOfWork) -> tuple[Any, dict[str, int | None]]:
    """Return where the forms of the actor are noted, and under whom: an account, or a personal link."""
    actor = uow.actor
    if actor.is_seeker:
        return LinkFormUse, {
            "link_id": actor.link_id,
            "seeker_id": actor.seeker_id,
            "agency_id": actor.organisation_id,
        }
    return FormUse, {"organisation_id": actor.organisation_id, "user_id": actor.user_id}


def _sent(uow: UnitOfWork, digest: bytes) -> tuple[ColumnElement[bool], ...]:
    table, own = _sender(uow)
    return (*(getattr(table, name) == key for name, key in own.items()), table.digest == digest)
