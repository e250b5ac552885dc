"""Before a file is anonymised the person is told: by mail in her language, or through her adviser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTPRecipientsRefused

import pytest
from sqlalchemy import select, update

from skills_bridge.adapters.mail import Letter, Mailer, SinkMailer
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.settings import LegalTexts
from skills_bridge.models import Consent, Job, RetentionNotice, Seeker
from skills_bridge.services.organisations import mark_demo
from skills_bridge.services.privacy import RetentionClock, apply_batch
from skills_bridge.services.privacy.telling import tell_person
from skills_bridge.unit_of_work import utc_now
from tests.factories.rights import for_agency
from tests.factories.seekers import BOTH, Person, a_registration, add_seeker, an_identity
from tests.factories.world import VAULT, World

CLOCK = RetentionClock(months=24, notice_days=30)


class RefusingMailer:
    """A mail server that knows none of the addresses."""

    def deliver(self, letters: Sequence[Letter]) -> None:
        raise SMTPRecipientsRefused({letter.to: (550, b"unknown") for letter in letters})


def noticed(world: World, *, email: str | None, language: str = "ar") -> Person:
    """Return a person whose file is under notice from today."""
    identity, agreement = an_identity(email=email), replace(BOTH, language=language)
    person = add_seeker(world, command=a_registration(identity=identity, agreement=agreement))
    then = utc_now() - timedelta(days=31 * 30)
    with world.as_owner() as session:
        session.execute(update(Seeker).values(refreshed_on=then.date()))
        session.execute(update(Consent).values(given_at=then))
        session.commit()
    with for_agency(world) as uow:
        apply_batch(uow, clock=CLOCK, vault=VAULT)
    return person


def the_notice(world: World) -> RetentionNotice:
    with world.as_owner() as session:
        notice = session.scalars(select(RetentionNotice)).one()
        session.expunge(notice)
        return notice


def told(world: World, mailer: Mailer, legal: LegalTexts = LegalTexts()) -> None:  # noqa: B008  # a frozen value
    """Do the work of the job twice."""
    for _ in range(2):
        with for_agency(world) as uow:
            tell_person(uow, notice_id=the_notice(world).id, mailer=mailer, legal=legal)


def letters(folder: Path) -> list[EmailMessage]:
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))]


def jobs(world: World, kind: str) -> list[tuple[int | None, int | None]]:
    with world.as_owner() as session:
        found = session.execute(select(Job.object_id, Job.organisation_id).where(Job.kind == kind))
        return [(key, organisation) for key, organisation in found]


@pytest.fixture
def mailer(tmp_path: Path) -> SinkMailer:
    return SinkMailer(tmp_path / "mail", "nepasrepondre@example.invalid")


class TestLetter:
    def test_follows_the_notice_as_work_of_the_agency(self, world: World) -> None:
        noticed(world, email="elle@example.ma")

        assert jobs(world, "privacy.tell_person") == [(the_notice(world).id, world.ids["agency"])]

    @pytest.mark.parametrize(("language", "word"), [("fr", "Bonjour,"), ("ar", "السلام عليكم،")])
    def test_is_written_once_in_her_language_with_the_day_and_no_name(
        self, world: World, mailer: SinkMailer, language: str, word: str
    ) -> None:
        person = noticed(world, email="elle@example.ma", language=language)
        told(world, mailer, LegalTexts(controller="Responsable fictif"))

        (letter,) = letters(mailer.folder)
        body = letter.get_body()
        assert body is not None
        content = body.get_content()
        assert (letter["To"], letter["Content-Language"]) == ("elle@example.ma", language)
        assert word in content
        assert person.pseudonym in content
        assert str((local_day(utc_now()) + timedelta(days=30)).year) in content
        assert "Responsable fictif" in content
        assert ("à compléter" in content) == (language == "fr")
        assert "Salma" not in content + letter["Subject"]
        assert person.number not in content
        assert the_notice(world).mailed_at is not None
        assert jobs(world, "notices.person_to_tell") == []

    def test_bears_the_mark_of_a_demonstration(self, world: World, mailer: SinkMailer) -> None:
        with world.platform() as uow:
            mark_demo(uow)
        noticed(world, email="elle@example.ma", language="fr")
        told(world, mailer)

        assert letters(mailer.folder)[0]["Subject"].startswith("[DÉMONSTRATION")

    def test_is_not_written_once_she_was_heard_of(self, world: World, mailer: SinkMailer) -> None:
        person = noticed(world, email="elle@example.ma")
        with world.as_owner() as session:
            session.execute(update(Seeker).where(Seeker.id == person.id).values(refreshed_on=local_day(utc_now())))
            session.commit()
        with for_agency(world) as uow:
            apply_batch(uow, clock=CLOCK, vault=VAULT)
        told(world, mailer)

        assert letters(mailer.folder) == []
        assert jobs(world, "notices.person_to_tell") == []


class TestWithoutMail:
    def test_her_unit_is_asked_to_reach_her(self, world: World, mailer: SinkMailer) -> None:
        person = noticed(world, email=None)
        told(world, mailer)

        assert letters(mailer.folder) == []
        assert jobs(world, "notices.person_to_tell") == [(person.id, world.ids["agency"])]
        assert the_notice(world).mailed_at is None

    def test_an_address_that_is_refused_is_like_none(self, world: World) -> None:
        person = noticed(world, email="partie@example.ma")
        told(world, RefusingMailer())

        assert jobs(world, "notices.person_to_tell") == [(person.id, world.ids["agency"])]
