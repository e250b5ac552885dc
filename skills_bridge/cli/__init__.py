"""Commands over the same services as the screens."""

from skills_bridge.cli.database import database
from skills_bridge.cli.demo import demo
from skills_bridge.cli.framework import reference
from skills_bridge.cli.jobs import jobs
from skills_bridge.cli.matching import match

COMMANDS = (database, demo, jobs, match, reference)
"""Every command of ``skills-bridge``."""
