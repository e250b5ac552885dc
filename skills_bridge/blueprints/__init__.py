"""A view translates: HTTP and forms on one side, one service or query call on the other."""

from skills_bridge.blueprints.accounts.invitations import bp as invitations
from skills_bridge.blueprints.accounts.own import bp as account
from skills_bridge.blueprints.accounts.recovery import bp as recovery
from skills_bridge.blueprints.accounts.team import bp as team
from skills_bridge.blueprints.accounts.views import bp as accounts
from skills_bridge.blueprints.audit.views import bp as audit
from skills_bridge.blueprints.figures.views import bp as figures
from skills_bridge.blueprints.framework.views import bp as framework
from skills_bridge.blueprints.health.views import bp as health
from skills_bridge.blueprints.home.views import bp as home
from skills_bridge.blueprints.imports.views import bp as imports
from skills_bridge.blueprints.jobs.views import bp as jobs
from skills_bridge.blueprints.matching.bridges import bp as bridges
from skills_bridge.blueprints.matching.proposals import bp as proposals
from skills_bridge.blueprints.matching.runs import bp as match_runs
from skills_bridge.blueprints.matching.views import bp as matching
from skills_bridge.blueprints.needs.views import bp as needs
from skills_bridge.blueprints.openings.views import bp as openings
from skills_bridge.blueprints.organisations.views import bp as organisations
from skills_bridge.blueprints.packs.views import bp as packs
from skills_bridge.blueprints.personal import bp as personal
from skills_bridge.blueprints.placements.views import bp as placements
from skills_bridge.blueprints.privacy.rights import bp as rights
from skills_bridge.blueprints.privacy.views import bp as privacy
from skills_bridge.blueprints.referrals.views import bp as referrals
from skills_bridge.blueprints.reservations.views import bp as reservations
from skills_bridge.blueprints.seekers import bp as seekers
from skills_bridge.blueprints.training.views import bp as training

AREAS = (
    matching,
    bridges,
    match_runs,
    proposals,
    referrals,
    reservations,
    placements,
    imports,
    personal,
    privacy,
    rights,
    seekers,
    packs,
    figures,
    accounts,
    account,
    audit,
    invitations,
    organisations,
    recovery,
    team,
    health,
    home,
    jobs,
    training,
    framework,
    needs,
    openings,
)
"""Every blueprint that the application registers."""
