"""One personal link, so that a visitor sees the pages of a person in search of work."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from skills_bridge.cli.demo.stage import Stage
from skills_bridge.domain.accounts import CLOCK, tenant_scope
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.personal import Handing
from skills_bridge.domain.referrals import ReferralState
from skills_bridge.models import Organisation, PersonalLink, Referral, Reservation, Seeker
from skills_bridge.services.personal import PATH, PURPOSE, give_link
from skills_bridge.unit_of_work import scoped, utc_now

LANGUAGE: Final = "ar"


def hand_out_link(stage: Stage) -> bool:
    """Have an adviser hand a link to somebody of her unit who is asked for an answer; say whether there is one."""
    asked = or_(
        select(Referral.id).where(Referral.seeker_id == Seeker.id, Referral.state == ReferralState.PROPOSED).exists(),
        select(Reservation.id)
        .where(Reservation.seeker_id == Seeker.id, Reservation.accepted_at.is_(None), Reservation.ended_at.is_(None))
        .exists(),
    )
    for who, actor in stage.actors.items():
        if not who.startswith("adviser:"):
            continue
        with stage.looking(who) as session:
            wanted = select(Seeker.id).where(Seeker.unit_id == actor.unit_id, asked).order_by(Seeker.id).limit(1)
            seeker_id = session.scalar(wanted)
        if seeker_id is not None:
            with stage.acting(who) as uow:
                days = stage.settings.link_days
                give_link(
                    uow, seeker_id=seeker_id, handed=Handing.SHOWN, language=LANGUAGE, days=days, vault=stage.vault
                )
            return True
    return False


def link_address(stage: Stage, base_url: str) -> str | None:
    """Return the address of a link that opens, derived anew from its seed; None if there is none."""
    live = select(PersonalLink.seed).where(PersonalLink.ended_at.is_(None), PersonalLink.opens_until > utc_now())
    with stage.platform() as uow:  # a later start knows nobody of the story
        agency_id = uow.session.scalar(select(Organisation.id).where(Organisation.kind == OrganisationKind.AGENCY))
    agency = replace(CLOCK, organisation_id=agency_id, organisation_kind=OrganisationKind.AGENCY)
    with Session(stage.web) as session:
        seed = scoped(session, tenant_scope(agency), read_only=True).scalar(live.order_by(PersonalLink.id).limit(1))
    return None if seed is None else f"{base_url}/{PATH}/{stage.vault.link_token(PURPOSE, seed)}"
