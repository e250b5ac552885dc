"""The database's roles and its empty databases: what a superuser prepares before the owner migrates.

Roles belong to the whole server, so making them is safe to repeat and safe to do twice at once.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from skills_bridge.domain.settings import DatabaseUrls

OWNER: Final = "sb_owner"
WEB: Final = "sb_web"
WORKER: Final = "sb_worker"
REPORT: Final = "sb_report"
BACKUP: Final = "sb_backup"
AUDITOR: Final = "sb_auditor"
PACKER: Final = "sb_packer"
HOLDERS: Final = (AUDITOR, PACKER)
"""Roles that nobody signs in as: each owns one function, which runs with its rights."""
LOGIN_ROLES: Final = (OWNER, WEB, WORKER, REPORT, BACKUP)

# Milliseconds; a stuck reader must not stall the site, and a migration must not wait behind one.
TIMEOUTS: Final[Mapping[str, Mapping[str, int]]] = {
    OWNER: {"statement_timeout": 900_000, "lock_timeout": 4_000, "idle_in_transaction_session_timeout": 60_000},
    WEB: {"statement_timeout": 5_000, "lock_timeout": 2_000, "idle_in_transaction_session_timeout": 10_000},
    WORKER: {"statement_timeout": 60_000, "lock_timeout": 5_000, "idle_in_transaction_session_timeout": 60_000},
    REPORT: {"statement_timeout": 60_000, "lock_timeout": 5_000, "idle_in_transaction_session_timeout": 60_000},
}
# A dead link is noticed before a person gives up: seconds to connect, milliseconds until an unanswered packet counts.
LINK_OPTIONS: Final = "connect_timeout=3&tcp_user_timeout=5000"
ROLES_LOCK: Final = 7_305_101


@dataclass(frozen=True, slots=True)
class RolePasswords:
    """The password of each role that may sign in to the database."""

    owner: str
    web: str
    worker: str
    report: str
    backup: str

    def by_role(self) -> dict[str, str]:
        """Return the passwords by role name."""
        return {f"sb_{part.name}": getattr(self, part.name) for part in fields(self)}


class RolesTaken(Exception):
    """The server already has these roles with other passwords: they belong to another installation."""

    def __init__(self, roles: list[str]) -> None:
        """Remember the roles."""
        self.roles = roles
        super().__init__(
            f"the database server already has {', '.join(roles)} with other passwords; name another server"
        )


@contextmanager
def superuser(url: str, database: str = "") -> Iterator[psycopg.Connection]:
    """Connect as the superuser, each statement on its own, to the database of the address or to another one."""
    with psycopg.connect(plain_url(url, database=database), autocommit=True) as connection:
        yield connection


def plain_url(url: str, *, user: str = "", password: str = "", database: str = "") -> str:
    """Return the address as libpq reads it, with another user, password or database if given."""
    parts = urlsplit(url.replace("postgresql+psycopg://", "postgresql://", 1))
    place = parts.netloc.rpartition("@")[2]
    who = (
        f"{quote(user, safe='')}:{quote(password, safe='')}@"
        if user
        else parts.netloc[: len(parts.netloc) - len(place)]
    )
    path = f"/{quote(database)}" if database else parts.path
    return urlunsplit(("postgresql", f"{who}{place}", path, parts.query, ""))


def role_urls(superuser_url: str, passwords: RolePasswords, database: str) -> DatabaseUrls:
    """Return one address per role of one database on the superuser's server."""

    def url(role: str, password: str) -> str:
        plain = plain_url(superuser_url, user=role, password=password, database=database)
        joint = "&" if "?" in plain else "?"
        return plain.replace("postgresql://", "postgresql+psycopg://", 1) + joint + LINK_OPTIONS

    return DatabaseUrls(
        web=url(WEB, passwords.web),
        worker=url(WORKER, passwords.worker),
        report=url(REPORT, passwords.report),
        owner=url(OWNER, passwords.owner),
    )


def create_roles(superuser_url: str, passwords: RolePasswords) -> None:
    """Make the roles, or bring existing ones to what they should be; none is superuser or passes row security."""
    with superuser(superuser_url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [ROLES_LOCK])
        for role, password in passwords.by_role().items():
            _ensure_role(connection, role, "LOGIN")
            _set_password(connection, role, password)
        for role in HOLDERS:
            _ensure_role(connection, role, "NOLOGIN")
        for role, limits in TIMEOUTS.items():
            for setting, value in limits.items():
                connection.execute(
                    sql.SQL("ALTER ROLE {} SET {} = {}").format(
                        sql.Identifier(role), sql.Identifier(setting), sql.Literal(f"{value}ms")
                    )
                )
        # A migration hands tables and functions over to them; the owner's role is used by migrations alone.
        for role in HOLDERS:
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(OWNER)))


def check_roles_are_ours(superuser_url: str, passwords: RolePasswords) -> None:
    """Make sure that the roles of a server that others may use are missing, or have the passwords we hold.

    :raises RolesTaken: some have other passwords.
    """
    with superuser(superuser_url) as connection:
        rows = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(LOGIN_ROLES)]
        ).fetchall()
    present = {row[0] for row in rows}
    database = urlsplit(superuser_url).path.strip("/")
    foreign = [
        role
        for role, password in passwords.by_role().items()
        if role in present and not _signs_in(plain_url(superuser_url, user=role, password=password, database=database))
    ]
    if foreign:
        raise RolesTaken(foreign)


def create_database(superuser_url: str, name: str) -> bool:
    """Make an empty database of the owner, open to our roles alone; say whether it was missing."""
    with superuser(superuser_url) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                    sql.Identifier(name), sql.Identifier(OWNER)
                )
            )
        _open_to_our_roles(connection, name)
    with superuser(superuser_url, name) as connection:
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    return known is None


def create_database_from_template(superuser_url: str, name: str, template: str) -> None:
    """Make a database that equals another one, to which nobody may be connected at that moment."""
    with superuser(superuser_url) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
            )
        )
        _open_to_our_roles(connection, name)


def drop_database(superuser_url: str, name: str) -> None:
    """Remove a database even if somebody is still connected to it."""
    with superuser(superuser_url) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _ensure_role(connection: psycopg.Connection, role: str, login: str) -> None:
    """Make the role unless it exists; an existing one loses whatever it should not have."""
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = "ALTER" if known else "CREATE"
    attributes = f"{login} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
    connection.execute(sql.SQL("{} ROLE {} {}").format(sql.SQL(verb), sql.Identifier(role), sql.SQL(attributes)))


def _set_password(connection: psycopg.Connection, role: str, password: str) -> None:
    """Send the password's verifier, so that no log of the server can hold the password."""
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier)))


def _open_to_our_roles(connection: psycopg.Connection, name: str) -> None:
    database = sql.Identifier(name)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    roles = sql.SQL(", ").join(sql.Identifier(role) for role in LOGIN_ROLES if role != OWNER)
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, roles))


def _signs_in(url: str) -> bool:
    try:
        with psycopg.connect(url):
            return True
    except psycopg.OperationalError:
        return False
