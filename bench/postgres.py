"""The same question put to PostgreSQL: a join of what is asked with what is held, and a sum per person.

The database is the product's own (the wheel's PostgreSQL), with its defaults, on a smaller country; the time of an
opening is multiplied to the full size, as if it grew with the people alone, which favours it. A covering index holds
what each person brings per competency and level; the gates are the words of our signatures as ``bigint``.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

import numpy as np
import psycopg

from bench.peers import LISTED, Question, by_scipy, question_of
from bench.population import drawn_population
from skills_bridge.adapters import processes, servers
from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.policy import Policy
from skills_bridge.engine.score import order_keys

PEOPLE: Final = 100_000
OPENINGS: Final = 12
FULL_PEOPLE: Final = 1_000_000
FULL_OPENINGS: Final = 10_000

HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL: Final = b"\xff\xff"

QUERY: Final = """
    select seeker, points, is_sure from (
        select held.seeker, sum(held.credit * asked.weight) as points, {sure} as is_sure,
               row_number() over (
                   partition by {sure} order by sum(held.credit * asked.weight) desc, person.day, held.seeker
               ) as place
        from asked join held on held.line = asked.line join person on person.seeker = held.seeker
        where asked.opening = {opening} and {maybe}
        group by held.seeker, person.seeker
    ) as best where place <= {listed}
"""


def by_postgres(policy: Policy) -> dict[str, Any]:
    """Return what PostgreSQL takes for an opening, what that makes for a country, and how often it differs."""
    asked = question_of(drawn_population(PEOPLE, OPENINGS, musts=False), policy)
    expected = by_scipy(asked, OPENINGS)
    times, wrong = [], 0
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(_Server(Path(folder))) as server,
        psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection,
    ):
        _fill(connection, asked)
        for row, lists in enumerate(expected):
            query = _query(asked, row)
            began = perf_counter()
            found = connection.execute(query).fetchall()
            times.append(perf_counter() - began)
            wrong += not _agrees(asked, found, lists)
    one = median(times)
    whole = one * FULL_OPENINGS * FULL_PEOPLE / PEOPLE
    return {
        f"postgres, {PEOPLE:,} people, ms an opening": round(1e3 * one, 1),
        "postgres, whole run, s, extrapolated": round(whole),
        "postgres, lists that differ": wrong,
    }


class _Server:
    """A database of its own, which ends with the measurement."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self._folder = folder
        self.url = servers.EmbeddedPostgres(folder, "bench", processes.Programs(folder), throwaway=True).start()

    def close(self) -> None:
        """End it."""
        processes.end_recorded(self._folder)


def _fill(connection: psycopg.Connection[Any], asked: Question) -> None:
    credits_, weights = asked.credits.tocoo(), asked.weights.tocoo()
    words = range(asked.maybe.shape[1])
    columns = ", ".join(f"maybe{word} bigint, sure{word} bigint" for word in words)
    connection.execute("create table held (line int, seeker int, credit int)")
    connection.execute("create table asked (opening int, line int, weight int)")
    connection.execute(f"create table person (seeker int, day int, {columns})")
    people = np.arange(len(asked.ids))
    signatures = [part[:, word].view(np.int64) for word in words for part in (asked.maybe, asked.sure)]
    _copy(connection, "held", [credits_.row, credits_.col, credits_.data.astype(np.int32)])
    _copy(connection, "asked", [weights.row, weights.col, weights.data.astype(np.int32)])
    _copy(connection, "person", [people.astype(np.int32), asked.registered.astype(np.int32), *signatures])
    connection.execute("alter table person add primary key (seeker)")
    connection.execute("create index on held (line) include (seeker, credit)")
    connection.execute("vacuum analyze")


def _copy(connection: psycopg.Connection[Any], table: str, columns: list[Any]) -> None:
    """Copy whole columns in PostgreSQL's binary form."""
    types: list[tuple[str, str]] = [("fields", ">i2")]
    for place, column in enumerate(columns):
        types += [(f"size{place}", ">i4"), (f"value{place}", f">i{column.dtype.itemsize}")]
    rows = np.zeros(len(columns[0]), types)
    rows["fields"] = len(columns)
    for place, column in enumerate(columns):
        rows[f"size{place}"], rows[f"value{place}"] = column.dtype.itemsize, column
    with connection.cursor() as cursor, cursor.copy(f"copy {table} from stdin (format binary)") as copy:
        copy.write(HEAD + rows.tobytes() + TAIL)


def _query(asked: Question, row: int) -> str:
    maybe, sure = (_gates(asked, row, name) for name in ("maybe", "sure"))
    return QUERY.format(opening=row, maybe=maybe, sure=f"({sure})", listed=LISTED)


def _gates(asked: Question, row: int, name: str) -> str:
    """Return the gates as arithmetic on the words of a signature; whole numbers of ours only."""
    first, found = asked.layout.field_words, ["true"]
    for word, bits in enumerate(asked.needs.all_of[row].view(np.int64).tolist()):
        if bits:
            found.append(f"person.{name}{first + word} & {bits} = {bits}")
    guards = asked.layout.guards.tolist()
    for word, (least, guard) in enumerate(zip(asked.needs.fields[row].tolist(), guards, strict=True)):
        if least:
            found.append(f"((person.{name}{word} | {guard}) - {least}) & {guard} = {guard}")
    return " and ".join(found)


def _agrees(asked: Question, found: list[tuple[int, int, bool]], lists: tuple[Int64s, Int64s]) -> bool:
    """Say whether both lists are those of scipy."""
    people, points = np.array([row[:2] for row in found], np.int64).reshape(-1, 2).T
    keys = order_keys(points, asked.registered[people], asked.ids[people])
    is_sure = np.array([row[2] for row in found], np.bool_)
    return all(
        np.array_equal(np.sort(keys[kind])[::-1], theirs)
        for kind, theirs in zip((is_sure, ~is_sure), lists, strict=True)
    )
