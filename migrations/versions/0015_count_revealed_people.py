"""Keep how many people a reveal showed, so that a day's views of one person can be counted and bounded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Count each earlier reveal as one person; find a user's reveals of a day without reading all of them."""
    op.add_column("reveal", sa.Column("people", sa.BigInteger(), server_default="1", nullable=False))
    op.create_index("ix_reveal_user", "reveal", ["user_id", "revealed_at"])


def downgrade() -> None:
    """Forget the counts."""
    op.drop_index("ix_reveal_user", "reveal")
    op.drop_column("reveal", "people")
