"""Let every key between two tenants' rows carry the tenant, and show a company only whom it was sent.

A plain key accepts the row of another organisation: the foreign side is checked without row-level security. And the
rules of 0002 showed a company a person from her yes on; from now on from the day her file is sent.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

# table with a pair that others refer to from now on
PAIRS = (
    ("match_run", "agency_id"),
    ("membership", "user_id"),
    ("opening", "agency_id"),
    ("web_session", "user_id"),
)
# table, its column, the tenant's column, the table referred to
KEYS = (
    ("match_run", "opening_id", "agency_id", "opening"),
    ("match_count", "opening_id", "agency_id", "opening"),
    ("match_count", "run_id", "agency_id", "match_run"),
    ("match_exposure", "run_id", "agency_id", "match_run"),
    ("match_input", "run_id", "agency_id", "match_run"),
    ("allocation_run", "run_id", "agency_id", "match_run"),
    ("placement", "post_id", "company_id", "post"),
    ("unit_province", "unit_id", "agency_id", "agency_unit"),
    ("web_session", "membership_id", "user_id", "membership"),
    ("reveal", "session_id", "user_id", "web_session"),
)

ORG = "(SELECT NULLIF(current_setting('app.organisation_id', true), '')::bigint)"
COMPANY = (
    "(SELECT current_setting('app.scope', true) = 'tenant'"
    " AND current_setting('app.organisation_kind', true) IN ('company'))"
)
OWN_COMPANY = f"((SELECT current_setting('app.scope', true) = 'tenant') AND company_id = {ORG})"
DAYS = "(SELECT coalesce(nullif(current_setting('app.disclosure_days', true), '')::integer, 0))"


def company_rules(sent: str) -> tuple[tuple[str, str, str], ...]:
    """Return table, rule and test of what a company sees of referrals and people; ``sent`` narrows the referrals."""
    own = f"FROM referral r WHERE r.company_id = {ORG}{sent.replace('sent_at', 'r.sent_at')}"
    referred = f"ARRAY(SELECT r.seeker_id {own} AND r.state NOT IN ('proposed', 'declined'))"
    named = f"ARRAY(SELECT r.seeker_id {own} AND r.state IN ('accepted', 'sent', 'invited', 'selected', 'placed'))"
    lately = (
        f"ARRAY(SELECT r.seeker_id {own.replace('referral r', 'referral r JOIN seeker s ON s.id = r.seeker_id')}"
        " AND r.state IN ('rejected', 'no_show', 'withdrawn', 'expired', 'ended') AND r.answered_on IS NOT NULL"
        f" AND s.matching_objected_at IS NULL AND r.changed_at > now() - make_interval(days => {DAYS}))"
    )
    rows = f"{OWN_COMPANY} AND state NOT IN ('proposed', 'declined'){sent}"
    return (
        ("referral", "people_2", rows),
        ("referral", "people_3", rows),
        ("seeker", "people_2", f"{COMPANY} AND id = ANY({referred})"),
        ("seeker_identity", "people_2", f"{COMPANY} AND (seeker_id = ANY({named}) OR seeker_id = ANY({lately}))"),
        ("seeker_language", "people_2", f"{COMPANY} AND seeker_id = ANY({referred})"),
        ("seeker_experience", "people_2", f"{COMPANY} AND seeker_id = ANY({referred})"),
        ("held_competency", "people_2", f"{COMPANY} AND seeker_id = ANY({referred})"),
    )


def narrow(sent: str) -> None:
    """Lay the company's rules down anew."""
    for table, rule, test in company_rules(sent):
        check = f" WITH CHECK ({test})" if rule == "people_3" else ""
        op.execute(f"ALTER POLICY {rule} ON {table} USING ({test}){check}")


def tie(table: str, columns: tuple[str, ...], target: str, pair: tuple[str, ...]) -> None:
    """Add a foreign key without holding the table while its rows are checked."""
    name = f"fk_{table}_{'_'.join(columns)}"
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({', '.join(columns)})"
        f" REFERENCES {target} ({', '.join(pair)}) NOT VALID"
    )
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def add_form_use() -> None:
    """Let a form that was sent twice find its first answer, for a day."""
    op.create_table(
        "form_use",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_form_use_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_form_use_user_id")),
        sa.PrimaryKeyConstraint("organisation_id", "user_id", "digest", name=op.f("pk_form_use")),
    )
    op.create_index(op.f("ix_form_use_used_at"), "form_use", ["used_at"])
    own = (
        f"(SELECT current_setting('app.scope', true) = 'tenant') AND organisation_id = {ORG}"
        " AND user_id = (SELECT NULLIF(current_setting('app.user_id', true), '')::bigint)"
    )
    platform = "(SELECT current_setting('app.scope', true) = 'platform')"
    op.execute("ALTER TABLE form_use ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE form_use FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY people_1 ON form_use TO sb_web USING ({own}) WITH CHECK ({own})")
    op.execute(f"CREATE POLICY platform ON form_use TO sb_worker USING ({platform}) WITH CHECK ({platform})")
    op.execute("GRANT SELECT, INSERT, UPDATE ON form_use TO sb_web")
    op.execute("GRANT SELECT, DELETE ON form_use TO sb_worker")


def upgrade() -> None:
    """Replace each plain key by one with the tenant, and narrow the company's rules."""
    for table, tenant in PAIRS:
        op.create_unique_constraint(f"uq_{table}_id_{tenant}", table, ["id", tenant])
    for table, column, tenant, target in KEYS:
        tie(table, (column, tenant), target, ("id", tenant))
        op.drop_constraint(f"fk_{table}_{column}", table, type_="foreignkey")
    op.create_index("ix_pack_agency_id", "pack", ["agency_id"])
    narrow(" AND sent_at IS NOT NULL")
    add_form_use()


def downgrade() -> None:
    """Go back to plain keys and the wider rules; a form may take effect twice again."""
    op.drop_table("form_use")
    narrow("")
    op.drop_index("ix_pack_agency_id", "pack")
    for table, column, tenant, target in KEYS:
        tie(table, (column,), target, ("id",))
        op.drop_constraint(f"fk_{table}_{column}_{tenant}", table, type_="foreignkey")
    for table, tenant in PAIRS:
        op.drop_constraint(f"uq_{table}_id_{tenant}", table, type_="unique")
