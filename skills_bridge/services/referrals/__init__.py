"""People sent to openings: proposed, answered for, sent, answered, ended."""

from skills_bridge.services.referrals.answers import (
    answer_several,
    invite,
    record_no_show,
    reject,
    select,
)
from skills_bridge.services.referrals.ends import end_referrals, expire_referrals, stop_referrals
from skills_bridge.services.referrals.proposals import (
    record_answer,
    refer,
    refer_several,
    reopen,
    reopen_several,
    send_referral,
    send_several,
    withdraw,
)
from skills_bridge.services.referrals.steps import BulkOutcome

__all__ = [
    "BulkOutcome",
    "answer_several",
    "end_referrals",
    "expire_referrals",
    "invite",
    "record_answer",
    "record_no_show",
    "refer",
    "refer_several",
    "reject",
    "reopen",
    "reopen_several",
    "select",
    "send_referral",
    "send_several",
    "stop_referrals",
    "withdraw",
]
