"""People, shortlists, referrals and starts for tests, written through the services as in the product."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import CLOCK, tenant_scope
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import DomainError
from skills_bridge.domain.framework import Evidence
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.placements import PlacementKind
from skills_bridge.domain.seekers import (
    Agreement,
    Channel,
    ConsentKind,
    Identity,
    Profile,
    Registration,
)
from skills_bridge.models import Competency, JobProfile, MatchExposure, Opening, Referral, Seeker
from skills_bridge.services.matching import compute_full_run, compute_shortlist, pack_next, report_exposure
from skills_bridge.services.placements import record_placement
from skills_bridge.services.referrals import invite, record_answer, refer, send_referral
from skills_bridge.services.referrals import select as choose
from skills_bridge.services.seekers import record_competency, register_seeker
from skills_bridge.unit_of_work import UnitOfWork, transaction, utc_now
from tests.factories.openings import OPERATOR
from tests.factories.world import TANGER, VAULT, World

BOTH: Final = frozenset(ConsentKind)
_numbers = count(1)


def today() -> date:
    """Return Morocco's day."""
    return local_day(utc_now())


def silent(_done: int, _total: int) -> None:
    """Tell nobody how far a run is."""


def registered_seeker(
    world: World,
    *,
    who: str = "adviser",
    levels: Mapping[str, int] | None = None,
    evidence: Evidence = Evidence.ASSESSED,
    consents: frozenset[ConsentKind] = BOTH,
    registered_on: date | None = None,
    **profile: Any,
) -> int:
    """Register a person who would work at the company's site, with levels by competency code; return her key."""
    number = next(_numbers)
    facts: dict[str, Any] = {
        "province_code": TANGER,
        "education_code": "baccalaureate",
        "experience_months": 24,
        "available_on": date(2026, 1, 5),
        "born_on": date(1998, 3, 1),
        "mobility": (TANGER,),
        "contracts": ("cdi", "cdd", "ci"),
        "shifts": (),
        "licences": (),
    }
    agreement = Agreement(kinds=consents, text_version="essai-1", language="fr", channel=Channel.COUNTER)
    command = Registration(
        identity=Identity(first_name=f"Prénom{number}", last_name=f"Nom{number}", number=f"K{number:06d}"),
        profile=Profile(**{**facts, **profile}),
        agreement=agreement if consents else None,
        registered_on=registered_on,
    )
    with world.acting(who) as uow:
        seeker_id = register_seeker(uow, command=command, vault=VAULT).id
    for code, level in (levels or {}).items():
        hold(world, seeker_id, code, level, evidence, who=who)
    return seeker_id


def hold(
    world: World, seeker_id: int, code: str, level: int, evidence: Evidence = Evidence.ASSESSED, *, who: str = "adviser"
) -> None:
    """Give a person one competency."""
    with world.acting(who) as uow:
        competency_id = uow.session.scalars(select(Competency.id).where(Competency.code == code)).one()
        record_competency(uow, seeker_id=seeker_id, competency_id=competency_id, level=level, evidence=evidence)


def packed_anew(world: World) -> None:
    """Pack everybody, after a test has written behind the rules."""
    with world.platform() as uow:
        pack_next(uow)


def fitting_seeker(world: World, **profile: Any) -> int:
    """Register a person who is ready for the usual opening."""
    return registered_seeker(world, **{"levels": {"AUTO-001": 3, "AUTO-002": 3}, **profile})


def computed_run(world: World, opening_id: int, *, clock: Callable[[], datetime] = utc_now) -> int:
    """Compute the shortlist of an opening and return its run."""
    with world.platform(clock=clock) as uow:
        return compute_shortlist(uow, opening_id=opening_id, progress=silent)


def full_run(world: World) -> int:
    """Compute the lists of all the agency's openings and return the run."""
    with world.platform() as uow:
        return compute_full_run(uow, agency_id=world.ids["agency"], progress=silent)


def exposed(world: World, run_id: int) -> MatchExposure:
    """Count whom a full run shows, as the worker does: in the agency's own scope."""
    actor = replace(CLOCK, organisation_id=world.ids["agency"], organisation_kind=OrganisationKind.AGENCY)
    with (
        Session(world.engines["worker"], expire_on_commit=False) as session,
        transaction(session, actor=actor, scope=tenant_scope(actor)) as uow,
    ):
        return report_exposure(uow, run_id=run_id)


def proposed_referral(world: World, opening_id: int, seeker_id: int, *, who: str = "adviser") -> int:
    """Propose a person and return the referral's key."""
    with world.acting(who) as uow:
        return refer(uow, opening_id=opening_id, seeker_id=seeker_id, message="Disponible de suite.").id


def accepted_referral(world: World, opening_id: int, seeker_id: int, *, who: str = "adviser") -> int:
    """Bring a referral as far as the person's yes."""
    referral_id = proposed_referral(world, opening_id, seeker_id, who=who)
    with world.acting(who) as uow:
        record_answer(uow, referral_id=referral_id, accepted=True, channel=Channel.PHONE, answered_on=today())
    return referral_id


def sent_referral(world: World, opening_id: int, seeker_id: int, *, who: str = "adviser") -> int:
    """Bring a referral to the company."""
    referral_id = accepted_referral(world, opening_id, seeker_id, who=who)
    with world.acting(who) as uow:
        send_referral(uow, referral_id=referral_id)
    return referral_id


def invited_referral(world: World, opening_id: int, seeker_id: int, *, company: str = "hr_manager") -> int:
    """Bring a referral as far as an interview tomorrow."""
    referral_id = sent_referral(world, opening_id, seeker_id)
    with world.acting(company) as uow:
        invite(uow, referral_id=referral_id, at=uow.now + timedelta(days=1), place="Accueil", contact="Bureau 2")
    return referral_id


def selected_referral(world: World, opening_id: int, seeker_id: int, *, company: str = "hr_manager") -> int:
    """Bring a referral as far as the company's choice."""
    referral_id = sent_referral(world, opening_id, seeker_id)
    with world.acting(company) as uow:
        choose(uow, referral_id=referral_id)
    return referral_id


def start_facts(**changes: Any) -> dict[str, Any]:
    """Return an employment contract signed today for a start in two weeks."""
    facts: dict[str, Any] = {
        "kind": PlacementKind.EMPLOYMENT_CONTRACT,
        "contract_code": "cdi",
        "signed_on": today(),
        "started_on": today() + timedelta(days=14),
    }
    return {**facts, **changes}


def recorded_placement(world: World, referral_id: int, *, who: str = "hr_manager", **changes: Any) -> int:
    """Record a start and return the placement's key."""
    with world.acting(who) as uow:
        return record_placement(uow, referral_id=referral_id, **start_facts(**changes)).id


def stored(world: World, model: Any, key: int) -> Any:
    """Return a row as it stands in the database, read as the platform."""
    with world.platform() as uow:
        row = uow.session.get_one(model, key)
        uow.session.expunge(row)
        return row


def keys_of(uow: UnitOfWork) -> tuple[int, int]:
    """Return the keys of the operator's profile and of one other."""
    operator = uow.session.scalars(select(JobProfile.id).where(JobProfile.code == OPERATOR)).one()
    other = uow.session.scalars(select(JobProfile.id).where(JobProfile.id != operator).order_by(JobProfile.id)).first()
    return operator, other or 0


def later(days: int) -> Callable[[], datetime]:
    """Return a clock that stands so many days from now."""
    return lambda: datetime.now(UTC) + timedelta(days=days)


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Do several acts from as many threads, each on connections of its own; return results and refusals."""
    gate, found = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        gate.wait(30)
        try:
            found.append(act())
        except DomainError as refusal:
            found.append(refusal)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


__all__ = [
    "Opening",
    "Referral",
    "Seeker",
    "accepted_referral",
    "at_once",
    "computed_run",
    "fitting_seeker",
    "hold",
    "invited_referral",
    "keys_of",
    "later",
    "proposed_referral",
    "recorded_placement",
    "registered_seeker",
    "selected_referral",
    "sent_referral",
    "silent",
    "start_facts",
    "stored",
    "today",
]
