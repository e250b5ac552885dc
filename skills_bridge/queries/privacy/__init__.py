"""Reads about personal data as such: identities shown, keys in use, requests of people."""

from skills_bridge.queries.privacy.forgotten import find_forgotten, list_tombstones
from skills_bridge.queries.privacy.identities import (
    ShownIdentity,
    Subject,
    find_subject,
    get_identity,
    get_reveal_end,
    list_identities,
)
from skills_bridge.queries.privacy.keys import KeyUse, count_keys, list_agencies

__all__ = [
    "KeyUse",
    "ShownIdentity",
    "Subject",
    "count_keys",
    "find_forgotten",
    "find_subject",
    "get_identity",
    "get_reveal_end",
    "list_agencies",
    "list_identities",
    "list_tombstones",
]
