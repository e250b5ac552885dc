import os
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from redis.exceptions import NoPermissionError

from skills_bridge.adapters.database_roles import plain_url
from skills_bridge.adapters.processes import Programs, birth, end_recorded, recorded
from skills_bridge.adapters.servers import (
    EmbeddedPostgres,
    EmbeddedValkey,
    GivenServer,
    Server,
    fallback_folder,
    forget,
    reachable,
)


def ask(url: str, query: str) -> str:
    with psycopg.connect(plain_url(url), autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return str(row[0])


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for place in (tmp_path, tmp_path / "first", tmp_path / "second"):
        end_recorded(place)
        forget(place)


class TestEmbeddedPostgres:
    def test_keeps_its_data_across_a_restart(self, folder: Path) -> None:
        programs = Programs(folder)
        server = EmbeddedPostgres(folder, "secret", programs, throwaway=True)
        with psycopg.connect(plain_url(server.start()), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        server.stop()

        again = ask(server.start(), "SELECT n FROM kept")

        programs.stop_all()
        assert again == "7"

    def test_two_checkouts_run_side_by_side(self, folder: Path) -> None:
        stacks = [(place, Programs(place)) for place in (folder / "first", folder / "second")]
        urls = [EmbeddedPostgres(place, place.name, programs, throwaway=True).start() for place, programs in stacks]

        found = {ask(url, "SHOW data_directory") for url in urls}

        for _place, programs in stacks:
            programs.stop_all()
        assert len(found) == 2

    def test_a_killed_one_recovers(self, folder: Path) -> None:
        programs = Programs(folder)
        server = EmbeddedPostgres(folder, "secret", programs)
        with psycopg.connect(plain_url(server.start()), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        programs.kill("postgres")

        again = ask(server.start(), "SELECT n FROM kept")

        programs.stop_all()
        assert again == "7"

    def test_a_half_made_cluster_is_made_again(self, folder: Path) -> None:
        programs = Programs(folder)
        server = EmbeddedPostgres(folder, "secret", programs, throwaway=True)
        place = (folder if reachable_by_the_server(folder) else fallback_folder(folder)) / "pgdata-18.1.new"
        place.mkdir(parents=True)
        (place / "PG_VERSION").write_text("18\n")

        url = server.start()

        assert ask(url, "SHOW server_version").startswith("18")
        assert not place.exists()
        programs.stop_all()

    def test_writes_no_values_to_its_log(self, folder: Path) -> None:
        programs = Programs(folder)
        url = EmbeddedPostgres(folder, "secret", programs, throwaway=True).start()
        with psycopg.connect(plain_url(url), autocommit=True) as connection, pytest.raises(psycopg.DataError):
            connection.execute("SELECT 1 / (length(%s::text) - 8)", ["BE123456"])
        programs.stop_all()
        log = programs.log_of("postgres").read_text()
        assert "division by zero" in log
        assert "BE123456" not in log


class TestEmbeddedValkey:
    def test_keeps_its_messages_across_a_kill(self, folder: Path) -> None:
        programs = Programs(folder)
        server = EmbeddedValkey(folder / "valkey", "secret", programs)
        with Redis.from_url(server.start()) as link:
            link.lpush("mail", "7")
            link.execute_command("WAITAOF", 1, 0, 5000)
        programs.kill("valkey")

        with Redis.from_url(server.start()) as link:
            kept = link.lrange("mail", 0, -1)

        programs.stop_all()
        assert kept == [b"7"]

    @pytest.mark.parametrize("command", ["FLUSHALL", "KEYS *", "CONFIG GET dir", "SHUTDOWN"])
    def test_denies_the_product_what_it_never_needs(self, broker_url: str, command: str) -> None:
        with Redis.from_url(broker_url) as link, pytest.raises(NoPermissionError):
            link.execute_command(*command.split())

    def test_never_throws_a_message_away(self, broker_url: str) -> None:
        with Redis.from_url(broker_url) as link:
            assert link.info("memory")["maxmemory_policy"] == "noeviction"

    def test_hides_its_password_from_other_users(self, folder: Path) -> None:
        programs = Programs(folder)
        EmbeddedValkey(folder / "valkey", "secret", programs).start()
        programs.stop_all()
        configuration = folder / "valkey" / "valkey.conf"
        assert stat.S_IMODE(configuration.stat().st_mode) == 0o600
        assert "secret" not in configuration.read_text()


class TestGivenServer:
    def test_is_used_as_it_is(self) -> None:
        server: Server = GivenServer("redis://broker:6379/0")
        assert server.start() == "redis://broker:6379/0"
        server.stop()
        assert server.start() == "redis://broker:6379/0"


class TestReachable:
    def test_sees_a_closed_folder_on_the_way(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        (closed / "inside").mkdir(parents=True)
        closed.chmod(0o700)
        nobody = 65534
        assert reachable(Path("/usr/bin"), nobody)
        assert not reachable(closed / "inside", nobody)


class TestFallbackFolder:
    def test_differs_from_checkout_to_checkout(self, tmp_path: Path) -> None:
        assert fallback_folder(tmp_path / "a") != fallback_folder(tmp_path / "b")
        assert fallback_folder(tmp_path / "a") == fallback_folder(tmp_path / "b" / ".." / "a")


class TestEndRecordedServers:
    def test_the_next_start_ends_the_servers_of_a_launcher_that_died(self, folder: Path) -> None:
        programs = Programs(folder)
        EmbeddedPostgres(folder, "secret", programs, throwaway=True).start()
        EmbeddedValkey(folder / "valkey", "secret", programs).start()
        pids = [mark.pid for mark in recorded(folder)]

        assert end_recorded(folder) == ["valkey", "postgres"]

        assert [birth(pid) for pid in pids] == [None, None]
        programs.stop_all()


def reachable_by_the_server(folder: Path) -> bool:
    return os.geteuid() != 0 or reachable(folder, 65534)
