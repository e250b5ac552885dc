"""What a run is computed from: openings, cohorts, policy, and the people as they are packed, saved index or none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from skills_bridge.adapters.match_index import MatchIndexFiles, SavedPeople, on_day
from skills_bridge.domain.calendar import local_day
from skills_bridge.engine.arrays import Int64s, day_number
from skills_bridge.engine.columns import CohortColumns, OpeningColumns, RelationColumns, SeekerColumns
from skills_bridge.engine.digest import digest_of_people
from skills_bridge.engine.kept_input import RunInput
from skills_bridge.engine.national import build_index
from skills_bridge.engine.national.packed import PackedPeople
from skills_bridge.engine.national.parts import Part, can_leave_out, joined, list_lengths
from skills_bridge.engine.policy import PolicySet
from skills_bridge.engine.pool import Pool, build_pool
from skills_bridge.queries.matching.codes import Codebook, get_codebook
from skills_bridge.queries.matching.opening_input import OpeningInput, opening_columns
from skills_bridge.queries.matching.packed import (
    get_packed_people,
    get_snapshot,
    get_source,
    list_changed_since,
)
from skills_bridge.queries.matching.run_input import PolicyInput, get_cohort_columns, get_relation_columns
from skills_bridge.services.matching.packing import pack_due
from skills_bridge.services.matching.stopwatch import Stopwatch
from skills_bridge.unit_of_work import UnitOfWork, pack_changed

MOST_CHANGED: Final = 200
"""People beside a saved index; where more have changed, a new one is built."""

NOWHERE: Final = RelationColumns.of([])
NOBODY: Final = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Terms:
    """What is asked of the people: by whom, under which policy, on which day, in which words."""

    openings: OpeningColumns
    cohorts: CohortColumns
    policies: PolicySet
    relations: RelationColumns
    as_of: int
    book: Codebook

    @cached_property
    def lengths(self) -> Int64s:
        """How many people each list of each opening holds (openings, classes listed)."""
        return list_lengths(self.openings, self.policies)

    @cached_property
    def pool(self) -> Pool:
        """Nobody, with the relations and the day: to be filled with the people in question."""
        return build_pool(SeekerColumns.nobody(), self.relations, as_of=self.as_of)

    def inputs(self, seekers: SeekerColumns) -> RunInput:
        """Return the input of a run over these people."""
        pool = build_pool(seekers, self.relations, as_of=self.as_of)
        return RunInput(pool, self.openings, self.cohorts, self.policies)


@dataclass(frozen=True)
class Moment:
    """The moment at which everybody was read, and the database it was read from, as the database names them."""

    snapshot: str
    source: str


@dataclass(frozen=True, eq=False)
class Everybody:
    """All people of an agency, read anew at a moment.

    Where this transaction itself had packed some of them, there is no moment: that may yet be rolled back.
    """

    people: PackedPeople
    moment: Moment | None


@dataclass(frozen=True, eq=False)
class Reading:
    """Everything a run was computed from; places of people count through one part after the other.

    ``saved`` is the index whose people are the first part; ``moment`` the one at which everybody was read anew.
    """

    terms: Terms
    parts: tuple[Part, ...]
    saved: SavedPeople | None = None
    moment: Moment | None = None

    @property
    def people(self) -> int:
        """How many may be looked for."""
        return sum(len(part.seekers) - len(part.gone) for part in self.parts)

    @cached_property
    def seeker_ids(self) -> Int64s:
        """The keys of the people, by their places."""
        return np.concatenate([part.seekers.seeker_id for part in self.parts])

    def inputs(self) -> RunInput:
        """Return the input as one value; whoever is gone from a part is in it all the same."""
        return self.terms.inputs(joined([part.seekers for part in self.parts]))

    def digest(self) -> bytes:
        """Return the digest of the input; beside a saved index, of its digest and all that was read beside it."""
        if self.saved is None:
            return self.inputs().digest()
        found = hashlib.sha256(self.saved.digest)
        found.update(self.parts[0].gone.tobytes())
        found.update(self.terms.inputs(self.parts[-1].seekers).digest())
        return found.digest()


def read_terms(uow: UnitOfWork, openings: Sequence[OpeningInput], policy: PolicyInput) -> Terms:
    """Read what is asked of the people; the openings were read before."""
    session, today = uow.session, local_day(uow.now)
    book = get_codebook(session)
    asked = {asked.competency for opening in openings for asked in opening.requirements}
    return Terms(
        openings=opening_columns(openings, book),
        cohorts=get_cohort_columns(session, as_of=today, book=book),
        policies=policy.policies,
        relations=get_relation_columns(session, asked),
        as_of=day_number(today),
        book=book,
    )


def bring_up_to_date(uow: UnitOfWork) -> bool:
    """Pack what is not packed as of today; say whether this transaction wrote packed profiles."""
    uow.session.flush()  # what was written here counts
    wrote = pack_changed(uow)
    return bool(pack_due(uow)) or wrote


def read_everybody(uow: UnitOfWork, *, agency_id: int) -> Everybody:
    """Read all people anew."""
    is_ours = bring_up_to_date(uow)
    moment = None if is_ours else Moment(get_snapshot(uow.session), get_source(uow.session))
    return Everybody(get_packed_people(uow.session, agency_id=agency_id), moment)


def index_everybody(terms: Terms, everybody: Everybody) -> Reading:
    """Index people who were just read."""
    return Reading(terms, (_indexed(everybody.people, terms.as_of),), moment=everybody.moment)


def save_people(files: MatchIndexFiles | None, reading: Reading, *, agency_id: int, number: int) -> bool:
    """Keep the index of everybody who was read anew under ``number``, for the runs of single openings.

    False where there is nothing to keep, or nowhere.
    """
    if files is None or reading.moment is None:
        return False
    part, moment = reading.parts[0], reading.moment
    digest = digest_of_people(part.seekers)
    files.save(
        SavedPeople(agency_id, moment.snapshot, moment.source, digest, part.seekers, part.index, part.raw),
        number=number,
    )
    return True


def read_beside(
    uow: UnitOfWork, terms: Terms, *, agency_id: int, files: MatchIndexFiles | None, watch: Stopwatch
) -> Reading:
    """Read only the people who changed since the newest saved index; everybody where there is none, or too many did."""
    bring_up_to_date(uow)
    saved = newest_saved(uow, files, agency_id=agency_id)
    if saved is None:
        return _anew(uow, terms, agency_id, watch)
    changed = list_changed_since(uow.session, agency_id=agency_id, snapshot=saved.snapshot)
    if not is_enough_beside(terms, changed):
        return _anew(uow, terms, agency_id, watch)
    return read_changed(uow, terms, saved, changed, watch)


def is_enough_beside(terms: Terms, changed: Sequence[int]) -> bool:
    """Whether a saved index still serves when so many people have changed since."""
    return len(changed) <= MOST_CHANGED and can_leave_out(terms.openings, terms.policies, len(changed))


def read_changed(
    uow: UnitOfWork, terms: Terms, saved: SavedPeople, changed: Sequence[int], watch: Stopwatch
) -> Reading:
    """Read those who changed anew, and take all others from a saved index."""
    gone = np.flatnonzero(np.isin(saved.seekers.seeker_id, changed)) if changed else NOBODY
    recent = get_packed_people(uow.session, agency_id=saved.agency_id, only=changed)
    watch.lap("read")
    reading = Reading(terms, (_saved_part(saved, terms, gone), _indexed(recent, terms.as_of)), saved)
    watch.lap("index")
    return reading


def newest_saved(uow: UnitOfWork, files: MatchIndexFiles | None, *, agency_id: int) -> SavedPeople | None:
    """Return the newest index of this machine that was built from this database and the lists as they are."""
    saved = files.newest(agency_id) if files is not None else None
    return saved if saved is not None and saved.source == get_source(uow.session) else None


def _saved_part(saved: SavedPeople, terms: Terms, gone: Int64s) -> Part:
    """Return the people of a saved index as of the day of a run."""
    return Part(saved.seekers, on_day(saved, terms.as_of), saved.raw, gone)


def _anew(uow: UnitOfWork, terms: Terms, agency_id: int, watch: Stopwatch) -> Reading:
    everybody = read_everybody(uow, agency_id=agency_id)
    watch.lap("read")
    reading = index_everybody(terms, everybody)
    watch.lap("index")
    return reading


def _indexed(people: PackedPeople, as_of: int) -> Part:
    index = build_index(people.seekers, NOWHERE, as_of=as_of, holdings=people.holdings)
    return Part(people.seekers, index, people.raw, NOBODY)
