"""A person's link to her own file, as her adviser hands it out and takes it back."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.adapters.square_codes import square_code
from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.seekers.acts import act_on
from skills_bridge.blueprints.seekers.handing import GiveLinkForm
from skills_bridge.blueprints.seekers.views import bp
from skills_bridge.blueprints.web import current_actor, reading, requires, settings, unit_of_work, vault
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.personal import Handing
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.seekers.files import get_key
from skills_bridge.services.personal import PATH, GivenLink, give_link, revoke_link


@bp.post("/<uuid:public_id>/give-link")
@requires(Permission.LINK_GIVE)
def give(public_id: uuid.UUID) -> ResponseReturnValue:
    """Hand out a link: by mail, or on a page that is shown this once."""
    key, form = get_key(reading(), actor=current_actor(), public_id=public_id), GiveLinkForm()
    back = redirect(url_for("seekers.detail", public_id=public_id, _anchor="link"))
    if not form.validate():
        flash(_("Choisissez comment le lien est remis."), "danger")
        return back
    command = form.to_command(days=settings().link_days)
    try:
        with unit_of_work() as uow:
            given = give_link(uow, seeker_id=key.id, vault=vault(), **command)
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
        return back
    if command["handed"] is Handing.SHOWN:
        return _shown_once(public_id, given)
    flash(_("Le lien part par courriel ; le précédent ne s’ouvre plus."), "success")
    return back


def _shown_once(public_id: uuid.UUID, given: GivenLink) -> ResponseReturnValue:
    """Return the page to be printed or read from the screen; the address stands nowhere else."""
    address = f"{settings().base_url}/{PATH}/{given.token}"
    return render_template(
        "personal/given.html",
        address=address,
        image=square_code(address),
        opens_until=given.opens_until,
        public_id=public_id,
    )


@bp.post("/<uuid:public_id>/revoke-link")
@requires(Permission.LINK_GIVE)
def revoke(public_id: uuid.UUID) -> ResponseReturnValue:
    """Take a link back."""
    return act_on(
        public_id,
        lambda uow, key: revoke_link(uow, seeker_id=key),
        _("Le lien est annulé : il ne s’ouvre plus, et ses pages ouvertes se ferment."),
    )
