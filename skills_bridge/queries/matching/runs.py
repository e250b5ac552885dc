"""The history of runs: who asked, when, by which policy, from what, what came out, how long it took, whom it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.jobs import FINAL_STATES
from skills_bridge.models import (
    EducationLevel,
    Job,
    MatchExposure,
    MatchPolicy,
    MatchRun,
    Opening,
    Province,
)
from skills_bridge.queries.framework import Label, label_columns, label_of
from skills_bridge.queries.jobs import JobProgress
from skills_bridge.queries.listing import ListRequest, Page, fetch_page

FULL_TASK: Final = "matching.match_agency"
LABELLED: Final[Mapping[str, type[Any]]] = {"province": Province, "education": EducationLevel}
"""Groupings whose keys are codes of a list."""
Labels = Mapping[tuple[str, str], Label]


@dataclass(frozen=True)
class RunHistoryLine:
    """One run; without a ``reference`` it is over all openings, without ``asked_by`` the clock asked for it."""

    id: int
    created_at: datetime
    reference: str | None
    asked_by: str
    as_of: date
    policy_version: int
    engine_version: str
    digest: str
    result_digest: str
    counts: Mapping[str, Any]
    times: Mapping[str, int]
    is_kept: bool

    @property
    def milliseconds(self) -> int | None:
        """How long the run took from its first reading."""
        return sum(self.times.values()) if self.times else None

    def count(self, kind: str) -> int | None:
        """How many pairs were judged in one way; None where a run over a country did not count them all."""
        found: int | None = self.counts.get("classes", {}).get(kind)
        return found


@dataclass(frozen=True)
class GroupLine:
    """The exposure of one group; without counts where they are hidden."""

    key: str
    people: int | None
    never: int | None
    places: int | None

    @property
    def share(self) -> float | None:
        """Share of the group that stands in no list."""
        return None if not self.people or self.never is None else self.never / self.people


@dataclass(frozen=True)
class RunPage:
    """One run with its exposure, if it was counted."""

    line: RunHistoryLine
    groups: Mapping[str, tuple[GroupLine, ...]]
    labels: Labels

    @property
    def spread(self) -> Mapping[str, Any]:
        """How the lists are spread over the people; empty for a run of one opening."""
        spread: Mapping[str, Any] = self.line.counts.get("exposure", {})
        return spread

    def label(self, grouping: str, key: str, language: str) -> str | None:
        """Return the label of a group whose key is a code of a list; None for the bands."""
        label = self.labels.get((grouping, key))
        return None if label is None else label.text(language)


def list_runs(session: Session, *, request: ListRequest) -> Page[RunHistoryLine]:
    """Return the runs of the actor's agency, in whose scope the session reads."""
    query = _runs()
    if request.filters.get("scope") == "full":
        query = query.where(MatchRun.opening_id.is_(None))
    if request.filters.get("scope") == "opening":
        query = query.where(MatchRun.opening_id.is_not(None))
    return fetch_page(
        session,
        query,
        request,
        sorts={"id": MatchRun.id, "created": MatchRun.created_at},
        tie_break=MatchRun.id,
        searched=(Opening.reference, MatchRun.asked_by),
        build=_line,
    )


def get_run_page(session: Session, *, run_id: int) -> RunPage:
    """Return a run of the actor's agency.

    :raises NotFound: there is no such run in the actor's scope.
    """
    row = session.execute(_runs().where(MatchRun.id == run_id)).one_or_none()
    if row is None:
        raise NotFound("match_run", run_id)
    found = session.get(MatchExposure, run_id)
    groups = found.report["groups"] if found else {}
    labels = _labels(session)
    return RunPage(
        line=_line(row),
        groups={name: tuple(map(_group, _in_order(name, counted, labels))) for name, counted in groups.items()},
        labels=labels,
    )


def _in_order(grouping: str, counted: Sequence[Mapping[str, Any]], labels: Labels) -> Sequence[Mapping[str, Any]]:
    """Return groups in the order of their list, what left it and the unknown last; bands as they are kept."""
    places = {key: place for place, (name, key) in enumerate(labels) if name == grouping}
    return sorted(counted, key=lambda group: places.get(group["key"], len(labels)))


def _labels(session: Session) -> Labels:
    """Return the labels of the lists, in their order: provinces by code, education from the lowest level up."""
    found = {}
    for grouping, table in LABELLED.items():
        order = (table.rank, table.code) if table is EducationLevel else (table.code,)
        for row in session.execute(select(table.code, *label_columns(table, "label")).order_by(*order)):
            found[grouping, row.code] = label_of(row, "label")
    return found


def get_full_run_job(session: Session, *, actor: Actor) -> JobProgress | None:
    """Return the full run of the actor's agency that waits or works, if there is one."""
    job = session.scalar(
        select(Job)
        .where(
            Job.kind == FULL_TASK,
            Job.object_id == actor.organisation_id,
            Job.state.not_in([state.value for state in FINAL_STATES]),
        )
        .order_by(Job.id)
        .limit(1)
    )
    if job is None:
        return None
    return JobProgress(job.id, job.kind, job.state, job.progress_done, job.progress_total, job.last_error)


def _runs() -> Any:
    """Return the statement behind the history; a run over all openings has no reference."""
    return (
        select(MatchRun, MatchPolicy.version, Opening.reference)
        .join(MatchPolicy, MatchPolicy.id == MatchRun.policy_id)
        .outerjoin(Opening, Opening.id == MatchRun.opening_id)
    )


def _line(row: Any) -> RunHistoryLine:
    run: MatchRun = row[0]
    return RunHistoryLine(
        id=run.id,
        created_at=run.created_at,
        reference=row.reference,
        asked_by=run.asked_by,
        as_of=run.as_of,
        policy_version=row.version,
        engine_version=run.engine_version,
        digest=(run.input_digest or b"").hex(),
        result_digest=(run.result_digest or b"").hex(),
        counts=run.counts,
        times=run.times,
        is_kept=run.attached_at is not None,
    )


def _group(counted: Mapping[str, Any]) -> GroupLine:
    return GroupLine(counted["key"], counted.get("people"), counted.get("never"), counted.get("places"))
