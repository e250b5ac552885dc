import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from skills_bridge.adapters.database_roles import (
    LOGIN_ROLES,
    RolePasswords,
    RolesTaken,
    check_roles_are_ours,
    create_database,
    create_roles,
    drop_database,
    plain_url,
)
from skills_bridge.domain.settings import DatabaseUrls
from tests.servers import TestServers


@pytest.fixture
def show() -> Callable[[str, str], str]:
    def value(url: str, query: str) -> str:
        with psycopg.connect(plain_url(url)) as connection:
            row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return str(row[0])

    return value


class TestCreateRoles:
    def test_gives_no_role_power_over_row_security(self, test_servers: TestServers, show: Callable[..., str]) -> None:
        powerful = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'sb\\_%' AND (rolsuper OR rolbypassrls)"
        assert show(test_servers.superuser_url, powerful) == "0"
        assert show(test_servers.superuser_url, "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'sb\\_%'") == "7"

    def test_may_be_done_by_several_at_once(self, test_servers: TestServers) -> None:
        with ThreadPoolExecutor(4) as threads:
            done = list(
                threads.map(lambda _: create_roles(test_servers.superuser_url, test_servers.passwords), range(4))
            )
        assert done == [None] * 4

    @pytest.mark.parametrize("role", ["sb_auditor", "sb_packer"])
    def test_lets_the_owners_of_functions_never_sign_in(
        self, test_servers: TestServers, show: Callable[..., str], role: str
    ) -> None:
        query = f"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{role}'"
        assert show(test_servers.superuser_url, query) == "False"

    @pytest.mark.parametrize(("role", "limit"), [("web", "5s"), ("worker", "1min"), ("report", "1min")])
    def test_limits_how_long_a_statement_runs(
        self, database: DatabaseUrls, show: Callable[..., str], role: str, limit: str
    ) -> None:
        assert show(getattr(database, role), "SHOW statement_timeout") == limit

    def test_keeps_passwords_out_of_the_catalogue(self, test_servers: TestServers, show: Callable[..., str]) -> None:
        query = "SELECT bool_and(rolpassword LIKE 'SCRAM-%') FROM pg_authid WHERE rolname LIKE 'sb\\_%' AND rolcanlogin"
        assert show(test_servers.superuser_url, query) == "True"


class TestCheckRolesAreOurs:
    def test_accepts_our_own(self, test_servers: TestServers) -> None:
        check_roles_are_ours(test_servers.superuser_url, test_servers.passwords)
        create_roles(test_servers.superuser_url, test_servers.passwords)

    def test_refuses_the_roles_of_another_installation(self, test_servers: TestServers) -> None:
        others = RolePasswords(*(secrets.token_urlsafe(8) for _ in range(5)))
        with pytest.raises(RolesTaken) as refusal:
            check_roles_are_ours(test_servers.superuser_url, others)
        assert set(refusal.value.roles) == set(LOGIN_ROLES)


class TestCreateDatabase:
    def test_says_whether_it_was_missing(self, test_servers: TestServers, worker_id: str) -> None:
        name = f"new_{worker_id}"
        made = [create_database(test_servers.superuser_url, name), create_database(test_servers.superuser_url, name)]
        drop_database(test_servers.superuser_url, name)
        assert made == [True, False]

    def test_shuts_the_web_out_of_the_schema(self, database: DatabaseUrls) -> None:
        with (
            psycopg.connect(plain_url(database.web)) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("CREATE TABLE mine (id bigint)")


class TestCreateDatabaseFromTemplate:
    def test_gives_each_test_the_migrated_schema(self, database: DatabaseUrls, show: Callable[..., str]) -> None:
        assert int(show(database.owner, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) > 0


class TestPlainUrl:
    def test_replaces_only_what_is_given(self) -> None:
        url = "postgresql+psycopg://postgres:a%2Fb@127.0.0.1:5432/postgres?connect_timeout=3"
        assert plain_url(url) == "postgresql://postgres:a%2Fb@127.0.0.1:5432/postgres?connect_timeout=3"
        assert plain_url(url, user="w", password="x/y", database="d") == (
            "postgresql://w:x%2Fy@127.0.0.1:5432/d?connect_timeout=3"
        )
