"""The framework: job profiles with their requirement templates, and competencies."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.formats import bdi
from skills_bridge.blueprints.framework.words import (
    FAMILIES,
    POLICIES,
    add_words,
    family_words,
    policy_words,
    scheme_words,
    text_of,
)
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.web import language, reading, requires
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.framework import (
    CompetencyLine,
    ProfileLine,
    find_competencies,
    get_profile_page,
    list_competencies,
    list_profiles,
    list_schemes,
)

bp = Blueprint("framework", __name__, url_prefix="/framework")
bp.record_once(add_words)


def scheme_filter() -> Filter:
    """The frameworks that are loaded."""
    return Filter("scheme", _("Référentiel"), [(code, scheme_words(code)) for code in list_schemes(reading())])


def profile_listing() -> Listing[ProfileLine]:
    """What the list of job profiles offers."""
    return Listing(
        title=_("Emplois-métiers"),
        columns=(
            Column(
                "label",
                _("Emploi-métier"),
                lambda line: text_of(line.label),
                sortable=True,
                link=lambda line: url_for("framework.profile", profile_id=line.id),
            ),
            Column("code", _("Code"), lambda line: line.code, "reference", sortable=True),
            Column("family", _("Famille"), lambda line: family_words(line.family)),
            Column("policy", _("Rapprochement"), lambda line: policy_words(line.policy_profile), detail=True),
            Column("requirements", _("Exigences du modèle"), lambda line: line.requirements, "number", sortable=True),
            Column("scheme", _("Référentiel"), lambda line: scheme_words(line.scheme), detail=True),
        ),
        filters=(
            scheme_filter(),
            Filter("policy_profile", _("Rapprochement"), [(kind.value, str(word)) for kind, word in POLICIES.items()]),
        ),
        default_sort="label",
        search_hint=_("Intitulé dans l’une des trois langues, ou code"),
    )


def competency_listing() -> Listing[CompetencyLine]:
    """What the list of competencies offers."""
    return Listing(
        title=_("Compétences"),
        columns=(
            Column("label", _("Compétence"), lambda line: text_of(line.label), sortable=True),
            Column("code", _("Code"), lambda line: line.code, "reference", sortable=True),
            Column("family", _("Famille"), lambda line: family_words(line.family), sortable=True),
            Column("definition", _("Au niveau 3, la personne…"), lambda line: text_of(line.definition), detail=True),
            Column("scheme", _("Référentiel"), lambda line: scheme_words(line.scheme), detail=True),
            Column("arabic", _("Libellé arabe validé"), lambda line: line.label.is_reviewed_ar, "flag", detail=True),
        ),
        filters=(
            scheme_filter(),
            Filter("family", _("Famille"), [(code, str(word)) for code, word in FAMILIES.items()]),
        ),
        default_sort="label",
        search_hint=_("Libellé dans l’une des trois langues, ou code"),
    )


@bp.get("/")
@requires(Permission.FRAMEWORK_SEE)
def index() -> ResponseReturnValue:
    """List the job profiles."""
    listing = profile_listing()
    return listing.respond("framework/index.html", list_profiles(reading(), request=listing.read(request.args)))


@bp.get("/competencies")
@requires(Permission.FRAMEWORK_SEE)
def competencies() -> ResponseReturnValue:
    """List the competencies."""
    listing = competency_listing()
    page = list_competencies(reading(), request=listing.read(request.args))
    return listing.respond("framework/competencies.html", page)


@bp.get("/profiles/<int:profile_id>")
@requires(Permission.FRAMEWORK_SEE)
def profile(profile_id: int) -> ResponseReturnValue:
    """Show a job profile and what it usually asks for."""
    page = get_profile_page(reading(), profile_id=profile_id)
    if page is None:
        abort(404)
    codes = [(scheme, bdi(code)) for scheme, code in page.codes]
    return render_template("framework/profile.html", page=page, codes=codes)


@bp.get("/suggest")
@requires(Permission.FRAMEWORK_SEE)
def suggest() -> ResponseReturnValue:
    """Offer competencies for what is being typed, as the options of a list; the field's own name may ask."""
    typed = next(iter(request.args.values()), "")[:100]
    found = find_competencies(reading(), text=typed) if typed.strip() else ()
    return render_template("framework/_suggestions.html", words=[entry.written(language()) for entry in found])
