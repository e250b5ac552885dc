"""Row-level security, forced on every table with an owner, and the rights of the database roles.

Two locks: the policy table of the application, and these. Platform rules hold for the worker and the
reports only, so a web process can never widen its scope, whatever it sets.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

ORG = "(SELECT NULLIF(current_setting('app.organisation_id', true), '')::bigint)"
SEEKER = "(SELECT NULLIF(current_setting('app.seeker_id', true), '')::bigint)"
USER = "(SELECT NULLIF(current_setting('app.user_id', true), '')::bigint)"
TENANT = "(SELECT current_setting('app.scope', true) = 'tenant')"
ACCOUNT = "(SELECT current_setting('app.scope', true) = 'account')"
PLATFORM = "(SELECT current_setting('app.scope', true) = 'platform')"


def kind(*names: str) -> str:
    """Return the test that the acting organisation is of one of these kinds."""
    listed = ", ".join(f"'{name}'" for name in names)
    return f"(SELECT current_setting('app.scope', true) = 'tenant' AND current_setting('app.organisation_kind', true) IN ({listed}))"


AGENCY = kind("agency")
PARTIES = kind("agency", "ministry", "association")
OPERATOR = kind("platform")
OWN_COMPANY = f"({TENANT} AND company_id = {ORG})"
OWN_CENTRE = f"({TENANT} AND centre_id = {ORG})"
OWN_AGENCY = f"({TENANT} AND agency_id = {ORG})"
OWN = f"({TENANT} AND organisation_id = {ORG})"
SUBMITTED = "EXISTS (SELECT 1 FROM opening_revision r WHERE r.id = revision_id AND r.submitted_at IS NOT NULL)"
# a draft that the agency sent back itself stays readable to it, or it could not send it back at all
JUDGED = (
    f"{AGENCY} AND agency_id = {ORG} AND (state <> 'draft' OR EXISTS"
    " (SELECT 1 FROM opening_revision r WHERE r.opening_id = opening.id AND r.refused_at IS NOT NULL))"
)
SENT = "state NOT IN ('proposed', 'declined')"
REFERRED = (
    f"ARRAY(SELECT r.seeker_id FROM referral r WHERE r.company_id = {ORG} AND r.state NOT IN ('proposed', 'declined'))"
)
NAMED = (
    f"ARRAY(SELECT r.seeker_id FROM referral r WHERE r.company_id = {ORG}"
    " AND r.state IN ('accepted', 'sent', 'invited', 'selected', 'placed'))"
)
DAYS = "(SELECT coalesce(nullif(current_setting('app.disclosure_days', true), '')::integer, 0))"
# after the end for so many days, if the person had accepted; an objection ends it at once
LATELY_NAMED = (
    f"ARRAY(SELECT r.seeker_id FROM referral r JOIN seeker s ON s.id = r.seeker_id WHERE r.company_id = {ORG}"
    " AND r.state IN ('rejected', 'no_show', 'withdrawn', 'expired', 'ended') AND r.answered_on IS NOT NULL"
    f" AND s.matching_objected_at IS NULL AND r.changed_at > now() - make_interval(days => {DAYS}))"
)
LEARNERS = f"ARRAY(SELECT e.seeker_id FROM enrolment e WHERE e.centre_id = {ORG} AND e.state <> 'withdrawn')"
IN_OWN_FILE = f"seeker_id = {SEEKER}"

ALL = "ALL"
READ = "SELECT"
ADD = "INSERT"
EDIT = "UPDATE"

# table: ((command, test), …) for people at work; None for a table whose rows only the platform touches
TENANT_RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "organisation": (
        (READ, f"{TENANT} AND (id = {ORG} OR kind <> 'company') OR {kind('agency', 'association', 'platform')}"),
        (READ, f"{ACCOUNT}"),
        (EDIT, f"{OPERATOR}"),
    ),
    "agency_unit": ((READ, f"{TENANT} OR {ACCOUNT}"), (ALL, OWN_AGENCY)),
    "unit_province": ((READ, TENANT), (ALL, OWN_AGENCY)),
    "site": ((ALL, OWN_COMPANY), (READ, kind("agency", "association"))),
    "user_account": (
        (READ, ACCOUNT),
        (EDIT, ACCOUNT),
        (READ, f"{TENANT} AND id = {USER}"),
        (EDIT, f"{TENANT} AND id = {USER}"),
    ),
    "membership": ((READ, f"{ACCOUNT} AND user_id = {USER}"), (READ, OWN)),
    "web_session": ((ALL, ACCOUNT),),
    "sign_in_attempt": ((ALL, ACCOUNT),),
    "need": ((ALL, OWN_COMPANY), (READ, kind("agency", "association"))),
    "need_line": ((ALL, OWN_COMPANY), (READ, kind("agency", "association"))),
    "need_requirement": ((ALL, OWN_COMPANY), (READ, kind("agency", "association"))),
    "opening": (
        (ALL, OWN_COMPANY),
        (READ, JUDGED),
        (EDIT, JUDGED),
        (READ, f"{kind('association')} AND state IN ('validated', 'paused', 'closed')"),
    ),
    "opening_revision": (
        (ALL, OWN_COMPANY),
        (READ, f"{AGENCY} AND submitted_at IS NOT NULL"),
        (EDIT, f"{AGENCY} AND submitted_at IS NOT NULL"),
        (READ, f"{kind('association')} AND validated_at IS NOT NULL"),
    ),
    "requirement": ((ALL, OWN_COMPANY), (READ, f"{kind('agency', 'association')} AND {SUBMITTED}")),
    "gate": ((ALL, OWN_COMPANY), (READ, f"{kind('agency', 'association')} AND {SUBMITTED}")),
    "post": ((ALL, OWN_COMPANY), (ALL, AGENCY), (READ, kind("association"))),
    "state_change": (
        (READ, f"{TENANT} AND {ORG} IN (company_id, centre_id, agency_id)"),
        (ADD, f"{TENANT} AND {ORG} IN (company_id, centre_id, agency_id)"),
    ),
    "seeker": (
        (ALL, OWN_AGENCY),
        (READ, f"{kind('company')} AND id = ANY({REFERRED})"),
        (READ, f"{kind('training_centre')} AND id = ANY({LEARNERS})"),
        (READ, f"id = {SEEKER}"),
    ),
    "seeker_identity": (
        (ALL, OWN_AGENCY),
        (READ, f"{kind('company')} AND (seeker_id = ANY({NAMED}) OR seeker_id = ANY({LATELY_NAMED}))"),
        (READ, f"{kind('training_centre')} AND seeker_id = ANY({LEARNERS})"),
        (READ, IN_OWN_FILE),
    ),
    "seeker_equity": ((ALL, OWN_AGENCY), (READ, IN_OWN_FILE)),
    "seeker_language": (
        (ALL, OWN_AGENCY),
        (READ, f"{kind('company')} AND seeker_id = ANY({REFERRED})"),
        (READ, IN_OWN_FILE),
    ),
    "seeker_experience": (
        (ALL, OWN_AGENCY),
        (READ, f"{kind('company')} AND seeker_id = ANY({REFERRED})"),
        (READ, IN_OWN_FILE),
    ),
    "held_competency": (
        (ALL, OWN_AGENCY),
        (READ, f"{kind('company')} AND seeker_id = ANY({REFERRED})"),
        (READ, f"{kind('training_centre')} AND seeker_id = ANY({LEARNERS})"),
        (ADD, f"{kind('training_centre')} AND seeker_id = ANY({LEARNERS}) AND evidence = 'certified'"),
        (EDIT, f"{kind('training_centre')} AND seeker_id = ANY({LEARNERS})"),
        (READ, IN_OWN_FILE),
    ),
    "consent": ((ALL, OWN_AGENCY), (READ, IN_OWN_FILE)),
    "reveal": ((READ, OWN), (ADD, OWN)),
    "import_batch": ((ALL, OWN_AGENCY),),
    "import_row": ((ALL, OWN_AGENCY),),
    "programme": ((ALL, OWN_CENTRE), (READ, kind("agency", "association"))),
    "programme_outcome": ((ALL, OWN_CENTRE), (READ, kind("agency", "association"))),
    "cohort": (
        (ALL, OWN_CENTRE),
        (READ, f"{kind('agency', 'association')} AND state <> 'draft'"),
        (EDIT, f"{AGENCY} AND state <> 'draft'"),
    ),
    "enrolment": ((ALL, OWN_AGENCY), (READ, OWN_CENTRE), (EDIT, OWN_CENTRE), (READ, IN_OWN_FILE)),
    "match_run": ((READ, OWN_AGENCY),),
    "match_count": ((READ, OWN_AGENCY),),
    "match_result": ((READ, OWN_AGENCY),),
    "match_input": ((READ, OWN_AGENCY),),
    "match_exposure": ((READ, OWN_AGENCY), (ADD, OWN_AGENCY)),
    "allocation_run": ((READ, OWN_AGENCY), (ADD, OWN_AGENCY)),
    "proposal": ((ALL, OWN_AGENCY),),
    "referral": (
        (ALL, OWN_AGENCY),
        (READ, f"{OWN_COMPANY} AND {SENT}"),
        (EDIT, f"{OWN_COMPANY} AND {SENT}"),
        (READ, IN_OWN_FILE),
    ),
    "placement": (
        (ALL, OWN_AGENCY),
        (READ, OWN_COMPANY),
        (ADD, OWN_COMPANY),
        (EDIT, OWN_COMPANY),
        (READ, IN_OWN_FILE),
    ),
    "notice": ((READ, OWN), (EDIT, OWN)),
    "figure": ((READ, PARTIES),),
    "pack": ((READ, PARTIES), (ADD, OWN_AGENCY)),
    "pack_file": ((READ, PARTIES),),
    "visa": ((READ, PARTIES), (EDIT, f"{PARTIES} AND organisation_id = {ORG}")),
    "job": ((READ, OWN), (ADD, OWN), (EDIT, OWN), (READ, OPERATOR), (EDIT, OPERATOR)),
}

# what the worker does across organisations, in the platform scope; identities are not among it
PLATFORM_WRITES = (
    "organisation",
    "agency_unit",
    "unit_province",
    "site",
    "user_account",
    "membership",
    "web_session",
    "sign_in_attempt",
    "opening",
    "post",
    "match_run",
    "match_count",
    "match_result",
    "match_input",
    "match_exposure",
    "referral",
    "notice",
    "figure",
    "pack",
    "pack_file",
    "visa",
    "job",
    "state_change",
)
# what the worker corrects in rows that it does not own: a person's state after a company recorded a placement
PLATFORM_EDITS = ("seeker",)
PLATFORM_READS = (
    "need",
    "need_line",
    "need_requirement",
    "opening_revision",
    "requirement",
    "gate",
    "seeker",
    "seeker_language",
    "seeker_experience",
    "held_competency",
    "consent",
    "programme",
    "programme_outcome",
    "cohort",
    "enrolment",
    "placement",
)
REPORT_READS = (
    "organisation",
    "site",
    "need",
    "need_line",
    "opening",
    "opening_revision",
    "post",
    "seeker",
    "referral",
    "placement",
    "programme",
    "cohort",
    "enrolment",
)
REFERENCE = (
    "region",
    "province",
    "education_level",
    "diploma_field",
    "contract_kind",
    "language",
    "licence",
    "shift",
    "competency",
    "competency_relation",
    "job_profile",
    "profile_requirement",
    "match_policy",
    "platform_state",
)


def secure(table: str, rules: tuple[tuple[str, str], ...]) -> None:
    """Force row-level security on a table and lay down its rules."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for number, (command, test) in enumerate(rules, 1):
        using = "" if command == ADD else f" USING ({test})"
        check = "" if command == READ else f" WITH CHECK ({test})"
        op.execute(f"CREATE POLICY people_{number} ON {table} FOR {command} TO sb_web, sb_worker{using}{check}")


def upgrade() -> None:
    """Give each role what it needs and nothing else."""
    op.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    op.execute("GRANT USAGE ON SCHEMA public TO sb_web, sb_worker, sb_report, sb_backup, sb_auditor")
    op.execute("GRANT USAGE ON SCHEMA staging TO sb_worker")
    for table, rules in TENANT_RULES.items():
        secure(table, rules)
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO sb_web, sb_worker")
    for table in PLATFORM_WRITES:
        op.execute(f"CREATE POLICY platform ON {table} TO sb_worker USING ({PLATFORM}) WITH CHECK ({PLATFORM})")
    for table in PLATFORM_READS:
        op.execute(f"CREATE POLICY platform ON {table} FOR SELECT TO sb_worker USING ({PLATFORM})")
    for table in PLATFORM_EDITS:
        op.execute(
            f"CREATE POLICY platform_edit ON {table} FOR UPDATE TO sb_worker USING ({PLATFORM}) WITH CHECK ({PLATFORM})"
        )
    for table in REPORT_READS:
        op.execute(f"CREATE POLICY report ON {table} FOR SELECT TO sb_report USING ({PLATFORM})")
        op.execute(f"GRANT SELECT ON {table} TO sb_report")
    for table in REFERENCE:
        op.execute(f"GRANT SELECT ON {table} TO sb_web, sb_worker, sb_report")
        op.execute(f"GRANT INSERT, UPDATE, DELETE ON {table} TO sb_worker")
    op.execute("GRANT SELECT, INSERT, UPDATE ON reference_counter TO sb_web, sb_worker")
    op.execute(
        "REVOKE DELETE ON pack, pack_file, visa, match_run, match_result, state_change, placement FROM sb_web, sb_worker"
    )
    op.execute("REVOKE UPDATE ON match_result, pack_file, state_change FROM sb_web, sb_worker")
    op.execute("REVOKE INSERT, DELETE ON match_result, match_run, match_count, match_exposure, pack_file FROM sb_web")
    # the input of a run holds everybody's facts in one place: no screen has a use for it
    op.execute("REVOKE ALL ON match_input FROM sb_web")
    op.execute("REVOKE UPDATE ON match_exposure, match_input FROM sb_web, sb_worker")
    op.execute("GRANT DELETE ON match_run TO sb_worker")
    # the night proposes, people decide
    op.execute("REVOKE INSERT, DELETE ON allocation_run, proposal FROM sb_web")
    op.execute("REVOKE UPDATE, DELETE ON allocation_run FROM sb_web, sb_worker")


def downgrade() -> None:
    """Take the rights back; the tables stay, open to their owner only."""
    for table, rules in TENANT_RULES.items():
        for number in range(1, len(rules) + 1):
            op.execute(f"DROP POLICY people_{number} ON {table}")
        op.execute(f"DROP POLICY IF EXISTS platform ON {table}")
        op.execute(f"DROP POLICY IF EXISTS platform_edit ON {table}")
        op.execute(f"DROP POLICY IF EXISTS report ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM sb_web, sb_worker, sb_report, sb_backup")
    op.execute("REVOKE USAGE ON SCHEMA staging FROM sb_worker")
    op.execute("REVOKE USAGE ON SCHEMA public FROM sb_web, sb_worker, sb_report, sb_backup, sb_auditor")
    op.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
