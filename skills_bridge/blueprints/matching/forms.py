"""Forms of shortlists."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length


class ReferForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The people to propose, and a word to the company that travels with each file."""

    seeker = SelectMultipleField(
        _l("Personnes"),
        coerce=uuid.UUID,
        validate_choice=False,
        validators=[InputRequired(_l("Cochez au moins une personne dans la liste."))],
    )
    message = TextAreaField(
        _l("Message à l’entreprise"),
        validators=[Length(max=1000, message=_l("Raccourcissez le message à 1000 caractères."))],
        render_kw={"rows": 3, "maxlength": 1000},
    )
