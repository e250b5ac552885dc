"""Take back from the web's role every write that no page does: a hole in the application opens no more than its pages.

Units, figures, packs and notices are written by background work and commands, and nobody deletes people, openings,
memberships or audited rows from a page.
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"

UNUSED = {
    "agency_unit": "DELETE, INSERT, UPDATE",
    "cohort": "DELETE",
    "consent": "DELETE",
    "enrolment": "DELETE",
    "figure": "DELETE, INSERT, UPDATE",
    "gate": "UPDATE",
    "import_batch": "DELETE",
    "import_row": "DELETE",
    "job": "DELETE",
    "match_count": "UPDATE",
    "match_run": "UPDATE",
    "membership": "DELETE",
    "need": "DELETE",
    "need_requirement": "UPDATE",
    "notice": "DELETE, INSERT",
    "opening": "DELETE",
    "opening_revision": "DELETE",
    "organisation": "DELETE",
    "pack": "UPDATE",
    "post": "DELETE",
    "programme": "DELETE",
    "programme_outcome": "UPDATE",
    "referral": "DELETE",
    "requirement": "UPDATE",
    "reveal": "DELETE, UPDATE",
    "seeker": "DELETE",
    "seeker_equity": "DELETE",
    "seeker_experience": "UPDATE",
    "seeker_identity": "DELETE",
    "seeker_language": "UPDATE",
    "sign_in_attempt": "DELETE, UPDATE",
    "site": "DELETE, UPDATE",
    "unit_province": "DELETE, INSERT, UPDATE",
    "user_account": "DELETE",
    "visa": "INSERT",
    "web_session": "DELETE",
}


def upgrade() -> None:
    """Revoke them."""
    for table, rights in UNUSED.items():
        op.execute(f"REVOKE {rights} ON {table} FROM sb_web")


def downgrade() -> None:
    """Give them back."""
    for table, rights in UNUSED.items():
        op.execute(f"GRANT {rights} ON {table} TO sb_web")
