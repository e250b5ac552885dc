"""Mail that leaves the product: to a server, or into a folder where a person can read it."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from skills_bridge.domain.settings import MailSettings


@dataclass(frozen=True)
class Letter:
    """A mail to one address; ``message_key`` makes its Message-ID, so that a repeated sending shows."""

    to: str
    subject: str
    body: str
    message_key: str
    language: str


class Mailer(Protocol):
    """Delivers letters."""

    def deliver(self, letters: Sequence[Letter]) -> None:
        """Deliver letters; raises when one could not be handed over."""


def compose(letter: Letter, sender: str) -> EmailMessage:
    """Return a letter as a mail in plain text."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Message-ID"] = f"<{letter.message_key}@skills-bridge>"
    message["Content-Language"] = letter.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message


@dataclass(frozen=True)
class SinkMailer:
    """Writes each letter as one file; the same message key writes the same file again, never a second one."""

    folder: Path
    sender: str

    def deliver(self, letters: Sequence[Letter]) -> None:
        """Write the letters, each whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for letter in letters:
            name = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in letter.message_key)
            half = self.folder / f".{name}.part"
            half.write_bytes(bytes(compose(letter, self.sender)))
            half.replace(self.folder / f"{name}.eml")


@dataclass(frozen=True)
class SmtpMailer:
    """Hands letters to a mail server, ``smtp://user:password@host:port`` or ``smtps://``."""

    url: str
    sender: str

    def deliver(self, letters: Sequence[Letter]) -> None:
        """Send the letters over one connection."""
        parts = urlsplit(self.url)
        connect = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        with connect(parts.hostname or "", parts.port or 0, timeout=5) as server:
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            for letter in letters:
                server.send_message(compose(letter, self.sender))


def mailer_of(settings: MailSettings) -> Mailer:
    """Return the mailer that the settings ask for."""
    if settings.sink is not None:
        return SinkMailer(settings.sink, settings.sender)
    return SmtpMailer(settings.smtp_url, settings.sender)
