"""People in the list of a run, one class at a time, and the cohorts that close the gaps of near profiles."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.matching import ResultClass
from skills_bridge.domain.referrals import LIVE, ReferralState
from skills_bridge.models import (
    AgencyUnit,
    Cohort,
    MatchResult,
    Organisation,
    Programme,
    Province,
    Referral,
    Seeker,
)
from skills_bridge.queries.framework import Label, label_columns, label_of
from skills_bridge.queries.listing import ListRequest, Page, fetch_page
from skills_bridge.queries.matching.accounts import Account
from skills_bridge.queries.matching.listed import Kept, asks, get_accounts
from skills_bridge.queries.openings.listing import name_of


@dataclass(frozen=True)
class CohortLine:
    """A cohort that closes the gap of a near profile."""

    id: int
    reference: str
    title: Label
    centre: Label
    province: Label
    starts_on: date
    expected_end_on: date
    enrolment_until: date
    free: int


@dataclass(frozen=True)
class MatchLine:
    """A person in a list: rank in her class, score in hundredths of a per cent, account, and where she stands already.

    ``live`` counts her referrals that wait for somebody, wherever they were sent.
    """

    seeker_id: int
    public_id: uuid.UUID
    pseudonym: str
    province: Label
    unit: Label
    registered_on: date
    result_class: ResultClass
    rank: int
    score: int | None
    account: Account
    cohort_id: int | None
    referral_id: uuid.UUID | None
    referral_state: ReferralState | None
    live: int

    @property
    def may_be_chosen(self) -> bool:
        """Whether a new referral can be asked for."""
        return self.referral_state is None


FILTERS: Final[Mapping[str, Callable[[str], ColumnElement[bool]]]] = {
    "unit": lambda value: Seeker.unit_id == int(value),
    "question": asks,
    "referral": lambda value: Referral.id.is_(None) if value == "none" else Referral.id.is_not(None),
}


def list_matches(
    session: Session,
    *,
    opening_id: int,
    run_id: int | None,
    request: ListRequest,
    result_class: ResultClass | None = None,
    seeker_ids: Iterable[int] = (),
) -> Page[MatchLine]:
    """Return people of a run by rank, those of one class; ``seeker_ids`` narrow it to some people."""
    query = _matches(opening_id, run_id)
    if result_class is not None:
        query = query.where(MatchResult.result_class == result_class)
    if chosen := list(seeker_ids):
        query = query.where(MatchResult.seeker_id.in_(chosen))
    for name in FILTERS.keys() & request.filters.keys():
        query = query.where(FILTERS[name](request.filters[name]))
    page: Page[Any] = fetch_page(
        session,
        query,
        request,
        sorts={
            "rank": MatchResult.rank,
            "score": MatchResult.score,
            "pseudonym": Seeker.pseudonym,
            "registered": Seeker.registered_on,
        },
        tie_break=MatchResult.seeker_id,
        searched=(Seeker.pseudonym,),
        build=lambda row: row,
    )
    accounts = get_accounts(session, [Kept(row.run_id, opening_id, row.seeker_id, row.person) for row in page.items])
    return replace(page, items=tuple(_line(row, told) for row, told in zip(page.items, accounts, strict=True)))


def get_cohort_lines(session: Session, keys: Iterable[int | None]) -> dict[int, CohortLine]:
    """Return cohorts by key, as the bridge shows them."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    rows = session.execute(
        select(
            Cohort,
            Programme.title_fr,
            Programme.title_ar,
            Organisation.name_fr,
            Organisation.name_ar,
            *label_columns(Province, "province"),
        )
        .join(Programme, Programme.id == Cohort.programme_id)
        .join(Organisation, Organisation.id == Cohort.centre_id)
        .join(Province, Province.code == Cohort.province_code)
        .where(Cohort.id.in_(wanted))
    )
    return {row[0].id: _cohort(row) for row in rows}


def _cohort(row: Any) -> CohortLine:
    cohort: Cohort = row[0]
    return CohortLine(
        id=cohort.id,
        reference=cohort.reference,
        title=name_of(row.title_fr, row.title_ar or row.title_fr),
        centre=name_of(row.name_fr, row.name_ar),
        province=label_of(row, "province"),
        starts_on=cohort.starts_on,
        expected_end_on=cohort.expected_end_on,
        enrolment_until=cohort.enrolment_until,
        free=cohort.seats - cohort.taken,
    )


def live_referrals() -> Any:
    """Return how many referrals of a person wait for somebody, as a column of a statement on people."""
    other = Referral.__table__.alias("other_referral")
    counted = select(func.count()).select_from(other).where(other.c.seeker_id == Seeker.id, other.c.state.in_(LIVE))
    return counted.correlate(Seeker).scalar_subquery()


def _matches(opening_id: int, run_id: int | None) -> Any:
    return (
        select(
            MatchResult.seeker_id,
            MatchResult.result_class,
            MatchResult.rank,
            MatchResult.score,
            MatchResult.run_id,
            MatchResult.person,
            MatchResult.cohort_id,
            Seeker.public_id,
            Seeker.pseudonym,
            Seeker.registered_on,
            AgencyUnit.name_fr.label("unit_fr"),
            AgencyUnit.name_ar.label("unit_ar"),
            Referral.public_id.label("referral_id"),
            Referral.state.label("referral_state"),
            live_referrals().label("live"),
            *label_columns(Province, "province"),
        )
        .join(Seeker, Seeker.id == MatchResult.seeker_id)
        .join(Province, Province.code == Seeker.province_code)
        .join(AgencyUnit, AgencyUnit.id == Seeker.unit_id)
        .outerjoin(Referral, and_(Referral.opening_id == opening_id, Referral.seeker_id == Seeker.id))
        .where(MatchResult.run_id == run_id, MatchResult.opening_id == opening_id)
    )


def _line(row: Any, account: Account) -> MatchLine:
    return MatchLine(
        seeker_id=row.seeker_id,
        public_id=row.public_id,
        pseudonym=row.pseudonym,
        province=label_of(row, "province"),
        unit=name_of(row.unit_fr, row.unit_ar),
        registered_on=row.registered_on,
        result_class=row.result_class,
        rank=row.rank,
        score=row.score,
        account=account,
        cohort_id=row.cohort_id,
        referral_id=row.referral_id,
        referral_state=row.referral_state,
        live=row.live,
    )
