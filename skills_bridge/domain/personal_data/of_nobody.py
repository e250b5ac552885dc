"""The tables whose rows lead to no person in search of work: places, posts, courses, figures, work, people at work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from skills_bridge.domain.personal_data.judging import Columns

OTHERS: Final[Mapping[str, Columns]] = {
    "access_file": Columns(
        technical="request_id agency_id content_sealed built_at expires_at taken_at taken_by",
    ),
    "account_link": Columns(
        nothing="id kind created_at expires_at used_at",
        other_party="email user_id seed token_digest",
    ),
    "agency_unit": Columns(
        nothing="agency_id name_fr name_ar id",
    ),
    "allocation_run": Columns(
        nothing="agency_id run_id policy_id as_of worth gap is_proven counts times id created_at",
    ),
    "audit_check": Columns(
        technical="checked_at entries streams findings document id",
    ),
    "audit_entry": Columns(
        technical="stream seq recorded_at act object_kind object_id facts previous_hash entry_hash id",
        other_party="user_id",
    ),
    "cohort": Columns(
        nothing=(
            "reference centre_id programme_id province_code starts_on expected_end_on enrolment_until "
            "seats taken state published_at id created_at version"
        ),
    ),
    "competency": Columns(
        nothing=(
            "scheme code family definition_fr definition_ar definition_en retired_on label_fr "
            "label_ar label_en is_reviewed_ar id"
        ),
    ),
    "competency_relation": Columns(
        nothing="competency_id related_id kind",
    ),
    "contract_kind": Columns(
        nothing="code is_employment_contract label_fr label_ar label_en is_reviewed_ar",
    ),
    "diploma_field": Columns(
        nothing="code label_fr label_ar label_en is_reviewed_ar",
    ),
    "education_level": Columns(
        nothing="code rank label_fr label_ar label_en is_reviewed_ar",
    ),
    "figure": Columns(
        nothing=(
            "kpi month_on breakdown cell measure numerator denominator n value unit is_hidden "
            "not_measured pack_id as_of id"
        ),
    ),
    "form_use": Columns(
        nothing="organisation_id digest location used_at",
        other_party="user_id",
    ),
    "gate": Columns(
        nothing="revision_id kind company_id operand",
    ),
    "import_batch": Columns(
        technical="agency_id unit_id state problem job_id checked_at applied_at id created_at",
        other_party="user_id file_name content_sealed",
    ),
    "invitation": Columns(
        nothing="id organisation_id role unit_id language sent_at expires_at accepted_at revoked_at created_at",
        other_party="email seed token_digest invited_by",
    ),
    "job": Columns(
        technical=(
            "kind object_id organisation_id dedupe_key due_at state attempts lease_until last_error "
            "progress_done progress_total started_at ended_at id created_at"
        ),
        other_party="user_id",
    ),
    "job_profile": Columns(
        nothing=(
            "scheme code family policy_profile diploma_fields education_rank codes label_fr label_ar "
            "label_en is_reviewed_ar id"
        ),
    ),
    "label_meaning": Columns(
        nothing="digest vector",
    ),
    "language": Columns(
        nothing="code label_fr label_ar label_en is_reviewed_ar",
    ),
    "licence": Columns(
        nothing="code label_fr label_ar label_en is_reviewed_ar",
    ),
    "match_count": Columns(
        nothing="run_id opening_id agency_id counts",
    ),
    "match_exposure": Columns(
        nothing="run_id agency_id report created_at",
    ),
    "match_input": Columns(
        technical="run_id agency_id kept_until content",
    ),
    "match_policy": Columns(
        nothing="version parameters id created_at",
        other_party="author",
    ),
    "match_reference": Columns(
        nothing="id version digest",
    ),
    "match_run": Columns(
        nothing=(
            "agency_id opening_id policy_id job_id as_of engine_version input_digest result_digest "
            "counts times attached_at id created_at"
        ),
        other_party="asked_by",
    ),
    "match_terms": Columns(
        nothing="run_id first_opening_id agency_id content",
    ),
    "membership": Columns(
        nothing="id",
        other_party="user_id organisation_id role unit_id starts_on ended_at",
    ),
    "need": Columns(
        nothing="reference company_id job_profile_id origin state note id created_at version",
    ),
    "need_line": Columns(
        nothing="need_id company_id quarter_on province_code posts id",
    ),
    "need_requirement": Columns(
        nothing="need_id competency_id company_id level is_must weight evidence_asked",
    ),
    "notice": Columns(
        nothing="organisation_id kind facts message_key unit_id mailed_at read_at id created_at",
    ),
    "opening": Columns(
        nothing=(
            "reference company_id agency_id unit_id site_id job_profile_id need_line_id state title "
            "description external_reference revision_id validated_at closed_at current_run_id "
            "answer_days id created_at version"
        ),
        other_party="contact",
    ),
    "opening_revision": Columns(
        nothing=(
            "opening_id company_id number contract_code start_on posts submitted_at validated_at "
            "refused_at refusal_reason withdrawn_at id"
        ),
    ),
    "organisation": Columns(
        nothing="kind state name_fr name_ar name_confirmed_at ice party id created_at",
    ),
    "organisation_move": Columns(
        nothing="id organisation_id from_state to_state note facts changed_at",
        other_party="user_id actor_name",
    ),
    "organisation_request": Columns(
        nothing="id kind name_fr name_ar ice language asked_at decided_at organisation_id note",
        other_party="contact_name contact_email decided_by",
    ),
    "pack": Columns(
        nothing=(
            "reference agency_id month_on version state cut_off_at job_id cause facts facts_digest "
            "manifest_a manifest_b frozen_at published_at id created_at"
        ),
        other_party="asked_by",
    ),
    "pack_file": Columns(
        nothing="pack_id name media_type sha256 content",
    ),
    "platform_state": Columns(
        nothing="id is_demo broker_seen_at",
    ),
    "post": Columns(
        nothing=("opening_id company_id opened_on due_on placement_id filled_at closed_on closed_at close_reason id"),
    ),
    "profile_requirement": Columns(
        nothing="job_profile_id competency_id level is_must weight evidence_asked",
    ),
    "programme": Columns(
        nothing="centre_id title_fr title_ar job_profile_id entry_rank hours id created_at version",
    ),
    "programme_outcome": Columns(
        nothing="programme_id competency_id centre_id level",
    ),
    "province": Columns(
        nothing="code region_code aliases label_fr label_ar label_en is_reviewed_ar",
    ),
    "recovery_code": Columns(
        nothing="id used_at",
        other_party="user_id code_digest",
    ),
    "reference_counter": Columns(
        nothing="series year last_number",
    ),
    "region": Columns(
        nothing="code label_fr label_ar label_en is_reviewed_ar",
    ),
    "requirement": Columns(
        nothing="revision_id competency_id company_id level is_must weight evidence_asked",
    ),
    "retention_run": Columns(
        technical="agency_id ran_at is_applied counts id",
    ),
    "second_factor_reset": Columns(
        nothing="id organisation_id asked_at decided_at is_granted",
        other_party="membership_id user_id asked_by decided_by",
    ),
    "shift": Columns(
        nothing="code is_night label_fr label_ar label_en is_reviewed_ar",
    ),
    "sign_in_attempt": Columns(
        nothing="id",
        other_party="subject_digest kind attempted_at succeeded",
    ),
    "site": Columns(
        nothing="company_id name province_code id",
    ),
    "tombstone": Columns(
        technical="digest agency_id cause forgotten_at",
    ),
    "unit_province": Columns(
        nothing="province_code unit_id agency_id",
    ),
    "user_account": Columns(
        nothing="id created_at",
        other_party="email display_name password_hash totp_sealed totp_last_step language disabled_at",
    ),
    "visa": Columns(
        nothing="pack_id organisation_id party state id",
        other_party="decided_by signatory decided_at reason",
    ),
    "web_session": Columns(
        nothing="id",
        technical="link_id",
        other_party=(
            "token_digest user_id membership_id stage payload started_at seen_at ended_at device ends_at proved_at"
        ),
    ),
}
"""Table → its columns."""
