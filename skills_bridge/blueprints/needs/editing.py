"""The form of a need as it is filled, offered its choices, and changed row by row without being saved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from flask import request
from flask_babel import gettext as _

from skills_bridge.blueprints.fields import ADD, REMOVE, change_rows, offer
from skills_bridge.blueprints.framework.requirements import add_template, change_requirements, rows_of
from skills_bridge.blueprints.framework.words import quarter_words, text_of
from skills_bridge.blueprints.needs.forms import NeedForm
from skills_bridge.blueprints.web import reading
from skills_bridge.domain.calendar import add_months, local_day, quarter_start
from skills_bridge.domain.needs import MOST_LINES
from skills_bridge.queries.framework import (
    get_profile_page,
    list_profile_choices,
    list_province_choices,
)
from skills_bridge.queries.needs import NeedPage
from skills_bridge.unit_of_work import utc_now

TEMPLATE: Final = "template"
QUARTERS: Final = 12
"""Quarters offered, from the present one on."""


def need_form(page: NeedPage | None = None, *, profile_id: int | None = None, is_copy: bool = False) -> NeedForm:
    """The form of a new need, of one that exists, of a copy or of a profile, with what was typed if it was sent."""
    form = NeedForm(data=_values(page, is_copy=is_copy) if page is not None else _fresh(profile_id))
    known = () if page is None or is_copy else (line.quarter_on for line in page.lines)
    _offer_choices(form, None if page is None else page.job_profile_id, known)
    return form


def is_only_changed(form: NeedForm) -> bool:
    """Do what a button inside the form asks (rows, template) and say whether one was pressed: nothing is saved."""
    if request.method != "POST":
        return False
    if TEMPLATE in request.form:
        _add_profile_template(form)
        return True
    changed = [
        change_requirements(form.requirements, request.form),
        change_rows(form.lines, request.form, most=MOST_LINES),
    ]
    if any(changed):
        _offer_lines(form, _quarters(()))
    return any(changed) or ADD in request.form or REMOVE in request.form


def _fresh(profile_id: int | None) -> dict[str, Any]:
    profile = None if profile_id is None else get_profile_page(reading(), profile_id=profile_id)
    return {} if profile is None else {"job_profile_id": str(profile.id), "requirements": rows_of(profile.template)}


def _values(page: NeedPage, *, is_copy: bool) -> dict[str, Any]:
    """The values of a need; a copy leaves out the quarters that have passed."""
    first = _this_quarter()
    return {
        "version": page.version,
        "job_profile_id": str(page.job_profile_id),
        "note": page.note,
        "requirements": rows_of(page.requirements),
        "lines": [
            {"quarter": line.quarter_on.isoformat(), "province": line.province_code, "posts": line.posts}
            for line in page.lines
            if not is_copy or line.quarter_on >= first
        ],
    }


def _this_quarter() -> date:
    return quarter_start(local_day(utc_now()))


def _quarters(known: Iterable[date]) -> list[date]:
    """The quarters to choose from: those to come, and those that the need holds already."""
    first = _this_quarter()
    return sorted({add_months(first, 3 * ahead) for ahead in range(QUARTERS)} | set(known))


def _offer_choices(form: NeedForm, profile_id: int | None, known: Iterable[date]) -> None:
    profiles = list_profile_choices(reading(), also=profile_id)
    offer(form.job_profile_id, ((entry.code, text_of(entry.label)) for entry in profiles), blank=_("Choisir…"))
    _offer_lines(form, _quarters(known))


def _offer_lines(form: NeedForm, quarters: Iterable[date]) -> None:
    """Offer quarters and provinces to the rows that have none to choose from yet."""
    days = [(day.isoformat(), quarter_words(day)) for day in quarters]
    provinces = [(entry.code, text_of(entry.label)) for entry in list_province_choices(reading())]
    for entry in form.lines.entries:
        if not entry.form.quarter.choices:
            offer(entry.form.quarter, days, blank=_("Choisir…"))
            offer(entry.form.province, provinces, blank=_("Choisir…"))


def _add_profile_template(form: NeedForm) -> None:
    chosen = form.job_profile_id.data or ""
    profile = get_profile_page(reading(), profile_id=int(chosen)) if chosen.isdecimal() else None
    if profile is None:
        form.job_profile_id.errors = [_("Choisissez d’abord l’emploi-métier dont vous voulez le modèle.")]
        return
    add_template(form.requirements, profile.template)
