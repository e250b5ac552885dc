"""Search, order and paging by the database."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from sqlalchemy import Integer, Row, Text, column, create_engine, event, select, values
from sqlalchemy.orm import Session

from skills_bridge.domain.settings import DatabaseUrls
from skills_bridge.queries.listing import ListRequest, Page, fetch_page

TOWN: Final = values(column("id", Integer), column("name", Text), column("posts", Integer), name="town").data(
    [
        (1, "Kénitra", 20),
        (2, "Tanger-Assilah", 5),
        (3, "Fahs-Anjra, 100 %", 5),
        (4, "Salé", None),
        (5, "القنيطرة", 7),
    ]
)


@pytest.fixture
def session(database: DatabaseUrls) -> Iterator[Session]:
    engine = create_engine(database.web)
    with Session(engine) as session:
        yield session
    engine.dispose()


def name_of(row: Row[Any]) -> str:
    return str(row.name)


def ask(session: Session, request: ListRequest) -> Page[str]:
    return fetch_page(
        session,
        select(TOWN),
        request,
        sorts={"posts": TOWN.c.posts},
        tie_break=TOWN.c.id,
        searched=(TOWN.c.name,),
        build=name_of,
    )


class TestFetchPage:
    def test_breaks_ties_by_the_key_and_puts_the_unknown_last(self, session: Session) -> None:
        ascending = ask(session, ListRequest(sort="posts"))
        descending = ask(session, ListRequest(sort="posts", descending=True))

        assert [name[:3] for name in ascending.items] == ["Tan", "Fah", "الق", "Kén", "Sal"]
        assert [name[:3] for name in descending.items] == ["Kén", "الق", "Fah", "Tan", "Sal"]

    def test_finds_words_whatever_case_accents_and_order(self, session: Session) -> None:
        assert ask(session, ListRequest("KENITRA")).items == ("Kénitra",)
        assert ask(session, ListRequest("assi tanger")).items == ("Tanger-Assilah",)
        assert ask(session, ListRequest("القنيطرة")).items == ("القنيطرة",)

    @pytest.mark.parametrize(("search", "found"), [("%", 1), ("_", 0), ("\\", 0), ("％", 1), ("'; --", 0)])
    def test_takes_wildcards_for_plain_signs(self, session: Session, search: str, found: int) -> None:
        assert ask(session, ListRequest(search)).total == found

    def test_shows_the_last_page_instead_of_one_beyond_it(self, session: Session) -> None:
        page = ask(session, ListRequest(page=99, page_size=2))

        assert (page.request.page, page.items, page.total) == (3, ("القنيطرة",), 5)

    def test_falls_back_on_the_key_for_an_unknown_order(self, session: Session) -> None:
        assert ask(session, ListRequest(sort="salary")).items[0] == "Kénitra"

    def test_gives_every_row_to_an_export(self, session: Session) -> None:
        assert len(ask(session, ListRequest(page=2, page_size=2).for_export()).items) == 5

    def test_costs_two_statements(self, session: Session) -> None:
        seen: list[str] = []
        session.connection()

        def remember(_c: object, _k: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(session.get_bind(), "before_cursor_execute", remember)
        ask(session, ListRequest("e", page_size=2))

        assert len(seen) == 2
