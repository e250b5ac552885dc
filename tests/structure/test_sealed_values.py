"""Every place that opens a sealed number or file is known, with the act of the audit that tells of it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parents[2] / "skills_bridge"
OPENERS: Final = frozenset({"open", "open_packed", "open_bytes"})

KNOWN: Final[dict[str, str]] = {
    "queries/privacy/identities.py:_shown": "identity.revealed",
    "queries/imports.py:open_row": "import.rejected-exported",
    "services/imports/checking.py:check_batch": "",
    "services/privacy/access.py:write_file": "access-file.built",
    "services/privacy/handing.py:_take": "access-file.taken",
    "services/privacy/keys.py:_reseal_numbers": "key.rotated",
    "services/privacy/keys.py:_reseal_packed": "key.rotated",
}
"""Function → the act that is written with its purpose; empty where nobody is shown anything."""


def openings() -> dict[str, str]:
    """Return the functions that call an opener of the vault, with the module's text."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name == "vault.py":
            continue
        source = path.read_text(encoding="utf-8")
        for function in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                target = call.func
                if (
                    isinstance(target, ast.Attribute)
                    and target.attr in OPENERS
                    and ast.unparse(target.value).split(".")[-1] == "vault"
                ):
                    found[f"{path.relative_to(PACKAGE).as_posix()}:{function.name}"] = source
    return found


def test_each_opening_of_a_sealed_value_is_known_and_told() -> None:
    """A new one: write an act with its purpose, and add both here."""
    assert set(openings()) == set(KNOWN)
    written = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    assert [act for act in KNOWN.values() if act and f'"{act}"' not in written] == []
