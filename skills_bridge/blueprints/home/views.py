"""The first page of every role: what waits for her today, and what happened."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from skills_bridge.blueprints.home.words import WORDS
from skills_bridge.blueprints.notices.words import sentence_of
from skills_bridge.blueprints.web import current_actor, reading, requires, unit_of_work
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.home import list_work
from skills_bridge.queries.notices import list_notices
from skills_bridge.services.notices import mark_read

bp = Blueprint("home", __name__)


@bp.get("/")
@requires(Permission.HOME_SEE)
def index() -> ResponseReturnValue:
    """Show today's work and the latest notices."""
    actor = current_actor()
    cards = [
        (item, words, url_for(words.endpoint, **words.filters))
        for item in list_work(reading(), actor=actor)
        for words in (WORDS[item.code],)
    ]
    notices = [(notice, *sentence_of(notice)) for notice in list_notices(reading(), actor=actor)]
    return render_template("home/index.html", cards=cards, notices=notices)


@bp.post("/notices/<int:notice_id>/read")
@requires(Permission.NOTICE_SEE)
def read_notice(notice_id: int) -> ResponseReturnValue:
    """Put a notice away."""
    with unit_of_work() as uow:
        mark_read(uow, notice_id=notice_id)
    return redirect(url_for("home.index"))
