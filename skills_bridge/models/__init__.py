"""A model remembers: the tables, with their constraints and small state changes."""

from skills_bridge.models.accounts import Membership, SignInAttempt, UserAccount, WebSession
from skills_bridge.models.admission import AccountLink, Invitation, RecoveryCode, SecondFactorReset
from skills_bridge.models.allocation import AllocationRun, Proposal
from skills_bridge.models.audit import AuditCheck, AuditEntry, StateChange
from skills_bridge.models.base import Base
from skills_bridge.models.figures import FigureValue
from skills_bridge.models.framework import (
    Competency,
    CompetencyRelation,
    ContractKind,
    DiplomaField,
    EducationLevel,
    JobProfile,
    LabelMeaning,
    Language,
    Licence,
    ProfileRequirement,
    Province,
    Region,
    Shift,
)
from skills_bridge.models.imports import ImportBatch, ImportRow
from skills_bridge.models.jobs import Job
from skills_bridge.models.matching import (
    MatchCount,
    MatchExposure,
    MatchInput,
    MatchPolicy,
    MatchProfile,
    MatchReference,
    MatchResult,
    MatchRun,
    MatchTerms,
)
from skills_bridge.models.needs import Need, NeedLine, NeedRequirement
from skills_bridge.models.notices import Notice
from skills_bridge.models.openings import Gate, Opening, OpeningRevision, Post, Requirement
from skills_bridge.models.organisations import (
    AgencyUnit,
    Organisation,
    OrganisationMove,
    OrganisationRequest,
    PlatformState,
    ReferenceCounter,
    Site,
    UnitProvince,
)
from skills_bridge.models.packs import Pack, PackFile, Visa
from skills_bridge.models.personal import LinkFormUse, PersonalLink
from skills_bridge.models.placements import Placement
from skills_bridge.models.privacy import AccessFile, RetentionNotice, RetentionRun, Reveal, RightsRequest, Tombstone
from skills_bridge.models.referrals import Referral
from skills_bridge.models.reservations import Reservation
from skills_bridge.models.seekers import (
    Consent,
    HeldCompetency,
    Seeker,
    SeekerEquity,
    SeekerExperience,
    SeekerIdentity,
    SeekerLanguage,
)
from skills_bridge.models.sending import FormUse
from skills_bridge.models.training import Cohort, Enrolment, Programme, ProgrammeOutcome

__all__ = [
    "AccessFile",
    "AccountLink",
    "AgencyUnit",
    "AllocationRun",
    "AuditCheck",
    "AuditEntry",
    "Base",
    "Cohort",
    "Competency",
    "CompetencyRelation",
    "Consent",
    "ContractKind",
    "DiplomaField",
    "EducationLevel",
    "Enrolment",
    "FigureValue",
    "FormUse",
    "Gate",
    "HeldCompetency",
    "ImportBatch",
    "ImportRow",
    "Invitation",
    "Job",
    "JobProfile",
    "LabelMeaning",
    "Language",
    "Licence",
    "LinkFormUse",
    "MatchCount",
    "MatchExposure",
    "MatchInput",
    "MatchPolicy",
    "MatchProfile",
    "MatchReference",
    "MatchResult",
    "MatchRun",
    "MatchTerms",
    "Membership",
    "Need",
    "NeedLine",
    "NeedRequirement",
    "Notice",
    "Opening",
    "OpeningRevision",
    "Organisation",
    "OrganisationMove",
    "OrganisationRequest",
    "Pack",
    "PackFile",
    "PersonalLink",
    "Placement",
    "PlatformState",
    "Post",
    "ProfileRequirement",
    "Programme",
    "ProgrammeOutcome",
    "Proposal",
    "Province",
    "RecoveryCode",
    "ReferenceCounter",
    "Referral",
    "Region",
    "Requirement",
    "Reservation",
    "RetentionNotice",
    "RetentionRun",
    "Reveal",
    "RightsRequest",
    "SecondFactorReset",
    "Seeker",
    "SeekerEquity",
    "SeekerExperience",
    "SeekerIdentity",
    "SeekerLanguage",
    "Shift",
    "SignInAttempt",
    "Site",
    "StateChange",
    "Tombstone",
    "UnitProvince",
    "UserAccount",
    "Visa",
    "WebSession",
]
