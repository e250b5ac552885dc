"""Catalogues are complete, templates compile and are used, and one code never appears."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from babel.messages.extract import extract_from_dir
from flask import Flask

from skills_bridge.adapters.texts import FOLDER, merge_catalogues
from skills_bridge.blueprints.formats import look
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.settings import DatabaseUrls
from tests.factories.world import app_of

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "skills_bridge"
TEMPLATES: Final = PACKAGE / "templates"
METHODS: Final = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext.babel_extract")]
KEYWORDS: Final = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "N_": None,
}


@cache
def messages() -> set[str]:
    """Return every sentence of code and templates."""
    options = {"**/templates/**.html": {"silent": "false"}}
    found = extract_from_dir(str(PACKAGE), METHODS, options, keywords=KEYWORDS)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found if message}


class TestCatalogues:
    @pytest.mark.parametrize("language", ["ar", "en"])
    def test_are_complete_and_agree(self, language: str) -> None:
        merged, faults = merge_catalogues(language, (FOLDER / language).glob("*.po"))
        known = {m.id[0] if isinstance(m.id, tuple | list) else m.id for m in merged if m.id}

        assert list(faults) == []
        assert sorted(messages() - known) == []

    @pytest.mark.parametrize("language", ["ar", "en"])
    def test_keep_the_places_of_each_sentence(self, language: str) -> None:
        merged, _ = merge_catalogues(language, (FOLDER / language).glob("*.po"))
        for message in merged:
            if not message.id or not isinstance(message.id, str):
                continue
            wanted = set(re.findall(r"%\((\w+)\)[sd]", message.id))
            assert set(re.findall(r"%\((\w+)\)[sd]", str(message.string))) == wanted, message.id

    def test_keep_a_number_whole_from_right_to_left(self) -> None:
        """A plain space ends a number there, and what follows it is read first: 10 000 would be 000 10."""
        merged, _ = merge_catalogues("ar", (FOLDER / "ar").glob("*.po"))

        assert [m.string for m in merged if m.id and re.search(r"\d \d{3}\b", str(m.string))] == []


def plain(word: str) -> str:
    """Return an Arabic word without the signs of vowels, which print may leave out."""
    return "".join(sign for sign in word if unicodedata.category(sign) != "Mn")


class TestGlossary:
    @pytest.mark.parametrize("evidence", Evidence)
    def test_has_the_words_for_a_proof_that_the_screens_use(self, tmp_path: Path, evidence: Evidence) -> None:
        rows = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
        (row,) = (row for row in rows if row.startswith(f"| {evidence} |"))
        french, arabic = (word.strip() for word in row.split("|")[2:4])
        app = app_of(DatabaseUrls(web="postgresql+psycopg://", worker="", report=""), tmp_path)
        with app.test_request_context("/?lang=fr"):
            assert str(look(evidence).label) == french
        with app.test_request_context("/?lang=ar"):
            assert plain(str(look(evidence).label)) == plain(arabic)


class TestTemplates:
    def test_compile_and_have_a_title(self, tmp_path: Path) -> None:
        app: Flask = app_of(DatabaseUrls(web="postgresql+psycopg://", worker="", report=""), tmp_path)
        for path in TEMPLATES.rglob("*.html"):
            name = path.relative_to(TEMPLATES).as_posix()
            app.jinja_env.get_template(name)
            text = path.read_text(encoding="utf-8")
            if '{% extends "layouts/' in text and not name.startswith("layouts/"):
                assert "{% block title %}" in text, name

    def test_are_all_used(self) -> None:
        sources = "\n".join(p.read_text(encoding="utf-8") for p in [*PACKAGE.rglob("*.py"), *TEMPLATES.rglob("*.html")])
        names = {p.relative_to(TEMPLATES).as_posix() for p in TEMPLATES.rglob("*.html")}

        assert sorted(n for n in names if n not in sources and not n.startswith("errors/")) == []


class TestTerritory:
    def test_code_of_one_list_never_appears(self) -> None:
        shown = [*TEMPLATES.rglob("*.html"), *(PACKAGE / "reference").rglob("*.*"), *FOLDER.rglob("*.po")]
        wrong = re.compile(r"\bEH\b|Western Sahara|Sahara occidental|الصحراء الغربية")

        assert [
            p.name
            for p in shown
            if p.suffix in {".html", ".csv", ".json", ".po", ".md"} and wrong.search(p.read_text(encoding="utf-8"))
        ] == []
