"""The list of referrals, for either side."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from skills_bridge.blueprints.formats import state_choices
from skills_bridge.blueprints.listing import Column, Filter, Listing
from skills_bridge.blueprints.referrals.words import STEPS
from skills_bridge.blueprints.web import language
from skills_bridge.domain.referrals import ReferralState
from skills_bridge.queries.referrals import ReferralLine

COMPANY_STATES = tuple(
    state
    for state in ReferralState
    if state not in (ReferralState.PROPOSED, ReferralState.ACCEPTED, ReferralState.DECLINED)
)
COMPANY_STEPS = ("company", "late", "place", "ended")


def referral_listing(openings: Sequence[tuple[str, str]], *, is_company: bool) -> Listing[ReferralLine]:
    """Return what the list offers; a company sees no step before the file reached it."""
    steps = COMPANY_STEPS if is_company else tuple(STEPS)
    states = [c for c in state_choices(ReferralState) if not is_company or c[0] in COMPANY_STATES]
    return Listing(
        title=_("Mises en relation"),
        columns=(
            Column(
                "pseudonym",
                _("Personne"),
                lambda line: line.pseudonym,
                "reference",
                sortable=True,
                link=lambda line: url_for("referrals.detail", public_id=line.public_id),
            ),
            Column("state", _("État"), lambda line: line.state, "state"),
            Column("opening", _("Offre"), lambda line: line.opening, "reference", sortable=True),
            Column("title", _("Intitulé"), lambda line: line.title),
            *(() if is_company else (_company_column(),)),
            Column("due", _("Réponse avant le"), lambda line: line.due_on, "day", sortable=True),
            Column("changed", _("Depuis le"), lambda line: line.changed_at, "day", sortable=True),
        ),
        filters=(
            Filter("step", _("À faire"), [(step, str(STEPS[step])) for step in steps]),
            Filter("state", _("État"), states),
            Filter("opening", _("Offre"), openings),
        ),
        default_sort="-changed",
        search_hint=_("Pseudonyme, offre ou entreprise"),
    )


def _company_column() -> Column[ReferralLine]:
    return Column("company", _("Entreprise"), lambda line: line.company.text(language()))
