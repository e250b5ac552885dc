"""What every test may ask for: a database of its own, the broker, the folder of real data."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from redis import Redis
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from skills_bridge.domain.settings import DatabaseUrls
from tests.factories.copies import copied, copied_world
from tests.factories.reservations import Bridge, a_bridge
from tests.factories.samples import crowd, with_herself
from tests.factories.story import tell_story
from tests.factories.turns import is_nightly, set_turn, turn
from tests.factories.world import World, app_of, build_world
from tests.servers import TEMPLATE, TestServers, running_servers, test_run

settings.register_profile("shared-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared-machine")

KEPT_TOGETHER = (
    "tests/browser/",
    "tests/integration/test_story.py",
    "tests/integration/test_real_input.py",
    "tests/unit/engine/national/",
)
"""Files and folders whose tests share what takes long to raise: an installation, or compiled code.

They are given out before all others, the largest first, so that no worker is left alone with one at the end.
"""

RUN = pytest.StashKey[ExitStack]()
numbers = count(1)


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types for its schedulers
    """Sends tests that share an installation to one worker process, every other where there is room.

    The mark ``xdist_group`` says the same, but xdist 3.8 loses it under pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((kept for kept in KEPT_TOGETHER if nodeid.startswith(kept)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Return how the tests are given out."""
    return Scheduling(config, log)


def is_controller(config: pytest.Config) -> bool:
    """Whether this is the process that a person started, and none of its workers."""
    return not hasattr(config, "workerinput")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Open the run's folder; its servers start when a test first needs them."""
    if is_controller(session.config):
        set_turn()
        stack = ExitStack()
        stack.enter_context(test_run())
        session.config.stash[RUN] = stack


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run's servers once every worker has ended."""
    if RUN in config.stash:
        config.stash[RUN].close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the browser tests out on explicit request only."""
    if os.environ.get("BROWSER") == "0":
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("browser")])
        items[:] = [item for item in items if not item.get_closest_marker("browser")]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out on request."""
    if os.environ.get("BROWSER") == "0":
        terminalreporter.write_line("browser tests were left out: BROWSER=0", yellow=True)
    if not is_nightly():
        terminalreporter.write_line(f"large groups ran in part: TURN={turn()} chose it, make nightly runs all")


@pytest.fixture(scope="session")
def test_servers() -> TestServers:
    """Return the run's PostgreSQL and Valkey."""
    return running_servers()


@pytest.fixture
def database(test_servers: TestServers, worker_id: str) -> Iterator[DatabaseUrls]:
    """Return the addresses, by role, of a database that no other test sees; it stands at the last migration."""
    with copied(test_servers, TEMPLATE, f"test_{worker_id}_{next(numbers)}") as urls:
        yield urls


@pytest.fixture(scope="session")
def world_template(test_servers: TestServers, worker_id: str) -> Iterator[World]:
    """Return a world that stands in a database of its own, to be copied: making one anew takes ten times as long."""
    with copied(test_servers, TEMPLATE, f"world_{worker_id}") as urls:
        yield build_world(urls)


@pytest.fixture(scope="session")
def told_template(test_servers: TestServers, worker_id: str, world_template: World) -> Iterator[World]:
    """Return a world in which the whole story has been told, to be copied."""
    with copied_world(test_servers, world_template, f"told_{worker_id}") as world:
        tell_story(world)
        yield world


@pytest.fixture(scope="session")
def crowded_template(test_servers: TestServers, worker_id: str, told_template: World) -> Iterator[World]:
    """Return the told world with a second company and a second centre at work, to be copied."""
    with copied_world(test_servers, told_template, f"crowded_{worker_id}") as world:
        crowd(world)
        yield with_herself(world)


@pytest.fixture
def crowded_world(test_servers: TestServers, worker_id: str, crowded_template: World) -> Iterator[World]:
    """Return a world that no other test sees, in which everybody has something that others must not see."""
    with copied_world(test_servers, crowded_template, f"test_{worker_id}_{next(numbers)}") as world:
        yield world


@pytest.fixture
def world(test_servers: TestServers, worker_id: str, world_template: World) -> Iterator[World]:
    """Return a world that no other test sees: organisations of every kind and their people."""
    with copied_world(test_servers, world_template, f"test_{worker_id}_{next(numbers)}") as world:
        yield world


@pytest.fixture
def told_world(test_servers: TestServers, worker_id: str, told_template: World) -> Iterator[World]:
    """Return a world that no other test sees, in which the whole story has been told."""
    with copied_world(test_servers, told_template, f"test_{worker_id}_{next(numbers)}") as world:
        yield world


@pytest.fixture(scope="session")
def bridged_template(
    test_servers: TestServers, worker_id: str, world_template: World
) -> Iterator[tuple[World, Bridge]]:
    """Return a world with three near profiles of an opening and the course that closes their gap, to be copied."""
    with copied_world(test_servers, world_template, f"bridged_{worker_id}") as world:
        yield world, a_bridge(world, people=3)


@pytest.fixture
def bridged_world(test_servers: TestServers, worker_id: str, bridged_template: tuple[World, Bridge]) -> Iterator[World]:
    """Return a world that no other test sees, with the bridge in it."""
    with copied_world(test_servers, bridged_template[0], f"test_{worker_id}_{next(numbers)}") as world:
        yield world


@pytest.fixture
def bridge(bridged_template: tuple[World, Bridge]) -> Bridge:
    """Return what stands in a bridged world: the opening, the course, the people."""
    return bridged_template[1]


@pytest.fixture
def app(world: World, tmp_path: Path) -> Flask:
    """Return the web application over the test's world."""
    return app_of(world.urls, tmp_path)


@pytest.fixture(scope="session")
def valkey(test_servers: TestServers, worker_id: str) -> str:
    """Return the broker's address with a logical database that no other worker uses."""
    return test_servers.broker(0 if worker_id == "master" else int(worker_id.removeprefix("gw")) + 1)


@pytest.fixture
def broker_url(valkey: str) -> str:
    """Return the broker's address with nothing in its queues."""
    with Redis.from_url(valkey) as link:
        for key in link.scan_iter():
            link.delete(key)
    return valkey


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real frameworks and advertisements; without it the test says so and is skipped."""
    folder = os.environ.get("SKILLS_BRIDGE_DATA", "")
    if not folder:
        pytest.skip("SKILLS_BRIDGE_DATA names no folder of real data")
    return Path(folder)
