"""Training: programmes and cohorts of a centre, the people in them, their certificates."""

from skills_bridge.services.training.certificates import (
    certify_enrolment,
    certify_enrolments,
    complete_enrolment,
    complete_enrolments,
)
from skills_bridge.services.training.cohorts import (
    cancel_cohort,
    create_cohort,
    end_cohort,
    publish_cohort,
    start_cohort,
    update_cohort,
)
from skills_bridge.services.training.enrolments import (
    confirm_enrolments,
    drop_enrolment,
    enrol_seeker,
    withdraw_enrolment,
)
from skills_bridge.services.training.programmes import ProgrammeDraft, create_programme, update_programme

__all__ = [
    "ProgrammeDraft",
    "cancel_cohort",
    "certify_enrolment",
    "certify_enrolments",
    "complete_enrolment",
    "complete_enrolments",
    "confirm_enrolments",
    "create_cohort",
    "create_programme",
    "drop_enrolment",
    "end_cohort",
    "enrol_seeker",
    "publish_cohort",
    "start_cohort",
    "update_cohort",
    "update_programme",
    "withdraw_enrolment",
]
