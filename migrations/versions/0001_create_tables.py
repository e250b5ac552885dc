"""create tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table of the first release, without rights: those follow in the next revision."""
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    op.execute("CREATE SCHEMA IF NOT EXISTS staging")
    op.create_table(
        "audit_entry",
        sa.Column("stream", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("stream", "seq", name=op.f("uq_audit_entry_stream_seq")),
    )
    op.create_table(
        "competency",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=True),
        sa.Column("definition_fr", sa.Text(), nullable=True),
        sa.Column("definition_ar", sa.Text(), nullable=True),
        sa.Column("definition_en", sa.Text(), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_ar", sa.Text(), nullable=True),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("is_reviewed_ar", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competency")),
        sa.UniqueConstraint("scheme", "code", name=op.f("uq_competency_scheme_code")),
    )
    op.create_index(
        "ix_competency_label_fr_trgm",
        "competency",
        ["label_fr"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"label_fr": "gin_trgm_ops"},
    )
    op.create_table(
        "contract_kind",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("is_employment_contract", sa.Boolean(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_ar", sa.Text(), nullable=True),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("is_reviewed_ar", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_contract_kind")),
    )
    op.create_table(
        "diploma_field",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_ar", sa.Text(), nullable=True),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("is_reviewed_ar", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_diploma_field")),
    )
    op.create_table(
        "education_level",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_ar", sa.Text(), nullable=True),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("is_reviewed_ar", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_education_level")),
    )
    op.create_table(
        "job_profile",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=True),
        sa.Column(
            "policy_profile",
            sa.Enum("mass", "scarce", name="policy_profile", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("diploma_fields", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("education_rank", sa.BigInteger(), nullable=True),
        sa.Column("codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_ar", sa.Text(), nullable=True),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("is_reviewed_ar", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_profile")),
        sa.UniqueConstraint("scheme", "code", name=op.f("uq_job_profile_scheme_code")),
    )
    op.create_table(
        "language",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_ar", sa.Text(), nullable=True),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("is_reviewed_ar", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_language")),
    )
    op.create_table(
        "licence",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_ar", sa.Text(), nullable=True),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("is_reviewed_ar", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_licence")),
    )
    op.create_table(
        "match_policy",
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_policy")),
        sa.UniqueConstraint("version", name=op.f("uq_match_policy_version")),
    )
    op.create_table(
        "match_result",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("opening_id", sa.BigInteger(), nullable=False),
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "result_class",
            sa.Enum(
                "ready",
                "to_confirm",
                "near",
                "not_enough",
                "short",
                "no_points",
                "gate_failed",
                name="result_class",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("order_key", sa.BigInteger(), nullable=False),
        sa.Column("cohort_id", sa.BigInteger(), nullable=True),
        sa.Column("trace", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("score IS NULL OR score BETWEEN 0 AND 10000", name=op.f("ck_match_result_score_in_range")),
        sa.PrimaryKeyConstraint("run_id", "opening_id", "seeker_id", name=op.f("pk_match_result")),
        postgresql_partition_by="LIST (run_id)",
    )
    op.create_index("ix_match_result_opening", "match_result", ["opening_id", "result_class", "rank"], unique=False)
    op.create_index("ix_match_result_seeker", "match_result", ["seeker_id"], unique=False)
    op.create_table(
        "organisation",
        sa.Column(
            "kind",
            sa.Enum(
                "company",
                "training_centre",
                "agency",
                "ministry",
                "association",
                "platform",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "verified",
                "suspended",
                "left",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name_fr", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ice", sa.Text(), nullable=True),
        sa.Column(
            "party",
            sa.Enum(
                "industry",
                "employment",
                "agency",
                "association",
                name="party",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("ice", name=op.f("uq_organisation_ice")),
        sa.UniqueConstraint("party", name=op.f("uq_organisation_party")),
    )
    op.create_table(
        "platform_state",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("broker_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_platform_state_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_state")),
    )
    op.create_table(
        "reference_counter",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_reference_counter")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_ar", sa.Text(), nullable=True),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("is_reviewed_ar", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_table(
        "shift",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("is_night", sa.Boolean(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_ar", sa.Text(), nullable=True),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("is_reviewed_ar", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_shift")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("subject_digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_subject", "sign_in_attempt", ["subject_digest", "attempted_at"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
    )
    op.create_index("uq_user_account_email_lower", "user_account", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "agency_unit",
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_agency_unit_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_unit")),
        sa.UniqueConstraint("id", "agency_id", name=op.f("uq_agency_unit_id_agency_id")),
    )
    op.create_index(op.f("ix_agency_unit_agency_id"), "agency_unit", ["agency_id"], unique=False)
    op.create_table(
        "competency_relation",
        sa.Column("competency_id", sa.BigInteger(), nullable=False),
        sa.Column("related_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("close", "loose", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.CheckConstraint("competency_id <> related_id", name=op.f("ck_competency_relation_two_competencies")),
        sa.ForeignKeyConstraint(
            ["competency_id"], ["competency.id"], name=op.f("fk_competency_relation_competency_id")
        ),
        sa.ForeignKeyConstraint(["related_id"], ["competency.id"], name=op.f("fk_competency_relation_related_id")),
        sa.PrimaryKeyConstraint("competency_id", "related_id", name=op.f("pk_competency_relation")),
    )
    op.create_index(op.f("ix_competency_relation_related_id"), "competency_relation", ["related_id"], unique=False)
    op.create_table(
        "import_batch",
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "checked",
                "applying",
                "applied",
                "refused",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_import_batch_agency_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_import_batch_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint("id", "agency_id", name=op.f("uq_import_batch_id_agency_id")),
    )
    op.create_index(op.f("ix_import_batch_agency_id"), "import_batch", ["agency_id"], unique=False)
    op.create_table(
        "job",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "sent",
                "running",
                "done",
                "dead",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("progress_done", sa.BigInteger(), nullable=False),
        sa.Column("progress_total", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("attempts BETWEEN 0 AND 3", name=op.f("ck_job_attempts_in_range")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_job_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_job_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_job_dedupe_key")),
    )
    op.create_index("ix_job_due", "job", ["due_at"], unique=False, postgresql_where="state = 'due'")
    op.create_index(
        "ix_job_leased", "job", ["lease_until"], unique=False, postgresql_where="state IN ('sent', 'running')"
    )
    op.create_index("ix_job_organisation", "job", ["organisation_id", "created_at"], unique=False)
    op.create_table(
        "need",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("job_profile_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum("company", "sheet", name="origin", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("open", "withdrawn", name="state", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["organisation.id"], name=op.f("fk_need_company_id")),
        sa.ForeignKeyConstraint(["job_profile_id"], ["job_profile.id"], name=op.f("fk_need_job_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_need_id_company_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_need_reference")),
    )
    op.create_index(op.f("ix_need_company_id"), "need", ["company_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("message_key", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_notice_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("message_key", name=op.f("uq_notice_message_key")),
    )
    op.create_index("ix_notice_organisation", "notice", ["organisation_id", "read_at"], unique=False)
    op.create_table(
        "pack",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "building", "frozen", "published", name="state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("cut_off_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=True),
        sa.Column("facts_digest", sa.LargeBinary(), nullable=True),
        sa.Column("manifest_a", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("manifest_b", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name=op.f("ck_pack_published_when")),
        sa.CheckConstraint("state = 'building' OR frozen_at IS NOT NULL", name=op.f("ck_pack_frozen_when")),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_pack_agency_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["user_account.id"], name=op.f("fk_pack_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
        sa.UniqueConstraint("month_on", "version", name=op.f("uq_pack_month_on_version")),
        sa.UniqueConstraint("reference", name=op.f("uq_pack_reference")),
    )
    op.create_table(
        "profile_requirement",
        sa.Column("job_profile_id", sa.BigInteger(), nullable=False),
        sa.Column("competency_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("is_must", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column(
            "evidence_asked",
            sa.Enum(
                "inferred",
                "declared",
                "assessed",
                "certified",
                name="evidence_asked",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_profile_requirement_level_in_range")),
        sa.CheckConstraint("weight BETWEEN 1 AND 5", name=op.f("ck_profile_requirement_weight_in_range")),
        sa.ForeignKeyConstraint(
            ["competency_id"], ["competency.id"], name=op.f("fk_profile_requirement_competency_id")
        ),
        sa.ForeignKeyConstraint(
            ["job_profile_id"], ["job_profile.id"], name=op.f("fk_profile_requirement_job_profile_id")
        ),
        sa.PrimaryKeyConstraint("job_profile_id", "competency_id", name=op.f("pk_profile_requirement")),
    )
    op.create_table(
        "programme",
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("title_fr", sa.Text(), nullable=False),
        sa.Column("title_ar", sa.Text(), nullable=True),
        sa.Column("job_profile_id", sa.BigInteger(), nullable=True),
        sa.Column("entry_rank", sa.BigInteger(), nullable=False),
        sa.Column("hours", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["organisation.id"], name=op.f("fk_programme_centre_id")),
        sa.ForeignKeyConstraint(["job_profile_id"], ["job_profile.id"], name=op.f("fk_programme_job_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("centre_id", "title_fr", name=op.f("uq_programme_centre_id_title_fr")),
        sa.UniqueConstraint("id", "centre_id", name=op.f("uq_programme_id_centre_id")),
    )
    op.create_index(op.f("ix_programme_centre_id"), "programme", ["centre_id"], unique=False)
    op.create_table(
        "province",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("aliases", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_ar", sa.Text(), nullable=True),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("is_reviewed_ar", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_province_region_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_province")),
    )
    op.create_table(
        "state_change",
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("centre_id", sa.BigInteger(), nullable=True),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_state_change_agency_id")),
        sa.ForeignKeyConstraint(["centre_id"], ["organisation.id"], name=op.f("fk_state_change_centre_id")),
        sa.ForeignKeyConstraint(["company_id"], ["organisation.id"], name=op.f("fk_state_change_company_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_state_change_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state_change")),
    )
    op.create_index(op.f("ix_state_change_agency_id"), "state_change", ["agency_id"], unique=False)
    op.create_index(op.f("ix_state_change_centre_id"), "state_change", ["centre_id"], unique=False)
    op.create_index(op.f("ix_state_change_company_id"), "state_change", ["company_id"], unique=False)
    op.create_index("ix_state_change_object", "state_change", ["object_kind", "object_id"], unique=False)
    op.create_table(
        "cohort",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("expected_end_on", sa.Date(), nullable=False),
        sa.Column("enrolment_until", sa.Date(), nullable=False),
        sa.Column("seats", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "running",
                "ended",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("enrolment_until <= expected_end_on", name=op.f("ck_cohort_enrolment_before_end")),
        sa.CheckConstraint("seats BETWEEN 1 AND 2000", name=op.f("ck_cohort_seats_in_range")),
        sa.CheckConstraint("starts_on <= expected_end_on", name=op.f("ck_cohort_ends_after_start")),
        sa.CheckConstraint("taken BETWEEN 0 AND seats", name=op.f("ck_cohort_not_oversold")),
        sa.ForeignKeyConstraint(["centre_id"], ["organisation.id"], name=op.f("fk_cohort_centre_id")),
        sa.ForeignKeyConstraint(
            ["programme_id", "centre_id"],
            ["programme.id", "programme.centre_id"],
            name=op.f("fk_cohort_programme_id_centre_id"),
        ),
        sa.ForeignKeyConstraint(["province_code"], ["province.code"], name=op.f("fk_cohort_province_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("id", "centre_id", name=op.f("uq_cohort_id_centre_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_cohort_reference")),
    )
    op.create_index(op.f("ix_cohort_centre_id"), "cohort", ["centre_id"], unique=False)
    op.create_table(
        "figure",
        sa.Column("kpi", sa.Text(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("breakdown", sa.Text(), nullable=False),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("not_measured", sa.Text(), nullable=True),
        sa.Column("pack_id", sa.BigInteger(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_figure_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
    )
    op.create_index(op.f("ix_figure_pack_id"), "figure", ["pack_id"], unique=False)
    op.create_index(
        "uq_figure_cell",
        "figure",
        ["kpi", "month_on", "breakdown", "cell", "measure", "pack_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "import_row",
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "good",
                "bad",
                "duplicate",
                "applied",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("seeker_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id", "agency_id"],
            ["import_batch.id", "import_batch.agency_id"],
            name=op.f("fk_import_row_batch_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_import_row")),
    )
    op.create_table(
        "membership",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "hr_manager",
                "company_admin",
                "adviser",
                "unit_manager",
                "report_officer",
                "signatory",
                "centre_manager",
                "analyst",
                "officer",
                "administrator",
                "data_protection_officer",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")),
        sa.ForeignKeyConstraint(
            ["unit_id", "organisation_id"],
            ["agency_unit.id", "agency_unit.agency_id"],
            name=op.f("fk_membership_unit_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "user_id", "organisation_id", "role", name=op.f("uq_membership_user_id_organisation_id_role")
        ),
    )
    op.create_index(op.f("ix_membership_organisation_id"), "membership", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_table(
        "need_line",
        sa.Column("need_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("quarter_on", sa.Date(), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("posts", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "EXTRACT(DAY FROM quarter_on) = 1 AND EXTRACT(MONTH FROM quarter_on) IN (1, 4, 7, 10)",
            name=op.f("ck_need_line_quarter_start"),
        ),
        sa.CheckConstraint("posts BETWEEN 1 AND 5000", name=op.f("ck_need_line_posts_in_range")),
        sa.ForeignKeyConstraint(
            ["need_id", "company_id"], ["need.id", "need.company_id"], name=op.f("fk_need_line_need_id_company_id")
        ),
        sa.ForeignKeyConstraint(["province_code"], ["province.code"], name=op.f("fk_need_line_province_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_line")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_need_line_id_company_id")),
        sa.UniqueConstraint(
            "need_id", "quarter_on", "province_code", name=op.f("uq_need_line_need_id_quarter_on_province_code")
        ),
    )
    op.create_index(op.f("ix_need_line_need_id"), "need_line", ["need_id"], unique=False)
    op.create_table(
        "need_requirement",
        sa.Column("need_id", sa.BigInteger(), nullable=False),
        sa.Column("competency_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("is_must", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column(
            "evidence_asked",
            sa.Enum(
                "inferred",
                "declared",
                "assessed",
                "certified",
                name="evidence_asked",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_need_requirement_level_in_range")),
        sa.CheckConstraint("weight BETWEEN 1 AND 5", name=op.f("ck_need_requirement_weight_in_range")),
        sa.ForeignKeyConstraint(["competency_id"], ["competency.id"], name=op.f("fk_need_requirement_competency_id")),
        sa.ForeignKeyConstraint(
            ["need_id", "company_id"],
            ["need.id", "need.company_id"],
            name=op.f("fk_need_requirement_need_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("need_id", "competency_id", name=op.f("pk_need_requirement")),
    )
    op.create_table(
        "pack_file",
        sa.Column("pack_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_pack_file_pack_id")),
        sa.PrimaryKeyConstraint("pack_id", "name", name=op.f("pk_pack_file")),
    )
    op.create_table(
        "programme_outcome",
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("competency_id", sa.BigInteger(), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_programme_outcome_level_in_range")),
        sa.ForeignKeyConstraint(["competency_id"], ["competency.id"], name=op.f("fk_programme_outcome_competency_id")),
        sa.ForeignKeyConstraint(
            ["programme_id", "centre_id"],
            ["programme.id", "programme.centre_id"],
            name=op.f("fk_programme_outcome_programme_id_centre_id"),
        ),
        sa.PrimaryKeyConstraint("programme_id", "competency_id", name=op.f("pk_programme_outcome")),
    )
    op.create_table(
        "seeker",
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "paused",
                "placed",
                "anonymised",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("refreshed_on", sa.Date(), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("education_code", sa.Text(), nullable=True),
        sa.Column("field_code", sa.Text(), nullable=True),
        sa.Column("experience_months", sa.BigInteger(), nullable=True),
        sa.Column("available_on", sa.Date(), nullable=True),
        sa.Column("adult_on", sa.Date(), nullable=True),
        sa.Column(
            "nationality",
            sa.Enum("moroccan", "other", name="nationality", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("mobility", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("contracts", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("shifts", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("licences", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("wanted_profiles", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("interviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("matching_objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("experience_months BETWEEN 0 AND 720", name=op.f("ck_seeker_experience_in_range")),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_seeker_agency_id")),
        sa.ForeignKeyConstraint(["education_code"], ["education_level.code"], name=op.f("fk_seeker_education_code")),
        sa.ForeignKeyConstraint(["field_code"], ["diploma_field.code"], name=op.f("fk_seeker_field_code")),
        sa.ForeignKeyConstraint(["province_code"], ["province.code"], name=op.f("fk_seeker_province_code")),
        sa.ForeignKeyConstraint(
            ["unit_id", "agency_id"],
            ["agency_unit.id", "agency_unit.agency_id"],
            name=op.f("fk_seeker_unit_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seeker")),
        sa.UniqueConstraint("id", "agency_id", name=op.f("uq_seeker_id_agency_id")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_seeker_pseudonym")),
        sa.UniqueConstraint("public_id", name=op.f("uq_seeker_public_id")),
    )
    op.create_index("ix_seeker_unit", "seeker", ["agency_id", "unit_id", "state"], unique=False)
    op.create_table(
        "site",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_site_name_given")),
        sa.ForeignKeyConstraint(["company_id"], ["organisation.id"], name=op.f("fk_site_company_id")),
        sa.ForeignKeyConstraint(["province_code"], ["province.code"], name=op.f("fk_site_province_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_site_company_id_name")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_site_id_company_id")),
    )
    op.create_index(op.f("ix_site_company_id"), "site", ["company_id"], unique=False)
    op.create_table(
        "unit_province",
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_unit_province_agency_id")),
        sa.ForeignKeyConstraint(["province_code"], ["province.code"], name=op.f("fk_unit_province_province_code")),
        sa.ForeignKeyConstraint(["unit_id"], ["agency_unit.id"], name=op.f("fk_unit_province_unit_id")),
        sa.PrimaryKeyConstraint("province_code", name=op.f("pk_unit_province")),
    )
    op.create_index(op.f("ix_unit_province_unit_id"), "unit_province", ["unit_id"], unique=False)
    op.create_table(
        "visa",
        sa.Column("pack_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "party",
            sa.Enum(
                "industry",
                "employment",
                "agency",
                "association",
                name="party",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "given", "sent_back", name="state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("signatory", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("state = 'waiting' OR decided_by IS NOT NULL", name=op.f("ck_visa_a_person_decides")),
        sa.ForeignKeyConstraint(["decided_by"], ["user_account.id"], name=op.f("fk_visa_decided_by")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_visa_organisation_id")),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_visa_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visa")),
        sa.UniqueConstraint("pack_id", "party", name=op.f("uq_visa_pack_id_party")),
    )
    op.create_index(op.f("ix_visa_organisation_id"), "visa", ["organisation_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("matching", "sharing", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "counter",
                "phone",
                "email",
                "letter",
                "personal_link",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"], name=op.f("fk_consent_seeker_id_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(
        "uq_consent_live", "consent", ["seeker_id", "kind"], unique=True, postgresql_where="withdrawn_at IS NULL"
    )
    op.create_table(
        "enrolment",
        sa.Column("cohort_id", sa.BigInteger(), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "enrolled",
                "completed",
                "certified",
                "dropped",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('certified', 'dropped') OR decided_by IS NOT NULL",
            name=op.f("ck_enrolment_a_person_decides"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "centre_id"], ["cohort.id", "cohort.centre_id"], name=op.f("fk_enrolment_cohort_id_centre_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["user_account.id"], name=op.f("fk_enrolment_decided_by")),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"], name=op.f("fk_enrolment_seeker_id_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("cohort_id", "seeker_id", name=op.f("uq_enrolment_cohort_id_seeker_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_enrolment_public_id")),
    )
    op.create_index(op.f("ix_enrolment_agency_id"), "enrolment", ["agency_id"], unique=False)
    op.create_index("ix_enrolment_centre", "enrolment", ["centre_id", "cohort_id"], unique=False)
    op.create_index(op.f("ix_enrolment_seeker_id"), "enrolment", ["seeker_id"], unique=False)
    op.create_table(
        "held_competency",
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("competency_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column(
            "evidence",
            sa.Enum(
                "inferred",
                "declared",
                "assessed",
                "certified",
                name="evidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_held_competency_level_in_range")),
        sa.ForeignKeyConstraint(["competency_id"], ["competency.id"], name=op.f("fk_held_competency_competency_id")),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"],
            ["seeker.id", "seeker.agency_id"],
            name=op.f("fk_held_competency_seeker_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("seeker_id", "competency_id", name=op.f("pk_held_competency")),
    )
    op.create_table(
        "opening",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("job_profile_id", sa.BigInteger(), nullable=False),
        sa.Column("need_line_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "validated",
                "paused",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("revision_id", sa.BigInteger(), nullable=True),
        sa.Column("validated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("current_run_id", sa.BigInteger(), nullable=True),
        sa.Column("answer_days", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('validated', 'paused') OR revision_id IS NOT NULL", name=op.f("ck_opening_live_has_revision")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_opening_agency_id")),
        sa.ForeignKeyConstraint(["company_id"], ["organisation.id"], name=op.f("fk_opening_company_id")),
        sa.ForeignKeyConstraint(["job_profile_id"], ["job_profile.id"], name=op.f("fk_opening_job_profile_id")),
        sa.ForeignKeyConstraint(
            ["need_line_id", "company_id"],
            ["need_line.id", "need_line.company_id"],
            name=op.f("fk_opening_need_line_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "company_id"], ["site.id", "site.company_id"], name=op.f("fk_opening_site_id_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "agency_id"],
            ["agency_unit.id", "agency_unit.agency_id"],
            name=op.f("fk_opening_unit_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_opening_id_company_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_opening_reference")),
    )
    op.create_index("ix_opening_agency", "opening", ["agency_id", "state"], unique=False)
    op.create_index(op.f("ix_opening_company_id"), "opening", ["company_id"], unique=False)
    op.create_index(op.f("ix_opening_job_profile_id"), "opening", ["job_profile_id"], unique=False)
    op.create_index(op.f("ix_opening_unit_id"), "opening", ["unit_id"], unique=False)
    op.create_table(
        "seeker_equity",
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "sex",
            sa.Enum("female", "male", name="sex", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("birth_year", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("birth_year BETWEEN 1920 AND 2020", name=op.f("ck_seeker_equity_birth_year_in_range")),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"],
            ["seeker.id", "seeker.agency_id"],
            name=op.f("fk_seeker_equity_seeker_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("seeker_id", name=op.f("pk_seeker_equity")),
    )
    op.create_table(
        "seeker_experience",
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("job_profile_id", sa.BigInteger(), nullable=False),
        sa.Column("months", sa.BigInteger(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("months BETWEEN 1 AND 720", name=op.f("ck_seeker_experience_months_in_range")),
        sa.ForeignKeyConstraint(
            ["job_profile_id"], ["job_profile.id"], name=op.f("fk_seeker_experience_job_profile_id")
        ),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"],
            ["seeker.id", "seeker.agency_id"],
            name=op.f("fk_seeker_experience_seeker_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seeker_experience")),
    )
    op.create_index(op.f("ix_seeker_experience_seeker_id"), "seeker_experience", ["seeker_id"], unique=False)
    op.create_table(
        "seeker_identity",
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("first_name_ar", sa.Text(), nullable=True),
        sa.Column("last_name_ar", sa.Text(), nullable=True),
        sa.Column(
            "cin_kind",
            sa.Enum(
                "cin",
                "passport",
                "residence_card",
                name="cin_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cin_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("cin_key_id", sa.Text(), nullable=False),
        sa.Column("cin_index", sa.LargeBinary(), nullable=False),
        sa.Column("cin_masked", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"],
            ["seeker.id", "seeker.agency_id"],
            name=op.f("fk_seeker_identity_seeker_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("seeker_id", name=op.f("pk_seeker_identity")),
        sa.UniqueConstraint("agency_id", "cin_index", name=op.f("uq_seeker_identity_agency_id_cin_index")),
    )
    op.create_table(
        "seeker_language",
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("language_code", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "A1", "A2", "B1", "B2", "C1", "C2", name="level", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["language_code"], ["language.code"], name=op.f("fk_seeker_language_language_code")),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"],
            ["seeker.id", "seeker.agency_id"],
            name=op.f("fk_seeker_language_seeker_id_agency_id"),
        ),
        sa.PrimaryKeyConstraint("seeker_id", "language_code", name=op.f("pk_seeker_language")),
    )
    op.create_table(
        "web_session",
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("membership_id", sa.BigInteger(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_web_session_membership_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_web_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_web_session_token_digest")),
    )
    op.create_index(op.f("ix_web_session_user_id"), "web_session", ["user_id"], unique=False)
    op.create_table(
        "match_run",
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("opening_id", sa.BigInteger(), nullable=True),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=True),
        sa.Column("result_digest", sa.LargeBinary(), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("times", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_match_run_agency_id")),
        sa.ForeignKeyConstraint(["opening_id"], ["opening.id"], name=op.f("fk_match_run_opening_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["match_policy.id"], name=op.f("fk_match_run_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_run")),
    )
    op.create_index(op.f("ix_match_run_agency_id"), "match_run", ["agency_id"], unique=False)
    op.create_index(op.f("ix_match_run_job_id"), "match_run", ["job_id"], unique=False)
    op.create_index(op.f("ix_match_run_opening_id"), "match_run", ["opening_id"], unique=False)
    op.create_table(
        "opening_revision",
        sa.Column("opening_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("contract_code", sa.Text(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("posts", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("validated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal_reason", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("posts BETWEEN 1 AND 2000", name=op.f("ck_opening_revision_posts_in_range")),
        sa.CheckConstraint(
            "num_nonnulls(validated_at, refused_at, withdrawn_at) <= 1", name=op.f("ck_opening_revision_one_answer")
        ),
        sa.ForeignKeyConstraint(
            ["contract_code"], ["contract_kind.code"], name=op.f("fk_opening_revision_contract_code")
        ),
        sa.ForeignKeyConstraint(
            ["opening_id", "company_id"],
            ["opening.id", "opening.company_id"],
            name=op.f("fk_opening_revision_opening_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_revision")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_opening_revision_id_company_id")),
        sa.UniqueConstraint("id", "opening_id", name=op.f("uq_opening_revision_id_opening_id")),
        sa.UniqueConstraint("opening_id", "number", name=op.f("uq_opening_revision_opening_id_number")),
    )
    op.create_index(op.f("ix_opening_revision_opening_id"), "opening_revision", ["opening_id"], unique=False)
    op.create_table(
        "post",
        sa.Column("opening_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("placement_id", sa.BigInteger(), nullable=True),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "close_reason",
            sa.Enum(
                "profile_not_found",
                "employer_withdrew",
                "filled_outside",
                "pay_or_conditions",
                "transport",
                "no_employer_feedback",
                name="close_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(closed_on IS NULL) = (close_reason IS NULL)", name=op.f("ck_post_closed_with_reason")),
        sa.CheckConstraint("placement_id IS NULL OR closed_on IS NULL", name=op.f("ck_post_filled_or_closed")),
        sa.ForeignKeyConstraint(
            ["opening_id", "company_id"],
            ["opening.id", "opening.company_id"],
            name=op.f("fk_post_opening_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("placement_id", name=op.f("uq_post_placement_id")),
    )
    op.create_index(op.f("ix_post_company_id"), "post", ["company_id"], unique=False)
    op.create_index(
        "ix_post_open",
        "post",
        ["opening_id", "due_on", "id"],
        unique=False,
        postgresql_where="placement_id IS NULL AND closed_on IS NULL",
    )
    op.create_table(
        "referral",
        sa.Column("opening_id", sa.BigInteger(), nullable=False),
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "accepted",
                "declined",
                "sent",
                "invited",
                "selected",
                "placed",
                "rejected",
                "no_show",
                "withdrawn",
                "expired",
                "ended",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("result_class", sa.Text(), nullable=True),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "answered_channel",
            sa.Enum(
                "counter",
                "phone",
                "email",
                "letter",
                "personal_link",
                name="answered_channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invited_place", sa.Text(), nullable=True),
        sa.Column("invited_contact", sa.Text(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'declined', 'selected', 'rejected', 'no_show', 'placed') OR decided_by IS NOT NULL",
            name=op.f("ck_referral_a_person_decides"),
        ),
        sa.CheckConstraint(
            "(answered_on IS NULL) = (answered_channel IS NULL)", name=op.f("ck_referral_answer_with_channel")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["user_account.id"], name=op.f("fk_referral_decided_by")),
        sa.ForeignKeyConstraint(
            ["opening_id", "company_id"],
            ["opening.id", "opening.company_id"],
            name=op.f("fk_referral_opening_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["user_account.id"], name=op.f("fk_referral_proposed_by")),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"], name=op.f("fk_referral_seeker_id_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_referral_id_company_id")),
        sa.UniqueConstraint("opening_id", "seeker_id", name=op.f("uq_referral_opening_id_seeker_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_referral_public_id")),
    )
    op.create_index("ix_referral_agency", "referral", ["agency_id", "state"], unique=False)
    op.create_index("ix_referral_company", "referral", ["company_id", "state"], unique=False)
    op.create_index("ix_referral_seeker", "referral", ["seeker_id"], unique=False)
    op.create_table(
        "reveal",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("seeker_id", sa.BigInteger(), nullable=True),
        sa.Column("opening_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_reveal_organisation_id")),
        sa.ForeignKeyConstraint(["session_id"], ["web_session.id"], name=op.f("fk_reveal_session_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_reveal_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveal")),
    )
    op.create_index(op.f("ix_reveal_organisation_id"), "reveal", ["organisation_id"], unique=False)
    op.create_index("ix_reveal_session", "reveal", ["session_id", "expires_at"], unique=False)
    op.create_table(
        "gate",
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "mobility",
                "education",
                "field",
                "profile",
                "experience",
                "language",
                "licence",
                "contract",
                "shift",
                "availability",
                "adulthood",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("operand", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id", "company_id"],
            ["opening_revision.id", "opening_revision.company_id"],
            name=op.f("fk_gate_revision_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("revision_id", "kind", name=op.f("pk_gate")),
    )
    op.create_index(op.f("ix_gate_company_id"), "gate", ["company_id"], unique=False)
    op.create_table(
        "match_count",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("opening_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_match_count_agency_id")),
        sa.ForeignKeyConstraint(["opening_id"], ["opening.id"], name=op.f("fk_match_count_opening_id")),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_match_count_run_id")),
        sa.PrimaryKeyConstraint("run_id", "opening_id", name=op.f("pk_match_count")),
    )
    op.create_index(op.f("ix_match_count_opening_id"), "match_count", ["opening_id"], unique=False)
    op.create_table(
        "match_exposure",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_match_exposure_agency_id")),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_match_exposure_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_match_exposure")),
    )
    op.create_table(
        "match_input",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_match_input_agency_id")),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_match_input_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_match_input")),
    )
    op.create_index(op.f("ix_match_input_kept_until"), "match_input", ["kept_until"], unique=False)
    op.create_table(
        "allocation_run",
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("worth", sa.BigInteger(), nullable=False),
        sa.Column("gap", sa.BigInteger(), nullable=False),
        sa.Column("is_proven", sa.Boolean(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("times", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["organisation.id"], name=op.f("fk_allocation_run_agency_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["match_policy.id"], name=op.f("fk_allocation_run_policy_id")),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_allocation_run_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_run")),
        sa.UniqueConstraint("id", "agency_id", name=op.f("uq_allocation_run_id_agency_id")),
        sa.UniqueConstraint("run_id", name=op.f("uq_allocation_run_run_id")),
    )
    op.create_index(op.f("ix_allocation_run_agency_id"), "allocation_run", ["agency_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("allocation_id", sa.BigInteger(), nullable=False),
        sa.Column("opening_id", sa.BigInteger(), nullable=False),
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "accepted", "set_aside", name="state", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("below_best", sa.BigInteger(), nullable=False),
        sa.Column("own_place", sa.BigInteger(), nullable=False),
        sa.Column("own_offers", sa.BigInteger(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "person_declines",
                "other_plan",
                "file_outdated",
                "not_suited",
                "company_knows",
                "other",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(state = 'open') = (decided_by IS NULL)", name=op.f("ck_proposal_a_person_decides")),
        sa.CheckConstraint(
            "(state = 'set_aside') = (reason IS NOT NULL)", name=op.f("ck_proposal_set_aside_with_reason")
        ),
        sa.CheckConstraint("own_place BETWEEN 1 AND own_offers", name=op.f("ck_proposal_place_among_offers")),
        sa.ForeignKeyConstraint(
            ["allocation_id", "agency_id"],
            ["allocation_run.id", "allocation_run.agency_id"],
            name=op.f("fk_proposal_allocation_id_agency_id"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["user_account.id"], name=op.f("fk_proposal_decided_by")),
        sa.ForeignKeyConstraint(
            ["opening_id", "company_id"],
            ["opening.id", "opening.company_id"],
            name=op.f("fk_proposal_opening_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"], name=op.f("fk_proposal_seeker_id_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("opening_id", "seeker_id", name=op.f("uq_proposal_opening_id_seeker_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_proposal_public_id")),
    )
    op.create_index("ix_proposal_agency", "proposal", ["agency_id", "state"], unique=False)
    op.create_index("ix_proposal_allocation", "proposal", ["allocation_id"], unique=False)
    op.create_index("ix_proposal_seeker", "proposal", ["seeker_id"], unique=False)
    op.create_table(
        "placement",
        sa.Column("referral_id", sa.BigInteger(), nullable=False),
        sa.Column("opening_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("seeker_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "employment_contract",
                "insertion_contract",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("contract_code", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "cancel_reason",
            sa.Enum(
                "person_withdrew",
                "employer_withdrew",
                "papers_missing",
                "recorded_by_mistake",
                name="cancel_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ended_on >= started_on", name=op.f("ck_placement_ended_after_start")),
        sa.CheckConstraint(
            "(cancelled_on IS NULL) = (cancel_reason IS NULL)", name=op.f("ck_placement_cancelled_with_reason")
        ),
        sa.CheckConstraint("signed_on <= started_on", name=op.f("ck_placement_signed_before_start")),
        sa.ForeignKeyConstraint(["contract_code"], ["contract_kind.code"], name=op.f("fk_placement_contract_code")),
        sa.ForeignKeyConstraint(
            ["opening_id", "company_id"],
            ["opening.id", "opening.company_id"],
            name=op.f("fk_placement_opening_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_placement_post_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user_account.id"], name=op.f("fk_placement_recorded_by")),
        sa.ForeignKeyConstraint(
            ["referral_id", "company_id"],
            ["referral.id", "referral.company_id"],
            name=op.f("fk_placement_referral_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seeker_id", "agency_id"], ["seeker.id", "seeker.agency_id"], name=op.f("fk_placement_seeker_id_agency_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_placement_id_company_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_placement_public_id")),
    )
    op.create_index("ix_placement_agency", "placement", ["agency_id"], unique=False)
    op.create_index("ix_placement_company", "placement", ["company_id"], unique=False)
    op.create_index("ix_placement_seeker", "placement", ["seeker_id"], unique=False)
    op.create_index(
        "uq_placement_live_referral", "placement", ["referral_id"], unique=True, postgresql_where="cancelled_on IS NULL"
    )
    op.create_index(
        "uq_placement_live_seeker",
        "placement",
        ["seeker_id"],
        unique=True,
        postgresql_where="cancelled_on IS NULL AND ended_on IS NULL",
    )
    op.create_table(
        "requirement",
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("competency_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("is_must", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column(
            "evidence_asked",
            sa.Enum(
                "inferred",
                "declared",
                "assessed",
                "certified",
                name="evidence_asked",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_requirement_level_in_range")),
        sa.CheckConstraint("weight BETWEEN 1 AND 5", name=op.f("ck_requirement_weight_in_range")),
        sa.ForeignKeyConstraint(["competency_id"], ["competency.id"], name=op.f("fk_requirement_competency_id")),
        sa.ForeignKeyConstraint(
            ["revision_id", "company_id"],
            ["opening_revision.id", "opening_revision.company_id"],
            name=op.f("fk_requirement_revision_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("revision_id", "competency_id", name=op.f("pk_requirement")),
    )
    op.create_index(op.f("ix_requirement_company_id"), "requirement", ["company_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_opening_revision_id_id"), "opening", "opening_revision", ["revision_id", "id"], ["id", "opening_id"]
    )
    op.create_foreign_key(
        op.f("fk_post_placement_id_company_id"),
        "post",
        "placement",
        ["placement_id", "company_id"],
        ["id", "company_id"],
    )


def downgrade() -> None:
    """Drop every table; extensions and the loading area stay, for they may have stood before."""
    op.drop_constraint(op.f("fk_post_placement_id_company_id"), "post")
    op.drop_constraint(op.f("fk_opening_revision_id_id"), "opening")
    op.drop_index(op.f("ix_requirement_company_id"), table_name="requirement")
    op.drop_table("requirement")
    op.drop_index("uq_placement_live_referral", table_name="placement", postgresql_where="cancelled_on IS NULL")
    op.drop_index("ix_placement_seeker", table_name="placement")
    op.drop_index("ix_placement_company", table_name="placement")
    op.drop_index("ix_placement_agency", table_name="placement")
    op.drop_table("placement")
    op.drop_index(op.f("ix_match_input_kept_until"), table_name="match_input")
    op.drop_table("match_input")
    op.drop_index("ix_proposal_seeker", table_name="proposal")
    op.drop_index("ix_proposal_allocation", table_name="proposal")
    op.drop_index("ix_proposal_agency", table_name="proposal")
    op.drop_table("proposal")
    op.drop_index(op.f("ix_allocation_run_agency_id"), table_name="allocation_run")
    op.drop_table("allocation_run")
    op.drop_table("match_exposure")
    op.drop_index(op.f("ix_match_count_opening_id"), table_name="match_count")
    op.drop_table("match_count")
    op.drop_index(op.f("ix_gate_company_id"), table_name="gate")
    op.drop_table("gate")
    op.drop_index("ix_reveal_session", table_name="reveal")
    op.drop_index(op.f("ix_reveal_organisation_id"), table_name="reveal")
    op.drop_table("reveal")
    op.drop_index("ix_referral_seeker", table_name="referral")
    op.drop_index("ix_referral_company", table_name="referral")
    op.drop_index("ix_referral_agency", table_name="referral")
    op.drop_table("referral")
    op.drop_index("ix_post_open", table_name="post", postgresql_where="placement_id IS NULL AND closed_on IS NULL")
    op.drop_index(op.f("ix_post_company_id"), table_name="post")
    op.drop_table("post")
    op.drop_index(op.f("ix_opening_revision_opening_id"), table_name="opening_revision")
    op.drop_table("opening_revision")
    op.drop_index(op.f("ix_match_run_opening_id"), table_name="match_run")
    op.drop_index(op.f("ix_match_run_job_id"), table_name="match_run")
    op.drop_index(op.f("ix_match_run_agency_id"), table_name="match_run")
    op.drop_table("match_run")
    op.drop_index(op.f("ix_web_session_user_id"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_table("seeker_language")
    op.drop_table("seeker_identity")
    op.drop_index(op.f("ix_seeker_experience_seeker_id"), table_name="seeker_experience")
    op.drop_table("seeker_experience")
    op.drop_table("seeker_equity")
    op.drop_index(op.f("ix_opening_unit_id"), table_name="opening")
    op.drop_index(op.f("ix_opening_job_profile_id"), table_name="opening")
    op.drop_index(op.f("ix_opening_company_id"), table_name="opening")
    op.drop_index("ix_opening_agency", table_name="opening")
    op.drop_table("opening")
    op.drop_table("held_competency")
    op.drop_index(op.f("ix_enrolment_seeker_id"), table_name="enrolment")
    op.drop_index("ix_enrolment_centre", table_name="enrolment")
    op.drop_index(op.f("ix_enrolment_agency_id"), table_name="enrolment")
    op.drop_table("enrolment")
    op.drop_index("uq_consent_live", table_name="consent", postgresql_where="withdrawn_at IS NULL")
    op.drop_table("consent")
    op.drop_index(op.f("ix_visa_organisation_id"), table_name="visa")
    op.drop_table("visa")
    op.drop_index(op.f("ix_unit_province_unit_id"), table_name="unit_province")
    op.drop_table("unit_province")
    op.drop_index(op.f("ix_site_company_id"), table_name="site")
    op.drop_table("site")
    op.drop_index("ix_seeker_unit", table_name="seeker")
    op.drop_table("seeker")
    op.drop_table("programme_outcome")
    op.drop_table("pack_file")
    op.drop_table("need_requirement")
    op.drop_index(op.f("ix_need_line_need_id"), table_name="need_line")
    op.drop_table("need_line")
    op.drop_index(op.f("ix_membership_user_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_organisation_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_table("import_row")
    op.drop_index("uq_figure_cell", table_name="figure", postgresql_nulls_not_distinct=True)
    op.drop_index(op.f("ix_figure_pack_id"), table_name="figure")
    op.drop_table("figure")
    op.drop_index(op.f("ix_cohort_centre_id"), table_name="cohort")
    op.drop_table("cohort")
    op.drop_index("ix_state_change_object", table_name="state_change")
    op.drop_index(op.f("ix_state_change_company_id"), table_name="state_change")
    op.drop_index(op.f("ix_state_change_centre_id"), table_name="state_change")
    op.drop_index(op.f("ix_state_change_agency_id"), table_name="state_change")
    op.drop_table("state_change")
    op.drop_table("province")
    op.drop_index(op.f("ix_programme_centre_id"), table_name="programme")
    op.drop_table("programme")
    op.drop_table("profile_requirement")
    op.drop_table("pack")
    op.drop_index("ix_notice_organisation", table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_need_company_id"), table_name="need")
    op.drop_table("need")
    op.drop_index("ix_job_organisation", table_name="job")
    op.drop_index("ix_job_leased", table_name="job", postgresql_where="state IN ('sent', 'running')")
    op.drop_index("ix_job_due", table_name="job", postgresql_where="state = 'due'")
    op.drop_table("job")
    op.drop_index(op.f("ix_import_batch_agency_id"), table_name="import_batch")
    op.drop_table("import_batch")
    op.drop_index(op.f("ix_competency_relation_related_id"), table_name="competency_relation")
    op.drop_table("competency_relation")
    op.drop_index(op.f("ix_agency_unit_agency_id"), table_name="agency_unit")
    op.drop_table("agency_unit")
    op.drop_index("uq_user_account_email_lower", table_name="user_account")
    op.drop_table("user_account")
    op.drop_index("ix_sign_in_attempt_subject", table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_table("shift")
    op.drop_table("region")
    op.drop_table("reference_counter")
    op.drop_table("platform_state")
    op.drop_table("organisation")
    op.drop_index("ix_match_result_seeker", table_name="match_result")
    op.drop_index("ix_match_result_opening", table_name="match_result")
    op.drop_table("match_result")
    op.drop_table("match_policy")
    op.drop_table("licence")
    op.drop_table("language")
    op.drop_table("job_profile")
    op.drop_table("education_level")
    op.drop_table("diploma_field")
    op.drop_table("contract_kind")
    op.drop_index(
        "ix_competency_label_fr_trgm",
        table_name="competency",
        postgresql_using="gin",
        postgresql_ops={"label_fr": "gin_trgm_ops"},
    )
    op.drop_table("competency")
    op.drop_table("audit_entry")
