"""Compiled code of matching for the tests, ready before any of them opens a transaction."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

READY: Final = "from skills_bridge.engine.national.readiness import get_ready; get_ready()"


def compile_matching() -> None:
    """Compile once, in a process whose coverage is not measured: the tracer makes the compiler take thrice as long.

    The tests read the code from the compiler's cache, as a worker does after its first start.
    """
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    subprocess.run([sys.executable, "-c", READY], env=plain, check=True)
