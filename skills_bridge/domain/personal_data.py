"""Every column of the schema, judged: what is told to a person, what happens to it when her file is forgotten.

A new column fails a test until it stands here. ``told`` columns make the access file, ``technical`` ones are keys and
seals that say nothing more of her, ``other_party`` ones speak of somebody else (staff, a party's person), ``nothing``
holds no person's data. ``link`` is the column that leads to the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Fate(StrEnum):
    """What happens to a person's rows when her file is forgotten."""

    DELETED = "deleted"
    EMPTIED = "emptied"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of one table by what they are; names apart by blanks.

    ``fate`` is None where no row leads to a person; ``emptied`` are the columns that lose their value.
    """

    told: str = ""
    technical: str = ""
    other_party: str = ""
    nothing: str = ""
    link: str = ""
    fate: Fate | None = None
    emptied: str = ""

    @property
    def all(self) -> frozenset[str]:
        """Every column that was judged."""
        return frozenset(f"{self.told} {self.technical} {self.other_party} {self.nothing}".split())


SCHEMA: Final[Mapping[str, Columns]] = {
    "access_file": Columns(
        technical="request_id agency_id content_sealed built_at expires_at taken_at taken_by",
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
    "consent": Columns(
        link="seeker_id",
        told="kind text_version language channel given_at withdrawn_at",
        technical="id seeker_id agency_id",
        fate=Fate.KEPT,
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
    "enrolment": Columns(
        link="seeker_id",
        told="cohort_id centre_id state reason changed_at",
        technical="id public_id seeker_id agency_id created_at",
        other_party="decided_by",
        fate=Fate.KEPT,
    ),
    "figure": Columns(
        nothing=(
            "kpi month_on breakdown cell measure numerator denominator n value unit is_hidden "
            "not_measured pack_id as_of id"
        ),
    ),
    "gate": Columns(
        nothing="revision_id kind company_id operand",
    ),
    "held_competency": Columns(
        link="seeker_id",
        told="competency_id level evidence valid_until source recorded_at",
        technical="seeker_id agency_id",
        fate=Fate.DELETED,
    ),
    "import_batch": Columns(
        technical="agency_id unit_id state problem job_id checked_at applied_at id created_at",
        other_party="user_id file_name content_sealed",
    ),
    "import_row": Columns(
        link="seeker_id",
        technical="batch_id number agency_id verdict problems content_sealed seeker_id",
        fate=Fate.EMPTIED,
        emptied="problems content_sealed",
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
    "match_result": Columns(
        link="seeker_id",
        told="opening_id result_class rank score cohort_id",
        technical="run_id seeker_id agency_id points order_key unknown_gates unproven person",
        fate=Fate.KEPT,
    ),
    "match_run": Columns(
        nothing=(
            "agency_id opening_id policy_id job_id as_of engine_version input_digest result_digest "
            "counts times attached_at id created_at"
        ),
        other_party="asked_by",
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
    "placement": Columns(
        link="seeker_id",
        told=(
            "opening_id company_id kind contract_code signed_on started_on recorded_at cancelled_on "
            "cancelled_at cancel_reason ended_on"
        ),
        technical="id public_id referral_id seeker_id agency_id post_id created_at",
        other_party="recorded_by",
        fate=Fate.KEPT,
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
    "proposal": Columns(
        link="seeker_id",
        told=("opening_id company_id state score below_best own_place own_offers is_waiting decided_at reason note"),
        technical="id public_id allocation_id seeker_id agency_id unit_id is_kept created_at",
        other_party="decided_by",
        fate=Fate.DELETED,
    ),
    "province": Columns(
        nothing="code region_code aliases label_fr label_ar label_en is_reviewed_ar",
    ),
    "reference_counter": Columns(
        nothing="series year last_number",
    ),
    "referral": Columns(
        link="seeker_id",
        told=(
            "opening_id company_id state score parts result_class message answered_channel "
            "answered_on answer_due_on reason sent_at changed_at invited_at invited_place "
            "invited_contact"
        ),
        technical="id public_id seeker_id agency_id unit_id run_id created_at version",
        other_party="proposed_by decided_by",
        fate=Fate.EMPTIED,
        emptied="parts message invited_place invited_contact",
    ),
    "region": Columns(
        nothing="code label_fr label_ar label_en is_reviewed_ar",
    ),
    "requirement": Columns(
        nothing="revision_id competency_id company_id level is_must weight evidence_asked",
    ),
    "retention_notice": Columns(
        link="seeker_id",
        told="noticed_at due_on ended_at outcome",
        technical="id seeker_id agency_id unit_id",
        fate=Fate.KEPT,
    ),
    "retention_run": Columns(
        technical="agency_id ran_at is_applied counts id",
    ),
    "reveal": Columns(
        link="seeker_id",
        told="reason revealed_at",
        technical="id session_id seeker_id expires_at organisation_id opening_id",
        other_party="user_id",
        fate=Fate.KEPT,
    ),
    "rights_request": Columns(
        link="seeker_id",
        told="reference kind state channel language details received_on due_on refusal changed_at",
        technical="id agency_id unit_id seeker_id pseudonym created_at",
        other_party="recorded_by decided_by",
        fate=Fate.EMPTIED,
        emptied="details",
    ),
    "seeker": Columns(
        link="id",
        told=(
            "pseudonym state registered_on refreshed_on province_code unit_id education_code "
            "field_code experience_months available_on adult_on nationality mobility contracts shifts "
            "licences wanted_profiles interviewed_at matching_objected_at"
        ),
        technical="id agency_id public_id created_at version",
        fate=Fate.EMPTIED,
        emptied=(
            "education_code field_code experience_months available_on adult_on mobility contracts "
            "shifts licences wanted_profiles interviewed_at"
        ),
    ),
    "seeker_equity": Columns(
        link="seeker_id",
        told="sex birth_year",
        technical="seeker_id agency_id",
        fate=Fate.DELETED,
    ),
    "seeker_experience": Columns(
        link="seeker_id",
        told="job_profile_id months ended_on title",
        technical="id seeker_id agency_id",
        fate=Fate.DELETED,
    ),
    "seeker_identity": Columns(
        link="seeker_id",
        told="first_name last_name first_name_ar last_name_ar cin_kind cin_sealed phone email address",
        technical="seeker_id agency_id cin_key_id cin_index cin_masked",
        fate=Fate.DELETED,
    ),
    "seeker_language": Columns(
        link="seeker_id",
        told="language_code level",
        technical="seeker_id agency_id",
        fate=Fate.DELETED,
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
    "state_change": Columns(
        link="object_id",
        told="object_kind from_state to_state reason note changed_at",
        technical="id object_id company_id centre_id agency_id",
        other_party="user_id actor_name",
        fate=Fate.EMPTIED,
        emptied="note",
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
        other_party="token_digest user_id membership_id stage payload started_at seen_at ended_at",
    ),
}
"""Table → its columns."""

PERSONS: Final[Mapping[str, Columns]] = {table: columns for table, columns in SCHEMA.items() if columns.link}
"""Tables whose rows lead to a person."""

HISTORIES: Final[Mapping[str, str]] = {
    "enrolment": "enrolment",
    "placement": "placement",
    "proposal": "proposal",
    "referral": "referral",
    "rights_request": "rights_request",
}
"""Kinds of objects in the history of states that are a person's, with their table; her file is the kind *seeker*."""
