"""Needs, with what remains of them: computed from the posts of their openings, never stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, Subquery, func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.needs import NeedOrigin, NeedState, excess, remaining
from skills_bridge.domain.openings import OpeningState
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.models import (
    JobProfile,
    Need,
    NeedLine,
    NeedRequirement,
    Opening,
    Organisation,
    Post,
    Province,
    StateChange,
)
from skills_bridge.policies.permissions import Permission, is_allowed
from skills_bridge.queries.framework import (
    Label,
    RequirementLine,
    label_columns,
    label_of,
    requirement_line,
    requirement_lines,
)
from skills_bridge.queries.listing import ListRequest, Page, fetch_page


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A row of the list; ``remaining`` posts over all lines are not asked for by an opening yet."""

    reference: str
    profile: Label
    company: Label
    first_on: date
    last_on: date
    posts: int
    remaining: int
    state: NeedState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NamingOpening:
    """An opening that names a line of the need."""

    reference: str
    title: str
    state: OpeningState
    posts: int


@dataclass(frozen=True, slots=True)
class NeedLineView:
    """Posts of a quarter and province; ``consumed`` by validated openings, whatever became of their posts."""

    id: int
    quarter_on: date
    province_code: str
    province: Label
    posts: int
    consumed: int
    openings: tuple[NamingOpening, ...]

    @property
    def remaining(self) -> int:
        """Posts that no opening asks for yet."""
        return remaining(self.posts, self.consumed)

    @property
    def excess(self) -> int:
        """Posts by which the openings go beyond the line."""
        return excess(self.posts, self.consumed)


@dataclass(frozen=True, slots=True)
class NeedPage:
    """A need with its lines, requirements, history, and what the reader may do."""

    id: int
    reference: str
    version: int
    state: NeedState
    origin: NeedOrigin
    note: str
    company_id: int
    company: Label
    job_profile_id: int
    profile: Label
    created_at: datetime
    lines: tuple[NeedLineView, ...]
    requirements: tuple[RequirementLine, ...]
    moves: tuple[NeedMove, ...]
    may_manage: bool

    @property
    def posts(self) -> int:
        """Posts over all lines."""
        return sum(line.posts for line in self.lines)

    @property
    def remaining(self) -> int:
        """Posts that no opening asks for yet, over all lines."""
        return sum(line.remaining for line in self.lines)


@dataclass(frozen=True, slots=True)
class NeedMove:
    """A line of a need's history."""

    at: datetime
    state: NeedState
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class NeedLineChoice:
    """A line of an open need that an opening of the same company and profile may name."""

    id: int
    reference: str
    profile: Label
    quarter_on: date
    province: Label
    remaining: int


def consumed_posts() -> ScalarSelect[int]:
    """How many posts the openings that name a line have opened, open or not."""
    return (
        select(func.count())
        .select_from(Post)
        .join(Opening, Opening.id == Post.opening_id)
        .where(Opening.need_line_id == NeedLine.id)
        .correlate(NeedLine)
        .scalar_subquery()
    )


def list_needs(session: Session, *, actor: Actor, request: ListRequest) -> Page[NeedRow]:
    """Needs that the actor may see."""
    sums = _sums()
    query = _statement(sums)
    if actor.organisation_kind is OrganisationKind.COMPANY:
        query = query.where(Need.company_id == actor.organisation_id)
    if "state" in request.filters:
        query = query.where(Need.state == request.filters["state"])
    if "province" in request.filters:
        places = select(NeedLine.need_id).where(NeedLine.province_code == request.filters["province"])
        query = query.where(Need.id.in_(places))
    return fetch_page(
        session,
        query,
        request,
        sorts={
            "reference": Need.reference,
            "profile": func.search_text(JobProfile.label_fr),
            "company": func.search_text(Organisation.name_fr),
            "first": sums.c.first_on,
            "posts": sums.c.posts,
            "remaining": sums.c.remaining,
        },
        tie_break=Need.id,
        searched=(Need.reference, JobProfile.label_fr, JobProfile.label_ar, JobProfile.label_en, Organisation.name_fr),
        build=_row,
    )


def get_need_page(session: Session, *, actor: Actor, reference: str) -> NeedPage:
    """A need in the actor's scope.

    :raises NotFound: there is none of that reference.
    """
    row = session.execute(
        select(
            Need,
            Organisation.name_fr.label("company_fr"),
            Organisation.name_ar.label("company_ar"),
            *label_columns(JobProfile, "profile"),
        )
        .join(Organisation, Organisation.id == Need.company_id)
        .join(JobProfile, JobProfile.id == Need.job_profile_id)
        .where(Need.reference == reference)
    ).one_or_none()
    if row is None:
        raise NotFound("need", reference)
    need: Need = row[0]
    asked = session.execute(requirement_lines(NeedRequirement).where(NeedRequirement.need_id == need.id))
    return NeedPage(
        id=need.id,
        reference=need.reference,
        version=need.version,
        state=need.state,
        origin=need.origin,
        note=need.note,
        company_id=need.company_id,
        company=Label(row.company_fr, row.company_ar, row.company_fr, is_reviewed_ar=True),
        job_profile_id=need.job_profile_id,
        profile=label_of(row, "profile"),
        created_at=need.created_at,
        lines=_lines(session, need.id),
        requirements=tuple(requirement_line(line) for line in asked),
        moves=_moves(session, need.id),
        may_manage=is_allowed(actor, Permission.NEED_MANAGE, need),
    )


def list_need_line_choices(session: Session, *, actor: Actor, also: int | None = None) -> tuple[NeedLineChoice, ...]:
    """The lines that an opening of the actor's company may name, and the one that it names already."""
    consumed = consumed_posts()
    rows = session.execute(
        select(
            NeedLine.id,
            NeedLine.quarter_on,
            NeedLine.posts,
            consumed.label("consumed"),
            Need.reference,
            *label_columns(JobProfile, "profile"),
            *label_columns(Province, "province"),
        )
        .join(Need, Need.id == NeedLine.need_id)
        .join(JobProfile, JobProfile.id == Need.job_profile_id)
        .join(Province, Province.code == NeedLine.province_code)
        .where(Need.company_id == actor.organisation_id, (Need.state == NeedState.OPEN) | (NeedLine.id == also))
        .order_by(NeedLine.quarter_on, Need.reference, NeedLine.id)
    )
    return tuple(
        NeedLineChoice(
            row.id,
            row.reference,
            label_of(row, "profile"),
            row.quarter_on,
            label_of(row, "province"),
            remaining(row.posts, row.consumed),
        )
        for row in rows
    )


def _statement(sums: Subquery) -> Select[Any]:
    return (
        select(
            Need.reference,
            Need.state,
            Need.created_at,
            sums.c.first_on,
            sums.c.last_on,
            sums.c.posts,
            sums.c.remaining,
            Organisation.name_fr.label("company_fr"),
            Organisation.name_ar.label("company_ar"),
            *label_columns(JobProfile, "profile"),
        )
        .join(sums, sums.c.need_id == Need.id)
        .join(Organisation, Organisation.id == Need.company_id)
        .join(JobProfile, JobProfile.id == Need.job_profile_id)
    )


def _sums() -> Subquery:
    """Posts, what remains, first and last quarter of each need."""
    left = func.greatest(0, NeedLine.posts - consumed_posts())
    sums = select(
        NeedLine.need_id,
        func.sum(NeedLine.posts).label("posts"),
        func.sum(left).label("remaining"),
        func.min(NeedLine.quarter_on).label("first_on"),
        func.max(NeedLine.quarter_on).label("last_on"),
    )
    return sums.group_by(NeedLine.need_id).subquery()


def _row(row: Any) -> NeedRow:
    return NeedRow(
        reference=row.reference,
        profile=label_of(row, "profile"),
        company=Label(row.company_fr, row.company_ar, row.company_fr, is_reviewed_ar=True),
        first_on=row.first_on,
        last_on=row.last_on,
        posts=int(row.posts),
        remaining=int(row.remaining),
        state=row.state,
        created_at=row.created_at,
    )


def _lines(session: Session, need_id: int) -> tuple[NeedLineView, ...]:
    rows = session.execute(
        select(
            NeedLine.id,
            NeedLine.quarter_on,
            NeedLine.province_code,
            NeedLine.posts,
            *label_columns(Province, "province"),
        )
        .join(Province, Province.code == NeedLine.province_code)
        .where(NeedLine.need_id == need_id)
        .order_by(NeedLine.quarter_on, Province.label_fr)
    ).all()
    openings = _naming(session, [row.id for row in rows])
    return tuple(
        NeedLineView(
            id=row.id,
            quarter_on=row.quarter_on,
            province_code=row.province_code,
            province=label_of(row, "province"),
            posts=row.posts,
            consumed=sum(opening.posts for opening in openings.get(row.id, ())),
            openings=tuple(openings.get(row.id, ())),
        )
        for row in rows
    )


def _naming(session: Session, line_ids: Iterable[int]) -> dict[int, list[NamingOpening]]:
    """The openings that name each line, with the posts that they opened."""
    posts = select(func.count()).where(Post.opening_id == Opening.id).scalar_subquery()
    found: dict[int, list[NamingOpening]] = {}
    for row in session.execute(
        select(Opening.need_line_id, Opening.reference, Opening.title, Opening.state, posts.label("posts"))
        .where(Opening.need_line_id.in_(list(line_ids)))
        .order_by(Opening.id)
    ):
        found.setdefault(row.need_line_id, []).append(NamingOpening(row.reference, row.title, row.state, row.posts))
    return found


def _moves(session: Session, need_id: int) -> tuple[NeedMove, ...]:
    rows = session.scalars(
        select(StateChange)
        .where(StateChange.object_kind == "need", StateChange.object_id == need_id)
        .order_by(StateChange.changed_at.desc(), StateChange.id.desc())
    )
    return tuple(NeedMove(row.changed_at, NeedState(row.to_state), row.actor_name, row.note) for row in rows)
