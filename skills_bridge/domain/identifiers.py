"""Numbers and addresses that people type in many ways, brought to one writing before they are compared or stored.

Each ``normalise_…`` is idempotent and refuses what cannot be one; a refusal never carries the text that was typed,
so that no number of identity reaches a log.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.seekers import CinKind

_SEPARATORS: Final = frozenset("-–—._/\\'’")
_SHORTEST, _LONGEST = 2, 15

_PATTERNS: Final[Mapping[CinKind, re.Pattern[str]]] = {
    CinKind.CIN: re.compile(r"[A-Z]{0,3}[0-9]{1,7}[A-Z]?"),
    CinKind.PASSPORT: re.compile(r"(?=[A-Z]{0,14}[0-9])[A-Z0-9]{5,15}"),
    CinKind.RESIDENCE_CARD: re.compile(r"(?=[A-Z]{0,14}[0-9])[A-Z0-9]{2,15}"),
}
"""Wide on purpose: letters and lengths of older cards differ, and a card that is refused is a person turned away."""

_PHONE: Final = re.compile(r"(?:\+212|00212|212|)(?:\(0\)|0|)([5-7][0-9]{8})")
_ICE: Final = re.compile(r"[0-9]{15}")
_EMAIL: Final = re.compile(
    r"(?=.{6,254}$)[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64})*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
_LOCAL_PART_MOST: Final = 64

HIDDEN: Final = "***"
_SHOWN_LAST, _LEAST_HIDDEN = 3, 3


class BadIdentifier(Invalid):
    """A number or address cannot be what it claims; ``code`` is cin-, phone-, ice- or email-unreadable.

    The text itself is left out of the facts on purpose.
    """


def _compact(text: str) -> str:
    """Return the text without blanks, separators and invisible marks, its digits Western."""
    signs: list[str] = []
    for sign in unicodedata.normalize("NFKC", text):
        if sign.isspace() or sign in _SEPARATORS or unicodedata.category(sign) in {"Cf", "Cc"}:
            continue
        signs.append(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign)
    return "".join(signs)


def normalise_cin(text: str, *, kind: CinKind = CinKind.CIN, field: str = "cin") -> str:
    """Return a number of identity in capitals without blanks or separators: the form that is sealed and compared.

    A *N° CNIE (CIN)* has up to three letters, one to seven digits and perhaps a letter; a passport 5 to 15, a
    residence card 2 to 15 letters and digits with at least one digit.

    :raises BadIdentifier: the text cannot be a number of that kind (fact ``kind``).
    """
    compact = _compact(text)
    number = compact.upper() if compact.isascii() else ""
    if not _SHORTEST <= len(number) <= _LONGEST or _PATTERNS[kind].fullmatch(number) is None:
        raise BadIdentifier("cin-unreadable", field=field, kind=kind.value)
    return number


def mask_cin(number: str) -> str:
    """Return a normalised number as lists show it: ``***456``.

    The first signs tell the place of issue and never stay; of the last at most three do, at least three are hidden, and
    the stars do not tell the length.
    """
    shown = min(_SHOWN_LAST, max(0, len(number) - _LEAST_HIDDEN))
    return HIDDEN + number[len(number) - shown :]


def normalise_phone(text: str, *, field: str = "phone") -> str:
    """Return a Moroccan telephone number as ``+212612345678`` (fixed 5, mobile 6 and 7).

    :raises BadIdentifier: the text is no Moroccan number.
    """
    found = _PHONE.fullmatch(_compact(text))
    if found is None:
        raise BadIdentifier("phone-unreadable", field=field)
    return f"+212{found[1]}"


def normalise_ice(text: str, *, field: str = "ice") -> str:
    """Return the common identifier of an enterprise (ICE) as 15 digits, leading zeros kept.

    Only the form is judged. The last two digits are a key whose official rule was not at hand; a wrong key is for the
    person who verifies the organisation, not a reason to refuse it here.

    :raises BadIdentifier: these are not 15 digits, or all of them are zero.
    """
    number = _compact(text)
    if _ICE.fullmatch(number) is None or not number.strip("0"):
        raise BadIdentifier("ice-unreadable", field=field)
    return number


def normalise_code(text: str) -> str:
    """Return the code of an authenticator application as it is compared: Western digits without blanks."""
    return _compact(text)


def normalise_email(text: str, *, field: str = "email") -> str:
    """Return an e-mail address in small letters without blanks around it; two writings of one address are equal.

    :raises BadIdentifier: the text is no address (ASCII, one @, a domain with a dot, at most 254 signs).
    """
    stripped = "".join(sign for sign in text if unicodedata.category(sign) != "Cf").strip()
    address = stripped.lower() if stripped.isascii() else ""
    if _EMAIL.fullmatch(address) is None or address.index("@") > _LOCAL_PART_MOST:
        raise BadIdentifier("email-unreadable", field=field)
    return address
