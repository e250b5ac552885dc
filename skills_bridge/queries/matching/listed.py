"""The accounts of listed people, told from what their rows keep and from the terms of their run."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from sqlalchemy import ColumnElement, text
from sqlalchemy.orm import Session

from skills_bridge.domain.framework import LEVELS
from skills_bridge.domain.matching import GateKind, Question, ResultClass
from skills_bridge.engine.arrays import CodeSets, LevelSets, starts_of
from skills_bridge.engine.columns import Held, HeldLists, SeekerColumns
from skills_bridge.engine.explain import traces
from skills_bridge.engine.kept_input import RunInput, keep_input, read_input
from skills_bridge.engine.national.packed import LANGUAGE_STEP, SETS
from skills_bridge.engine.pool import build_pool
from skills_bridge.engine.results import GATE_KINDS
from skills_bridge.models import MatchResult
from skills_bridge.queries.matching.accounts import Account, from_stored, to_stored
from skills_bridge.queries.matching.codes import Codebook

HEAD: Final = struct.Struct(">I")
NUMBERS: Final = struct.Struct(">ihhii")
COUNT: Final = struct.Struct(">h")
HOLDING: Final = struct.Struct(">ihi")
TERMS: Final = text(
    "SELECT w.run, w.opening, t.content FROM unnest(CAST(:runs AS bigint[]), CAST(:openings AS bigint[]))"
    " AS w (run, opening) CROSS JOIN LATERAL (SELECT content FROM match_terms WHERE run_id = w.run"
    " AND first_opening_id <= w.opening ORDER BY first_opening_id DESC LIMIT 1) AS t"
)
Codes = list[int]


@dataclass(frozen=True)
class Kept:
    """A row whose account is wanted: of which run, for which opening, and the person whom it keeps."""

    run_id: int
    opening_id: int
    seeker_id: int
    person: bytes


def keep_terms(inputs: RunInput, book: Codebook) -> bytes:
    """Return the terms of a run over some openings, with the words for its codes; the input holds no people."""
    words = json.dumps({kind.value: codes for kind, codes in book.codes.items()}).encode()
    return HEAD.pack(len(words)) + words + keep_input(inputs)


def get_accounts(session: Session, rows: Sequence[Kept]) -> list[Account]:
    """Return the accounts of rows, in their order; one statement, and the engine that made the lists."""
    found: dict[tuple[int, int], list[int]] = {}
    for place, row in enumerate(rows):
        found.setdefault((row.run_id, row.opening_id), []).append(place)
    terms = _terms(session, found)
    accounts: dict[int, Account] = {}
    for key, places in found.items():
        inputs, book = terms[key]
        people = _seekers([rows[place] for place in places])
        opening = inputs.openings.opening_id.tolist().index(key[1])
        pool = build_pool(people, inputs.pool.relations, as_of=inputs.pool.as_of)
        told = traces(
            pool, inputs.openings, inputs.cohorts, inputs.policies, people=range(len(places)), opening=opening
        )
        accounts |= {place: from_stored(to_stored(one, book)) for place, one in zip(places, told, strict=True)}
    return [accounts[place] for place in range(len(rows))]


def asks(question: str) -> ColumnElement[bool]:
    """Return the test that a row leaves a question open.

    :raises ValueError: there is no such question.
    """
    wanted = Question(question)
    if wanted is Question.ASSESS:
        return (MatchResult.unproven != 0) & (MatchResult.result_class != ResultClass.NOT_ENOUGH)
    if wanted is Question.INTERVIEW:
        return MatchResult.result_class == ResultClass.NOT_ENOUGH
    bit = 1 << GATE_KINDS.index(GateKind[wanted.name])
    return MatchResult.unknown_gates.op("&")(bit) != 0


def _terms(session: Session, keys: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], tuple[RunInput, Codebook]]:
    """Return the terms that hold each pair of run and opening."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    runs, openings = zip(*wanted, strict=True)
    kept: dict[bytes, tuple[RunInput, Codebook]] = {}
    result = {}
    for run, opening, content in session.execute(TERMS, {"runs": list(runs), "openings": list(openings)}):
        if content not in kept:
            kept[content] = _read_terms(content)
        result[run, opening] = kept[content]
    return result


def _read_terms(content: bytes) -> tuple[RunInput, Codebook]:
    (size,) = HEAD.unpack_from(content)
    words: dict[str, list[str]] = json.loads(content[HEAD.size : HEAD.size + size])
    book = Codebook({GateKind(kind): tuple(codes) for kind, codes in words.items()})
    return read_input(content[HEAD.size + size :]), book


def _seekers(rows: Sequence[Kept]) -> SeekerColumns:
    """Return the people whom rows keep."""
    facts = [_facts(row.person) for row in rows]
    numbers = np.array([one[0] for one in facts], np.int64).reshape(-1, 5).T
    sets: dict[str, CodeSets] = {}
    for place, name in enumerate(SETS):
        codes = [one[1][place][0] for one in facts]
        known = np.array([one[1][place][1] for one in facts], np.bool_)
        sets[name] = CodeSets(starts_of(codes), np.array([c for row in codes for c in row], np.int64), known)
    spoken = [one[1][len(SETS)] for one in facts]
    items = np.array([code for codes, _ in spoken for code in codes], np.int64)
    languages = LevelSets(
        starts_of([codes for codes, _ in spoken]),
        items // LANGUAGE_STEP,
        items % LANGUAGE_STEP,
        np.array([known for _, known in spoken], np.bool_),
    )
    registered, education, months, available, adult = numbers
    return SeekerColumns(
        seeker_id=np.array([row.seeker_id for row in rows], np.int64),
        registered_day=registered,
        education_rank=education,
        experience_months=months,
        available_day=available,
        adult_day=adult,
        provinces=sets["provinces"],
        fields=sets["fields"],
        profiles=sets["profiles"],
        licences=sets["licences"],
        contracts=sets["contracts"],
        shifts=sets["shifts"],
        languages=languages,
        held=HeldLists.of([one[2] for one in facts]),
    )


def _facts(person: bytes) -> tuple[tuple[int, ...], list[tuple[Codes, bool]], list[Held]]:
    """Return a kept person's numbers, sets with languages last, and competencies (``national.packed``)."""
    (size,) = COUNT.unpack_from(person)
    at = COUNT.size
    numbers = NUMBERS.unpack_from(person, at)
    at += NUMBERS.size
    sets = []
    for _ in range(len(SETS) + 1):
        (told,) = COUNT.unpack_from(person, at)
        many = told if told >= 0 else -1 - told
        codes = list(struct.unpack_from(f">{many}i", person, at + COUNT.size))
        sets.append((codes, told >= 0))
        at += COUNT.size + 4 * many
    held = [
        Held(competency, way % len(LEVELS) + 1, way // len(LEVELS), until)
        for competency, way, until in HOLDING.iter_unpack(person[COUNT.size + size :])
    ]
    return numbers, sets, held
