"""The house rules that no linter knows: sizes, names, rooms."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "skills_bridge"
SOURCES: Final = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "config").rglob("*.py"), ROOT / "wsgi.py"])
TESTS: Final = sorted((ROOT / "tests").rglob("*.py"))

MODULE_LINES: Final = 400
TEST_LINES: Final = 600
FUNCTION_LINES: Final = 40
VIEW_LINES: Final = 20
TASK_LINES: Final = 10
BANNED: Final = frozenset(
    {"util", "utils", "helper", "helpers", "common", "misc", "manager", "data", "info", "process", "handle"}
)

LONGER_FUNCTIONS: Final[dict[str, str]] = {}
"""Functions that may be longer than the rule, each with its reason."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions_of(path: Path) -> Iterator[Function]:
    """Yield every function of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def length_of(node: Function) -> int:
    """Return the lines of a function's body without its docstring and signature."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return 0 if not body else (body[-1].end_lineno or 0) - body[0].lineno + 1


def is_decorated(node: Function, *names: str) -> bool:
    """Say whether one of the decorators carries a name."""
    return any(name in ast.unparse(decorator) for decorator in node.decorator_list for name in names)


def name_of(path: Path) -> str:
    """Return a module's path below the project."""
    return path.relative_to(ROOT).as_posix()


class TestModules:
    def test_stay_small(self) -> None:
        long = {name_of(p): n for p in SOURCES if (n := len(p.read_text(encoding="utf-8").splitlines())) > MODULE_LINES}
        long |= {name_of(p): n for p in TESTS if (n := len(p.read_text(encoding="utf-8").splitlines())) > TEST_LINES}

        assert long == {}

    def test_have_names_that_say_what_is_inside(self) -> None:
        assert [name_of(p) for p in SOURCES if p.stem in BANNED] == []

    def test_begin_with_what_they_mean(self) -> None:
        silent = [name_of(p) for p in SOURCES if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]

        assert silent == []

    def test_import_at_the_top_only(self) -> None:
        hidden = [
            f"{name_of(path)}:{inner.lineno}"
            for path in SOURCES
            for node in functions_of(path)
            for inner in ast.walk(node)
            if isinstance(inner, ast.Import | ast.ImportFrom)
        ]

        assert hidden == []


class TestFunctions:
    def test_stay_small(self) -> None:
        long = {
            f"{name_of(path)}:{node.name}": length_of(node)
            for path in SOURCES
            for node in functions_of(path)
            if length_of(node) > FUNCTION_LINES and f"{name_of(path)}:{node.name}" not in LONGER_FUNCTIONS
        }

        assert long == {}

    @pytest.mark.parametrize(
        ("folder", "marks", "limit"),
        [("blueprints", ("requires", "public"), VIEW_LINES), ("tasks", ("shared_task",), TASK_LINES)],
    )
    def test_of_the_edges_only_translate(self, folder: str, marks: tuple[str, ...], limit: int) -> None:
        long = {
            f"{name_of(path)}:{node.name}": length_of(node)
            for path in sorted((PACKAGE / folder).rglob("*.py"))
            for node in functions_of(path)
            if is_decorated(node, *marks) and length_of(node) > limit
        }

        assert long == {}


class TestSql:
    @pytest.mark.parametrize("word", ["AT TIME ZONE", "date_trunc", "current_date", "CURRENT_DATE"])
    def test_never_asks_the_database_for_a_day(self, word: str) -> None:
        users = [
            name_of(p)
            for p in [*SOURCES, *(ROOT / "migrations").rglob("*.py")]
            if word in p.read_text(encoding="utf-8")
        ]

        assert users == []


class TestRepository:
    def test_speaks_of_the_product_alone(self) -> None:
        texts = [*SOURCES, *TESTS, *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
        told = [
            name_of(p) for p in texts if p.exists() and "/work/" in p.read_text(encoding="utf-8").replace('/work/"', "")
        ]

        assert [name for name in told if name != "tests/structure/test_house.py"] == []
