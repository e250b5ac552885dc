import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from skills_bridge.adapters.processes import (
    AlreadyRunning,
    Mark,
    Programs,
    StartFailed,
    birth,
    end,
    end_recorded,
    ending_on_signal,
    holding,
    last_lines,
    recorded,
    shielded,
    stop_launcher,
)

SLEEPER = "import time; time.sleep(600)"
# Has a child of its own and takes no notice of a polite request to end.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""
LAUNCHER = """
import sys, time
from pathlib import Path
from skills_bridge.adapters.processes import Programs, ending_on_signal, holding
folder = Path(sys.argv[1])
try:
    with ending_on_signal(), holding(folder):
        programs = Programs(folder)
        try:
            pid = programs.start("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"], environ={})
            print(pid, flush=True)
            time.sleep(600)
        finally:
            time.sleep(float(sys.argv[2]))
            programs.stop_all()
except KeyboardInterrupt:
    sys.exit(7)
"""


def wait_for(happens: Callable[[], object], seconds: float = 10.0) -> None:
    limit = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.02)


def launch(folder: Path, slow_end: float = 0.0) -> tuple[subprocess.Popen[str], int]:
    """Start a launcher in a process of its own; return it and the number of the program it started."""
    command = [sys.executable, "-c", LAUNCHER, str(folder), str(slow_end)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    with process.stdout:
        return process, int(process.stdout.readline())


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path)


class TestPrograms:
    def test_runs_a_program_until_it_is_stopped(self, programs: Programs) -> None:
        pid = programs.start("sleeper", [sys.executable, "-c", SLEEPER], environ={})
        programs.check("sleeper")

        codes = programs.stop_all()

        assert codes == {"sleeper": -signal.SIGTERM}
        assert birth(pid) is None

    def test_ends_stubborn_programs_with_their_children(self, programs: Programs) -> None:
        programs.start("stubborn", [sys.executable, "-c", STUBBORN], environ={}, grace=0.3)
        wait_for(lambda: last_lines(programs.log_of("stubborn")))
        child = int(last_lines(programs.log_of("stubborn")))

        programs.stop("stubborn")

        wait_for(lambda: birth(child) is None)

    def test_kills_without_warning(self, programs: Programs) -> None:
        pid = programs.start("sleeper", [sys.executable, "-c", SLEEPER], environ={}, stop_signal=signal.SIGINT)
        programs.kill("sleeper")
        assert birth(pid) is None
        assert not programs.is_running("sleeper")

    def test_tells_the_last_words_of_a_program_that_died(self, programs: Programs) -> None:
        programs.start("failing", [sys.executable, "-c", "print('no such thing'); raise SystemExit(3)"], environ={})
        wait_for(programs.dead)

        with pytest.raises(StartFailed, match="no such thing") as failure:
            programs.check("failing")

        assert failure.value.name == "failing"
        assert programs.stop_all() == {"failing": 3}


class TestEndRecorded:
    def test_ends_what_a_killed_launcher_left(self, tmp_path: Path) -> None:
        launcher, program = launch(tmp_path)
        launcher.kill()
        launcher.wait()
        assert birth(program) is not None

        assert end_recorded(tmp_path) == ["sleeper"]

        wait_for(lambda: birth(program) is None)
        assert recorded(tmp_path) == []

    def test_ends_children_whose_parent_is_gone(self, programs: Programs) -> None:
        pid = programs.start("stubborn", [sys.executable, "-c", STUBBORN], environ={})
        wait_for(lambda: last_lines(programs.log_of("stubborn")))
        child = int(last_lines(programs.log_of("stubborn")))
        os.kill(pid, signal.SIGKILL)
        wait_for(programs.dead)

        assert end_recorded(programs.folder) == ["stubborn"]

        wait_for(lambda: birth(child) is None)
        programs.stop_all()

    def test_passes_over_a_line_cut_short(self, tmp_path: Path) -> None:
        (tmp_path / "programs.jsonl").write_text('{"name": "half')
        assert end_recorded(tmp_path) == []


class TestEnd:
    def test_never_touches_a_number_that_belongs_to_somebody_else_now(self) -> None:
        stranger = subprocess.Popen([sys.executable, "-c", SLEEPER], start_new_session=True)
        born = birth(stranger.pid)
        assert born is not None
        earlier = f"{born.partition(':')[0]}:1"

        ended = end(Mark("old", stranger.pid, earlier, int(signal.SIGTERM), 1.0))

        assert not ended
        assert stranger.poll() is None
        stranger.kill()
        stranger.wait()


class TestHolding:
    def test_refuses_a_second_launcher_and_names_the_first(self, tmp_path: Path) -> None:
        launcher, _program = launch(tmp_path)
        with pytest.raises(AlreadyRunning) as refusal, holding(tmp_path):
            pass
        assert refusal.value.pid == launcher.pid
        stop_launcher(tmp_path)
        launcher.wait()

    def test_is_free_after_a_launcher_was_killed(self, tmp_path: Path) -> None:
        launcher, _program = launch(tmp_path)
        launcher.kill()
        launcher.wait()
        with holding(tmp_path):
            assert end_recorded(tmp_path) == ["sleeper"]


class TestStopLauncher:
    def test_waits_for_the_launcher_to_clean_up(self, tmp_path: Path) -> None:
        launcher, program = launch(tmp_path)

        ended = stop_launcher(tmp_path)

        assert ended == ["launcher"]
        assert launcher.wait() == 7
        assert birth(program) is None

    def test_finds_nothing_to_end(self, tmp_path: Path) -> None:
        assert stop_launcher(tmp_path) == []


class TestEndingOnSignal:
    def test_lets_no_second_signal_cut_the_clean_up_short(self, tmp_path: Path) -> None:
        launcher, program = launch(tmp_path, slow_end=0.5)
        for number in (signal.SIGINT, signal.SIGINT, signal.SIGTERM):
            launcher.send_signal(number)
            time.sleep(0.1)
        assert launcher.wait(10) == 7
        assert birth(program) is None

    def test_a_signal_waits_until_a_new_program_is_on_record(self) -> None:
        done = []

        def start_a_program() -> None:
            with ending_on_signal(), shielded():
                os.kill(os.getpid(), signal.SIGTERM)
                done.append("recorded")

        with pytest.raises(KeyboardInterrupt):
            start_a_program()

        assert done == ["recorded"]

    def test_gives_the_signals_back(self) -> None:
        before = signal.getsignal(signal.SIGTERM)
        with suppress(KeyboardInterrupt), ending_on_signal():
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(1)
        assert signal.getsignal(signal.SIGTERM) is before
