"""The personal link of a person in search of work: given and opened, and what she says through it."""

from skills_bridge.services.personal.answers import OwnWord, answer_proposal, answer_reservation
from skills_bridge.services.personal.links import (
    PATH,
    PURPOSE,
    GivenLink,
    give_link,
    mail_personal_link,
    open_link,
    revoke_link,
)

__all__ = [
    "PATH",
    "PURPOSE",
    "GivenLink",
    "OwnWord",
    "answer_proposal",
    "answer_reservation",
    "give_link",
    "mail_personal_link",
    "open_link",
    "revoke_link",
]
