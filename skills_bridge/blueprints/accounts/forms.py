"""Forms of sign-in."""

from __future__ import annotations

from typing import TypedDict

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length


class Credentials(TypedDict):
    """What :func:`skills_bridge.services.accounts.check_password` takes from the form."""

    email: str
    password: str


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """E-mail address and password."""

    email = StringField(
        _l("Adresse électronique"),
        validators=[InputRequired(_l("Indiquez votre adresse électronique.")), Length(max=254)],
        render_kw={"autocomplete": "username", "inputmode": "email", "dir": "ltr", "autofocus": True},
    )
    password = PasswordField(
        _l("Mot de passe"),
        validators=[InputRequired(_l("Indiquez votre mot de passe.")), Length(max=200)],
        render_kw={"autocomplete": "current-password", "dir": "ltr"},
    )

    def to_command(self) -> Credentials:
        """Return the keyword arguments of ``check_password``; call it on a valid form only."""
        return {"email": self.email.data or "", "password": self.password.data or ""}


class CodeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The code of the authenticator application."""

    code = StringField(
        _l("Code à six chiffres"),
        validators=[InputRequired(_l("Indiquez le code affiché par votre application.")), Length(max=12)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr", "autofocus": True},
    )
