"""Invitations, links by mail, recovery codes, resets by two persons; requests and the lives of organisations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

ORG = "(SELECT NULLIF(current_setting('app.organisation_id', true), '')::bigint)"
USER = "(SELECT NULLIF(current_setting('app.user_id', true), '')::bigint)"
TENANT = "(SELECT current_setting('app.scope', true) = 'tenant')"
ACCOUNT = "(SELECT current_setting('app.scope', true) = 'account')"
PLATFORM = "(SELECT current_setting('app.scope', true) = 'platform')"
OPERATOR = "(SELECT current_setting('app.scope', true) = 'tenant' AND current_setting('app.organisation_kind', true) = 'platform')"
OWN = f"({TENANT} AND organisation_id = {ORG})"

OPEN = "i.accepted_at IS NULL AND i.revoked_at IS NULL"
# a person comes in only where an invitation to her address stands open, and only in the role that it offers
INVITED = (
    "EXISTS (SELECT 1 FROM invitation i JOIN user_account u ON lower(u.email) = lower(i.email)"
    f" WHERE u.id = membership.user_id AND i.organisation_id = membership.organisation_id AND i.role = membership.role AND {OPEN})"
)
ADDRESSED = f"EXISTS (SELECT 1 FROM invitation i WHERE lower(i.email) = lower(user_account.email) AND {OPEN})"
OWN_MEMBERS = f"ARRAY(SELECT m.id FROM membership m WHERE m.organisation_id = {ORG})"
# what may be asked for before anybody is signed in: a letter to whoever owns the address that was typed
LETTERS = "organisation_id IS NULL AND kind IN ('accounts.mail_link', 'accounts.tell_change')"

# table: ((name, command, test), …)
RULES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "invitation": (
        ("people_1", "ALL", OWN),
        ("people_2", "ALL", OPERATOR),
        ("people_3", "SELECT", ACCOUNT),
        ("people_4", "UPDATE", ACCOUNT),
    ),
    "account_link": (("people_1", "ALL", ACCOUNT),),
    "recovery_code": (("people_1", "ALL", f"{ACCOUNT} AND user_id = {USER}"),),
    "second_factor_reset": (
        ("people_1", "ALL", OWN),
        ("people_2", "SELECT", OPERATOR),
        ("people_3", "UPDATE", OPERATOR),
    ),
    "organisation_request": (
        ("people_1", "INSERT", f"{ACCOUNT} AND decided_at IS NULL AND kind IN ('company', 'training_centre')"),
        ("people_2", "SELECT", OPERATOR),
        ("people_3", "UPDATE", OPERATOR),
    ),
    "organisation_move": (
        ("people_1", "SELECT", f"{OWN} OR {OPERATOR}"),
        ("people_2", "INSERT", OPERATOR),
    ),
}
# more rules on tables that stand
MORE: tuple[tuple[str, str, str, str], ...] = (
    ("organisation", "people_found", "INSERT", OPERATOR),
    ("user_account", "people_invited", "INSERT", f"{ACCOUNT} AND {ADDRESSED}"),
    ("membership", "people_invited", "INSERT", f"{ACCOUNT} AND user_id = {USER} AND {INVITED}"),
    ("membership", "people_administer", "UPDATE", OWN),
    ("membership", "people_operate", "SELECT", OPERATOR),
    ("job", "people_ask_letters", "INSERT", f"{ACCOUNT} AND {LETTERS}"),
    ("job", "people_see_letters", "SELECT", f"{ACCOUNT} AND {LETTERS}"),
    ("web_session", "people_see_team", "SELECT", f"{TENANT} AND membership_id = ANY({OWN_MEMBERS})"),
)
# what a transaction across organisations corrects when one leaves
HANDED_OVER = ("need", "cohort", "enrolment")
ADDED = tuple(RULES)


def lay(table: str, name: str, command: str, test: str) -> None:
    """Lay down one rule for people at work."""
    using = "" if command == "INSERT" else f" USING ({test})"
    check = "" if command == "SELECT" else f" WITH CHECK ({test})"
    op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO sb_web, sb_worker{using}{check}")


def upgrade() -> None:
    """Create the tables, and let each role do what it must and nothing else."""
    role = sa.Enum(
        "hr_manager", "company_admin", "adviser", "unit_manager", "report_officer", "signatory", "centre_manager",
        "analyst", "officer", "administrator", "data_protection_officer",
        name="role", native_enum=False, create_constraint=True, length=40,
    )  # fmt: skip
    kinds = ("company", "training_centre", "agency", "ministry", "association", "platform")
    states = ("invited", "verified", "suspended", "left")

    def text_enum(name: str, *values: str) -> sa.Enum:
        return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)

    def key() -> sa.Column[int]:
        return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)

    def instant(name: str, *, nullable: bool = True) -> sa.Column[object]:
        return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)

    def link(table: str, name: str, target: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}"))

    op.create_table(
        "invitation",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", role, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("seed", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.BigInteger(), nullable=True),
        instant("sent_at", nullable=False),
        instant("expires_at", nullable=False),
        instant("accepted_at"),
        instant("revoked_at"),
        key(),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        link("invitation", "organisation_id", "organisation"),
        link("invitation", "invited_by", "user_account"),
        sa.ForeignKeyConstraint(
            ["unit_id", "organisation_id"],
            ["agency_unit.id", "agency_unit.agency_id"],
            name=op.f("fk_invitation_unit_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_invitation_token_digest")),
    )
    op.create_index(op.f("ix_invitation_organisation_id"), "invitation", ["organisation_id"])
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["organisation_id", sa.text("lower(email)"), "role"],
        unique=True,
        postgresql_where="accepted_at IS NULL AND revoked_at IS NULL",
    )
    op.create_table(
        "account_link",
        sa.Column("kind", text_enum("kind", "password", "second_factor"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("seed", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        instant("expires_at", nullable=False),
        instant("used_at"),
        key(),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        link("account_link", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_link")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_account_link_token_digest")),
    )
    op.create_index(op.f("ix_account_link_user_id"), "account_link", ["user_id"])
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        instant("used_at"),
        key(),
        link("recovery_code", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("user_id", "code_digest", name=op.f("uq_recovery_code_user_id_code_digest")),
    )
    op.create_table(
        "second_factor_reset",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        instant("asked_at", nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        instant("decided_at"),
        sa.Column("is_granted", sa.Boolean(), nullable=True),
        key(),
        sa.CheckConstraint("asked_by <> user_id", name=op.f("ck_second_factor_reset_asked_by_another")),
        sa.CheckConstraint(
            "decided_by <> asked_by AND decided_by <> user_id", name=op.f("ck_second_factor_reset_decided_by_a_third")
        ),
        link("second_factor_reset", "organisation_id", "organisation"),
        link("second_factor_reset", "membership_id", "membership"),
        link("second_factor_reset", "user_id", "user_account"),
        link("second_factor_reset", "asked_by", "user_account"),
        link("second_factor_reset", "decided_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor_reset")),
    )
    op.create_index(op.f("ix_second_factor_reset_organisation_id"), "second_factor_reset", ["organisation_id"])
    op.create_index(
        "uq_second_factor_reset_open",
        "second_factor_reset",
        ["user_id"],
        unique=True,
        postgresql_where="decided_at IS NULL",
    )
    op.create_table(
        "organisation_request",
        sa.Column("kind", text_enum("kind", *kinds), nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("ice", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        instant("asked_at", nullable=False),
        instant("decided_at"),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        key(),
        link("organisation_request", "decided_by", "user_account"),
        link("organisation_request", "organisation_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_request")),
    )
    op.create_table(
        "organisation_move",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("from_state", text_enum("from_state", *states), nullable=True),
        sa.Column("to_state", text_enum("to_state", *states), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        instant("changed_at", nullable=False),
        key(),
        link("organisation_move", "organisation_id", "organisation"),
        link("organisation_move", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_move")),
    )
    op.create_index(op.f("ix_organisation_move_organisation_id"), "organisation_move", ["organisation_id"])
    for table, rules in RULES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO sb_web, sb_worker")
        op.execute(f"CREATE POLICY platform ON {table} TO sb_worker USING ({PLATFORM}) WITH CHECK ({PLATFORM})")
        for name, command, test in rules:
            lay(table, name, command, test)
    op.execute("REVOKE UPDATE ON organisation_move FROM sb_web, sb_worker")
    op.execute("GRANT DELETE ON account_link TO sb_worker")
    op.execute("GRANT DELETE ON recovery_code TO sb_web, sb_worker")
    for table, name, command, test in MORE:
        lay(table, name, command, test)
    # a removed person of one's address comes back by the same door: her row is taken up again
    op.execute(
        f"CREATE POLICY people_return ON membership FOR UPDATE TO sb_web USING ({ACCOUNT} AND user_id = {USER})"
        f" WITH CHECK ({ACCOUNT} AND user_id = {USER} AND {INVITED})"
    )
    # an organisation may end what was opened for it, and nothing else
    op.execute(
        f"CREATE POLICY people_end_team ON web_session FOR UPDATE TO sb_web, sb_worker USING ({TENANT} AND membership_id = ANY({OWN_MEMBERS}))"
        f" WITH CHECK ({TENANT} AND membership_id = ANY({OWN_MEMBERS}) AND ended_at IS NOT NULL)"
    )
    for table in HANDED_OVER:
        op.execute(
            f"CREATE POLICY platform_hand_over ON {table} FOR UPDATE TO sb_worker USING ({PLATFORM}) WITH CHECK ({PLATFORM})"
        )


def downgrade() -> None:
    """Drop the tables and the rules."""
    for table in HANDED_OVER:
        op.execute(f"DROP POLICY platform_hand_over ON {table}")
    op.execute("DROP POLICY people_end_team ON web_session")
    op.execute("DROP POLICY people_return ON membership")
    for table, name, *_ in reversed(MORE):
        op.execute(f"DROP POLICY {name} ON {table}")
    for table in reversed(ADDED):
        op.drop_table(table)
