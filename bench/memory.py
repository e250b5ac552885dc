"""What a worker needs of its own: a process that maps an index, matches all openings and holds the lists.

    python -m bench.memory FOLDER OPENINGS       the worker; prints nothing

Its memory is read from outside while it works: anonymous pages, the interpreter and the compiled code's among them;
the mapped index is shared by all workers of a machine and left out.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from time import sleep
from typing import Final

from bench.population import drawn_population
from skills_bridge.engine.national import NationalIndex, load_index, save_index, shortlist_all
from skills_bridge.engine.policy import POLICY_V1

STEP: Final = 0.02
"""Seconds between two looks."""


def memory_of(index: NationalIndex, openings: int) -> int:
    """Return the most memory, in bytes, that a worker held beside the mapped index."""
    with tempfile.TemporaryDirectory() as folder:
        save_index(index, Path(folder) / "index")
        worker = subprocess.Popen([sys.executable, "-m", "bench.memory", f"{folder}/index", str(openings)])
        most = 0
        while worker.poll() is None:
            most = max(most, _anonymous(worker.pid))
            sleep(STEP)
        if worker.returncode:
            raise RuntimeError(worker.returncode)
    return most


def _anonymous(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("RssAnon")), 0)


def main(folder: str, openings: str) -> None:
    """Be the worker."""
    population = drawn_population(1, int(openings))
    shortlist_all(load_index(Path(folder)), population.openings, population.cohorts, POLICY_V1)


if __name__ == "__main__":
    main(*sys.argv[1:])
