"""One PostgreSQL and one Valkey for a whole test run, started by the first test of any worker that needs them.

The run's folder is ``var/test-<pid>``: it holds the servers' record and their addresses. The controller holds the
folder while the run lives; a run that died is ended and removed by the next one. The database's data lie in memory
where there is room: each test copies a database, and a disk that others use makes a copy cost ten times as much.
"""

import fcntl
import hashlib
import json
import os
import shutil
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

from skills_bridge.adapters import processes, servers
from skills_bridge.adapters.database_roles import RolePasswords, create_database, create_roles, role_urls
from skills_bridge.adapters.development import local_secrets, role_passwords
from skills_bridge.cli.database import upgrade_schema
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE
from skills_bridge.domain.settings import DatabaseUrls
from skills_bridge.reference import lists
from skills_bridge.services.framework import load_reference
from skills_bridge.unit_of_work import transaction
from tests.compiled import start_compiling, wait_for_compiled

VAR: Final = Path(__file__).resolve().parents[1] / "var"
FOLDER_VARIABLE: Final = "SKILLS_BRIDGE_TEST_FOLDER"
TEMPLATE: Final = "sb_template"
MEMORY: Final = Path("/dev/shm")  # the system's file system in memory
ROOM: Final = 4 * 2**30
"""Bytes that must be free in memory; a run takes some hundred millions, and its log of changes at most 1 GiB."""

# The servers that this process started must outlive the fixtures; their record ends them.
_started: list[processes.Programs] = []


@dataclass(frozen=True)
class TestServers:
    """The addresses of a run's servers."""

    __test__ = False

    superuser_url: str
    broker_url: str
    passwords: RolePasswords

    def urls(self, database: str) -> DatabaseUrls:
        """Return the addresses of one database, one per role."""
        return role_urls(self.superuser_url, self.passwords, database)

    def broker(self, number: int) -> str:
        """Return the broker's address with a logical database of its own."""
        return f"{self.broker_url.removesuffix('/0')}/{number}"


def build_template(urls: DatabaseUrls) -> None:
    """Bring the empty template database to what every test starts from: the schema and the shipped lists."""
    upgrade_schema(urls.owner)
    engine = create_engine(urls.worker, poolclass=NullPool)
    with Session(engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
        load_reference(uow, lists)


@contextmanager
def test_run() -> Iterator[None]:
    """Own a fresh folder for this run; end and remove it afterwards, and those of runs that died."""
    folder = VAR / f"test-{os.getpid()}"
    with _locked(VAR / "tests.lock"):
        _remove_dead_runs()
        run = processes.holding(folder)
        run.__enter__()  # the lock on all runs ends before the run does
    os.environ[FOLDER_VARIABLE] = str(folder)
    compiler = start_compiling(folder)
    try:
        yield
    finally:
        compiler.kill()
        compiler.wait()
        processes.end_recorded(folder)
        run.__exit__(None, None, None)
        _forget(folder)


def running_servers() -> TestServers:
    """Return the run's servers; the first caller of all workers starts them and builds the template database."""
    folder = Path(os.environ[FOLDER_VARIABLE])
    with _locked(folder / "start.lock"):
        state = folder / "servers.json"
        if not state.exists():
            state.touch(mode=0o600)
            state.write_text(json.dumps(_start(folder)))
        known = json.loads(state.read_text())
    if "error" in known:
        raise RuntimeError(known["error"])
    return TestServers(known["superuser_url"], known["broker_url"], role_passwords(local_secrets(folder)))


def _start(folder: Path) -> dict[str, str]:
    """Start both servers; an error is kept, so that every test tells it and none tries again."""
    programs = processes.Programs(folder)
    _started.append(programs)
    kept = local_secrets(folder)
    try:
        superuser_url = servers.EmbeddedPostgres(
            data_folder(folder), kept["postgres"], programs, throwaway=True
        ).start()
        broker_url = servers.EmbeddedValkey(folder / "valkey", kept["valkey"], programs).start()
        passwords = role_passwords(kept)
        create_roles(superuser_url, passwords)
        create_database(superuser_url, TEMPLATE)
        build_template(role_urls(superuser_url, passwords, TEMPLATE))
        wait_for_compiled(folder)
    except Exception:  # noqa: BLE001  # whatever it was, it is told by each test
        return {"error": traceback.format_exc()}
    return {"superuser_url": superuser_url, "broker_url": broker_url}


def _remove_dead_runs() -> None:
    for folder in VAR.glob("test-*"):
        try:
            with processes.holding(folder):
                processes.end_recorded(folder)
        except processes.AlreadyRunning:
            continue
        _forget(folder)


def data_folder(folder: Path) -> Path:
    """Return where the database of a run's folder keeps its data: in memory if there is room, else in the folder."""
    memory = _memory_of(folder)
    return memory if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else folder


def _memory_of(folder: Path) -> Path:
    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return MEMORY / f"skills-bridge-{key}"


def _forget(folder: Path) -> None:
    """Remove a run's folder and its data in memory."""
    shutil.rmtree(_memory_of(folder), ignore_errors=True)
    servers.forget(folder)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Let one process at a time pass; the others wait."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
