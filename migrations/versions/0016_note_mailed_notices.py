"""Note when a person was told by mail that her file will be anonymised: whoever has no address is told by her adviser."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the instant; of earlier notices no mail left."""
    op.add_column("retention_notice", sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Forget the instants."""
    op.drop_column("retention_notice", "mailed_at")
