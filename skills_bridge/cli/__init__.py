"""Commands over the same services as the screens."""

from skills_bridge.cli.accounts import accounts
from skills_bridge.cli.audit import audit
from skills_bridge.cli.database import database
from skills_bridge.cli.demo import demo
from skills_bridge.cli.framework import reference
from skills_bridge.cli.imports import imports
from skills_bridge.cli.jobs import jobs
from skills_bridge.cli.matching import match
from skills_bridge.cli.packs import packs, verify
from skills_bridge.cli.privacy import privacy

COMMANDS = (accounts, audit, database, demo, imports, jobs, match, packs, privacy, reference, verify)
"""Every command of ``skills-bridge``."""
