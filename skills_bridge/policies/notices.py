"""Which notices a role reads: those whose page she may open, so that no notice leads nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from skills_bridge.domain.accounts import Actor
from skills_bridge.policies.permissions import Permission, may

READ_WITH: Final[Mapping[str, Permission]] = {
    "opening_submitted": Permission.OPENING_SEE,
    "opening_validated": Permission.OPENING_SEE,
    "opening_refused": Permission.OPENING_SEE,
    "opening_closed": Permission.OPENING_SEE,
    "referral_sent": Permission.REFERRAL_SEE,
    "referral_answered": Permission.REFERRAL_SEE,
    "referrals_ended": Permission.REFERRAL_SEE,
    "referral_stopped": Permission.REFERRAL_SEE,
    "cohort_cancelled": Permission.COHORT_SEE,
    "seat_reserved": Permission.RESERVATION_SEE,
    "post_reserved": Permission.RESERVATION_SEE,
    "learner_to_enrol": Permission.RESERVATION_SEE,
    "learner_enrolled": Permission.RESERVATION_SEE,
    "seat_released": Permission.RESERVATION_SEE,
    "post_released": Permission.RESERVATION_SEE,
    "placement_recorded": Permission.PLACEMENT_SEE,
    "placement_undone": Permission.PLACEMENT_SEE,
    "person_forgotten": Permission.NOTICE_SEE,
    "person_to_tell": Permission.SEEKER_SEE,
    "many_identities_here": Permission.MEMBER_MANAGE,
    "many_identities": Permission.RIGHTS_DECIDE,
    "pack_frozen": Permission.PACK_SEE,
    "visa_sent_back": Permission.PACK_SEE,
    "pack_published": Permission.PACK_SEE,
}
"""Kind of notice → the permission to see what it is about."""


def kinds_read_by(actor: Actor) -> frozenset[str]:
    """Return the kinds of notices that the actor's role reads."""
    return frozenset(kind for kind, permission in READ_WITH.items() if may(actor, permission))
