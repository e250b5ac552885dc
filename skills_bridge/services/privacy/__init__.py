"""Writes about personal data as such: identities shown, keys changed, requests of people, files forgotten.

``access`` is left out: it loads typesetting, which only background work pays for; ``telling``, too, is its work alone.
"""

from skills_bridge.services.privacy.erasing import forget_person
from skills_bridge.services.privacy.handing import take_out_file, take_own_file
from skills_bridge.services.privacy.keys import note_rotation, reseal_batch
from skills_bridge.services.privacy.retaining import (
    RetentionClock,
    RetentionCounts,
    apply_batch,
    ask_each_agency,
    clock_from,
    count_retention,
    note_applied,
)
from skills_bridge.services.privacy.revealing import reveal_identity
from skills_bridge.services.privacy.rights import (
    Wish,
    accept_request,
    ask_own_file,
    cancel_request,
    carry_out,
    finish_correction,
    hand_over,
    rebuild_file,
    receive_request,
    refuse_request,
    reopen_request,
)

__all__ = [
    "RetentionClock",
    "RetentionCounts",
    "Wish",
    "accept_request",
    "apply_batch",
    "ask_each_agency",
    "ask_own_file",
    "cancel_request",
    "carry_out",
    "clock_from",
    "count_retention",
    "finish_correction",
    "forget_person",
    "hand_over",
    "note_applied",
    "note_rotation",
    "rebuild_file",
    "receive_request",
    "refuse_request",
    "reopen_request",
    "reseal_batch",
    "reveal_identity",
    "take_out_file",
    "take_own_file",
]
