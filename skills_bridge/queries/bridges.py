"""What a reservation goes by: when the course has to be over, and how long a seat and a post are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from skills_bridge.engine.policy import PolicySet
from skills_bridge.models import JobProfile, MatchPolicy, Opening, OpeningRevision, Post, Reservation


@dataclass(frozen=True)
class BridgeTerms:
    """Terms of an opening: ``needed_on`` is the last day for a course to end (none: the opening names no start).

    A seat or a post is kept for ``days`` days beyond the day that counts.
    """

    needed_on: date | None
    days: int


def get_bridge_terms(session: Session, *, opening_id: int) -> BridgeTerms:
    """Return the terms of an opening by its validated revision and the latest policy."""
    row = session.execute(
        select(OpeningRevision.start_on, JobProfile.policy_profile)
        .select_from(Opening)
        .join(JobProfile, JobProfile.id == Opening.job_profile_id)
        .join(OpeningRevision, OpeningRevision.id == Opening.revision_id)
        .where(Opening.id == opening_id)
    ).one_or_none()
    parameters = _latest_policy(session)
    days = int(parameters["expiry_days"])
    if row is None or row.start_on is None:
        return BridgeTerms(None, days)
    settle = PolicySet.from_parameters(parameters).of(row.policy_profile).settle_days
    return BridgeTerms(row.start_on - timedelta(days=settle), days)


def is_reserved(*whose: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the test that a post of the statement is reserved for a person in training, or for one of some people."""
    return exists().where(Reservation.post_id == Post.id, Reservation.ended_at.is_(None), *whose)


def get_expiry_days(session: Session) -> int:
    """Return for how many days the latest policy keeps a seat or a post."""
    return int(_latest_policy(session)["expiry_days"])


def _latest_policy(session: Session) -> dict[str, Any]:
    parameters: dict[str, Any] = session.scalars(
        select(MatchPolicy.parameters).order_by(MatchPolicy.version.desc()).limit(1)
    ).one()
    return parameters
