"""Mail that leaves the product: to a server, or into a folder where a person can read it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    message["Content-Language"] = letter.language  # after the content, which clears all that describes it
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
    """Hands letters to a mail server, ``smtp://user:password@host:port`` or ``smtps://``.

    A password leaves through an encrypted, verified connection only.
    """

    url: str
    sender: str

    def deliver(self, letters: Sequence[Letter]) -> None:
        """Send the letters over one connection.

        :raises smtplib.SMTPRecipientsRefused: the server refused an address.
        """
        with self._connected() as server:
            for letter in letters:
                refused = server.send_message(compose(letter, self.sender))
                if refused:
                    raise smtplib.SMTPRecipientsRefused(refused)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Hold a connection open, signed in where the address holds a name."""
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or 0
        safe = ssl.create_default_context()
        made = smtplib.SMTP_SSL(host, port, timeout=5, context=safe) if parts.scheme == "smtps" else None
        with made or smtplib.SMTP(host, port, timeout=5) as server:
            if parts.username:
                if made is None:
                    server.starttls(context=safe)
                server.login(unquote(parts.username), unquote(parts.password or ""))
            yield server


def mailer_of(settings: MailSettings) -> Mailer:
    """Return the mailer that the settings ask for."""
    if settings.sink is not None:
        return SinkMailer(settings.sink, settings.sender)
    return SmtpMailer(settings.smtp_url, settings.sender)
