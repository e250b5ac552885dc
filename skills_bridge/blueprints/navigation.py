"""The menu: what each role works with, in the order of its day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from skills_bridge.blueprints.web import can
from skills_bridge.policies.permissions import Permission


@dataclass(frozen=True)
class Entry:
    """A page of the menu: shown to those who have the permission."""

    label: LazyString
    endpoint: str
    icon: str
    permission: Permission


@dataclass(frozen=True)
class NavItem:
    """An entry as drawn."""

    label: LazyString
    url: str
    icon: str
    active: bool


MENU: Final = (
    Entry(_l("Aujourd’hui"), "home.index", "house", Permission.HOME_SEE),
    Entry(_l("Besoins"), "needs.index", "clipboard-data", Permission.NEED_SEE),
    Entry(_l("Offres d’emploi"), "openings.index", "briefcase", Permission.OPENING_SEE),
    Entry(_l("Personnes"), "seekers.index", "people", Permission.SEEKER_SEE),
    Entry(_l("Imports"), "imports.index", "upload", Permission.IMPORT_MANAGE),
    Entry(_l("Promotions"), "training.index", "mortarboard", Permission.COHORT_SEE),
    Entry(_l("Rapprochements"), "match_runs.index", "arrow-repeat", Permission.MATCH_SEE),
    Entry(_l("Propositions"), "proposals.index", "send", Permission.MATCH_SEE),
    Entry(_l("Mises en relation"), "referrals.index", "arrow-left-right", Permission.REFERRAL_SEE),
    Entry(_l("Réservations"), "reservations.index", "bookmark", Permission.RESERVATION_SEE),
    Entry(_l("Insertions"), "placements.index", "check2-circle", Permission.PLACEMENT_SEE),
    Entry(_l("Indicateurs"), "figures.index", "bar-chart", Permission.FIGURE_SEE),
    Entry(_l("Rapports mensuels"), "packs.index", "file-earmark-text", Permission.PACK_SEE),
    Entry(_l("Référentiel"), "framework.index", "book", Permission.FRAMEWORK_SEE),
    Entry(_l("Droits des personnes"), "rights.index", "shield-lock", Permission.RIGHTS_SEE),
    Entry(_l("Journal d’audit"), "audit.index", "journal-text", Permission.AUDIT_SEE),
    Entry(_l("Équipe"), "team.index", "person-badge", Permission.MEMBER_MANAGE),
    Entry(_l("Organismes"), "organisations.index", "building", Permission.ORGANISATION_SEE),
    Entry(_l("Tâches"), "jobs.index", "gear", Permission.JOB_SEE),
)


def navigation() -> tuple[NavItem, ...]:
    """Return the menu of the signed-in person; the entry of the present area is active."""
    area = (request.blueprint or "").split(".")[0]
    return tuple(
        NavItem(entry.label, url_for(entry.endpoint), entry.icon, entry.endpoint.startswith(f"{area}."))
        for entry in MENU
        if can(entry.permission.value)
    )


def add_navigation(app: Flask) -> None:
    """Give the menu to the templates."""
    app.context_processor(lambda: {"navigation": navigation()})
