"""Forgetting a person: who she is goes, what counts of her stays without her, those who knew her are told.

Runs in the scope of her agency. ``domain.personal_data`` says what happens to each table: the work follows that list,
so that it cannot lag behind it.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from sqlalchemy import Column, Table, delete, select, update

from skills_bridge.adapters.vault import Vault
from skills_bridge.domain import events
from skills_bridge.domain.errors import AlreadyDone, NotFound
from skills_bridge.domain.personal import LinkEnd
from skills_bridge.domain.personal_data import PERSONS, Columns, Fate
from skills_bridge.domain.privacy import ForgetCause
from skills_bridge.domain.referrals import EndReason
from skills_bridge.domain.reservations import EndReason as ReservationEnd
from skills_bridge.domain.seekers import MOVES, SeekerState
from skills_bridge.domain.states import check_move
from skills_bridge.models import (
    AccessFile,
    Base,
    Enrolment,
    Placement,
    Proposal,
    Referral,
    Reservation,
    RightsRequest,
    Seeker,
    StateChange,
    Tombstone,
)
from skills_bridge.queries.privacy.forgotten import digest_of
from skills_bridge.queries.privacy.histories import history_of
from skills_bridge.services.personal.links import end_links
from skills_bridge.services.referrals import end_referrals
from skills_bridge.services.referrals.steps import hold_person
from skills_bridge.services.reservations import end_reservations
from skills_bridge.unit_of_work import UnitOfWork

RENEWED: Final[tuple[Any, ...]] = (Referral, Enrolment, Placement, Proposal, Reservation)
"""Rows that keep counting under another public identifier: links and files that name the old one lead nowhere."""


def forget_person(uow: UnitOfWork, *, seeker_id: int, vault: Vault, cause: ForgetCause) -> Seeker:
    """Anonymise a file for good: identity, profile and free text go, dates and states stay for past figures.

    Live referrals end first, companies and centres that knew her are told by the job that follows. The pseudonym
    stays: it is the word under which they find what they hold of her.

    :raises NotFound: there is no such person in the scope.
    :raises AlreadyDone: her file is anonymised.
    """
    hold_person(uow, seeker_id)
    seeker = uow.session.scalar(select(Seeker).where(Seeker.id == seeker_id).with_for_update())
    if seeker is None:
        raise NotFound("seeker", seeker_id)
    if seeker.state is SeekerState.ANONYMISED:
        raise AlreadyDone("seeker-anonymised")
    check_move(MOVES, seeker.state, SeekerState.ANONYMISED)
    end_referrals(uow, seeker_id=seeker.id, reason=EndReason.OBJECTION)
    end_reservations(uow, Reservation.seeker_id == seeker.id, reason=ReservationEnd.OBJECTION)
    end_links(uow, seeker_id=seeker.id, reason=LinkEnd.FORGOTTEN)
    _bury(uow, seeker, vault, cause)
    was, seeker.state = seeker.state, SeekerState.ANONYMISED
    seeker.matching_objected_at = seeker.matching_objected_at or uow.now
    seeker.public_id = uuid.uuid4()
    seeker.version += 1
    uow.session.flush()  # the statements below read what the steps above wrote
    for model in RENEWED:
        for row in uow.session.scalars(select(model).where(model.seeker_id == seeker.id)):
            row.public_id = uuid.uuid4()
    uow.session.flush()  # as above
    _empty_histories(uow, seeker.id)
    for table, columns in PERSONS.items():
        if table != StateChange.__tablename__:
            _follow(uow, Base.metadata.tables[table], columns, seeker.id)
    uow.session.expire(seeker)
    uow.moved(
        "seeker",
        seeker.id,
        was=was.value,
        now=SeekerState.ANONYMISED.value,
        reason=cause.value,
        agency_id=seeker.agency_id,
    )
    uow.record(events.ProfileChanged(seeker.id, occasion="forgotten"))
    uow.record(events.PersonForgotten(seeker.id))
    return seeker


def _bury(uow: UnitOfWork, seeker: Seeker, vault: Vault, cause: ForgetCause) -> None:
    """Remember, under a digest, that this file was forgotten; after a restore the digest may stand already."""
    uow.session.merge(
        Tombstone(
            digest=digest_of(seeker.public_id, vault), agency_id=seeker.agency_id, cause=cause, forgotten_at=uow.now
        )
    )


def _follow(uow: UnitOfWork, table: Table, columns: Columns, seeker_id: int) -> None:
    """Do with a person's rows of one table what the list says."""
    own = table.c[columns.link] == seeker_id
    if columns.fate is Fate.DELETED:
        uow.session.execute(delete(table).where(own))
    elif columns.fate is Fate.EMPTIED:
        emptied = {name: _nothing(table.c[name]) for name in columns.emptied.split()}
        uow.session.execute(update(table).where(own).values(emptied))


def _nothing(column: Column[Any]) -> object:
    """Return the value of a column that says nothing."""
    if column.nullable:
        return None
    return "" if column.type.python_type is str else []


def _empty_histories(uow: UnitOfWork, seeker_id: int) -> None:
    """Empty the notes in the history of her file and of all that was hers, and her files that wait to be taken out."""
    asked = select(RightsRequest.id).where(RightsRequest.seeker_id == seeker_id)
    uow.session.execute(update(AccessFile).where(AccessFile.request_id.in_(asked)).values(content_sealed=None))
    uow.session.execute(update(StateChange).where(history_of(seeker_id)).values(note=""))
