"""The product's sentences: catalogues merged without Flask."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from skills_bridge.adapters.texts import FOLDER, LOCALES, PLURAL_FORMS, merge_catalogues, texts_for, translations_of

CHARSET = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'


def write(folder: Path, name: str, body: str, *, language: str = "en", plurals: str = "") -> Path:
    path = folder / name
    header = f'{CHARSET}"Plural-Forms: {plurals or PLURAL_FORMS[language]}\\n"\n\n'
    path.write_text(header + body, encoding="utf-8")
    return path


class TestMergeCatalogues:
    def test_reads_every_area(self, tmp_path: Path) -> None:
        one = write(tmp_path, "a.po", 'msgid "Oui"\nmsgstr "نعم"\n', language="ar")
        two = write(tmp_path, "b.po", 'msgid "Non"\nmsgstr "لا"\n', language="ar")

        merged, faults = merge_catalogues("ar", [one, two])

        assert faults == ()

        assert {str(m.id): m.string for m in merged if m.id} == {"Oui": "نعم", "Non": "لا"}

    def test_accepts_the_same_words_twice(self, tmp_path: Path) -> None:
        one = write(tmp_path, "a.po", 'msgid "Oui"\nmsgstr "Yes"\n')
        two = write(tmp_path, "b.po", 'msgid "Oui"\nmsgstr "Yes"\n')

        merged, faults = merge_catalogues("en", [one, two])

        assert (len(merged), faults) == (1, ())

    def test_keeps_the_first_of_two_translations_and_says_so(self, tmp_path: Path) -> None:
        one = write(tmp_path, "a.po", 'msgid "Oui"\nmsgstr "Yes"\n')
        two = write(tmp_path, "b.po", 'msgid "Oui"\nmsgstr "Yeah"\n')

        merged, faults = merge_catalogues("en", [one, two])

        assert [m.string for m in merged if m.id] == ["Yes"]
        assert faults == ("b.po: 'Oui' is translated differently elsewhere",)

    def test_leaves_an_empty_translation_in_french_and_says_so(self, tmp_path: Path) -> None:
        path = write(tmp_path, "a.po", 'msgid "Oui"\nmsgstr ""\n')

        merged, faults = merge_catalogues("en", [path])

        assert (len(merged), faults) == (0, ("a.po: 'Oui' is not translated",))

    def test_says_where_the_plural_forms_are_not_those_of_the_language(self, tmp_path: Path) -> None:
        path = write(tmp_path, "a.po", "", language="ar", plurals="nplurals=2; plural=(n != 1);")

        _merged, faults = merge_catalogues("ar", [path])

        assert faults == (f"a.po: Plural-Forms must be {PLURAL_FORMS['ar']}",)


class TestCatalogues:
    @pytest.mark.parametrize("language", ["ar", "en"])
    def test_are_complete_and_agree(self, language: str) -> None:
        merged, faults = merge_catalogues(language, (FOLDER / language).glob("*.po"))

        assert faults == ()
        assert len(merged) > 0

    def test_hold_the_same_messages_in_both_languages(self) -> None:
        ids = [{m.id for m in merge_catalogues(code, (FOLDER / code).glob("*.po"))[0]} for code in ("ar", "en")]

        assert ids[0] ^ ids[1] == set()


class TestTexts:
    def test_french_is_what_the_code_says(self) -> None:
        assert texts_for("fr").gettext("Bonjour %(name)s", name="A") == "Bonjour A"

    @pytest.mark.parametrize(("count", "expected"), [(0, "0 poste"), (1, "1 poste"), (2, "2 postes")])
    def test_french_counts_zero_as_singular(self, count: int, expected: str) -> None:
        assert texts_for("fr").ngettext("%(num)d poste", "%(num)d postes", count) == expected

    def test_arabic_has_its_own_words(self) -> None:
        assert texts_for("ar").gettext("non mesuré") == "غير مقيس"

    @pytest.mark.parametrize(
        ("count", "expected"), [(0, "منصب"), (1, "منصب"), (2, "منصبان"), (3, "مناصب"), (74, "منصبا"), (100, "منصب")]
    )
    def test_arabic_has_six_plural_forms(self, count: int, expected: str) -> None:
        assert texts_for("ar").ngettext("poste", "postes", count) == expected

    def test_is_one_object_per_language(self) -> None:
        assert translations_of("ar") is translations_of("ar")

    def test_knows_three_languages_only(self) -> None:
        with pytest.raises(KeyError):
            texts_for("es")

    @pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl"), ("en", "ltr")])
    def test_knows_its_direction(self, language: str, direction: str) -> None:
        assert texts_for(language).direction == direction

    @pytest.mark.parametrize(
        ("language", "expected"), [("fr", "12\u202f500,5"), ("ar", "12.500,5"), ("en", "12,500.5")]
    )
    def test_writes_figures_in_western_digits(self, language: str, expected: str) -> None:
        assert texts_for(language).number(Decimal("12500.5")) == expected

    def test_writes_whole_numbers_without_a_mark(self) -> None:
        assert texts_for("fr").number(7, 0) == "7"

    def test_writes_percentages_with_a_no_break_space(self) -> None:
        assert texts_for("fr").percent(Decimal("73.4")) == "73,4\u00a0%"

    def test_writes_months_as_in_morocco(self) -> None:
        assert [texts_for(code).month(date(2026, 11, 3)) for code in LOCALES] == [
            "novembre 2026",
            "نونبر 2026",
            "November 2026",
        ]

    def test_writes_instants_to_the_minute(self) -> None:
        moment = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)

        assert texts_for("fr").instant(moment) == "3 novembre 2026 à 14:05"
