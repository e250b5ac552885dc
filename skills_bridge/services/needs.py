"""Forecast needs of a company: written, changed, copied, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import delete, select

from skills_bridge.domain.errors import Invalid, NotFound, RuleBroken, Stale
from skills_bridge.domain.framework import Asked, check_requirements
from skills_bridge.domain.needs import Forecast, NeedOrigin, NeedState, check_lines
from skills_bridge.models import JobProfile, Need, NeedLine, NeedRequirement, Opening, Province
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.services.openings.revisions import check_competencies
from skills_bridge.services.references import Series, next_reference
from skills_bridge.unit_of_work import UnitOfWork

MOST_NOTE: Final = 2_000
"""Characters of a note at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedDraft:
    """A need as a company writes it: posts of one profile by quarter and province, and what they ask for."""

    job_profile_id: int
    lines: tuple[Forecast, ...]
    requirements: tuple[Asked, ...] = ()
    note: str = ""


def create_need(uow: UnitOfWork, *, company_id: int, draft: NeedDraft, origin: NeedOrigin = NeedOrigin.COMPANY) -> Need:
    """Write a need; the agency and the association see it at once.

    :raises NotPermitted: the actor does not write needs of this company.
    :raises Invalid: a value breaks a rule or stands in no list; names the field.
    """
    need = Need(company_id=company_id, job_profile_id=draft.job_profile_id, origin=origin, state=NeedState.OPEN)
    authorize(uow.actor, Permission.NEED_MANAGE, need)
    _check(uow, draft)
    need.reference = next_reference(uow, Series.NEED)
    need.note = draft.note.strip()[:MOST_NOTE]
    uow.session.add(need)
    uow.session.flush()  # its lines need the key
    _write_lines(uow, need, draft, {})
    _write_requirements(uow, need, draft)
    uow.moved("need", need.id, was=None, now=NeedState.OPEN, company_id=company_id)
    return need


def update_need(uow: UnitOfWork, *, need_id: int, version: int | None = None, draft: NeedDraft) -> Need:
    """Change a need; a line that an opening names stays, its posts may change.

    :raises RuleBroken: the need is withdrawn.
    :raises Invalid: a value breaks a rule, or a line or the profile that openings name would go.
    :raises Stale: somebody changed it since it was read.
    """
    need = _hold(uow, need_id, version)
    if need.state is NeedState.WITHDRAWN:
        raise RuleBroken("need-already-withdrawn")
    _check(uow, draft)
    lines = {(line.quarter_on, line.province_code): line for line in _lines(uow, need)}
    named = set(uow.session.scalars(select(Opening.need_line_id).where(Opening.need_line_id.in_(_keys(lines)))))
    if named and draft.job_profile_id != need.job_profile_id:
        raise Invalid("need-profile-in-use", field="job_profile_id")
    kept = {(line.quarter_on, line.province_code) for line in draft.lines}
    for place, line in lines.items():
        if place not in kept and line.id in named:
            raise Invalid("need-line-in-use", field="lines", quarter_on=line.quarter_on, province=line.province_code)
        if place not in kept:
            uow.session.delete(line)
    need.job_profile_id, need.note = draft.job_profile_id, draft.note.strip()[:MOST_NOTE]
    uow.session.execute(delete(NeedRequirement).where(NeedRequirement.need_id == need.id))
    _write_lines(uow, need, draft, lines)
    _write_requirements(uow, need, draft)
    uow.audit("need.changed", "need", need.id)
    return need


def withdraw_need(uow: UnitOfWork, *, need_id: int, note: str = "", version: int | None = None) -> Need:
    """Take a need back: it no longer counts as demand; its openings go on.

    :raises RuleBroken: the need is withdrawn already.
    :raises Stale: somebody changed it since it was read.
    """
    need = _hold(uow, need_id, version)
    if need.state is NeedState.WITHDRAWN:
        raise RuleBroken("need-already-withdrawn")
    need.state = NeedState.WITHDRAWN
    uow.moved(
        "need",
        need.id,
        was=NeedState.OPEN,
        now=NeedState.WITHDRAWN,
        note=note.strip()[:MOST_NOTE],
        company_id=need.company_id,
    )
    return need


def _hold(uow: UnitOfWork, need_id: int, version: int | None) -> Need:
    """Return a need that nobody else can change until the transaction ends; its version counts one more."""
    need = uow.session.get(Need, need_id, with_for_update=True)
    if need is None:
        raise NotFound("need", need_id)
    authorize(uow.actor, Permission.NEED_MANAGE, need)
    if version is not None and need.version != version:
        raise Stale("need")
    need.version += 1
    return need


def _check(uow: UnitOfWork, draft: NeedDraft) -> None:
    check_lines(draft.lines)
    check_requirements(draft.requirements)
    check_competencies(uow.session, draft.requirements)
    if uow.session.get(JobProfile, draft.job_profile_id) is None:
        raise Invalid("code-unknown", field="job_profile_id", value=draft.job_profile_id)
    provinces = {line.province_code for line in draft.lines}
    unknown = provinces - set(uow.session.scalars(select(Province.code).where(Province.code.in_(provinces))))
    if unknown:
        raise Invalid("province-unknown", field="lines", value=min(unknown))


def _lines(uow: UnitOfWork, need: Need) -> list[NeedLine]:
    return list(uow.session.scalars(select(NeedLine).where(NeedLine.need_id == need.id).order_by(NeedLine.id)))


def _keys(lines: Mapping[tuple[date, str], NeedLine]) -> list[int]:
    return [line.id for line in lines.values()]


def _write_lines(uow: UnitOfWork, need: Need, draft: NeedDraft, lines: Mapping[tuple[date, str], NeedLine]) -> None:
    for wanted in draft.lines:
        line = lines.get((wanted.quarter_on, wanted.province_code))
        if line is not None:
            line.posts = wanted.posts
            continue
        uow.session.add(
            NeedLine(
                need_id=need.id,
                company_id=need.company_id,
                quarter_on=wanted.quarter_on,
                province_code=wanted.province_code,
                posts=wanted.posts,
            )
        )


def _write_requirements(uow: UnitOfWork, need: Need, draft: NeedDraft) -> None:
    uow.session.add_all(
        NeedRequirement(
            need_id=need.id,
            company_id=need.company_id,
            competency_id=line.competency_id,
            level=line.level,
            is_must=line.is_must,
            weight=line.weight,
            evidence_asked=line.evidence_asked,
        )
        for line in draft.requirements
    )
