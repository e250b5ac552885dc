"""Compiled code for the tests of the national engine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.fixture(scope="package", autouse=True)
def compiled() -> None:
    """Compile once, in a process whose coverage is not measured: the tracer makes the compiler take thrice as long.

    The tests read the code from the compiler's cache, as a worker does after its first start.
    """
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    subprocess.run(
        [sys.executable, "-c", "from skills_bridge.engine.national import warm; warm()"], env=plain, check=True
    )
