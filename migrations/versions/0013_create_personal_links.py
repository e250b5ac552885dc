"""The personal links of people in search of work, and what the scope of one person sees and writes.

A person reads her own rows, and of an opening only what she was proposed for; she answers, objects, withdraws and asks.
Each rule names the scope: outside it nothing is opened. Only the web's role enters it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

ORG = "(SELECT NULLIF(current_setting('app.organisation_id', true), '')::bigint)"
SEEKER = "(SELECT NULLIF(current_setting('app.seeker_id', true), '')::bigint)"
HERSELF = "(SELECT current_setting('app.scope', true) = 'seeker')"
TENANT = "(SELECT current_setting('app.scope', true) = 'tenant')"
ACCOUNT = "(SELECT current_setting('app.scope', true) = 'account')"
PLATFORM = "(SELECT current_setting('app.scope', true) = 'platform')"
OWN_AGENCY = f"({TENANT} AND agency_id = {ORG})"
OWN = f"({HERSELF} AND seeker_id = {SEEKER})"

OPENINGS = (
    f"ARRAY(SELECT r.opening_id FROM referral r WHERE r.seeker_id = {SEEKER}"
    f" UNION SELECT p.opening_id FROM proposal p WHERE p.seeker_id = {SEEKER} AND p.kind = 'bridge')"
)
LIVE = f"opening_id = ANY({OPENINGS}) AND validated_at IS NOT NULL"
REVISIONS = f"ARRAY(SELECT v.id FROM opening_revision v WHERE v.{LIVE})"
SITES = f"ARRAY(SELECT o.site_id FROM opening o WHERE o.id = ANY({OPENINGS}))"
COHORTS = f"ARRAY(SELECT v.cohort_id FROM reservation v WHERE v.seeker_id = {SEEKER})"
PARTIES = (
    f"ARRAY(SELECT r.company_id FROM referral r WHERE r.seeker_id = {SEEKER}"
    f" UNION SELECT v.company_id FROM reservation v WHERE v.seeker_id = {SEEKER}"
    f" UNION SELECT v.centre_id FROM reservation v WHERE v.seeker_id = {SEEKER} UNION SELECT {ORG})"
)
ASKED = f"ARRAY(SELECT q.id FROM rights_request q WHERE q.seeker_id = {SEEKER} AND q.channel = 'personal_link')"
KEPT = f"ARRAY(SELECT v.id FROM reservation v WHERE v.seeker_id = {SEEKER})"
# steps that she took herself; what others noted in the history of the same things is theirs
STEPS = (
    f"({HERSELF} AND agency_id = {ORG} AND user_id IS NULL AND actor_name = 'personal_link' AND CASE object_kind"
    f" WHEN 'seeker' THEN object_id = {SEEKER}"
    f" WHEN 'referral' THEN object_id = ANY(ARRAY(SELECT id FROM referral WHERE seeker_id = {SEEKER}))"
    f" WHEN 'reservation' THEN object_id = ANY(ARRAY(SELECT id FROM reservation WHERE seeker_id = {SEEKER}))"
    f" WHEN 'proposal' THEN object_id = ANY(ARRAY(SELECT id FROM proposal WHERE seeker_id = {SEEKER}))"
    f" WHEN 'enrolment' THEN object_id = ANY(ARRAY(SELECT id FROM enrolment WHERE seeker_id = {SEEKER}))"
    f" WHEN 'rights_request' THEN object_id = ANY(ARRAY(SELECT id FROM rights_request WHERE seeker_id = {SEEKER}))"
    " ELSE false END)"
)
# work that follows from her own acts on her own things; to write it "once" the database reads whether it stands
FOLLOWS = (
    f"({HERSELF} AND organisation_id = {ORG} AND user_id IS NULL AND CASE kind"
    f" WHEN 'matching.match_for_seeker' THEN object_id = {SEEKER}"
    f" WHEN 'privacy.carry_out' THEN object_id = ANY({ASKED})"
    f" WHEN 'notices.referral_stopped' THEN object_id = ANY(ARRAY(SELECT id FROM referral WHERE seeker_id = {SEEKER}))"
    f" WHEN 'notices.learner_to_enrol' THEN object_id = ANY({KEPT})"
    f" WHEN 'notices.seat_released' THEN object_id = ANY({KEPT})"
    f" WHEN 'notices.post_released' THEN object_id = ANY({KEPT})"
    " ELSE false END)"
)
ANSWERED = f"({OWN} AND (state = 'ended' OR state IN ('accepted', 'declined') AND answered_channel = 'personal_link'))"

# table, command, what she may touch, what may stand there afterwards if that is less
RULES: tuple[tuple[str, str, str, str], ...] = (
    ("agency_unit", "SELECT", f"({HERSELF} AND id = (SELECT s.unit_id FROM seeker s WHERE s.id = {SEEKER}))", ""),
    ("organisation", "SELECT", f"({HERSELF} AND id = ANY({PARTIES}))", ""),
    ("opening", "SELECT", f"({HERSELF} AND id = ANY({OPENINGS}))", ""),
    ("opening_revision", "SELECT", f"({HERSELF} AND {LIVE})", ""),
    ("requirement", "SELECT", f"({HERSELF} AND revision_id = ANY({REVISIONS}))", ""),
    ("gate", "SELECT", f"({HERSELF} AND revision_id = ANY({REVISIONS}))", ""),
    ("site", "SELECT", f"({HERSELF} AND id = ANY({SITES}))", ""),
    ("cohort", "SELECT", f"({HERSELF} AND id = ANY({COHORTS}))", ""),
    ("cohort", "UPDATE", f"({HERSELF} AND id = ANY({COHORTS}))", ""),
    (
        "programme",
        "SELECT",
        f"({HERSELF} AND id = ANY(ARRAY(SELECT c.programme_id FROM cohort c WHERE c.id = ANY({COHORTS}))))",
        "",
    ),
    (
        "post",
        "SELECT",
        f"({HERSELF} AND id = ANY(ARRAY(SELECT v.post_id FROM reservation v WHERE v.seeker_id = {SEEKER})))",
        "",
    ),
    ("seeker", "UPDATE", f"({HERSELF} AND id = {SEEKER})", ""),
    ("consent", "INSERT", "", f"({OWN} AND channel = 'personal_link')"),
    ("consent", "UPDATE", OWN, f"({OWN} AND withdrawn_at IS NOT NULL)"),
    ("referral", "UPDATE", OWN, ANSWERED),
    ("reservation", "SELECT", OWN, ""),
    ("reservation", "UPDATE", OWN, ""),
    ("proposal", "SELECT", f"({OWN} AND kind = 'bridge')", ""),
    ("proposal", "UPDATE", f"({OWN} AND kind = 'bridge')", ""),
    ("enrolment", "INSERT", "", f"({OWN} AND state = 'waiting')"),
    ("enrolment", "UPDATE", OWN, f"({OWN} AND state IN ('waiting', 'withdrawn'))"),
    ("reveal", "SELECT", OWN, ""),
    ("rights_request", "SELECT", OWN, ""),
    ("rights_request", "INSERT", "", f"({OWN} AND channel = 'personal_link' AND recorded_by IS NULL)"),
    ("rights_request", "UPDATE", f"({OWN} AND channel = 'personal_link')", ""),
    ("access_file", "SELECT", f"({HERSELF} AND request_id = ANY({ASKED}))", ""),
    ("access_file", "UPDATE", f"({HERSELF} AND request_id = ANY({ASKED}))", ""),
    ("state_change", "SELECT", STEPS, ""),
    ("state_change", "INSERT", "", STEPS),
    ("job", "SELECT", FOLLOWS, ""),
    ("job", "INSERT", "", FOLLOWS),
    ("personal_link", "SELECT", OWN, ""),
)

CHECKS = {
    ("referral", "a_person_decides"): (
        "state NOT IN ('accepted', 'declined', 'selected', 'rejected', 'no_show', 'placed') OR decided_by IS NOT NULL",
        " OR state IN ('accepted', 'declined') AND coalesce(answered_channel = 'personal_link', false)",
    ),
    ("rights_request", "a_person_decides"): (
        "state IN ('received', 'cancelled') OR decided_by IS NOT NULL",
        " OR kind = 'access' AND channel = 'personal_link'",
    ),
}
DECIDED = "(state = 'open') = (decided_by IS NULL)"
DECIDED_BY_LINK = "(state = 'open') = (decided_by IS NULL AND NOT coalesce(answered_channel = 'personal_link', false))"

# as in 0003, and the acts of a person stand in the stream of her agency
STREAM = """p_stream := CASE
        WHEN scope = 'tenant'{herself} THEN NULLIF(current_setting('app.organisation_id', true), '')::bigint
        WHEN scope = 'account' THEN 0"""
OR_HERSELF = " OR scope = 'seeker' AND NULLIF(current_setting('app.seeker_id', true), '') IS NOT NULL"
APPEND_AUDIT = """
CREATE OR REPLACE FUNCTION append_audit(p_user bigint, p_act text, p_kind text, p_object bigint, p_facts text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    last_seq bigint;
    last_hash bytea;
    at timestamptz;
    scope text := current_setting('app.scope', true);
    p_stream bigint;
BEGIN
    {stream}
        WHEN scope = 'platform' AND pg_has_role(session_user, 'sb_worker', 'MEMBER') THEN 0
    END;
    IF p_stream IS NULL THEN
        RAISE EXCEPTION 'no audit stream belongs to this scope' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(7419, p_stream::int);
    at := clock_timestamp();
    SELECT seq, entry_hash INTO last_seq, last_hash FROM public.audit_entry
        WHERE stream = p_stream ORDER BY seq DESC LIMIT 1;
    last_seq := coalesce(last_seq, 0) + 1;
    last_hash := coalesce(last_hash, '\\x'::bytea);
    INSERT INTO public.audit_entry
        (stream, seq, recorded_at, user_id, act, object_kind, object_id, facts, previous_hash, entry_hash)
    VALUES (p_stream, last_seq, at, p_user, p_act, p_kind, p_object, p_facts, last_hash,
        sha256(last_hash || convert_to(concat_ws('|', p_stream, last_seq, (extract(epoch FROM at) * 1000000)::bigint,
            coalesce(p_user::text, '-'), p_act, p_kind, coalesce(p_object::text, '-'), p_facts), 'UTF8')));
END $$
"""


def upgrade() -> None:
    """Create the tables, widen what asks for a member of staff, open a person's own rows to herself."""
    create_tables()
    op.add_column("web_session", sa.Column("link_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key("fk_web_session_link_id", "web_session", "personal_link", ["link_id"], ["id"])
    op.create_index("ix_web_session_link_id", "web_session", ["link_id"])
    op.create_check_constraint(
        op.f("ck_web_session_staff_or_seeker"),
        "web_session",
        "link_id IS NULL OR user_id IS NULL AND membership_id IS NULL",
    )
    op.alter_column("rights_request", "recorded_by", nullable=True)
    op.create_check_constraint(
        op.f("ck_rights_request_taken_in_by_somebody"),
        "rights_request",
        "recorded_by IS NOT NULL OR channel = 'personal_link'",
    )
    for (table, name), (before, more) in CHECKS.items():
        renew_check(table, name, before + more)
    renew_check("proposal", "a_person_decides", DECIDED_BY_LINK)
    op.execute(APPEND_AUDIT.format(stream=STREAM.format(herself=OR_HERSELF)))
    for number, (table, command, test, check) in enumerate(RULES, 1):
        using = f" USING {test}" if test else ""
        checked = f" WITH CHECK {check or test}" if command != "SELECT" else ""
        op.execute(f"CREATE POLICY herself_{number} ON {table} FOR {command} TO sb_web{using}{checked}")


def renew_check(table: str, name: str, test: str) -> None:
    """Put another check in the place of one, without holding the table while its rows are read."""
    whole = f"ck_{table}_{name}"
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {whole}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {whole} CHECK ({test}) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {whole}")


def create_tables() -> None:
    """Create the links and the forms sent through them, with their rules for staff, sign-in and upkeep."""
    op.create_table(
        "personal_link",
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("handed", sa.String(length=40), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("given_by", sa.BigInteger(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=40), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.CheckConstraint("handed IN ('email', 'shown')", name=op.f("ck_personal_link_handed")),
        sa.CheckConstraint(
            "end_reason IN ('replaced', 'revoked', 'forgotten')", name=op.f("ck_personal_link_end_reason")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_personal_link_ended_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"],
            ["seeker.id", "seeker.agency_id"],
            name=op.f("fk_personal_link_seeker_id_agency_id"),
        ),
        sa.ForeignKeyConstraint(["given_by"], ["user_account.id"], name=op.f("fk_personal_link_given_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_link")),
        sa.UniqueConstraint("id", "agency_id", name=op.f("uq_personal_link_id_agency_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_personal_link_token_digest")),
    )
    op.create_index("ix_personal_link_agency_id", "personal_link", ["agency_id"])
    op.create_index("ix_personal_link_seeker", "personal_link", ["seeker_id", "given_at"])
    op.create_index(
        "uq_personal_link_live",
        "personal_link",
        ["seeker_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "link_form_use",
        sa.Column("link_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id", "agency_id"],
            ["personal_link.id", "personal_link.agency_id"],
            name=op.f("fk_link_form_use_link_id_agency_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"],
            ["seeker.id", "seeker.agency_id"],
            name=op.f("fk_link_form_use_seeker_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("link_id", "digest", name=op.f("pk_link_form_use")),
    )
    op.create_index("ix_link_form_use_agency_id", "link_form_use", ["agency_id"])
    op.create_index("ix_link_form_use_used_at", "link_form_use", ["used_at"])
    for table in ("personal_link", "link_form_use"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT, INSERT, UPDATE ON personal_link TO sb_web")
    op.execute("GRANT SELECT, UPDATE ON personal_link TO sb_worker")
    op.execute(
        f"CREATE POLICY people_1 ON personal_link TO sb_web, sb_worker USING ({OWN_AGENCY}) WITH CHECK ({OWN_AGENCY})"
    )
    # opening a link: found by its digest before anybody is known, and marked as used
    op.execute(f"CREATE POLICY people_2 ON personal_link FOR SELECT TO sb_web USING ({ACCOUNT})")
    op.execute(f"CREATE POLICY people_3 ON personal_link FOR UPDATE TO sb_web USING ({ACCOUNT}) WITH CHECK ({ACCOUNT})")
    op.execute("GRANT SELECT, INSERT, UPDATE ON link_form_use TO sb_web")
    op.execute("GRANT SELECT, DELETE ON link_form_use TO sb_worker")
    op.execute(f"CREATE POLICY people_1 ON link_form_use TO sb_web USING {OWN} WITH CHECK {OWN}")
    # a forgotten person's forms go with her file
    op.execute(f"CREATE POLICY people_2 ON link_form_use TO sb_worker USING ({OWN_AGENCY}) WITH CHECK ({OWN_AGENCY})")
    op.execute(f"CREATE POLICY platform ON link_form_use TO sb_worker USING ({PLATFORM}) WITH CHECK ({PLATFORM})")


def downgrade() -> None:
    """Take the rules and the tables back.

    Refused by the database where somebody answered by her link: the older checks know no such answer.
    """
    for number, (table, *_) in enumerate(RULES, 1):
        op.execute(f"DROP POLICY herself_{number} ON {table}")
    op.execute(APPEND_AUDIT.format(stream=STREAM.format(herself="")))
    renew_check("proposal", "a_person_decides", DECIDED)
    for (table, name), (before, _more) in CHECKS.items():
        renew_check(table, name, before)
    op.drop_constraint(op.f("ck_rights_request_taken_in_by_somebody"), "rights_request")
    op.alter_column("rights_request", "recorded_by", nullable=False)
    op.execute("DELETE FROM web_session WHERE link_id IS NOT NULL")
    op.drop_constraint(op.f("ck_web_session_staff_or_seeker"), "web_session")
    op.drop_column("web_session", "link_id")
    op.drop_table("link_form_use")
    op.drop_table("personal_link")
