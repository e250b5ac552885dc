"""Act one: the site is marked as a demonstration, organisations of every kind are founded, people get accounts."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select

from skills_bridge.adapters.vault import new_totp_secret
from skills_bridge.cli.demo.stage import Stage
from skills_bridge.domain.accounts import Actor, Role
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.packs import Party
from skills_bridge.models import Organisation
from skills_bridge.reference.demo import DemoOrganisation, demo_organisations
from skills_bridge.reference.lists import provinces, regions
from skills_bridge.services.accounts import add_membership, create_account
from skills_bridge.services.organisations import create_organisation, create_site, create_unit, mark_demo
from skills_bridge.unit_of_work import UnitOfWork

ACCOUNTS: Final = "accounts.json"
_K = OrganisationKind
_R = Role

PARTIES: Final[dict[str, tuple[OrganisationKind, str, str, Party | None]]] = {
    "platform": (_K.PLATFORM, "Plateforme (fictif)", "المنصة (جهة وهمية)", None),
    "agency": (_K.AGENCY, "Agence de l’emploi (fictif)", "وكالة التشغيل (جهة وهمية)", Party.AGENCY),
    "industry": (_K.MINISTRY, "Ministère A, industrie (fictif)", "الوزارة أ، الصناعة (جهة وهمية)", Party.INDUSTRY),
    "employment": (_K.MINISTRY, "Ministère B, emploi (fictif)", "الوزارة ب، التشغيل (جهة وهمية)", Party.EMPLOYMENT),
    "association": (
        _K.ASSOCIATION,
        "Association professionnelle (fictif)",
        "الجمعية المهنية (جهة وهمية)",
        Party.ASSOCIATION,
    ),
}
"""Invented organisations that hold the places of the four parties and of the platform."""

DESKS: Final[tuple[tuple[str, str, Role, str], ...]] = (
    ("administrator", "platform", _R.ADMINISTRATOR, "Administrateur(trice) fictif(ve)"),
    ("data_protection_officer", "platform", _R.DATA_PROTECTION_OFFICER, "Délégué(e) aux données fictif(ve)"),
    ("unit_manager", "agency", _R.UNIT_MANAGER, "Responsable d’agence fictif(ve)"),
    ("report_officer", "agency", _R.REPORT_OFFICER, "Chargé(e) du rapport fictif(ve)"),
    ("analyst", "industry", _R.ANALYST, "Analyste fictif(ve)"),
    ("officer", "association", _R.OFFICER, "Chargé(e) de mission fictif(ve)"),
    ("signatory:industry", "industry", _R.SIGNATORY, "Signataire A"),
    ("signatory:employment", "employment", _R.SIGNATORY, "Signataire B"),
    ("signatory:agency", "agency", _R.SIGNATORY, "Signataire C"),
    ("signatory:association", "association", _R.SIGNATORY, "Signataire D"),
)
"""Key, organisation, role and name of those who have no counter of their own."""

SIGNATORIES: Final = tuple(key for key, *_ in DESKS if key.startswith("signatory:"))
FIRST_REGION: Final = "01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person's way in; kept in a file that only its owner reads."""

    key: str
    role: str
    organisation: str
    name: str
    email: str
    password: str
    totp_secret: str


class Founding:
    """Founds the country of the demonstration; ``accounts`` grows with each person."""

    def __init__(self, stage: Stage) -> None:
        """Keep the stage."""
        self.stage = stage
        self.accounts: list[Account] = []
        self.ids: dict[str, int] = {}

    def mark(self) -> None:
        """Mark the site as a demonstration, before anything else is written."""
        with self.stage.platform() as uow:
            mark_demo(uow)

    def found(self) -> Mapping[str, int]:
        """Found organisations, units, accounts and sites, and return organisations by key."""
        with self.stage.platform() as uow:
            for key, (kind, name_fr, name_ar, party) in PARTIES.items():
                made = create_organisation(uow, kind=kind, name_fr=name_fr, name_ar=name_ar, party=party)
                self.ids[key] = made.id
            for key, invented in members():
                kind = OrganisationKind(invented.kind)
                made = create_organisation(uow, kind=kind, name_fr=invented.name_fr, name_ar=invented.name_ar)
                self.ids[key] = made.id
            units = self._found_units(uow)
            self._admit_people(uow, units)
        self._open_sites()
        return self.ids

    def _found_units(self, uow: UnitOfWork) -> Mapping[str, int]:
        """Found one unit a region, which follows all its provinces."""
        return {
            region.code: create_unit(
                uow,
                agency_id=self.ids["agency"],
                name_fr=f"Agence {region.label_fr} (fictif)",
                name_ar=f"وكالة {region.label_ar} (وهمية)",
                provinces=tuple(one.code for one in provinces() if one.region_code == region.code),
            ).id
            for region in regions()
        }

    def _admit_people(self, uow: UnitOfWork, units: Mapping[str, int]) -> None:
        for key, home, role, name in DESKS:
            unit = units[FIRST_REGION] if role is Role.UNIT_MANAGER else None
            self._admit(uow, key, home, role, name, unit_id=unit)
        for region in regions():
            name = f"Conseiller(ère) fictif(ve) {region.code}"
            self._admit(uow, f"adviser:{region.code}", "agency", Role.ADVISER, name, unit_id=units[region.code])
        for key, invented in members():
            number = key.partition(":")[2]
            if invented.kind == "company":
                self._admit(uow, f"hr_manager:{number}", key, Role.HR_MANAGER, f"Responsable RH fictif(ve) {number}")
                admin = "company_admin" if number == "1" else f"company_admin:{number}"
                self._admit(uow, admin, key, Role.COMPANY_ADMIN, f"Administrateur(trice) d’entreprise {number}")
            else:
                self._admit(
                    uow, f"centre_manager:{number}", key, Role.CENTRE_MANAGER, f"Responsable de centre {number}"
                )
        second = self.stage.actors["company_admin"].user_id or 0  # one person who acts for two companies
        add_membership(uow, user_id=second, organisation_id=self.ids["company:2"], role=Role.HR_MANAGER)

    def _admit(
        self, uow: UnitOfWork, key: str, home: str, role: Role, name: str, *, unit_id: int | None = None
    ) -> None:
        """Open an account with a random password and second factor, and give it its role."""
        account = Account(
            key=key,
            role=role.value,
            organisation=_name_of(home),
            name=name,
            email=f"{key.replace(':', '-').replace('_', '-')}@demonstration.invalid",
            password=secrets.token_urlsafe(12),
            totp_secret=new_totp_secret(),
        )
        user = create_account(
            uow,
            email=account.email,
            display_name=name,
            password=account.password,
            totp_secret=account.totp_secret,
            vault=self.stage.vault,
        )
        membership = add_membership(uow, user_id=user.id, organisation_id=self.ids[home], role=role, unit_id=unit_id)
        self.accounts.append(account)
        self.stage.actors[key] = Actor(
            user_id=user.id,
            organisation_id=self.ids[home],
            organisation_kind=_kind_of(home),
            role=role,
            unit_id=unit_id,
            membership_id=membership.id,
            display_name=name,
            organisation_name=account.organisation,
        )

    def _open_sites(self) -> None:
        for key, invented in members():
            if invented.kind == "company":
                number = key.partition(":")[2]
                with self.stage.acting(f"hr_manager:{number}") as uow:
                    create_site(
                        uow,
                        company_id=self.ids[key],
                        name="Site principal (fictif)",
                        province_code=invented.province_code,
                    )


def members() -> Iterator[tuple[str, DemoOrganisation]]:
    """Yield the invented companies and centres with their keys, ``company:1`` or ``training_centre:1``."""
    numbers: dict[str, int] = {}
    for invented in demo_organisations():
        numbers[invented.kind] = numbers.get(invented.kind, 0) + 1
        yield f"{invented.kind}:{numbers[invented.kind]}", invented


def companies() -> Iterator[tuple[int, DemoOrganisation]]:
    """Yield the invented companies with their numbers."""
    for key, invented in members():
        if invented.kind == "company":
            yield int(key.partition(":")[2]), invented


def _name_of(key: str) -> str:
    return PARTIES[key][1] if key in PARTIES else dict(members())[key].name_fr


def _kind_of(key: str) -> OrganisationKind:
    return PARTIES[key][0] if key in PARTIES else OrganisationKind(dict(members())[key].kind)


def keep_accounts(folder: Path, accounts: list[Account]) -> Path:
    """Write the ways in to a file that only its owner reads."""
    place = folder / ACCOUNTS
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump([asdict(account) for account in accounts], file, ensure_ascii=False, indent=1)
    return place


def kept_accounts(folder: Path) -> list[Account]:
    """Return the ways in of an earlier start; none if there was none."""
    place = folder / ACCOUNTS
    if not place.exists():
        return []
    return [Account(**one) for one in json.loads(place.read_text(encoding="utf-8"))]


def is_founded(stage: Stage) -> bool:
    """Say whether the database holds organisations already."""
    with stage.platform() as uow:
        return uow.session.scalar(select(Organisation.id).limit(1)) is not None
