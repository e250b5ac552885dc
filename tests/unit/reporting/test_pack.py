"""The monthly pack: the same facts, the same bytes, the same figures in every file."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Final

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from skills_bridge.adapters.texts import FOLDER as CATALOGUES
from skills_bridge.adapters.texts import LOCALES, merge_catalogues, texts_for
from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.openings import CloseReason
from skills_bridge.domain.placements import PlacementKind
from skills_bridge.reporting.catalogue import CATALOGUE, kpi_of
from skills_bridge.reporting.compute import compute
from skills_bridge.reporting.facts import Facts, PlacementRow, PostRow
from skills_bridge.reporting.figures import Breakdown
from skills_bridge.reporting.files import PackFile
from skills_bridge.reporting.findings import FindingKind
from skills_bridge.reporting.month import AuditHead, PackContext, PartyName, compute_month
from skills_bridge.reporting.pack import build_pack, hidden_figures
from skills_bridge.reporting.wording import (
    BREAKDOWN_NAMES,
    DEMO_MARK,
    FINDING_SENTENCES,
    REASON_SENTENCES,
    SEAL_SENTENCE,
    UNIT_NAMES,
)
from tests.unit.reporting.samples import OCTOBER, day, facts_of, placement, post

WORDS: Final = {language: texts_for(language) for language in LOCALES}
PARTIES: Final = (
    PartyName("industry", "Partie A", "الطرف أ"),
    PartyName("agency", "Partie B", "الطرف ب", confirmed=True),
)
HEADS: Final = (AuditHead("platform", 12, "ab" * 32),)


def context(*, demo: bool = True, version: int = 1, cause: str = "") -> PackContext:
    return PackContext(
        period=OCTOBER,
        version=version,
        demo=demo,
        parties=PARTIES,
        code_version="0.1.0",
        tzdata_version="2026.1",
        previous_digest="cd" * 32,
        audit_heads=HEADS,
        cause=cause,
    )


def sample() -> Facts:
    rows: list[PostRow | PlacementRow] = []
    for number in range(40):
        validated = day(7, 1) + timedelta(days=3 * number)
        row = post(validated, validated + timedelta(days=45), province=("01.001", "02.001")[number % 2])
        rows.append(row)
        if number % 3:
            signed = validated + timedelta(days=number + 2)
            kind = list(PlacementKind)[number % 7 // 3]
            rows.append(placement(row, signed, signed + timedelta(days=5), kind=kind))
    rows.append(post(day(9, 1), day(10, 5), closed=day(9, 9), reason=CloseReason.FILLED_OUTSIDE, profile="P2"))
    return facts_of(*rows)


@pytest.fixture(scope="module")
def facts() -> Facts:
    return sample()


@pytest.fixture(scope="module")
def files(facts: Facts) -> dict[str, PackFile]:
    return {one.name: one for one in build_pack(facts, context(), WORDS)}


def text_of(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return [" ".join(text.split()) for text in pages]


class TestBuildPack:
    def test_holds_the_five_files(self, files: dict[str, PackFile]) -> None:
        assert {name: one.media_type.split(";")[0] for name, one in files.items()} == {
            "rapport-2026-10-v1-fr.pdf": "application/pdf",
            "rapport-2026-10-v1-ar.pdf": "application/pdf",
            "indicateurs-2026-10-v1.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "indicateurs-2026-10-v1.json": "application/json",
            "indicateurs-2026-10-v1.csv": "text/csv",
        }

    def test_is_the_same_bytes_three_times(self, facts: Facts, files: dict[str, PackFile]) -> None:
        for _time in range(2):
            assert {one.name: one for one in build_pack(facts, context(), WORDS)} == files

    def test_marks_every_page_of_a_demonstration(self, files: dict[str, PackFile]) -> None:
        for name in ("rapport-2026-10-v1-fr.pdf", "rapport-2026-10-v1-ar.pdf"):
            pages = text_of(files[name].content)
            assert len(pages) > 5
            assert all("DÉMONSTRATION" in page and "fictives" in page for page in pages)

    def test_marks_every_sheet_of_a_demonstration(self, files: dict[str, PackFile]) -> None:
        book = CalamineWorkbook.from_filelike(BytesIO(files["indicateurs-2026-10-v1.xlsx"].content))

        for name in book.sheet_names:
            assert [DEMO_MARK] in [row[:1] for row in book.get_sheet_by_name(name).to_python()[:4]]

    def test_bears_no_mark_outside_a_demonstration(self, facts: Facts) -> None:
        for one in build_pack(facts, context(demo=False), WORDS):
            content = " ".join(text_of(one.content)) if one.name.endswith("pdf") else one.content.decode("latin-1")
            assert "MONSTRATION" not in content

    def test_says_what_the_seal_is_and_is_not(self, files: dict[str, PackFile]) -> None:
        text = " ".join(text_of(files["rapport-2026-10-v1-fr.pdf"].content))

        assert SEAL_SENTENCE.replace("\u00a0", " ") in text.replace("\u00a0", " ")
        assert "Sceau technique (empreinte) et visas" in text

    def test_prints_the_same_figure_everywhere(self, facts: Facts, files: dict[str, PackFile]) -> None:
        share = next(one for one in compute("K3", facts, OCTOBER) if one.measure == "filled_share")
        entries = json.loads(files["indicateurs-2026-10-v1.json"].content)["figures"]
        lines = csv.DictReader(StringIO(files["indicateurs-2026-10-v1.csv"].content.decode()))
        book = CalamineWorkbook.from_filelike(BytesIO(files["indicateurs-2026-10-v1.xlsx"].content))
        address = {"period": "2026-10", "kpi": "K3", "measure": "filled_share", "breakdown": "national"}

        in_json = [one["value"] for one in entries if {key: one[key] for key in address} == address]
        in_csv = [one["value"] for one in lines if {key: one[key] for key in address} == address]
        summary = book.get_sheet_by_name("Synthèse").to_python()
        in_sheet = next(row[3] for row in summary if row[1] == "Taux de satisfaction")
        in_print = text_of(files["rapport-2026-10-v1-fr.pdf"].content)[0]

        assert share.value is not None
        assert (in_json, in_csv, in_sheet) == ([share.value], [share.value], float(share.value))
        assert share.value.replace(".", ",") in in_print

    def test_keeps_codes_as_text_and_numbers_as_numbers(self, files: dict[str, PackFile]) -> None:
        book = CalamineWorkbook.from_filelike(BytesIO(files["indicateurs-2026-10-v1.xlsx"].content))

        region = next(row for row in book.get_sheet_by_name("K2").to_python() if row[1] == "01")

        assert [type(value) for value in region] == [str, str, str, float, float]

    def test_writes_canonical_json(self, files: dict[str, PackFile]) -> None:
        content = files["indicateurs-2026-10-v1.json"].content
        again = json.dumps(json.loads(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"

        assert content.decode() == again

    def test_tells_a_hidden_count_in_no_file(self, facts: Facts, files: dict[str, PackFile]) -> None:
        month = compute_month(facts, OCTOBER)
        hidden = hidden_figures(month.current)
        entries = json.loads(files["indicateurs-2026-10-v1.json"].content)["figures"]

        shown = [one for one in entries if one["state"] == "hidden"]

        assert len(shown) == len(hidden) > 0
        assert all(one[part] is None for one in shown for part in ("numerator", "denominator", "value", "n"))

    def test_says_why_a_version_corrects_the_one_before(self, facts: Facts) -> None:
        files = build_pack(facts, context(version=2, cause="Un poste était compté deux fois."), WORDS)

        assert "Un poste était compté deux fois." in text_of(files[0].content)[0]
        assert files[0].name == "rapport-2026-10-v2-fr.pdf"

    def test_stands_on_an_empty_month(self) -> None:
        files = build_pack(facts_of(), context(), WORDS)

        assert "non mesuré" in text_of(files[0].content)[0]


class TestCsv:
    def test_holds_no_cell_a_spreadsheet_would_compute(self, facts: Facts) -> None:
        files = build_pack(facts_of(post(day(9, 1), profile="P1")), context(), WORDS)
        text = files[-1].content.decode()

        assert all(not cell.startswith(("=", "+", "-", "@")) for row in csv.reader(StringIO(text)) for cell in row)


class TestWords:
    def test_every_sentence_is_translated(self) -> None:
        asked = {*BREAKDOWN_NAMES.values(), *UNIT_NAMES.values(), *REASON_SENTENCES.values(), SEAL_SENTENCE}
        asked |= {text for pair in FINDING_SENTENCES.values() for text in pair}
        for kpi in CATALOGUE.values():
            asked |= {kpi.name, kpi.population, kpi.date_rule, kpi.suppression}
            asked |= {text for one in kpi.measures for text in (one.name, one.numerator, one.denominator) if text}

        for language in ("ar", "en"):
            catalogue, _faults = merge_catalogues(language, (CATALOGUES / language).glob("*.po"))
            assert [text for text in asked if catalogue.get(text) is None] == []

    def test_every_fault_has_a_sentence(self) -> None:
        assert set(FINDING_SENTENCES) == set(FindingKind)


class TestCatalogue:
    def test_every_measure_is_computed(self, facts: Facts) -> None:
        for kpi in CATALOGUE.values():
            computed = [figure.measure for figure in compute(kpi.code, facts, OCTOBER)]
            assert computed == [measure.code for measure in kpi.measures]

    def test_refuses_a_breakdown_that_is_not_offered(self, facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
        only_national = {**CATALOGUE, "K2": replace(kpi_of("K2"), breakdowns=(Breakdown.NATIONAL,))}
        monkeypatch.setattr("skills_bridge.reporting.catalogue.CATALOGUE", only_national)

        with pytest.raises(Invalid, match="breakdown-not-offered"):
            compute("K2", facts, OCTOBER, Breakdown.REGION)

    def test_refuses_an_unknown_measure(self) -> None:
        with pytest.raises(Invalid, match="measure-unknown"):
            kpi_of("K2").measure("other")
