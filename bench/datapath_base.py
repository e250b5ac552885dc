"""A drawn country in the product's tables, loaded by COPY behind the rules: for measurements, never for people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import Any, Final

import numpy as np
import psycopg
from psycopg import sql
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bench.population import TODAY, Population, drawn_population
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.framework import Cefr, Evidence, PolicyProfile, RelationKind
from skills_bridge.domain.matching import GateKind
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.packs import Party
from skills_bridge.engine.arrays import EPOCH, NO_DAY, NO_VALUE, Columns, day_number
from skills_bridge.engine.columns import RELATIONS, SeekerColumns
from skills_bridge.engine.national.holdings import written_out
from skills_bridge.engine.national.packed import LANGUAGE_STEP, SETS
from skills_bridge.models import Site
from skills_bridge.queries.matching.codes import Codebook, get_codebook
from skills_bridge.reference import lists
from skills_bridge.services.framework import load_reference
from skills_bridge.services.organisations import create_organisation, create_unit
from skills_bridge.unit_of_work import UnitOfWork, transaction, utc_now

WITH_FILES: Final = 10_000
FIRST_COMPETENCY: Final = 100_000
FIRST_PROFILE: Final = 10_000
PROVINCE: Final = "01.511"
SCHEME: Final = "BENCH"
CEFR: Final = tuple(level.value for level in Cefr)
EVIDENCES: Final = tuple(evidence.value for evidence in Evidence)
Rows = Iterable[Sequence[Any]]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Country:
    """Whose the drawn people are, and the keys of the openings."""

    agency_id: int
    opening_ids: list[int]


@dataclass(frozen=True)
class Parties:
    """The organisations of the drawn country."""

    agency: int
    unit: int
    company: int
    site: int
    centre: int


def load_country(worker: Engine, owner: Engine, people: int, openings: int, tell: Tell) -> Country:
    """Load a drawn country into an empty installation, and return what the measurements need of it."""
    with Session(worker) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
        load_reference(uow, lists)
        parties, book = _parties(uow), get_codebook(uow.session)
    tell("drawing")
    drawn = _as_of_today(drawn_population(people, openings))
    tell("loading")
    with owner.connect() as link:
        raw = link.connection.driver_connection
        if not isinstance(raw, psycopg.Connection):
            raise TypeError(type(raw))
        raw.execute("SET session_replication_role = replica")
        loader = Loader(raw, parties, book, drawn)
        loader.load_framework()
        loader.load_openings()
        loader.load_cohorts()
        loader.load_people()
        tell("people loaded")
        raw.commit()
        raw.autocommit = True
        raw.execute("VACUUM ANALYZE")
    tell("loaded")
    return Country(parties.agency, drawn.openings.opening_id.tolist())


def _parties(uow: UnitOfWork) -> Parties:
    def added(kind: OrganisationKind, party: Party | None = None) -> int:
        return create_organisation(uow, kind=kind, name_fr=f"{kind} (fictif)", name_ar="وهمي", party=party).id

    agency = added(OrganisationKind.AGENCY, Party.AGENCY)
    company, centre = added(OrganisationKind.COMPANY), added(OrganisationKind.TRAINING_CENTRE)
    unit = create_unit(uow, agency_id=agency, name_fr="Agence (fictif)", name_ar="وكالة", provinces=(PROVINCE,)).id
    site = Site(company_id=company, name="Usine", province_code=PROVINCE)
    uow.session.add(site)
    uow.session.flush()
    return Parties(agency, unit, company, site.id, centre)


def _as_of_today(drawn: Population) -> Population:
    """Return the country with all its days moved to today."""
    days = day_number(local_day(utc_now())) - TODAY

    def moved(table: Any, *names: str) -> Any:
        columns = {name: getattr(table, name).astype(np.int64) for name in names}
        return replace(table, **{name: np.where(c == NO_DAY, c, c + days) for name, c in columns.items()})

    competencies = FIRST_COMPETENCY
    seekers = moved(drawn.seekers, "available_day", "adult_day", "registered_day")
    held = moved(seekers.held, "valid_until_day")
    held = replace(held, competency=held.competency + competencies)
    openings = moved(drawn.openings, "start_day", "available_by_day", "adult_by_day")
    asked = replace(openings.requirements, competency=openings.requirements.competency + competencies)
    cohorts = moved(drawn.cohorts, "enrolment_from_day", "enrolment_until_day", "expected_end_day")
    teaches = replace(cohorts.teaches, codes=cohorts.teaches.codes + competencies)
    relations = drawn.relations
    return Population(
        replace(seekers, held=held),
        replace(openings, requirements=asked),
        replace(cohorts, teaches=teaches),
        replace(relations, competency=relations.competency + competencies, related=relations.related + competencies),
    )


def _day(number: int) -> date | None:
    return None if number == NO_DAY else EPOCH + timedelta(days=number)


class Loader:
    """Writes the drawn country, table by table."""

    def __init__(self, link: psycopg.Connection, parties: Parties, book: Codebook, drawn: Population) -> None:
        """Take a superuser's connection on which foreign keys are not checked."""
        self.link, self.parties, self.book, self.drawn = link, parties, book, drawn
        self.now = utc_now()
        self.today = local_day(self.now)

    def copy(self, table: str, columns: str, rows: Rows) -> None:
        """Write rows into a table."""
        names = sql.SQL(", ").join(map(sql.Identifier, columns.split()))
        with (
            self.link.cursor() as cursor,
            cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as target,
        ):
            for row in rows:
                target.write_row(row)

    def load_framework(self) -> None:
        """Write competencies, their relations and two job profiles, one of each kind of policy."""
        drawn, edges = self.drawn, self.drawn.relations
        known = np.unique(
            np.concatenate(
                [
                    drawn.seekers.held.competency,
                    drawn.openings.requirements.competency,
                    drawn.cohorts.teaches.codes,
                    edges.competency,
                    edges.related,
                ]
            )
        ).tolist()
        self.copy(
            "competency",
            "id scheme code label_fr is_reviewed_ar",
            ((key, SCHEME, str(key), f"Compétence {key}", False) for key in known),
        )
        kinds = [kind.value if isinstance(kind, RelationKind) else "" for kind in RELATIONS]
        pairs = zip(edges.competency.tolist(), edges.related.tolist(), edges.kind.tolist(), strict=True)
        self.copy("competency_relation", "competency_id related_id kind", ((a, b, kinds[k]) for a, b, k in pairs))
        self.copy(
            "job_profile",
            "id scheme code label_fr is_reviewed_ar policy_profile codes",
            (
                (FIRST_PROFILE + place, SCHEME, str(place), kind.value, False, kind.value, "{}")
                for place, kind in enumerate(PolicyProfile)
            ),
        )
        self.link.execute("SELECT renew_match_reference()")

    def load_openings(self) -> None:
        """Write validated openings with their revision, requirements, gates and posts."""
        parties, openings, now, today = self.parties, self.drawn.openings, self.now, self.today
        whose = parties.company, parties.agency, parties.unit, parties.site
        keys, starts = openings.opening_id.tolist(), [_day(d) for d in openings.start_day.tolist()]
        profiles = openings.policy_profile.tolist()
        self.copy(
            "opening",
            "id reference company_id agency_id unit_id site_id job_profile_id state title description contact"
            " revision_id validated_at answer_days",
            (
                (key, f"OF-B-{key}", *whose, FIRST_PROFILE + kind, "validated", f"Offre {key}", "", "", key, now, 10)
                for key, kind in zip(keys, profiles, strict=True)
            ),
        )
        posts = openings.open_posts.tolist()
        self.copy(
            "opening_revision",
            "id opening_id company_id number contract_code start_on posts submitted_at validated_at",
            (
                (key, key, parties.company, 1, "cdi", start, count, now, now)
                for key, start, count in zip(keys, starts, posts, strict=True)
            ),
        )
        self.copy(
            "post",
            "opening_id company_id opened_on due_on",
            (
                (key, parties.company, today, start or today)
                for key, start, count in zip(keys, starts, posts, strict=True)
                for _ in range(count)
            ),
        )
        self.copy(
            "requirement", "revision_id competency_id company_id level is_must weight evidence_asked", self._asked()
        )
        self.copy(
            "gate",
            "revision_id kind company_id operand",
            (
                (key, kind.value, parties.company, json.dumps(operand))
                for place, key in enumerate(keys)
                for kind, operand in self._gates(place)
            ),
        )

    def _asked(self) -> Iterator[Sequence[Any]]:
        openings, asked = self.drawn.openings, self.drawn.openings.requirements
        owners = openings.opening_id[asked.owners].tolist()
        columns = (asked.competency, asked.level, asked.is_must, asked.weight, asked.evidence)
        for key, competency, level, is_must, weight, evidence in zip(
            owners, *(column.tolist() for column in columns), strict=True
        ):
            yield key, competency, self.parties.company, level, is_must, weight, EVIDENCES[evidence]

    def _gates(self, place: int) -> Iterator[tuple[GateKind, dict[str, Any]]]:
        """Yield the gates that an opening sets."""
        openings, book = self.drawn.openings, self.book

        def codes(kind: GateKind, column: str) -> list[str]:
            sets = getattr(openings, column)
            return [book.code(kind, number) for number in sets.codes[sets.span(place)].tolist()]

        for province in codes(GateKind.MOBILITY, "provinces"):
            yield GateKind.MOBILITY, {"province": province}
        for contract in codes(GateKind.CONTRACT, "contracts"):
            yield GateKind.CONTRACT, {"contract": contract}
        for kind, column, name in (
            (GateKind.LICENCE, "licences", "licences"),
            (GateKind.SHIFT, "shifts", "shifts"),
        ):
            if listed := codes(kind, column):
                yield kind, {name: listed}
        yield from self._limits(place)

    def _limits(self, place: int) -> Iterator[tuple[GateKind, dict[str, Any]]]:
        """Yield the gates of an opening that ask for so much, or for a day."""
        openings = self.drawn.openings
        if (rank := int(openings.education_rank[place])) != NO_VALUE:
            yield GateKind.EDUCATION, {"rank": rank}
        if (months := int(openings.experience_months[place])) != NO_VALUE:
            yield GateKind.EXPERIENCE, {"months": months}
        spoken, span = openings.languages, openings.languages.span(place)
        levels = {
            self.book.code(GateKind.LANGUAGE, code): CEFR[level - 1]
            for code, level in zip(spoken.codes[span].tolist(), spoken.level[span].tolist(), strict=True)
        }
        if levels:
            yield GateKind.LANGUAGE, {"languages": levels}
        for kind, column in ((GateKind.AVAILABILITY, "available_by_day"), (GateKind.ADULTHOOD, "adult_by_day")):
            if (day := _day(int(getattr(openings, column)[place]))) is not None:
                yield kind, {"start_on": day.isoformat()}

    def load_cohorts(self) -> None:
        """Write published cohorts, each with a programme of its own."""
        parties, cohorts, today = self.parties, self.drawn.cohorts, self.today
        keys = cohorts.cohort_id.tolist()
        self.copy(
            "programme",
            "id centre_id title_fr entry_rank",
            ((k, parties.centre, f"Filière {k}", r) for k, r in zip(keys, cohorts.entry_rank.tolist(), strict=True)),
        )
        owners = cohorts.cohort_id[cohorts.teaches.owners].tolist()
        levels = zip(owners, cohorts.teaches.codes.tolist(), cohorts.teaches.level.tolist(), strict=True)
        self.copy(
            "programme_outcome",
            "programme_id competency_id centre_id level",
            ((key, competency, parties.centre, level) for key, competency, level in levels),
        )
        columns = (cohorts.province, cohorts.expected_end_day, cohorts.enrolment_until_day, cohorts.free_seats)
        self.copy(
            "cohort",
            "id reference centre_id programme_id province_code starts_on expected_end_on enrolment_until seats taken"
            " state published_at",
            (
                (key, f"PR-B-{key}", parties.centre, key, self.book.code(GateKind.MOBILITY, province), *days, *state)
                for key, province, end, until, seats in zip(keys, *(c.tolist() for c in columns), strict=True)
                for days in [(today, _day(end), _day(min(until, end)) or today)]
                for state in [(max(seats, 1), 0 if seats else 1, "published", self.now)]
            ),
        )

    def load_people(self) -> None:
        """Write files, consents and packed profiles; competencies of the first ones only."""
        parties, seekers = self.parties, self.drawn.seekers
        keys, registered = seekers.seeker_id.tolist(), seekers.registered_day.tolist()
        self.copy(
            "seeker",
            "id agency_id unit_id pseudonym state registered_on refreshed_on province_code nationality",
            (
                (
                    key,
                    parties.agency,
                    parties.unit,
                    f"B{key:09d}",
                    "active",
                    _day(day),
                    self.today,
                    PROVINCE,
                    "moroccan",
                )
                for key, day in zip(keys, registered, strict=True)
            ),
        )
        self.link.execute(
            "INSERT INTO consent (seeker_id, agency_id, kind, text_version, language, channel, given_at)"
            " SELECT id, agency_id, 'matching', 'bench', 'fr', 'counter', now() FROM seeker"
        )
        version = self.link.execute("SELECT version, 1 FROM match_reference").fetchone() or ()
        self.copy(
            "match_profile",
            "seeker_id agency_id is_open facts held skills digest packed_on over_on reference_version changed_in",
            (
                (
                    key,
                    parties.agency,
                    True,
                    *strings,
                    _digest(*strings),
                    self.today,
                    over,
                    *version,
                )
                for key, strings, over in zip(keys, self._packed(), self._over(), strict=True)
            ),
        )
        self.copy(
            "held_competency",
            "seeker_id competency_id agency_id level evidence valid_until source recorded_at",
            self._held(),
        )

    def _over(self) -> Iterator[date | None]:
        """Yield the first day on which a proof of each person has run out."""
        held, today = self.drawn.seekers.held, day_number(self.today)
        counts = (held.evidence > Evidence.DECLARED.rank) & (held.valid_until_day >= today)
        last = np.full(len(held), np.iinfo(np.int64).max)
        np.minimum.at(last, held.owners[counts], held.valid_until_day[counts].astype(np.int64) + 1)
        for day in last.tolist():
            yield None if day == np.iinfo(np.int64).max else EPOCH + timedelta(days=day)

    def _held(self) -> Iterator[Sequence[Any]]:
        some: SeekerColumns = self.drawn.seekers.take(range(min(WITH_FILES, len(self.drawn.seekers))))
        held = some.held
        columns = (some.seeker_id[held.owners], held.competency, held.level, held.evidence, held.valid_until_day)
        for key, competency, level, evidence, until in zip(*(c.tolist() for c in columns), strict=True):
            yield (key, competency, self.parties.agency, level, EVIDENCES[evidence], _day(until), "bench", self.now)

    def _packed(self) -> Iterator[tuple[bytes, bytes, bytes]]:
        """Yield facts, held and skills of each person, as ``pack_profiles`` writes them."""
        seekers = self.drawn.seekers
        numbers = _records(
            ("i4", seekers.registered_day),
            ("i2", seekers.education_rank),
            ("i2", seekers.experience_months),
            ("i4", seekers.available_day),
            ("i4", seekers.adult_day),
        )
        spoken = seekers.languages
        sets = [_lists(getattr(seekers, name), getattr(seekers, name).codes) for name in SETS]
        sets.append(_lists(spoken, spoken.codes * LANGUAGE_STEP + spoken.level))
        held = seekers.held
        ways = held.evidence.astype(np.int64) * 4 + held.level - 1
        recorded = _records(("i4", held.competency), ("i2", ways), ("i4", held.valid_until_day))
        meant = written_out(seekers, self.drawn.relations, day_number(self.today))
        skills = _records(("i4", meant.competencies[meant.competency]), ("i2", meant.code))
        held_start, skills_start = held.start.tolist(), meant.start.tolist()
        for row in range(len(seekers)):
            facts = b"".join(chain((numbers[16 * row : 16 * row + 16],), (one(row) for one in sets)))
            yield (
                facts,
                recorded[10 * held_start[row] : 10 * held_start[row + 1]],
                skills[6 * skills_start[row] : 6 * skills_start[row + 1]],
            )


def _digest(facts: bytes, held: bytes, skills: bytes) -> bytes:
    """Return the digest that ``pack_profiles`` gives the same row: packed again, it does not change."""
    sized = (len(part).to_bytes(4, "big") + part for part in (facts, held))
    return hashlib.sha256(b"".join((*sized, skills))).digest()


def _records(*columns: tuple[str, Any]) -> bytes:
    """Return columns as records with the highest byte first."""
    kinds = [(str(place), f">{kind}") for place, (kind, _) in enumerate(columns)]
    found = np.empty(len(columns[0][1]), kinds)
    for place, (_, values) in enumerate(columns):
        found[str(place)] = values
    return found.tobytes()


def _lists(sets: Columns, codes: Any) -> Callable[[int], bytes]:
    """Return what gives a person's list in bytes."""
    start = sets.start  # type: ignore[attr-defined]  # every list has limits
    many = np.diff(start)
    counts = np.where(sets.known, many, -1 - many).astype(">i2").tobytes()  # type: ignore[attr-defined]
    items, limits = codes.astype(">i4").tobytes(), start.tolist()
    return lambda row: counts[2 * row : 2 * row + 2] + items[4 * limits[row] : 4 * limits[row + 1]]
