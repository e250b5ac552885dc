"""Which passwords are refused: short ones, and those that a guesser tries first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import Final

from skills_bridge.domain.errors import Invalid

LEAST_LETTERS: Final = 12
LEAST_DISTINCT: Final = 5
LONG_ENOUGH_TO_COUNT: Final = 4
"""Parts of a name or address shorter than this may stand in any password."""

ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
)
"""Sequences that fingers follow, forwards or back."""

ENDS: Final = re.compile(r"^[^a-z@$€]+|(?<![^a-z@$€])[^a-z@$€]+$")
NO_LETTER: Final = re.compile(r"[^a-z]")
NO_WORD: Final = re.compile(r"\W")

LOOKALIKES: Final = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "€": "e"}
)


def normalise_password(password: str) -> str:
    """Return what a guesser sees behind a disguise: small letters, no accents, figures and signs read as letters.

    Figures and signs at both ends go first: ``P@ssw0rd2026!`` reads ``password``.
    """
    plain = _plain(password)
    core = ENDS.sub("", plain)
    return NO_LETTER.sub("", core.translate(LOOKALIKES))


def check_password_choice(
    password: str, *, common: Collection[str], email: str = "", names: Iterable[str] = ()
) -> None:
    """Refuse a password that is short, common, the person's address, an organisation's name, or one long sequence.

    ``common`` are normalised words; what repeats one of them, or joins two, is refused as well.

    :raises Invalid: names the rule; the field is ``password``.
    """
    if len(password) < LEAST_LETTERS:
        raise Invalid("password-too-short", field="password", least=LEAST_LETTERS)
    if len(set(password)) < LEAST_DISTINCT or _is_sequence(password):
        raise Invalid("password-repeats", field="password")
    core = normalise_password(password)
    if _is_made_of(core, common):
        raise Invalid("password-common", field="password")
    for code, source in (("password-is-address", (email, email.partition("@")[0])), ("password-is-name", names)):
        if any(_is_mostly(password, text) for text in source):
            raise Invalid(code, field="password")


def _plain(text: str) -> str:
    """Return a text in small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _is_sequence(password: str) -> bool:
    """Say whether a password is made of one or several runs along a row: ``abcdefabcdef``, ``123456123456``."""
    plain = _plain(password)
    runs = {near + next_one for row in ROWS for text in (row, row[::-1]) for near, next_one in pairwise(text)}
    steps = [plain[place : place + 2] for place in range(len(plain) - 1)]
    followed = sum(step in runs or step[0] == step[1] for step in steps)
    return followed * 5 >= len(steps) * 4


def _is_made_of(core: str, common: Collection[str]) -> bool:
    """Say whether a text is a common word, one word several times, or two of them."""
    halves = ((core[:place], core[place:]) for place in range(1, len(core)))
    return core in common or _repeated_part(core) in common or any(a in common and b in common for a, b in halves)


def _repeated_part(text: str) -> str:
    """Return the shortest part of which a text is a repetition; the text itself if there is none."""
    for length in range(1, len(text) // 2 + 1):
        if len(text) % length == 0 and text[:length] * (len(text) // length) == text:
            return text[:length]
    return text


def _is_mostly(password: str, name: str) -> bool:
    """Say whether a name, as written or without its spaces, makes up most of a password."""
    letters = NO_WORD.sub("", _plain(password))
    wanted = NO_WORD.sub("", _plain(name))
    return len(wanted) >= LONG_ENOUGH_TO_COUNT and wanted in letters and len(letters) - len(wanted) < LEAST_LETTERS // 2
