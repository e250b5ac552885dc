"""People for tests: invented, each with a number of identity of her own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from skills_bridge.domain.framework import Cefr
from skills_bridge.domain.seekers import (
    Agreement,
    Channel,
    ConsentKind,
    Identity,
    PastJob,
    Profile,
    Registration,
    Sex,
)
from skills_bridge.services.seekers import register_seeker
from tests.factories.world import TANGER, VAULT, World

numbers = count(100_000)
BOTH = Agreement(kinds=frozenset(ConsentKind), text_version="test-1", language="ar", channel=Channel.COUNTER)


@dataclass(frozen=True)
class Person:
    """What a test needs of a registered person."""

    id: int
    public_id: UUID
    pseudonym: str
    number: str
    version: int


def an_identity(**changes: Any) -> Identity:
    """Return an identity with a number that nobody else has."""
    made = Identity(first_name="Salma", last_name="Fictive", number=f"ZZ{next(numbers)}", phone="+212600000000")
    return replace(made, **changes)


def a_profile(**changes: Any) -> Profile:
    """Return what a person tells: a wiring operator of Tangier, half of it unknown."""
    made = Profile(
        province_code=TANGER,
        education_code="qualification",
        field_code="vehicle_wiring",
        born_on=date(1998, 5, 17),
        sex=Sex.FEMALE,
        mobility=(TANGER,),
        languages={"ar": Cefr.C1, "fr": Cefr.A2},
    )
    return replace(made, **changes)


def a_registration(**changes: Any) -> Registration:
    """Return a file to open; ``changes`` replace parts of it."""
    return replace(Registration(identity=an_identity(), profile=a_profile(), agreement=BOTH), **changes)


def a_job(profile_id: int, months: int = 30) -> PastJob:
    """Return a past job."""
    return PastJob(job_profile_id=profile_id, months=months)


def add_seeker(world: World, *, who: str = "adviser", command: Registration | None = None, **profile: Any) -> Person:
    """Register a person as an adviser would; ``profile`` changes parts of what she tells."""
    wanted = command or a_registration(profile=a_profile(**profile))
    with world.acting(who) as uow:
        seeker = register_seeker(uow, command=wanted, vault=VAULT)
        uow.session.flush()
        uow.session.refresh(seeker)
        return Person(seeker.id, seeker.public_id, seeker.pseudonym, wanted.identity.number, seeker.version)
