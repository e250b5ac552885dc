"""What a deployment decides: typed, frozen, handed in at the composition root and read nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """One address per database role; ``owner`` is empty in processes that never migrate."""

    web: str = field(repr=False)
    worker: str = field(repr=False)
    report: str = field(repr=False)
    owner: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class VaultKeys:
    """Keys that protect personal data; each is 32 bytes.

    ``cin_keys`` is a ring by key id: new values are written under ``cin_key_id``, older ids open what they closed.
    """

    cin_keys: Mapping[str, bytes] = field(repr=False)
    cin_key_id: str
    blind_index_key: bytes = field(repr=False)
    totp_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealKey:
    """The Ed25519 key that seals a pack: its id, printed beside every seal, and its private seed of 32 bytes."""

    key_id: str
    seed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Where mail goes: into a folder (``sink``) or to a server (``smtp_url``), never both."""

    sender: str
    sink: Path | None = None
    smtp_url: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """How long a signed-in session lives: without a click (``idle``), and from sign-in at most (``absolute``).

    ``strict`` takes the place of ``absolute`` for ministries and for those who administer an organisation or the
    platform. The two ``personal`` ones are those of a session that a personal link opened.
    """

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    strict: timedelta = timedelta(hours=8)
    personal_idle: timedelta = timedelta(minutes=30)
    personal_absolute: timedelta = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class LegalTexts:
    """What the parties' lawyers must supply; a screen shows *à compléter* in place of an empty one.

    ``retention_months`` without activity, a file is anonymised, ``retention_notice_days`` after a notice;
    ``answer_days`` is the time to answer a person's request.
    """

    cndp_number: str = ""
    controller: str = ""
    privacy_contact: str = ""
    consent_version: str = ""
    retention_months: int | None = None
    retention_notice_days: int | None = None
    answer_days: int | None = None
    legal_basis: str = ""
    hosting: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole of a deployment's decisions.

    ``base_url`` is the public address without a final slash. ``disclosure_days`` is how long a company still sees a
    person's identity after the referral ended, ``link_days`` how long a personal link opens. ``trusted_proxies`` is how
    many reverse proxies of ours stand in front, each of which adds the caller to ``X-Forwarded-For``; with 0 such
    headers are not believed. ``silent_seconds`` is how long a worker may leave due work standing.
    ``label`` names the deployment on screen and never switches behaviour.
    """

    databases: DatabaseUrls
    broker_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(repr=False)
    vault: VaultKeys
    seal: SealKey
    base_url: str
    trusted_hosts: tuple[str, ...]
    files_dir: Path
    mail: MailSettings
    sessions: SessionSettings = SessionSettings()
    legal: LegalTexts = LegalTexts()
    disclosure_days: int = 30
    link_days: int = 30
    trusted_proxies: int = 0
    silent_seconds: int = 120
    label: str = ""

    @property
    def is_https(self) -> bool:
        """Whether the public address is encrypted: cookies are then marked secure and named ``__Host-``."""
        return self.base_url.startswith("https://")
