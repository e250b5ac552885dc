"""The meaning of labels: one vector each, so that a job title in one language finds labels written in another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the table; the installation writes it, everybody at work reads it."""
    op.create_table(
        "label_meaning",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_label_meaning"),
        sa.CheckConstraint("octet_length(vector) = 512", name="ck_label_meaning_one_byte_a_number"),
    )
    op.execute("GRANT SELECT ON label_meaning TO sb_web, sb_worker")
    op.execute("GRANT INSERT, DELETE ON label_meaning TO sb_worker")


def downgrade() -> None:
    """Drop it: the vectors are made of the labels, and can be again."""
    op.drop_table("label_meaning")
