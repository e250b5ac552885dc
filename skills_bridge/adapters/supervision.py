"""Keeping a local installation up, as a supervisor does in production: what falls is told and started again."""

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Final

from skills_bridge.adapters.development import SERVER_NAMES, LocalStack
from skills_bridge.adapters.processes import StartFailed

LOOK_SECONDS: Final = 1.0
PROCESS_PAUSE: Final = 2.0
SERVER_PAUSE: Final = 45.0
"""A server stays down long enough to see what the site does without it."""

MOST_STARTS: Final = 5
WITHIN_SECONDS: Final = 120.0


class Supervisor:
    """Watches the programs of an installation; pauses in seconds lie between a fall and the new start."""

    def __init__(
        self,
        stack: LocalStack,
        *,
        tell: Callable[[str], None],
        process_pause: float = PROCESS_PAUSE,
        server_pause: float = SERVER_PAUSE,
        most_starts: int = MOST_STARTS,
    ) -> None:
        """Take the installation and who hears what falls and what stands again."""
        self._stack, self._tell = stack, tell
        self._pauses = dict.fromkeys(SERVER_NAMES, server_pause)
        self._usual_pause, self._most_starts = process_pause, most_starts
        self._fell_at: dict[str, float] = {}
        self._starts: dict[str, list[float]] = defaultdict(list)

    def serve(self) -> None:
        """Stay until a signal comes.

        :raises StartFailed: a program fell again and again.
        """
        while True:
            self.look()
            time.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Tell what has fallen since the last look, and start again what has been down for its pause.

        :raises StartFailed: a program was started ``most_starts`` times within ``WITHIN_SECONDS`` and fell again.
        """
        now = time.monotonic()
        for name in self._stack.programs.dead():
            pause = self._pauses.get(name, self._usual_pause)
            if name not in self._fell_at:
                self._fell_at[name] = now
                self._tell(f"{name} has ended; it is started again in {pause:.0f} s")
            elif now - self._fell_at[name] >= pause:
                self._start(name, now)

    def _start(self, name: str, now: float) -> None:
        """Start a fallen program again; a server that refuses is tried again after another pause."""
        lately = [at for at in self._starts[name] if now - at < WITHIN_SECONDS]
        if len(lately) >= self._most_starts:
            raise StartFailed(name, self._stack.programs.log_of(name))
        self._starts[name] = [*lately, now]
        del self._fell_at[name]
        try:
            self._stack.start_again(name)
        except StartFailed:
            return
        self._tell(f"{name} runs again")
