"""Cohorts: listed, shown, planned, announced; people enrolled, out again, certified."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from skills_bridge.blueprints.fields import change_rows, show_refusal
from skills_bridge.blueprints.formats import state_choices
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.training.forms import (
    CancelForm,
    CohortForm,
    EnrolForm,
    LeaveForm,
    PeopleForm,
    ProgrammeForm,
    key_of,
)
from skills_bridge.blueprints.training.looks import LEVELS, reason_label
from skills_bridge.blueprints.web import current_actor, language, reading, requires, unit_of_work
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.training import MOST_OUTCOMES, CohortState, EntryAnswer
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.training.cohorts import (
    CohortLine,
    CohortPage,
    get_candidate,
    get_cohort_page,
    list_cohorts,
)
from skills_bridge.queries.training.programmes import ProgrammeLine, get_programme, list_programmes
from skills_bridge.queries.training.vocabulary import get_training_choices, list_province_choices
from skills_bridge.services.training import (
    cancel_cohort,
    certify_enrolments,
    complete_enrolments,
    confirm_enrolments,
    create_cohort,
    create_programme,
    drop_enrolment,
    end_cohort,
    enrol_seeker,
    publish_cohort,
    start_cohort,
    update_cohort,
    update_programme,
    withdraw_enrolment,
)
from skills_bridge.unit_of_work import UnitOfWork, utc_now

bp = Blueprint("training", __name__)


def cohort_listing() -> Listing[CohortLine]:
    """Return what the list of cohorts offers."""
    return Listing(
        title=_("Promotions"),
        columns=(
            Column(
                "reference",
                _("Référence"),
                lambda line: line.reference,
                "reference",
                sortable=True,
                link=lambda line: url_for("training.detail", reference=line.reference),
            ),
            Column("title", _("Filière"), lambda line: line.title, sortable=True),
            Column("province", _("Province"), lambda line: line.province, sortable=True),
            Column("state", _("État"), lambda line: line.state, "state"),
            Column("free", _("Places libres"), lambda line: line.free, "number", sortable=True),
            Column("starts", _("Début"), lambda line: line.starts_on, "day", sortable=True),
            Column("until", _("Inscriptions jusqu’au"), lambda line: line.enrolment_until, "day", sortable=True),
            Column("seats", _("Places"), lambda line: line.seats, "number", sortable=True),
            Column("certify", _("À certifier"), lambda line: line.to_certify, "number", sortable=True, detail=True),
            Column("centre", _("Centre de formation"), lambda line: line.centre, detail=True),
        ),
        filters=(
            Filter("state", _("État"), state_choices(CohortState)),
            Filter("province", _("Province"), list_province_choices(reading(), language=language())),
            Filter("seats", _("Places"), [("free", _("Avec des places libres"))]),
            Filter("todo", _("À faire"), [("certify", _("Promotions avec des personnes à certifier"))]),
        ),
        default_sort="-starts",
        search_hint=_("Référence, filière ou centre"),
    )


def programme_listing() -> Listing[ProgrammeLine]:
    """Return what the list of programmes offers."""
    return Listing(
        title=_("Filières"),
        columns=(
            Column(
                "title",
                _("Intitulé"),
                lambda line: line.title,
                sortable=True,
                link=lambda line: url_for("training.change_programme", programme_id=line.id),
            ),
            Column("profile", _("Emploi-métier préparé"), lambda line: line.profile),
            Column("hours", _("Heures"), lambda line: line.hours, "number", sortable=True),
            Column("outcomes", _("Compétences"), lambda line: line.outcomes, "number"),
            Column("cohorts", _("Promotions"), lambda line: line.cohorts, "number"),
        ),
        default_sort="title",
        search_hint=_("Intitulé ou emploi-métier"),
    )


def cohort_page(reference: str) -> CohortPage:
    """Return a cohort in the reader's language, or answer that it does not exist."""
    return get_cohort_page(
        reading(), actor=current_actor(), reference=reference, language=language(), today=local_day(utc_now())
    )


def back_to(reference: str) -> ResponseReturnValue:
    """Return to the page of a cohort."""
    return redirect(url_for("training.detail", reference=reference))


def act_on(reference: str, act: Callable[[UnitOfWork, CohortPage], object], done: str) -> ResponseReturnValue:
    """Do one thing with a cohort, say how it went, and return to its page."""
    page = cohort_page(reference)
    try:
        with unit_of_work() as uow:
            act(uow, page)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(done, "success")
    return back_to(reference)


@bp.get("/cohorts/")
@requires(Permission.COHORT_SEE)
def index() -> ResponseReturnValue:
    """List the cohorts of the actor's scope, on screen or as a spreadsheet."""
    listing = cohort_listing()
    page = list_cohorts(reading(), actor=current_actor(), request=listing.read(request.args), language=language())
    return listing.respond("training/index.html", page)


@bp.get("/cohorts/<string:reference>")
@requires(Permission.COHORT_SEE)
def detail(reference: str) -> ResponseReturnValue:
    """Show a cohort with its seats and people."""
    page = cohort_page(reference)
    return render_template(
        "training/detail.html", page=page, cancel_form=CancelForm(), levels=LEVELS, reason_label=reason_label
    )


@bp.get("/programmes/")
@requires(Permission.COHORT_MANAGE)
def programmes() -> ResponseReturnValue:
    """List the programmes of the centre, on screen or as a spreadsheet."""
    listing = programme_listing()
    page = list_programmes(reading(), actor=current_actor(), request=listing.read(request.args), language=language())
    return listing.respond("training/programmes.html", page)


@bp.route("/programmes/new", methods=["GET", "POST"])
@requires(Permission.COHORT_MANAGE)
def add_programme() -> ResponseReturnValue:
    """Write a programme; a button adds lines without a script."""
    form = ProgrammeForm()
    rows_changed = change_rows(form.outcomes, request.form, most=MOST_OUTCOMES)
    form.offer(get_training_choices(reading(), language=language()))
    if not rows_changed and form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                create_programme(uow, centre_id=current_actor().organisation_id or 0, draft=form.to_command())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("La filière est enregistrée : planifiez maintenant une promotion."), "success")
            return redirect(url_for("training.programmes"))
    return render_template("training/programme.html", form=form, page=None)


@bp.route("/programmes/<int:programme_id>/update", methods=["GET", "POST"])
@requires(Permission.COHORT_MANAGE)
def change_programme(programme_id: int) -> ResponseReturnValue:
    """Change a programme; a button adds lines without a script."""
    page = get_programme(reading(), actor=current_actor(), programme_id=programme_id)
    form = ProgrammeForm()
    if request.method == "GET":
        form.show(page)
    rows_changed = change_rows(form.outcomes, request.form, most=MOST_OUTCOMES)
    form.offer(get_training_choices(reading(), language=language(), programme_id=programme_id))
    if not rows_changed and form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                version = key_of(form.version.data)
                update_programme(uow, programme_id=programme_id, version=version, draft=form.to_command())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("La filière est enregistrée."), "success")
            return redirect(url_for("training.programmes"))
    return render_template("training/programme.html", form=form, page=page)


@bp.route("/programmes/<int:programme_id>/cohorts/new", methods=["GET", "POST"])
@requires(Permission.COHORT_MANAGE)
def create(programme_id: int) -> ResponseReturnValue:
    """Plan a cohort of a programme."""
    programme = get_programme(reading(), actor=current_actor(), programme_id=programme_id)
    form = CohortForm()
    form.province_code.choices = [("", _("Choisir")), *list_province_choices(reading(), language=language())]
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                reference = create_cohort(uow, programme_id=programme_id, plan=form.to_command()).reference
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("La promotion est enregistrée en brouillon : publiez-la pour ouvrir les inscriptions."), "success")
            return back_to(reference)
    return render_template("training/cohort.html", form=form, programme=programme, page=None)


@bp.route("/cohorts/<string:reference>/update", methods=["GET", "POST"])
@requires(Permission.COHORT_MANAGE)
def update(reference: str) -> ResponseReturnValue:
    """Change place, dates or seats of a cohort."""
    page = cohort_page(reference)
    form = CohortForm()
    form.province_code.choices = list(list_province_choices(reading(), language=language()))
    if request.method == "GET":
        form.show(page.plan, page.version)
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                update_cohort(uow, cohort_id=page.id, version=key_of(form.version.data), plan=form.to_command())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("La promotion est modifiée."), "success")
            return back_to(reference)
    return render_template("training/cohort.html", form=form, programme=None, page=page)


@bp.post("/cohorts/<string:reference>/publish")
@requires(Permission.COHORT_MANAGE)
def publish(reference: str) -> ResponseReturnValue:
    """Open a cohort to enrolment."""
    done = _("La promotion est publiée : les conseiller(ère)s peuvent y inscrire des personnes.")
    return act_on(reference, lambda uow, page: publish_cohort(uow, cohort_id=page.id), done)


@bp.post("/cohorts/<string:reference>/start")
@requires(Permission.COHORT_MANAGE)
def start(reference: str) -> ResponseReturnValue:
    """Say that the course has begun."""
    done = _("Le début de la formation est enregistré.")
    return act_on(reference, lambda uow, page: start_cohort(uow, cohort_id=page.id), done)


@bp.post("/cohorts/<string:reference>/end")
@requires(Permission.COHORT_MANAGE)
def end(reference: str) -> ResponseReturnValue:
    """Say that the course has ended."""
    done = _("La fin de la formation est enregistrée.")
    return act_on(reference, lambda uow, page: end_cohort(uow, cohort_id=page.id), done)


@bp.post("/cohorts/<string:reference>/cancel")
@requires(Permission.COHORT_MANAGE)
def cancel(reference: str) -> ResponseReturnValue:
    """Cancel a cohort with a reason."""
    page, form = cohort_page(reference), CancelForm()
    if not form.validate():
        flash(_("Choisissez le motif de l’annulation dans la liste."), "danger")
        return back_to(page.reference)
    done = _("La promotion est annulée et les places sont rendues.")
    return act_on(reference, lambda uow, page: cancel_cohort(uow, cohort_id=page.id, **form.to_command()), done)


@bp.post("/cohorts/<string:reference>/complete")
@requires(Permission.ENROLMENT_CERTIFY)
def complete(reference: str) -> ResponseReturnValue:
    """Say of the people ticked that they have completed the course."""
    people = chosen_people()
    done = ngettext("%(num)s parcours achevé.", "%(num)s parcours achevés.", len(people))
    return act_on(reference, lambda uow, page: complete_enrolments(uow, cohort_id=page.id, public_ids=people), done)


@bp.post("/cohorts/<string:reference>/certify")
@requires(Permission.ENROLMENT_CERTIFY)
def certify(reference: str) -> ResponseReturnValue:
    """Certify the people ticked."""
    people = chosen_people()
    done = ngettext("%(num)s certificat enregistré.", "%(num)s certificats enregistrés.", len(people))
    return act_on(reference, lambda uow, page: certify_enrolments(uow, cohort_id=page.id, public_ids=people), done)


@bp.post("/cohorts/<string:reference>/confirm")
@requires(Permission.ENROLMENT_CERTIFY)
def confirm(reference: str) -> ResponseReturnValue:
    """Enrol the people ticked on the seats reserved for them."""
    people = chosen_people()
    done = ngettext("%(num)s personne inscrite.", "%(num)s personnes inscrites.", len(people))
    return act_on(reference, lambda uow, page: confirm_enrolments(uow, cohort_id=page.id, public_ids=people), done)


@bp.route("/cohorts/<string:reference>/enrol", methods=["GET", "POST"])
@requires(Permission.COHORT_ENROL)
def enrol(reference: str) -> ResponseReturnValue:
    """Enrol the person whom the address names by identifier or by code; without one, ask for the code."""
    page, form, key = cohort_page(reference), EnrolForm(), request.args.get("seeker", "")[:60]
    candidate = get_candidate(reading(), cohort=page, key=key) if key else None
    if candidate and form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                enrol_seeker(uow, cohort_id=page.id, seeker_id=candidate.id)
        except RuleBroken as refusal:
            form.form_errors.append(explain(refusal))
        else:
            flash(_("%(person)s a une place dans cette promotion.", person=candidate.pseudonym), "success")
            return back_to(reference)
    return render_template(
        "training/enrol.html", page=page, form=form, candidate=candidate, key=key, EntryAnswer=EntryAnswer
    )


@bp.route("/cohorts/<string:reference>/enrolments/<uuid:public_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.COHORT_ENROL)
def withdraw(reference: str, public_id: UUID) -> ResponseReturnValue:
    """Take a person out of a cohort at her wish."""
    return leave(
        reference, public_id, lambda uow, form: withdraw_enrolment(uow, public_id=public_id, **form.to_command())
    )


@bp.route("/cohorts/<string:reference>/enrolments/<uuid:public_id>/drop", methods=["GET", "POST"])
@requires(Permission.ENROLMENT_CERTIFY)
def drop(reference: str, public_id: UUID) -> ResponseReturnValue:
    """Say that a person no longer comes."""
    return leave(reference, public_id, lambda uow, form: drop_enrolment(uow, public_id=public_id, **form.to_command()))


def leave(reference: str, public_id: UUID, act: Callable[[UnitOfWork, LeaveForm], object]) -> ResponseReturnValue:
    """Ask why a person leaves a cohort, and free her seat."""
    page, form = cohort_page(reference), LeaveForm()
    person = next((line for line in page.learners if line.public_id == public_id), None)
    if person is None:
        abort(404)
    if form.validate_on_submit():
        try:
            with unit_of_work() as uow:
                act(uow, form)
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            flash(_("Le départ est enregistré : la place est libre."), "success")
            return back_to(reference)
    return render_template("training/leave.html", page=page, form=form, person=person)


def chosen_people() -> list[UUID]:
    """Return the people ticked, none if the boxes were tampered with."""
    form = PeopleForm()
    return list(form.enrolments.data or []) if form.validate() else []
