"""Every column of the schema is judged, and every row that leads to a person has its fate."""

from __future__ import annotations

from skills_bridge.domain.personal_data import HISTORIES, PERSONS, SCHEMA, Fate
from skills_bridge.models import Base
from skills_bridge.reporting.access_words import COLUMNS, TABLES

REACHES = {
    ("consent", "seeker"): Fate.KEPT,
    ("enrolment", "seeker"): Fate.KEPT,
    ("held_competency", "seeker"): Fate.DELETED,
    ("placement", "seeker"): Fate.KEPT,
    ("match_profile", "seeker"): Fate.KEPT,
    ("proposal", "seeker"): Fate.EMPTIED,
    ("referral", "seeker"): Fate.EMPTIED,
    ("reservation", "seeker"): Fate.KEPT,
    ("reservation", "proposal"): Fate.KEPT,
    ("reservation", "post"): Fate.KEPT,
    ("reservation", "enrolment"): Fate.KEPT,
    ("retention_notice", "seeker"): Fate.KEPT,
    ("rights_request", "seeker"): Fate.EMPTIED,
    ("seeker_equity", "seeker"): Fate.DELETED,
    ("seeker_experience", "seeker"): Fate.DELETED,
    ("seeker_identity", "seeker"): Fate.DELETED,
    ("seeker_language", "seeker"): Fate.DELETED,
    ("placement", "referral"): Fate.KEPT,
    ("placement", "post"): Fate.KEPT,
    ("post", "placement"): None,
    ("access_file", "rights_request"): None,
    ("personal_link", "seeker"): Fate.KEPT,
    ("link_form_use", "personal_link"): Fate.DELETED,
    ("link_form_use", "seeker"): Fate.DELETED,
    ("web_session", "personal_link"): None,
    ("reveal", "web_session"): Fate.KEPT,
}
"""The graph of what hangs on a person: (table, the table it points at) → what happens to its rows."""


def reached() -> set[tuple[str, str]]:
    """Return every foreign key that leads, directly or by others, to a person."""
    found: set[tuple[str, str]] = set()
    wanted = {"seeker"}
    while True:
        keys = {
            (table.name, key.column.table.name)
            for table in Base.metadata.tables.values()
            for key in table.foreign_keys
            if key.column.table.name in wanted
        }
        if keys == found:
            return found
        found = keys
        wanted |= {table for table, _ in keys}


def test_each_column_of_the_schema_is_judged_once() -> None:
    """A new column: say in ``domain/personal_data/`` what it is, and what happens to it when a file is forgotten."""
    schema = {name: {column.name for column in table.columns} for name, table in Base.metadata.tables.items()}
    judged = {name: set(columns.all) for name, columns in SCHEMA.items()}

    assert judged == schema
    for columns in SCHEMA.values():
        names = f"{columns.told} {columns.technical} {columns.other_party} {columns.nothing}".split()
        assert len(names) == len(set(names))


def test_each_column_that_could_lead_to_a_person_is_known() -> None:
    leading = {name for name, table in Base.metadata.tables.items() if "seeker_id" in table.columns}

    assert leading | {"seeker", "state_change"} == set(PERSONS)
    assert all(columns.fate is not None for columns in PERSONS.values())
    assert set(HISTORIES.values()) <= set(PERSONS)


def test_the_graph_of_relations_is_the_one_that_was_judged() -> None:
    """A new key: add it here with its fate, and see that ``forget_person`` follows it."""
    assert reached() == set(REACHES)
    assert {table: fate for (table, _), fate in REACHES.items() if table in PERSONS} == {
        table: PERSONS[table].fate for table, _ in REACHES if table in PERSONS
    }


def test_what_is_emptied_belongs_to_its_table_and_holds_a_fate() -> None:
    for name, columns in SCHEMA.items():
        emptied = set(columns.emptied.split())
        assert emptied <= columns.all, name
        assert bool(emptied) == (columns.fate is Fate.EMPTIED), name


def test_words_of_the_access_file_name_every_table_and_column_told() -> None:
    told = {name: columns.told.split() for name, columns in PERSONS.items() if columns.told}

    assert set(told) == set(TABLES)
    assert {column for columns in told.values() for column in columns} == set(COLUMNS)
