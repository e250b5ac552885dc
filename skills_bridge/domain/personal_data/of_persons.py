"""The tables whose rows lead to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from skills_bridge.domain.personal_data.judging import Columns, Fate

PERSONS: Final[Mapping[str, Columns]] = {
    "consent": Columns(
        link="seeker_id",
        told="kind text_version language channel given_at withdrawn_at",
        technical="id seeker_id agency_id",
        fate=Fate.KEPT,
    ),
    "enrolment": Columns(
        link="seeker_id",
        told="cohort_id centre_id state reason changed_at",
        technical="id public_id seeker_id agency_id created_at",
        other_party="decided_by",
        fate=Fate.KEPT,
    ),
    "held_competency": Columns(
        link="seeker_id",
        told="competency_id level evidence valid_until source recorded_at",
        technical="seeker_id agency_id",
        fate=Fate.DELETED,
    ),
    "import_row": Columns(
        link="seeker_id",
        technical="batch_id number agency_id verdict problems content_sealed seeker_id",
        fate=Fate.EMPTIED,
        emptied="problems content_sealed",
    ),
    "link_form_use": Columns(
        link="seeker_id",
        technical="link_id digest seeker_id agency_id location used_at",
        fate=Fate.DELETED,
    ),
    "match_profile": Columns(
        link="seeker_id",
        technical=(
            "seeker_id agency_id is_open facts held skills digest packed_on over_on reference_version changed_in"
        ),
        fate=Fate.KEPT,  # packing empties the row of a file for which nobody may look
    ),
    "match_result": Columns(
        link="seeker_id",
        told="opening_id result_class rank score cohort_id",
        technical="run_id seeker_id agency_id points order_key unknown_gates unproven person",
        fate=Fate.KEPT,
    ),
    "personal_link": Columns(
        link="seeker_id",
        told="handed language given_at opens_until last_used_at ended_at end_reason",
        technical="id seeker_id agency_id seed token_digest",
        other_party="given_by",
        fate=Fate.KEPT,  # ended before the file is emptied: it opens nothing
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
    "proposal": Columns(
        link="seeker_id",
        told=(
            "opening_id company_id kind state score below_best own_place own_offers is_waiting decided_at reason note "
            "answered_channel answered_on"
        ),
        technical="id public_id allocation_id seeker_id agency_id unit_id is_kept created_at",
        other_party="decided_by",
        fate=Fate.EMPTIED,
        emptied="note",
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
    "reservation": Columns(
        link="seeker_id",
        told="cohort_id centre_id company_id needed_on expires_at accepted_at enrolled_at ended_at end_reason",
        technical="id public_id proposal_id seeker_id post_id agency_id unit_id enrolment_id created_at",
        other_party="made_by",
        fate=Fate.KEPT,
    ),
    "retention_notice": Columns(
        link="seeker_id",
        told="noticed_at due_on mailed_at ended_at outcome",
        technical="id seeker_id agency_id unit_id",
        fate=Fate.KEPT,
    ),
    "reveal": Columns(
        link="seeker_id",
        told="reason revealed_at",
        technical="id session_id seeker_id expires_at organisation_id opening_id people",
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
    "state_change": Columns(
        link="object_id",
        told="object_kind from_state to_state reason note changed_at",
        technical="id object_id company_id centre_id agency_id",
        other_party="user_id actor_name",
        fate=Fate.EMPTIED,
        emptied="note",
    ),
}
"""Table → its columns; ``link`` leads to the person."""
