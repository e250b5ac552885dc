"""One row of a file of people: from the words in its cells to a registration, or to what must be corrected."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from typing import Final, TypeVar

from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.framework import Cefr
from skills_bridge.domain.identifiers import normalise_cin, normalise_email, normalise_phone
from skills_bridge.domain.imports.columns import Column, Problem, plain
from skills_bridge.domain.seekers import (
    Agreement,
    Channel,
    CinKind,
    ConsentKind,
    Identity,
    KnownCodes,
    Nationality,
    PastJob,
    Profile,
    Registration,
    Sex,
    check_profile,
)

T = TypeVar("T")

_LIST: Final = re.compile(r"[;,/]+")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_MONTHS: Final = re.compile(r"(\d{1,3}) ?(?:m|mois|months?|شهرا?|أشهر)?")
_YEARS: Final = re.compile(r"(\d{1,2}) ?(?:an|ans|annees?|years?|سنة|سنوات)")
_NONE: Final = frozenset({"aucun", "aucune", "neant", "none", "لا شيء", "لا احد"})
_YES: Final = frozenset({"oui", "o", "1", "x", "vrai", "true", "yes", "نعم"})
_NO: Final = frozenset({"non", "n", "0", "faux", "false", "no", "لا"})
_LONGEST_NAME, _LONGEST_TEXT = 100, 300

SEXES: Final[Mapping[str, Sex]] = {
    **dict.fromkeys(("f", "femme", "feminin", "female", "انثى"), Sex.FEMALE),
    **dict.fromkeys(("m", "h", "homme", "masculin", "male", "ذكر"), Sex.MALE),
}
NATIONALITIES: Final[Mapping[str, Nationality]] = {
    **dict.fromkeys(("marocaine", "marocain", "maroc", "moroccan", "مغربية", "مغربي"), Nationality.MOROCCAN),
    **dict.fromkeys(("autre", "etrangere", "etranger", "other", "اجنبية", "اجنبي"), Nationality.OTHER),
}
KINDS: Final[Mapping[str, CinKind]] = {
    **dict.fromkeys(("cin", "cnie", "carte nationale"), CinKind.CIN),
    **dict.fromkeys(("passeport", "passport"), CinKind.PASSPORT),
    **dict.fromkeys(("carte de sejour", "sejour", "residence card"), CinKind.RESIDENCE_CARD),
}
CHANNELS: Final[Mapping[str, Channel]] = {
    **dict.fromkeys(("guichet", "agence", "counter"), Channel.COUNTER),
    **dict.fromkeys(("telephone", "phone"), Channel.PHONE),
    **dict.fromkeys(("courriel", "email", "e mail"), Channel.EMAIL),
    **dict.fromkeys(("courrier", "lettre", "letter"), Channel.LETTER),
}
TONGUES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("fr", "francais", "french"), "fr"),
    **dict.fromkeys(("ar", "arabe", "arabic", "العربية"), "ar"),
    **dict.fromkeys(("en", "anglais", "english"), "en"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What cells may say for each list: codes and labels as :func:`plain` writes them, to the code they mean."""

    provinces: Mapping[str, str]
    education: Mapping[str, str]
    fields: Mapping[str, str]
    languages: Mapping[str, str]
    licences: Mapping[str, str]
    contracts: Mapping[str, str]
    shifts: Mapping[str, str]
    profiles: Mapping[str, int]
    known: KnownCodes


@dataclass(frozen=True, slots=True)
class RowReading:
    """What a row says; ``registration`` is None if it has problems."""

    registration: Registration | None
    problems: tuple[Problem, ...]


@dataclass
class _Reader:
    """Reads the cells of one row and remembers what is wrong with them."""

    cells: Mapping[Column, str]
    words: Words
    today: date
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, column: Column, code: str, **facts: str | int) -> None:
        self.problems.append(Problem(column.value, code, facts))

    def cell(self, column: Column) -> str:
        return self.cells.get(column, "").strip()

    def needed(self, column: Column) -> str:
        text = self.text(column, most=_LONGEST_NAME)
        if text is None and not any(problem.column == column.value for problem in self.problems):
            self.wrong(column, "cell-empty")
        return text or ""

    def text(self, column: Column, *, most: int = _LONGEST_TEXT) -> str | None:
        text = self.cell(column)
        if len(text) > most:
            self.wrong(column, "text-too-long", most=most)
            return None
        return text or None

    def normal(self, column: Column, normalise: Callable[[str], str]) -> str | None:
        text = self.cell(column)
        if not text:
            return None
        try:
            return normalise(text)
        except Invalid as refusal:
            facts = {name: str(value) for name, value in refusal.facts.items() if name != "field"}
            self.wrong(column, refusal.code, **facts)
            return None

    def one(self, column: Column, choices: Mapping[str, T]) -> T | None:
        text = self.cell(column)
        return self.meaning(column, text, choices) if text else None

    def meaning(self, column: Column, text: str, choices: Mapping[str, T]) -> T | None:
        """Return what a word means; an unknown one is a problem that names the nearest."""
        word = plain(text)
        if word in choices:
            return choices[word]
        near = get_close_matches(word, choices, n=1, cutoff=0.7)
        if near:
            self.wrong(column, "word-near", near=near[0])
        else:
            self.wrong(column, "word-unknown", example=next(iter(choices), ""))
        return None

    def several(self, column: Column, choices: Mapping[str, T]) -> tuple[T, ...] | None:
        text = self.cell(column)
        if not text:
            return None
        if plain(text) in _NONE:
            return ()
        parts = text.split("|") if "|" in text else [text] if plain(text) in choices else _LIST.split(text)
        found = [self.meaning(column, part, choices) for part in parts if part.strip()]
        return tuple(dict.fromkeys(value for value in found if value is not None))

    def flag(self, column: Column) -> bool:
        word = plain(self.cell(column))
        if word and word not in _YES | _NO:
            self.wrong(column, "flag-unreadable")
        return word in _YES

    def day(self, column: Column) -> date | None:
        text = self.cell(column).split(" 00:00")[0]
        if not text:
            return None
        found = _YEAR_FIRST.fullmatch(text)
        parts = found.groups() if found else None
        if parts is None and (found := _DAY_FIRST.fullmatch(text)):
            parts = found.groups()[::-1]
        try:
            if parts is not None:
                return date(*(int(part) for part in parts))
        except ValueError:
            pass
        self.wrong(column, "day-unreadable")
        return None

    def months(self, column: Column, text: str) -> int | None:
        words = text.strip().casefold()
        if found := _MONTHS.fullmatch(words):
            return int(found[1])
        if found := _YEARS.fullmatch(words.replace("é", "e")):
            return int(found[1]) * 12
        self.wrong(column, "months-unreadable")
        return None

    def pairs(self, column: Column) -> list[tuple[str, str]]:
        """Return the two sides of entries such as ``fr:B1|en:A2``."""
        found = []
        for part in re.split(r"[|;,]+", self.cell(column)):
            if not part.strip():
                continue
            left, colon, right = part.partition(":")
            if not colon or not right.strip():
                self.wrong(
                    column, "pair-unreadable", example="fr:B1|en:A2" if column is Column.LANGUAGES else "EM-1107:18"
                )
                return []
            found.append((left, right))
        return found


def read_row(cells: Mapping[Column, str], *, words: Words, today: date, consent_version: str) -> RowReading:
    """Read one row; an empty cell is *unknown*, the word *aucun* a known none.

    Days are ``31/12/1999`` or ``1999-12-31``, months ``18`` or ``2 ans``, lists parted by ``|``.
    """
    reader = _Reader({column: cell.removeprefix("'") for column, cell in cells.items()}, words, today)
    identity = _identity(reader)
    profile = _profile(reader)
    agreement = _agreement(reader, consent_version)
    registered_on = reader.day(Column.REGISTERED_ON)
    if registered_on is not None and registered_on > today:
        reader.wrong(Column.REGISTERED_ON, "day-ahead")
    if identity is None or profile is None or reader.problems:
        return RowReading(None, tuple(reader.problems))
    try:
        check_profile(profile, words.known, today=today)
    except Invalid as refusal:
        facts = {name: str(value) for name, value in refusal.facts.items() if name not in {"field", "value"}}
        return RowReading(None, (Problem(_COLUMN_OF[refusal.field].value, refusal.code, facts),))
    return RowReading(
        Registration(identity=identity, profile=profile, agreement=agreement, registered_on=registered_on), ()
    )


_COLUMN_OF: Final[Mapping[str, Column]] = {
    "born_on": Column.BORN_ON,
    "experience_months": Column.MONTHS,
    "past_jobs": Column.PAST_JOBS,
}


def _identity(reader: _Reader) -> Identity | None:
    kind = reader.one(Column.KIND, KINDS) or CinKind.CIN
    number = reader.normal(Column.NUMBER, lambda text: normalise_cin(text, kind=kind))
    if not reader.cell(Column.NUMBER):
        reader.wrong(Column.NUMBER, "cell-empty")
    identity = Identity(
        first_name=reader.needed(Column.FIRST_NAME),
        last_name=reader.needed(Column.LAST_NAME),
        number=number or "",
        kind=kind,
        first_name_ar=reader.text(Column.FIRST_NAME_AR, most=_LONGEST_NAME),
        last_name_ar=reader.text(Column.LAST_NAME_AR, most=_LONGEST_NAME),
        phone=reader.normal(Column.PHONE, normalise_phone),
        email=reader.normal(Column.EMAIL, normalise_email),
        address=reader.text(Column.ADDRESS),
    )
    return identity if number else None


def _profile(reader: _Reader) -> Profile | None:
    words = reader.words
    province = reader.one(Column.PROVINCE, words.provinces)
    if not reader.cell(Column.PROVINCE):
        reader.wrong(Column.PROVINCE, "cell-empty")
    profile = Profile(
        province_code=province or "",
        education_code=reader.one(Column.EDUCATION, words.education),
        field_code=reader.one(Column.FIELD, words.fields),
        experience_months=reader.months(Column.MONTHS, reader.cell(Column.MONTHS))
        if reader.cell(Column.MONTHS)
        else None,
        available_on=reader.day(Column.AVAILABLE_ON),
        born_on=reader.day(Column.BORN_ON),
        sex=reader.one(Column.SEX, SEXES),
        nationality=reader.one(Column.NATIONALITY, NATIONALITIES) or Nationality.MOROCCAN,
        mobility=reader.several(Column.MOBILITY, words.provinces),
        contracts=reader.several(Column.CONTRACTS, words.contracts),
        shifts=reader.several(Column.SHIFTS, words.shifts),
        licences=reader.several(Column.LICENCES, words.licences),
        wanted_profiles=reader.several(Column.WANTED, words.profiles),
        languages=_languages(reader),
    )
    return replace(profile, past_jobs=_past_jobs(reader)) if province else None


def _languages(reader: _Reader) -> dict[str, Cefr]:
    found: dict[str, Cefr] = {}
    for name, level in reader.pairs(Column.LANGUAGES):
        code = reader.meaning(Column.LANGUAGES, name, reader.words.languages)
        if level.strip().upper() not in Cefr.__members__:
            reader.wrong(Column.LANGUAGES, "level-unknown", levels=", ".join(Cefr))
        elif code is not None:
            found[code] = Cefr(level.strip().upper())
    return found


def _past_jobs(reader: _Reader) -> tuple[PastJob, ...]:
    found = []
    for name, span in reader.pairs(Column.PAST_JOBS):
        job = reader.meaning(Column.PAST_JOBS, name, reader.words.profiles)
        months = reader.months(Column.PAST_JOBS, span)
        if job is not None and months is not None:
            found.append(PastJob(job_profile_id=job, months=months))
    return tuple(found)


def _agreement(reader: _Reader, version: str) -> Agreement | None:
    told = {
        ConsentKind.MATCHING: reader.flag(Column.CONSENT_MATCHING),
        ConsentKind.SHARING: reader.flag(Column.CONSENT_SHARING),
    }
    channel = reader.one(Column.CONSENT_CHANNEL, CHANNELS) or Channel.COUNTER
    language = reader.one(Column.CONSENT_LANGUAGE, TONGUES) or "fr"
    kinds = frozenset(kind for kind, given in told.items() if given)
    if not kinds:
        return None
    return Agreement(kinds=kinds, text_version=version, language=language, channel=channel)
