"""A view translates: HTTP and forms on one side, one service or query call on the other."""

from skills_bridge.blueprints.accounts.views import bp as accounts
from skills_bridge.blueprints.health.views import bp as health
from skills_bridge.blueprints.home.views import bp as home
from skills_bridge.blueprints.jobs.views import bp as jobs

AREAS = (accounts, health, home, jobs)
"""Every blueprint that the application registers."""
