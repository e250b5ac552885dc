"""Forgetting a person: nothing of her is left, past figures stay, those who knew her are told; and the clock of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, or_, select, text, update

from skills_bridge.cli.privacy import privacy as commands
from skills_bridge.domain.errors import AlreadyDone, IllegalMove
from skills_bridge.domain.personal_data import PERSONS, Fate
from skills_bridge.domain.privacy import ForgetCause, NoticeOutcome, RequestState, RightsKind
from skills_bridge.domain.seekers import SeekerState
from skills_bridge.domain.settings import LegalTexts
from skills_bridge.models import (
    Base,
    Consent,
    Job,
    Notice,
    Placement,
    Referral,
    RetentionNotice,
    RetentionRun,
    Seeker,
    StateChange,
    Tombstone,
)
from skills_bridge.queries.facts import get_facts
from skills_bridge.queries.privacy.histories import history_of
from skills_bridge.reporting.storage import digest_facts
from skills_bridge.services import privacy
from skills_bridge.services.notices import tell
from skills_bridge.services.seekers import resume_seeker, update_seeker
from skills_bridge.unit_of_work import utc_now
from tests.factories.referrals import fitting_seeker
from tests.factories.rights import LEGAL, accepted, carry_out, for_agency, received
from tests.factories.seekers import a_profile, add_seeker
from tests.factories.world import VAULT, World, settings_of

CLOCK = privacy.RetentionClock(months=24, notice_days=30)


def placed_person(world: World) -> int:
    """Return somebody of the story who was sent to companies and started in a post."""
    with world.as_owner() as session:
        return session.scalars(select(Placement.seeker_id).order_by(Placement.id).limit(1)).one()


def facts_digest(world: World, cut_off: datetime) -> str:
    """Return the digest of all that the figures are computed from."""
    with world.as_owner() as session:
        return digest_facts(get_facts(session, cut_off=cut_off))


def left_of(world: World, seeker_id: int) -> dict[str, list[object]]:
    """Return what a forgotten person's tables still say: rows of those to be deleted, values of those to be emptied."""
    left: dict[str, list[object]] = {}
    with world.as_owner() as session:
        for name, columns in PERSONS.items():
            table = Base.metadata.tables[name]
            own = history_of(seeker_id) if name == "state_change" else table.c[columns.link] == seeker_id
            wanted: list[Any] = [table.c[column] for column in columns.emptied.split()] or [func.count()]
            if columns.fate is Fate.KEPT:
                continue
            rows = session.execute(select(*wanted).where(own)).all()
            values = [value for row in rows for value in row if value not in (None, "", [], 0)]
            if values:
                left[name] = values
    return left


def forget(world: World, seeker_id: int) -> None:
    """Have a person's request for erasure accepted and carried out."""
    assert carry_out(world, accepted(world, seeker_id, RightsKind.ERASURE)) is RequestState.DONE


class TestForgetPerson:
    def test_leaves_nothing_of_her_and_every_past_figure(self, told_world: World) -> None:
        seeker_id = placed_person(told_world)
        with told_world.as_owner() as session:
            session.execute(update(Referral).values(message="Salma, 0612345678", invited_contact="elle"))
            session.execute(update(StateChange).where(history_of(seeker_id)).values(note="elle a dit"))
            session.commit()
        now = utc_now()
        before = facts_digest(told_world, now)
        assert left_of(told_world, seeker_id)

        forget(told_world, seeker_id)

        assert left_of(told_world, seeker_id) == {}
        assert facts_digest(told_world, now) == before
        with told_world.as_owner() as session:
            seeker = session.get_one(Seeker, seeker_id)
            assert (seeker.state, seeker.education_code, seeker.mobility) == (SeekerState.ANONYMISED, None, None)
            assert session.scalar(select(func.count()).select_from(Tombstone)) == 1
            assert session.scalar(select(func.count()).select_from(Placement).where(Placement.seeker_id == seeker_id))

    def test_leaves_her_name_and_number_nowhere_in_the_database(self, world: World) -> None:
        person = add_seeker(world)
        with world.as_owner() as session:
            session.execute(text("UPDATE seeker_identity SET last_name = 'Introuvable', email = 'q@introuvable.ma'"))
            session.commit()
            tables = session.scalars(
                text(
                    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
                )
            ).all()
        forget(world, person.id)

        with world.as_owner() as session:
            for word in ("Introuvable", person.number):
                hits = {
                    table: session.scalar(
                        text(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE :word'), {"word": f"%{word}%"}
                    )
                    for table in tables
                }
                assert {table for table, count in hits.items() if count} == set()

    def test_tells_those_who_knew_her(self, told_world: World) -> None:
        seeker_id = placed_person(told_world)
        with told_world.as_owner() as session:
            pseudonym = session.get_one(Seeker, seeker_id).pseudonym
            knew = set(
                session.scalars(
                    select(Referral.company_id).where(Referral.seeker_id == seeker_id, Referral.sent_at.is_not(None))
                )
            )
        forget(told_world, seeker_id)

        with told_world.platform() as uow:
            uow.job = uow.session.scalars(select(Job).where(Job.kind == "notices.person_forgotten")).one()
            tell(uow, kind="person_forgotten", object_id=seeker_id, mailer=None, base_url="")  # type: ignore[arg-type]  # no mail
        with told_world.as_owner() as session:
            told = session.scalars(select(Notice).where(Notice.kind == "person_forgotten")).all()
        assert knew <= {notice.organisation_id for notice in told}
        assert {notice.facts["pseudonym"] for notice in told} == {pseudonym}

    def test_is_final(self, world: World) -> None:
        person = add_seeker(world)
        forget(world, person.id)

        with for_agency(world) as uow, pytest.raises(AlreadyDone):
            privacy.forget_person(uow, seeker_id=person.id, vault=VAULT, cause=ForgetCause.REQUEST)
        with world.acting("adviser") as uow, pytest.raises(IllegalMove):
            update_seeker(uow, seeker_id=person.id, version=person.version + 1, profile=a_profile())
        with world.acting("adviser") as uow, pytest.raises(IllegalMove):
            resume_seeker(uow, seeker_id=person.id)

    def test_is_refused_to_people_by_the_database_too(self, world: World) -> None:
        add_seeker(world)
        with world.acting("adviser") as uow, pytest.raises(Exception, match="permission denied"):
            uow.session.execute(text("UPDATE state_change SET note = ''"))
        with for_agency(world) as uow, pytest.raises(Exception, match="permission denied"):
            uow.session.execute(text("UPDATE state_change SET reason = ''"))


def run(world: World, folder: Path, *words: str, legal: LegalTexts = LEGAL) -> Result:
    """Run ``skills-bridge privacy``."""
    settings = replace(settings_of(world.urls, folder), legal=legal)
    return CliRunner().invoke(commands, list(words), obj=lambda: settings)


class TestReplay:
    def test_forgets_again_what_a_restore_brought_back(self, world: World, tmp_path: Path) -> None:
        person, other = add_seeker(world), add_seeker(world)
        with world.as_owner() as session:
            public_id = session.get_one(Seeker, person.id).public_id
        forget(world, person.id)
        kept = tmp_path / "tombstones.txt"
        kept.write_text(run(world, tmp_path, "tombstones").output)
        with world.as_owner() as session:  # what a restore to an earlier instant does
            session.execute(
                update(Seeker).where(Seeker.id == person.id).values(state=SeekerState.ACTIVE, public_id=public_id)
            )
            session.execute(text("DELETE FROM tombstone"))
            session.commit()

        told = run(world, tmp_path, "replay", str(kept))

        assert "1 files forgotten again" in told.output
        with world.as_owner() as session:
            states = {seeker.id: seeker.state for seeker in session.scalars(select(Seeker))}
        assert states == {person.id: SeekerState.ANONYMISED, other.id: SeekerState.ACTIVE}
        kept.write_text("no digest\n")
        assert run(world, tmp_path, "replay", str(kept)).exit_code == 1


def idle(world: World, *seeker_ids: int, months: int) -> None:
    """Let files lie unused for so many months."""
    then = utc_now() - timedelta(days=31 * months)
    with world.as_owner() as session:
        session.execute(update(Seeker).where(Seeker.id.in_(seeker_ids)).values(refreshed_on=then.date()))
        session.execute(update(Consent).where(Consent.seeker_id.in_(seeker_ids)).values(given_at=then))
        session.execute(update(Referral).where(Referral.seeker_id.in_(seeker_ids)).values(changed_at=then))
        session.commit()


def applied(world: World, *, at: datetime | None = None) -> privacy.RetentionCounts:
    """Apply the clock of one instant."""
    with for_agency(world, clock=lambda: at or utc_now()) as uow:
        return privacy.apply_batch(uow, clock=CLOCK, vault=VAULT)


class TestRetention:
    def test_gives_a_notice_then_anonymises(self, world: World) -> None:
        person, active = add_seeker(world), add_seeker(world)
        idle(world, person.id, months=24)

        assert applied(world) == privacy.RetentionCounts(1, 0, 0)
        assert applied(world) == privacy.RetentionCounts(0, 0, 0)
        assert applied(world, at=utc_now() + timedelta(days=31)) == privacy.RetentionCounts(0, 0, 1)

        with world.as_owner() as session:
            states = {seeker.id: seeker.state for seeker in session.scalars(select(Seeker))}
            notice = session.scalars(select(RetentionNotice)).one()
            cause = session.scalars(select(Tombstone.cause)).one()
        assert states == {person.id: SeekerState.ANONYMISED, active.id: SeekerState.ACTIVE}
        assert (notice.outcome, cause) == (NoticeOutcome.FORGOTTEN, ForgetCause.RETENTION)

    @pytest.mark.parametrize("activity", ["update", "request", "referral"])
    def test_any_activity_lifts_the_notice(self, world: World, activity: str) -> None:
        seeker_id = fitting_seeker(world)
        idle(world, seeker_id, months=30)
        applied(world)
        with world.as_owner() as session:
            version = session.get_one(Seeker, seeker_id).version
        if activity == "update":
            with world.acting("adviser") as uow:
                update_seeker(uow, seeker_id=seeker_id, version=version, profile=a_profile())
        elif activity == "request":
            received(world, seeker_id, RightsKind.ACCESS)
        else:
            with world.acting("adviser") as uow:
                uow.session.execute(update(Seeker).where(Seeker.id == seeker_id).values(interviewed_at=utc_now()))

        assert applied(world, at=utc_now() + timedelta(days=31)) == privacy.RetentionCounts(0, 1, 0)
        with world.as_owner() as session:
            assert session.get_one(Seeker, seeker_id).state is SeekerState.ACTIVE

    def test_spares_whoever_is_in_a_post(self, told_world: World) -> None:
        with told_world.as_owner() as session:
            people = session.scalars(select(Seeker.id)).all()
            live = or_(Placement.cancelled_on.is_not(None), Placement.ended_on.is_not(None))
            in_post = set(session.scalars(select(Placement.seeker_id).where(~live)))
        idle(told_world, *people, months=40)

        applied(told_world)

        with told_world.as_owner() as session:
            noticed = set(session.scalars(select(RetentionNotice.seeker_id)))
        assert in_post
        assert not noticed & in_post

    def test_counts_and_changes_nothing_unless_told_to(self, world: World, tmp_path: Path) -> None:
        person = add_seeker(world)
        idle(world, person.id, months=30)

        told = run(world, tmp_path, "retain")
        assert "1 notices, 0 notices lifted, 0 files anonymised: to do (dry run" in told.output
        with world.as_owner() as session:
            assert session.scalars(select(RetentionNotice)).all() == []
            assert [(one.is_applied, one.counts["to_notice"]) for one in session.scalars(select(RetentionRun))] == [
                (False, 1)
            ]

        assert (
            "1 notices, 0 notices lifted, 0 files anonymised: done" in run(world, tmp_path, "retain", "--apply").output
        )
        with world.as_owner() as session:
            assert len(session.scalars(select(RetentionNotice)).all()) == 1

    @pytest.mark.parametrize(
        "legal", [replace(LEGAL, retention_months=None), replace(LEGAL, retention_notice_days=None)]
    )
    def test_does_nothing_while_a_setting_is_missing(self, world: World, tmp_path: Path, legal: LegalTexts) -> None:
        person = add_seeker(world)
        idle(world, person.id, months=60)

        assert run(world, tmp_path, "retain", "--apply", legal=legal).exit_code == 1
        with for_agency(world) as uow:
            assert privacy.count_retention(uow, agency_id=world.ids["agency"], clock=privacy.clock_from(legal)) is None
        with world.as_owner() as session:
            assert session.scalars(select(RetentionRun)).all() == []

    def test_is_asked_of_each_agency_each_night(self, world: World) -> None:
        with world.platform() as uow:
            privacy.ask_each_agency(uow)

        with world.as_owner() as session:
            jobs = session.execute(select(Job.kind, Job.organisation_id)).all()
        assert [tuple(job) for job in jobs] == [("privacy.count_agency", world.ids["agency"])]
