"""Openings: drafted and submitted by a company, judged by the agency, closed by either."""

from skills_bridge.services.openings.closing import close_opening, close_posts, pause_opening, resume_opening
from skills_bridge.services.openings.drafts import (
    OpeningDraft,
    copy_opening,
    create_opening,
    open_need_line,
    update_opening,
)
from skills_bridge.services.openings.judgement import (
    recall_opening,
    refuse_opening,
    submit_opening,
    validate_opening,
    withdraw_change,
)

__all__ = [
    "OpeningDraft",
    "close_opening",
    "close_posts",
    "copy_opening",
    "create_opening",
    "open_need_line",
    "pause_opening",
    "recall_opening",
    "refuse_opening",
    "resume_opening",
    "submit_opening",
    "update_opening",
    "validate_opening",
    "withdraw_change",
]
