"""A file of openings is read row by row; what is wrong names row, column and cure."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.adapters.opening_files import EXAMPLE, AskedCode, OpeningColumn, OpeningReading, read_openings
from skills_bridge.adapters.spreadsheets import UnreadableFile
from skills_bridge.domain.framework import Cefr, Evidence
from skills_bridge.domain.imports import WrongHeader

GOOD = {
    "reference_externe": "R-1",
    "intitule": "Opérateur de câblage",
    "description": "Ligne 3",
    "entreprise": "009990001000012",
    "province": "01.511",
    "metier_referentiel": "",
    "metier": "EM-1107",
    "contrat": "CDI",
    "postes": "300",
    "debut_le": "04/01/2027",
    "competences_referentiel": "",
    "competences": "AUTO-002:2:must:5|AUTO-015:1:nice:2:assessed",
    "niveau_etudes": "lower_secondary",
    "experience_mois": "6",
    "langues": "fr:a2|ar:B1",
    "permis": "driving_b|caces_3",
    "horaires": "two_shifts",
    "contact": "Service du personnel",
}


def table(*rows: dict[str, str], delimiter: str = ",") -> bytes:
    """Return a CSV whose header is that of the first row."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read(**changes: str) -> OpeningReading:
    """Return the reading of one good row with some cells changed."""
    (reading,) = read_openings(table(GOOD | changes))
    return reading


class TestReadOpenings:
    def test_reads_a_whole_row(self) -> None:
        opening = read().opening

        assert opening is not None
        assert (opening.external_reference, opening.province_code, opening.contract_code) == ("R-1", "01.511", "cdi")
        assert (opening.profile_scheme, opening.profile_code, opening.posts) == ("LOCAL", "EM-1107", 300)
        assert (opening.start_on, opening.experience_months) == (date(2027, 1, 4), 6)
        assert opening.languages == {"fr": Cefr.A2, "ar": Cefr.B1}
        assert (opening.licences, opening.shifts) == (("driving_b", "caces_3"), ("two_shifts",))
        assert opening.requirements == (
            AskedCode(code="AUTO-002", level=2, is_must=True, weight=5),
            AskedCode(code="AUTO-015", level=1, is_must=False, weight=2, evidence_asked=Evidence.ASSESSED),
        )

    def test_needs_five_columns_only(self) -> None:
        least = {name: GOOD[name] for name in ("metier", "contrat", "province", "intitule", "reference_externe")}

        (reading,) = read_openings(table(least, delimiter=";"))

        assert reading.problems == ()
        assert reading.opening is not None
        assert (reading.opening.posts, reading.opening.start_on, reading.opening.requirements) == (1, None, ())

    def test_takes_addresses_as_codes(self) -> None:
        uri = "http://data.europa.eu/esco/skill/0005c151-5b5a-4a66-8aac-60e734beb1ab"

        opening = read(competences=f"{uri}:3:nice:1", competences_referentiel="esco").opening

        assert opening is not None
        assert opening.competency_scheme == "ESCO"
        assert opening.requirements == (AskedCode(code=uri, level=3, is_must=False, weight=1),)

    @pytest.mark.parametrize("typed", ["01.511", "1.511", "1,511", "01,511"])
    def test_gives_a_province_its_code_back(self, typed: str) -> None:
        opening = read(province=typed).opening

        assert opening is not None
        assert opening.province_code == "01.511"

    def test_reads_a_workbook_with_real_numbers_and_days(self) -> None:
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(
                0, 0, ["reference_externe", "intitule", "province", "metier", "contrat", "postes", "debut_le"]
            )
            sheet.write_row(1, 0, ["R-1", "Cariste", 1.511, "EM-4103", "cdd", 12])
            sheet.write_datetime(1, 6, date(2027, 1, 4), book.add_format({"num_format": "yyyy-mm-dd"}))

        (reading,) = read_openings(content.getvalue())

        assert reading.opening is not None
        assert (reading.opening.province_code, reading.opening.posts) == ("01.511", 12)
        assert reading.opening.start_on == date(2027, 1, 4)

    def test_keeps_the_good_rows_beside_a_bad_one(self) -> None:
        bad = GOOD | {"reference_externe": "R-2", "postes": "many"}
        last = GOOD | {"reference_externe": "R-3"}

        readings = list(read_openings(table(GOOD, bad, last)))

        assert [reading.number for reading in readings] == [2, 3, 4]
        assert [reading.opening is not None for reading in readings] == [True, False, True]

    def test_refuses_a_reference_that_stands_twice(self) -> None:
        readings = list(read_openings(table(GOOD, GOOD)))

        assert [problem.to_json() for problem in readings[1].problems] == [
            {"column": "reference_externe", "code": "reference-twice", "facts": {"row": 2}}
        ]

    @pytest.mark.parametrize(
        ("column", "cell", "code"),
        [
            ("intitule", "", "cell-empty"),
            ("reference_externe", "", "cell-empty"),
            ("intitule", "x" * 201, "text-too-long"),
            ("postes", "0", "number-out-of-range"),
            ("postes", "2001", "number-out-of-range"),
            ("postes", "-3", "number-out-of-range"),
            ("postes", "²", "number-out-of-range"),
            ("experience_mois", "two", "number-out-of-range"),
            ("debut_le", "31/02/2027", "day-unreadable"),
            ("debut_le", "soon", "day-unreadable"),
            ("langues", "fr", "pair-unreadable"),
            ("langues", "fr:Z9", "level-unknown"),
            ("competences", "AUTO-001", "competency-unreadable"),
            ("competences", "AUTO-001:2:perhaps:5", "competency-unreadable"),
            ("competences", "AUTO-001:5:must:5", "level-out-of-range"),
            ("competences", "AUTO-001:0:must:5", "level-out-of-range"),
            ("competences", "AUTO-001:2:must:6", "weight-out-of-range"),
            ("competences", "AUTO-001:2:must:5:inferred", "evidence-unknown"),
            ("competences", "AUTO-001:2:must:5|AUTO-001:3:nice:1", "competency-twice"),
            ("competences", "|".join(f"C{n}:1:nice:1" for n in range(17)), "too-many-requirements"),
        ],
    )
    def test_names_column_and_fault(self, column: str, cell: str, code: str) -> None:
        reading = read(**{column: cell})

        assert reading.opening is None
        assert [(problem.column, problem.code) for problem in reading.problems] == [(column, code)]

    def test_says_which_competency_of_the_cell_is_wrong(self) -> None:
        (problem,) = read(competences=f"{EXAMPLE}|AUTO-9").problems

        assert problem.facts == {"place": 3, "example": EXAMPLE}

    def test_names_the_columns_that_miss(self) -> None:
        with pytest.raises(WrongHeader) as refusal:
            list(read_openings(b"reference_externe;intitule\nR-1;Cariste\n"))

        assert refusal.value.facts == {"missing": "province, metier, contrat", "found": "reference_externe, intitule"}

    def test_refuses_a_column_that_stands_twice(self) -> None:
        header = b"reference_externe,intitule,province,metier,contrat,Contrat\n"

        with pytest.raises(WrongHeader) as refusal:
            list(read_openings(header + b"R-1,Cariste,01.511,EM-4103,cdi,cdd\n"))

        assert refusal.value.facts == {"column": "contrat"}

    @pytest.mark.parametrize("content", [b"", b"%PDF-1.7"])
    def test_refuses_what_is_no_table(self, content: bytes) -> None:
        with pytest.raises(UnreadableFile):
            list(read_openings(content))

    @given(
        st.lists(
            st.builds(
                AskedCode,
                code=st.from_regex(r"[A-Z]{1,6}-[0-9]{1,4}", fullmatch=True),
                level=st.integers(1, 4),
                is_must=st.booleans(),
                weight=st.integers(1, 5),
                evidence_asked=st.sampled_from([Evidence.DECLARED, Evidence.ASSESSED, Evidence.CERTIFIED]),
            ),
            max_size=16,
            unique_by=lambda asked: asked.code,
        )
    )
    def test_reads_back_what_was_written(self, asked: list[AskedCode]) -> None:
        cell = "|".join(
            f"{line.code}:{line.level}:{'must' if line.is_must else 'nice'}:{line.weight}:{line.evidence_asked}"
            for line in asked
        )

        opening = read(competences=cell).opening

        assert opening is not None
        assert opening.requirements == tuple(asked)

    @given(st.dictionaries(st.sampled_from([column.value for column in OpeningColumn]), st.text(max_size=40)))
    def test_answers_any_row_with_an_opening_or_a_problem(self, cells: dict[str, str]) -> None:
        kept = {name: "".join(sign for sign in cell if sign.isprintable()) for name, cell in cells.items()}

        for reading in read_openings(table(GOOD | kept)):
            assert (reading.opening is None) == bool(reading.problems)
