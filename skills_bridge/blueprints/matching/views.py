"""An opening's shortlist: work it off, ask for a new one, propose people; a pair's account; a person's openings."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from skills_bridge.blueprints.matching.forms import ReferForm
from skills_bridge.blueprints.matching.listings import match_listing, seeker_listing
from skills_bridge.blueprints.matching.readers import say_to_person, tell_suppositions
from skills_bridge.blueprints.matching.telling import Teller, changes
from skills_bridge.blueprints.matching.words import EMPTY, EMPTY_RUNS, GATES, LEADS, OBSTACLES, TABS
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.reservations.forms import ReleaseForm
from skills_bridge.blueprints.web import current_actor, language, reading, requires, unit_of_work
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.jobs import FINAL_STATES
from skills_bridge.domain.matching import ResultClass
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.matching.pages import get_matching_head, get_matching_page
from skills_bridge.queries.matching.pairs import (
    PairPage,
    get_pair_page,
    get_person_head,
    list_people,
    list_seeker_matches,
)
from skills_bridge.queries.openings import list_units
from skills_bridge.queries.reservations import list_live
from skills_bridge.services.matching import ask_match
from skills_bridge.services.referrals import BulkOutcome, refer_several
from skills_bridge.unit_of_work import utc_now

bp = Blueprint("matching", __name__)


@bp.get("/openings/<string:reference>/matching", defaults={"kind": "ready"})
@bp.get('/openings/<string:reference>/matching/<any("to-confirm", "near", "not-enough"):kind>')
@requires(Permission.MATCH_SEE)
def opening(reference: str, kind: str) -> ResponseReturnValue:
    """Show one class of an opening's current list, on screen or as a spreadsheet."""
    shown = ResultClass(kind.replace("-", "_"))
    units = [(str(key), label.text(language())) for key, label in list_units(reading())]
    asked = match_listing(reference, shown, units).read(request.args)
    page = get_matching_page(reading(), actor=current_actor(), reference=reference, result_class=shown, request=asked)
    teller = Teller(page.labels)
    return match_listing(f"{reference} · {TABS[shown]}", shown, units, teller).respond(
        "matching/opening.html",
        page.lines,
        matching=page,
        teller=teller,
        shown=shown,
        words={"tabs": TABS, "leads": LEADS, "empty": EMPTY, "empty_runs": EMPTY_RUNS},
        is_working=page.job is not None and page.job.state not in FINAL_STATES,
        gates=GATES,
        release=ReleaseForm(formdata=None),
    )


@bp.post("/openings/<string:reference>/matching/run")
@requires(Permission.MATCH_RUN)
def run(reference: str) -> ResponseReturnValue:
    """Ask for a new list of an opening."""
    head = get_matching_head(reading(), actor=current_actor(), reference=reference)
    with unit_of_work() as uow:
        asked = ask_match(uow, opening_id=head.id)
    if not asked:
        flash(_("Un calcul est déjà demandé : la liste se met à jour d’elle-même."), "info")
    return redirect(url_for(".opening", reference=reference))


@bp.route("/openings/<string:reference>/matching/refer", methods=["GET", "POST"])
@requires(Permission.REFERRAL_MANAGE)
def refer(reference: str) -> ResponseReturnValue:
    """Show who is about to be proposed, then propose the opening to them."""
    head = get_matching_head(reading(), actor=current_actor(), reference=reference)
    form = ReferForm(request.values)
    people = list_people(reading(), public_ids=form.seeker.data or ())
    if form.validate_on_submit():
        with unit_of_work() as uow:
            outcome = refer_several(
                uow, opening_id=head.id, seeker_ids=[key for key, _name in people], message=form.message.data or ""
            )
        _tell(outcome)
        return redirect(url_for(".opening", reference=reference))
    return render_template("matching/refer.html", head=head, people=people, form=form)


def _tell(outcome: BulkOutcome) -> None:
    """Say what became of several proposals."""
    if done := len(outcome.done):
        flash(
            ngettext(
                "%(num)s personne proposée : appelez-la pour recueillir sa réponse.",
                "%(num)s personnes proposées : appelez-les pour recueillir leur réponse.",
                done,
            ),
            "success",
        )
    for _key, refusal in outcome.refused:
        flash(explain(refusal), "warning")


@bp.get("/openings/<string:reference>/matching/<uuid:public_id>")
@requires(Permission.MATCH_SEE)
def pair(reference: str, public_id: uuid.UUID) -> ResponseReturnValue:
    """Show the whole account of one person and one opening, as the file stands now."""
    page = get_pair_page(
        reading(), actor=current_actor(), reference=reference, public_id=public_id, today=local_day(utc_now())
    )
    return render_template("matching/pair.html", page=page, obstacles=OBSTACLES, **_readers(page))


def _readers(page: PairPage) -> dict[str, object]:
    """Return the account for its readers: the adviser's whole, the person's sentence, what a course would change."""
    if page.now is None:
        return {"told": None, "changes": (), "spoken": (), "suppositions": ()}
    teller = Teller(page.labels)
    told = teller.tell(page.now.account)
    return {
        "told": told,
        "changes": changes(told, page.now.result_class),
        "spoken": say_to_person(page.labels, page.now, page.cohorts),
        "suppositions": tell_suppositions(teller, page.now.suppositions, page.cohorts),
    }


@bp.get("/seekers/<uuid:public_id>/matches")
@requires(Permission.MATCH_SEE)
def seeker(public_id: uuid.UUID) -> ResponseReturnValue:
    """Show the openings in whose current lists a person stands."""
    person = get_person_head(reading(), public_id=public_id)
    listing = seeker_listing()
    page = list_seeker_matches(reading(), seeker_id=person.id, request=listing.read(request.args))
    kept = list_live(reading(), actor=current_actor(), seeker_id=person.id)
    return listing.respond("matching/seeker.html", page, person=person, obstacles=OBSTACLES, reservations=kept)
