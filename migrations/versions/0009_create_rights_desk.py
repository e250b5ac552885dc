"""Requests of people about their data, access files, tombstones, and the clock of retention."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

ORG = "(SELECT NULLIF(current_setting('app.organisation_id', true), '')::bigint)"
TENANT = "(SELECT current_setting('app.scope', true) = 'tenant')"
PLATFORM = "(SELECT current_setting('app.scope', true) = 'platform')"
OPERATOR = (
    "(SELECT current_setting('app.scope', true) = 'tenant'"
    " AND current_setting('app.organisation_kind', true) = 'platform')"
)
OWN_AGENCY = f"({TENANT} AND agency_id = {ORG})"
BOTH = "sb_web, sb_worker"

# table: (roles, command, test) of each rule
RULES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "rights_request": ((BOTH, "ALL", OWN_AGENCY), ("sb_web", "SELECT", OPERATOR), ("sb_web", "UPDATE", OPERATOR)),
    # built by the agency's background work, read and emptied by the officer: no page of the agency has a use for it
    "access_file": (("sb_worker", "ALL", OWN_AGENCY), ("sb_web", "SELECT", OPERATOR), ("sb_web", "UPDATE", OPERATOR)),
    "tombstone": (("sb_worker", "SELECT", OWN_AGENCY), ("sb_worker", "INSERT", OWN_AGENCY)),
    "retention_notice": ((BOTH, "ALL", OWN_AGENCY), ("sb_web", "SELECT", OPERATOR)),
    "retention_run": (
        (BOTH, "SELECT", OWN_AGENCY),
        ("sb_worker", "INSERT", OWN_AGENCY),
        ("sb_web", "SELECT", OPERATOR),
    ),
}
GRANTS: dict[str, tuple[str, str]] = {
    "rights_request": ("SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE"),
    "access_file": ("SELECT, UPDATE", "SELECT, INSERT, UPDATE, DELETE"),
    "tombstone": ("", "SELECT, INSERT"),
    "retention_notice": ("SELECT", "SELECT, INSERT, UPDATE"),
    "retention_run": ("SELECT", "SELECT, INSERT"),
}


def upgrade() -> None:
    """Create the tables with their rules; let background work empty the notes of a forgotten person's history."""
    create_requests()
    create_retention()
    for table, rules in RULES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for number, (roles, command, test) in enumerate(rules, 1):
            using = "" if command == "INSERT" else f" USING ({test})"
            check = "" if command == "SELECT" else f" WITH CHECK ({test})"
            op.execute(f"CREATE POLICY people_{number} ON {table} FOR {command} TO {roles}{using}{check}")
        for role, rights in zip(("sb_web", "sb_worker"), GRANTS[table], strict=True):
            if rights:
                op.execute(f"GRANT {rights} ON {table} TO {role}")
    op.execute(f"CREATE POLICY platform ON rights_request FOR SELECT TO sb_worker USING ({PLATFORM})")
    op.execute(
        f"CREATE POLICY rights_read ON state_change FOR SELECT TO sb_web"
        f" USING ({OPERATOR} AND object_kind = 'rights_request')"
    )
    op.execute(
        f"CREATE POLICY rights_add ON state_change FOR INSERT TO sb_web"
        f" WITH CHECK ({OPERATOR} AND object_kind = 'rights_request')"
    )
    op.execute("GRANT UPDATE (note) ON state_change TO sb_worker")
    op.execute(
        f"CREATE POLICY forget ON state_change FOR UPDATE TO sb_worker USING ({OWN_AGENCY}) WITH CHECK ({OWN_AGENCY})"
    )


def create_requests() -> None:
    """Create the tables of the rights desk."""
    op.create_table(
        "rights_request",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("refusal", sa.String(length=40), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('access', 'correction', 'objection', 'erasure', 'withdrawal')",
            name=op.f("ck_rights_request_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'accepted', 'ready', 'done', 'refused', 'cancelled')",
            name=op.f("ck_rights_request_state"),
        ),
        sa.CheckConstraint(
            "channel IN ('counter', 'phone', 'email', 'letter', 'personal_link')",
            name=op.f("ck_rights_request_channel"),
        ),
        sa.CheckConstraint(
            "refusal IN ('identity_unsure', 'unfounded', 'repeated', 'duty_to_keep')",
            name=op.f("ck_rights_request_refusal"),
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_rights_request_refused_with_reason")
        ),
        sa.CheckConstraint(
            "state IN ('received', 'cancelled') OR decided_by IS NOT NULL",
            name=op.f("ck_rights_request_a_person_decides"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_rights_request_agency_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user_account.id"], name=op.f("fk_rights_request_recorded_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["user_account.id"], name=op.f("fk_rights_request_decided_by")),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"],
            ["seeker.id", "seeker.agency_id"],
            name=op.f("fk_rights_request_seeker_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
        sa.UniqueConstraint("id", "agency_id", name=op.f("uq_rights_request_id_agency_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_rights_request_reference")),
    )
    op.create_index("ix_rights_request_agency", "rights_request", ["agency_id", "state"])
    op.create_index(
        "uq_rights_request_open",
        "rights_request",
        ["seeker_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state IN ('received', 'accepted', 'ready')"),
    )
    op.create_table(
        "access_file",
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id", "agency_id"],
            ["rights_request.id", "rights_request.agency_id"],
            name=op.f("fk_access_file_request_id_agency_id"),
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["user_account.id"], name=op.f("fk_access_file_taken_by")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_access_file")),
    )


def create_retention() -> None:
    """Create the tables of what was forgotten, and of what will be."""
    op.create_table(
        "tombstone",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cause IN ('request', 'retention', 'restore')", name=op.f("ck_tombstone_cause")),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_tombstone_agency_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tombstone")),
    )
    op.create_table(
        "retention_notice",
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.CheckConstraint("outcome IN ('kept', 'forgotten')", name=op.f("ck_retention_notice_outcome")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (outcome IS NULL)", name=op.f("ck_retention_notice_ended_with_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"],
            ["seeker.id", "seeker.agency_id"],
            name=op.f("fk_retention_notice_seeker_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_notice")),
    )
    op.create_index(op.f("ix_retention_notice_agency_id"), "retention_notice", ["agency_id"])
    op.create_index(
        "uq_retention_notice_live",
        "retention_notice",
        ["seeker_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "retention_run",
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_applied", sa.Boolean(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_retention_run_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_index(op.f("ix_retention_run_agency_id"), "retention_run", ["agency_id"])


def downgrade() -> None:
    """Drop the tables and the rules."""
    op.execute("DROP POLICY forget ON state_change")
    op.execute("REVOKE UPDATE (note) ON state_change FROM sb_worker")
    op.execute("DROP POLICY rights_add ON state_change")
    op.execute("DROP POLICY rights_read ON state_change")
    for table in ("retention_run", "retention_notice", "tombstone", "access_file", "rights_request"):
        op.drop_table(table)
