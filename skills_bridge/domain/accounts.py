"""Who acts: roles, the actor of a transaction and its scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from skills_bridge.domain.organisations import OrganisationKind


class Role(StrEnum):
    """What a person may do for one organisation; a membership carries one role."""

    HR_MANAGER = "hr_manager"
    COMPANY_ADMIN = "company_admin"
    ADVISER = "adviser"
    UNIT_MANAGER = "unit_manager"
    REPORT_OFFICER = "report_officer"
    SIGNATORY = "signatory"
    CENTRE_MANAGER = "centre_manager"
    ANALYST = "analyst"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"
    DATA_PROTECTION_OFFICER = "data_protection_officer"


ROLES_BY_KIND: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.COMPANY: frozenset({Role.HR_MANAGER, Role.COMPANY_ADMIN}),
    OrganisationKind.TRAINING_CENTRE: frozenset({Role.CENTRE_MANAGER}),
    OrganisationKind.AGENCY: frozenset({Role.ADVISER, Role.UNIT_MANAGER, Role.REPORT_OFFICER, Role.SIGNATORY}),
    OrganisationKind.MINISTRY: frozenset({Role.ANALYST, Role.SIGNATORY}),
    OrganisationKind.ASSOCIATION: frozenset({Role.OFFICER, Role.SIGNATORY}),
    OrganisationKind.PLATFORM: frozenset({Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER}),
}

_SEATS_OF_AGENCY = frozenset({Role.REPORT_OFFICER, Role.SIGNATORY, Role.UNIT_MANAGER})
ADMINISTERS: Final[Mapping[OrganisationKind, Mapping[Role, frozenset[Role]]]] = {
    OrganisationKind.COMPANY: {Role.COMPANY_ADMIN: ROLES_BY_KIND[OrganisationKind.COMPANY]},
    OrganisationKind.TRAINING_CENTRE: {Role.CENTRE_MANAGER: ROLES_BY_KIND[OrganisationKind.TRAINING_CENTRE]},
    OrganisationKind.AGENCY: {
        Role.UNIT_MANAGER: frozenset({Role.ADVISER, Role.UNIT_MANAGER}),
        Role.SIGNATORY: _SEATS_OF_AGENCY,
    },
    OrganisationKind.MINISTRY: {Role.SIGNATORY: ROLES_BY_KIND[OrganisationKind.MINISTRY]},
    OrganisationKind.ASSOCIATION: {Role.SIGNATORY: ROLES_BY_KIND[OrganisationKind.ASSOCIATION]},
    OrganisationKind.PLATFORM: {Role.ADMINISTRATOR: ROLES_BY_KIND[OrganisationKind.PLATFORM]},
}
"""Which roles administer an organisation of each kind, and which roles each of them gives and takes away.

Whoever signs for a party chooses who else may: a role never lets its holder give herself a higher one.
"""


def role_named(word: str) -> Role | None:
    """Return the role of that code; None if there is none."""
    return next((role for role in Role if role == word), None)


def may_give(kind: OrganisationKind | None, role: Role | None) -> frozenset[Role]:
    """Return the roles that a role gives and takes away in an organisation of a kind; none for most."""
    if kind is None or role is None:
        return frozenset()
    return ADMINISTERS[kind].get(role, frozenset())


def is_short_lived(kind: OrganisationKind | None, role: Role | None) -> bool:
    """Say whether a session ends after the stricter span: ministries, and those who administer."""
    return kind is OrganisationKind.MINISTRY or bool(may_give(kind, role))


@dataclass(frozen=True)
class Seat:
    """Another place of the same person: an organisation that may act, and her role there."""

    membership_id: int
    name_fr: str
    name_ar: str
    role: Role

    def organisation(self, language: str) -> str:
        """Return the organisation's name for a reader."""
        return self.name_ar if language == "ar" else self.name_fr


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The person, or the clock, that acts in one transaction.

    ``user_id`` is None for background work; ``role`` is None for background work too, and then
    no permission check applies: the permission was checked when the work was asked for.
    A person in search of work who came by her personal link has a ``seeker_id`` and neither account nor role.
    """

    user_id: int | None
    organisation_id: int | None
    organisation_kind: OrganisationKind | None
    role: Role | None
    unit_id: int | None = None
    membership_id: int | None = None
    session_id: int | None = None
    display_name: str = ""
    organisation_name: str = ""
    organisation_name_ar: str = ""
    language: str = "fr"
    other_seats: tuple[Seat, ...] = ()
    seeker_id: int | None = None
    link_id: int | None = None

    def organisation(self, language: str) -> str:
        """Return the organisation's name for a reader."""
        return self.organisation_name_ar or self.organisation_name if language == "ar" else self.organisation_name

    @property
    def is_human(self) -> bool:
        """Whether a person acts (outcomes for people need one)."""
        return self.user_id is not None or self.seeker_id is not None

    @property
    def is_seeker(self) -> bool:
        """Whether a person in search of work acts for herself, by her personal link."""
        return self.seeker_id is not None


def clock_of(organisation_id: int, kind: OrganisationKind) -> Actor:
    """Return the clock that works for one organisation: background work and commands in its scope."""
    return Actor(user_id=None, organisation_id=organisation_id, organisation_kind=kind, role=None, display_name="clock")


CLOCK = Actor(user_id=None, organisation_id=None, organisation_kind=None, role=None, display_name="clock")


class ScopeKind(StrEnum):
    """What the database lets a transaction see."""

    TENANT = "tenant"
    SEEKER = "seeker"
    ACCOUNT = "account"
    PLATFORM = "platform"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The second lock: set in the database for one transaction, read by every row-level policy."""

    kind: ScopeKind
    organisation_id: int | None = None
    organisation_kind: OrganisationKind | None = None
    seeker_id: int | None = None
    user_id: int | None = None
    session_id: int | None = None


PLATFORM_SCOPE = Scope(kind=ScopeKind.PLATFORM)


def tenant_scope(actor: Actor) -> Scope:
    """Return the scope of a signed-in person: one organisation."""
    return Scope(
        kind=ScopeKind.TENANT,
        organisation_id=actor.organisation_id,
        organisation_kind=actor.organisation_kind,
        user_id=actor.user_id,
        session_id=actor.session_id,
    )


def seeker_scope(actor: Actor) -> Scope:
    """Return the scope of a personal link: one person; the organisation is her agency, whose work follows."""
    return Scope(
        kind=ScopeKind.SEEKER,
        organisation_id=actor.organisation_id,
        seeker_id=actor.seeker_id,
        session_id=actor.session_id,
    )


def scope_of(actor: Actor) -> Scope:
    """Return the scope of whoever is signed in: her organisation, or herself alone."""
    return seeker_scope(actor) if actor.is_seeker else tenant_scope(actor)


def account_scope(user_id: int | None = None) -> Scope:
    """Return the scope of sign-in: credential tables, and memberships of one user."""
    return Scope(kind=ScopeKind.ACCOUNT, user_id=user_id)
