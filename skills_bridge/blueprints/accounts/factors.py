"""A second factor on its way to a telephone: a square code on the page, its secret sealed in the form."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag

from skills_bridge.adapters.square_codes import square_code
from skills_bridge.adapters.vault import new_totp_secret
from skills_bridge.blueprints.accounts.forms import FactorFields
from skills_bridge.blueprints.web import vault

LETTERS_A_GROUP = 4


@dataclass(frozen=True)
class Factor:
    """A secret as the page shows it: an image to read, or letters to type."""

    sealed: bytes
    image: str
    letters: str


def factor_of(form: FactorFields, *, email: str) -> Factor:
    """Return the second factor that the form carries, or a new one if it carries none of ours."""
    sealed = _read(form.sealed.data or "")
    if sealed is None:
        sealed = vault().seal_totp(new_totp_secret())
        form.sealed.data = urlsafe_b64encode(sealed).decode()
    secret = vault().open_totp(sealed)
    groups = [secret[place : place + LETTERS_A_GROUP] for place in range(0, len(secret), LETTERS_A_GROUP)]
    return Factor(sealed, square_code(vault().totp_address(sealed, email=email)), " ".join(groups))


def _read(text: str) -> bytes | None:
    """Return what a form carries if this site sealed it."""
    try:
        sealed = urlsafe_b64decode(text)
        vault().open_totp(sealed)
    except (binascii.Error, ValueError, InvalidTag):
        return None
    return sealed
