"""Verifying the audit: 100,000 entries of one stream, and how many acts eight writers append in a second.

Run ``python -m bench.audit``; it raises servers of its own and removes them. The goals: all verified within five
seconds, at least 200 appends a second, no fork.
"""

from __future__ import annotations

import threading
import time
from typing import Final

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.orm import Session

from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE
from skills_bridge.domain.settings import DatabaseUrls
from skills_bridge.queries.audit import verify_chain
from skills_bridge.unit_of_work import scoped, transaction
from tests.factories.copies import copied
from tests.servers import TEMPLATE, running_servers, test_run

ENTRIES: Final = 100_000
WRITERS: Final = 8
SECONDS: Final = 5.0
KEY: Final = b"\0" * 32
FACTS: Final = """{"reason":"contact","session_id":12345}"""


def fill(urls: DatabaseUrls) -> None:
    """Append the entries through the only way in."""
    engine = create_engine(urls.worker, poolclass=NullPool)
    with engine.begin() as link:
        link.execute(text("SET LOCAL statement_timeout = 0"))
        link.execute(text("SELECT set_config('app.scope', 'account', true)"))
        link.execute(
            text("SELECT append_audit(n, 'identity.revealed', 'seeker', n, :facts) FROM generate_series(1, :n) n"),
            {"facts": FACTS, "n": ENTRIES},
        )


def append(urls: DatabaseUrls, until: float, done: list[int]) -> None:
    """Append acts, one transaction each, until an instant."""
    engine = create_engine(urls.worker)
    count = 0
    while time.perf_counter() < until:
        with Session(engine) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
            uow.audit("test.appended", "test", count)
        count += 1
    engine.dispose()
    done.append(count)


def main() -> None:
    """Measure both and print them."""
    with test_run(), copied(running_servers(), TEMPLATE, "bench_audit") as urls:
        fill(urls)
        with Session(create_engine(urls.worker, poolclass=NullPool)) as session:
            began = time.perf_counter()
            report = verify_chain(scoped(session, PLATFORM_SCOPE, read_only=True), public_key=KEY)
            took = time.perf_counter() - began
        print(f"{report.entries} entries verified in {took:.2f} s, {len(report.findings)} findings (goal 5 s)")
        done: list[int] = []
        until = time.perf_counter() + SECONDS
        writers = [threading.Thread(target=append, args=(urls, until, done)) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        with Session(create_engine(urls.worker, poolclass=NullPool)) as session:
            after = verify_chain(scoped(session, PLATFORM_SCOPE, read_only=True), public_key=KEY)
        print(f"{sum(done) / SECONDS:.0f} appends a second with {WRITERS} writers (goal 200)")
        print(f"{after.entries} entries, {len(after.findings)} forks or faults")


if __name__ == "__main__":
    main()
