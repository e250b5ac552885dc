"""What a long command says of itself: each step with its time, and how far it is."""

from __future__ import annotations

import sys
import time
from typing import Final

import click

SPARSE_SECONDS: Final = 5.0
"""Between two lines of progress where no terminal can rewrite the last one."""
WIDTH: Final = 78


class Telling:
    """Prints steps with the seconds since the start; progress rewrites its line on a terminal."""

    def __init__(self) -> None:
        """Start the clock."""
        self.started = time.monotonic()
        self._last_line = 0.0
        self._is_terminal = sys.stdout.isatty()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def step(self, text: str) -> None:
        """Say that something is done."""
        self._clear()
        click.echo(f"[{self.seconds:6.1f} s] {text}")

    def progress(self, text: str, done: int, total: int) -> None:
        """Say how far something is."""
        line = f"[{self.seconds:6.1f} s] {text}: {done} of {total}"
        if self._is_terminal:
            click.echo(f"\r{line:<{WIDTH}}", nl=False)
        elif time.monotonic() - self._last_line > SPARSE_SECONDS:
            click.echo(line)
        else:
            return
        self._last_line = time.monotonic()

    def line(self, text: str = "") -> None:
        """Print a line as it is."""
        self._clear()
        click.echo(text)

    def _clear(self) -> None:
        if self._is_terminal:
            click.echo(f"\r{'':<{WIDTH}}\r", nl=False)
