"""Accounts: credentials, the limits on trying them, sessions that end on the server."""

from skills_bridge.services.accounts.credentials import (
    DUMMY_HASH,
    add_membership,
    change_language,
    change_password,
    check_code,
    check_password,
    choose_membership,
    create_account,
    prove_again,
    set_password,
)
from skills_bridge.services.accounts.limits import hold_tries, note_try
from skills_bridge.services.accounts.sessions import (
    TOUCH_AFTER,
    StoredSession,
    end_own_session,
    end_session,
    end_sessions_of,
    find_session,
    forget_visits,
    keep_session,
    start_session,
)

__all__ = [
    "DUMMY_HASH",
    "TOUCH_AFTER",
    "StoredSession",
    "add_membership",
    "change_language",
    "change_password",
    "check_code",
    "check_password",
    "choose_membership",
    "create_account",
    "end_own_session",
    "end_session",
    "end_sessions_of",
    "find_session",
    "forget_visits",
    "hold_tries",
    "keep_session",
    "note_try",
    "prove_again",
    "set_password",
    "start_session",
]
