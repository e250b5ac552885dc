"""The packed profile: what matching reads of a person as one row, written in the transaction that changes the person.

Companies and centres change what matching reads (a start, a certificate) without seeing the file itself, so one function
packs with the rights of a role that nobody signs in as. It reads no identity and no equity.

Lists computed before keep no account of the person that could be read now: the upgrade is refused while there are any,
so drop the runs first (no installation with people in it has this revision behind it).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

PLATFORM = "(SELECT current_setting('app.scope', true) = 'platform')"
ORG = "(SELECT NULLIF(current_setting('app.organisation_id', true), '')::bigint)"
OWN_AGENCY = f"(SELECT current_setting('app.scope', true) = 'tenant') AND agency_id = {ORG}"
SOURCES = ("seeker", "seeker_language", "held_competency", "consent", "placement")
LISTS = (
    "province",
    "diploma_field",
    "language",
    "licence",
    "contract_kind",
    "shift",
    "education_level",
    "competency_relation",
    "match_reference",
)

# A code's number is its place in its list, in the order of bytes: the same as in queries.matching.codes.
NUMBERED = """
CREATE FUNCTION numbered(p_codes text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
AS $$ SELECT coalesce(jsonb_object_agg(code, place - 1), '{}') FROM (
    SELECT code, row_number() OVER (ORDER BY code COLLATE "C") AS place FROM unnest(p_codes) AS code) AS listed $$
"""

# A list as bytes: how many codes, below 0 and one further where nobody knows, then the numbers, rising.
PACKED_CODES = """
CREATE FUNCTION packed_codes(p_codes text[], p_numbers jsonb) RETURNS bytea LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog AS $$
    SELECT CASE WHEN p_codes IS NULL THEN int2send(-1::int2)
        ELSE int2send(count(number)::int2) || coalesce(string_agg(int4send(number), ''::bytea ORDER BY number), ''::bytea) END
    FROM (SELECT (p_numbers ->> code)::int AS number FROM unnest(p_codes) AS code) AS known
$$
"""

PACK = """
CREATE FUNCTION pack_profiles(p_people bigint[], p_today date) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
    provinces jsonb := numbered(ARRAY(SELECT code FROM province));
    fields jsonb := numbered(ARRAY(SELECT code FROM diploma_field));
    languages jsonb := numbered(ARRAY(SELECT code FROM language));
    all_licences jsonb := numbered(ARRAY(SELECT code FROM licence));
    all_contracts jsonb := numbered(ARRAY(SELECT code FROM contract_kind));
    all_shifts jsonb := numbered(ARRAY(SELECT code FROM shift));
    this_reference bigint := (SELECT version FROM match_reference);
    packed bigint;
BEGIN
    -- Whoever packs the same person at this moment goes first; what follows sees what he committed.
    PERFORM id FROM seeker WHERE id = ANY (p_people) ORDER BY id FOR NO KEY UPDATE;
    WITH open AS (
        SELECT s.* FROM seeker s
        WHERE s.id = ANY (p_people) AND s.state = 'active' AND s.matching_objected_at IS NULL
            AND EXISTS (SELECT 1 FROM consent c
                WHERE c.seeker_id = s.id AND c.kind = 'matching' AND c.withdrawn_at IS NULL)
            AND NOT EXISTS (SELECT 1 FROM placement p
                WHERE p.seeker_id = s.id AND p.cancelled_on IS NULL AND p.ended_on IS NULL)
    ), spoken AS (
        SELECT l.seeker_id, count(*) AS many, string_agg(int4send((languages ->> l.language_code)::int * 8
            + array_position('{A1,A2,B1,B2,C1,C2}'::text[], l.level::text)), ''::bytea
            ORDER BY (languages ->> l.language_code)::int) AS content
        FROM seeker_language l JOIN open ON open.id = l.seeker_id GROUP BY l.seeker_id
    ), had AS (
        SELECT h.seeker_id, h.competency_id, h.level,
            array_position('{inferred,declared,assessed,certified}'::text[], h.evidence::text) - 1 AS evidence,
            coalesce(h.valid_until - date '1970-01-01', -2147483648) AS until,
            h.evidence IN ('assessed', 'certified') AND h.valid_until < p_today AS is_over,
            CASE WHEN h.evidence IN ('assessed', 'certified') AND h.valid_until >= p_today
                THEN h.valid_until + 1 END AS over_on
        FROM held_competency h JOIN open ON open.id = h.seeker_id
    ), recorded AS (
        SELECT seeker_id, min(over_on) AS over_on, string_agg(int4send(competency_id::int)
            || int2send((evidence * 4 + level - 1)::int2) || int4send(until::int), ''::bytea ORDER BY competency_id) AS content
        FROM had GROUP BY seeker_id
    ), own AS (
        SELECT seeker_id, competency_id, CASE WHEN is_over THEN 1 ELSE evidence END AS evidence, level FROM had
    ), ways AS (
        SELECT seeker_id, competency_id, 0 AS relation, evidence, level FROM own
        UNION
        SELECT o.seeker_id, r.related_id, CASE r.kind WHEN 'close' THEN 1 ELSE 2 END, o.evidence, o.level
        FROM own o JOIN competency_relation r ON r.competency_id = o.competency_id
    ), counted AS (
        SELECT w.*, count(*) OVER (PARTITION BY seeker_id, competency_id) AS many FROM ways w
    ), best AS (
        SELECT w.seeker_id, w.competency_id, w.relation, w.evidence, w.level FROM counted w WHERE w.many = 1
        UNION ALL
        SELECT w.seeker_id, w.competency_id, w.relation, w.evidence, w.level FROM counted w
        WHERE w.many > 1 AND NOT EXISTS (SELECT 1 FROM counted b
            WHERE b.many > 1 AND b.seeker_id = w.seeker_id AND b.competency_id = w.competency_id
                AND b.relation <= w.relation AND b.evidence >= w.evidence AND b.level >= w.level
                AND (b.relation, b.evidence, b.level) <> (w.relation, w.evidence, w.level))
    ), counts_for AS (
        SELECT seeker_id, string_agg(int4send(competency_id::int) || int2send(code::int2), ''::bytea
            ORDER BY competency_id, code) AS content
        FROM (SELECT seeker_id, competency_id, (relation * 4 + evidence) * 4 + level - 1 AS code FROM best) AS coded
        GROUP BY seeker_id
    ), made AS (
        SELECT o.id, o.agency_id, recorded.over_on,
            int4send(least(greatest(o.registered_on - date '1970-01-01', 0), 65535))
            || int2send(coalesce(e.rank, -1)::int2)
            || int2send(coalesce(o.experience_months, -1)::int2)
            || int4send(coalesce(o.available_on - date '1970-01-01', -2147483648))
            || int4send(coalesce(o.adult_on - date '1970-01-01', -2147483648))
            || packed_codes(o.mobility, provinces)
            || packed_codes(CASE WHEN o.field_code IS NOT NULL THEN ARRAY[o.field_code] END, fields)
            || CASE WHEN o.wanted_profiles IS NULL THEN int2send(-1::int2)
                ELSE int2send(cardinality(o.wanted_profiles)::int2) || coalesce(
                    (SELECT string_agg(int4send(w::int), ''::bytea ORDER BY w) FROM unnest(o.wanted_profiles) AS w),
                    ''::bytea) END
            || packed_codes(o.licences, all_licences)
            || packed_codes(o.contracts, all_contracts)
            || packed_codes(o.shifts, all_shifts)
            || CASE WHEN spoken.many > 0 AND o.interviewed_at IS NOT NULL THEN int2send(spoken.many::int2)
                ELSE int2send((-1 - coalesce(spoken.many, 0))::int2) END
            || coalesce(spoken.content, ''::bytea) AS facts,
            coalesce(recorded.content, ''::bytea) AS held, coalesce(counts_for.content, ''::bytea) AS skills
        FROM open o LEFT JOIN education_level e ON e.code = o.education_code
            LEFT JOIN spoken ON spoken.seeker_id = o.id LEFT JOIN recorded ON recorded.seeker_id = o.id
            LEFT JOIN counts_for ON counts_for.seeker_id = o.id
    )
    INSERT INTO match_profile AS known (seeker_id, agency_id, is_open, facts, held, skills, digest, packed_on, over_on,
        reference_version, changed_in)
    SELECT id, agency_id, true, facts, held, skills,
        sha256(int4send(length(facts)) || facts || int4send(length(held)) || held || skills), p_today, over_on,
        this_reference, pg_current_xact_id()::text::bigint
    FROM made
    ON CONFLICT (seeker_id) DO UPDATE SET agency_id = EXCLUDED.agency_id, is_open = true, facts = EXCLUDED.facts,
        held = EXCLUDED.held, skills = EXCLUDED.skills, digest = EXCLUDED.digest, packed_on = EXCLUDED.packed_on,
        over_on = EXCLUDED.over_on, reference_version = EXCLUDED.reference_version,
        changed_in = CASE WHEN known.digest IS DISTINCT FROM EXCLUDED.digest OR known.agency_id <> EXCLUDED.agency_id
            THEN EXCLUDED.changed_in ELSE known.changed_in END
    WHERE (known.digest, known.agency_id, known.reference_version, known.over_on)
        IS DISTINCT FROM (EXCLUDED.digest, EXCLUDED.agency_id, EXCLUDED.reference_version, EXCLUDED.over_on);
    GET DIAGNOSTICS packed = ROW_COUNT;
    UPDATE match_profile m SET is_open = false, facts = NULL, held = NULL, skills = NULL, digest = NULL, over_on = NULL,
        packed_on = p_today, reference_version = this_reference, changed_in = pg_current_xact_id()::text::bigint
    FROM seeker s
    WHERE m.seeker_id = ANY (p_people) AND m.is_open AND s.id = m.seeker_id AND NOT (
        s.state = 'active' AND s.matching_objected_at IS NULL
        AND EXISTS (SELECT 1 FROM consent c
            WHERE c.seeker_id = s.id AND c.kind = 'matching' AND c.withdrawn_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM placement p
            WHERE p.seeker_id = s.id AND p.cancelled_on IS NULL AND p.ended_on IS NULL));
    RETURN packed;
END $$
"""

# A version for all that gives codes their numbers and competencies their relations; raised only if one of them changed.
RENEW = """
CREATE FUNCTION renew_match_reference() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    found bytea := sha256(convert_to(concat_ws('|',
        numbered(ARRAY(SELECT code FROM province)), numbered(ARRAY(SELECT code FROM diploma_field)),
        numbered(ARRAY(SELECT code FROM language)), numbered(ARRAY(SELECT code FROM licence)),
        numbered(ARRAY(SELECT code FROM contract_kind)), numbered(ARRAY(SELECT code FROM shift)),
        (SELECT jsonb_object_agg(code, rank) FROM education_level),
        (SELECT string_agg(concat_ws(' ', competency_id, related_id, kind), ',' ORDER BY competency_id, related_id)
            FROM competency_relation)), 'UTF8'));
BEGIN
    UPDATE match_reference SET version = version + 1, digest = found WHERE digest <> found;
END $$
"""


def upgrade() -> None:
    """Create the tables, the functions and the role's rights."""
    op.create_table(
        "match_reference",
        sa.Column("id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_match_reference"),
        sa.CheckConstraint("id = 1", name="ck_match_reference_one_row"),
    )
    op.create_table(
        "match_profile",
        sa.Column("seeker_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("agency_id", sa.BigInteger, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("facts", sa.LargeBinary),
        sa.Column("held", sa.LargeBinary),
        sa.Column("skills", sa.LargeBinary),
        sa.Column("digest", sa.LargeBinary),
        sa.Column("packed_on", sa.Date, nullable=False),
        sa.Column("over_on", sa.Date),
        sa.Column("reference_version", sa.BigInteger, nullable=False),
        sa.Column("changed_in", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("seeker_id", name="pk_match_profile"),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"], name="fk_match_profile_seeker_id"
        ),
        sa.CheckConstraint(
            "is_open = (facts IS NOT NULL AND held IS NOT NULL AND skills IS NOT NULL AND digest IS NOT NULL)",
            name="ck_match_profile_open_is_packed",
        ),
    )
    op.create_index("ix_match_profile_changed_in", "match_profile", ["changed_in"])
    op.create_index(
        "ix_match_profile_over_on", "match_profile", ["over_on"], postgresql_where=sa.text("over_on IS NOT NULL")
    )
    op.create_index("ix_match_profile_reference_version", "match_profile", ["reference_version"])
    # compressed bytes would cost more time at each run than they save in space
    for column in ("facts", "held", "skills"):
        op.execute(f"ALTER TABLE match_profile ALTER COLUMN {column} SET STORAGE EXTERNAL")
    # a row keeps the person as she was judged, and the run its terms: the account is told from both when it is read
    op.drop_column("match_result", "trace")
    op.add_column("match_result", sa.Column("unknown_gates", sa.SmallInteger, nullable=False))
    op.add_column("match_result", sa.Column("unproven", sa.Integer, nullable=False))
    op.add_column("match_result", sa.Column("person", sa.LargeBinary, nullable=False))
    op.create_table(
        "match_terms",
        sa.Column("run_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("first_opening_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("agency_id", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "first_opening_id", name="pk_match_terms"),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name="fk_match_terms_run_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name="fk_match_terms_agency_id"),
    )
    op.execute("ALTER TABLE match_terms ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE match_terms FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON match_terms TO sb_web")
    op.execute("GRANT SELECT, INSERT, DELETE ON match_terms TO sb_worker")
    op.execute(f"CREATE POLICY people_1 ON match_terms FOR SELECT TO sb_web, sb_worker USING ({OWN_AGENCY})")
    op.execute(f"CREATE POLICY platform ON match_terms TO sb_worker USING ({PLATFORM}) WITH CHECK ({PLATFORM})")
    op.execute("INSERT INTO match_reference (id, version, digest) VALUES (1, 1, '')")
    op.execute("GRANT SELECT ON match_reference TO sb_web, sb_worker")
    op.execute("GRANT UPDATE ON match_reference TO sb_worker")
    op.execute("ALTER TABLE match_profile ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE match_profile FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON match_profile TO sb_worker")
    op.execute(f"CREATE POLICY platform ON match_profile FOR SELECT TO sb_worker USING ({PLATFORM})")
    op.execute("GRANT USAGE ON SCHEMA public TO sb_packer")
    op.execute("GRANT SELECT, INSERT, UPDATE ON match_profile TO sb_packer")
    op.execute("CREATE POLICY packer ON match_profile TO sb_packer USING (true) WITH CHECK (true)")
    for table in SOURCES:
        op.execute(f"GRANT SELECT ON {table} TO sb_packer")
        op.execute(f"CREATE POLICY packer ON {table} FOR SELECT TO sb_packer USING (true)")
    # only to lock a person's row: the function writes nothing into it
    op.execute("GRANT UPDATE (version) ON seeker TO sb_packer")
    op.execute("CREATE POLICY packer_lock ON seeker FOR UPDATE TO sb_packer USING (true) WITH CHECK (false)")
    for table in LISTS:
        op.execute(f"GRANT SELECT ON {table} TO sb_packer")
    for body in (NUMBERED, PACKED_CODES, RENEW, PACK):
        op.execute(body)
    op.execute("REVOKE ALL ON FUNCTION pack_profiles FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION pack_profiles TO sb_web, sb_worker")
    op.execute("GRANT CREATE ON SCHEMA public TO sb_packer")
    op.execute("ALTER FUNCTION pack_profiles OWNER TO sb_packer")
    op.execute("REVOKE CREATE ON SCHEMA public FROM sb_packer")


def downgrade() -> None:
    """Drop the packed profiles, which hold nothing that the tables of people do not.

    Refused by the database where lists are kept: their accounts cannot be turned back into what they were.
    """
    op.execute("DROP FUNCTION pack_profiles")
    op.execute("DROP FUNCTION renew_match_reference")
    op.execute("DROP FUNCTION packed_codes")
    op.execute("DROP FUNCTION numbered")
    op.execute("DROP POLICY packer_lock ON seeker")
    for table in SOURCES:
        op.execute(f"DROP POLICY packer ON {table}")
    op.drop_table("match_terms")
    for column in ("unknown_gates", "unproven", "person"):
        op.drop_column("match_result", column)
    op.add_column("match_result", sa.Column("trace", JSONB, nullable=False))
    op.drop_table("match_profile")
    op.drop_table("match_reference")
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM sb_packer")
    op.execute("REVOKE UPDATE (version) ON seeker FROM sb_packer")
    op.execute("REVOKE USAGE ON SCHEMA public FROM sb_packer")
