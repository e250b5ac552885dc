"""Background work: Celery wrappers of one service call each."""

AREAS = (
    "skills_bridge.tasks.accounts",
    "skills_bridge.tasks.audit",
    "skills_bridge.tasks.figures",
    "skills_bridge.tasks.imports",
    "skills_bridge.tasks.matching",
    "skills_bridge.tasks.notices",
    "skills_bridge.tasks.organisations",
    "skills_bridge.tasks.packs",
    "skills_bridge.tasks.personal",
    "skills_bridge.tasks.placements",
    "skills_bridge.tasks.privacy",
    "skills_bridge.tasks.referrals",
    "skills_bridge.tasks.reservations",
    "skills_bridge.tasks.schedule",
    "skills_bridge.tasks.watchdog",
)
"""Every module that registers tasks, or listens to what happens to a worker."""
