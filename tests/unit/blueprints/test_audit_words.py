"""Every act that the code writes anywhere has words for the people who read the journal."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from flask import Flask

from skills_bridge.blueprints.audit.words import FAULTS, OBJECTS, STATES, act_label, all_acts
from skills_bridge.domain.audit import Fault
from skills_bridge.domain.organisations import OrganisationState
from skills_bridge.domain.packs import VisaState
from skills_bridge.domain.settings import DatabaseUrls
from tests.factories.world import app_of

SERVICES: Final = Path(__file__).resolve().parents[3] / "skills_bridge"
FORMED: Final = {
    "visa.": tuple(state.value for state in VisaState if state is not VisaState.WAITING),
    "organisation.": tuple(OrganisationState),
    "second_factor_reset.": ("granted", "refused"),
}
"""Acts whose end is a value: the beginning of their name, and what may follow."""


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """Yield the calls of a method or function of a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name == getattr(node.func, "attr", getattr(node.func, "id", "")):
            yield node


def texts_of(tree: ast.AST, node: ast.expr) -> tuple[str, ...] | None:
    """Return the texts that an argument may be: its own, or those of a module's constant; None if it is a value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (node.value,)
    if isinstance(node, ast.Name) and node.id.isupper():
        known = {
            target.id: value.value
            for statement in ast.walk(tree)
            if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None
            for targets, values in [
                (getattr(statement, "targets", [getattr(statement, "target", None)])[0], statement.value)
            ]
            for target, value in zip(
                getattr(targets, "elts", [targets]), getattr(values, "elts", [values]), strict=False
            )
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str)
        }
        return (known[node.id],)
    return None


def plain_acts(tree: ast.AST) -> Iterator[str]:
    """Yield the acts that ``audit`` is called with."""
    for call in calls(tree, "audit"):
        if not call.args:
            continue
        act = call.args[0]
        if isinstance(act, ast.JoinedStr):
            head = ast.literal_eval(act.values[0]) if isinstance(act.values[0], ast.Constant) else ""
            yield from (f"{head}{tail}" for tail in FORMED[head])
        else:
            found = texts_of(tree, act)
            assert found is not None, ast.unparse(call)
            yield from found


def moves(tree: ast.AST, trees: Sequence[ast.AST]) -> Iterator[str]:
    """Yield the changes of state that ``moved`` is called with; a value stands for every state of the object."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for call in calls(function, "moved"):
            kind = ast.literal_eval(call.args[0])
            (now,) = (word.value for word in call.keywords if word.arg == "now")
            found = texts_of(tree, now)
            if found is None and isinstance(now, ast.Name) and kind not in STATES:
                found = tuple(
                    text
                    for one in ([tree] if function.name.startswith("_") else trees)
                    for text in handed_over(one, function, now.id)
                )
                assert found, ast.unparse(call)
            yield from (f"{kind}.{state}" for state in (STATES[kind] if found is None else found))


def handed_over(tree: ast.AST, function: ast.FunctionDef, name: str) -> Iterator[str]:
    """Yield what the callers of a function hand over for one of its parameters."""
    place = (
        [argument.arg for argument in function.args.args].index(name)
        if name in [argument.arg for argument in function.args.args]
        else None
    )
    for call in calls(tree, function.name):
        values = [word.value for word in call.keywords if word.arg == name]
        values += [call.args[place]] if place is not None and len(call.args) > place else []
        for value in values:
            yield from texts_of(tree, value) or ()


@cache
def written_acts() -> frozenset[str]:
    """Return every act of the code."""
    found: set[str] = set()
    trees: list[ast.AST] = []
    for path in sorted(SERVICES.rglob("*.py")):
        if path.name == "unit_of_work.py":
            continue
        trees.append(ast.parse(path.read_text(encoding="utf-8")))
    for tree in trees:
        found |= {*plain_acts(tree), *moves(tree, trees)}
    return frozenset(found)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """Return an application without a database."""
    return app_of(DatabaseUrls(web="postgresql+psycopg://", worker="", report=""), tmp_path)


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_each_act_has_words(app: Flask, language: str) -> None:
    acts = written_acts()
    with app.test_request_context(f"/?lang={language}"):
        silent = []
        for act in sorted(acts):
            try:
                assert act_label(act)
            except (KeyError, ValueError):
                silent.append(act)

        assert len({act_label(act) for act in all_acts()}) > len(STATES)
    assert silent == []
    assert {"identity.revealed", "seeker.objected", "placement.undone", "visa.given", "referral.placed"} <= acts


def test_each_object_and_fault_has_words() -> None:
    assert set(FAULTS) == set(Fault)
    assert set(STATES) <= set(OBJECTS)
    assert {act.partition(".")[0] for act in written_acts()} - set(OBJECTS) == {
        "access-file",
        "account",
        "consent",
        "identity",
        "password",
        "recovery",
        "second_factor",
        "session",
        "visa",
    }
