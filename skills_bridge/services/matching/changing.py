"""A person whose profile changed: which lists gain, lose or retell her, and so are computed again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from sqlalchemy import select

from skills_bridge.domain.jobs import JobState
from skills_bridge.engine.national import build_index, judge_person, layout_of_asked, pack_demand
from skills_bridge.engine.national.packed import PackedPeople
from skills_bridge.engine.national.parts import list_lengths
from skills_bridge.models import Job, Seeker
from skills_bridge.queries.matching.opening_input import OpeningInput, list_live_openings
from skills_bridge.queries.matching.packed import get_packed_people
from skills_bridge.queries.matching.standing import get_last_keys, list_listing_openings
from skills_bridge.services.matching.asking import ask_openings
from skills_bridge.services.matching.reading import NOWHERE, bring_up_to_date, read_terms
from skills_bridge.services.matching.recording import policy_now
from skills_bridge.unit_of_work import UnitOfWork

WAITING: Final = (JobState.DUE, JobState.SENT)


def match_for_seeker(uow: UnitOfWork, *, seeker_id: int) -> int:
    """Ask for the lists that a person's change touches, and return how many were asked for; platform scope.

    These are the live openings in whose current lists she stands, and those whose lists she would enter now. Of several
    changes that wait for a worker, the last one serves all.
    """
    if _is_served_later(uow, seeker_id):
        return 0
    bring_up_to_date(uow)
    touched = set(list_listing_openings(uow.session, seeker_id=seeker_id))
    agency_id = uow.session.scalar(select(Seeker.agency_id).where(Seeker.id == seeker_id))
    if agency_id is not None:
        person = get_packed_people(uow.session, agency_id=agency_id, only=(seeker_id,))
        live = [opening for opening in list_live_openings(uow.session, agency_id=agency_id) if opening.open_posts]
        if len(person.seekers) and live:
            touched.update(_entered(uow, person, live))
    return ask_openings(uow, touched)


def _entered(uow: UnitOfWork, person: PackedPeople, live: Sequence[OpeningInput]) -> list[int]:
    """Return the openings whose lists would hold the person."""
    terms = read_terms(uow, live, policy_now(uow))
    layout = layout_of_asked(terms.openings, terms.cohorts)
    one = build_index(person.seekers, NOWHERE, as_of=terms.as_of, layout=layout, holdings=person.holdings)
    demand = pack_demand(terms.openings, terms.cohorts, terms.policies, layout, as_of=terms.as_of)
    keys = [opening.id for opening in live]
    lengths = list_lengths(terms.openings, terms.policies)
    worst = get_last_keys(uow.session, opening_ids=keys, lengths=lengths)
    found = judge_person(one, demand).touches(worst, np.zeros(len(live), np.bool_))
    return [keys[place] for place in found.tolist()]


def _is_served_later(uow: UnitOfWork, seeker_id: int) -> bool:
    """Whether a later job about the same person waits: it sees all that this one would see, and more."""
    if uow.job is None:
        return False
    later = select(Job.id).where(
        Job.kind == uow.job.kind, Job.object_id == seeker_id, Job.id > uow.job.id, Job.state.in_(WAITING)
    )
    return uow.session.scalar(later.limit(1)) is not None
