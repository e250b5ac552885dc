"""Openings as lists and pages show them; waiting ones for the agency's judgement."""

from skills_bridge.queries.openings.listing import (
    OpeningLine,
    has_open_post,
    is_followed_by,
    is_waiting,
    list_openings,
    list_units,
)
from skills_bridge.queries.openings.page import (
    Move,
    OpeningPage,
    Standing,
    get_opening_id,
    get_opening_page,
    list_sites,
)
from skills_bridge.queries.openings.terms import GateLine, TermsView

__all__ = [
    "GateLine",
    "Move",
    "OpeningLine",
    "OpeningPage",
    "Standing",
    "TermsView",
    "get_opening_id",
    "get_opening_page",
    "has_open_post",
    "is_followed_by",
    "is_waiting",
    "list_openings",
    "list_sites",
    "list_units",
]
