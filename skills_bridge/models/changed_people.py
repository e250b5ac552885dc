"""Whose profile a session changed: noticed in what is written, so that no act can forget to say it.

Rows that the session holds tell whose they are; so do statements that name their people. A statement that does not is
refused: its author says whom it touches with ``note_people`` before it runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import BindParameter, Delete, Insert, TextClause, Update, event
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BinaryExpression

from skills_bridge.models.framework import (
    CompetencyRelation,
    ContractKind,
    DiplomaField,
    EducationLevel,
    Language,
    Licence,
    Province,
    Shift,
)
from skills_bridge.models.placements import Placement
from skills_bridge.models.seekers import Consent, HeldCompetency, Seeker, SeekerLanguage

SCOPE_KEY: Final = "skills_bridge.scope"
"""Set by the unit of work; a session without a scope is not the product's, and packs nothing."""
PEOPLE_KEY: Final = "skills_bridge.changed_people"
NOTED_KEY: Final = "skills_bridge.noted_tables"
LISTS_KEY: Final = "skills_bridge.changed_lists"

OWNERS: Final[Mapping[str, str]] = {
    Seeker.__tablename__: "id",
    **{model.__tablename__: "seeker_id" for model in (SeekerLanguage, HeldCompetency, Consent, Placement)},
}
"""The tables that a packed profile is made of, each with its column that names the person."""

LISTS: Final = frozenset(
    model.__tablename__
    for model in (
        Province,
        DiplomaField,
        Language,
        Licence,
        ContractKind,
        Shift,
        EducationLevel,
        CompetencyRelation,
    )
)
"""The lists that give codes their numbers, and competencies what they count for."""

WRITES: Final = re.compile(rf"\b(?:insert\s+into|update|delete\s+from)\s+(?:{'|'.join(OWNERS)})\b", re.IGNORECASE)


class UnknownPeople(RuntimeError):
    """A statement changes profiles without saying whose; a fault of the program, never of its user."""


def changed_people(session: Session) -> set[int]:
    """Return whose profile this session changed and has not packed yet."""
    people: set[int] = session.info.setdefault(PEOPLE_KEY, set())
    return people


def note_people(session: Session, people: Iterable[int], *, table: str) -> None:
    """Say whose profile the next statements on a table change, where they do not name them."""
    changed_people(session).update(people)
    session.info.setdefault(NOTED_KEY, set()).add(table)


def lists_changed(session: Session) -> bool:
    """Whether this session wrote into a list that packed profiles depend on."""
    return bool(session.info.get(LISTS_KEY))


def forget_changes(session: Session) -> None:
    """Forget what was noted: it is packed, or was rolled back."""
    for key in (PEOPLE_KEY, NOTED_KEY, LISTS_KEY):
        session.info.pop(key, None)


@event.listens_for(Session, "after_flush")
def note_rows(session: Session, _: UOWTransaction) -> None:
    """Note the people of the rows that are being written."""
    if SCOPE_KEY not in session.info:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        table = getattr(row, "__tablename__", "")
        if table in OWNERS:
            changed_people(session).add(getattr(row, OWNERS[table]))
        if table in LISTS:
            session.info[LISTS_KEY] = True


@event.listens_for(Session, "do_orm_execute")
def note_statement(state: ORMExecuteState) -> None:
    """Note the people whom a statement names.

    :raises UnknownPeople: it changes profiles and names nobody.
    """
    statement = state.statement
    if SCOPE_KEY not in state.session.info:
        return
    if isinstance(statement, TextClause):
        if WRITES.search(statement.text):
            raise UnknownPeople(statement.text)
        return
    if not isinstance(statement, Insert | Update | Delete):
        return
    table = str(getattr(statement.table, "name", ""))
    if table in LISTS:
        state.session.info[LISTS_KEY] = True
    if table not in OWNERS or table in state.session.info.get(NOTED_KEY, ()):
        return
    if table == Seeker.__tablename__ and isinstance(statement, Insert):
        return  # a file without any consent yet: nobody may look for the person
    people = set(_named(statement, OWNERS[table], state.parameters))
    if not people:
        raise UnknownPeople(table)
    changed_people(state.session).update(people)


def _named(statement: Insert | Update | Delete, column: str, parameters: Any) -> Iterator[int]:
    """Yield the people in the rows handed in, in the values, and in the conditions."""
    rows = [parameters] if isinstance(parameters, Mapping) else parameters or ()
    yield from (int(row[column]) for row in rows if column in row)
    if isinstance(statement, Insert):
        for name, value in (statement._values or {}).items():  # noqa: SLF001  # the statement tells it nowhere else
            if getattr(name, "name", name) == column:
                yield from _values(value)
        return
    if statement.whereclause is not None:
        for part in visitors.iterate(statement.whereclause):
            if isinstance(part, BinaryExpression) and getattr(part.left, "name", None) == column:
                yield from _values(part.right)


def _values(part: Any) -> Iterator[int]:
    """Yield the whole numbers of a bound value, or of several."""
    if isinstance(part, BindParameter):
        found: Any = part.effective_value
        yield from (int(one) for one in (found if isinstance(found, list | tuple) else [found]))
