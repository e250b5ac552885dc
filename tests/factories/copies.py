"""Databases that live as long as one test or module needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from skills_bridge.adapters.database_roles import create_database_from_template, drop_database
from skills_bridge.domain.settings import DatabaseUrls
from tests.factories.world import World, close_engines, engines_of, forget_engines, name_of
from tests.servers import TestServers


@contextmanager
def copied(servers: TestServers, template: str, name: str) -> Iterator[DatabaseUrls]:
    """Copy a database for as long as it is needed."""
    create_database_from_template(servers.superuser_url, name, template)
    yield servers.urls(name)
    forget_engines(name)
    drop_database(servers.superuser_url, name)


@contextmanager
def copied_world(servers: TestServers, template: World, name: str) -> Iterator[World]:
    """Copy a world for as long as it is needed; its keys stay what they were."""
    close_engines(name_of(template.urls))
    with copied(servers, name_of(template.urls), name) as urls:
        yield replace(template, urls=urls, engines=engines_of(urls))
