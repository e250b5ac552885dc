"""Reserve a seat and a post together: proposals of two kinds, reservations, and who may see and change them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ORG = "(SELECT NULLIF(current_setting('app.organisation_id', true), '')::bigint)"
TENANT = "(SELECT current_setting('app.scope', true) = 'tenant')"
PLATFORM = "(SELECT current_setting('app.scope', true) = 'platform')"
LIVE = sa.text("ended_at IS NULL")
CHANNELS = ("counter", "phone", "email", "letter", "personal_link")
END_REASONS = (
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
OF_ITS_KIND = (
    "num_nonnulls(allocation_id, below_best, own_place, own_offers) = CASE WHEN kind = 'allocation' THEN 4 ELSE 0 END"
)
RULES = (("ALL", "agency_id"), ("SELECT", "centre_id"), ("UPDATE", "centre_id"), ("SELECT", "company_id"))
# what the worker corrects when the clock or a company's act ends a reservation: the seat, the learner who waits for it
EDITS = ("cohort", "enrolment")


def words(name: str, *values: str) -> sa.Enum:
    """Return the type of an enumeration kept as text, without its check."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=False, length=40)


def one_of(values: tuple[str, ...]) -> str:
    """Return the values as the check of an enumeration lists them."""
    return ", ".join(f"'{value}'" for value in values)


def upgrade() -> None:
    """Tell two kinds of proposals apart, add the reservations, and let the parties concerned see them."""
    change_proposals()
    op.create_unique_constraint(op.f("uq_post_id_company_id"), "post", ["id", "company_id"])
    op.create_unique_constraint(op.f("uq_enrolment_id_centre_id"), "enrolment", ["id", "centre_id"])
    create_reservations()
    grant_rights()


def change_proposals() -> None:
    """Give the proposals their kind and the person's answer; what the allocation computes is the allocation's alone."""
    op.add_column("proposal", sa.Column("kind", words("kind"), server_default="allocation", nullable=False))
    op.alter_column("proposal", "kind", server_default=None)
    op.add_column("proposal", sa.Column("answered_channel", words("answered_channel"), nullable=True))
    op.add_column("proposal", sa.Column("answered_on", sa.Date(), nullable=True))
    for column in ("allocation_id", "below_best", "own_place", "own_offers"):
        op.alter_column("proposal", column, nullable=True)
    for name, test in (
        ("kind", "kind IN ('allocation', 'bridge')"),
        ("answered_channel", f"answered_channel IN ({one_of(CHANNELS)})"),
        ("facts_of_its_kind", OF_ITS_KIND),
        ("answer_with_channel", "(answered_on IS NULL) = (answered_channel IS NULL)"),
        ("answer_to_bridge", "answered_on IS NULL OR kind = 'bridge'"),
    ):
        op.create_check_constraint(op.f(f"ck_proposal_{name}"), "proposal", test)
    op.drop_constraint("uq_proposal_opening_id_seeker_id", "proposal")
    op.create_unique_constraint(
        op.f("uq_proposal_opening_id_seeker_id_kind"), "proposal", ["opening_id", "seeker_id", "kind"]
    )
    op.create_unique_constraint(op.f("uq_proposal_id_agency_id"), "proposal", ["id", "agency_id"])


def create_reservations() -> None:
    """Create the table; one live row a proposal, a post and a person."""
    owners = ("company_id", "centre_id", "agency_id", "unit_id")
    instants = ("accepted_at", "enrolled_at", "ended_at")
    ties = {"proposal": "agency_id", "seeker": "agency_id", "cohort": "centre_id", "post": "company_id"}
    op.create_table(
        "reservation",
        *(sa.Column(f"{name}_id", sa.BigInteger(), nullable=False) for name in ties),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in owners),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("needed_on", sa.Date(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in instants),
        sa.Column("end_reason", words("end_reason"), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id", owner],
                [f"{table}.id", f"{table}.{owner}"],
                name=op.f(f"fk_reservation_{table}_id_{owner}"),
            )
            for table, owner in {**ties, "enrolment": "centre_id"}.items()
        ),
        sa.ForeignKeyConstraint(["made_by"], ["user_account.id"], name=op.f("fk_reservation_made_by")),
        sa.CheckConstraint(f"end_reason IN ({one_of(END_REASONS)})", name=op.f("ck_reservation_end_reason")),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_reservation_ended_with_reason")),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (enrolment_id IS NULL)", name=op.f("ck_reservation_accepted_with_enrolment")
        ),
        sa.CheckConstraint(
            "enrolled_at IS NULL OR accepted_at IS NOT NULL", name=op.f("ck_reservation_enrolled_after_yes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reservation_public_id")),
    )
    for name in ("proposal", "post", "seeker"):
        op.create_index(
            f"uq_reservation_live_{name}", "reservation", [f"{name}_id"], unique=True, postgresql_where=LIVE
        )
    for name in ("cohort", "company", "centre", "enrolment"):
        op.create_index(f"ix_reservation_{name}", "reservation", [f"{name}_id"])
    op.create_index("ix_reservation_agency", "reservation", ["agency_id", "expires_at"])


def grant_rights() -> None:
    """Let the agency work, centre and company see, the centre end; the worker ends what the clock or a company ends."""
    op.execute("ALTER TABLE reservation ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE reservation FORCE ROW LEVEL SECURITY")
    for number, (command, owner) in enumerate(RULES, 1):
        own = f"({TENANT} AND {owner} = {ORG})"
        check = "" if command == "SELECT" else f" WITH CHECK {own}"
        op.execute(
            f"CREATE POLICY people_{number} ON reservation FOR {command} TO sb_web, sb_worker USING {own}{check}"
        )
    op.execute(f"CREATE POLICY platform ON reservation TO sb_worker USING ({PLATFORM}) WITH CHECK ({PLATFORM})")
    op.execute("GRANT SELECT, INSERT, UPDATE ON reservation TO sb_web, sb_worker")
    for table in EDITS:
        op.execute(
            f"CREATE POLICY platform_edit ON {table} FOR UPDATE TO sb_worker USING ({PLATFORM}) WITH CHECK ({PLATFORM})"
        )
    # the night proposes ready people, an adviser those with a course before the post
    op.execute("GRANT INSERT ON proposal TO sb_web")
    op.execute("CREATE POLICY bridge_only ON proposal AS RESTRICTIVE FOR INSERT TO sb_web WITH CHECK (kind = 'bridge')")


def downgrade() -> None:
    """Drop reservations and the proposals that carry them; the allocation's stay."""
    op.execute("DROP POLICY bridge_only ON proposal")
    op.execute("REVOKE INSERT ON proposal FROM sb_web")
    for table in EDITS:
        op.execute(f"DROP POLICY platform_edit ON {table}")
    op.drop_table("reservation")
    op.drop_constraint("uq_enrolment_id_centre_id", "enrolment")
    op.drop_constraint("uq_post_id_company_id", "post")
    op.execute("DELETE FROM proposal WHERE kind <> 'allocation'")
    for name in ("uq_proposal_id_agency_id", "uq_proposal_opening_id_seeker_id_kind"):
        op.drop_constraint(name, "proposal")
    for name in ("kind", "answered_channel", "facts_of_its_kind", "answer_with_channel", "answer_to_bridge"):
        op.drop_constraint(f"ck_proposal_{name}", "proposal")
    for column in ("allocation_id", "below_best", "own_place", "own_offers"):
        op.alter_column("proposal", column, nullable=False)
    for column in ("kind", "answered_channel", "answered_on"):
        op.drop_column("proposal", column)
    op.create_unique_constraint("uq_proposal_opening_id_seeker_id", "proposal", ["opening_id", "seeker_id"])
