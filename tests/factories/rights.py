"""Requests of people for tests, and the background work that carries them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import clock_of, tenant_scope
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.privacy import RequestState, RightsKind
from skills_bridge.domain.seekers import Channel
from skills_bridge.domain.settings import LegalTexts
from skills_bridge.models import RightsRequest
from skills_bridge.services import privacy
from skills_bridge.services.privacy import access
from skills_bridge.unit_of_work import UnitOfWork, transaction, utc_now
from tests.factories.world import VAULT, World

LEGAL = LegalTexts(retention_months=24, retention_notice_days=30, answer_days=15, controller="Agence (fictif)")


@contextmanager
def for_agency(world: World, *, clock: Callable[[], datetime] = utc_now) -> Iterator[UnitOfWork]:
    """Work as the agency's background work does: the worker's role, the agency's scope, nobody in person."""
    actor = clock_of(world.ids["agency"], OrganisationKind.AGENCY)
    with (
        Session(world.engines["worker"]) as session,
        transaction(session, actor=actor, scope=tenant_scope(actor), clock=clock) as uow,
    ):
        yield uow


def a_wish(kind: RightsKind, *, details: str = "le nom", language: str = "fr") -> privacy.Wish:
    """Return what a person asks."""
    return privacy.Wish(kind=kind, channel=Channel.COUNTER, language=language, details=details)


def received(world: World, seeker_id: int, kind: RightsKind, *, language: str = "fr", who: str = "adviser") -> str:
    """Take a request in and return its reference."""
    with world.acting(who) as uow:
        wish = a_wish(kind, language=language)
        return privacy.receive_request(uow, seeker_id=seeker_id, wish=wish, answer_days=15).reference


def accepted(world: World, seeker_id: int, kind: RightsKind, *, language: str = "fr") -> str:
    """Take a request in and have the officer accept it."""
    reference = received(world, seeker_id, kind, language=language)
    with world.acting("data_protection_officer") as uow:
        privacy.accept_request(uow, reference=reference)
    return reference


def carry_out(world: World, reference: str) -> RequestState:
    """Hand an accepted request to its agency and carry it out there, as the workers do; return where it stands."""
    with world.platform() as uow:
        key = uow.session.scalars(select(RightsRequest.id).where(RightsRequest.reference == reference)).one()
        privacy.hand_over(uow, request_id=key)
        handed = [(event.object_id, event.organisation_id) for event in uow.events]
    assert handed == [(key, world.ids["agency"])]
    with for_agency(world) as uow:
        privacy.carry_out(uow, request_id=key, vault=VAULT, build=access.builder(VAULT, LEGAL))
    with world.looking("data_protection_officer") as session:
        return session.scalars(select(RightsRequest.state).where(RightsRequest.id == key)).one()
