"""Letters: one file each in the sink, never two; a server that refuses one is an error, not a silence."""

from __future__ import annotations

import smtplib
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from skills_bridge.adapters.mail import Letter, SinkMailer, SmtpMailer, compose, mailer_of
from skills_bridge.domain.settings import MailSettings

SENDER = "nepasrepondre@example.invalid"
LETTER = Letter("a@example.invalid", "Rapport d’août", "Bonjour,\n\nمرحبا", "pack_published-RM-1-v1-7", "fr, ar")


class Conversation(socketserver.StreamRequestHandler):
    """A mail server of the smallest kind: no encryption, and it refuses one address."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line.split(b" ")[0].strip().upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.received.append(content)  # type: ignore[attr-defined]  # the test's own server
            if word == b"RCPT" and b"nobody" in line:
                self.wfile.write(b"550 unknown\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps what it received."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.received: list[bytes] = []

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


class TestComposedLetter:
    def test_carries_its_key_and_its_languages(self) -> None:
        message = compose(LETTER, SENDER)

        assert message["Message-ID"] == "<pack_published-RM-1-v1-7@skills-bridge>"
        assert message["Content-Language"] == "fr, ar"
        assert message["Subject"] == "Rapport d’août"

    def test_takes_no_line_break_in_its_head(self) -> None:
        with pytest.raises(ValueError, match="linefeed"):
            compose(Letter("a@example.invalid", "Un\nBcc: b@example.invalid", "", "k", "fr"), SENDER)


class TestSink:
    def test_holds_one_file_however_often_a_letter_is_delivered(self, tmp_path: Path) -> None:
        mailer = SinkMailer(tmp_path / "mail", SENDER)

        mailer.deliver([LETTER])
        mailer.deliver([LETTER])

        (only,) = (tmp_path / "mail").iterdir()
        body = read(only.read_bytes()).get_content()
        assert "مرحبا" in body

    def test_cannot_be_left_by_a_key(self, tmp_path: Path) -> None:
        SinkMailer(tmp_path / "mail", SENDER).deliver([Letter("a@example.invalid", "s", "b", "../../out", "fr")])

        assert [path.name for path in tmp_path.rglob("*.eml")] == [".._.._out.eml"]
        assert [path.name for path in tmp_path.iterdir()] == ["mail"]


class TestServer:
    def test_receives_the_letters(self, server: MailServer) -> None:
        SmtpMailer(f"smtp://{server.place}", SENDER).deliver([LETTER, LETTER])

        assert [read(content)["To"] for content in server.received] == ["a@example.invalid"] * 2

    def test_that_refuses_one_of_two_addresses_is_an_error(self, server: MailServer) -> None:
        letter = Letter("a@example.invalid, nobody@example.invalid", "s", "b", "k", "fr")

        with pytest.raises(smtplib.SMTPRecipientsRefused):
            SmtpMailer(f"smtp://{server.place}", SENDER).deliver([letter])

    def test_without_encryption_never_sees_a_password(self, server: MailServer) -> None:
        with pytest.raises(smtplib.SMTPException):
            SmtpMailer(f"smtp://user:secret@{server.place}", SENDER).deliver([LETTER])

        assert server.received == []


class TestSettings:
    def test_choose_the_mailer(self, tmp_path: Path) -> None:
        assert isinstance(mailer_of(MailSettings(sender=SENDER, sink=tmp_path)), SinkMailer)
        assert isinstance(mailer_of(MailSettings(sender=SENDER, smtp_url="smtp://localhost")), SmtpMailer)
