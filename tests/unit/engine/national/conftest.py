"""Compiled code for the tests of the national engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LONGEST = 400
"""Seconds for a test here: the first one waits for the compiler, which a busy machine may hold up for minutes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the compiler its time."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(LONGEST))


@pytest.fixture(scope="package", autouse=True)
def compiled() -> None:
    """Compile once, in a process whose coverage is not measured: the tracer makes the compiler take thrice as long.

    The tests read the code from the compiler's cache, as a worker does after its first start.
    """
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    subprocess.run(
        [sys.executable, "-c", "from skills_bridge.engine.national import warm; warm()"], env=plain, check=True
    )
