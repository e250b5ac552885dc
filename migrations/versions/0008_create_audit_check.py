"""The nightly verifications of the audit, and indexes for the people who read it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

OPERATOR = (
    "(SELECT current_setting('app.scope', true) = 'tenant'"
    " AND current_setting('app.organisation_kind', true) = 'platform')"
)
PLATFORM = "(SELECT current_setting('app.scope', true) = 'platform')"


def upgrade() -> None:
    """Create the table of checks, read by the platform, written by the night's job only, never changed."""
    op.create_index("ix_audit_entry_recorded", "audit_entry", ["recorded_at"])
    op.create_index("ix_audit_entry_object", "audit_entry", ["object_kind", "object_id"])
    op.create_table(
        "audit_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("streams", sa.BigInteger(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_check")),
    )
    op.execute("ALTER TABLE audit_check ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE audit_check FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY people_1 ON audit_check FOR SELECT TO sb_web, sb_worker USING ({OPERATOR})")
    op.execute(f"CREATE POLICY platform ON audit_check TO sb_worker USING ({PLATFORM}) WITH CHECK ({PLATFORM})")
    op.execute("GRANT SELECT ON audit_check TO sb_web")
    op.execute("GRANT SELECT, INSERT ON audit_check TO sb_worker")
    # the journal names who acted: the platform's people read it across organisations
    op.execute(f"CREATE POLICY journal ON user_account FOR SELECT TO sb_web USING ({OPERATOR})")


def downgrade() -> None:
    """Drop the table and the indexes."""
    op.execute("DROP POLICY journal ON user_account")
    op.drop_table("audit_check")
    op.drop_index("ix_audit_entry_object", "audit_entry")
    op.drop_index("ix_audit_entry_recorded", "audit_entry")
