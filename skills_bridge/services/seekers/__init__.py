"""Writes about people: register and change files, consents and objections, competencies and their proof."""

from skills_bridge.services.seekers.competencies import (
    assess_competencies,
    finish_interview,
    infer_competencies,
    record_competency,
)
from skills_bridge.services.seekers.consents import (
    lift_objection,
    object_to_matching,
    pause_seeker,
    record_consent,
    resume_seeker,
    withdraw_consent,
)
from skills_bridge.services.seekers.registration import correct_identity, find_seeker, register_seeker, update_seeker

__all__ = [
    "assess_competencies",
    "correct_identity",
    "find_seeker",
    "finish_interview",
    "infer_competencies",
    "lift_objection",
    "object_to_matching",
    "pause_seeker",
    "record_competency",
    "record_consent",
    "register_seeker",
    "resume_seeker",
    "update_seeker",
    "withdraw_consent",
]
