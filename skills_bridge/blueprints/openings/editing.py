"""The form of an opening as it is filled, offered its choices, and changed row by row without being saved."""

from __future__ import annotations

from typing import Any, Final

from flask import request
from flask_babel import gettext as _

from skills_bridge.blueprints.fields import ADD, REMOVE, change_rows, offer, show_refusal
from skills_bridge.blueprints.framework.requirements import add_template, change_requirements, rows_of
from skills_bridge.blueprints.framework.words import quarter_words, text_of
from skills_bridge.blueprints.openings.forms import OpeningForm
from skills_bridge.blueprints.openings.pasting import take_suggestion
from skills_bridge.blueprints.web import current_actor, reading, unit_of_work
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.queries.framework import (
    Choice,
    get_profile_page,
    get_reference_choices,
    list_profile_choices,
    list_province_choices,
)
from skills_bridge.queries.needs import list_need_line_choices
from skills_bridge.queries.openings import OpeningPage, list_sites
from skills_bridge.services.organisations import create_site

ADD_SITE: Final = "add_site"
TEMPLATE: Final = "template"
MOST_LANGUAGES: Final = 8


def opening_form(page: OpeningPage | None = None, *, profile_id: int | None = None) -> OpeningForm:
    """The form of a new opening, of one that exists, or of a profile, with what was typed if it was sent."""
    form = OpeningForm(data=_values(page) if page is not None else _fresh(profile_id))
    _offer_choices(form, page)
    return form


def is_only_changed(form: OpeningForm) -> bool:
    """Do what a button inside the form asks (rows, template, site) and say whether one was pressed."""
    if request.method != "POST":
        return False
    if ADD_SITE in request.form:
        _add_site(form)
        return True
    if TEMPLATE in request.form:
        _add_profile_template(form)
        return True
    if take_suggestion(form):
        return True
    changed = [
        change_requirements(form.requirements, request.form),
        change_rows(form.languages, request.form, most=MOST_LANGUAGES),
    ]
    if any(changed):
        _offer_languages(form, named(get_reference_choices(reading()).languages))
    return any(changed) or ADD in request.form or REMOVE in request.form


def named(choices: tuple[Choice, ...]) -> list[tuple[str, str]]:
    """Choices of a list in the reader's language."""
    return [(choice.code, text_of(choice.label)) for choice in choices]


def _fresh(profile_id: int | None) -> dict[str, Any]:
    """The values of a new opening, taken from a profile if one was asked for."""
    profile = None if profile_id is None else get_profile_page(reading(), profile_id=profile_id)
    if profile is None:
        return {}
    return {
        "job_profile_id": str(profile.id),
        "title": text_of(profile.label),
        "requirements": rows_of(profile.template),
    }


def _values(page: OpeningPage) -> dict[str, Any]:
    """The values of an opening that exists; the number of posts is what stands."""
    terms = page.terms.current
    texts = {
        name: getattr(page, name)
        for name in ("version", "title", "description", "contact", "external_reference", "answer_days")
    }
    keys = {
        "job_profile_id": str(page.job_profile_id),
        "site_id": str(page.site_id),
        "need_line_id": "" if page.need_line_id is None else str(page.need_line_id),
    }
    if terms is None:
        return texts | keys
    asked = terms.conditions
    standing = page.open_posts + page.filled_posts
    return (
        texts
        | keys
        | {
            "contract_code": terms.contract_code,
            "start_on": terms.start_on,
            "posts": standing if standing and terms is page.terms.in_force else terms.posts,
            "requirements": rows_of(terms.requirements),
            "education_rank": "" if asked.education_rank is None else str(asked.education_rank),
            "diploma_fields": sorted(asked.diploma_fields),
            "experience_months": asked.experience_months,
            "languages": [{"language": code, "level": level.value} for code, level in sorted(asked.languages.items())],
            "licences": sorted(asked.licences),
            "shifts": sorted(asked.shifts),
            "wants_profile": asked.wants_profile,
            "wants_contract": asked.wants_contract,
            "wants_availability": asked.wants_availability,
        }
    )


def _offer_choices(form: OpeningForm, page: OpeningPage | None) -> None:
    session = reading()
    lists = get_reference_choices(session)
    nothing = _("Aucune condition")
    offer(
        form.job_profile_id,
        named(list_profile_choices(session, also=None if page is None else page.job_profile_id)),
        blank=_("Choisir…"),
    )
    offer_sites(form)
    offer(form.new_site_province, named(list_province_choices(session)), blank=_("Choisir…"))
    offer(form.contract_code, named(lists.contracts), blank=_("Choisir…"))
    offer(form.education_rank, named(lists.education), blank=nothing)
    offer(form.diploma_fields, named(lists.fields))
    offer(form.licences, named(lists.licences))
    offer(form.shifts, named(lists.shifts))
    _offer_languages(form, named(lists.languages))
    _offer_needs(form, None if page is None else page.need_line_id)


def _offer_languages(form: OpeningForm, choices: list[tuple[str, str]]) -> None:
    """Offer the languages to the rows that have none to choose from yet."""
    for entry in form.languages.entries:
        if not entry.form.language.choices:
            offer(entry.form.language, choices, blank=_("Aucune condition"))


def _offer_needs(form: OpeningForm, named_line: int | None) -> None:
    """Offer the lines of the company's needs, with what remains of each."""
    lines = list_need_line_choices(reading(), actor=current_actor(), also=named_line)
    words = [
        _(
            "%(reference)s · %(profile)s · %(quarter)s · %(province)s · reste %(remaining)s",
            reference=line.reference,
            profile=text_of(line.profile),
            quarter=quarter_words(line.quarter_on),
            province=text_of(line.province),
            remaining=line.remaining,
        )
        for line in lines
    ]
    offer(form.need_line_id, zip((str(line.id) for line in lines), words, strict=True), blank=_("Aucun"))


def offer_sites(form: OpeningForm) -> None:
    """Offer the company's sites."""
    sites = list_sites(reading(), actor=current_actor())
    offer(
        form.site_id,
        ((str(key), f"{name} ({text_of(province)})") for key, name, province in sites),
        blank=_("Choisir…"),
    )


def _add_site(form: OpeningForm) -> None:
    """Add the site that was described inside the form, and choose it."""
    try:
        with unit_of_work() as uow:
            site = create_site(
                uow,
                company_id=current_actor().organisation_id or 0,
                name=form.new_site_name.data or "",
                province_code=form.new_site_province.data or "",
            )
            key = str(site.id)
    except RuleBroken as refusal:
        refusal.facts["field"] = {"name": "new_site_name", "province_code": "new_site_province"}.get(
            str(refusal.facts.get("field")), ""
        )
        show_refusal(form, refusal)
        return
    offer_sites(form)
    form.site_id.data = key
    form.new_site_name.process(None, "")
    form.new_site_province.process(None, "")


def _add_profile_template(form: OpeningForm) -> None:
    """Put the template of the chosen profile into the rows, and its name where no title was typed."""
    chosen = form.job_profile_id.data or ""
    profile = get_profile_page(reading(), profile_id=int(chosen)) if chosen.isdecimal() else None
    if profile is None:
        form.job_profile_id.errors = [_("Choisissez d’abord l’emploi-métier dont vous voulez le modèle.")]
        return
    add_template(form.requirements, profile.template)
    if not (form.title.data or "").strip():
        form.title.process(None, text_of(profile.label))
