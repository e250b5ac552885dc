"""Coming in by a personal link, what is proposed, one's own file."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from skills_bridge.blueprints.matching.readers import sentence_of
from skills_bridge.blueprints.personal.words import OWN_REASONS, OWN_STATES, OWN_STEPS, tell
from skills_bridge.blueprints.privacy.words import REASONS
from skills_bridge.blueprints.seekers.words import CONSENT_TEXTS, level_word, months_words, word
from skills_bridge.blueprints.web import (
    SAFE_METHODS,
    account_work,
    caller,
    current_actor,
    language,
    own_session,
    public,
    reading,
    requires,
    settings,
)
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.domain.personal import SESSION_STAGE
from skills_bridge.domain.privacy import RevealReason
from skills_bridge.domain.seekers import ConsentKind
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.personal.proposals import OwnPage, get_own_page
from skills_bridge.queries.personal.rights import get_own_file
from skills_bridge.services.personal import open_link
from skills_bridge.unit_of_work import utc_now

bp = Blueprint("personal", __name__, url_prefix="/personal")

TOO_MANY: Final = 429


@bp.route("/open/<string:token>", methods=["GET", "POST"], endpoint="open")
@public
def open_page(token: str) -> ResponseReturnValue:
    """Show one button, whatever the link is worth; only pressing it opens anything."""
    if request.method in SAFE_METHODS:
        return render_template("personal/open.html", refusal="")
    try:
        with account_work() as uow:
            link = open_link(uow, token=token, address=caller())
            link_id = link.id if link else None
    except RuleBroken as refusal:
        return render_template("personal/open.html", refusal=tell(refusal)), TOO_MANY
    if link_id is None:
        return render_template("personal/no_link.html"), 404
    own_session().become(SESSION_STAGE, user_id=None, membership_id=None, link_id=link_id)
    return redirect(url_for("personal.index"))


@bp.get("/closed")
@public
def closed() -> ResponseReturnValue:
    """Say that the pages are closed, and how to open them again."""
    idle = settings().sessions.personal_idle
    return render_template("personal/closed.html", minutes=int(idle.total_seconds() // 60))


@bp.post("/leave")
@requires(Permission.OWN_FILE_SEE)
def leave() -> ResponseReturnValue:
    """Close the pages on this device; the link goes on opening them."""
    own_session().become("anonymous", user_id=None, membership_id=None)
    return redirect(url_for("personal.closed"))


@bp.get("/")
@requires(Permission.OWN_FILE_SEE)
def index() -> ResponseReturnValue:
    """Show what is proposed to the person, and why."""
    page = get_own_page(reading(), actor=current_actor(), today=local_day(utc_now()))
    return render_template(
        "personal/index.html",
        page=page,
        sentences=_sentences(page),
        states=OWN_STATES,
        steps=OWN_STEPS,
        reasons=OWN_REASONS,
        sharing_text=CONSENT_TEXTS[ConsentKind.SHARING],
    )


def _sentences(page: OwnPage) -> dict[str, str]:
    """Return why each opening that waits for an answer is shown to the person."""
    tongue = language()
    return {
        str(line.public_id): sentence_of(page.labels, line.judgement, {}, tongue)
        for line in page.asked
        if line.judgement is not None
    }


@bp.get("/file")
@requires(Permission.OWN_FILE_SEE)
def file() -> ResponseReturnValue:
    """Show everything that a person's file says of her, and when her identity was shown."""
    today = local_day(utc_now())
    page = get_own_file(reading(), actor=current_actor(), language=language(), today=today)
    return render_template(
        "personal/file.html",
        page=page,
        level_word=level_word,
        months_words=months_words,
        word=word,
        why=lambda reason: REASONS[RevealReason(reason)],
    )
