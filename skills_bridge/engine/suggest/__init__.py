"""Text to competencies and job profiles: what an advertisement or a CV suggests, each with the words that caused it.

Nothing here decides: a suggestion is an offer to a person, who takes it with a click or leaves it. The way through:
:func:`build_suggester` once over the labels of a framework, then ``suggest_competencies`` for a text and
``suggest_profiles`` for a job title, in French, Arabic or English. Pure and deterministic: ranks are whole numbers,
ties go to the smaller id.
"""

from skills_bridge.engine.suggest.results import Cause, Label, Route, SheetLine, Suggestion
from skills_bridge.engine.suggest.suggester import Suggester, build_suggester

__all__ = ["Cause", "Label", "Route", "SheetLine", "Suggester", "Suggestion", "build_suggester"]
