"""The list of openings: what waits for the agency comes first there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, select, true
from sqlalchemy.orm import Session, aliased

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.openings import OpeningState
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.models import AgencyUnit, JobProfile, Opening, OpeningRevision, Organisation, Post, Province, Site
from skills_bridge.queries.framework import Label, label_columns, label_of
from skills_bridge.queries.listing import ListRequest, Page, fetch_page

IN_FORCE: Final = (OpeningState.SUBMITTED, OpeningState.VALIDATED, OpeningState.PAUSED)


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """A row of the list: ``posts`` asked for or standing, ``open_posts`` still free, ``is_waiting`` for validation."""

    reference: str
    title: str
    profile: Label
    company: Label
    site: str
    province: Label
    unit: Label
    state: OpeningState
    is_waiting: bool
    posts: int
    open_posts: int
    submitted_at: datetime | None
    validated_at: datetime | None


def is_latest(revision: type[OpeningRevision]) -> ColumnElement[bool]:
    """The test that a revision is the last one of its opening that the reader may see."""
    other = aliased(OpeningRevision)
    last = select(func.max(other.number)).where(other.opening_id == Opening.id).correlate(Opening).scalar_subquery()
    return revision.number == last


def is_waiting() -> ColumnElement[bool]:
    """The test that an opening, or a change of a live one, waits for the agency's judgement."""
    last = aliased(OpeningRevision)
    unanswered = (
        select(last.id)
        .where(
            last.opening_id == Opening.id,
            is_latest(last),
            last.submitted_at.is_not(None),
            last.validated_at.is_(None),
            last.refused_at.is_(None),
            last.withdrawn_at.is_(None),
        )
        .correlate(Opening)
    )
    return and_(Opening.state.in_(IN_FORCE), unanswered.exists())


def is_followed_by(actor: Actor) -> ColumnElement[bool]:
    """The test that the actor's unit follows an opening; an actor without a unit follows all."""
    return true() if actor.unit_id is None else Opening.unit_id == actor.unit_id


def has_open_post() -> ColumnElement[bool]:
    """The test that an opening still has a post that is neither filled nor closed."""
    free = (Post.opening_id == Opening.id, Post.closed_on.is_(None), Post.placement_id.is_(None))
    return select(Post.id).where(*free).correlate(Opening).exists()


FILTERS: Final[Mapping[str, Callable[[str], ColumnElement[bool]]]] = {
    "state": lambda value: Opening.state == value,
    "unit": lambda value: Opening.unit_id == int(value),
    "todo": lambda _value: is_waiting(),
    "posts": lambda _value: has_open_post(),
}


def list_openings(session: Session, *, actor: Actor, request: ListRequest) -> Page[OpeningLine]:
    """Openings that the actor may see; the order ``state`` puts first what the agency is to judge, oldest first."""
    query = _statement()
    if actor.organisation_kind is OrganisationKind.COMPANY:
        query = query.where(Opening.company_id == actor.organisation_id)
    for name, value in request.filters.items():
        query = query.where(FILTERS[name](value))
    return fetch_page(
        session,
        query,
        request,
        sorts={
            "reference": Opening.reference,
            "title": func.search_text(Opening.title),
            "company": func.search_text(Organisation.name_fr),
            "state": _urgency(),
            "validated": Opening.validated_at,
        },
        tie_break=Opening.id,
        searched=(
            Opening.reference,
            Opening.title,
            Opening.external_reference,
            JobProfile.label_fr,
            Organisation.name_fr,
        ),
        build=_line,
    )


def list_units(session: Session) -> tuple[tuple[int, Label], ...]:
    """The units of the agency, by name."""
    rows = session.execute(select(AgencyUnit.id, AgencyUnit.name_fr, AgencyUnit.name_ar).order_by(AgencyUnit.name_fr))
    return tuple((row.id, name_of(row.name_fr, row.name_ar)) for row in rows)


def name_of(fr: str, ar: str) -> Label:
    """An organisation's or unit's name as a label; names are no translations, so they are never marked."""
    return Label(fr, ar, fr, is_reviewed_ar=True)


def _count(which: ColumnElement[bool]) -> ScalarSelect[int]:
    """Count the posts of an opening that are not closed and pass a test."""
    return (
        select(func.count())
        .select_from(Post)
        .where(Post.opening_id == Opening.id, Post.closed_on.is_(None), which)
        .correlate(Opening)
        .scalar_subquery()
    )


def _urgency() -> ColumnElement[int]:
    order = (OpeningState.VALIDATED, OpeningState.PAUSED, OpeningState.SUBMITTED, OpeningState.DRAFT)
    return case((is_waiting(), 0), *((Opening.state == state, rank) for rank, state in enumerate(order, 1)), else_=9)


def _statement() -> Any:
    return (
        select(
            Opening.reference,
            Opening.title,
            Opening.state,
            Opening.validated_at,
            Site.name.label("site"),
            Organisation.name_fr.label("company_fr"),
            Organisation.name_ar.label("company_ar"),
            AgencyUnit.name_fr.label("unit_fr"),
            AgencyUnit.name_ar.label("unit_ar"),
            OpeningRevision.posts.label("asked"),
            OpeningRevision.submitted_at,
            is_waiting().label("is_waiting"),
            _count(true()).label("standing"),
            _count(Post.placement_id.is_(None)).label("open_posts"),
            *label_columns(JobProfile, "profile"),
            *label_columns(Province, "province"),
        )
        .join(Site, Site.id == Opening.site_id)
        .join(Province, Province.code == Site.province_code)
        .join(Organisation, Organisation.id == Opening.company_id)
        .join(AgencyUnit, AgencyUnit.id == Opening.unit_id)
        .join(JobProfile, JobProfile.id == Opening.job_profile_id)
        .outerjoin(
            OpeningRevision,
            and_(OpeningRevision.opening_id == Opening.id, is_latest(OpeningRevision)),
        )
    )


def _line(row: Any) -> OpeningLine:
    return OpeningLine(
        reference=row.reference,
        title=row.title,
        profile=label_of(row, "profile"),
        company=name_of(row.company_fr, row.company_ar),
        site=row.site,
        province=label_of(row, "province"),
        unit=name_of(row.unit_fr, row.unit_ar),
        state=row.state,
        is_waiting=row.is_waiting,
        posts=row.standing or row.asked or 0,
        open_posts=row.open_posts,
        submitted_at=row.submitted_at,
        validated_at=row.validated_at,
    )
