"""The law on one page: who may do what. One grant whose role and rules all hold is enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from skills_bridge.domain.accounts import ADMINISTERS, Actor, Role, may_give
from skills_bridge.domain.errors import NotPermitted


class Permission(StrEnum):
    """Every act of the product, as ``area:verb``."""

    ACCOUNT_KEEP = "account:keep"
    HOME_SEE = "home:see"
    COHORT_ENROL = "cohort:enrol"
    COHORT_MANAGE = "cohort:manage"
    COHORT_SEE = "cohort:see"
    ENROLMENT_CERTIFY = "enrolment:certify"
    FIGURE_SEE = "figure:see"
    FRAMEWORK_SEE = "framework:see"
    IDENTITY_REVEAL = "identity:reveal"
    IMPORT_EXPORT = "import:export"
    IMPORT_MANAGE = "import:manage"
    JOB_MANAGE = "job:manage"
    JOB_SEE = "job:see"
    LINK_GIVE = "link:give"
    MATCH_RUN = "match:run"
    MATCH_RUN_ALL = "match:run_all"
    MATCH_SEE = "match:see"
    MEMBER_MANAGE = "member:manage"
    NEED_MANAGE = "need:manage"
    NEED_SEE = "need:see"
    NOTICE_SEE = "notice:see"
    OPENING_CLOSE = "opening:close"
    OPENING_MANAGE = "opening:manage"
    OPENING_PAUSE = "opening:pause"
    OPENING_SEE = "opening:see"
    OPENING_VALIDATE = "opening:validate"
    ORGANISATION_MANAGE = "organisation:manage"
    ORGANISATION_SEE = "organisation:see"
    OWN_FILE_SEE = "own_file:see"
    OWN_PROPOSAL_ANSWER = "own_proposal:answer"
    OWN_RIGHTS_USE = "own_rights:use"
    PACK_FREEZE = "pack:freeze"
    PACK_SEE = "pack:see"
    PACK_VISA = "pack:visa"
    PLACEMENT_RECORD = "placement:record"
    PLACEMENT_SEE = "placement:see"
    RECOVERY_RENEW = "recovery:renew"
    REFERRAL_ANSWER = "referral:answer"
    REFERRAL_MANAGE = "referral:manage"
    REFERRAL_SEE = "referral:see"
    RESERVATION_MANAGE = "reservation:manage"
    RESERVATION_SEE = "reservation:see"
    REGISTER_SEE = "register:see"
    RETENTION_SEE = "retention:see"
    RIGHTS_DECIDE = "rights:decide"
    RIGHTS_SEE = "rights:see"
    RIGHTS_TAKE = "rights:take"
    SEEKER_MANAGE = "seeker:manage"
    SEEKER_SEE = "seeker:see"
    SITE_MANAGE = "site:manage"
    AUDIT_SEE = "audit:see"
    AUDIT_VERIFY = "audit:verify"


Rule = Callable[[Actor, object], bool]


@dataclass(frozen=True)
class Grant:
    """A role, and the predicates that the object must satisfy."""

    role: Role
    rules: tuple[Rule, ...] = ()


def is_own_company(actor: Actor, thing: object) -> bool:
    """The object belongs to the actor's company."""
    return getattr(thing, "company_id", None) == actor.organisation_id


def is_own_centre(actor: Actor, thing: object) -> bool:
    """The object belongs to the actor's training centre."""
    return getattr(thing, "centre_id", None) == actor.organisation_id


def is_own_agency(actor: Actor, thing: object) -> bool:
    """The object belongs to the actor's agency."""
    return getattr(thing, "agency_id", None) == actor.organisation_id


def is_same_unit(actor: Actor, thing: object) -> bool:
    """The actor's unit follows the object; an actor without a unit follows all of the agency's."""
    return actor.unit_id is None or getattr(thing, "unit_id", None) == actor.unit_id


def is_own_organisation(actor: Actor, thing: object) -> bool:
    """The visa is asked of the actor's organisation, or the work was."""
    return getattr(thing, "organisation_id", None) == actor.organisation_id


def is_role_given(actor: Actor, thing: object) -> bool:
    """The actor's role gives and takes away the role of the member or invitation."""
    return getattr(thing, "role", None) in may_give(actor.organisation_kind, actor.role)


def is_own_file(actor: Actor, thing: object) -> bool:
    """The object is the person's own: her file, or something of hers."""
    return actor.seeker_id is not None and getattr(thing, "seeker_id", None) == actor.seeker_id


_P = Permission
_R = Role
_HR = (_R.HR_MANAGER, _R.COMPANY_ADMIN)
_ADVISERS = (_R.ADVISER, _R.UNIT_MANAGER)
_AGENCY = (*_ADVISERS, _R.REPORT_OFFICER, _R.SIGNATORY)
_ADMINISTRATORS = tuple(role for role in _R if any(role in roles for roles in ADMINISTERS.values()))
_READERS = (_R.ANALYST, _R.OFFICER, _R.SIGNATORY, _R.REPORT_OFFICER, _R.UNIT_MANAGER)


def _grants(roles: tuple[Role, ...], *rules: Rule) -> tuple[Grant, ...]:
    """Return the same grant for several roles."""
    return tuple(Grant(role, rules) for role in roles)


GRANTS: Final[Mapping[Permission, tuple[Grant, ...]]] = {
    _P.ACCOUNT_KEEP: _grants(tuple(_R)),
    _P.AUDIT_SEE: _grants((_R.ADMINISTRATOR, _R.DATA_PROTECTION_OFFICER, _R.COMPANY_ADMIN)),
    _P.AUDIT_VERIFY: _grants((_R.ADMINISTRATOR, _R.DATA_PROTECTION_OFFICER)),
    _P.COHORT_ENROL: _grants(_ADVISERS),
    _P.COHORT_MANAGE: _grants((_R.CENTRE_MANAGER,), is_own_centre),
    _P.COHORT_SEE: _grants((_R.CENTRE_MANAGER, *_ADVISERS, _R.OFFICER)),
    _P.ENROLMENT_CERTIFY: _grants((_R.CENTRE_MANAGER,), is_own_centre),
    _P.FIGURE_SEE: _grants(_READERS),
    _P.FRAMEWORK_SEE: _grants(tuple(_R)),
    _P.HOME_SEE: _grants(tuple(_R)),
    _P.IDENTITY_REVEAL: _grants(_ADVISERS) + _grants(_HR) + _grants((_R.CENTRE_MANAGER,)),
    _P.IMPORT_EXPORT: _grants(_ADVISERS, is_own_agency),
    _P.IMPORT_MANAGE: _grants(_ADVISERS, is_own_agency),
    _P.JOB_MANAGE: _grants((_R.ADMINISTRATOR,)) + _grants((_R.UNIT_MANAGER,), is_own_organisation),
    _P.JOB_SEE: _grants((_R.ADMINISTRATOR, *_ADVISERS, _R.REPORT_OFFICER)),
    _P.LINK_GIVE: _grants(_ADVISERS, is_own_agency, is_same_unit),
    _P.MATCH_RUN: _grants(_ADVISERS, is_same_unit),
    _P.MATCH_RUN_ALL: _grants((_R.UNIT_MANAGER,), is_own_agency),
    _P.MATCH_SEE: _grants(_ADVISERS),
    _P.MEMBER_MANAGE: _grants(_ADMINISTRATORS, is_own_organisation, is_role_given),
    _P.NEED_MANAGE: _grants(_HR, is_own_company),
    _P.NEED_SEE: _grants((*_HR, *_ADVISERS, _R.OFFICER)),
    _P.NOTICE_SEE: _grants(tuple(_R)),
    _P.OPENING_CLOSE: _grants(_HR, is_own_company) + _grants(_ADVISERS, is_same_unit),
    _P.OPENING_MANAGE: _grants(_HR, is_own_company),
    _P.OPENING_PAUSE: _grants(_HR, is_own_company) + _grants(_ADVISERS, is_same_unit),
    _P.OPENING_SEE: _grants((*_HR, *_ADVISERS, _R.OFFICER)),
    _P.OPENING_VALIDATE: _grants(_ADVISERS, is_same_unit),
    _P.ORGANISATION_MANAGE: _grants((_R.ADMINISTRATOR,)),
    _P.ORGANISATION_SEE: _grants((_R.ADMINISTRATOR, _R.OFFICER)),
    _P.OWN_FILE_SEE: (),
    _P.OWN_PROPOSAL_ANSWER: (),
    _P.OWN_RIGHTS_USE: (),
    _P.PACK_FREEZE: _grants((_R.REPORT_OFFICER,)),
    _P.PACK_SEE: _grants((_R.ANALYST, _R.OFFICER, _R.SIGNATORY, _R.REPORT_OFFICER)),
    _P.PACK_VISA: _grants((_R.SIGNATORY,), is_own_organisation),
    _P.PLACEMENT_RECORD: _grants(_HR, is_own_company) + _grants(_ADVISERS, is_own_agency),
    _P.PLACEMENT_SEE: _grants((*_HR, *_ADVISERS)),
    _P.RECOVERY_RENEW: _grants(tuple(_R)),
    _P.REFERRAL_ANSWER: _grants(_HR, is_own_company),
    _P.REFERRAL_MANAGE: _grants(_ADVISERS, is_own_agency, is_same_unit),
    _P.REFERRAL_SEE: _grants((*_HR, *_ADVISERS)),
    _P.RESERVATION_MANAGE: _grants(_ADVISERS, is_own_agency, is_same_unit),
    _P.RESERVATION_SEE: _grants((*_HR, *_ADVISERS, _R.CENTRE_MANAGER)),
    _P.REGISTER_SEE: _grants((_R.ADMINISTRATOR, _R.DATA_PROTECTION_OFFICER, *_AGENCY)),
    _P.RETENTION_SEE: _grants((_R.DATA_PROTECTION_OFFICER, *_ADVISERS)),
    _P.RIGHTS_DECIDE: _grants((_R.DATA_PROTECTION_OFFICER,)),
    _P.RIGHTS_SEE: _grants((_R.DATA_PROTECTION_OFFICER, *_ADVISERS)),
    _P.RIGHTS_TAKE: _grants(_ADVISERS, is_own_agency, is_same_unit),
    _P.SEEKER_MANAGE: _grants(_ADVISERS, is_own_agency, is_same_unit),
    _P.SEEKER_SEE: _grants(_ADVISERS),
    _P.SITE_MANAGE: _grants(_HR, is_own_company),
}

HERS: Final[Mapping[Permission, tuple[Rule, ...]]] = {
    _P.OWN_FILE_SEE: (is_own_file,),
    _P.OWN_PROPOSAL_ANSWER: (is_own_file,),
    _P.OWN_RIGHTS_USE: (is_own_file,),
}
"""What a personal link may do, with the rules that its object must satisfy; no role has any of it."""

RISKY: Final = frozenset(
    {
        _P.IDENTITY_REVEAL,
        _P.IMPORT_EXPORT,
        _P.LINK_GIVE,
        _P.MEMBER_MANAGE,
        _P.ORGANISATION_MANAGE,
        _P.PACK_FREEZE,
        _P.PACK_VISA,
        _P.RECOVERY_RENEW,
        _P.RIGHTS_DECIDE,
    }
)
"""Acts that need password and code of the last fifteen minutes: who she is may have changed since she sat down."""

PERSONAL: Final = frozenset(
    {
        _P.IMPORT_MANAGE,
        _P.MATCH_SEE,
        _P.PLACEMENT_SEE,
        _P.REFERRAL_SEE,
        _P.RESERVATION_SEE,
        _P.RIGHTS_SEE,
        _P.SEEKER_SEE,
    }
)
"""Lists of people: to take one out of the site as a file needs the same."""


def may(actor: Actor | None, permission: Permission) -> bool:
    """Say whether the actor's role is granted the permission on some object: the question at the door."""
    if actor is None:
        return False
    if actor.is_seeker:
        return permission in HERS
    return any(grant.role == actor.role for grant in GRANTS[permission])


def authorize(actor: Actor, permission: Permission, thing: object) -> None:
    """Check the role and the object; background work was checked when it was asked for.

    :raises NotPermitted: no grant of the permission holds for this actor and object.
    """
    if not actor.is_human:
        return
    if actor.is_seeker:
        rules = [HERS[permission]] if permission in HERS else []
    else:
        rules = [grant.rules for grant in GRANTS[permission] if grant.role == actor.role]
    if not any(all(rule(actor, thing) for rule in one) for one in rules):
        raise NotPermitted(permission.value)


def own_or(actor: Actor, hers: Permission, staff: Permission) -> Permission:
    """Return the permission that an act asks for: one of her own if the person acts by her link, else that of staff."""
    return hers if actor.is_seeker else staff


def is_allowed(actor: Actor, permission: Permission, thing: object) -> bool:
    """Say whether :func:`authorize` would let the actor pass: what a page offers and what a service permits agree."""
    try:
        authorize(actor, permission, thing)
    except NotPermitted:
        return False
    return True
