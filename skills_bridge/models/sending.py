"""Forms that were sent: what lets a second click find the first one's answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.models.base import Base


class FormUse(Base):
    """One form sent once; ``digest`` is of its page, its address and all that it held.

    Written in the transaction of its effect: it stands if and only if the effect does. ``location`` is where the
    answer led, once it was given.
    """

    __tablename__ = "form_use"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    location: Mapped[str | None]
    used_at: Mapped[datetime] = mapped_column(index=True)
