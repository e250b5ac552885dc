"""What happened, in the past tense; ``reactions`` says what follows from it.

``object_id`` is the row the event is about; ``occasion`` tells two events of the same row apart,
so that the same event asks for its work once, however often it is recorded. ``organisation_id`` is whose work follows,
where a clock records the event for an organisation.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Something that happened to one object."""

    object_id: int
    occasion: str = ""
    organisation_id: int | None = None


class OpeningSubmitted(Event):
    """A company asks the agency to validate an opening."""


class OpeningValidated(Event):
    """Sourcing may begin on an opening."""


class OpeningRefused(Event):
    """The agency sent an opening back with a reason."""


class OpeningClosed(Event):
    """An opening takes nobody any more."""


class MatchAsked(Event):
    """An adviser asks for a new shortlist of an opening."""


class AllMatchesAsked(Event):
    """Somebody, or the night, asks an agency for one run over all its openings; the object is the agency."""


class AllMatched(Event):
    """A run over all openings stands."""


class CohortPublished(Event):
    """A centre opened a cohort to enrolment: near profiles may find their bridge."""


class ProfileChanged(Event):
    """What matching knows of a person changed."""


class ImportReceived(Event):
    """A file of people waits for its check."""


class ImportConfirmed(Event):
    """A person asked to apply the good rows of a checked file."""


class ReferralSent(Event):
    """A person's file reached a company."""


class ReferralAnswered(Event):
    """A company answered a referral."""


class ReferralsEnded(Event):
    """A placement ended other referrals: those of the person, or those of an opening that it filled."""


class RetentionNoticed(Event):
    """A file will be anonymised unless the person is heard of; the object is the notice."""


class PersonToTell(Event):
    """No mail reaches a person whose file will be anonymised; the object is the person."""


class ManyIdentitiesSeen(Event):
    """A person at work sees far more identities today than she usually does; the object is her membership."""


class ReferralStopped(Event):
    """A referral ended at the person's own word: she objected, or took an agreement back."""


class ReservationMade(Event):
    """A seat and a post are reserved together for a person."""


class ReservationAccepted(Event):
    """A person accepts the course and the post reserved for her: the centre has a learner to enrol."""


class ReservationEnrolled(Event):
    """A person with a reserved post is enrolled in the course before it."""


class ReservationEnded(Event):
    """A reservation has ended, for whatever reason; its seat and its post are free of it."""


class ReservedPostsGone(Event):
    """A company filled or closed posts of an opening that were reserved."""


class CohortCancelled(Event):
    """A course will not be held; those who had a seat lose it."""


class PlacementRecorded(Event):
    """A post is filled."""


class PlacementUndone(Event):
    """A placement was cancelled before its start; the post is free again."""


class PlacementEnded(Event):
    """A person left the post; the fill stays."""


class RightsAccepted(Event):
    """The officer follows a person's request about her data."""


class RightsHandedOver(Event):
    """An accepted request reached its agency, which carries it out."""


class RetentionAsked(Event):
    """The night asks an agency to look at its clock of inactivity; the object is the agency."""


class PersonForgotten(Event):
    """A file was anonymised for good."""


class PackAsked(Event):
    """A report officer froze a month."""


class PackFrozen(Event):
    """The pack of a month is readable by the four parties."""


class VisaGiven(Event):
    """A party approved a pack."""


class VisaSentBack(Event):
    """A party sent a pack back with a reason."""


class PackPublished(Event):
    """The four parties approved a pack; it is theirs and final."""


class InvitationSent(Event):
    """An address is offered a place in an organisation, or offered it again."""


class LinkAsked(Event):
    """Somebody asks for a link by mail to choose a new password."""


class PersonalLinkGiven(Event):
    """A person in search of work is handed a link to her own file, by mail."""


class AccountChanged(Event):
    """A person's way in changed; she is told, in case it was not her. The occasion starts with what changed."""


class SecondFactorResetAsked(Event):
    """An administrator asks that a person's lost second factor be ended; that person is told."""


class SecondFactorResetGranted(Event):
    """A second administrator agreed: the old second factor ends, a link for a new one leaves."""


class OrganisationSuspended(Event):
    """An organisation was stopped; what its people had open ends."""


class OrganisationLeft(Event):
    """An organisation left; what it had open is closed."""
