"""Shortlists: asked for, computed, kept; and which of them a change touches."""

from skills_bridge.services.matching.asking import (
    ask_all_matches,
    ask_match,
    match_for_cohort,
    match_for_seeker,
)
from skills_bridge.services.matching.computing import compute_shortlist

__all__ = ["ask_all_matches", "ask_match", "compute_shortlist", "match_for_cohort", "match_for_seeker"]
