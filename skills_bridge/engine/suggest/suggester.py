"""From a text to suggestions: words found, words alike, and the sheet of the profile that the title names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from skills_bridge.engine.suggest.catalogue import Catalogue
from skills_bridge.engine.suggest.fusion import fuse
from skills_bridge.engine.suggest.meaning import Meaning
from skills_bridge.engine.suggest.normalise import Word, fold, fold_words
from skills_bridge.engine.suggest.postings import WHOLE
from skills_bridge.engine.suggest.results import Cause, Label, Route, SheetLine, Suggestion
from skills_bridge.engine.suggest.stems import Stems

MOST: Final = 20
"""Suggestions given unless fewer or more are asked for."""
MOST_LETTERS: Final = 20_000
"""Letters of a text that are read; an advertisement or CV is shorter."""
MOST_PIECES: Final = 60
LEAST_LIKENESS: Final = 3_000
"""Likeness (0..10,000) from which a piece of text suggests a competency."""
NEAR: Final = 3
"""Entries that one piece of text may suggest by likeness."""
WORDS_OF_A_SKILL: Final = 8
"""A text of one line and no more words is read as the name of a skill, whose spelling may be wrong."""
SHEETS: Final = 3
"""Profiles of a title whose sheets are read."""
LONGEST_TITLE: Final = 120
_PIECE: Final = re.compile(r"[^\n\r.;:!?•·*,،؛؟]+")
_SAME_WORD: Final = 70
SHORTEST: Final = 3
"""Letters of a piece of text, or of a word, that may be like another."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a text says of one competency: where, and how like (0..10,000)."""

    causes: tuple[Cause, ...]
    likeness: int
    route: Route

    @property
    def is_certain(self) -> bool:
        """Whether several words of a label stand in the text, or an acronym; one common word proves little."""
        return self.route is Route.WORDS and any(" " in one.words or one.words.isupper() for one in self.causes)


@dataclass(frozen=True, slots=True)
class _OnSheet:
    """A competency of a job's sheet: the words of the title that led there, and its worth (0..20,000)."""

    causes: tuple[Cause, ...]
    worth: int


class Suggester:
    """Suggests competencies and profiles; built once, then only read, by any number of threads."""

    def __init__(self, competencies: Catalogue, profiles: Catalogue, sheets: Mapping[int, Sequence[SheetLine]]) -> None:
        self._competencies = competencies
        self._profiles = profiles
        self._sheets = sheets

    def suggest_profiles(self, title: str, *, most: int = 5) -> tuple[Suggestion, ...]:
        """Return the profiles nearest to a job title, best first; none for a title without words."""
        words = fold_words(title[:LONGEST_TITLE])
        if not words:
            return ()
        named = self._profiles.lexicon.find(title, words)
        return tuple(
            Suggestion(
                entry,
                rank,
                self._shared(title, words, entry),
                Route.WORDS if entry in named else Route.LIKENESS,
            )
            for rank, entry in enumerate(self._profiles.ranked(title[:LONGEST_TITLE])[:most], 1)
        )

    def suggest_competencies(
        self, text: str, *, title: str = "", profile: int | None = None, most: int = MOST
    ) -> tuple[Suggestion, ...]:
        """Return the competencies that a text suggests, best first.

        The way that finds most goes by the job: the sheet of ``profile`` if a person chose one, else those of the
        profiles that the title names (the text's first line without ``title``); what the text itself says is joined.
        """
        text = text[:MOST_LETTERS]
        words = fold_words(text)
        found = self._read(text, words)
        sheet = self._from_sheets(title or first_line(text), profile, [word.folded for word in words])
        from_text = sorted(found, key=lambda one: (-found[one].likeness, one))
        by_words = [one for one in from_text if found[one].is_certain]
        from_sheet = sorted(sheet, key=lambda one: (-sheet[one].worth, one))
        order = fuse([(5, from_sheet), (4, by_words), (1, from_text)])[:most]
        return tuple(
            Suggestion(one, rank, found[one].causes, found[one].route)
            if one in found
            else Suggestion(one, rank, sheet[one].causes, Route.SHEET)
            for rank, one in enumerate(order, 1)
        )

    def _read(self, text: str, words: Sequence[Word]) -> dict[int, _Found]:
        """Return what the text itself says, by words found and words alike."""
        found: dict[int, _Found] = {}
        parts = pieces(text)
        if len(parts) == 1 and len(words) <= WORDS_OF_A_SKILL:
            near = self._competencies.ranked(parts[0].words)[:MOST]
            found = {entry: _Found(parts, WHOLE - rank, Route.LIKENESS) for rank, entry in enumerate(near)}
        for piece in parts:
            folded = fold(piece.words)
            for entry, likeness in self._competencies.near(folded, least=LEAST_LIKENESS, most=NEAR):
                if entry not in found or likeness > found[entry].likeness:
                    found[entry] = _Found((piece,), likeness, Route.LIKENESS)
        for entry, causes in self._competencies.lexicon.find(text, words).items():
            letters = sum(cause.end - cause.start for cause in causes)
            found[entry] = _Found(tuple(causes), WHOLE + letters, Route.WORDS)
        return found

    def _from_sheets(self, title: str, profile: int | None, words: Sequence[str]) -> dict[int, _OnSheet]:
        """Return the competencies of the sheets of a job, those that the text agrees with worth more."""
        stems = self._competencies.stems_of([*words, *fold(title).split()])
        jobs = [(profile, ())] if profile is not None else [(one.entry, one.causes) for one in self._named(title)]
        sheet: dict[int, _OnSheet] = {}
        for place, (job, causes) in enumerate(jobs):
            for line in self._sheets.get(job, ()):
                covered = self._competencies.covered(line.competency, stems)
                worth = (line.weight + covered) * 2 // (2 + place)  # the second job's sheet counts two thirds
                if line.competency not in sheet or worth > sheet[line.competency].worth:
                    sheet[line.competency] = _OnSheet(causes, worth)
        return sheet

    def _named(self, title: str) -> tuple[Suggestion, ...]:
        return self.suggest_profiles(title, most=SHEETS)

    def _shared(self, title: str, words: Sequence[Word], entry: int) -> tuple[Cause, ...]:
        """Return the words of a title that a profile's labels share, side by side ones as one; else the whole title."""
        labels = {word for label in self._profiles.wording(entry) for word in label.split()}
        shared = [
            word
            for word in words
            if word.folded in labels
            or (len(word.folded) >= SHORTEST and any(fuzz.ratio(word.folded, other) >= _SAME_WORD for other in labels))
        ]
        return _joined(title, words, shared or words)


def build_suggester(
    competencies: Sequence[Label],
    profiles: Sequence[Label],
    sheets: Mapping[int, Sequence[SheetLine]],
    *,
    meaning: Meaning | None = None,
) -> Suggester:
    """Index the labels of competencies and profiles, alternatives included, and the sheets of profiles.

    ``meaning`` compares titles with the profiles' labels across languages: one vector for each label, in the order of
    :func:`~skills_bridge.engine.suggest.catalogue.in_order`.
    """
    stems = Stems()
    return Suggester(Catalogue(competencies, stems), Catalogue(profiles, stems, meaning), sheets)


def pieces(text: str) -> tuple[Cause, ...]:
    """Return the parts of a text between line ends and marks, trimmed, at most sixty: each a possible cause."""
    found = []
    for piece in _PIECE.finditer(text):
        words = piece.group().strip(" \t-–—\u00a0")
        if len(words) >= SHORTEST:
            start = piece.start() + piece.group().index(words)
            found.append(Cause(start, start + len(words), words))
    return tuple(found[:MOST_PIECES])


def first_line(text: str) -> str:
    """Return the first line of a text that is not empty, where a title usually stands, with what stands before it."""
    found = re.search(r"^\s*\S[^\n\r]*", text)
    return "" if found is None else found.group()[:LONGEST_TITLE]


def _joined(text: str, words: Sequence[Word], chosen: Sequence[Word]) -> tuple[Cause, ...]:
    """Return chosen words of a text as causes, neighbours as one."""
    spans: list[list[int]] = []
    last = -2
    for place, word in enumerate(words):
        if word not in chosen:
            continue
        if place == last + 1:
            spans[-1][1] = word.end
        else:
            spans.append([word.start, word.end])
        last = place
    return tuple(Cause(start, end, text[start:end]) for start, end in spans)
