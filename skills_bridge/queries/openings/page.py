"""One opening with everything that is needed to judge, change or follow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.openings import LIVE, CloseReason, OpeningState
from skills_bridge.models import (
    AgencyUnit,
    JobProfile,
    Need,
    NeedLine,
    Opening,
    OpeningRevision,
    Organisation,
    Post,
    Province,
    Site,
    StateChange,
)
from skills_bridge.policies.permissions import Permission, is_allowed
from skills_bridge.queries.framework import Label, label_columns, label_of
from skills_bridge.queries.openings.listing import name_of
from skills_bridge.queries.openings.terms import TermsView, get_terms_views


@dataclass(frozen=True, slots=True)
class PostGroup:
    """Posts of an opening that share their due day and fate."""

    due_on: date
    count: int
    is_filled: bool
    closed_on: date | None
    close_reason: CloseReason | None

    @property
    def is_open(self) -> bool:
        """Whether these posts still wait for somebody."""
        return not self.is_filled and self.closed_on is None


@dataclass(frozen=True, slots=True)
class Move:
    """A line of an opening's history; ``kind`` tells the opening from one of its revisions."""

    kind: str
    at: datetime
    to_state: str
    by: str
    reason: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Offered:
    """What the reader may do now, as the services would permit it."""

    edit: bool
    submit: bool
    recall: bool
    withdraw_change: bool
    judge: bool
    pause: bool
    resume: bool
    close: bool
    copy: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What an opening asks for: ``in_force`` was validated, ``waiting`` is to be judged, ``written`` is a draft.

    ``refused`` is the last submission, if the agency sent it back and nothing followed.
    """

    in_force: TermsView | None
    waiting: TermsView | None
    written: TermsView | None
    refused: TermsView | None

    @property
    def current(self) -> TermsView | None:
        """The terms that a change starts from."""
        return self.waiting or self.in_force or self.written or self.refused


@dataclass(frozen=True, slots=True)
class OpeningPage:
    """An opening; ``need_reference`` names the need that it consumes."""

    id: int
    reference: str
    version: int
    state: OpeningState
    title: str
    description: str
    contact: str
    answer_days: int
    external_reference: str | None
    company_id: int
    company: Label
    job_profile_id: int
    profile: Label
    site_id: int
    site: str
    province: Label
    unit: Label
    need_line_id: int | None
    need_reference: str | None
    validated_at: datetime | None
    closed_at: datetime | None
    terms: Standing
    posts: tuple[PostGroup, ...]
    moves: tuple[Move, ...]
    offered: Offered

    @property
    def open_posts(self) -> int:
        """Posts that still wait for somebody."""
        return sum(group.count for group in self.posts if group.is_open)

    @property
    def filled_posts(self) -> int:
        """Posts that a placement fills."""
        return sum(group.count for group in self.posts if group.is_filled)

    @property
    def closed_posts(self) -> int:
        """Posts that closed unfilled."""
        return sum(group.count for group in self.posts if group.closed_on is not None)


def get_opening_id(session: Session, *, reference: str) -> int:
    """The key of an opening in the actor's scope.

    :raises NotFound: there is none of that reference.
    """
    found = session.scalar(select(Opening.id).where(Opening.reference == reference))
    if found is None:
        raise NotFound("opening", reference)
    return found


def get_opening_page(session: Session, *, actor: Actor, reference: str) -> OpeningPage:
    """An opening with its terms, posts, history, and what the reader may do.

    :raises NotFound: there is none of that reference in the actor's scope.
    """
    row = session.execute(_statement().where(Opening.reference == reference)).one_or_none()
    if row is None:
        raise NotFound("opening", reference)
    opening: Opening = row[0]
    revisions = session.scalars(
        select(OpeningRevision).where(OpeningRevision.opening_id == opening.id).order_by(OpeningRevision.number)
    ).all()
    standing = _standing(session, opening, revisions)
    return OpeningPage(
        **_columns(opening),
        terms=standing,
        company=name_of(row.company_fr, row.company_ar),
        profile=label_of(row, "profile"),
        site=row.site,
        province=label_of(row, "province"),
        unit=name_of(row.unit_fr, row.unit_ar),
        need_reference=row.need_reference,
        posts=_posts(session, opening.id),
        moves=_moves(session, opening.id, [revision.id for revision in revisions]),
        offered=_offered(actor, opening, has_waiting=standing.waiting is not None),
    )


def list_sites(session: Session, *, actor: Actor) -> tuple[tuple[int, str, Label], ...]:
    """The sites of the actor's company: key, name, province."""
    rows = session.execute(
        select(Site.id, Site.name, *label_columns(Province, "province"))
        .join(Province, Province.code == Site.province_code)
        .where(Site.company_id == actor.organisation_id)
        .order_by(Site.name)
    )
    return tuple((row.id, row.name, label_of(row, "province")) for row in rows)


def _columns(opening: Opening) -> dict[str, Any]:
    """What the page takes over as it stands."""
    names = (
        "id",
        "reference",
        "version",
        "state",
        "title",
        "description",
        "contact",
        "answer_days",
        "external_reference",
        "company_id",
        "job_profile_id",
        "site_id",
        "need_line_id",
        "validated_at",
        "closed_at",
    )
    return {name: getattr(opening, name) for name in names}


def _standing(session: Session, opening: Opening, revisions: Sequence[OpeningRevision]) -> Standing:
    """Tell the terms apart: only the last revision can wait, be written or be refused."""
    last = revisions[-1] if revisions else None
    wanted = [revision for revision in revisions if revision is last or revision.id == opening.revision_id]
    terms = get_terms_views(session, wanted)
    in_force = terms.get(opening.revision_id or 0)
    latest = None if last is None else terms[last.id]
    is_refused = last is not None and last.refused_at is not None
    is_new = latest is not in_force and not is_refused and (last is None or last.withdrawn_at is None)
    can_wait = opening.state not in (OpeningState.DRAFT, OpeningState.CLOSED)
    return Standing(
        in_force=in_force,
        waiting=latest if is_new and can_wait else None,
        written=latest if is_new and not can_wait else None,
        refused=latest if is_refused else None,
    )


def _statement() -> Any:
    return (
        select(
            Opening,
            Site.name.label("site"),
            Organisation.name_fr.label("company_fr"),
            Organisation.name_ar.label("company_ar"),
            AgencyUnit.name_fr.label("unit_fr"),
            AgencyUnit.name_ar.label("unit_ar"),
            Need.reference.label("need_reference"),
            *label_columns(JobProfile, "profile"),
            *label_columns(Province, "province"),
        )
        .join(Site, Site.id == Opening.site_id)
        .join(Province, Province.code == Site.province_code)
        .join(Organisation, Organisation.id == Opening.company_id)
        .join(AgencyUnit, AgencyUnit.id == Opening.unit_id)
        .join(JobProfile, JobProfile.id == Opening.job_profile_id)
        .outerjoin(NeedLine, NeedLine.id == Opening.need_line_id)
        .outerjoin(Need, Need.id == NeedLine.need_id)
    )


def _posts(session: Session, opening_id: int) -> tuple[PostGroup, ...]:
    """The posts by due day: free ones first, then filled, then closed."""
    is_filled = Post.placement_id.is_not(None)
    keys = (Post.due_on, is_filled, Post.closed_on, Post.close_reason)
    rows = session.execute(
        select(*keys, func.count().label("count"))
        .where(Post.opening_id == opening_id)
        .group_by(*keys)
        .order_by(Post.closed_on.is_not(None), is_filled, Post.due_on, Post.close_reason)
    )
    return tuple(PostGroup(due, count, filled, closed_on, reason) for due, filled, closed_on, reason, count in rows)


def _moves(session: Session, opening_id: int, revision_ids: list[int]) -> tuple[Move, ...]:
    """The history that both parties may read, newest first."""
    rows = session.scalars(
        select(StateChange)
        .where(
            or_(
                (StateChange.object_kind == "opening") & (StateChange.object_id == opening_id),
                (StateChange.object_kind == "opening_revision") & StateChange.object_id.in_(revision_ids),
            )
        )
        .order_by(StateChange.changed_at.desc(), StateChange.id.desc())
    )
    return tuple(
        Move(row.object_kind, row.changed_at, row.to_state, row.actor_name, row.reason, row.note) for row in rows
    )


def _offered(actor: Actor, opening: Opening, *, has_waiting: bool) -> Offered:
    state = opening.state
    manages = is_allowed(actor, Permission.OPENING_MANAGE, opening)
    pauses = is_allowed(actor, Permission.OPENING_PAUSE, opening)
    return Offered(
        edit=manages and (state is OpeningState.DRAFT or state in LIVE),
        submit=manages and state is OpeningState.DRAFT,
        recall=manages and state is OpeningState.SUBMITTED,
        withdraw_change=manages and has_waiting and state in LIVE,
        judge=has_waiting and is_allowed(actor, Permission.OPENING_VALIDATE, opening),
        pause=pauses and state is OpeningState.VALIDATED,
        resume=pauses and state is OpeningState.PAUSED,
        close=is_allowed(actor, Permission.OPENING_CLOSE, opening) and state is not OpeningState.CLOSED,
        copy=manages,
    )
