"""I7: every regular expression of the product reads a hostile text of 100 kB in no time worth the name."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest

import config
import skills_bridge
from tests.factories.turns import part
from tests.structure.test_house import SOURCES, name_of

LENGTH: Final = 100_000
BOUND: Final = 0.05
"""Seconds that one reading may take on a machine at rest."""
PATIENCE: Final = 10
"""How much slower than the goal a busy machine, or another one, may be."""
SEEDS: Final = (
    "a", "A", "1", "é", "ش", "ⵣ", " ", "\n", "\t", "-", "/", "(", ")", "[", ".", ",", ";", ":", "·", "'", "@", "+", "0",
    "a ", "A1", "A-", "1-", "a-", "-A", "1A", "a/", "a.", "a@", "@a", "a(", "(e)", "H/F", "h / f ", "+212", "(0)5",
    "\r\n", "a\n", " a", "00", "2026-", "a’", "a' ", "_", "#", "\u200f", "\U0001f600",
)  # fmt: skip
ENDS: Final = ("", "!", "A@")
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


@dataclass(frozen=True)
class Expression:
    """An expression, and whether the product looks for it anywhere in a text or asks only if the whole text fits."""

    pattern: re.Pattern[str]
    is_sought: bool

    def seconds(self, text: str) -> float:
        """Return what one reading of a text takes, used as the product uses it."""
        began = time.process_time()
        self.pattern.fullmatch(text)
        if self.is_sought:
            for _ in self.pattern.finditer(text):
                pass
        return time.process_time() - began


def is_sought(module: Any, name: str) -> bool:
    """Whether the module that holds an expression uses it otherwise than on whole texts."""
    used = re.findall(rf"\b{name}(?:\[[^\]]*\])?\.(\w+)\(", inspect.getsource(module))
    return not used or set(used) - {"fullmatch", "get", "items", "values"} != set()


def expressions() -> dict[str, Expression]:
    """Return every expression by the module and name where it is first met."""
    found: dict[str, Expression] = {}
    for module in modules():
        for name, value in vars(module).items():
            for number, pattern in enumerate(patterns_in(value)):
                if pattern not in {one.pattern for one in found.values()}:
                    found[f"{module.__name__}.{name}.{number}"] = Expression(pattern, is_sought(module, name))
    return found


def texts(length: int) -> Iterator[str]:
    """Yield hostile texts of a length."""
    for seed in SEEDS:
        for end in ENDS:
            yield (seed * (length // len(seed) + 1))[:length] + end


def slow(name: str, expression: Expression) -> Iterator[str]:
    """Yield the texts on which an expression's time grows faster than the text."""
    for short, long in zip(texts(500), texts(4_000), strict=True):
        if expression.seconds(long) > 0.004:
            least = min(expression.seconds(long) for _ in range(3))
            if least > 25 * min(expression.seconds(short) for _ in range(3)):
                yield f"{name}: {short[:6]!r}… ends {short[-1]!r}"


@pytest.fixture(scope="module")
def known() -> dict[str, Expression]:
    return expressions()


class TestEachExpression:
    def test_is_found(self, known: dict[str, Expression]) -> None:
        assert len(known) > 20

    @pytest.mark.timeout(600)
    def test_takes_time_in_proportion(self, known: dict[str, Expression]) -> None:
        found = [line for name, expression in known.items() for line in slow(name, expression)]

        assert found == [], "\n".join(found)

    @pytest.mark.timeout(600)
    def test_reads_a_hundred_kilobytes_in_no_time(self, known: dict[str, Expression]) -> None:
        hostile = part([text for text in texts(LENGTH) if text[-1] == "!"], 8)
        longest = {name: max(map(one.seconds, hostile)) for name, one in known.items()}

        assert {name: took for name, took in longest.items() if took > BOUND * PATIENCE} == {}

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
