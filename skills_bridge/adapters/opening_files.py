"""Reads a file of openings: one row, one opening, its columns described in ``docs/imports.md``.

Only the writing is judged here; whether a code stands in a list is for the service that takes the rows in, which adds
its own problems under the same row and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from skills_bridge.adapters.spreadsheets import read_table
from skills_bridge.domain.framework import LEVELS, MAX_REQUIREMENTS, WEIGHTS, Cefr, Evidence
from skills_bridge.domain.imports import Problem, WrongHeader, plain
from skills_bridge.domain.openings import MOST_MONTHS, MOST_POSTS
from skills_bridge.reference.lists import LOCAL


class OpeningColumn(StrEnum):
    """The columns of a file of openings; the values are the names in its first row."""

    REFERENCE = "reference_externe"
    TITLE = "intitule"
    DESCRIPTION = "description"
    COMPANY = "entreprise"
    PROVINCE = "province"
    PROFILE_SCHEME = "metier_referentiel"
    PROFILE = "metier"
    CONTRACT = "contrat"
    POSTS = "postes"
    START_ON = "debut_le"
    COMPETENCY_SCHEME = "competences_referentiel"
    COMPETENCIES = "competences"
    EDUCATION = "niveau_etudes"
    MONTHS = "experience_mois"
    LANGUAGES = "langues"
    LICENCES = "permis"
    SHIFTS = "horaires"
    CONTACT = "contact"


REQUIRED: Final = (
    OpeningColumn.REFERENCE,
    OpeningColumn.TITLE,
    OpeningColumn.PROVINCE,
    OpeningColumn.PROFILE,
    OpeningColumn.CONTRACT,
)
"""Columns without which a file of openings is none, and cells that may not be empty."""

EXAMPLE: Final = "AUTO-001:2:must:5|AUTO-015:1:nice:2:declared"
"""How the competencies of one opening are written: code, level, must or nice, weight, and the evidence if any."""

_LONGEST: Final[Mapping[OpeningColumn, int]] = {
    OpeningColumn.REFERENCE: 60,
    OpeningColumn.TITLE: 200,
    OpeningColumn.COMPANY: 200,
    OpeningColumn.CONTACT: 200,
}
_ASKED: Final = re.compile(
    r"(?P<code>\S{1,120}):(?P<level>\d+):(?P<necessity>must|nice):(?P<weight>\d+)(?::(?P<evidence>\w+))?"
)
_YEAR_FIRST: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?: 00:00:00)?")
_DAY_FIRST: Final = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_PROVINCE_NUMBER: Final = re.compile(r"(\d{1,2})[.,](\d{3})")
_EVIDENCES: Final = tuple(evidence for evidence in Evidence if evidence is not Evidence.INFERRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCode:
    """A competency that a row asks for, by its code in the row's framework."""

    code: str
    level: int
    is_must: bool
    weight: int
    evidence_asked: Evidence = Evidence.DECLARED


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRow:
    """What a row says; codes are still those of the file."""

    external_reference: str
    title: str
    description: str
    company: str
    province_code: str
    profile_scheme: str
    profile_code: str
    contract_code: str
    posts: int
    start_on: date | None
    competency_scheme: str
    requirements: tuple[AskedCode, ...]
    education_code: str | None
    experience_months: int | None
    languages: Mapping[str, Cefr]
    licences: tuple[str, ...]
    shifts: tuple[str, ...]
    contact: str


@dataclass(frozen=True, slots=True)
class OpeningReading:
    """One row of the file with its number (the header's is 1); ``opening`` is None if it has problems."""

    number: int
    opening: OpeningRow | None
    problems: tuple[Problem, ...]


def read_openings(content: bytes) -> Iterator[OpeningReading]:
    """Read a CSV or the first sheet of a workbook, row by row; a bad row never hides the good ones.

    :raises UnreadableFile: the file is no table.
    :raises WrongHeader: ``header-missing`` (facts ``missing``, ``found``) or ``header-twice`` (fact ``column``).
    """
    table = read_table(content)
    columns = _read_header(table.header)
    first_rows: dict[str, int] = {}
    for row in table.rows:
        cells = {column: cell for column, cell in zip(columns, row.cells, strict=False) if column is not None}
        reader = _Reader(cells)
        opening = reader.opening()
        first = first_rows.setdefault(opening.external_reference, row.number)
        if opening.external_reference and first != row.number:
            reader.wrong(OpeningColumn.REFERENCE, "reference-twice", row=first)
        yield OpeningReading(row.number, None if reader.problems else opening, tuple(reader.problems))


def _read_header(header: tuple[str, ...]) -> tuple[OpeningColumn | None, ...]:
    names = {plain(column.value): column for column in OpeningColumn}
    columns = tuple(names.get(plain(cell)) for cell in header)
    missing = [column.value for column in REQUIRED if column not in columns]
    if missing:
        raise WrongHeader("header-missing", missing=", ".join(missing), found=", ".join(header))
    for column in OpeningColumn:
        if columns.count(column) > 1:
            raise WrongHeader("header-twice", column=column.value)
    return columns


def _province(text: str) -> str:
    """Give a code back what a spreadsheet takes from it as a number: ``1.511`` and ``1,511`` are ``01.511``."""
    found = _PROVINCE_NUMBER.fullmatch(text)
    return f"{found[1]:0>2}.{found[2]}" if found else text


@dataclass
class _Reader:
    """Reads the cells of one row and remembers what is wrong with them."""

    cells: Mapping[OpeningColumn, str]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, column: OpeningColumn, code: str, **facts: str | int) -> None:
        self.problems.append(Problem(column.value, code, facts))

    def opening(self) -> OpeningRow:
        return OpeningRow(
            external_reference=self.text(OpeningColumn.REFERENCE),
            title=self.text(OpeningColumn.TITLE),
            description=self.text(OpeningColumn.DESCRIPTION),
            company=self.text(OpeningColumn.COMPANY),
            province_code=_province(self.text(OpeningColumn.PROVINCE)),
            profile_scheme=self.text(OpeningColumn.PROFILE_SCHEME).upper() or LOCAL,
            profile_code=self.text(OpeningColumn.PROFILE),
            contract_code=self.text(OpeningColumn.CONTRACT).lower(),
            posts=self.number(OpeningColumn.POSTS, 1, MOST_POSTS) or 1,
            start_on=self.day(OpeningColumn.START_ON),
            competency_scheme=self.text(OpeningColumn.COMPETENCY_SCHEME).upper() or LOCAL,
            requirements=self.requirements(),
            education_code=self.text(OpeningColumn.EDUCATION).lower() or None,
            experience_months=self.number(OpeningColumn.MONTHS, 1, MOST_MONTHS),
            languages=self.languages(),
            licences=self.codes(OpeningColumn.LICENCES),
            shifts=self.codes(OpeningColumn.SHIFTS),
            contact=self.text(OpeningColumn.CONTACT),
        )

    def text(self, column: OpeningColumn) -> str:
        text = self.cells.get(column, "")
        most = _LONGEST.get(column)
        if not text and column in REQUIRED:
            self.wrong(column, "cell-empty")
        if most is not None and len(text) > most:
            self.wrong(column, "text-too-long", most=most)
        return text

    def parts(self, column: OpeningColumn) -> list[str]:
        return [part.strip() for part in self.cells.get(column, "").split("|") if part.strip()]

    def codes(self, column: OpeningColumn) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.lower() for part in self.parts(column)))

    def number(self, column: OpeningColumn, low: int, high: int) -> int | None:
        text = self.cells.get(column, "")
        if not text:
            return None
        if text.isascii() and text.isdecimal() and low <= int(text) <= high:
            return int(text)
        self.wrong(column, "number-out-of-range", low=low, high=high)
        return None

    def day(self, column: OpeningColumn) -> date | None:
        text = self.cells.get(column, "")
        if not text:
            return None
        found = _YEAR_FIRST.fullmatch(text)
        parts = found.groups() if found else None
        if parts is None and (found := _DAY_FIRST.fullmatch(text)):
            parts = found.groups()[::-1]
        try:
            if parts is not None:
                return date(*map(int, parts))
        except ValueError:
            pass
        self.wrong(column, "day-unreadable")
        return None

    def languages(self) -> dict[str, Cefr]:
        found: dict[str, Cefr] = {}
        for part in self.parts(OpeningColumn.LANGUAGES):
            code, colon, level = (side.strip() for side in part.partition(":"))
            if not (code and colon):
                self.wrong(OpeningColumn.LANGUAGES, "pair-unreadable", example="fr:B1|en:A2")
            elif level.upper() not in Cefr.__members__:
                self.wrong(OpeningColumn.LANGUAGES, "level-unknown", levels=", ".join(Cefr))
            else:
                found[code.lower()] = Cefr(level.upper())
        return found

    def requirements(self) -> tuple[AskedCode, ...]:
        column = OpeningColumn.COMPETENCIES
        found = [self.asked(place, part) for place, part in enumerate(self.parts(column), 1)]
        asked = {line.code: line for line in found if line is not None}
        if len(asked) < sum(line is not None for line in found):
            self.wrong(column, "competency-twice")
        if len(found) > MAX_REQUIREMENTS:
            self.wrong(column, "too-many-requirements", most=MAX_REQUIREMENTS, count=len(found))
        return tuple(asked.values())

    def asked(self, place: int, part: str) -> AskedCode | None:
        """Read one competency; ``place`` counts from 1 within the cell."""
        column = OpeningColumn.COMPETENCIES
        found = _ASKED.fullmatch(part)
        if found is None:
            self.wrong(column, "competency-unreadable", place=place, example=EXAMPLE)
        elif int(found["level"]) not in LEVELS:
            self.wrong(column, "level-out-of-range", place=place, low=LEVELS[0], high=LEVELS[-1])
        elif int(found["weight"]) not in WEIGHTS:
            self.wrong(column, "weight-out-of-range", place=place, low=WEIGHTS[0], high=WEIGHTS[-1])
        elif found["evidence"] and found["evidence"] not in _EVIDENCES:
            self.wrong(column, "evidence-unknown", place=place, allowed=", ".join(_EVIDENCES))
        else:
            return AskedCode(
                code=found["code"],
                level=int(found["level"]),
                is_must=found["necessity"] == "must",
                weight=int(found["weight"]),
                evidence_asked=Evidence(found["evidence"] or Evidence.DECLARED),
            )
        return None
