"""Background work as rows: states, limits, and who may see everything."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final


class JobState(StrEnum):
    """Where a piece of background work stands."""

    DUE = "due"
    SENT = "sent"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


FINAL_STATES: Final = frozenset({JobState.DONE, JobState.DEAD, JobState.CANCELLED})
MAX_ATTEMPTS: Final = 3
BROKER_SILENCE: Final = timedelta(seconds=20)
"""After so long without a sign, relay or broker count as down: a banner says that background work waits."""

LEASE_SECONDS: Final = 30
RENEW_SECONDS: Final = 10

PLATFORM_JOBS: Final = frozenset(
    {
        "accounts.end_second_factor",
        "accounts.forget_visits",
        "audit.record_check",
        "accounts.mail_invitation",
        "accounts.mail_link",
        "accounts.tell_change",
        "accounts.tell_reset",
        "organisations.end_sessions",
        "organisations.hand_over",
        "matching.match_opening",
        "matching.match_all",
        "matching.match_agency",
        "matching.forget_inputs",
        "matching.pack_due",
        "matching.check_packed",
        "matching.match_for_cohort",
        "matching.match_for_seeker",
        "referrals.end_for_opening",
        "referrals.expire_referrals",
        "placements.settle_placement",
        "reservations.expire_reservations",
        "reservations.release_posts",
        "privacy.hand_over",
        "privacy.count_retention",
        "packs.build_pack",
        "packs.publish_pack",
        "figures.compute_open_month",
        "notices.opening_submitted",
        "notices.opening_validated",
        "notices.opening_refused",
        "notices.opening_closed",
        "notices.referral_sent",
        "notices.referral_answered",
        "notices.referrals_ended",
        "notices.referral_stopped",
        "notices.cohort_cancelled",
        "notices.seat_reserved",
        "notices.post_reserved",
        "notices.learner_to_enrol",
        "notices.learner_enrolled",
        "notices.seat_released",
        "notices.post_released",
        "notices.placement_recorded",
        "notices.placement_undone",
        "notices.person_forgotten",
        "notices.person_to_tell",
        "notices.many_identities_here",
        "notices.many_identities",
        "notices.pack_frozen",
        "notices.visa_sent_back",
        "notices.pack_published",
    }
)
"""Work that reads or writes across organisations; all else runs in the scope of the organisation that asked for it."""

ENDS_WITH_ITS_ASKER: Final = frozenset({"imports.check_batch", "imports.apply_batch"})
"""Work that is cancelled when its asker leaves the organisation; a colleague may start it again."""
