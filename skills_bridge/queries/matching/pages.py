"""An opening's shortlist as the adviser works it off, and the openings in whose lists a person stands."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.jobs import JobState
from skills_bridge.domain.matching import ResultClass
from skills_bridge.domain.openings import OpeningState
from skills_bridge.models import (
    AgencyUnit,
    Job,
    JobProfile,
    MatchCount,
    MatchPolicy,
    MatchRun,
    Opening,
    OpeningRevision,
    Organisation,
    Post,
    Province,
    Site,
)
from skills_bridge.policies.permissions import Permission, is_allowed
from skills_bridge.queries.framework import Label, label_columns, label_of
from skills_bridge.queries.listing import ListRequest, Page
from skills_bridge.queries.matching.lists import CohortLine, MatchLine, get_cohort_lines, list_matches
from skills_bridge.queries.matching.words import AccountLabels, get_account_labels
from skills_bridge.queries.openings.listing import name_of
from skills_bridge.queries.reservations import ReservationLine, list_live

HISTORY: Final = 10
"""Runs shown in the history."""


@dataclass(frozen=True)
class RunLine:
    """One computation: when, as of which day, by which policy and engine, and what it counted."""

    id: int
    created_at: datetime
    as_of: date
    policy_version: int
    engine_version: str
    digest: str
    counts: Mapping[str, Any]

    @property
    def empty(self) -> str | None:
        """Why nobody was judged, if so: a code."""
        return self.counts.get("empty")

    @property
    def pool(self) -> int:
        """How many people were judged."""
        return int(self.counts.get("pool", 0))

    @property
    def asks_something(self) -> bool:
        """Whether the opening asked for any competency: else there is no score."""
        return bool(self.counts.get("asked"))

    def count(self, kind: ResultClass | str) -> int | None:
        """How many people were judged in one way; None where a run over a country did not count them all."""
        found: int | None = self.counts.get("classes", {}).get(str(kind))
        return found

    def at_least(self, kind: ResultClass | str) -> int:
        """How many people a list holds that is full, where the others were not counted."""
        return int(self.counts.get("at_least", {}).get(str(kind), 0))

    def told(self, name: str) -> tuple[tuple[str, int], ...]:
        """One of the counts by reason (``gates``, ``alone``, ``missing``), the greatest first, without zeros."""
        pairs = self.counts.get(name, {}).items()
        return tuple(sorted(((key, n) for key, n in pairs if n), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True)
class JobNow:
    """The latest job that computes this opening's list."""

    id: int
    state: JobState
    done: int
    total: int | None


@dataclass(frozen=True)
class MatchingHead:
    """An opening as the head of its list shows it; the ``may_…`` say what the services would permit the reader."""

    id: int
    reference: str
    title: str
    state: OpeningState
    company: Label
    profile: Label
    province: Label
    unit: Label
    start_on: date | None
    open_posts: int
    filled_posts: int
    run_id: int | None
    may_run: bool
    may_refer: bool


@dataclass(frozen=True)
class MatchingPage:
    """One class of an opening's list, with all that the page tells around it."""

    head: MatchingHead
    run: RunLine | None
    job: JobNow | None
    history: tuple[RunLine, ...]
    lines: Page[MatchLine]
    cohorts: Mapping[int, CohortLine]
    labels: AccountLabels
    reservations: tuple[ReservationLine, ...]

    @property
    def reserved_ids(self) -> frozenset[uuid.UUID]:
        """The people for whom a seat and a post of this opening are reserved."""
        return frozenset(line.seeker_public_id for line in self.reservations if line.seeker_public_id)


def get_matching_head(session: Session, *, actor: Actor, reference: str) -> MatchingHead:
    """Return an opening's head.

    :raises NotFound: there is no such opening in the actor's scope.
    """
    row = session.execute(_head().where(Opening.reference == reference)).one_or_none()
    if row is None:
        raise NotFound("opening", reference)
    opening: Opening = row[0]
    return MatchingHead(
        id=opening.id,
        reference=opening.reference,
        title=opening.title,
        state=opening.state,
        company=name_of(row.company_fr, row.company_ar),
        profile=label_of(row, "profile"),
        province=label_of(row, "province"),
        unit=name_of(row.unit_fr, row.unit_ar),
        start_on=row.start_on,
        open_posts=row.open_posts,
        filled_posts=row.filled_posts,
        run_id=opening.current_run_id,
        may_run=is_allowed(actor, Permission.MATCH_RUN, opening),
        may_refer=is_allowed(actor, Permission.REFERRAL_MANAGE, opening),
    )


def get_matching_page(
    session: Session, *, actor: Actor, reference: str, result_class: ResultClass, request: ListRequest
) -> MatchingPage:
    """Return one class of an opening's current list, with all that is told around it.

    :raises NotFound: there is no such opening in the actor's scope.
    """
    head = get_matching_head(session, actor=actor, reference=reference)
    runs = _runs(session, head.id)
    run = next((found for found in runs if found.id == head.run_id), None)
    lines = list_matches(session, opening_id=head.id, run_id=head.run_id, request=request, result_class=result_class)
    missing = () if run is None else (int(key) for key, _ in run.told("missing"))
    return MatchingPage(
        head=head,
        run=run,
        job=get_match_job(session, opening_id=head.id),
        history=runs,
        lines=lines,
        cohorts=get_cohort_lines(session, (line.cohort_id for line in lines.items)),
        labels=get_account_labels(session, (line.account for line in lines.items), also=missing),
        reservations=list_live(session, actor=actor, opening_id=head.id),
    )


def get_match_job(session: Session, *, opening_id: int) -> JobNow | None:
    """Return the latest job of an opening's list that the actor's organisation asked for."""
    job = session.scalar(
        select(Job)
        .where(Job.kind == "matching.match_opening", Job.object_id == opening_id)
        .order_by(Job.id.desc())
        .limit(1)
    )
    return None if job is None else JobNow(job.id, job.state, job.progress_done, job.progress_total)


def _posts(*which: ColumnElement[bool]) -> Any:
    counted = select(func.count()).select_from(Post).where(Post.opening_id == Opening.id, *which)
    return counted.correlate(Opening).scalar_subquery()


def _head() -> Select[Any]:
    return (
        select(
            Opening,
            OpeningRevision.start_on,
            Organisation.name_fr.label("company_fr"),
            Organisation.name_ar.label("company_ar"),
            AgencyUnit.name_fr.label("unit_fr"),
            AgencyUnit.name_ar.label("unit_ar"),
            _posts(Post.placement_id.is_(None), Post.closed_on.is_(None)).label("open_posts"),
            _posts(Post.placement_id.is_not(None)).label("filled_posts"),
            *label_columns(JobProfile, "profile"),
            *label_columns(Province, "province"),
        )
        .join(Site, Site.id == Opening.site_id)
        .join(Province, Province.code == Site.province_code)
        .join(Organisation, Organisation.id == Opening.company_id)
        .join(AgencyUnit, AgencyUnit.id == Opening.unit_id)
        .join(JobProfile, JobProfile.id == Opening.job_profile_id)
        .outerjoin(OpeningRevision, OpeningRevision.id == Opening.revision_id)
    )


def _runs(session: Session, opening_id: int) -> tuple[RunLine, ...]:
    """Return the latest runs that judged for an opening, alone or among all, the newest first."""
    rows = session.execute(
        select(MatchRun, MatchPolicy.version, MatchCount.counts)
        .join(MatchPolicy, MatchPolicy.id == MatchRun.policy_id)
        .join(MatchCount, MatchCount.run_id == MatchRun.id)
        .where(MatchCount.opening_id == opening_id)
        .order_by(MatchRun.id.desc())
        .limit(HISTORY)
    )
    return tuple(
        RunLine(
            id=run.id,
            created_at=run.created_at,
            as_of=run.as_of,
            policy_version=version,
            engine_version=run.engine_version,
            digest=(run.input_digest or b"").hex(),
            counts=counts,
        )
        for run, version, counts in rows
    )
