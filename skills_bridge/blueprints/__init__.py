"""A view translates: HTTP and forms on one side, one service or query call on the other."""

from skills_bridge.blueprints.accounts.views import bp as accounts
from skills_bridge.blueprints.health.views import bp as health

AREAS = (accounts, health)
"""Every blueprint that the application registers."""
