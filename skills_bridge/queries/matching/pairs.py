"""One person and one opening: judged now, from the file as it stands, whether the list holds her or not."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.matching import ResultClass
from skills_bridge.domain.openings import OpeningState
from skills_bridge.domain.seekers import ConsentKind, SeekerState
from skills_bridge.engine.arrays import day_number
from skills_bridge.engine.explain import trace
from skills_bridge.engine.kept_input import RunInput
from skills_bridge.engine.pool import build_pool
from skills_bridge.models import Consent, JobProfile, MatchResult, Opening, Organisation, Placement, Seeker
from skills_bridge.queries.framework import Label, label_columns, label_of
from skills_bridge.queries.listing import ListRequest, Page, fetch_page
from skills_bridge.queries.matching.accounts import Account, from_stored, to_stored
from skills_bridge.queries.matching.codes import Codebook, get_codebook
from skills_bridge.queries.matching.listed import Kept, get_accounts
from skills_bridge.queries.matching.lists import CohortLine, MatchLine, get_cohort_lines, list_matches
from skills_bridge.queries.matching.opening_input import get_opening_input, opening_columns
from skills_bridge.queries.matching.pages import MatchingHead, get_matching_head
from skills_bridge.queries.matching.run_input import (
    get_cohort_columns,
    get_policy_input,
    get_relation_columns,
    get_seeker_columns,
)
from skills_bridge.queries.matching.suppositions import SuppositionLine, list_suppositions
from skills_bridge.queries.matching.words import AccountLabels, get_account_labels
from skills_bridge.queries.openings.listing import name_of
from skills_bridge.queries.reservations import ReservationLine, list_live


@dataclass(frozen=True)
class PersonHead:
    """A person by pseudonym, and the codes of what keeps her out of every list."""

    id: int
    public_id: uuid.UUID
    pseudonym: str
    state: SeekerState
    obstacles: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """How a pair is judged now."""

    result_class: ResultClass
    score: int | None
    account: Account
    cohort_id: int | None
    suppositions: tuple[SuppositionLine, ...] = ()

    @property
    def cohort_ids(self) -> frozenset[int]:
        """The cohorts named anywhere."""
        named = (self.cohort_id, *(one.cohort_id for one in self.suppositions))
        return frozenset(key for key in named if key is not None)


@dataclass(frozen=True)
class PairPage:
    """The whole account of a pair: ``now`` from the file as it stands, ``listed`` as the current list holds it."""

    head: MatchingHead
    person: PersonHead
    now: Judgement | None
    listed: MatchLine | None
    cohorts: Mapping[int, CohortLine]
    labels: AccountLabels
    reservations: tuple[ReservationLine, ...]


@dataclass(frozen=True)
class SeekerMatchLine:
    """An opening in whose current list a person stands."""

    reference: str
    title: str
    company: Label
    profile: Label
    result_class: ResultClass
    rank: int
    score: int | None
    account: Account


def get_pair_page(session: Session, *, actor: Actor, reference: str, public_id: uuid.UUID, today: date) -> PairPage:
    """Return the account of a pair as of ``today``; nobody is judged who may not be looked for.

    :raises NotFound: there is no such opening or person in the actor's scope.
    """
    head = get_matching_head(session, actor=actor, reference=reference)
    person = get_person_head(session, public_id=public_id)
    now = None if person.obstacles else _judge_fully(session, head, person.id, today)
    found = list_matches(
        session, opening_id=head.id, run_id=head.run_id, request=ListRequest(), seeker_ids=(person.id,)
    )
    listed = found.items[0] if found.items else None
    accounts = [told.account for told in (now, listed) if told is not None]
    return PairPage(
        head=head,
        person=person,
        now=now,
        listed=listed,
        cohorts=get_cohort_lines(session, {*(now.cohort_ids if now else ()), listed.cohort_id if listed else None}),
        labels=get_account_labels(session, accounts),
        reservations=list_live(session, actor=actor, seeker_id=person.id),
    )


def get_person_head(session: Session, *, public_id: uuid.UUID) -> PersonHead:
    """Return a person and what keeps her out of every list.

    :raises NotFound: there is no such person in the actor's scope.
    """
    consenting = exists().where(
        Consent.seeker_id == Seeker.id, Consent.kind == ConsentKind.MATCHING, Consent.withdrawn_at.is_(None)
    )
    placed = exists().where(
        Placement.seeker_id == Seeker.id, Placement.cancelled_on.is_(None), Placement.ended_on.is_(None)
    )
    row = session.execute(
        select(Seeker, consenting.label("consenting"), placed.label("placed")).where(Seeker.public_id == public_id)
    ).one_or_none()
    if row is None:
        raise NotFound("seeker", public_id)
    seeker: Seeker = row[0]
    tests = {
        "objected": seeker.matching_objected_at is not None,
        "placed": row.placed or seeker.state is SeekerState.PLACED,
        "paused": seeker.state is SeekerState.PAUSED,
        "anonymised": seeker.state is SeekerState.ANONYMISED,
        "without-consent": not row.consenting,
    }
    obstacles = tuple(code for code, holds in tests.items() if holds)
    return PersonHead(seeker.id, seeker.public_id, seeker.pseudonym, seeker.state, obstacles)


def list_people(session: Session, *, public_ids: Iterable[uuid.UUID]) -> tuple[tuple[int, str], ...]:
    """Return key and pseudonym of some people of the actor's scope, by pseudonym."""
    rows = session.execute(
        select(Seeker.id, Seeker.pseudonym).where(Seeker.public_id.in_(list(public_ids))).order_by(Seeker.pseudonym)
    )
    return tuple((key, pseudonym) for key, pseudonym in rows)


def list_seeker_matches(session: Session, *, seeker_id: int, request: ListRequest) -> Page[SeekerMatchLine]:
    """Return the live openings in whose current lists a person stands, the best standing first."""
    query: Any = (
        select(
            MatchResult.result_class,
            MatchResult.rank,
            MatchResult.score,
            MatchResult.run_id,
            MatchResult.opening_id,
            MatchResult.person,
            Opening.reference,
            Opening.title,
            Organisation.name_fr,
            Organisation.name_ar,
            *label_columns(JobProfile, "profile"),
        )
        .join(Opening, Opening.id == MatchResult.opening_id)
        .join(Organisation, Organisation.id == Opening.company_id)
        .join(JobProfile, JobProfile.id == Opening.job_profile_id)
        .where(
            MatchResult.seeker_id == seeker_id,
            MatchResult.run_id == Opening.current_run_id,
            Opening.state == OpeningState.VALIDATED,
        )
    )
    if "class" in request.filters:
        query = query.where(MatchResult.result_class == request.filters["class"])
    page: Page[Any] = fetch_page(
        session,
        query,
        request,
        sorts={"score": MatchResult.score, "rank": MatchResult.rank, "reference": Opening.reference},
        tie_break=Opening.id,
        searched=(Opening.reference, Opening.title, Organisation.name_fr),
        build=lambda row: row,
    )
    accounts = get_accounts(session, [Kept(row.run_id, row.opening_id, seeker_id, row.person) for row in page.items])
    return replace(page, items=tuple(_seeker_line(row, told) for row, told in zip(page.items, accounts, strict=True)))


def _seeker_line(row: Any, account: Account) -> SeekerMatchLine:
    return SeekerMatchLine(
        reference=row.reference,
        title=row.title,
        company=name_of(row.name_fr, row.name_ar),
        profile=label_of(row, "profile"),
        result_class=row.result_class,
        rank=row.rank,
        score=row.score,
        account=account,
    )


def judge_pair(session: Session, *, opening_id: int, seeker_id: int, today: date) -> Judgement | None:
    """Judge one pair with the engine that makes the lists; None if either is not there for the reader."""
    inputs = _pair_input(session, opening_id, seeker_id, today)
    return None if inputs is None else _judgement(*inputs)


def _judge_fully(session: Session, head: MatchingHead, seeker_id: int, today: date) -> Judgement | None:
    """Judge one pair, and say what would change the answer."""
    inputs = _pair_input(session, head.id, seeker_id, today)
    if inputs is None:
        return None
    return replace(_judgement(*inputs), suppositions=list_suppositions(session, inputs[0], run_id=head.run_id))


def _pair_input(session: Session, opening_id: int, seeker_id: int, today: date) -> tuple[RunInput, Codebook] | None:
    opening = get_opening_input(session, opening_id=opening_id)
    if opening is None:
        return None
    book = get_codebook(session)
    people = get_seeker_columns(session, agency_id=opening.agency_id, book=book, only=(seeker_id,))
    if not len(people):
        return None
    relations = get_relation_columns(session, {asked.competency for asked in opening.requirements})
    inputs = RunInput(
        pool=build_pool(people, relations, as_of=day_number(today)),
        openings=opening_columns([opening], book),
        cohorts=get_cohort_columns(session, as_of=today, book=book),
        policies=get_policy_input(session).policies,
    )
    return inputs, book


def _judgement(inputs: RunInput, book: Codebook) -> Judgement:
    found = trace(inputs.pool, inputs.openings, inputs.cohorts, inputs.policies, seeker=0, opening=0)
    return Judgement(
        result_class=found.result_class,
        score=found.score,
        account=from_stored(to_stored(found, book)),
        cohort_id=found.cohort_id,
    )
