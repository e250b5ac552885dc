"""Writing an opening: from nothing, from a need, from an earlier one; and changing it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import func, select

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import Invalid, NotFound, RuleBroken
from skills_bridge.domain.events import OpeningSubmitted
from skills_bridge.domain.framework import Asked
from skills_bridge.domain.needs import NeedState, remaining
from skills_bridge.domain.openings import LIVE, OpeningState, Terms, check_posts, check_start
from skills_bridge.models import (
    ContractKind,
    JobProfile,
    Need,
    NeedLine,
    NeedRequirement,
    Opening,
    Post,
    Site,
    UnitProvince,
)
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.services.openings.loading import count_posts, hold_opening
from skills_bridge.services.openings.revisions import (
    add_revision,
    check_known,
    current_revision,
    is_waiting,
    latest_revision,
    live_competencies,
    read_terms,
    rewrite_revision,
)
from skills_bridge.services.references import Series, next_reference
from skills_bridge.unit_of_work import UnitOfWork

MOST_ANSWER_DAYS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningDraft:
    """An opening as a company writes it; ``answer_days`` is how long it takes to answer a person sent to it."""

    site_id: int
    job_profile_id: int
    title: str
    terms: Terms
    description: str = ""
    contact: str = ""
    need_line_id: int | None = None
    external_reference: str | None = None
    answer_days: int = 10


def create_opening(uow: UnitOfWork, *, company_id: int, draft: OpeningDraft) -> Opening:
    """Write the draft of an opening; only its company sees it.

    :raises NotPermitted: the actor does not write openings of this company.
    :raises Invalid: a value breaks a rule or stands in no list; names the field.
    """
    opening = Opening(company_id=company_id, state=OpeningState.DRAFT)
    authorize(uow.actor, Permission.OPENING_MANAGE, opening)
    check_known(uow.session, draft.terms)
    _take_over(uow, opening, draft)
    opening.reference = next_reference(uow, Series.OPENING)
    uow.session.add(opening)
    uow.session.flush()  # its revision needs the key
    add_revision(uow, opening, draft.terms, number=1)
    uow.moved("opening", opening.id, was=None, now=OpeningState.DRAFT, company_id=company_id)
    return opening


def update_opening(uow: UnitOfWork, *, opening_id: int, version: int | None = None, draft: OpeningDraft) -> bool:
    """Change an opening; say whether the change now waits for the agency.

    A draft changes freely. Of a live opening the texts do; other terms become a revision that is submitted at once,
    while the validated one stays in force.

    :raises RuleBroken: the opening waits for validation, or is closed.
    :raises Invalid: a value breaks a rule; site, profile and need of a live opening are fixed.
    :raises Stale: somebody changed it since it was read.
    """
    opening = hold_opening(uow, opening_id, Permission.OPENING_MANAGE, version)
    if opening.state is OpeningState.SUBMITTED:
        raise RuleBroken("opening-being-judged")
    if opening.state is OpeningState.CLOSED:
        raise RuleBroken("opening-closed")
    check_known(uow.session, draft.terms)
    if opening.state in LIVE:
        return _change_live(uow, opening, draft)
    _take_over(uow, opening, draft)
    revision = latest_revision(uow.session, opening.id)
    if revision.submitted_at is None:
        rewrite_revision(uow, opening, revision, draft.terms)
    else:
        add_revision(uow, opening, draft.terms, number=revision.number + 1)
    return False


def copy_opening(uow: UnitOfWork, *, opening_id: int) -> Opening:
    """Write a new draft that asks for the same, less a start that has passed, retired competencies and the need.

    :raises NotFound: there is no such opening in the actor's scope.
    """
    source = uow.session.get(Opening, opening_id)
    if source is None:
        raise NotFound("opening", opening_id)
    authorize(uow.actor, Permission.OPENING_MANAGE, source)
    draft = OpeningDraft(
        site_id=source.site_id,
        job_profile_id=source.job_profile_id,
        title=source.title,
        description=source.description,
        contact=source.contact,
        answer_days=source.answer_days,
        terms=_still_possible(uow, read_terms(uow.session, current_revision(uow.session, source))),
    )
    return create_opening(uow, company_id=source.company_id, draft=draft)


def open_need_line(uow: UnitOfWork, *, need_line_id: int) -> Opening:
    """Write the draft of an opening for what remains of a need's line, which it names.

    :raises NotFound: there is no such line in the actor's scope.
    :raises RuleBroken: the need is withdrawn, or the company has no site in the line's province.
    """
    session = uow.session
    line = session.get(NeedLine, need_line_id)
    if line is None:
        raise NotFound("need_line", need_line_id)
    need = session.get_one(Need, line.need_id)
    authorize(uow.actor, Permission.OPENING_MANAGE, need)
    site = session.scalars(
        select(Site)
        .where(Site.company_id == need.company_id, Site.province_code == line.province_code)
        .order_by(Site.id)
        .limit(1)
    ).one_or_none()
    if site is None:
        raise RuleBroken("no-site-in-province", value=line.province_code)
    posts = select(func.count()).select_from(Post).join(Opening, Opening.id == Post.opening_id)
    used = session.scalar(posts.where(Opening.need_line_id == line.id))
    draft = OpeningDraft(
        site_id=site.id,
        job_profile_id=need.job_profile_id,
        title=session.get_one(JobProfile, need.job_profile_id).label_fr,
        need_line_id=line.id,
        terms=Terms(
            contract_code=_usual_contract(uow, need.company_id),
            posts=max(1, remaining(line.posts, used or 0)),
            start_on=line.quarter_on if line.quarter_on > local_day(uow.now) else None,
            requirements=_asked_by(uow, need.id),
        ),
    )
    return create_opening(uow, company_id=need.company_id, draft=draft)


def _take_over(uow: UnitOfWork, opening: Opening, draft: OpeningDraft) -> None:
    """Put a draft's own columns into the opening; the site's province decides which unit follows it."""
    site = uow.session.get(Site, draft.site_id)
    if site is None or site.company_id != opening.company_id:
        raise Invalid("site-unknown", field="site_id", value=draft.site_id)
    if uow.session.get(JobProfile, draft.job_profile_id) is None:
        raise Invalid("code-unknown", field="job_profile_id", value=draft.job_profile_id)
    unit = uow.session.get(UnitProvince, site.province_code)
    if unit is None:
        raise Invalid("province-without-unit", field="site_id", value=site.province_code)
    opening.site_id, opening.unit_id, opening.agency_id = site.id, unit.unit_id, unit.agency_id
    opening.job_profile_id = draft.job_profile_id
    _name_need(uow, opening, draft)
    _take_texts(opening, draft)


def _take_texts(opening: Opening, draft: OpeningDraft) -> None:
    """Put in what changes freely at any time."""
    title = draft.title.strip()
    if not title:
        raise Invalid("title-missing", field="title")
    if not 1 <= draft.answer_days <= MOST_ANSWER_DAYS:
        raise Invalid("answer-days-out-of-range", field="answer_days", most=MOST_ANSWER_DAYS, value=draft.answer_days)
    opening.title, opening.description, opening.contact = title, draft.description.strip(), draft.contact.strip()
    opening.external_reference, opening.answer_days = draft.external_reference, draft.answer_days


def _name_need(uow: UnitOfWork, opening: Opening, draft: OpeningDraft) -> None:
    """Let the opening consume a line of a need of its company and profile."""
    if draft.need_line_id is not None:
        line = uow.session.get(NeedLine, draft.need_line_id)
        need = None if line is None else uow.session.get_one(Need, line.need_id)
        if need is None or need.company_id != opening.company_id or need.job_profile_id != draft.job_profile_id:
            raise Invalid("need-of-another-profile", field="need_line_id", value=draft.need_line_id)
        if need.state is NeedState.WITHDRAWN and opening.need_line_id != draft.need_line_id:
            raise Invalid("need-withdrawn", field="need_line_id", value=need.reference)
    opening.need_line_id = draft.need_line_id


def _change_live(uow: UnitOfWork, opening: Opening, draft: OpeningDraft) -> bool:
    """Change the texts at once, and submit other terms beside those in force."""
    for field in ("site_id", "job_profile_id", "need_line_id"):
        if getattr(opening, field) != getattr(draft, field):
            raise Invalid("fixed-after-validation", field=field)
    _take_texts(opening, draft)
    standing, filled = count_posts(uow.session, opening.id)
    latest = latest_revision(uow.session, opening.id)
    known = read_terms(uow.session, current_revision(uow.session, opening))
    in_force = known if is_waiting(latest) else replace(known, posts=standing)
    if draft.terms.says_same_as(in_force):
        return False
    check_posts(draft.terms.posts, standing=standing, filled=filled)
    if draft.terms.start_on != in_force.start_on:
        check_start(draft.terms.start_on, local_day(uow.now))
    revision = add_revision(uow, opening, draft.terms, number=latest.number + 1)
    revision.submitted_at = uow.now
    uow.moved(
        "opening_revision",
        revision.id,
        was=None,
        now="submitted",
        company_id=opening.company_id,
        agency_id=opening.agency_id,
    )
    uow.record(OpeningSubmitted(opening.id, occasion=str(revision.number)))
    return True


def _still_possible(uow: UnitOfWork, terms: Terms) -> Terms:
    """The terms without what left its framework, and without a start that has passed nor what hangs on it."""
    live = live_competencies(uow.session, terms.requirements)
    terms = replace(terms, requirements=tuple(line for line in terms.requirements if line.competency_id in live))
    if terms.start_on is None or terms.start_on >= local_day(uow.now):
        return terms
    return replace(terms, start_on=None, conditions=replace(terms.conditions, wants_availability=False))


def _usual_contract(uow: UnitOfWork, company_id: int) -> str:
    """The kind of contract of the company's last opening, or the first employment contract of the list."""
    last = uow.session.scalars(
        select(Opening.id).where(Opening.company_id == company_id).order_by(Opening.id.desc()).limit(1)
    ).one_or_none()
    if last is not None:
        return latest_revision(uow.session, last).contract_code
    kinds = select(ContractKind.code).where(ContractKind.is_employment_contract).order_by(ContractKind.code.desc())
    return uow.session.scalars(kinds.limit(1)).one()


def _asked_by(uow: UnitOfWork, need_id: int) -> tuple[Asked, ...]:
    """The requirements of a need."""
    lines = uow.session.scalars(select(NeedRequirement).where(NeedRequirement.need_id == need_id))
    return tuple(
        Asked(
            competency_id=line.competency_id,
            level=line.level,
            is_must=line.is_must,
            weight=line.weight,
            evidence_asked=line.evidence_asked,
        )
        for line in lines
    )
