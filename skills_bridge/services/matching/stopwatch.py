"""How long each step of a run takes: kept with the run, for its page and for whoever makes it faster."""

from __future__ import annotations

import time


class Stopwatch:
    """Measures the steps of a run, in milliseconds."""

    def __init__(self) -> None:
        """Start."""
        self.times: dict[str, int] = {}
        self._since = time.monotonic()

    def lap(self, step: str) -> None:
        """Note how long a step took, and start the next."""
        now = time.monotonic()
        self.times[step] = round((now - self._since) * 1000)
        self._since = now
