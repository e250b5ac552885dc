"""Functions of the database: search text, the audit chain's only way in, the leaves of match runs."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

SEARCH_TEXT = """
CREATE FUNCTION search_text(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
SET search_path = public, pg_catalog
AS $$ SELECT lower(public.unaccent('public.unaccent', value)) $$
"""

# One stream an organisation, 0 for the platform; the scope says which, never the caller. The lock on the stream is taken last in the caller's
# transaction, so that two writers of one stream wait a moment and can never fork the chain.
APPEND_AUDIT = """
CREATE FUNCTION append_audit(p_user bigint, p_act text, p_kind text, p_object bigint, p_facts text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    last_seq bigint;
    last_hash bytea;
    at timestamptz;
    scope text := current_setting('app.scope', true);
    p_stream bigint;
BEGIN
    p_stream := CASE
        WHEN scope = 'tenant' THEN NULLIF(current_setting('app.organisation_id', true), '')::bigint
        WHEN scope = 'account' THEN 0
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

KEEP_AUDIT = """
CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    RAISE EXCEPTION 'the audit chain is never edited';
END $$
"""

OPEN_LEAF = """
CREATE FUNCTION open_run_leaf(p_run bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS staging.match_result_%s', p_run);
    EXECUTE format('CREATE TABLE staging.match_result_%s (LIKE public.match_result INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', p_run);
    EXECUTE format('ALTER TABLE staging.match_result_%s ADD CONSTRAINT one_run CHECK (run_id = %s)', p_run, p_run);
    EXECUTE format('GRANT SELECT, INSERT ON staging.match_result_%s TO sb_worker', p_run);
END $$
"""

CLOSE_LEAF = """
CREATE FUNCTION close_run_leaf(p_run bigint, p_keep boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    IF p_keep THEN
        EXECUTE format('REVOKE INSERT ON staging.match_result_%s FROM sb_worker', p_run);
        EXECUTE format('ALTER TABLE public.match_result ATTACH PARTITION staging.match_result_%s FOR VALUES IN (%s)', p_run, p_run);
    ELSE
        EXECUTE format('DROP TABLE IF EXISTS staging.match_result_%s', p_run);
    END IF;
END $$
"""

HUMAN = """
CREATE FUNCTION keep_published() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF OLD.state = 'published' THEN
        RAISE EXCEPTION 'a published pack never changes; a correction is a new version';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Create the functions, and hand the audit to its own role."""
    op.execute(SEARCH_TEXT)
    op.execute(KEEP_AUDIT)
    op.execute(HUMAN)
    op.execute(
        "CREATE TRIGGER keep_published BEFORE UPDATE OR DELETE ON pack FOR EACH ROW EXECUTE FUNCTION keep_published()"
    )
    op.execute("ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY chain ON audit_entry TO sb_auditor USING (true) WITH CHECK (true)")
    org = "(SELECT NULLIF(current_setting('app.organisation_id', true), '')::bigint)"
    scope = "(SELECT current_setting('app.scope', true))"
    operator = "(SELECT current_setting('app.organisation_kind', true) = 'platform')"
    op.execute(
        "CREATE POLICY people_1 ON audit_entry FOR SELECT TO sb_web, sb_worker"
        f" USING ({scope} = 'tenant' AND (stream = {org} OR {operator}))"
    )
    op.execute(f"CREATE POLICY platform ON audit_entry FOR SELECT TO sb_worker USING ({scope} = 'platform')")
    op.execute(
        "CREATE TRIGGER keep_audit BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION keep_audit()"
    )
    op.execute("CREATE TRIGGER keep_audit_whole BEFORE TRUNCATE ON audit_entry EXECUTE FUNCTION keep_audit()")
    op.execute("GRANT SELECT ON audit_entry TO sb_web, sb_worker")
    op.execute(APPEND_AUDIT)
    op.execute("REVOKE ALL ON FUNCTION append_audit FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION append_audit TO sb_web, sb_worker")
    op.execute("GRANT CREATE ON SCHEMA public TO sb_auditor")
    op.execute("ALTER TABLE audit_entry OWNER TO sb_auditor")
    op.execute("ALTER FUNCTION append_audit OWNER TO sb_auditor")
    op.execute("REVOKE CREATE ON SCHEMA public FROM sb_auditor")
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM sb_auditor")
    for body, name in ((OPEN_LEAF, "open_run_leaf"), (CLOSE_LEAF, "close_run_leaf")):
        op.execute(body)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO sb_worker")


def downgrade() -> None:
    """Drop the functions; the chain goes back to the owner of the schema."""
    op.execute("DROP FUNCTION close_run_leaf")
    op.execute("DROP FUNCTION open_run_leaf")
    op.execute("DROP FUNCTION append_audit")
    op.execute("ALTER TABLE audit_entry OWNER TO CURRENT_USER")
    op.execute("GRANT UPDATE, DELETE, TRUNCATE ON audit_entry TO CURRENT_USER")
    op.execute("DROP TRIGGER keep_audit_whole ON audit_entry")
    op.execute("DROP TRIGGER keep_audit ON audit_entry")
    for policy in ("chain", "people_1", "platform"):
        op.execute(f"DROP POLICY {policy} ON audit_entry")
    op.execute("ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY")
    op.execute("REVOKE ALL ON audit_entry FROM sb_web, sb_worker")
    op.execute("DROP TRIGGER keep_published ON pack")
    op.execute("DROP FUNCTION keep_published")
    op.execute("DROP FUNCTION keep_audit")
    op.execute("DROP FUNCTION search_text")
