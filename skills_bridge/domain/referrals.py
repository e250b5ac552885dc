"""The life of a referral: a person sent to an opening."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from skills_bridge.domain.states import Moves


class ReferralState(StrEnum):
    """Where a referral stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SENT = "sent"
    INVITED = "invited"
    SELECTED = "selected"
    PLACED = "placed"
    REJECTED = "rejected"
    NO_SHOW = "no_show"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENDED = "ended"


_R = ReferralState
_OUT = frozenset({_R.WITHDRAWN, _R.EXPIRED, _R.ENDED})

MOVES: Final[Moves[ReferralState]] = {
    _R.PROPOSED: frozenset({_R.ACCEPTED, _R.DECLINED}) | _OUT,
    _R.ACCEPTED: frozenset({_R.SENT}) | _OUT,
    _R.SENT: frozenset({_R.INVITED, _R.SELECTED, _R.REJECTED}) | _OUT,
    _R.INVITED: frozenset({_R.SELECTED, _R.REJECTED, _R.NO_SHOW}) | _OUT,
    _R.SELECTED: frozenset({_R.PLACED, _R.REJECTED}) | _OUT,
    _R.PLACED: frozenset({_R.SELECTED}),
    _R.DECLINED: frozenset({_R.PROPOSED}),
    _R.REJECTED: frozenset({_R.SENT}),
    _R.NO_SHOW: frozenset({_R.INVITED}),
    _R.WITHDRAWN: frozenset({_R.PROPOSED}),
    _R.EXPIRED: frozenset({_R.SENT}),
    _R.ENDED: frozenset({_R.PROPOSED}),
}
"""Declined to ended can be reopened with a reason; a placement undone before the start goes back to selected."""

LIVE: Final = frozenset({_R.PROPOSED, _R.ACCEPTED, _R.SENT, _R.INVITED, _R.SELECTED})
"""States in which a referral still waits for somebody."""

REOPENED: Final[Mapping[ReferralState, ReferralState]] = {
    state: next(iter(MOVES[state])) for state in _R if state not in LIVE and state is not _R.PLACED
}
"""Where a reopened referral goes on: the one way back of each state that had come to an end."""

UNANSWERED: Final = frozenset({_R.PROPOSED, _R.ACCEPTED, _R.SENT})
"""Live states in which the company has said nothing yet: what a withdrawn agreement ends. An interview or a choice is
the person's own affair by then: an objection ends it too."""

NAMED_TO_COMPANY: Final = frozenset({_R.ACCEPTED, _R.SENT, _R.INVITED, _R.SELECTED, _R.PLACED})
"""States in which the company may read the person's name and contacts."""

NAMED_FOR_A_WHILE: Final = frozenset({_R.REJECTED, _R.NO_SHOW, _R.WITHDRAWN, _R.EXPIRED, _R.ENDED})
"""Ends after which the company may read them for some days more, if the person had accepted."""

HUMAN_ONLY: Final = frozenset({_R.ACCEPTED, _R.DECLINED, _R.SELECTED, _R.REJECTED, _R.NO_SHOW, _R.PLACED})
"""Outcomes that only a person may decide."""


class DeclineReason(StrEnum):
    """Why a person declines; it costs nothing."""

    FOUND_WORK = "found_work"
    PAY = "pay"
    DISTANCE = "distance"
    SCHEDULE = "schedule"
    CONTRACT = "contract"
    TRAINING = "training"
    PERSONAL = "personal"
    NOT_INTERESTED = "not_interested"


class RejectReason(StrEnum):
    """Why a company does not keep a person."""

    LEVEL_TOO_LOW = "level_too_low"
    EXPERIENCE = "experience"
    LANGUAGE = "language"
    TEST_FAILED = "test_failed"
    AVAILABILITY = "availability"
    PAY_EXPECTED = "pay_expected"
    OTHER_PERSON_CHOSEN = "other_person_chosen"
    POST_CLOSED = "post_closed"


class WithdrawReason(StrEnum):
    """Why the agency takes a person back."""

    PERSON_ASKED = "person_asked"
    NOT_REACHED = "not_reached"
    OTHER_OPENING = "other_opening"
    RECORDED_BY_MISTAKE = "recorded_by_mistake"


class ReopenReason(StrEnum):
    """Why a referral that had come to an end goes on."""

    PERSON_CHANGED_MIND = "person_changed_mind"
    COMPANY_CHANGED_MIND = "company_changed_mind"
    POST_FREE_AGAIN = "post_free_again"
    ANSWERED_LATE = "answered_late"
    RECORDED_BY_MISTAKE = "recorded_by_mistake"


class EndReason(StrEnum):
    """Why a referral ended although nobody answered it."""

    OPENING_FILLED = "opening_filled"
    OPENING_CLOSED = "opening_closed"
    PERSON_PLACED = "person_placed"
    OBJECTION = "objection"
    CONSENT_WITHDRAWN = "consent_withdrawn"
