"""People: the register, files, a person's word, competencies, the interview."""

from skills_bridge.blueprints.seekers import acts, interviews, links, pasting
from skills_bridge.blueprints.seekers.views import bp

__all__ = ["acts", "bp", "interviews", "links", "pasting"]
