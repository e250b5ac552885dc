"""Fields that say their cure: choices, whole numbers, days; and refusals shown beside the field that they name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FieldList, Form, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from skills_bridge.blueprints.refusals import explain
from skills_bridge.domain.errors import RuleBroken

DAY_FORMATS: Final = ("%Y-%m-%d", "%d/%m/%Y")
"""A browser sends the first; who types the day writes the second."""
ADD: Final = "add"
REMOVE: Final = "remove"
"""Names of the buttons that add and remove rows; their value names the list, or the row."""


def choice_field(label: Any, *, required: Any = None, **more: Any) -> SelectField:
    """A choice of one; ``required`` is the sentence for who chose none, without it nothing may be chosen."""
    return SelectField(
        label,
        validators=[Optional() if required is None else InputRequired(required)],
        **{"invalid_choice_message": _l("Choisissez une valeur de la liste."), **more},
    )


def choices_field(label: Any, **more: Any) -> SelectMultipleField:
    """A choice of several, as boxes to tick."""
    return SelectMultipleField(
        label,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        **{"invalid_choice_message": _l("Une case cochée n’est plus dans la liste : rechargez la page."), **more},
    )


def whole_field(label: Any, *, low: int, high: int, message: Any, required: bool = True, **more: Any) -> IntegerField:
    """A whole number between two bounds; ``message`` says which, whatever is wrong with the entry."""
    return IntegerField(
        label,
        validators=[InputRequired(message) if required else Optional(), NumberRange(low, high, message)],
        render_kw={"min": low, "max": high, "inputmode": "numeric"},
        **{"invalid_value_message": message, **more},
    )


def day_field(label: Any, **more: Any) -> DateField:
    """A day that may be left out."""
    return DateField(
        label,
        validators=[Optional()],
        format=list(DAY_FORMATS),
        **{"invalid_value_message": _l("Indiquez une date, par exemple 31/03/2027."), **more},
    )


def flag_field(label: Any, **more: Any) -> BooleanField:
    """A box to tick."""
    return BooleanField(label, **more)


def offer(field: Any, choices: Iterable[tuple[str, str]], *, blank: Any = None) -> None:
    """Fill the choices of a field; ``blank`` stands for no choice and comes first."""
    first = [] if blank is None else [("", str(blank))]
    field.choices = [*first, *choices]


def change_rows(rows: FieldList[Any], asked: Any, *, most: int) -> bool:
    """Add or remove rows of a list if one of its buttons was pressed; say whether it was.

    ``asked`` are the values sent. What was typed in the other rows stays.
    """
    if asked.get(ADD) == rows.name:
        if len(rows) < most:
            rows.append_entry()
        return True
    name, _sign, place = str(asked.get(REMOVE, "")).rpartition("-")
    if name != rows.name or not place.isdecimal():
        return False
    if int(place) < len(rows):
        cast("Any", rows).pop_entry(int(place))  # the type information of WTForms is older than the method
    return True


def read_version(value: str | int | None) -> int | None:
    """The version that the person read; None if the form carried none."""
    return int(value) if value and str(value).isdecimal() else None


def show_refusal(form: Form, refusal: RuleBroken) -> None:
    """Put the sentence of a refusal beside the field that it names, or at the head of the form."""
    field = refusal.facts.get("field")
    sentence = explain(refusal)
    if isinstance(field, str) and field in form:
        form[field].errors = [*form[field].errors, sentence]
    else:
        form.form_errors.append(sentence)
