"""What the tests of one process work out once: how statements read in SQL, and how addresses are put together.

A process of the product has one application and one engine a role, and learns both in its first minute. A test has an
application and engines of its own, so that learning them anew was a quarter of the time of tests that show a page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from sqlalchemy import Dialect, Engine, NullPool, create_engine
from werkzeug.routing import Rule

from tests.servers import running_servers


class Statements(dict[Any, Any]):
    """Compiled statements by dialect and form; a log that tells an error's variables tells their number alone."""

    def __repr__(self) -> str:
        """Return how many they are."""
        return f"<{len(self)} statements>"


STATEMENTS: Final = Statements()
"""For the option ``compiled_cache`` of every engine."""

_builders: Final[dict[tuple[Any, ...], Callable[..., tuple[str, str]]]] = {}
_plain_builder = Rule._compile_builder


def with_shared_statements(engine: Engine) -> Engine:
    """Give an engine the one dialect by which ``STATEMENTS`` are kept."""
    engine.dialect = engine.pool._dialect = _dialect()
    return engine


@cache
def _dialect() -> Dialect:
    """Return a dialect that has seen the server: what it learns there is the same for every database of it."""
    engine = create_engine(running_servers().superuser_url, poolclass=NullPool)
    with engine.connect():
        return engine.dialect


def _builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002  # werkzeug's own
    """Return the function that puts an address together; it depends on the rule's words alone."""
    if rule.defaults:
        return _plain_builder(rule, append_unknown)
    known = (rule.rule, tuple(rule._trace), append_unknown)
    if known not in _builders:
        _builders[known] = _plain_builder(rule, append_unknown)
    return _builders[known]


Rule._compile_builder = _builder  # type: ignore[assignment, method-assign]  # a method of theirs
