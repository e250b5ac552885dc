"""Reads real French advertisements, with the ROME competences ticked in them, as rows of openings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from skills_bridge.adapters.framework_files.reading import FileRow, rows_of
from skills_bridge.adapters.framework_files.rome import ROME
from skills_bridge.adapters.opening_files import AskedCode, OpeningReading, OpeningRow

COLUMNS: Final = ("id", "intitule", "description", "romeCode", "typeContrat", "competences_json")
REQUIRED: Final = "E"
"""How a competence is ticked that the employer requires; any other tick is a wish."""
LEVEL: Final = 3
"""Advertisements tick competences without a level; *autonomous* is what a post usually asks for."""
MUST_WEIGHT, NICE_WEIGHT = 3, 1
CONTRACTS: Final[Mapping[str, str]] = {"CDI": "cdi", "CDD": "cdd", "MIS": "interim"}
DESCRIPTION_MOST: Final = 2_000

Place = tuple[str, str]
"""The French name of a company, and the code of the province of its site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advertisements:
    """Advertisements as rows of openings.

    ``ticked`` counts the competences ticked, ``without_code`` those that name no code (a label alone), ``twice`` those
    that an advertisement ticks again, ``without_competency`` the advertisements that ask for none by code.
    """

    rows: tuple[OpeningReading, ...]
    ticked: int
    without_code: int
    twice: int
    without_competency: int


def read_advertisements(path: Path, *, places: Sequence[Place]) -> Advertisements:
    """Return advertisements as openings: profile by ROME code, required competences as musts, the others as nice.

    The places of work lie in France: each row gets a company and province of this site in turn, for a trial only.

    :raises FileFault: the file cannot be read, or a column is missing; names file, row and column.
    """
    rows: list[OpeningReading] = []
    ticked = without_code = twice = 0
    for row, place in zip(rows_of(path, *COLUMNS), cycle(places), strict=False):
        found: list[dict[str, Any]] = json.loads(row.optional("competences_json") or "[]")
        coded = [one for one in found if one.get("code")]
        asked = _asked(coded)
        ticked += len(found)
        without_code += len(found) - len(coded)
        twice += len(coded) - len(asked)
        rows.append(OpeningReading(row.number, _opening(row, asked, place), ()))
    without = sum(1 for row in rows if row.opening is not None and not row.opening.requirements)
    return Advertisements(
        rows=tuple(rows), ticked=ticked, without_code=without_code, twice=twice, without_competency=without
    )


def _asked(coded: Sequence[Mapping[str, Any]]) -> tuple[AskedCode, ...]:
    """Return each competence once; ticked twice, it is required if one of the ticks says so."""
    required = {str(one["code"]): False for one in coded}
    for one in coded:
        required[str(one["code"])] |= one.get("exigence") == REQUIRED
    return tuple(
        AskedCode(code=code, level=LEVEL, is_must=is_must, weight=MUST_WEIGHT if is_must else NICE_WEIGHT)
        for code, is_must in required.items()
    )


def _opening(row: FileRow, asked: tuple[AskedCode, ...], place: Place) -> OpeningRow:
    company, province = place
    contract = row.optional("typeContrat")
    return OpeningRow(
        external_reference=row.text("id"),
        title=row.text("intitule"),
        description=row.optional("description")[:DESCRIPTION_MOST],
        company=company,
        province_code=province,
        profile_scheme=ROME,
        profile_code=row.text("romeCode"),
        contract_code=CONTRACTS.get(contract, contract.lower()),
        posts=1,
        start_on=None,
        competency_scheme=ROME,
        requirements=asked,
        education_code=None,
        experience_months=None,
        languages={},
        licences=(),
        shifts=(),
        contact="",
    )
