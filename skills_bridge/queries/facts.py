"""The facts behind the figures, extracted as typed columns without identity.

Read through the reporting role in one REPEATABLE READ transaction, so that every column tells of the same instant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.placements import CancelReason
from skills_bridge.models import JobProfile, Opening, OpeningRevision, Pack, Placement, Post, Province, Region, Site
from skills_bridge.reporting.facts import Facts, Label, PlacementRow, PostRow, build_facts


def profile_code(scheme: str, code: str) -> str:
    """Return the code of a job profile that is unique over all schemes."""
    return f"{scheme}:{code}"


def get_facts(session: Session, *, cut_off: datetime) -> Facts:
    """Return what was recorded up to a cut-off; events recorded later do not exist in the answer."""
    profiles = _profiles(session)
    names = {key: label.code for key, label in profiles.items()}
    posts = tuple(_posts(session, cut_off, names))
    placements = tuple(_placements(session, cut_off, names, {row.post_id for row in posts}))
    used = {row.profile_code for row in posts} | {row.profile_code for row in placements}
    return build_facts(
        cut_off=cut_off,
        profiles=[label for label in profiles.values() if label.code in used],
        provinces=[_label(row, row.region_code) for row in session.scalars(select(Province))],
        regions=[_label(row) for row in session.scalars(select(Region))],
        posts=posts,
        placements=placements,
    )


def _profiles(session: Session) -> Mapping[int, Label]:
    """Return every job profile's label by key; Arabic and English fall back on French where they are missing."""
    rows = session.execute(
        select(
            JobProfile.id,
            JobProfile.scheme,
            JobProfile.code,
            JobProfile.label_fr,
            JobProfile.label_ar,
            JobProfile.label_en,
        )
    )
    return {
        row.id: Label(
            profile_code(row.scheme, row.code), row.label_fr, row.label_ar or row.label_fr, row.label_en or row.label_fr
        )
        for row in rows
    }


def _label(row: Province | Region, parent: str = "") -> Label:
    """Return a place's label; Arabic and English fall back on French where they are missing."""
    return Label(row.code, row.label_fr, row.label_ar or row.label_fr, row.label_en or row.label_fr, parent)


def _posts(session: Session, cut_off: datetime, names: Mapping[int, str]) -> Iterator[PostRow]:
    """Yield the posts that had been opened by the cut-off."""
    validations = _validations(session, cut_off)
    rows = session.execute(
        select(Post, Opening.validated_at, Opening.job_profile_id, Site.province_code)
        .join(Opening, Opening.id == Post.opening_id)
        .join(Site, Site.id == Opening.site_id)
        .where(Opening.validated_at <= cut_off)
    )
    for post, validated_at, profile_id, province in rows:
        if validated_at is None:
            continue
        opened_at = _opened_at(validations[post.opening_id], post, validated_at)
        if opened_at > cut_off:
            continue
        closed = post.closed_at is not None and post.closed_at <= cut_off
        yield PostRow(
            post_id=post.id,
            opening_id=post.opening_id,
            profile_code=names[profile_id],
            province_code=province,
            opened_on=post.opened_on,
            validated_on=local_day(validated_at),
            due_on=post.due_on,
            opened_at=opened_at,
            closed_on=post.closed_on if closed else None,
            close_reason=post.close_reason if closed else None,
            closed_at=post.closed_at if closed else None,
        )


def _validations(session: Session, cut_off: datetime) -> Mapping[int, list[datetime]]:
    """Return the instants at which each opening's revisions were validated, earliest first."""
    found: dict[int, list[datetime]] = defaultdict(list)
    rows = session.execute(
        select(OpeningRevision.opening_id, OpeningRevision.validated_at)
        .where(OpeningRevision.validated_at <= cut_off)
        .order_by(OpeningRevision.validated_at)
    )
    for opening_id, at in rows:
        if at is not None:
            found[opening_id].append(at)
    return found


def _opened_at(validations: Sequence[datetime], post: Post, validated_at: datetime) -> datetime:
    """Return the instant of the validation that opened a post: the first one of its day."""
    return next((at for at in validations if local_day(at) >= post.opened_on), validated_at)


def _placements(
    session: Session, cut_off: datetime, names: Mapping[int, str], posts: set[int]
) -> Iterator[PlacementRow]:
    """Yield the placements recorded by the cut-off; a cancellation recorded later has not happened yet."""
    rows = session.execute(
        select(Placement, Opening.job_profile_id, Site.province_code)
        .join(Opening, Opening.id == Placement.opening_id)
        .join(Site, Site.id == Opening.site_id)
        .where(Placement.recorded_at <= cut_off)
    )
    for placement, profile_id, province in rows:
        undone = placement.cancelled_at is not None and placement.cancelled_at <= cut_off
        yield PlacementRow(
            placement_id=placement.id,
            person_id=placement.seeker_id,
            kind=placement.kind,
            signed_on=placement.signed_on,
            started_on=placement.started_on,
            recorded_at=placement.recorded_at,
            profile_code=names[profile_id],
            province_code=province,
            post_id=placement.post_id if placement.post_id in posts else None,
            cancelled_on=_cancelled_on(placement) if undone else None,
            cancelled_at=placement.cancelled_at if undone else None,
        )


def _cancelled_on(placement: Placement) -> date | None:
    """Return the day of a cancellation; a placement recorded by mistake never was one, so it ends before its start."""
    if placement.cancel_reason is CancelReason.RECORDED_BY_MISTAKE and placement.cancelled_on is not None:
        return min(placement.cancelled_on, placement.started_on - timedelta(days=1))
    return placement.cancelled_on


def get_cut_off(session: Session, *, pack_id: int) -> datetime:
    """Return the instant up to which a pack's events count.

    :raises NotFound: there is no such pack.
    """
    cut_off = session.scalar(select(Pack.cut_off_at).where(Pack.id == pack_id))
    if cut_off is None:
        raise NotFound("pack", pack_id)
    return cut_off
