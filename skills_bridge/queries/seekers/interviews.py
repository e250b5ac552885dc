"""The interview: ten competencies to ask of a person, with what is supposed of each."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import Actor
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.seekers import choose_questions, studied_levels
from skills_bridge.models import Competency, SeekerExperience
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.queries.listing import matches
from skills_bridge.queries.seekers.files import HeldLine, find_file, list_held
from skills_bridge.queries.seekers.vocabulary import (
    OWN_SCHEME,
    get_ranks,
    get_templates,
    label_of,
    list_profiles,
    list_studied_profiles,
)

MOST_OFFERED = 200
"""Competencies that one list offers; a search narrows it."""


@dataclass(frozen=True)
class Question:
    """A competency to ask: what an autonomous person does, and what is held about this person now."""

    competency_id: int
    label: str
    definition: str | None
    held: HeldLine | None


@dataclass(frozen=True, kw_only=True)
class Interview:
    """What the interview screen shows; ``wanted`` and ``past`` are the jobs the questions come from."""

    id: int
    public_id: uuid.UUID
    pseudonym: str
    wanted: tuple[str, ...]
    past: tuple[str, ...]
    questions: tuple[Question, ...]


def get_interview(session: Session, *, actor: Actor, public_id: uuid.UUID, language: str, today: date) -> Interview:
    """Return the ten most useful questions for a person.

    :raises NotFound: there is no such person in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    """
    seeker = find_file(session, public_id)
    authorize(actor, Permission.SEEKER_MANAGE, seeker)
    past = tuple(
        session.scalars(
            select(SeekerExperience.job_profile_id)
            .where(SeekerExperience.seeker_id == seeker.id)
            .order_by(SeekerExperience.months.desc())
        )
    )
    wanted = tuple(seeker.wanted_profiles or ())
    studied = studied_levels(
        seeker.field_code,
        get_ranks(session).get(seeker.education_code or ""),
        wanted,
        list_studied_profiles(session, fields=[seeker.field_code] if seeker.field_code else []),
    )
    held = {
        line.competency_id: line for line in list_held(session, seeker_id=seeker.id, language=language, today=today)
    }
    chosen = choose_questions(
        wanted=wanted,
        past=(*past, *studied),
        supposed=(key for key, line in held.items() if line.evidence is Evidence.INFERRED),
        settled=(key for key, line in held.items() if line.evidence is Evidence.CERTIFIED and not line.is_expired),
        templates=get_templates(session) | get_templates(session, profiles=(*wanted, *past, *studied)),
    )
    names = dict(list_profiles(session, language=language, also=(*wanted, *past)))
    return Interview(
        id=seeker.id,
        public_id=seeker.public_id,
        pseudonym=seeker.pseudonym,
        wanted=tuple(names[str(key)] for key in wanted if str(key) in names),
        past=tuple(names[str(key)] for key in dict.fromkeys(past) if str(key) in names),
        questions=list_questions(session, competencies=chosen, held=held, language=language),
    )


def list_questions(
    session: Session, *, competencies: Iterable[int], held: dict[int, HeldLine], language: str
) -> tuple[Question, ...]:
    """Return questions about competencies, in the order given."""
    definition = {"ar": Competency.definition_ar, "en": Competency.definition_en}.get(
        language, Competency.definition_fr
    )
    wanted = tuple(competencies)
    rows = session.execute(
        select(Competency.id, label_of(Competency, language), definition).where(Competency.id.in_(wanted))
    )
    found = {key: Question(key, label, text, held.get(key)) for key, label, text in rows}
    return tuple(found[key] for key in wanted if key in found)


def get_question(session: Session, *, public_id: uuid.UUID, competency_id: int, language: str, today: date) -> Question:
    """Return one question with what is held now.

    :raises NotFound: there is no such person in the actor's scope.
    """
    seeker = find_file(session, public_id)
    held = {
        line.competency_id: line for line in list_held(session, seeker_id=seeker.id, language=language, today=today)
    }
    (question,) = list_questions(session, competencies=(competency_id,), held=held, language=language)
    return question


def list_competencies(session: Session, *, language: str, search: str = "") -> tuple[tuple[str, str], ...]:
    """Return the competencies that may be added to a file: the product's own, or of any scheme by a search."""
    label = label_of(Competency, language)
    query = select(Competency.id, label).where(Competency.retired_on.is_(None)).order_by(label).limit(MOST_OFFERED)
    wanted = matches(search, (label,)) if search else Competency.scheme == OWN_SCHEME
    return tuple((str(key), words) for key, words in session.execute(query.where(wanted)))
