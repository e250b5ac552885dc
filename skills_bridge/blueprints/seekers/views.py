"""The register of people: list, search by number, files opened, read and changed."""

from __future__ import annotations

import uuid
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from skills_bridge.blueprints.formats import state_choices
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.seekers.forms import ConsentFields, FindForm, IdentityForm, RegisterForm
from skills_bridge.blueprints.seekers.handing import ENDS, HANDED, GiveLinkForm
from skills_bridge.blueprints.seekers.profiles import UpdateForm
from skills_bridge.blueprints.seekers.words import (
    CONSENT_TEXTS,
    FACTS,
    TONGUES,
    level_word,
    months_words,
    reason_label,
    step_label,
    word,
)
from skills_bridge.blueprints.web import current_actor, language, reading, requires, settings, unit_of_work, vault
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import Invalid, RuleBroken
from skills_bridge.domain.identifiers import normalise_cin
from skills_bridge.domain.seekers import Completeness, ConsentKind, SeekerState
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.personal.links import get_link_section
from skills_bridge.queries.privacy import get_identity
from skills_bridge.queries.reservations import list_live
from skills_bridge.queries.seekers.files import get_key, get_profile, get_seeker_page
from skills_bridge.queries.seekers.register import SeekerLine, list_seekers
from skills_bridge.queries.seekers.vocabulary import get_choices, get_provinces, list_profiles, list_units
from skills_bridge.services.seekers import correct_identity, find_seeker, register_seeker, update_seeker
from skills_bridge.unit_of_work import utc_now

bp = Blueprint("seekers", __name__, url_prefix="/seekers")

WORDS: Final = {
    "consent_texts": CONSENT_TEXTS,
    "tongues": TONGUES,
    "facts_of": FACTS,
    "level_word": level_word,
    "months_words": months_words,
    "reason_label": reason_label,
    "step_label": step_label,
    "word": word,
    "handed": HANDED,
    "ends": ENDS,
}
"""Words that the templates of people use."""


def seeker_listing() -> Listing[SeekerLine]:
    """Return what the list of people offers."""
    return Listing(
        title=_("Personnes"),
        columns=(
            Column(
                "pseudonym",
                _("Pseudonyme"),
                lambda line: line.pseudonym,
                "reference",
                sortable=True,
                link=lambda line: url_for("seekers.detail", public_id=line.public_id),
            ),
            Column("state", _("État"), lambda line: line.state, "state"),
            Column("province", _("Province"), lambda line: line.province, sortable=True),
            Column(
                "experience",
                _("Expérience"),
                lambda line: months_words(line.experience_months),
                sortable=True,
                detail=True,
            ),
            Column("competencies", _("Compétences"), lambda line: line.competencies, "number"),
            Column("completeness", _("Dossier"), lambda line: line.completeness, "state"),
            Column("registered", _("Inscription"), lambda line: line.registered_on, "day", sortable=True),
        ),
        filters=_filters(),
        default_sort="registered",
        search_hint=_("Pseudonyme, par exemple P-7K3Q"),
    )


def _filters() -> tuple[Filter, ...]:
    tongue, actor = language(), current_actor()
    provinces = [choice for some in get_provinces(reading(), language=tongue).values() for choice in some]
    return (
        Filter("unit", _("Agence"), list_units(reading(), agency_id=actor.organisation_id, language=tongue)),
        Filter("state", _("État"), state_choices(SeekerState)),
        Filter(
            "competencies",
            _("Compétences"),
            (("unconfirmed", _("Entretien à mener")), ("none", _("Aucune")), ("confirmed", _("Confirmées"))),
        ),
        Filter("completeness", _("Dossier"), state_choices(Completeness)),
        Filter(
            "waiting",
            _("Inscription depuis"),
            tuple((f"{months}m", months_words(months) or "") for months in (3, 6, 12, 24)),
        ),
        Filter("wanted", _("Emploi-métier souhaité"), list_profiles(reading(), language=tongue)),
        Filter("province", _("Province"), provinces),
    )


def _own_unit_first(args: MultiDict[str, str]) -> MultiDict[str, str]:
    """Add the actor's unit to a question that names none: her people come first."""
    unit = current_actor().unit_id
    if "unit" in args or unit is None:
        return args
    return MultiDict([*args.items(multi=True), ("unit", str(unit))])


@bp.get("/")
@requires(Permission.SEEKER_SEE)
def index() -> ResponseReturnValue:
    """List the people of the register, those of the own unit first, on screen or as a spreadsheet."""
    listing = seeker_listing()
    page = list_seekers(
        reading(),
        actor=current_actor(),
        request=listing.read(_own_unit_first(request.args)),
        language=language(),
        today=local_day(utc_now()),
    )
    return listing.respond("seekers/index.html", page, find_form=FindForm())


@bp.post("/find")
@requires(Permission.SEEKER_SEE)
def find() -> ResponseReturnValue:
    """Go to the file that carries a number of identity, exactly; the number stands in no address."""
    form = FindForm()
    try:
        number = normalise_cin(form.number.data or "")
        with unit_of_work() as uow:
            found = find_seeker(uow, number=number, vault=vault())
            public_id = found.public_id if found else None
    except Invalid as refusal:
        flash(explain(refusal), "danger")
        return redirect(url_for("seekers.index"))
    if public_id is None:
        flash(_("Personne ne porte ce numéro dans le registre."), "info")
        return redirect(url_for("seekers.index"))
    return redirect(url_for("seekers.detail", public_id=public_id))


@bp.route("/register", methods=["GET", "POST"])
@requires(Permission.SEEKER_MANAGE)
def register() -> ResponseReturnValue:
    """Open a person's file."""
    form = RegisterForm(offered=get_choices(reading(), language=language()))
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                command = form.to_command(settings().legal.consent_version)
                public_id = register_seeker(uow, command=command, vault=vault()).public_id
        except RuleBroken as refusal:
            form.form_errors.append(explain(refusal))
        else:
            flash(_("Le dossier est ouvert. Menez l’entretien : dix compétences en trois minutes."), "success")
            return redirect(url_for("seekers.detail", public_id=public_id))
    return render_template("seekers/register.html", form=form, version=settings().legal.consent_version, **WORDS)


@bp.get("/<uuid:public_id>")
@requires(Permission.SEEKER_SEE)
def detail(public_id: uuid.UUID) -> ResponseReturnValue:
    """Show a person's file, her identity masked until a reason is given."""
    now = utc_now()
    page = get_seeker_page(
        reading(), actor=current_actor(), public_id=public_id, language=language(), today=local_day(now)
    )
    shown = get_identity(reading(), actor=current_actor(), seeker_id=page.id, now=now, vault=vault())
    return render_template(
        "seekers/detail.html",
        page=page,
        shown=shown,
        reservations=list_live(reading(), actor=current_actor(), seeker_id=page.id),
        consents=ConsentKind,
        form=ConsentFields(),
        links=get_link_section(reading(), actor=current_actor(), seeker_id=page.id, now=now),
        link_form=GiveLinkForm(),
        link_days=settings().link_days,
        **WORDS,
    )


@bp.route("/<uuid:public_id>/update", methods=["GET", "POST"])
@requires(Permission.SEEKER_MANAGE)
def update(public_id: uuid.UUID) -> ResponseReturnValue:
    """Change what a person tells."""
    key = get_key(reading(), actor=current_actor(), public_id=public_id)
    known = get_profile(reading(), public_id=public_id)
    offered = get_choices(reading(), language=language(), also_profiles=known.named_profiles)
    form = UpdateForm(offered=offered, profile=known, version=key.version)
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                update_seeker(uow, seeker_id=key.id, version=form.read_version(), profile=form.to_profile())
        except RuleBroken as refusal:
            form.form_errors.append(explain(refusal))
        else:
            flash(_("Le dossier est à jour."), "success")
            return redirect(url_for("seekers.detail", public_id=public_id))
    return render_template("seekers/update.html", form=form, key=key, public_id=public_id)


@bp.route("/<uuid:public_id>/correct-identity", methods=["GET", "POST"])
@requires(Permission.SEEKER_MANAGE)
def correct(public_id: uuid.UUID) -> ResponseReturnValue:
    """Correct the name, contacts or number of a person whose identity is in sight."""
    key = get_key(reading(), actor=current_actor(), public_id=public_id)
    shown = get_identity(reading(), actor=current_actor(), seeker_id=key.id, now=utc_now(), vault=vault())
    if shown is None:
        flash(_("Affichez d’abord l’identité, avec le motif « Corriger le dossier »."), "info")
        return redirect(url_for("seekers.detail", public_id=public_id))
    form = IdentityForm(obj=shown, kind=shown.cin_kind, version=key.version)
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                identity = form.to_identity()
                correct_identity(uow, seeker_id=key.id, version=form.read_version(), identity=identity, vault=vault())
        except RuleBroken as refusal:
            form.form_errors.append(explain(refusal))
        else:
            flash(_("L’identité est corrigée."), "success")
            return redirect(url_for("seekers.detail", public_id=public_id))
    return render_template("seekers/correct.html", form=form, key=key, public_id=public_id)
