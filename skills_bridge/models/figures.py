"""Values of indicators: of the open month, and of frozen packs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.models.base import Base, Keyed


class FigureValue(Keyed, Base):
    """One value of an indicator; ``pack_id`` is NULL for the open month, which a job writes anew.

    ``value`` is an exact decimal as text; a hidden value (1 to 4 people) has neither value nor numerator.
    """

    __tablename__ = "figure"
    __table_args__ = (
        Index(
            "uq_figure_cell",
            "kpi",
            "month_on",
            "breakdown",
            "cell",
            "measure",
            "pack_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    kpi: Mapped[str]
    month_on: Mapped[date]
    breakdown: Mapped[str]
    cell: Mapped[str]
    measure: Mapped[str]
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    n: Mapped[int | None]
    value: Mapped[str | None]
    unit: Mapped[str]
    is_hidden: Mapped[bool]
    not_measured: Mapped[str | None]
    pack_id: Mapped[int | None] = mapped_column(ForeignKey("pack.id"), index=True)
    as_of: Mapped[datetime]
