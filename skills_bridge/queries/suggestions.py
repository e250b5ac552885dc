"""What a pasted text suggests of the framework: competencies and job profiles, each with the words that caused it.

The index is built on first use and kept by the process until the framework changes; a process that is never asked never
holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

import numpy as np
from sqlalchemy import case, func, select, union_all
from sqlalchemy.orm import Session

from skills_bridge.engine.suggest import Label as Wording
from skills_bridge.engine.suggest import Route, SheetLine, Suggester, Suggestion, build_suggester
from skills_bridge.engine.suggest.catalogue import in_order
from skills_bridge.engine.suggest.meaning import SIZE, Encode, Meaning, digest_of_label
from skills_bridge.models import Competency, JobProfile, LabelMeaning, ProfileRequirement
from skills_bridge.queries.framework.competencies import CompetencyRef
from skills_bridge.queries.framework.labels import Label, label_columns, label_of

LANGUAGES: Final = ("fr", "ar", "en")
MUST, NICE = 10_000, 5_000
"""How much a line of a template belongs to the core of its job."""
MOST_PROFILES: Final = 3


@dataclass(frozen=True, slots=True)
class SuggestedCompetency:
    """A competency that a text suggests, with the words of the text, or of the title, that caused it."""

    competency: CompetencyRef
    words: tuple[str, ...]
    route: Route


@dataclass(frozen=True, slots=True)
class SuggestedProfile:
    """A job profile that a title suggests, with the words of the title that caused it."""

    id: int
    label: Label
    words: tuple[str, ...]


def suggest_competencies(
    session: Session, *, text: str, encode: Encode, title: str = "", profile_id: int | None = None
) -> tuple[SuggestedCompetency, ...]:
    """Competencies in force that a text suggests, best first; the chosen profile, or the title's, leads the way."""
    found = SUGGESTERS.current(session, encode).suggest_competencies(text, title=title, profile=profile_id)
    query = select(Competency.id, Competency.scheme, Competency.code, *label_columns(Competency, "label"))
    rows = session.execute(query.where(Competency.id.in_([one.entry for one in found])))
    named = {row.id: CompetencyRef(row.id, row.scheme, row.code, label_of(row, "label")) for row in rows}
    return tuple(SuggestedCompetency(named[one.entry], _words(one), one.route) for one in found if one.entry in named)


def suggest_profiles(session: Session, *, title: str, encode: Encode) -> tuple[SuggestedProfile, ...]:
    """The job profiles nearest to a title, best first, at most three."""
    found = SUGGESTERS.current(session, encode).suggest_profiles(title, most=MOST_PROFILES)
    query = select(JobProfile.id, *label_columns(JobProfile, "label"))
    rows = session.execute(query.where(JobProfile.id.in_([one.entry for one in found])))
    named = {row.id: label_of(row, "label") for row in rows}
    return tuple(SuggestedProfile(one.entry, named[one.entry], _words(one)) for one in found if one.entry in named)


def _words(suggestion: Suggestion) -> tuple[str, ...]:
    """The causes as they are read, each once."""
    return tuple(dict.fromkeys(" ".join(cause.words.split()) for cause in suggestion.causes))


class _Suggesters:
    """The index of one process, built anew when the framework has changed; safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._built: tuple[Any, Suggester] | None = None

    def current(self, session: Session, encode: Encode) -> Suggester:
        """Return the index of the framework as this transaction sees it."""
        state = _state(session)
        with self._lock:
            if self._built is None or self._built[0] != state:
                self._built = (state, _build(session, encode))
            return self._built[1]


SUGGESTERS: Final = _Suggesters()


def _state(session: Session) -> tuple[Any, ...]:
    """A fingerprint of all that the index is made of, summed by the database so that no label is fetched for it."""
    line = ProfileRequirement
    counts = (
        select(func.count(), _digest(Competency, Competency.retired_on)),
        select(func.count(), _digest(JobProfile)),
        select(func.count(), _sum(line.job_profile_id, line.competency_id, line.is_must)),
        select(func.count(), _sum(func.encode(LabelMeaning.digest, "hex"))),
    )
    return tuple(session.execute(union_all(*counts)).all())


def _digest(table: Any, *more: Any) -> Any:
    return _sum(table.id, table.label_fr, table.label_ar, table.label_en, *more)


def _sum(*columns: Any) -> Any:
    return func.sum(func.hashtextextended(func.concat_ws("\n", *columns), 0)).label("digest")


def _build(session: Session, encode: Encode) -> Suggester:
    profiles = _wordings(session, JobProfile)
    return build_suggester(
        _wordings(session, Competency, Competency.retired_on.is_(None)),
        profiles,
        _sheets(session),
        meaning=_meaning(session, profiles, encode),
    )


def _meaning(session: Session, labels: list[Wording], encode: Encode) -> Meaning | None:
    """Return the meaning of labels as far as the installation has encoded them; a new one is like nothing yet."""
    rows = session.execute(select(LabelMeaning.digest, LabelMeaning.vector))
    known = {row.digest: np.frombuffer(row.vector, np.int8) for row in rows}
    if not known:
        return None
    nothing = np.zeros(SIZE, np.int8)
    return Meaning(np.stack([known.get(digest_of_label(one.text), nothing) for one in in_order(labels)]), encode)


def _wordings(session: Session, table: Any, *only: Any) -> list[Wording]:
    rows = session.execute(select(table.id, table.label_fr, table.label_ar, table.label_en).where(*only))
    return [
        Wording(key, language, text)
        for key, *texts in rows
        for language, text in zip(LANGUAGES, texts, strict=True)
        if text
    ]


def _sheets(session: Session) -> dict[int, list[SheetLine]]:
    sheets: dict[int, list[SheetLine]] = {}
    worth = case((ProfileRequirement.is_must, MUST), else_=NICE)
    query = (
        select(ProfileRequirement.job_profile_id, ProfileRequirement.competency_id, worth)
        .join(Competency, Competency.id == ProfileRequirement.competency_id)
        .where(Competency.retired_on.is_(None))
        .order_by(ProfileRequirement.job_profile_id, ProfileRequirement.competency_id)
    )
    for profile, competency, weight in session.execute(query):
        sheets.setdefault(profile, []).append(SheetLine(competency, weight))
    return sheets
