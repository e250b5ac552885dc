"""The product's sentences in three languages, read from the catalogues without Flask.

French is the source language: its sentences are the message ids. The other languages are text catalogues, one per
area (``translations/<language>/<area>.po``), read at first use and merged into one set per language.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

SOURCE_LANGUAGE: Final = "fr"
LOCALES: Final = {"fr": "fr_MA", "ar": "ar_MA", "en": "en"}
"""The languages of the product, each with the locale that rules its figures and dates."""

PLURAL_FORMS: Final = {
    "ar": (
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
        "n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5);"
    ),
    "en": "nplurals=2; plural=(n != 1);",
}
"""Which of a message's forms goes with a count; every catalogue's header says the same."""

FOLDER: Final = Path(__file__).resolve().parent.parent / "translations"


class SourceTranslations(NullTranslations):
    """French, as written in the code: zero and one are singular."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return ``msgid1`` for 0 and 1, ``msgid2`` from 2 on."""
        return msgid1 if abs(n) < 2 else msgid2  # noqa: PLR2004 - the French plural starts at two

    ungettext = ngettext

    def npgettext(self, context: str, singular: str, plural: str, num: int) -> str:
        """Do as ``ngettext``; the source needs no context."""
        del context
        return self.ngettext(singular, plural, num)

    unpgettext = npgettext


def merge_catalogues(language: str, files: Iterable[Path]) -> tuple[Catalog, tuple[str, ...]]:
    """Read the catalogues of all areas into one and list the faults found on the way.

    The first file (by name) that translates a message wins, an untranslated one stays French: a slip in a catalogue
    costs a word, never the site. The faults are what the tests refuse.
    """
    merged = Catalog(locale=LOCALES[language], domain="messages", charset="utf-8")
    merged.mime_headers = [("Plural-Forms", PLURAL_FORMS[language])]
    faults: list[str] = []
    for path in sorted(files):
        with path.open("rb") as stream:
            area = read_po(stream, locale=LOCALES[language], abort_invalid=True)
        if area.plural_forms.replace(" ", "") != merged.plural_forms.replace(" ", ""):
            faults.append(f"{path.name}: Plural-Forms must be {PLURAL_FORMS[language]}")
        for message in area:
            if message.id:
                fault = _add_message(merged, message)
                faults += [f"{path.name}: {message.id!r} {fault}"] if fault else []
    return merged, tuple(faults)


def _add_message(merged: Catalog, message: Message) -> str | None:
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if message.fuzzy or not all(texts):
        return "is not translated"
    known = merged.get(message.id, context=message.context)
    if known is None:
        merged.add(message.id, message.string, context=message.context, flags=message.flags)
    elif known.string != message.string:
        return "is translated differently elsewhere"
    return None


@cache
def translations_of(language: str) -> NullTranslations:
    """Return the gettext object of a language (``fr``, ``ar`` or ``en``), one per process.

    :raises KeyError: the product does not speak that language.
    """
    if language == SOURCE_LANGUAGE:
        return SourceTranslations()
    catalogue, _faults = merge_catalogues(language, (FOLDER / language).glob("*.po"))
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


class Texts:
    """Sentences, figures and days of one language; one object may be shared by all threads."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = Locale.parse(LOCALES[language])
        self._translations = translations_of(language)

    @property
    def direction(self) -> str:
        """``rtl`` for Arabic, ``ltr`` otherwise."""
        return str(self.locale.text_direction)

    def gettext(self, message: str, **values: object) -> str:
        """Translate a French sentence and fill in its ``%(name)s`` places."""
        text = str(self._translations.gettext(message))
        return text % values if values else text

    def ngettext(self, singular: str, plural: str, num: int, **values: object) -> str:
        """Translate a sentence that counts; ``%(num)d`` stands for the count."""
        return str(self._translations.ngettext(singular, plural, num)) % {"num": num, **values}

    def pgettext(self, context: str, message: str, **values: object) -> str:
        """Translate a word whose sense depends on its context."""
        text = str(self._translations.pgettext(context, message))
        return text % values if values else text

    def number(self, value: Decimal | int, decimals: int | None = None) -> str:
        """Write a figure with the grouping and decimal mark of the language, Western digits.

        ``decimals`` fixes the places after the mark; without it only those needed are written.
        """
        pattern = "#,##0.###" if decimals is None else "#,##0." + "0" * decimals
        return str(format_decimal(value, format=pattern.rstrip("."), locale=self.locale))

    def percent(self, value: Decimal, decimals: int = 1) -> str:
        """Write a percentage given in per cent (``Decimal("73.4")`` → ``73,4 %``), with a no-break space."""
        return f"{self.number(value, decimals)}\N{NO-BREAK SPACE}%"

    def day(self, value: date, style: str = "long") -> str:
        """Write a day; ``style`` is ``short``, ``medium``, ``long`` or ``full``."""
        return str(format_date(value, format=style, locale=self.locale))

    def month(self, value: date) -> str:
        """Write the month of a day: ``octobre 2026``."""
        return str(format_date(value, format="MMMM y", locale=self.locale))

    def instant(self, local: datetime, style: str = "long") -> str:
        """Write day and time of an instant **already in Morocco's local time**, to the minute."""
        time = str(format_datetime(local, format="HH:mm", locale=self.locale))
        return self.gettext("%(day)s à %(time)s", day=self.day(local, style), time=time)


@cache
def texts_for(language: str) -> Texts:
    """Return the texts of a language, one object per process.

    :raises KeyError: the product does not speak that language.
    """
    return Texts(language)
