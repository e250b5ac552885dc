"""Forms of needs: lines by quarter and province, and the requirements."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, TextAreaField
from wtforms.validators import Length, Optional

from skills_bridge.blueprints.fields import choice_field, whole_field
from skills_bridge.blueprints.framework.requirements import Meanings, asked_by, check_meanings, requirement_rows
from skills_bridge.domain.needs import MOST_POSTS, Forecast
from skills_bridge.services.needs import NeedDraft

FIRST_LINES: Final = 2


class LineForm(Form):
    """Posts of a quarter and province; a line without any of the three asks for nothing."""

    quarter = choice_field(_l("Trimestre"))
    province = choice_field(_l("Province ou préfecture"))
    posts = whole_field(
        _l("Postes"),
        low=1,
        high=MOST_POSTS,
        message=_l("Indiquez un nombre de postes entre 1 et 5000."),
        required=False,
    )

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed or chosen."""
        return not (self.quarter.data or self.province.data or (self.posts.raw_data and self.posts.raw_data[0]))

    def check_whole(self) -> bool:
        """Put a sentence beside what a started line still lacks; say whether it is whole."""
        lacking = (
            (self.quarter, not self.quarter.data, _("Choisissez le trimestre.")),
            (self.province, not self.province.data, _("Choisissez la province ou préfecture.")),
            (self.posts, self.posts.data is None and not self.posts.errors, _("Indiquez le nombre de postes.")),
        )
        for field, is_lacking, sentence in lacking:
            if is_lacking:
                field.errors = [*field.errors, sentence]
        return not any(is_lacking for _field, is_lacking, _sentence in lacking)


class NeedForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A need: a profile, posts by quarter and province, what they ask for."""

    version = HiddenField()
    job_profile_id = choice_field(_l("Emploi-métier"), required=_l("Choisissez l’emploi-métier."))
    lines = FieldList(FormField(LineForm), label=_l("Postes par trimestre et province"), min_entries=FIRST_LINES)
    requirements = requirement_rows()
    note = TextAreaField(_l("Remarque"), validators=[Optional(), Length(max=2000)], render_kw={"rows": 3})

    def is_clear(self, meanings: Meanings) -> bool:
        """Whether the form is complete and each competency typed means one of the framework."""
        is_whole = self.validate_on_submit()
        has_lines = self._check_lines() if self.is_submitted() else False
        return check_meanings(self.requirements, meanings) and is_whole and has_lines

    def to_command(self, meanings: Meanings) -> NeedDraft:
        """Return the draft for ``create_need`` and ``update_need``; call it on a clear form only."""
        return NeedDraft(
            job_profile_id=int(self.job_profile_id.data),
            lines=tuple(
                Forecast(
                    quarter_on=date.fromisoformat(row.quarter.data),
                    province_code=row.province.data,
                    posts=row.posts.data,
                )
                for row in self._rows()
            ),
            requirements=asked_by(self.requirements, meanings),
            note=self.note.data or "",
        )

    def _rows(self) -> list[Any]:
        return [entry.form for entry in self.lines.entries if not entry.form.is_blank]

    def _check_lines(self) -> bool:
        are_whole = [row.check_whole() for row in self._rows()]  # each row gets its sentences
        if not are_whole:
            self.lines.errors = [_("Indiquez au moins un trimestre, une province et un nombre de postes.")]
        elif not all(are_whole):
            self.lines.errors = [*self.lines.errors, _("Complétez les lignes commencées, ou videz-les.")]
        return not self.lines.errors


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A word on why a need is taken back."""

    version = HiddenField()
    note = TextAreaField(_l("Motif"), validators=[Optional(), Length(max=1000)], render_kw={"rows": 3})
