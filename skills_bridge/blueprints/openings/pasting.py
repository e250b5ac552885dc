"""What a pasted advertisement suggests inside the form of an opening; each suggestion is taken by a click, or left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import request

from skills_bridge.blueprints.framework.encoding import encoder
from skills_bridge.blueprints.framework.requirements import add_competency, typed_texts
from skills_bridge.blueprints.openings.forms import OpeningForm
from skills_bridge.blueprints.web import language, reading
from skills_bridge.queries.suggestions import (
    SuggestedCompetency,
    SuggestedProfile,
    suggest_competencies,
    suggest_profiles,
)

SUGGEST: Final = "suggest"
TAKE: Final = "take"
TAKE_PROFILE: Final = "take_profile"
BUTTONS: Final = frozenset({SUGGEST, TAKE, TAKE_PROFILE})
"""Names of the buttons: read the text, take a competency (its whole wording), take a job profile (its key)."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """What the pasted text suggests and the form does not hold yet; competencies by what a click writes into a row."""

    profiles: tuple[SuggestedProfile, ...]
    competencies: tuple[tuple[str, SuggestedCompetency], ...]


def take_suggestion(form: OpeningForm) -> bool:
    """Put the suggestion whose button was pressed into the form; say whether a button of the suggestions was."""
    if TAKE in request.form:
        add_competency(form.requirements, request.form[TAKE])
    chosen = request.form.get(TAKE_PROFILE, "")
    if chosen in _offered(form):
        form.job_profile_id.data = chosen
    return bool(BUTTONS & set(request.form))


def proposals(form: OpeningForm) -> Proposals | None:
    """What the pasted text suggests, or None without one; only profiles that the form offers, if none is chosen."""
    text = (form.pasted.data or "").strip()
    if not text or form.pasted.errors:
        return None
    session, chosen, title = reading(), form.job_profile_id.data or "", (form.title.data or "").strip()
    profile_id = int(chosen) if chosen in _offered(form) else None
    competencies = suggest_competencies(session, text=text, encode=encoder(), title=title, profile_id=profile_id)
    first = title or text.splitlines()[0]
    profiles = () if profile_id is not None else suggest_profiles(session, title=first, encode=encoder())
    present = set(typed_texts(form.requirements))
    written = ((one.competency.written(language()), one) for one in competencies)
    return Proposals(
        profiles=tuple(one for one in profiles if str(one.id) in _offered(form)),
        competencies=tuple((words, one) for words, one in written if words not in present),
    )


def _offered(form: OpeningForm) -> set[str]:
    """The keys of the job profiles that the form offers."""
    return {str(value) for value, *_ in form.job_profile_id.iter_choices() if value}
