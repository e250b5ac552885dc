"""The rows of requirements in the forms of needs and openings: typed, proposed, or taken from a profile's template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField, StringField
from wtforms.validators import Length, Optional

from skills_bridge.blueprints.fields import change_rows, choice_field, offer
from skills_bridge.blueprints.formats import form_choices
from skills_bridge.blueprints.framework.words import evidence_words, level_words, weight_words
from skills_bridge.blueprints.web import language, reading
from skills_bridge.domain.framework import LEVELS, WEIGHTS, Asked, Evidence
from skills_bridge.queries.framework import CompetencyRef, RequirementLine, list_own_competencies, resolve_competencies

MUST: Final = "must"
MOST_ROWS: Final = 24
"""Rows on the page at most; a requirement more than sixteen is refused with a sentence."""
FIRST_ROWS: Final = 3
USUAL_LEVEL: Final = "2"
USUAL_WEIGHT: Final = "3"
Meanings = Mapping[str, Sequence[CompetencyRef]]


class RequirementForm(Form):
    """One row: a row without a competency asks for nothing."""

    competency = StringField(
        _l("Compétence"), validators=[Optional(), Length(max=400)], render_kw={"autocomplete": "off", "maxlength": 400}
    )
    level = choice_field(_l("Niveau"), default=USUAL_LEVEL)
    necessity = choice_field(
        _l("Nécessité"), default=MUST, choices=form_choices([(MUST, _l("indispensable")), ("nice", _l("souhaitée"))])
    )
    weight = choice_field(_l("Importance"), default=USUAL_WEIGHT)
    evidence = choice_field(_l("Preuve demandée"), default=Evidence.DECLARED.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the choices in the reader's language."""
        super().__init__(*args, **kwargs)
        kinds = (kind for kind in Evidence if kind is not Evidence.INFERRED)
        offer(self.level, ((str(level), level_words(level)) for level in LEVELS))
        offer(self.weight, ((str(weight), weight_words(weight)) for weight in WEIGHTS))
        offer(self.evidence, ((kind.value, evidence_words(kind)) for kind in kinds))

    def asked(self, competency_id: int) -> Asked:
        """The row as a command; call it on a valid form only."""
        return Asked(
            competency_id=competency_id,
            level=int(self.level.data or USUAL_LEVEL),
            is_must=(self.necessity.data or MUST) == MUST,
            weight=int(self.weight.data or USUAL_WEIGHT),
            evidence_asked=Evidence(self.evidence.data or Evidence.DECLARED),
        )


def requirement_rows() -> FieldList[Any]:
    """The field of a form that asks for competencies."""
    return FieldList(FormField(RequirementForm), label=_l("Exigences"), min_entries=FIRST_ROWS)


def rows_of(lines: Sequence[RequirementLine]) -> list[dict[str, Any]]:
    """Requirements as the values of rows."""
    return [
        {
            "competency": line.competency.written(language()),
            "level": str(line.level),
            "necessity": MUST if line.is_must else "nice",
            "weight": str(line.weight),
            "evidence": line.evidence_asked.value,
        }
        for line in lines
    ]


def change_requirements(rows: FieldList[Any], asked: Any) -> bool:
    """Add or remove a row if one of its buttons was pressed; say whether it was."""
    return change_rows(rows, asked, most=MOST_ROWS)


def add_template(rows: FieldList[Any], lines: Sequence[RequirementLine]) -> None:
    """Put a profile's template below what was typed; blank rows go, and what is asked already stays as it is."""
    rows.entries = [entry for entry in rows.entries if entry.form.competency.data]
    present = {entry.form.competency.data for entry in rows.entries}
    for row in rows_of(lines):
        if row["competency"] not in present:
            rows.append_entry(row)


def add_competency(rows: FieldList[Any], written: str) -> None:
    """Ask for one more competency, as usual, below what was typed; blank rows go, one asked already stays as it is."""
    rows.entries = [entry for entry in rows.entries if entry.form.competency.data]
    is_asked = any(entry.form.competency.data == written for entry in rows.entries)
    if written and not is_asked and len(rows.entries) < MOST_ROWS:
        rows.append_entry({"competency": written})


def meanings_of(rows: FieldList[Any]) -> dict[str, tuple[CompetencyRef, ...]]:
    """What each competency typed may mean."""
    return resolve_competencies(reading(), texts=typed_texts(rows))


def suggestions() -> list[str]:
    """The competencies offered before anything is typed."""
    return [entry.written(language()) for entry in list_own_competencies(reading())]


def typed_texts(rows: FieldList[Any]) -> list[str]:
    """What was typed as competencies."""
    return [entry.form.competency.data.strip() for entry in rows.entries if (entry.form.competency.data or "").strip()]


def check_meanings(rows: FieldList[Any], meanings: Meanings) -> bool:
    """Put a sentence beside each row whose text names no competency, or several; say whether all are clear."""
    problems = []
    for entry in rows.entries:
        text = (entry.form.competency.data or "").strip()
        found = meanings.get(text, ()) if text else (None,)
        if len(found) != 1:
            sentence = _problem(text, found)
            entry.form.competency.errors = [*entry.form.competency.errors, sentence]
            problems.append(sentence)
    rows.errors = [*rows.errors, *problems]
    return not problems


def asked_by(rows: FieldList[Any], meanings: Meanings) -> tuple[Asked, ...]:
    """The rows as commands; call it on a valid form only."""
    return tuple(
        entry.form.asked(meanings[text][0].id)
        for entry in rows.entries
        if (text := (entry.form.competency.data or "").strip())
    )


def _problem(text: str, found: Sequence[Any]) -> str:
    if not found:
        return str(
            _("Aucune compétence ne correspond à « %(text)s » : choisissez-en une dans la liste proposée.", text=text)
        )
    shown = " ; ".join(entry.written(language()) for entry in found[:5])
    return str(_("« %(text)s » peut désigner plusieurs compétences. Choisissez : %(shown)s", text=text, shown=shown))
