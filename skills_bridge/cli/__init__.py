"""Commands over the same services as the screens."""

from skills_bridge.cli.database import database
from skills_bridge.cli.jobs import jobs

COMMANDS = (database, jobs)
"""Every command of ``skills-bridge``."""
