"""Invitations and links as their readers have them: the secret is taken from the letter, never from the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Final

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.adapters.mail import SinkMailer
from skills_bridge.domain.accounts import CLOCK, account_scope
from skills_bridge.domain.jobs import JobState
from skills_bridge.models import Job
from skills_bridge.services import accounts
from skills_bridge.services.accounts import PostOffice
from skills_bridge.unit_of_work import UnitOfWork, transaction, utc_now
from tests.factories.world import VAULT, World

BASE_URL: Final = "https://bridge.example"
LINK: Final = re.compile(rf"{re.escape(BASE_URL)}(/\S+)")


@contextmanager
def at_door(world: World, user_id: int | None = None, *, now: datetime | None = None) -> Iterator[UnitOfWork]:
    """Write as somebody who is not signed in."""
    clock = utc_now if now is None else (lambda: now)
    with (
        Session(world.engines["web"]) as session,
        transaction(session, actor=CLOCK, scope=account_scope(user_id), clock=clock) as uow,
    ):
        yield uow


def post_office(folder: Path) -> PostOffice:
    """Return a post office that writes its letters into a folder."""
    return PostOffice(mailer=SinkMailer(folder, "x@example.invalid"), base_url=BASE_URL, vault=VAULT)


def letters(world: World, folder: Path) -> list[str]:
    """Do the work that waits for letters, as the worker would, and return them as text, oldest first."""
    known = set(folder.glob("*.eml")) if folder.exists() else set()
    post = post_office(folder)
    with world.platform() as uow:
        waiting = select(Job).where(Job.kind.like("accounts.%"), Job.state == JobState.DUE).order_by(Job.id)
        for job in uow.session.scalars(waiting).all():
            _work_off(uow, job, post)
            job.state = JobState.DONE
    new = sorted(set(folder.glob("*.eml")) - known, key=lambda path: path.stat().st_mtime_ns)
    return [_text_of(path) for path in new]


def link_in(letter: str) -> str:
    """Return the path of the one link in a letter."""
    (path,) = LINK.findall(letter)
    return str(path)


def code_of(secret: str, *, shift: int = 0) -> str:
    """Return what an application shows, some steps from now."""
    return pyotp.TOTP(secret).at(int(utc_now().timestamp()) + 30 * shift)


def _work_off(uow: UnitOfWork, job: Job, post: PostOffice) -> None:
    number = job.object_id or 0
    uow.job = job
    match job.kind:
        case "accounts.mail_invitation":
            accounts.mail_invitation(uow, invitation_id=number, post=post)
        case "accounts.mail_link":
            accounts.mail_link(uow, link_id=number, post=post)
        case "accounts.tell_change":
            accounts.tell_change(uow, user_id=number, mailer=post.mailer)
        case "accounts.tell_reset":
            accounts.tell_reset(uow, reset_id=number, mailer=post.mailer)
        case "accounts.end_second_factor":
            accounts.end_second_factor(uow, reset_id=number, vault=post.vault)
    uow.job = None


def _text_of(path: Path) -> str:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return f"{message['To']}\n{message['Subject']}\n{message.get_content()}"
