"""A session knows its latest end, when password and code were last given, and on what device it was opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Give each session its end; those under way keep the shorter of the two spans."""
    op.add_column("web_session", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("web_session", sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("web_session", sa.Column("device", sa.Text(), nullable=False, server_default=""))
    # the table is forced to show its owner nothing: for this one statement it does not hold the owner
    op.execute("ALTER TABLE web_session NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE web_session SET ends_at = started_at + interval '8 hours'")
    op.execute("ALTER TABLE web_session FORCE ROW LEVEL SECURITY")
    op.alter_column("web_session", "ends_at", nullable=False)


def downgrade() -> None:
    """Forget ends, proofs and devices."""
    op.drop_column("web_session", "device")
    op.drop_column("web_session", "proved_at")
    op.drop_column("web_session", "ends_at")
