"""What follows from what: event to task names, one table; the unit of work writes the jobs without knowing Celery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from skills_bridge.domain import events as e

REACTIONS: Final[Mapping[type[e.Event], tuple[str, ...]]] = {
    e.OpeningSubmitted: ("notices.opening_submitted",),
    e.OpeningValidated: ("matching.match_opening", "notices.opening_validated"),
    e.OpeningRefused: ("notices.opening_refused",),
    e.OpeningClosed: ("referrals.end_for_opening", "notices.opening_closed"),
    e.MatchAsked: ("matching.match_opening",),
    e.AllMatchesAsked: ("matching.match_agency",),
    e.AllMatched: ("matching.report_exposure", "matching.allocate_places"),
    e.CohortPublished: ("matching.match_for_cohort",),
    e.ProfileChanged: ("matching.match_for_seeker",),
    e.ImportReceived: ("imports.check_batch",),
    e.ImportConfirmed: ("imports.apply_batch",),
    e.ReferralSent: ("notices.referral_sent",),
    e.ReferralAnswered: ("notices.referral_answered",),
    e.ReferralsEnded: ("notices.referrals_ended",),
    e.ReferralStopped: ("notices.referral_stopped",),
    e.ReservationMade: ("notices.seat_reserved", "notices.post_reserved"),
    e.ReservationAccepted: ("notices.learner_to_enrol",),
    e.ReservationEnrolled: ("notices.learner_enrolled",),
    e.ReservationEnded: ("notices.seat_released", "notices.post_released"),
    e.ReservedPostsGone: ("reservations.release_posts",),
    e.CohortCancelled: ("notices.cohort_cancelled",),
    e.PlacementRecorded: ("placements.settle_placement", "notices.placement_recorded"),
    e.PlacementUndone: ("placements.settle_placement", "notices.placement_undone"),
    e.PlacementEnded: ("placements.settle_placement",),
    e.RightsAccepted: ("privacy.hand_over",),
    e.RightsHandedOver: ("privacy.carry_out",),
    e.RetentionAsked: ("privacy.count_agency",),
    e.RetentionNoticed: ("privacy.tell_person",),
    e.PersonToTell: ("notices.person_to_tell",),
    e.PersonForgotten: ("notices.person_forgotten",),
    e.ManyIdentitiesSeen: ("notices.many_identities_here", "notices.many_identities"),
    e.PackAsked: ("packs.build_pack",),
    e.PackFrozen: ("notices.pack_frozen",),
    e.VisaGiven: ("packs.publish_pack",),
    e.VisaSentBack: ("notices.visa_sent_back",),
    e.PackPublished: ("notices.pack_published",),
    e.InvitationSent: ("accounts.mail_invitation",),
    e.LinkAsked: ("accounts.mail_link",),
    e.PersonalLinkGiven: ("personal.mail_link",),
    e.AccountChanged: ("accounts.tell_change",),
    e.SecondFactorResetAsked: ("accounts.tell_reset",),
    e.SecondFactorResetGranted: ("accounts.end_second_factor",),
    e.OrganisationSuspended: ("organisations.end_sessions",),
    e.OrganisationLeft: ("organisations.hand_over",),
}
