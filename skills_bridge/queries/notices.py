"""What an organisation should know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.models import Notice
from skills_bridge.policies.notices import kinds_read_by

SHOWN: Final = 10


@dataclass(frozen=True)
class NoticeLine:
    """One notice: ``kind`` chooses the sentence, ``facts`` fill it."""

    id: int
    kind: str
    facts: Mapping[str, Any]
    created_at: datetime
    is_read: bool


def list_notices(session: Session, *, actor: Actor) -> tuple[NoticeLine, ...]:
    """Return the latest unread notices that the actor's role reads, of her unit if they name one."""
    query = select(Notice).where(
        Notice.organisation_id == actor.organisation_id,
        Notice.kind.in_(kinds_read_by(actor)),
        Notice.read_at.is_(None),
        *(() if actor.unit_id is None else (or_(Notice.unit_id.is_(None), Notice.unit_id == actor.unit_id),)),
    )
    rows = session.scalars(query.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(SHOWN))
    return tuple(NoticeLine(n.id, n.kind, n.facts, n.created_at, n.read_at is not None) for n in rows)
