"""Compiled code for the tests of the national engine."""

from __future__ import annotations

import pytest

from tests.compiled import compile_matching


@pytest.fixture(scope="package", autouse=True)
def compiled() -> None:
    """Compile before the first test."""
    compile_matching()
