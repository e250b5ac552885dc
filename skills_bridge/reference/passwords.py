"""Words that people use as passwords everywhere, or here: what a guesser tries first."""

from __future__ import annotations

from functools import cache
from typing import Final

from skills_bridge.reference.files import FOLDER

FILE: Final = "common_passwords.txt"


@cache
def common_passwords() -> frozenset[str]:
    """Return the words in small letters without accents, figures or signs: compare with a password's normal form."""
    return frozenset(FOLDER.joinpath(FILE).read_text(encoding="utf-8").split())
