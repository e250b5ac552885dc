"""Shortlists and the allocation over them: asked for, computed, kept, decided; and which of them a change touches."""

from skills_bridge.services.matching.allocating import allocate_places
from skills_bridge.services.matching.asking import (
    ask_all_matches,
    ask_match,
    match_for_cohort,
)
from skills_bridge.services.matching.changing import match_for_seeker
from skills_bridge.services.matching.computing import compute_shortlist, rehearse
from skills_bridge.services.matching.deciding import accept_proposal, accept_several, set_aside, take_up
from skills_bridge.services.matching.exposing import report_exposure
from skills_bridge.services.matching.full_run import ask_full_run, ask_full_runs, compute_full_run, forget_inputs
from skills_bridge.services.matching.packing import check_packed, pack_due, pack_next

__all__ = [
    "accept_proposal",
    "accept_several",
    "allocate_places",
    "ask_all_matches",
    "ask_full_run",
    "ask_full_runs",
    "ask_match",
    "check_packed",
    "compute_full_run",
    "compute_shortlist",
    "forget_inputs",
    "match_for_cohort",
    "match_for_seeker",
    "pack_due",
    "pack_next",
    "rehearse",
    "report_exposure",
    "set_aside",
    "take_up",
]
