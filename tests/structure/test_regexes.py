"""I7: every regular expression of the product reads a hostile text of 100 kB in no time worth the name."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pytest

import config
import skills_bridge
from tests.factories.turns import part
from tests.structure.test_house import SOURCES, name_of

LENGTH: Final = 100_000
BOUND: Final = 0.5
"""Seconds of the processor that one reading may take."""
SEEDS: Final = (
    "a", "A", "1", "é", "ش", "ⵣ", " ", "\n", "\t", "-", "/", "(", ")", "[", ".", ",", ";", ":", "·", "'", "@", "+", "0",
    "a ", "A1", "A-", "1-", "a-", "-A", "1A", "a/", "a.", "a@", "@a", "a(", "(e)", "H/F", "h / f ", "+212", "(0)5",
    "\r\n", "a\n", " a", "00", "2026-", "a’", "a' ", "_", "#", "\u200f", "\U0001f600",
)  # fmt: skip
ENDS: Final = ("", "!", "\0", "a", "A", " /", "@")
"""What follows the repetition, so that an expression which nearly fits has to go back."""
INLINE: Final = frozenset({"skills_bridge/engine/suggest/suggester.py", "skills_bridge/domain/imports/rows.py"})
"""Modules that write an expression where it is used; what they use is bounded by a line or a cell."""


def modules() -> Iterator[Any]:
    """Yield every module of the product."""
    for package in (skills_bridge, config):
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def patterns_in(value: object) -> Iterable[re.Pattern[str]]:
    """Yield the expressions that a module's name holds, alone or in a collection."""
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict):
        yield from (one for one in value.values() if isinstance(one, re.Pattern))
    elif isinstance(value, tuple | list | frozenset | set):
        yield from (one for one in value if isinstance(one, re.Pattern))


def expressions() -> dict[str, re.Pattern[str]]:
    """Return every expression by the module and name where it is first met."""
    found: dict[str, re.Pattern[str]] = {}
    for module in modules():
        for name, value in vars(module).items():
            for number, pattern in enumerate(patterns_in(value)):
                if pattern not in found.values():
                    found[f"{module.__name__}.{name}.{number}"] = pattern
    return found


def texts(length: int) -> Iterator[str]:
    """Yield hostile texts of a length."""
    for seed in SEEDS:
        for end in ENDS:
            yield (seed * (length // len(seed) + 1))[:length] + end


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """Return what an expression takes of the processor to look through a text, whatever else the machine does."""
    began = time.thread_time()
    for _ in pattern.finditer(text):
        pass
    pattern.fullmatch(text)
    return time.thread_time() - began


def slow(name: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield the texts on which an expression's time grows faster than the text."""
    for short, long in zip(texts(500), texts(4_000), strict=True):
        if seconds(pattern, long) > 0.004 and min(seconds(pattern, long) for _ in range(3)) > 25 * seconds(
            pattern, short
        ):
            yield f"{name}: {short[:6]!r}… ends {short[-1]!r}"


@pytest.fixture(scope="module")
def known() -> dict[str, re.Pattern[str]]:
    return expressions()


class TestEachExpression:
    def test_is_found(self, known: dict[str, re.Pattern[str]]) -> None:
        assert len(known) > 20

    def test_takes_time_in_proportion(self, known: dict[str, re.Pattern[str]]) -> None:
        found = [line for name, pattern in known.items() for line in slow(name, pattern)]

        assert found == [], "\n".join(found)

    def test_reads_a_hundred_kilobytes_in_no_time(self, known: dict[str, re.Pattern[str]]) -> None:
        tried = part(list(texts(LENGTH))[:: len(ENDS)], 8)
        longest = {name: max(seconds(pattern, text) for text in tried) for name, pattern in known.items()}

        assert {name: took for name, took in longest.items() if took > BOUND} == {}

    def test_stands_at_the_head_of_its_module(self) -> None:
        inside = {
            name_of(path)
            for path in SOURCES
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value) == "re"
            and node.func.attr not in {"compile", "escape"}
        }

        assert inside == INLINE
