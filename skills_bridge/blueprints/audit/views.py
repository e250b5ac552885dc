"""The journal: who did what, on what, when; on screen or as a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.audit.words import FAULTS, OBJECTS, all_acts, object_label, shown_act
from skills_bridge.blueprints.formats import by_whom
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.web import current_actor, language, reading, requires
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.personal import BY_LINK
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.audit import AuditLine, CheckLine, find_person, get_last_check, list_audit, list_checks
from skills_bridge.unit_of_work import utc_now

bp = Blueprint("audit", __name__, url_prefix="/audit")

KEPT: Final = 24
"""Signs of a value that the list shows: a digest is recognised by fewer."""
WHOLE: Final = re.compile(r"[1-9][0-9]{0,17}")
"""The key of an account or an object as an address may hold it."""


@bp.get("/")
@requires(Permission.AUDIT_SEE)
def index() -> ResponseReturnValue:
    """Show the acts that the reader may see, and the last verification."""
    now, actor = utc_now(), current_actor()
    listing = audit_listing(with_organisation=actor.organisation_kind is OrganisationKind.PLATFORM)
    asked = listing.read(request.args)
    page = list_audit(reading(), actor=actor, request=asked, language=language(), now=now)
    check = get_last_check(reading(), now=now)
    return listing.respond("audit/index.html", page, check=check, faults=FAULTS)


@bp.get("/checks")
@requires(Permission.AUDIT_VERIFY)
def checks() -> ResponseReturnValue:
    """Show the verifications of every night."""
    listing = check_listing()
    page = list_checks(reading(), request=listing.read(request.args), now=utc_now())
    return listing.respond("audit/checks.html", page)


def check_listing() -> Listing[CheckLine]:
    """Return what the list of verifications offers."""
    return Listing(
        title=_("Vérifications du journal d’audit"),
        columns=(
            Column("at", _("Instant"), lambda line: line.checked_at, "instant", sortable=True),
            Column("outcome", _("Résultat"), lambda line: line.outcome, "state"),
            Column("entries", _("Entrées lues"), lambda line: line.entries, "number", sortable=True),
            Column("streams", _("Journaux"), lambda line: line.streams, "number"),
            Column("findings", _("Anomalies"), lambda line: len(line.findings), "number"),
            Column("place", _("Première anomalie"), _first_place, detail=True),
        ),
        filters=(
            Filter("outcome", _("Résultat"), [("open", _("anomalies depuis la dernière vérification sans anomalie"))]),
        ),
        default_sort="-at",
    )


def _first_place(line: CheckLine) -> str:
    if not line.findings:
        return ""
    first = line.findings[0]
    place = (
        first.anchor
        if not first.first
        else _("journal %(stream)s, entrée %(entry)s", stream=first.stream, entry=first.first)
    )
    return str(_("%(object)s : %(state)s", object=place, state=FAULTS[first.fault]))


def audit_listing(*, with_organisation: bool) -> Listing[AuditLine]:
    """Return what the journal offers; a click on a person or an object narrows it to her or it."""
    whose = [Column[AuditLine]("organisation", _("Organisme"), lambda line: line.organisation or _("Plateforme"))]
    return Listing(
        title=_("Journal d’audit"),
        columns=(
            Column("at", _("Instant"), lambda line: line.at, "instant", sortable=True),
            Column("person", _("Personne"), _who, link=_narrow_to_person),
            *(whose if with_organisation else ()),
            Column("act", _("Acte"), lambda line: shown_act(line.act), sortable=True),
            Column("object", _("Objet"), _object, link=_narrow_to_object),
            Column("facts", _("Précisions (codes)"), lambda line: _told(line.facts), detail=True),
            Column("number", _("N° d’entrée"), lambda line: line.seq, "number", detail=True),
        ),
        filters=_filters(),
        default_sort="-at",
        search_hint=_("Code d’acte, objet, précision ou nom"),
    )


def _filters() -> Sequence[Filter]:
    periods = [("day", _("24 heures")), ("week", _("7 jours")), ("month", _("31 jours")), ("quarter", _("3 mois"))]
    acts = sorted(((act, shown_act(act)) for act in all_acts()), key=lambda pair: pair[1])
    kinds = sorted(((kind, str(words)) for kind, words in OBJECTS.items()), key=lambda pair: pair[1])
    return (
        Filter("period", _("Période"), periods),
        Filter("act", _("Acte"), acts),
        Filter("kind", _("Objet"), kinds),
        *_asked_for(),
    )


def _asked_for() -> list[Filter]:
    """Return the filters on one person and one object that the address holds, so that they can be taken away."""
    found = []
    person, thing = request.args.get("person", ""), request.args.get("object", "")
    if WHOLE.fullmatch(person):
        name = find_person(reading(), user_id=int(person)) or _account(int(person))
        found.append(Filter("person", _("Personne"), [(person, name)]))
    kind, _dash, key = thing.rpartition("-")
    if kind in OBJECTS and WHOLE.fullmatch(key):
        found.append(Filter("object", _("Un seul objet"), [(thing, object_label(kind, int(key)))]))
    return found


def _account(user_id: int) -> str:
    return str(_("compte n° %(number)s", number=user_id))


def _who(line: AuditLine) -> str:
    if line.user_id is None and BY_LINK in line.facts:
        return by_whom(BY_LINK)
    if line.user_id is None:
        return str(_("traitement automatique"))
    return line.user_name or _account(line.user_id)


def _narrow_to_person(line: AuditLine) -> str:
    return url_for(".index", person=line.user_id) if line.user_id else ""


def _object(line: AuditLine) -> str:
    return object_label(line.object_kind, line.object_id)


def _narrow_to_object(line: AuditLine) -> str:
    return url_for(".index", object=f"{line.object_kind}-{line.object_id}") if line.object_id else ""


def _told(facts: Mapping[str, Any]) -> str:
    """Return codes and keys as they were written; none of them is a name."""
    told = {name: str(value) for name, value in facts.items() if value is not None}
    return ", ".join(f"{name}={value[:KEPT]}{'…' if len(value) > KEPT else ''}" for name, value in told.items())
