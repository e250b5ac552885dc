"""Organisations, the agency's units and the companies' sites."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills_bridge.domain.organisations import OrganisationKind, OrganisationState
from skills_bridge.domain.packs import Party
from skills_bridge.models.base import Base, Keyed, Timestamped, text_enum


class Organisation(Keyed, Timestamped, Base):
    """A member company, a training centre, the agency, a ministry, the association or the platform.

    Official names stand marked *to be confirmed by the party* until ``name_confirmed_at``.
    """

    __tablename__ = "organisation"

    kind: Mapped[OrganisationKind] = mapped_column(text_enum(OrganisationKind, "kind"))
    state: Mapped[OrganisationState] = mapped_column(text_enum(OrganisationState), default=OrganisationState.INVITED)
    name_fr: Mapped[str]
    name_ar: Mapped[str]
    name_confirmed_at: Mapped[datetime | None]
    ice: Mapped[str | None] = mapped_column(unique=True)
    party: Mapped[Party | None] = mapped_column(text_enum(Party, "party"), unique=True)


class AgencyUnit(Keyed, Base):
    """A local agency; it follows the provinces listed for it."""

    __tablename__ = "agency_unit"
    __table_args__ = (UniqueConstraint("id", "agency_id"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name_fr: Mapped[str]
    name_ar: Mapped[str]


class UnitProvince(Base):
    """A province and the one unit that follows its openings and people."""

    __tablename__ = "unit_province"
    __table_args__ = (ForeignKeyConstraint(["unit_id", "agency_id"], ["agency_unit.id", "agency_unit.agency_id"]),)

    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))


class Site(Keyed, Base):
    """A place of work of a company, in a province."""

    __tablename__ = "site"
    __table_args__ = (
        UniqueConstraint("id", "company_id"),
        UniqueConstraint("company_id", "name"),
        CheckConstraint("name <> ''", name="name_given"),
    )

    company_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"))


class ReferenceCounter(Base):
    """Last number given in a series of references; one row per kind and year, gaps are normal."""

    __tablename__ = "reference_counter"

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class PlatformState(Base):
    """One row about the whole installation: whether it shows invented data."""

    __tablename__ = "platform_state"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    broker_seen_at: Mapped[datetime | None]


class OrganisationRequest(Keyed, Base):
    """Somebody asks, without an account, that an organisation be admitted; the platform accepts or refuses."""

    __tablename__ = "organisation_request"

    kind: Mapped[OrganisationKind] = mapped_column(text_enum(OrganisationKind, "kind"))
    name_fr: Mapped[str]
    name_ar: Mapped[str]
    ice: Mapped[str | None]
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    language: Mapped[str]
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    note: Mapped[str] = mapped_column(default="", server_default="")


class OrganisationMove(Keyed, Base):
    """A step in an organisation's life: who, when, why; ``facts`` counts what a hand-over closed."""

    __tablename__ = "organisation_move"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    from_state: Mapped[OrganisationState | None] = mapped_column(text_enum(OrganisationState, "from_state"))
    to_state: Mapped[OrganisationState] = mapped_column(text_enum(OrganisationState, "to_state"))
    note: Mapped[str] = mapped_column(default="", server_default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str]
    changed_at: Mapped[datetime]
