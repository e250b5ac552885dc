"""The pages of a person in search of work, opened by her personal link; and how her adviser hands it out."""

from skills_bridge.blueprints.personal import answers, rights
from skills_bridge.blueprints.personal.views import bp

__all__ = ["answers", "bp", "rights"]
