"""A whole installation on one machine: random secrets, servers, roles, database, environment and four processes."""

import base64
import fcntl
import json
import os
import secrets
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import skills_bridge
from skills_bridge.adapters import processes, servers
from skills_bridge.adapters.celery import WORKERS
from skills_bridge.adapters.database_roles import (
    RolePasswords,
    check_roles_are_ours,
    create_database,
    create_roles,
    role_urls,
)
from skills_bridge.domain.settings import DatabaseUrls

ROOT: Final = Path(skills_bridge.__file__).resolve().parents[1]
DATABASE: Final = "skills_bridge"
USUAL_PORT: Final = 8000
READY_SECONDS: Final = 60.0
STEP_SECONDS: Final = 0.05
CONCURRENCY: Final = 2
"""Jobs that one worker does at once."""
SECRET_NAMES: Final = (
    "postgres",
    "owner",
    "web",
    "worker",
    "report",
    "backup",
    "valkey",
    "SECRET_KEY",
)
SERVER_NAMES: Final = (servers.EmbeddedValkey.name, servers.EmbeddedPostgres.name)
KEY_NAMES: Final = ("CIN_KEYS", "BLIND_INDEX_KEY", "TOTP_KEY", "SEAL_KEY")
KEY_IDS: Final = {"CIN_KEYS": "cin-1", "SEAL_KEY": "seal-1"}


class PortTaken(Exception):
    """The port that was asked for belongs to another program."""

    def __init__(self, port: int | None) -> None:
        """Remember the port."""
        self.port = port
        super().__init__(f"port {port} is in use by another program")


def worker_arguments(name: str, application: str = "wsgi:celery") -> list[str]:
    """Return how one of ``WORKERS`` is started by ``celery``."""
    lane = ["-n", f"{name}@%h", "-Q", ",".join(WORKERS[name]), "-c", str(CONCURRENCY)]
    return ["-A", application, "worker", *lane, "--loglevel=WARNING", "--without-gossip", "--without-mingle"]


def local_secrets(folder: Path) -> dict[str, str]:
    """Return the installation's random secrets by name; made once and kept in a file that only its owner reads."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "secrets.json", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        kept: dict[str, str] = json.loads(file.read() or "{}")
        whole = _new_secrets() | kept
        if whole != kept:
            file.seek(0)
            file.truncate()
            json.dump(whole, file, indent=1, sort_keys=True)
    return whole


def _new_secrets() -> dict[str, str]:
    made = {name: secrets.token_urlsafe(36) for name in SECRET_NAMES}
    for name in KEY_NAMES:
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        made[name] = f"{KEY_IDS[name]}:{key}" if name in KEY_IDS else key
    return made


def local_environment(
    folder: Path, *, databases: DatabaseUrls, broker_url: str, port: int, kept: Mapping[str, str]
) -> dict[str, str]:
    """Return every variable that the product reads, for an installation below one folder."""
    files, mail = folder / "files", folder / "mail"
    for place in (files, mail):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "WEB_DATABASE_URL": databases.web,
        "WORKER_DATABASE_URL": databases.worker,
        "REPORT_DATABASE_URL": databases.report,
        "MIGRATION_DATABASE_URL": databases.owner,
        "REDIS_URL": broker_url,
        "BASE_URL": f"http://{servers.LOOPBACK}:{port}",
        "TRUSTED_HOSTS": f"{servers.LOOPBACK},localhost",
        "WEB_BIND": f"{servers.LOOPBACK}:{port}",
        "WEB_REUSE_PORT": "1",
        "FILES_DIR": str(files),
        "MAIL_SINK": str(mail),
        "MAIL_SENDER": "skills-bridge@demonstration.invalid",
        "ENVIRONMENT_LABEL": "local",
        "SECRET_KEY": kept["SECRET_KEY"],
        **{name: kept[name] for name in KEY_NAMES},
    }


def role_passwords(kept: Mapping[str, str]) -> RolePasswords:
    """Return the database passwords among the installation's secrets."""
    return RolePasswords(
        owner=kept["owner"], web=kept["web"], worker=kept["worker"], report=kept["report"], backup=kept["backup"]
    )


@contextmanager
def reserved_port(wanted: int | None) -> Iterator[int]:
    """Keep a port for our web server: the one that is wanted, else the usual one if it is free, else any.

    The port is bound and not listened on, so that another launcher passes it by and our own web server may share it.
    """
    with socket.socket() as place:
        for port in (wanted,) if wanted else (USUAL_PORT, 0):
            with suppress(OSError):
                place.bind((servers.LOOPBACK, port))
                break
        else:
            raise PortTaken(wanted)
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        yield place.getsockname()[1]


@dataclass(slots=True)
class LocalStack:
    """A running installation: its addresses, its variables, and its processes by name.

    ``superuser_url`` is for preparing databases only; ``environ`` is what every process of the product gets.
    """

    folder: Path
    superuser_url: str = field(repr=False)
    databases: DatabaseUrls
    environ: dict[str, str] = field(repr=False)
    base_url: str
    programs: processes.Programs = field(repr=False)
    database_server: servers.Server = field(repr=False)
    broker_server: servers.Server = field(repr=False)

    def process_environ(self) -> dict[str, str]:
        """Return the whole environment of a process: the machine's, without what points at other servers, and ours."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "COV_CORE"))}
        inherited.pop("DATABASE_URL", None)
        ours = {"PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT), "LOG_LEVEL": "INFO"}
        return inherited | ours | self.environ

    def start_web(self) -> None:
        """Start the web server; ``wait_until_ready`` says when it serves."""
        self._start("web", "gunicorn", "-c", str(ROOT / "config" / "gunicorn.py"), "wsgi:app", grace=30.0)

    def start_worker(self, name: str = "worker") -> None:
        """Start one of ``WORKERS``."""
        self._start(name, "celery", *worker_arguments(name), grace=90.0)

    def start_beat(self) -> None:
        """Start the clock that makes periodic jobs due."""
        schedule = str(self.folder / "beat-schedule")
        self._start("beat", "celery", "-A", "wsgi:celery", "beat", "-s", schedule, "--pidfile=", "--loglevel=WARNING")

    def start_relay(self) -> None:
        """Start the loop that sends due jobs to the broker."""
        self._start("relay", "config.command_line", "jobs", "relay")

    def start_processes(self) -> None:
        """Start every process: the web server first, so that the site serves soonest.

        :raises processes.StartFailed: the site is not ready in time.
        """
        self.start_web()
        self.wait_until_ready()
        for name in WORKERS:
            self.start_worker(name)
        self.start_beat()
        self.start_relay()

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until the site answers that it and its database are ready.

        :raises processes.StartFailed: a process ended, or the time is over.
        """
        limit = time.monotonic() + seconds
        while not answers(f"{self.base_url}/ready"):
            for name in self.programs.dead():
                raise processes.StartFailed(name, self.programs.log_of(name))
            if time.monotonic() > limit:
                raise processes.StartFailed("web", self.programs.log_of("web"))
            time.sleep(STEP_SECONDS)

    def start_again(self, name: str) -> None:
        """Start a program that fell, by its name; what it left of its children is ended first.

        :raises processes.StartFailed: a server does not come up.
        """
        self.programs.kill(name)
        starts: dict[str, Callable[[], object]] = {
            servers.EmbeddedPostgres.name: self.database_server.start,
            servers.EmbeddedValkey.name: self.broker_server.start,
            "web": self.start_web,
            "beat": self.start_beat,
            "relay": self.start_relay,
        }
        starts.get(name, lambda: self.start_worker(name))()

    def _start(self, name: str, module: str, *arguments: str, grace: float = 15.0) -> None:
        command = [sys.executable, "-m", module, *arguments]
        self.programs.start(name, command, environ=self.process_environ(), cwd=ROOT, grace=grace)


def answers(url: str) -> bool:
    """Whether this address answers 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # our own loopback address
            return bool(answer.status == 200)  # noqa: PLR2004  # HTTP: OK
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def local_stack(
    folder: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    port: int | None = None,
    throwaway: bool = False,
    tell: Callable[[str], None] = lambda _step: None,
) -> Iterator[LocalStack]:
    """Run an installation below ``folder``: servers, roles and an empty or kept database; all is ended on exit.

    ``DATABASE_URL`` (its user may make roles and databases) and ``REDIS_URL`` in ``environ`` name servers to use.
    ``tell`` hears each step as it is done.

    :raises processes.AlreadyRunning: another launcher uses this folder.
    :raises processes.StartFailed: a server does not come up.
    :raises PortTaken: ``port`` is not free.
    """
    folder = folder.resolve()
    folder.mkdir(
        mode=0o711, parents=True, exist_ok=True
    )  # the database's user walks through; what lies inside is closed
    with ExitStack() as stack:
        stack.enter_context(processes.holding(folder))
        for name in processes.end_recorded(folder):
            tell(f"ended {name}, left by an earlier run")
        kept = local_secrets(folder)
        programs = processes.Programs(folder)
        stack.callback(_end_all, programs, folder)
        database = _database_server(folder, kept, programs, environ, throwaway=throwaway)
        superuser_url = database.start()
        tell("PostgreSQL answers")
        broker = _broker_server(folder, kept, programs, environ)
        broker_url = broker.start()
        tell("Valkey answers")
        passwords = role_passwords(kept)
        if isinstance(database, servers.GivenServer):
            check_roles_are_ours(superuser_url, passwords)
        create_roles(superuser_url, passwords)
        create_database(superuser_url, DATABASE)
        tell("roles and database stand")
        databases = role_urls(superuser_url, passwords, DATABASE)
        chosen = stack.enter_context(reserved_port(port))
        variables = local_environment(folder, databases=databases, broker_url=broker_url, port=chosen, kept=kept)
        base_url = variables["BASE_URL"]
        yield LocalStack(folder, superuser_url, databases, variables, base_url, programs, database, broker)


def _end_all(programs: processes.Programs, folder: Path) -> None:
    """End the processes before the servers; whatever an interruption left is ended by the record."""
    try:
        programs.stop_all(last=SERVER_NAMES)
    finally:
        processes.end_recorded(folder)


def _database_server(
    folder: Path, kept: Mapping[str, str], programs: processes.Programs, environ: Mapping[str, str], *, throwaway: bool
) -> servers.Server:
    if environ.get("DATABASE_URL"):
        return servers.GivenServer(environ["DATABASE_URL"])
    return servers.EmbeddedPostgres(folder, kept["postgres"], programs, throwaway=throwaway)


def _broker_server(
    folder: Path, kept: Mapping[str, str], programs: processes.Programs, environ: Mapping[str, str]
) -> servers.Server:
    if environ.get("REDIS_URL"):
        return servers.GivenServer(environ["REDIS_URL"])
    return servers.EmbeddedValkey(folder / "valkey", kept["valkey"], programs)


def stop_checkout(var: Path) -> None:
    """End what runs below a checkout's ``var``, launchers included, and say what that was (``make stop``)."""
    ended = [name for folder in _launch_folders(var) for name in processes.stop_launcher(folder)]
    sys.stdout.write(f"ended: {', '.join(ended)}\n" if ended else "nothing was running\n")


def forget_checkout(var: Path) -> None:
    """Remove all data below a checkout's ``var`` and what root keeps of it elsewhere (``make clean``)."""
    for folder in (*_launch_folders(var), var):
        servers.forget(folder)


def _launch_folders(var: Path) -> list[Path]:
    """Return the folders that a demonstration or a test run was launched in."""
    return sorted(lock.parent for lock in (*var.glob(processes.LOCK), *var.glob(f"*/{processes.LOCK}")))
