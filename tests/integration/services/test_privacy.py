"""Who may learn who a person is: with a reason, for one session, for a quarter of an hour."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import pytest
from sqlalchemy import NullPool, create_engine, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from skills_bridge.adapters.database import disclosing
from skills_bridge.domain.accounts import CLOCK, Actor, account_scope, tenant_scope
from skills_bridge.domain.errors import Invalid, NotFound, NotPermitted, RuleBroken
from skills_bridge.domain.privacy import VIEWS_A_DAY, RevealReason
from skills_bridge.domain.referrals import ReferralState, RejectReason
from skills_bridge.domain.seekers import Channel, ConsentKind
from skills_bridge.models import AuditEntry, Job, Referral, Reveal, SeekerIdentity, WebSession
from skills_bridge.queries.privacy import ShownIdentity, get_identity, get_reveal_end, list_identities
from skills_bridge.services.accounts import start_session
from skills_bridge.services.privacy import reveal_identity
from skills_bridge.services.referrals import reject
from skills_bridge.services.seekers import object_to_matching, withdraw_consent
from skills_bridge.unit_of_work import UnitOfWork, scoped, transaction, utc_now
from tests.factories.openings import validated_opening
from tests.factories.referrals import at_once, fitting_seeker, sent_referral
from tests.factories.seekers import Person, add_seeker
from tests.factories.world import CASABLANCA, VAULT, World


@dataclass(frozen=True)
class SignedIn:
    """A person with a session row of her own."""

    world: World
    actor: Actor

    @contextmanager
    def acting(self) -> Iterator[UnitOfWork]:
        session = Session(self.world.engines["web"])
        with session, transaction(session, actor=self.actor, scope=tenant_scope(self.actor)) as uow:
            yield uow

    def reveal(self, *, seeker_id: int | None = None, opening_id: int | None = None, days: int = 0) -> datetime:
        with self.acting() as uow:
            return reveal_identity(
                uow, seeker_id=seeker_id, opening_id=opening_id, reason=RevealReason.CONTACT, disclosure_days=days
            )

    def sees_within(self, days: int, seeker_id: int) -> bool:
        """Say whether the database shows the identity through connections that disclose for so many days."""
        engine = create_engine(self.world.urls.web, **disclosing({"poolclass": NullPool}, days))
        with Session(engine) as session:
            return scoped(session, tenant_scope(self.actor)).get(SeekerIdentity, seeker_id) is not None

    def sees(self, seeker_id: int, *, after: timedelta = timedelta()) -> ShownIdentity | None:
        with Session(self.world.engines["web"]) as session:
            scoped(session, tenant_scope(self.actor), read_only=True)
            now = utc_now() + after
            return get_identity(session, actor=self.actor, seeker_id=seeker_id, now=now, vault=VAULT)


def signed_in(world: World, who: str, *, browser: str = "a") -> SignedIn:
    """Open a session for a person."""
    actor = world.actors[who]
    token = f"{who}-{browser}"
    with Session(world.engines["web"]) as session:
        with transaction(session, actor=CLOCK, scope=account_scope(actor.user_id)) as uow:
            start_session(
                uow,
                token=token,
                user_id=actor.user_id,
                membership_id=actor.membership_id,
                stage="signed_in",
                payload={},
            )
        scoped(session, account_scope(actor.user_id))
        key = session.scalars(select(WebSession.id).order_by(WebSession.id.desc())).first()
    return SignedIn(world, replace(actor, session_id=key))


UNSENT: Final = frozenset({ReferralState.PROPOSED, ReferralState.DECLINED, ReferralState.ACCEPTED})
"""States before the person's file is sent to the company."""


def refer(world: World, opening_id: int, person: Person, state: ReferralState) -> None:
    """Put a person on an opening, in some state."""
    with world.acting("adviser") as uow:
        uow.session.add(
            Referral(
                opening_id=opening_id,
                seeker_id=person.id,
                company_id=world.ids["company"],
                agency_id=world.ids["agency"],
                unit_id=world.units["north"],
                state=state,
                proposed_by=uow.actor.user_id,
                decided_by=uow.actor.user_id,
                changed_at=uow.now,
                sent_at=None if state in UNSENT else uow.now,
            )
        )


def after_a_no(world: World) -> tuple[SignedIn, int]:
    """Bring a person to a company that turned her down ten days ago; return its manager and her key."""
    seeker_id = fitting_seeker(world)
    referral_id = sent_referral(world, validated_opening(world), seeker_id)
    with world.acting("hr_manager") as uow:
        reject(uow, referral_id=referral_id, reason=RejectReason.EXPERIENCE)
    with world.as_owner() as session:
        session.get_one(Referral, referral_id).changed_at = utc_now() - timedelta(days=10)
        session.commit()
    return signed_in(world, "hr_manager"), seeker_id


class TestAdviser:
    def test_sees_nothing_without_a_reason(self, world: World) -> None:
        person = add_seeker(world)

        assert signed_in(world, "adviser").sees(person.id) is None

    def test_sees_a_person_of_her_unit_for_a_quarter_of_an_hour(self, world: World) -> None:
        person, adviser = add_seeker(world), signed_in(world, "adviser")

        adviser.reveal(seeker_id=person.id)

        shown = adviser.sees(person.id)
        assert shown is not None
        assert (shown.full_name, shown.number) == ("Salma Fictive", person.number)
        assert adviser.sees(person.id, after=timedelta(minutes=16)) is None

    def test_sees_it_in_that_session_alone(self, world: World) -> None:
        person = add_seeker(world)
        signed_in(world, "adviser").reveal(seeker_id=person.id)

        assert signed_in(world, "adviser", browser="b").sees(person.id) is None

    def test_leaves_a_trace_with_the_reason_and_no_name(self, world: World) -> None:
        person = add_seeker(world)
        signed_in(world, "adviser").reveal(seeker_id=person.id)

        with world.looking("adviser") as session:
            facts = session.scalars(select(AuditEntry.facts).where(AuditEntry.act == "identity.revealed")).one()
        assert '"reason":"contact"' in facts
        assert "Salma" not in facts

    def test_may_not_know_a_person_of_another_unit(self, world: World) -> None:
        person = add_seeker(world, province_code=CASABLANCA)

        with pytest.raises(NotPermitted):
            signed_in(world, "adviser").reveal(seeker_id=person.id)

    def test_may_know_a_person_referred_to_an_opening_of_her_unit(self, world: World) -> None:
        person = add_seeker(world, province_code=CASABLANCA)
        refer(world, validated_opening(world), person, ReferralState.PROPOSED)
        adviser = signed_in(world, "adviser")

        adviser.reveal(seeker_id=person.id)

        assert adviser.sees(person.id) is not None


class TestCompany:
    @pytest.mark.parametrize("state", [*sorted(UNSENT), ReferralState.ENDED])
    def test_may_not_know_who_has_not_accepted_or_was_not_sent(self, world: World, state: ReferralState) -> None:
        person = add_seeker(world)
        refer(world, validated_opening(world), person, state)

        with pytest.raises((NotFound, NotPermitted)):
            signed_in(world, "hr_manager").reveal(seeker_id=person.id)

    @pytest.mark.parametrize("state", [ReferralState.SENT, ReferralState.INVITED, ReferralState.SELECTED])
    def test_learns_name_and_contacts_but_not_the_number(self, world: World, state: ReferralState) -> None:
        person = add_seeker(world)
        refer(world, validated_opening(world), person, state)
        manager = signed_in(world, "hr_manager")

        manager.reveal(seeker_id=person.id)

        shown = manager.sees(person.id)
        assert shown is not None
        assert shown.phone == "+212600000000"
        assert person.number not in shown.number

    def test_one_reveal_covers_the_accepted_people_of_an_opening(self, world: World) -> None:
        accepted, silent = add_seeker(world), add_seeker(world)
        opening_id = validated_opening(world)
        refer(world, opening_id, accepted, ReferralState.SENT)
        refer(world, opening_id, silent, ReferralState.PROPOSED)
        manager = signed_in(world, "hr_manager")

        manager.reveal(opening_id=opening_id)

        with Session(world.engines["web"]) as session:
            scoped(session, tenant_scope(manager.actor), read_only=True)
            seen = list_identities(
                session, actor=manager.actor, seeker_ids=(accepted.id, silent.id), now=utc_now(), vault=VAULT
            )
            assert get_reveal_end(session, actor=manager.actor, opening_id=opening_id, now=utc_now()) is not None
        assert list(seen) == [accepted.id]

    def test_loses_sight_when_the_referral_ends(self, world: World) -> None:
        person = add_seeker(world)
        refer(world, validated_opening(world), person, ReferralState.SENT)
        manager = signed_in(world, "hr_manager")
        manager.reveal(seeker_id=person.id)

        with world.acting("adviser") as uow:
            uow.session.scalars(select(Referral)).one().state = ReferralState.ENDED

        assert manager.sees(person.id) is None

    def test_keeps_sight_for_some_days_after_the_end(self, world: World) -> None:
        manager, seeker_id = after_a_no(world)

        assert [manager.sees_within(days, seeker_id) for days in (0, 2, 30)] == [False, False, True]
        with pytest.raises(NotPermitted):
            manager.reveal(seeker_id=seeker_id)
        manager.reveal(seeker_id=seeker_id, days=30)  # no refusal

    def test_loses_sight_at_an_objection(self, world: World) -> None:
        manager, seeker_id = after_a_no(world)
        with world.acting("adviser") as uow:
            object_to_matching(uow, seeker_id=seeker_id, channel=Channel.PHONE)

        assert not manager.sees_within(30, seeker_id)
        with pytest.raises(NotPermitted):
            manager.reveal(seeker_id=seeker_id, days=30)

    def test_loses_sight_when_the_person_takes_an_agreement_back(self, world: World) -> None:
        seeker_id = fitting_seeker(world)
        sent_referral(world, validated_opening(world), seeker_id)
        manager = signed_in(world, "hr_manager")
        assert manager.sees_within(30, seeker_id)

        with world.acting("adviser") as uow:
            withdraw_consent(uow, seeker_id=seeker_id, kind=ConsentKind.MATCHING)

        assert not manager.sees_within(30, seeker_id)
        with pytest.raises(NotPermitted):
            manager.reveal(seeker_id=seeker_id, days=30)

    def test_never_learns_of_one_who_was_not_asked(self, world: World) -> None:
        opening_id, person = validated_opening(world), add_seeker(world)
        refer(world, opening_id, person, ReferralState.ENDED)
        manager = signed_in(world, "hr_manager")

        assert not manager.sees_within(30, person.id)
        with pytest.raises(NotPermitted):
            manager.reveal(seeker_id=person.id, days=30)

    def test_may_not_know_the_people_of_another_company(self, world: World) -> None:
        person, opening_id = add_seeker(world), validated_opening(world)
        refer(world, opening_id, person, ReferralState.SENT)
        stranger = signed_in(world, "other_hr_manager")

        for wanted in ({"seeker_id": person.id}, {"opening_id": opening_id}):
            with pytest.raises(NotFound):
                stranger.reveal(**wanted)


class TestOthers:
    @pytest.mark.parametrize("who", ["centre_manager", "analyst", "officer", "administrator"])
    def test_know_nobody(self, world: World, who: str) -> None:
        person = add_seeker(world)

        with pytest.raises((NotFound, NotPermitted)):
            signed_in(world, who).reveal(seeker_id=person.id)

    def test_must_say_of_whom(self, world: World) -> None:
        with pytest.raises(Invalid):
            signed_in(world, "adviser").reveal()


class TestLimitOfADay:
    """Five hundred people a day and user: counted in the database, told when it is far more than usual."""

    def seen(self, world: World, who: SignedIn, people: int, *, days_ago: int = 0) -> None:
        """Let somebody have seen so many people on a day."""
        with world.as_owner() as session:
            session.add(
                Reveal(
                    organisation_id=who.actor.organisation_id or 0,
                    session_id=who.actor.session_id or 0,
                    user_id=who.actor.user_id or 0,
                    opening_id=1,
                    reason="contact",
                    people=people,
                    revealed_at=utc_now() - timedelta(days=days_ago),
                    expires_at=utc_now() - timedelta(days=days_ago),
                )
            )
            session.commit()

    def alarms(self, world: World) -> list[tuple[str, int | None]]:
        with world.as_owner() as session:
            wanted = select(Job.kind, Job.object_id).where(Job.kind.like("notices.many_identities%")).order_by(Job.kind)
            return [(kind, key) for kind, key in session.execute(wanted)]

    def test_shows_the_last_of_a_day_and_no_more_until_tomorrow(self, world: World) -> None:
        last, refused = add_seeker(world), add_seeker(world)
        adviser, colleague = signed_in(world, "adviser"), signed_in(world, "unit_manager")
        self.seen(world, adviser, VIEWS_A_DAY - 1)
        self.seen(world, adviser, VIEWS_A_DAY, days_ago=1)

        adviser.reveal(seeker_id=last.id)
        with pytest.raises(RuleBroken, match="too-many-identities-today"):
            adviser.reveal(seeker_id=refused.id)

        assert adviser.sees(refused.id) is None
        colleague.reveal(seeker_id=refused.id)  # hers is another count

    def test_counts_each_of_an_opening(self, world: World) -> None:
        opening_id = validated_opening(world)
        for _ in range(3):
            refer(world, opening_id, add_seeker(world), ReferralState.SENT)
        manager = signed_in(world, "hr_manager")
        self.seen(world, manager, VIEWS_A_DAY - 3)

        manager.reveal(opening_id=opening_id)

        with pytest.raises(RuleBroken, match="too-many-identities-today"):
            manager.reveal(opening_id=opening_id)

    def test_holds_for_many_at_once(self, world: World) -> None:
        people, adviser = [add_seeker(world) for _ in range(4)], signed_in(world, "adviser")
        self.seen(world, adviser, VIEWS_A_DAY - 2)

        answers = at_once([partial(adviser.reveal, seeker_id=person.id) for person in people])

        assert sorted(type(answer).__name__ for answer in answers) == ["RuleBroken"] * 2 + ["datetime"] * 2

    def test_shows_nobody_where_nothing_can_be_counted(self, world: World) -> None:
        person, adviser = add_seeker(world), signed_in(world, "adviser")
        with world.as_owner() as session:
            session.execute(text("REVOKE SELECT ON reveal FROM sb_web"))
            session.commit()

        with pytest.raises(ProgrammingError):
            adviser.reveal(seeker_id=person.id)

        with world.as_owner() as session:
            assert session.scalars(select(Reveal.id)).all() == []

    def test_tells_once_a_day_of_three_times_the_usual(self, world: World) -> None:
        people, adviser = [add_seeker(world) for _ in range(3)], signed_in(world, "adviser")
        for day in (3, 2, 1):
            self.seen(world, adviser, 20, days_ago=day)
        self.seen(world, adviser, 58)

        adviser.reveal(seeker_id=people[0].id)
        assert self.alarms(world) == []
        for person in people[1:]:
            adviser.reveal(seeker_id=person.id)

        member = world.actors["adviser"].membership_id
        assert self.alarms(world) == [("notices.many_identities", member), ("notices.many_identities_here", member)]
        with world.as_owner() as session:
            facts = session.scalars(select(AuditEntry.facts).where(AuditEntry.act == "identity.unusual")).one()
        assert json.loads(facts) == {"seen": 60, "usual": 20}
