"""Forms of sign-in."""

from __future__ import annotations

from typing import Final, TypedDict

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from skills_bridge.blueprints.accounts.words import PASSWORD_HINT
from skills_bridge.blueprints.fields import choice_field
from skills_bridge.blueprints.formats import form_choices
from skills_bridge.domain.accounts import Role


class Credentials(TypedDict):
    """What :func:`skills_bridge.services.accounts.check_password` takes from the form."""

    email: str
    password: str


class GivenCode(TypedDict):
    """What :func:`skills_bridge.services.accounts.check_code` takes from the form."""

    code: str


class PasswordChange(TypedDict):
    """What :func:`skills_bridge.services.accounts.change_password` takes from the form."""

    present: str
    password: str


class InvitationAsked(TypedDict):
    """What :func:`skills_bridge.services.accounts.invite` takes from the form."""

    email: str
    role: Role
    unit_id: int | None
    language: str


class PasswordReset(TypedDict):
    """What :func:`skills_bridge.services.accounts.reset_password` takes from the form."""

    password: str
    code: str


LANGUAGE_CHOICES: Final = (("fr", "Français"), ("ar", "العربية"), ("en", "English"))


def new_password_field() -> PasswordField:
    """A password to be chosen; the service judges it."""
    return PasswordField(
        _l("Nouveau mot de passe"),
        description=PASSWORD_HINT,
        validators=[InputRequired(_l("Choisissez un mot de passe.")), Length(max=200)],
        render_kw={"autocomplete": "new-password", "dir": "ltr"},
    )


def repeated_password_field() -> PasswordField:
    """The same password once more, against slips of the hand."""
    return PasswordField(
        _l("Nouveau mot de passe, une seconde fois"),
        validators=[
            InputRequired(_l("Saisissez le mot de passe une seconde fois.")),
            EqualTo("password", _l("Les deux mots de passe diffèrent : saisissez-les de nouveau.")),
        ],
        render_kw={"autocomplete": "new-password", "dir": "ltr"},
    )


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
        validators=[InputRequired(_l("Indiquez le code affiché par votre application.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr", "autofocus": True},
    )

    def to_command(self) -> GivenCode:
        """Return the keyword arguments of ``check_code``; call it on a valid form only."""
        return {"code": self.code.data or ""}


class PasswordForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The password that holds, and the one that takes its place."""

    present = PasswordField(
        _l("Mot de passe actuel"),
        validators=[InputRequired(_l("Indiquez votre mot de passe actuel.")), Length(max=200)],
        render_kw={"autocomplete": "current-password", "dir": "ltr"},
    )
    password = new_password_field()
    again = repeated_password_field()

    def to_command(self) -> PasswordChange:
        """Return the keyword arguments of ``change_password``; call it on a valid form only."""
        return {"present": self.present.data or "", "password": self.password.data or ""}


class LanguageForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The language of the pages and of the letters."""

    language = choice_field(
        _l("Langue des pages et des courriels"),
        required=_l("Choisissez une langue."),
        choices=form_choices(LANGUAGE_CHOICES),
    )

    def to_command(self) -> str:
        """Return the language; call it on a valid form only."""
        return str(self.language.data)


class InviteForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Whom to invite, and to what."""

    email = StringField(
        _l("Adresse électronique"),
        validators=[InputRequired(_l("Indiquez l’adresse de la personne.")), Length(max=254)],
        render_kw={"inputmode": "email", "dir": "ltr", "autocomplete": "off"},
    )
    role = choice_field(_l("Rôle"), required=_l("Choisissez un rôle."))
    unit_id = choice_field(_l("Agence"), coerce=lambda value: int(value) if value else None)
    language = choice_field(
        _l("Langue du courriel"),
        required=_l("Choisissez une langue."),
        choices=form_choices(LANGUAGE_CHOICES),
    )

    def to_command(self) -> InvitationAsked:
        """Return the keyword arguments of ``invite``; call it on a valid form only."""
        return {
            "email": self.email.data or "",
            "role": Role(self.role.data),
            "unit_id": self.unit_id.data,
            "language": str(self.language.data),
        }


class FactorFields(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A second factor being installed: ``sealed`` is its encrypted secret, which only this site opens."""

    sealed = HiddenField()
    code = StringField(
        _l("Code à six chiffres"),
        validators=[InputRequired(_l("Indiquez le code affiché par votre application.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"},
    )


class SignUpForm(FactorFields):
    """What a person gives when she takes her place."""

    display_name = StringField(
        _l("Prénom et nom"),
        validators=[InputRequired(_l("Indiquez vos prénom et nom.")), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )
    password = new_password_field()
    again = repeated_password_field()


class NewFactorForm(FactorFields):
    """The password, and the code of the new second factor."""

    password = PasswordField(
        _l("Mot de passe"),
        validators=[InputRequired(_l("Indiquez votre mot de passe.")), Length(max=200)],
        render_kw={"autocomplete": "current-password", "dir": "ltr"},
    )

    def to_command(self) -> PasswordReset:
        """Return password and code for ``enrol_second_factor``; call it on a valid form only."""
        return {"password": self.password.data or "", "code": self.code.data or ""}


class JoinForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Password and second factor of the account that takes a place."""

    password = PasswordField(
        _l("Mot de passe"),
        validators=[InputRequired(_l("Indiquez votre mot de passe.")), Length(max=200)],
        render_kw={"autocomplete": "current-password", "dir": "ltr"},
    )
    code = StringField(
        _l("Code à six chiffres, ou un code de secours"),
        validators=[InputRequired(_l("Indiquez le code affiché par votre application.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "dir": "ltr"},
    )

    def to_command(self) -> PasswordReset:
        """Return the keyword arguments of ``accept_as_known``; call it on a valid form only."""
        return {"password": self.password.data or "", "code": self.code.data or ""}


class AskLinkForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """The address to which a link is to be sent."""

    email = StringField(
        _l("Adresse électronique"),
        validators=[InputRequired(_l("Indiquez votre adresse électronique.")), Length(max=254)],
        render_kw={"autocomplete": "username", "inputmode": "email", "dir": "ltr", "autofocus": True},
    )


class ResetPasswordForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A new password, and the second factor that proves whose it is."""

    password = new_password_field()
    again = repeated_password_field()
    code = StringField(
        _l("Code à six chiffres, ou un code de secours"),
        validators=[InputRequired(_l("Indiquez le code affiché par votre application.")), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "dir": "ltr"},
    )

    def to_command(self) -> PasswordReset:
        """Return the keyword arguments of ``reset_password``; call it on a valid form only."""
        return {"password": self.password.data or "", "code": self.code.data or ""}
