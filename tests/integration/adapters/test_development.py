import socket
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from celery import Celery
from redis import Redis

from config.settings import load_settings
from skills_bridge.adapters import servers
from skills_bridge.adapters.database_roles import RolesTaken, plain_url
from skills_bridge.adapters.development import (
    PortTaken,
    answers,
    forget_checkout,
    local_secrets,
    local_stack,
    reserved_port,
    stop_checkout,
)
from skills_bridge.adapters.processes import AlreadyRunning, StartFailed, last_lines
from skills_bridge.cli.database import upgrade_schema
from tests.servers import TestServers


def wait_for(happens: Callable[[], object], seconds: float = 60.0) -> None:
    limit = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "var"
    yield place
    forget_checkout(place)


class TestLocalSecrets:
    def test_makes_them_once_and_keeps_them(self, folder: Path) -> None:
        first = local_secrets(folder)
        assert local_secrets(folder) == first
        assert len(set(first.values())) == len(first)

    def test_lets_nobody_else_read_them(self, folder: Path) -> None:
        local_secrets(folder)
        assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600

    def test_differ_between_checkouts(self, folder: Path, tmp_path: Path) -> None:
        assert not set(local_secrets(folder).values()) & set(local_secrets(tmp_path / "other").values())


class TestReservedPort:
    def test_is_passed_by_by_another_launcher(self) -> None:
        with reserved_port(None) as mine, reserved_port(None) as other:
            assert mine != other

    def test_is_shared_with_our_own_web_server(self) -> None:
        with reserved_port(None) as port, socket.socket() as web:
            web.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            web.bind((servers.LOOPBACK, port))
            web.listen()
            with socket.create_connection((servers.LOOPBACK, port), 1) as link:
                assert link.getpeername()[1] == port

    def test_says_that_the_wanted_one_is_taken(self) -> None:
        with reserved_port(None) as port, pytest.raises(PortTaken, match=str(port)), reserved_port(port):
            pass


class TestLocalStack:
    def test_gives_a_whole_environment(self, folder: Path) -> None:
        with local_stack(folder, environ={}, throwaway=True) as stack:
            settings = load_settings(stack.environ)
            with psycopg.connect(plain_url(settings.databases.web)) as connection:
                row = connection.execute("SELECT current_user").fetchone()
            with Redis.from_url(settings.broker_url) as link:
                assert link.ping()
        assert row == ("sb_web",)

    def test_finds_its_data_again(self, folder: Path) -> None:
        with local_stack(folder, environ={}, throwaway=True) as stack:
            upgrade_schema(stack.databases.owner)
        with (
            local_stack(folder, environ={}, throwaway=True) as stack,
            psycopg.connect(plain_url(stack.databases.owner)) as connection,
        ):
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        assert row is not None

    def test_refuses_a_second_launcher_of_the_same_folder(self, folder: Path) -> None:
        with (
            local_stack(folder, environ={}, throwaway=True),
            pytest.raises(AlreadyRunning),
            local_stack(folder, environ={}),
        ):
            pass

    def test_two_checkouts_run_at_once(self, folder: Path, tmp_path: Path) -> None:
        with (
            local_stack(folder, environ={}, throwaway=True) as one,
            local_stack(tmp_path / "other", environ={}, throwaway=True) as other,
        ):
            apart = (one.base_url != other.base_url, one.databases != other.databases)
        forget_checkout(tmp_path / "other")
        assert apart == (True, True)

    def test_leaves_the_roles_of_another_installation_alone(self, folder: Path, test_servers: TestServers) -> None:
        given = {"DATABASE_URL": test_servers.superuser_url, "REDIS_URL": test_servers.broker_url}
        with pytest.raises(RolesTaken), local_stack(folder, environ=given):
            pass

    def test_serves_the_site_with_all_processes(self, folder: Path) -> None:
        with local_stack(folder, environ={}, throwaway=True) as stack:
            upgrade_schema(stack.databases.owner)
            stack.start_processes()
            served = answers(f"{stack.base_url}/ready")
            with Celery("probe", broker=stack.environ["REDIS_URL"], set_as_current=False) as probe:
                wait_for(lambda: probe.control.ping(timeout=1.0))
            wait_for(lambda: "relay started" in last_lines(stack.programs.log_of("relay")))
            said = {name: last_lines(stack.programs.log_of(name)) for name in stack.programs.dead()}
        assert (served, said) == (True, {})
        assert not answers(f"{stack.base_url}/ready")

    def test_tells_why_the_site_does_not_start(self, folder: Path) -> None:
        with local_stack(folder, environ={}, throwaway=True) as stack:
            del stack.environ["SECRET_KEY"]
            stack.start_web()
            with pytest.raises(StartFailed, match="SECRET_KEY"):
                stack.wait_until_ready()


class TestStopCheckout:
    def test_says_that_nothing_ran(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        stop_checkout(folder)
        assert capsys.readouterr().out == "nothing was running\n"
