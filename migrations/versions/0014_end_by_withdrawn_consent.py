"""Let reservations end because an agreement was withdrawn, and companies lose sight of the person at once.

After any other end of a referral a company still reads who she is for some days; not after her own withdrawal.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

REASONS = (
    "expired",
    "declined",
    "placed",
    "placed_elsewhere",
    "post_filled",
    "post_closed",
    "cohort_cancelled",
    "cohort_begun",
    "ends_too_late",
    "left_training",
    "objection",
    "not_reached",
    "other_plan",
    "made_by_mistake",
)
NEW = "consent_withdrawn"
ORG = "(SELECT NULLIF(current_setting('app.organisation_id', true), '')::bigint)"
COMPANY = (
    "(SELECT current_setting('app.scope', true) = 'tenant'"
    " AND current_setting('app.organisation_kind', true) IN ('company'))"
)
DAYS = "(SELECT coalesce(nullif(current_setting('app.disclosure_days', true), '')::integer, 0))"


def allow(reasons: tuple[str, ...]) -> None:
    """Let these be why a reservation ends; rows are checked without holding the table."""
    listed = ", ".join(f"'{reason}'" for reason in reasons)
    op.execute("ALTER TABLE reservation DROP CONSTRAINT ck_reservation_end_reason")
    op.execute(
        f"ALTER TABLE reservation ADD CONSTRAINT ck_reservation_end_reason CHECK (end_reason IN ({listed})) NOT VALID"
    )
    op.execute("ALTER TABLE reservation VALIDATE CONSTRAINT ck_reservation_end_reason")


def name_people(but: str) -> None:
    """Lay down anew whom a company may know by name; ``but`` narrows those it knew until lately."""
    sent = f"r.company_id = {ORG} AND r.sent_at IS NOT NULL"
    named = (
        f"ARRAY(SELECT r.seeker_id FROM referral r WHERE {sent}"
        " AND r.state IN ('accepted', 'sent', 'invited', 'selected', 'placed'))"
    )
    lately = (
        f"ARRAY(SELECT r.seeker_id FROM referral r JOIN seeker s ON s.id = r.seeker_id WHERE {sent}"
        " AND r.state IN ('rejected', 'no_show', 'withdrawn', 'expired', 'ended') AND r.answered_on IS NOT NULL"
        f" AND s.matching_objected_at IS NULL AND r.changed_at > now() - make_interval(days => {DAYS}){but})"
    )
    op.execute(
        f"ALTER POLICY people_2 ON seeker_identity USING ({COMPANY} AND (seeker_id = ANY({named}) OR seeker_id = ANY({lately})))"
    )


def upgrade() -> None:
    """Add the reason, and narrow the company's rule by it."""
    allow((*REASONS, NEW))
    name_people(f" AND r.reason IS DISTINCT FROM '{NEW}'")


def downgrade() -> None:
    """Go back to the wider rule; what ended by a withdrawn agreement is said to have ended by an objection."""
    name_people("")
    # the table is forced to show its owner nothing: for this one statement it does not hold the owner
    op.execute("ALTER TABLE reservation NO FORCE ROW LEVEL SECURITY")
    op.execute(f"UPDATE reservation SET end_reason = 'objection' WHERE end_reason = '{NEW}'")
    op.execute("ALTER TABLE reservation FORCE ROW LEVEL SECURITY")
    allow(REASONS)
