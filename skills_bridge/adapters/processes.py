"""Programs that a checkout starts on its own machine: each in a session of its own, on record, and ended for certain.

The record (``programs.jsonl``) tells a program by its number *and* the instant it was born, so that a number which the
machine has given to somebody else since is never touched.
"""

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Final

RECORD: Final = "programs.jsonl"
LOCK: Final = "running.lock"
TAIL_LINES: Final = 60
STEP_SECONDS: Final = 0.02
ENDING_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class StartFailed(Exception):
    """A program ended before it was ready, or was never ready; ``tail`` holds the last lines of its log."""

    def __init__(self, name: str, log: Path) -> None:
        """Remember the program and what it last said."""
        self.name = name
        self.log = log
        self.tail = last_lines(log)
        super().__init__(f"{name} did not start; the end of {log}:\n{self.tail}")


class AlreadyRunning(Exception):
    """Another launcher holds this folder; ``pid`` is its number."""

    def __init__(self, folder: Path, pid: int) -> None:
        """Remember the folder and who holds it."""
        self.folder = folder
        self.pid = pid
        super().__init__(f"{folder} is in use by the process {pid}; `make stop` ends it")


@dataclass(frozen=True, slots=True)
class RunAs:
    """The system user that a program runs as when it refuses to be root."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of the record: which process it is, and how it likes to be asked to end (``grace`` in seconds)."""

    name: str
    pid: int
    born: str
    stop_signal: int
    grace: float


def last_lines(log: Path, count: int = TAIL_LINES) -> str:
    """Return the last lines of a log, empty if there is none."""
    with suppress(FileNotFoundError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    return ""


def birth(pid: int) -> str | None:
    """Return the instant a living process was born, within this boot of the machine; None if it does not live."""
    fields = _stat(pid)
    if fields is None or fields[0] in "ZX":
        return None
    return f"{_boot_id()}:{fields[19]}"


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat after the name, which may itself hold spaces and brackets."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    return None


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _session_members(leader: int) -> list[int]:
    """Return the living processes whose session was opened by ``leader``."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields is not None and fields[0] not in "ZX" and int(fields[3]) == leader:
                found.append(int(entry.name))
    return found


def end(mark: Mark) -> bool:
    """Ask a recorded process to end, wait its grace, then end what is left of its session; say if anything lived."""
    now_born = birth(mark.pid)
    if now_born is not None and now_born != mark.born:
        return False
    if now_born is not None:
        with suppress(ProcessLookupError):
            os.kill(mark.pid, mark.stop_signal)
        _wait_until_gone(mark)
    left = [pid for pid in _session_members(mark.pid) if _is_not_older(pid, mark)]
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return now_born is not None or bool(left)


def _wait_until_gone(mark: Mark) -> None:
    limit = time.monotonic() + mark.grace
    while birth(mark.pid) == mark.born and time.monotonic() < limit:
        with suppress(ChildProcessError):
            os.waitpid(mark.pid, os.WNOHANG)
        time.sleep(STEP_SECONDS)


def _is_not_older(pid: int, mark: Mark) -> bool:
    """Tell a member of our session from one that a later owner of the number opened, or of an earlier boot."""
    born = birth(pid)
    if born is None:
        return False
    boot, _, instant = born.partition(":")
    marked_boot, _, marked_instant = mark.born.partition(":")
    return boot == marked_boot and int(instant) >= int(marked_instant)


class Programs:
    """The programs of one folder, in the order of their start; ended in the opposite order."""

    def __init__(self, folder: Path) -> None:
        """Take the folder whose record and logs are used; it must exist."""
        self.folder = folder
        self._running: dict[str, tuple[subprocess.Popen[bytes], Mark]] = {}
        self._asked: set[str] = set()

    def log_of(self, name: str) -> Path:
        """Return where a program's output goes."""
        return self.folder / "log" / f"{name}.log"

    def start(
        self,
        name: str,
        arguments: Sequence[str | Path],
        *,
        environ: Mapping[str, str],
        cwd: Path = Path("/"),
        run_as: RunAs | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        grace: float = 15.0,
    ) -> int:
        """Start a program in a session of its own, put it on record and return its number."""
        log = self.log_of(name)
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with shielded(), log.open("ab") as output:
            process = subprocess.Popen(
                list(arguments),
                env=dict(environ),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                user=run_as.uid if run_as else None,
                group=run_as.gid if run_as else None,
                extra_groups=[] if run_as else None,
            )
            mark = Mark(name, process.pid, birth(process.pid) or "", int(stop_signal), grace)
            self._running[name] = (process, mark)
            self._asked.discard(name)
            record(self.folder, mark)
        return process.pid

    def is_running(self, name: str) -> bool:
        """Whether a program that was started here still lives."""
        return name in self._running and self._running[name][0].poll() is None

    def check(self, name: str) -> None:
        """Make sure that a program still lives.

        :raises StartFailed: it does not.
        """
        if not self.is_running(name):
            raise StartFailed(name, self.log_of(name))

    def dead(self) -> list[str]:
        """Return the programs that ended though nobody stopped them."""
        return [name for name, (process, _mark) in self._running.items() if process.poll() is not None]

    def kill(self, name: str) -> None:
        """End a program and all its children at once and without warning, as a fault would."""
        process, _mark = self._running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, name: str) -> int:
        """End one program and its children; return its exit code."""
        self._ask(name)
        process, mark = self._running.pop(name)
        with suppress(subprocess.TimeoutExpired):
            process.wait(mark.grace)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return process.wait()

    def stop_all(self, *, last: Sequence[str] = ()) -> dict[str, int]:
        """End every program at once, those that others lean on (``last``) afterwards; return the exit codes."""
        first = [name for name in reversed(list(self._running)) if name not in last]
        for name in first:
            self._ask(name)
        return {name: self.stop(name) for name in (*first, *(name for name in last if name in self._running))}

    def _ask(self, name: str) -> None:
        """Send the polite signal, once: a second one would make a worker drop what it holds."""
        process, mark = self._running[name]
        if name not in self._asked and process.poll() is None:
            process.send_signal(mark.stop_signal)
        self._asked.add(name)


def record(folder: Path, mark: Mark) -> None:
    """Add a process to the folder's record in one write."""
    with (folder / RECORD).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(mark)) + "\n")


def recorded(folder: Path) -> list[Mark]:
    """Return the folder's record, oldest first; a line cut short by a crash is passed over."""
    marks = []
    with suppress(FileNotFoundError):
        for line in (folder / RECORD).read_text(encoding="utf-8").splitlines():
            with suppress(ValueError, TypeError):
                marks.append(Mark(**json.loads(line)))
    return marks


def end_recorded(folder: Path) -> list[str]:
    """End exactly the processes that the folder's record names, newest first; return the names of those that lived."""
    ended = [mark.name for mark in reversed(recorded(folder)) if end(mark)]
    (folder / RECORD).unlink(missing_ok=True)
    return ended


@contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Be the only launcher of a folder; the system lets go of it if the launcher dies.

    :raises AlreadyRunning: another launcher holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+", encoding="ascii") as lock:
        if not _taken(lock):
            lock.seek(0)
            raise AlreadyRunning(folder, int(lock.read() or 0))
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _taken(lock: IO[str]) -> bool:
    """Take the lock; False if another process has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def stop_launcher(folder: Path, grace: float = 120.0) -> list[str]:
    """Ask the folder's launcher to end, wait for it, then end whatever the record still names."""
    limit = time.monotonic() + grace
    asked = False
    while True:
        try:
            with holding(folder):
                ended = end_recorded(folder)
        except AlreadyRunning as held:
            if not asked:
                os.kill(held.pid, signal.SIGTERM)
                asked = True
            elif time.monotonic() > limit:
                raise
            time.sleep(STEP_SECONDS)
        else:
            return [*ended, *(["launcher"] if asked else [])]


class Interruption:
    """The first signal to end, which may have to wait until a program that is being started is on record."""

    shields = 0
    waiting = False


@contextmanager
def shielded() -> Iterator[None]:
    """Let a signal to end wait until this block is done."""
    Interruption.shields += 1
    try:
        yield
    finally:
        Interruption.shields -= 1
    if Interruption.waiting and not Interruption.shields:
        Interruption.waiting = False
        raise KeyboardInterrupt


@contextmanager
def ending_on_signal() -> Iterator[None]:
    """Turn the first SIGTERM, SIGHUP or Ctrl-C into KeyboardInterrupt; later ones cannot cut the clean-up short."""
    before = {number: signal.getsignal(number) for number in ENDING_SIGNALS}

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in ENDING_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        if Interruption.shields:
            Interruption.waiting = True
        else:
            raise KeyboardInterrupt

    for number in ENDING_SIGNALS:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
