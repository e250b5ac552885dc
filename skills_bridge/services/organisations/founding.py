"""Organisations, the agency's units and the companies' sites."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.organisations import OrganisationKind, OrganisationState
from skills_bridge.domain.packs import Party
from skills_bridge.models import AgencyUnit, Organisation, PlatformState, Province, Site, UnitProvince
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.unit_of_work import UnitOfWork


def create_organisation(
    uow: UnitOfWork,
    *,
    kind: OrganisationKind,
    name_fr: str,
    name_ar: str,
    state: OrganisationState = OrganisationState.VERIFIED,
    party: Party | None = None,
) -> Organisation:
    """Add an organisation; platform scope. Its official names stay *to be confirmed by the party*."""
    organisation = Organisation(kind=kind, name_fr=name_fr, name_ar=name_ar, state=state, party=party)
    uow.session.add(organisation)
    uow.session.flush()  # units, sites and members that follow need the key
    uow.audit("organisation.created", "organisation", organisation.id, kind=kind.value)
    return organisation


def create_unit(
    uow: UnitOfWork, *, agency_id: int, name_fr: str, name_ar: str, provinces: tuple[str, ...]
) -> AgencyUnit:
    """Add a unit of the agency and the provinces that it follows; platform scope."""
    unit = AgencyUnit(agency_id=agency_id, name_fr=name_fr, name_ar=name_ar)
    uow.session.add(unit)
    uow.session.flush()  # its provinces need the key
    uow.session.add_all(UnitProvince(province_code=code, unit_id=unit.id, agency_id=agency_id) for code in provinces)
    return unit


def create_site(uow: UnitOfWork, *, company_id: int, name: str, province_code: str) -> Site:
    """Add a company's place of work.

    :raises Invalid: the name is empty or taken, or the province is none of the 75.
    :raises NotPermitted: the actor does not manage this company's sites.
    """
    name = name.strip()
    if not name:
        raise Invalid("name-missing", field="name")
    if uow.session.get(Province, province_code) is None:
        raise Invalid("province-unknown", field="province_code", value=province_code)
    if uow.session.scalar(select(Site.id).where(Site.company_id == company_id, Site.name == name)) is not None:
        raise Invalid("site-name-taken", field="name", name=name)
    site = Site(company_id=company_id, name=name, province_code=province_code)
    authorize(uow.actor, Permission.SITE_MANAGE, site)
    uow.session.add(site)
    uow.session.flush()  # an opening may name it at once
    return site


def mark_demo(uow: UnitOfWork) -> None:
    """Mark the whole site as showing invented data; every page, file and mail says so from now on. Platform scope."""
    uow.session.execute(
        insert(PlatformState)
        .values(id=1, is_demo=True)
        .on_conflict_do_update(index_elements=["id"], set_={"is_demo": True})
    )
