"""Seconds from packed people in PostgreSQL to committed lists and proposals, and from a commit to a visible list.

python -m bench.datapath [people] [openings]

Runs the embedded PostgreSQL with its log of writes on, loads a drawn country (``bench.population``) by COPY as the
owner, and then does what a night and a validation do, with the product's own roles, services and processes. Beside the
seconds stand those of the processor that this process had: on a machine that others use they tell more. Of the
people, the first ``WITH_FILES`` have their competencies in the files too, to measure packing. Appends a line of JSON to
bench/results/datapath.jsonl.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import resource
import shutil
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

import numpy as np
from sqlalchemy import NullPool, create_engine, select, text
from sqlalchemy.orm import Session

from bench.datapath_base import WITH_FILES, Country, load_country
from skills_bridge.adapters.development import LocalStack, local_stack
from skills_bridge.adapters.match_index import MatchIndexFiles
from skills_bridge.cli.database import upgrade_schema
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE, tenant_scope
from skills_bridge.domain.events import MatchAsked
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.engine.national.readiness import get_ready
from skills_bridge.models import MatchRun, Opening
from skills_bridge.queries.matching.replays import replay_run
from skills_bridge.services.matching import allocate_places, compute_full_run, pack_next
from skills_bridge.unit_of_work import transaction, utc_now

RESULTS: Final = Path(__file__).parent / "results" / "datapath.jsonl"
FOLDER: Final = Path(__file__).resolve().parents[1] / "var" / "bench-datapath"
ASKED: Final = 40
PATIENCE: Final = 120
FRESH: Final = 5
"""Processes whose first task is compared with their tenth."""

TENTH: Final = 10


def tell(step: str) -> None:
    """Print a step with the time."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {step}\n")
    sys.stdout.flush()


def silent(_done: int, _total: int) -> None:
    """Tell nobody how far a run is."""


class Bench:
    """A running installation over a drawn country."""

    def __init__(self, stack: LocalStack, country: Country) -> None:
        """Open the worker's and the superuser's connections."""
        self.stack, self.country = stack, country
        self.worker = create_engine(stack.databases.worker, pool_size=2)
        self.files = Path(stack.environ["FILES_DIR"]) / "match-index"

    def run_night(self) -> dict[str, Any]:
        """Compute and commit a full run and the allocation after it; return what each part took."""
        get_ready()
        gc.freeze()  # as the worker does
        began, worked = perf_counter(), process_time()
        with Session(self.worker) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
            run_id = compute_full_run(
                uow, agency_id=self.country.agency_id, progress=silent, files=MatchIndexFiles(self.files)
            )
        listed = perf_counter()
        actor = replace(CLOCK, organisation_id=self.country.agency_id, organisation_kind=OrganisationKind.AGENCY)
        with Session(self.worker) as session, transaction(session, actor=actor, scope=tenant_scope(actor)) as uow:
            made = allocate_places(uow, run_id=run_id, progress=silent)
            proposed, times = made.counts["proposed"], dict(made.times)
        ended, computed = perf_counter(), process_time() - worked
        with Session(self.worker) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
            run = uow.session.get_one(MatchRun, run_id)
            return {
                "seconds": round(ended - began, 2),
                "own_cpu_seconds": round(computed, 2),
                "lists_seconds": round(listed - began, 2),
                "allocation_seconds": round(ended - listed, 2),
                "parts_ms": dict(run.times),
                "allocation_ms": times,
                "rows": run.counts["listed"],
                "proposed": proposed,
                "run": run_id,
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }

    def replay(self, run_id: int) -> dict[str, Any]:
        """Compute the run again from its kept input."""
        began = perf_counter()
        with Session(self.worker) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
            found = replay_run(uow.session, run_id=run_id)
        return {"replay_seconds": round(perf_counter() - began, 2), "replay_same": found.is_proven}

    def pack(self) -> dict[str, Any]:
        """Pack the people whose files are whole."""
        began = perf_counter()
        with Session(self.worker) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
            done = pack_next(uow)
        seconds = perf_counter() - began
        people = done.people if done else 0
        return {"packed_people": people, "packed_per_second": round(people / seconds)}

    def latencies(self) -> dict[str, Any]:
        """Ask for shortlists one after the other through relay, broker and worker; return milliseconds to visible."""
        self.stack.start_relay()
        self.stack.start_worker("matcher")
        found = [self._visible_after(key) for key in self.country.opening_ids[: ASKED + 2]]
        warmed = np.sort(np.array(found[2:]))
        return {
            "first_ms": round(found[0]),
            "p50_ms": round(float(np.quantile(warmed, 0.5))),
            "p95_ms": round(float(np.quantile(warmed, 0.95))),
            "asked": len(warmed),
            "parts_ms": _medians(self._times_of_last(len(warmed))),
        }

    def fresh_processes(self) -> dict[str, Any]:
        """Return what the first and the tenth task of a process take, each the same opening, over several processes."""
        first, tenth = [], []
        for _ in range(FRESH):
            self.stack.start_again("matcher")
            for _ in range(TENTH):
                self._visible_after(self.country.opening_ids[-1])
            times = self._times_of_last(TENTH)
            first.append(times[0])
            tenth.append(times[-1])
        return {
            "processes": FRESH,
            "first_task_ms": [sum(one.values()) for one in first],
            "tenth_task_ms": [sum(one.values()) for one in tenth],
            "first_task_parts_ms": _medians(first),
            "tenth_task_parts_ms": _medians(tenth),
        }

    def _times_of_last(self, count: int) -> list[dict[str, int]]:
        """Return milliseconds by step of the last runs of single openings, in their order."""
        query = select(MatchRun.times).where(MatchRun.opening_id.is_not(None)).order_by(MatchRun.id.desc())
        with Session(self.worker) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
            return [dict(times) for times in reversed(uow.session.scalars(query.limit(count)).all())]

    def _visible_after(self, opening_id: int) -> float:
        """Return milliseconds from the commit of the request until the opening shows the new run."""
        current = select(Opening.current_run_id).where(Opening.id == opening_id)
        with Session(self.worker) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
            before = uow.session.scalar(current)
            occasion = utc_now().isoformat()
            uow.record(MatchAsked(opening_id, occasion=occasion, organisation_id=self.country.agency_id))
        began = perf_counter()
        while perf_counter() - began < PATIENCE:
            with Session(self.worker) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
                if uow.session.scalar(current) != before:
                    return (perf_counter() - began) * 1000
            time.sleep(0.005)
        raise TimeoutError(opening_id)


def _medians(times: list[dict[str, int]]) -> dict[str, int]:
    """Return the median of each step."""
    return {step: round(float(np.median([one.get(step, 0) for one in times]))) for step in times[-1]}


def main(people: int, openings: int) -> None:
    """Load, measure, print and keep."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    with ExitStack() as exits:
        stack = exits.enter_context(local_stack(FOLDER, environ={}, tell=tell))
        upgrade_schema(stack.databases.owner)
        superuser = stack.superuser_url.rsplit("/", 1)[0] + "/" + stack.databases.owner.rsplit("/", 1)[1]
        owner = create_engine(superuser, poolclass=NullPool)
        country = load_country(create_engine(stack.databases.worker), owner, people, openings, tell)
        bench = Bench(stack, country)
        tell("a night, first")
        first = bench.run_night()
        tell(json.dumps(first))
        tell("a night, second")
        second = bench.run_night()
        tell(json.dumps(second))
        with owner.connect() as link:
            settings = {
                name: link.scalar(text(f"SHOW {name}")) for name in ("fsync", "wal_level", "synchronous_commit")
            }
        found: dict[str, Any] = {
            "at": utc_now().isoformat(timespec="seconds"),
            "people": people,
            "openings": openings,
            "with_files": min(people, WITH_FILES),
            "first": first,
            "second": second,
            **bench.replay(second["run"]),
            **bench.latencies(),
            **bench.fresh_processes(),
            **bench.pack(),  # last: their files hold less than was packed, so all of them change
            "machine": {"cpus": len(os.sched_getaffinity(0)), "load": os.getloadavg()},
            "python": platform.python_version(),
            "postgres": settings,
        }
    tell(json.dumps(found))
    with RESULTS.open("a", encoding="utf-8") as kept:
        kept.write(json.dumps(found) + "\n")
    shutil.rmtree(FOLDER, ignore_errors=True)


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] + ["200000", "2000"][len(sys.argv) - 1 :])))
