"""The packed profiles: kept true by every transaction (``unit_of_work.pack_changed``), by the day, and by request.

The database's ``pack_profiles`` is the only writer. What is here chooses whom it packs, and checks what it packed
against the files, read another way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import select

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.engine.arrays import day_number
from skills_bridge.engine.columns import SeekerColumns
from skills_bridge.engine.digest import named_columns
from skills_bridge.engine.national.holdings import Holdings, written_out
from skills_bridge.models import Organisation, Seeker
from skills_bridge.queries.matching.codes import get_codebook
from skills_bridge.queries.matching.packed import get_packed_people, list_behind
from skills_bridge.queries.matching.run_input import get_all_relations, get_seeker_columns
from skills_bridge.unit_of_work import PACK, PACKED_AT_ONCE, UnitOfWork

SAMPLE: Final = 2_000
"""People whom a night compares; the next night takes others."""


@dataclass(frozen=True)
class Packed:
    """Some people packed anew: how many were looked at, whose row was not right, and the last one's key."""

    people: int
    changed: int
    last: int


def pack_due(uow: UnitOfWork) -> int:
    """Pack whoever is not packed as of today, and return how many; platform scope.

    A proof has run out, or a list or relation has changed.
    """
    behind = list_behind(uow.session, today=local_day(uow.now))
    _pack(uow, behind)
    return len(behind)


def pack_next(uow: UnitOfWork, *, after: int = 0) -> Packed | None:
    """Pack the next people by key, whatever their rows say; None after the last one. Platform scope."""
    people = uow.session.scalars(
        select(Seeker.id).where(Seeker.id > after).order_by(Seeker.id).limit(PACKED_AT_ONCE)
    ).all()
    if not people:
        return None
    return Packed(len(people), _pack(uow, list(people)), people[-1])


def check_packed(uow: UnitOfWork) -> int:
    """Compare packed profiles of some people with their files, and return how many were compared; platform scope.

    Each night takes other people, so that everybody's turn comes.

    :raises RuleBroken: some differ; the job stays among the dead letters until a person has looked.
    """
    agencies = select(Organisation.id).where(Organisation.kind == OrganisationKind.AGENCY)
    compared, wrong = 0, []
    for agency_id in uow.session.scalars(agencies).all():
        people = _sample(uow, agency_id)
        compared += len(people)
        wrong += list_differing(uow, agency_id=agency_id, people=people)
    if wrong:
        raise RuleBroken("packed-profiles-differ", people=len(wrong), first=wrong[0])
    return compared


def list_differing(uow: UnitOfWork, *, agency_id: int, people: list[int]) -> list[int]:
    """Return who of these people is not packed as the files say today."""
    session, today = uow.session, local_day(uow.now)
    files = get_seeker_columns(session, agency_id=agency_id, book=get_codebook(session), only=people)
    meant = written_out(files, get_all_relations(session), day_number(today))
    packed = get_packed_people(session, agency_id=agency_id, only=people)
    expected, found = _told(files, meant), _told(packed.seekers, packed.holdings)
    return sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))


def _pack(uow: UnitOfWork, people: list[int]) -> int:
    changed = 0
    for first in range(0, len(people), PACKED_AT_ONCE):
        some = people[first : first + PACKED_AT_ONCE]
        changed += uow.session.scalar(PACK, {"people": some, "today": local_day(uow.now)}) or 0
    return changed


def _sample(uow: UnitOfWork, agency_id: int) -> list[int]:
    """Return the people of an agency whose turn it is: every so manieth, from another one each day."""
    keys = np.array(uow.session.scalars(select(Seeker.id).where(Seeker.agency_id == agency_id)).all(), np.int64)
    step = max(1, len(keys) // SAMPLE)
    turn: list[int] = np.sort(keys)[day_number(local_day(uow.now)) % step :: step].tolist()
    return turn


def _told(seekers: SeekerColumns, holdings: Holdings) -> dict[int, tuple[Any, ...]]:
    """Return all that matching reads of each person, by key."""
    meant = holdings.competencies[holdings.competency] * 256 + holdings.code
    return {
        key: (
            *(column.tobytes() for _, column in named_columns("", seekers.take([row]))),
            tuple(sorted(meant[holdings.start[row] : holdings.start[row + 1]].tolist())),
        )
        for row, key in enumerate(seekers.seeker_id.tolist())
    }
