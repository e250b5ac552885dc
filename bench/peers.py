"""The same question put to general libraries: who passes the gates, and who of them has the most points.

The question is one that all can answer: openings without musts, the first fifty of both classes, *ready* (every gate
passes) and *to confirm* (some gate is unknown). scipy multiplies the matrices, filters the pairs by the words of our
signatures, and cuts; its lists are compared with ours, key by key. sparse_dot_topn takes each gate as a column so heavy
that only who passes comes first; it knows one class and breaks ties as they fall, so it answers less. One-byte codes,
credits and signatures are ours, and are made before a peer's clock starts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
from scipy import sparse
from sparse_dot_topn import sp_matmul_topn

from bench.population import TODAY, Population
from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.national.holdings import written_out
from skills_bridge.engine.national.layout import GateLayout, Words, layout_of_held
from skills_bridge.engine.national.signatures import Needs, needs_of, signatures_of
from skills_bridge.engine.policy import Policy, tables_of
from skills_bridge.engine.score import order_keys

LISTED: Final = 50
LEVELS: Final = 4
HEAVY: Final = 30_000.0
"""Worth of a passed gate as a column: more than the 20,000 points of a perfect person; sums stay exact in float32."""


class Question(NamedTuple):
    """A matrix of credits (competency and level, people), one of weights (openings, the same), and the gates."""

    credits: Any
    weights: Any
    sure: Words
    maybe: Words
    needs: Needs
    layout: GateLayout
    registered: Int64s
    ids: Int64s


def question_of(population: Population, policy: Policy) -> Question:
    """Prepare the matrices: only competencies that somebody asks."""
    seekers, openings = population.seekers, population.openings
    asked = openings.requirements
    listed = np.unique(asked.competency)
    holdings = written_out(seekers, population.relations, TODAY)
    codes = holdings.competencies[holdings.competency]
    people = np.repeat(np.arange(len(seekers)), np.diff(holdings.start))
    wanted = np.isin(codes, listed)
    place, people, code = np.searchsorted(listed, codes[wanted]), people[wanted], holdings.code[wanted]
    first = np.flatnonzero(np.diff(people * len(listed) + place, prepend=-1))
    credit = tables_of(policy).credit.astype(np.float32)
    rows = [np.maximum.reduceat(credit[level][code], first) for level in range(LEVELS)]
    column = np.concatenate([LEVELS * place[first] + level for level in range(LEVELS)])
    shape = LEVELS * len(listed), len(seekers)
    credits_ = sparse.csr_matrix((np.concatenate(rows), (column, np.tile(people[first], LEVELS))), shape=shape)
    credits_.eliminate_zeros()
    wants = LEVELS * np.searchsorted(listed, asked.competency) + asked.level - 1
    weights = sparse.csr_matrix((asked.weight.astype(np.float32), wants, asked.start), shape=(len(openings), shape[0]))
    layout = layout_of_held(seekers)
    sure, maybe = signatures_of(seekers, layout)
    needs = needs_of(openings, layout)
    return Question(credits_, weights, sure, maybe, needs, layout, seekers.registered_day, seekers.seeker_id)


def by_scipy(asked: Question, openings: int) -> list[tuple[Int64s, Int64s]]:
    """Return the order keys of the first fifty ready and to confirm: product, signature filter, partition."""
    product = (asked.weights[:openings] @ asked.credits).tocsr()
    found = []
    for row in range(openings):
        span = slice(product.indptr[row], product.indptr[row + 1])
        people, points = product.indices[span], product.data[span]
        passed = _admitted(asked, asked.maybe, people, row)
        people, points = people[passed], points[passed]
        sure = _admitted(asked, asked.sure, people, row)
        found.append((_best(asked, people[sure], points[sure]), _best(asked, people[~sure], points[~sure])))
    return found


def _admitted(asked: Question, signatures: Words, people: Int64s, row: int) -> Any:
    """Say who passes the gates: one word at a time, of those still in."""
    first = asked.layout.field_words
    left = np.arange(len(people))
    for word, bits in enumerate(asked.needs.all_of[row]):
        if bits:
            left = left[(signatures[people[left], first + word] & bits) == bits]
    for word, (least, guard) in enumerate(zip(asked.needs.fields[row], asked.layout.guards, strict=True)):
        if least:
            left = left[(((signatures[people[left], word] | guard) - least) & guard) == guard]
    passed = np.zeros(len(people), np.bool_)
    passed[left] = True
    return passed


def _best(asked: Question, people: Int64s, points: Any) -> Int64s:
    if len(people) > LISTED:
        last = np.partition(points, len(points) - LISTED)[len(points) - LISTED]
        people, points = people[points >= last], points[points >= last]
    keys = order_keys(points.astype(np.int64), asked.registered[people], asked.ids[people])
    return np.sort(keys)[::-1][:LISTED]


def sparse_dot_topn_of(asked: Question, openings: int) -> Callable[[int], Any]:
    """Return the run of sparse_dot_topn, by number of threads, for the first openings; gates are heavy columns."""
    columns: dict[tuple[int, int], int] = {}
    rows: list[Any] = []
    owners, wanted = [], []
    for row in range(openings):
        for gate, passes in _gates(asked, row):
            if gate not in columns:
                columns[gate] = len(rows)
                rows.append(sparse.csr_matrix(passes().astype(np.float32)))
            owners.append(row)
            wanted.append(columns[gate])
    heavy = np.full(len(owners), HEAVY, np.float32)
    gates = sparse.csr_matrix((heavy, (owners, wanted)), shape=(openings, len(rows)))
    left = sparse.hstack([asked.weights[:openings], gates]).tocsr()
    right = sparse.vstack([asked.credits, *rows]).tocsr()
    return lambda threads: sp_matmul_topn(left, right, top_n=LISTED, sort=True, n_threads=threads)


def _gates(asked: Question, row: int) -> list[tuple[tuple[int, int], Callable[[], Any]]]:
    """Return each gate that an opening sets: what it is, and who passes it."""
    first, found = asked.layout.field_words, []
    for word, bits in enumerate(asked.needs.all_of[row].tolist()):
        found += [
            ((first + word, place), _holding(asked.maybe[:, first + word], 1 << place))
            for place in range(64)
            if bits >> place & 1
        ]
    for field in asked.layout.fields:
        least = int(asked.needs.fields[row, field.word]) >> field.shift & field.most
        if least:
            values = asked.maybe[:, field.word] >> np.uint64(field.shift) & np.uint64(field.most)
            found.append(((-1 - asked.layout.fields.index(field), least), _reaching(values, least)))
    return found


def _holding(words: Words, bit: int) -> Callable[[], Any]:
    return lambda: (words & np.uint64(bit)) != 0


def _reaching(values: Words, least: int) -> Callable[[], Any]:
    return lambda: values >= least
