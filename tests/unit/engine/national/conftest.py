"""Compiled code for the tests of the national engine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.compiled import wait_for_compiled
from tests.servers import FOLDER_VARIABLE

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
    """Have everything compiled before the first test."""
    wait_for_compiled(Path(os.environ[FOLDER_VARIABLE]))
