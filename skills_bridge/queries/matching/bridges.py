"""What an adviser reads before she reserves: the gap, the course that closes it, the post, and until when."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.matching import ResultClass
from skills_bridge.domain.reservations import last_day, seat_kept_until
from skills_bridge.models import Post
from skills_bridge.queries.bridges import get_bridge_terms, is_reserved
from skills_bridge.queries.listing import ListRequest
from skills_bridge.queries.matching.lists import CohortLine, MatchLine, get_cohort_lines, list_matches
from skills_bridge.queries.matching.pages import MatchingHead, get_matching_head
from skills_bridge.queries.matching.pairs import PersonHead, get_person_head
from skills_bridge.queries.matching.words import AccountLabels, get_account_labels


class Bridging(TypedDict):
    """The keyword arguments of ``reserve``."""

    opening_id: int
    seeker_id: int
    cohort_id: int


@dataclass(frozen=True)
class BridgePage:
    """A near profile and what would be reserved for her; ``cohort`` is none if the list no longer names one.

    ``posts`` counts the open posts that nobody has; ``until`` is the last day on which the seat would be kept.
    """

    head: MatchingHead
    person: PersonHead
    listed: MatchLine | None
    cohort: CohortLine | None
    posts: int
    needed_on: date | None
    until: date | None
    labels: AccountLabels

    def to_command(self) -> Bridging:
        """Return the keyword arguments of ``reserve``; call it with a cohort only."""
        return {
            "opening_id": self.head.id,
            "seeker_id": self.person.id,
            "cohort_id": self.cohort.id if self.cohort else 0,
        }


def get_bridge_page(
    session: Session, *, actor: Actor, reference: str, public_id: uuid.UUID, now: datetime
) -> BridgePage:
    """Return what would be reserved for a person of an opening's list of near profiles.

    :raises NotFound: there is no such opening or person in the actor's scope.
    """
    head = get_matching_head(session, actor=actor, reference=reference)
    person = get_person_head(session, public_id=public_id)
    found = list_matches(
        session,
        opening_id=head.id,
        run_id=head.run_id,
        request=ListRequest(),
        result_class=ResultClass.NEAR,
        seeker_ids=(person.id,),
    ).items
    listed = found[0] if found else None
    cohorts = get_cohort_lines(session, [line.cohort_id for line in found])
    cohort = cohorts.get(listed.cohort_id or 0) if listed else None
    terms = get_bridge_terms(session, opening_id=head.id)
    last = None if cohort is None else cohort.enrolment_until
    return BridgePage(
        head=head,
        person=person,
        listed=listed,
        cohort=cohort,
        posts=_free_posts(session, head.id),
        needed_on=terms.needed_on,
        until=None if last is None else last_day(seat_kept_until(now, days=terms.days, enrolment_until=last)),
        labels=get_account_labels(session, [line.account for line in found]),
    )


def _free_posts(session: Session, opening_id: int) -> int:
    free = (Post.opening_id == opening_id, Post.placement_id.is_(None), Post.closed_on.is_(None))
    return session.scalar(select(func.count()).select_from(Post).where(*free, ~is_reserved())) or 0
