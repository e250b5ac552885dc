"""Organisations: founded, admitted, verified, suspended, left; the agency's units and the companies' sites."""

from skills_bridge.services.organisations.founding import create_organisation, create_site, create_unit, mark_demo
from skills_bridge.services.organisations.handover import end_organisation_sessions, hand_over
from skills_bridge.services.organisations.lives import (
    Registration,
    accept_request,
    ask_admission,
    first_administrator,
    invite_first_administrator,
    leave_organisation,
    refuse_request,
    register_organisation,
    resume_organisation,
    suspend_organisation,
    verify_organisation,
)

__all__ = [
    "Registration",
    "accept_request",
    "ask_admission",
    "create_organisation",
    "create_site",
    "create_unit",
    "end_organisation_sessions",
    "first_administrator",
    "hand_over",
    "invite_first_administrator",
    "leave_organisation",
    "mark_demo",
    "refuse_request",
    "register_organisation",
    "resume_organisation",
    "suspend_organisation",
    "verify_organisation",
]
