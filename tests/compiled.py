"""Compiled code of matching for the tests, ready before any of them opens a transaction.

The controller starts the compiler before the tests are collected; whoever starts the servers waits for its end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

COMPILE: Final = """
import os, sys, traceback
told = ""
try:
    from skills_bridge.engine.national.readiness import get_ready
    get_ready()
except BaseException:
    told = traceback.format_exc()
with open(sys.argv[1] + ".new", "w") as end:
    end.write(told)
os.rename(end.name, sys.argv[1])
"""
END: Final = "compiled"
PATIENCE: Final = 300
"""Seconds; on a busy machine the compiler takes two minutes."""


def start_compiling(folder: Path) -> subprocess.Popen[bytes]:
    """Compile once, in a process whose coverage is not measured: the tracer makes the compiler take thrice as long.

    The tests read the code from the compiler's cache, as a worker does after its first start.
    """
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    return subprocess.Popen([sys.executable, "-c", COMPILE, folder / END], env=plain)


def wait_for_compiled(folder: Path) -> None:
    """Wait until the run's compiler has ended well.

    :raises RuntimeError: it failed, as the message says.
    :raises TimeoutError: it has not ended.
    """
    limit = time.monotonic() + PATIENCE
    while not (folder / END).exists():
        if time.monotonic() > limit:
            raise TimeoutError(folder)
        time.sleep(0.1)
    if told := (folder / END).read_text():
        raise RuntimeError(told)
