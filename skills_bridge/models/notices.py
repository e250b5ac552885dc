"""Words to an organisation: shown on its home page, and mailed to its people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.models.base import Base, Keyed, Timestamped


class Notice(Keyed, Timestamped, Base):
    """Something an organisation should know; ``kind`` chooses the sentence, ``facts`` (references only) fill it.

    ``message_key`` is unique: a notice that a repeated job writes again changes nothing.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_organisation", "organisation_id", "read_at"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str]
    facts: Mapped[dict[str, Any]]
    message_key: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int | None]
    mailed_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
