"""Each limit holds to the try, under a clock that stands still: one less passes, that many do not, time heals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import CLOCK, account_scope
from skills_bridge.domain.credentials import LIMITS, Limit, Per, Try
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.services.accounts import hold_tries, note_try
from skills_bridge.unit_of_work import UnitOfWork, transaction
from tests.factories.world import World

START: Final = datetime(2026, 9, 1, 8, tzinfo=UTC)
EACH: Final = [(what, limit) for what, limits in LIMITS.items() for limit in limits]


@pytest.fixture
def uow(world: World) -> Iterator[UnitOfWork]:
    with (
        Session(world.engines["web"]) as session,
        transaction(session, actor=CLOCK, scope=account_scope(), clock=lambda: START) as uow,
    ):
        yield uow


def is_open(uow: UnitOfWork, what: Try, account: str, address: str) -> bool:
    try:
        hold_tries(uow, what, account=account, address=address)
    except RuleBroken as refusal:
        return refusal.code not in {"too-many-tries", "too-many-tries-today"}
    return True


@pytest.mark.parametrize(
    ("what", "limit"), EACH, ids=lambda part: f"{part.per}-{part.most}" if isinstance(part, Limit) else str(part)
)
def test_holds_to_the_try_and_passes_with_time(uow: UnitOfWork, what: Try, limit: Limit) -> None:
    account = "somebody@example.invalid" if limit.per is Per.ACCOUNT else ""
    address = "203.0.113.9" if limit.per is Per.ADDRESS else ""
    step = limit.span * 0.9 / limit.most  # spread out, so that no shorter limit is the one that answers
    for number in range(limit.most):
        if number == limit.most - 1:
            assert is_open(uow, what, account, address)
        uow.now = START + step * number
        note_try(uow, what, account=account, address=address, succeeded=False)

    assert not is_open(uow, what, account, address)
    uow.now = START + limit.span - timedelta(seconds=1)
    assert not is_open(uow, what, account, address)
    uow.now = START + limit.span + timedelta(seconds=1)
    assert is_open(uow, what, account, address)


def test_two_thousand_guesses_from_two_hundred_addresses_stop_at_the_limit_for_everybody(uow: UnitOfWork) -> None:
    passed = 0
    for number in range(200):
        address, account = f"198.51.100.{number}", f"person-{number}@example.invalid"
        if is_open(uow, Try.PASSWORD, account, address):
            passed += 10
            for _ in range(10):
                note_try(uow, Try.PASSWORD, account=account, address=address, succeeded=False)

    assert passed == 1000


def test_what_succeeds_counts_against_nobody(uow: UnitOfWork) -> None:
    for _ in range(30):
        note_try(uow, Try.PASSWORD, account="somebody", address="203.0.113.9", succeeded=True)

    assert is_open(uow, Try.PASSWORD, "somebody", "203.0.113.9")


def test_one_account_is_one_however_it_is_written(uow: UnitOfWork) -> None:
    for _ in range(10):
        note_try(uow, Try.PASSWORD, account=" Somebody@Example.invalid", address="", succeeded=False)

    assert not is_open(uow, Try.PASSWORD, "somebody@example.invalid", "203.0.113.9")
