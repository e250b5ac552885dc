"""Fills the product's settings from the environment; every missing or wrong variable is named at once."""

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from skills_bridge.domain.settings import (
    DatabaseUrls,
    LegalTexts,
    MailSettings,
    SealKey,
    SessionSettings,
    Settings,
    VaultKeys,
)

T = TypeVar("T")
KEY_BYTES = 32
MIN_SECRET_LENGTH = 32


class SettingsError(Exception):
    """The environment cannot run the product; ``problems`` pairs each variable with what is expected of it."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        self.problems = problems
        lines = [f"  {variable}: {expected}" for variable, expected in problems]
        super().__init__("\n".join([f"{len(problems)} setting(s) missing or wrong:", *lines]))


class Reader:
    """Reads variables one by one and keeps every problem, so that all of them are told together."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[tuple[str, str]] = []

    def required(self, variable: str, parse: Callable[[str], T], expected: str, fallback: T) -> T:
        """Return the parsed variable; note a problem and return ``fallback`` if it is missing or wrong."""
        if not self._environ.get(variable, "").strip():
            self.problems.append((variable, f"missing; expected {expected}"))
            return fallback
        return self.optional(variable, parse, expected, fallback)

    def optional(self, variable: str, parse: Callable[[str], T], expected: str, default: T) -> T:
        """Return the parsed variable, ``default`` if it is empty; note a problem if it is wrong."""
        text = self._environ.get(variable, "").strip()
        if not text:
            return default
        try:
            return parse(text)
        except ValueError:
            self.problems.append((variable, f"wrong; expected {expected}"))
            return default

    def text(self, variable: str) -> str:
        """Return a free text, empty if it is not set."""
        return self._environ.get(variable, "").strip()


def parse_database_url(text: str) -> str:
    """Return a PostgreSQL address in the form that SQLAlchemy reads with psycopg 3."""
    parts = urlsplit(text)
    if parts.scheme not in {"postgresql", "postgresql+psycopg"} or not (parts.hostname and parts.username):
        raise ValueError
    if not parts.path.strip("/"):
        raise ValueError
    return f"postgresql+psycopg://{text.partition('://')[2]}"


def parse_broker_url(text: str) -> str:
    """Return the address of the broker."""
    parts = urlsplit(text)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise ValueError
    return text


def parse_key(text: str) -> bytes:
    """Return 32 bytes from their base64 form."""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as wrong:
        raise ValueError from wrong
    if len(key) != KEY_BYTES:
        raise ValueError
    return key


def parse_named_key(text: str) -> tuple[str, bytes]:
    """Return the id and the bytes of ``id:base64``."""
    key_id, _, encoded = text.strip().partition(":")
    if not key_id:
        raise ValueError
    return key_id, parse_key(encoded)


def parse_key_ring(text: str) -> dict[str, bytes]:
    """Return the keys of ``id:base64,id:base64`` by id, in their order: the first one is in use."""
    pairs = [parse_named_key(item) for item in text.split(",")]
    ring = dict(pairs)
    if len(ring) != len(pairs):
        raise ValueError
    return ring


def parse_secret(text: str) -> str:
    """Return a secret that is long enough."""
    if len(text) < MIN_SECRET_LENGTH:
        raise ValueError
    return text


def parse_secrets(text: str) -> tuple[str, ...]:
    """Return earlier secrets, separated by commas."""
    return tuple(parse_secret(item.strip()) for item in text.split(","))


def parse_base_url(text: str) -> str:
    """Return the public address without a final slash; it holds no path."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError
    return text.rstrip("/")


def parse_hosts(text: str) -> tuple[str, ...]:
    """Return host names separated by commas; a wildcard for all hosts is no list."""
    hosts = tuple(item.strip() for item in text.split(","))
    if any(not host or "*" in host or "/" in host for host in hosts):
        raise ValueError
    return hosts


def parse_folder(text: str) -> Path:
    """Return an absolute folder that exists."""
    folder = Path(text)
    if not folder.is_absolute() or not folder.is_dir():
        raise ValueError
    return folder


def parse_smtp_url(text: str) -> str:
    """Return the address of a mail server."""
    parts = urlsplit(text)
    if parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not parts.hostname:
        raise ValueError
    return text


def parse_sender(text: str) -> str:
    """Return the address that mail comes from."""
    mailbox, _, host = text.partition("@")
    if not mailbox or "." not in host or "\n" in text:
        raise ValueError
    return text


def parse_count(text: str) -> int:
    """Return a whole number that is not negative."""
    count = int(text)
    if count < 0:
        raise ValueError
    return count


def parse_positive(text: str) -> int:
    """Return a whole number above zero."""
    count = int(text)
    if count <= 0:
        raise ValueError
    return count


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings that the environment holds.

    :raises SettingsError: names every missing or wrong variable and what is expected of it.
    """
    read = Reader(environ)
    settings = Settings(
        databases=_read_databases(read),
        broker_url=read.required("REDIS_URL", parse_broker_url, "redis://user:password@host:port/0", ""),
        secret_key=read.required("SECRET_KEY", parse_secret, "at least 32 random characters", ""),
        secret_key_fallbacks=read.optional(
            "SECRET_KEY_FALLBACKS", parse_secrets, "earlier secret keys of at least 32 characters, by commas", ()
        ),
        vault=_read_vault(read),
        seal=_read_seal(read),
        base_url=read.required("BASE_URL", parse_base_url, "https://host, without a path", ""),
        trusted_hosts=read.required("TRUSTED_HOSTS", parse_hosts, "host names separated by commas", ()),
        files_dir=read.required("FILES_DIR", parse_folder, "an absolute path of a folder that exists", Path()),
        mail=_read_mail(read),
        sessions=_read_sessions(read),
        legal=_read_legal(read),
        disclosure_days=read.optional("DISCLOSURE_DAYS", parse_count, "a number of days, 0 or more", 30),
        link_days=read.optional("PERSONAL_LINK_DAYS", parse_positive, "a number of days above 0", 30),
        trusted_proxies=read.optional("TRUSTED_PROXIES", parse_count, "a number of reverse proxies, 0 or more", 0),
        silent_seconds=read.optional("WORKER_SILENT_SECONDS", parse_positive, "a number of seconds above 0", 120),
        label=read.text("ENVIRONMENT_LABEL"),
    )
    if read.problems:
        raise SettingsError(tuple(read.problems))
    return settings


def _read_databases(read: Reader) -> DatabaseUrls:
    expected = "postgresql://{}:password@host:port/database"
    return DatabaseUrls(
        web=read.required("WEB_DATABASE_URL", parse_database_url, expected.format("sb_web"), ""),
        worker=read.required("WORKER_DATABASE_URL", parse_database_url, expected.format("sb_worker"), ""),
        report=read.required("REPORT_DATABASE_URL", parse_database_url, expected.format("sb_report"), ""),
        owner=read.optional("MIGRATION_DATABASE_URL", parse_database_url, expected.format("sb_owner"), ""),
    )


def _read_vault(read: Reader) -> VaultKeys:
    expected = "32 random bytes in base64"
    ring: dict[str, bytes] = read.required("CIN_KEYS", parse_key_ring, f"id:{expected}, the one in use first", {})
    return VaultKeys(
        cin_keys=ring,
        cin_key_id=next(iter(ring), ""),
        blind_index_key=read.required("BLIND_INDEX_KEY", parse_key, expected, b""),
        totp_key=read.required("TOTP_KEY", parse_key, expected, b""),
    )


def _read_seal(read: Reader) -> SealKey:
    key_id, seed = read.required("SEAL_KEY", parse_named_key, "id:32 random bytes in base64", ("", b""))
    return SealKey(key_id=key_id, seed=seed)


def _read_mail(read: Reader) -> MailSettings:
    sink: Path | None = read.optional("MAIL_SINK", parse_folder, "an absolute path of a folder that exists", None)
    smtp_url = read.optional("SMTP_URL", parse_smtp_url, "smtp+starttls://user:password@host:587", "")
    if bool(read.text("MAIL_SINK")) == bool(read.text("SMTP_URL")):
        read.problems.append(("SMTP_URL or MAIL_SINK", "exactly one of the two is expected"))
    sender = read.required("MAIL_SENDER", parse_sender, "the address that mail comes from", "")
    return MailSettings(sender=sender, sink=sink, smtp_url=smtp_url)


def _read_sessions(read: Reader) -> SessionSettings:
    idle = read.optional("SESSION_IDLE_MINUTES", parse_positive, "a number of minutes above 0", 30)
    absolute = read.optional("SESSION_ABSOLUTE_HOURS", parse_positive, "a number of hours above 0", 12)
    strict = read.optional("SESSION_STRICT_HOURS", parse_positive, "a number of hours above 0", 8)
    personal_idle = read.optional("PERSONAL_IDLE_MINUTES", parse_positive, "a number of minutes above 0", 30)
    personal = read.optional("PERSONAL_ABSOLUTE_HOURS", parse_positive, "a number of hours above 0", 2)
    return SessionSettings(
        idle=timedelta(minutes=idle),
        absolute=timedelta(hours=absolute),
        strict=timedelta(hours=strict),
        personal_idle=timedelta(minutes=personal_idle),
        personal_absolute=timedelta(hours=personal),
    )


def _read_legal(read: Reader) -> LegalTexts:
    months: int | None = read.optional("RETENTION_MONTHS", parse_positive, "a number of months above 0", None)
    days = "a number of days above 0"
    notice: int | None = read.optional("RETENTION_NOTICE_DAYS", parse_positive, days, None)
    answer: int | None = read.optional("RIGHTS_ANSWER_DAYS", parse_positive, days, None)
    return LegalTexts(
        cndp_number=read.text("CNDP_NUMBER"),
        controller=read.text("DATA_CONTROLLER"),
        privacy_contact=read.text("PRIVACY_CONTACT"),
        consent_version=read.text("CONSENT_VERSION"),
        retention_months=months,
        retention_notice_days=notice,
        answer_days=answer,
        legal_basis=read.text("LEGAL_BASIS"),
        hosting=read.text("HOSTING_PLACE"),
    )
