"""The columns of a file of people, under the names that registers give them, and what is wrong with a row."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from skills_bridge.domain.errors import RuleBroken


class Column(StrEnum):
    """The columns of a file of people; the values are the names in its first row."""

    NUMBER = "cin"
    KIND = "type_document"
    LAST_NAME = "nom"
    FIRST_NAME = "prenom"
    LAST_NAME_AR = "nom_ar"
    FIRST_NAME_AR = "prenom_ar"
    SEX = "sexe"
    BORN_ON = "date_naissance"
    NATIONALITY = "nationalite"
    PHONE = "telephone"
    EMAIL = "courriel"
    ADDRESS = "adresse"
    PROVINCE = "province"
    EDUCATION = "niveau_etudes"
    FIELD = "domaine_etudes"
    MONTHS = "experience_mois"
    PAST_JOBS = "experiences"
    LANGUAGES = "langues"
    LICENCES = "permis"
    MOBILITY = "mobilite"
    CONTRACTS = "contrats"
    SHIFTS = "horaires"
    WANTED = "metiers_souhaites"
    AVAILABLE_ON = "disponible_le"
    REGISTERED_ON = "inscrit_le"
    CONSENT_MATCHING = "accord_rapprochement"
    CONSENT_SHARING = "accord_partage"
    CONSENT_LANGUAGE = "accord_langue"
    CONSENT_CHANNEL = "accord_canal"


REQUIRED: Final = (Column.NUMBER, Column.LAST_NAME, Column.FIRST_NAME, Column.PROVINCE)
"""Columns without which a file of people is none."""
IDENTITY: Final = frozenset(
    {
        Column.NUMBER,
        Column.LAST_NAME,
        Column.FIRST_NAME,
        Column.LAST_NAME_AR,
        Column.FIRST_NAME_AR,
        Column.PHONE,
        Column.EMAIL,
        Column.ADDRESS,
    }
)
"""Columns whose content no screen shows again."""
NOTES: Final = ("ligne", "a_corriger")
"""Columns that an export of rows to correct adds; read again, they say nothing."""

ALIASES: Final[Mapping[str, Column]] = {
    "cnie": Column.NUMBER,
    "n cin": Column.NUMBER,
    "n cnie": Column.NUMBER,
    "n cnie cin": Column.NUMBER,
    "numero cin": Column.NUMBER,
    "numero": Column.NUMBER,
    "nom famille": Column.LAST_NAME,
    "nom de famille": Column.LAST_NAME,
    "nom fr": Column.LAST_NAME,
    "prenom fr": Column.FIRST_NAME,
    "nom arabe": Column.LAST_NAME_AR,
    "prenom arabe": Column.FIRST_NAME_AR,
    "naissance": Column.BORN_ON,
    "date de naissance": Column.BORN_ON,
    "email": Column.EMAIL,
    "e mail": Column.EMAIL,
    "mail": Column.EMAIL,
    "tel": Column.PHONE,
    "gsm": Column.PHONE,
    "niveau etude": Column.EDUCATION,
    "niveau d etudes": Column.EDUCATION,
    "diplome": Column.EDUCATION,
    "specialite": Column.FIELD,
    "domaine d etudes": Column.FIELD,
    "permis de conduire": Column.LICENCES,
    "metiers": Column.WANTED,
    "date inscription": Column.REGISTERED_ON,
    "date d inscription": Column.REGISTERED_ON,
    "disponibilite": Column.AVAILABLE_ON,
}
"""Other names that registers give to the same columns, as :func:`plain` writes them."""


def plain(text: str) -> str:
    """Return a text without accents, case and punctuation, words one blank apart: for comparing, not for showing."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in bare.casefold()).split())


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be taken: the column, a code with a sentence of its own, and facts that name the cure.

    Facts never repeat what was typed: it may be personal.
    """

    column: str
    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the problem as it is kept."""
        return {"column": self.column, "code": self.code, "facts": dict(self.facts)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Problem:
        """Return a kept problem."""
        return cls(str(kept["column"]), str(kept["code"]), dict(kept["facts"]))


class WrongHeader(RuleBroken):
    """The first row names no columns of a file of people; the facts say which miss or stand twice."""


def read_header(header: Sequence[str]) -> tuple[tuple[Column | None, ...], tuple[str, ...]]:
    """Return the column of each cell of the first row, and the names that nobody knows.

    :raises WrongHeader: ``header-missing`` (facts ``missing``, ``found``) or ``header-twice`` (fact ``column``).
    """
    names: dict[str, Column] = {plain(column.value): column for column in Column} | dict(ALIASES)
    columns = tuple(names.get(plain(cell)) for cell in header)
    missing = [column.value for column in REQUIRED if column not in columns]
    if missing:
        raise WrongHeader(
            "header-missing", missing=", ".join(missing), found=", ".join(header[:_SHOWN])[:_FOUND_LENGTH]
        )
    for column, times in Counter(column for column in columns if column is not None).items():
        if times > 1:
            raise WrongHeader("header-twice", column=column.value)
    notes = {plain(name) for name in NOTES}
    strange = tuple(
        cell
        for cell, column in zip(header, columns, strict=True)
        if cell and column is None and plain(cell) not in notes
    )
    return columns, strange


_SHOWN, _FOUND_LENGTH = 8, 200
