"""A5 and A6: tokens, origins, headers and addresses, on every route and for every role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.wrappers import Response

from skills_bridge.blueprints.web import is_local_path
from skills_bridge.policies.permissions import may
from tests.factories.pages import read_page
from tests.factories.routes import UNSAFE, address_of, methods_of, permission_of, rules_of
from tests.factories.samples import WALKERS, Sample, kind_of, samples_of
from tests.factories.world import World, app_of, client_of
from tests.structure.test_matrix import digest

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
POLICY: Final = (
    "default-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "style-src 'self';",
)
FOREIGN: Final = (
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://evil.example:80@localhost.evil.example"},
    {"Origin": "http://localhost:9999"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)

SCHEMES: Final = (
    "//",
    "///",
    "////",
    "/\\",
    "\\\\",
    "\\/",
    "/\t/",
    "\t//",
    "/\n/",
    "/\r\n/",
    " //",
    "http://",
    "https://",
    "HTTP://",
    "https:/",
    "https:",
    "ftp://",
    "http:\\\\",
    "/%09/",
    "/%5c",
)
HOSTS: Final = ("evil.example", "localhost@evil.example", "evil.example/localhost")
REDIRECTS: Final = (
    *(scheme + host for scheme in SCHEMES for host in HOSTS),
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "/\u2028/evil.example",
    "/\x0b/evil.example",
    "/ok\r\nSet-Cookie: a=b",
    "/ok\r\nLocation: https://evil.example",
    "",
    "evil.example",
    "?next=//evil.example",
    "/\x00//evil.example",
)
"""Addresses that a browser, or a careless join, could take for another site's."""
NAMES: Final = (
    "evil.example",
    "localhost.evil.example",
    "evil.example:80",
    "localhost:80@evil.example",
    "[::1]",
    "127.0.0.1",
    "0",
    "LOCALHOST.evil",
    "evil.example#localhost",
    "localhost evil.example",
)
FORWARDED: Final = (
    "X-Forwarded-Host",
    "X-Host",
    "X-Original-Host",
    "X-Forwarded-Server",
    "Forwarded",
    "X-Original-URL",
    "X-Rewrite-URL",
)


@pytest.fixture(scope="module")
def known(crowded_template: World) -> dict[str, list[Sample]]:
    return samples_of(crowded_template)


@pytest.fixture
def site(crowded_world: World, tmp_path: Path) -> Flask:
    return app_of(crowded_world.urls, tmp_path)


def addresses(app: Flask, world: World, known: dict[str, list[Sample]], who: str, method: str) -> Iterator[str]:
    """Yield one address of each route that a person may take by a method, on what is hers."""
    for rule in rules_of(app):
        permission = permission_of(app, rule)
        own = [one for one in known.get(kind_of(rule) or "", []) if not one.is_foreign_to(who)]
        if (
            method in methods_of(rule)
            and permission
            and may(world.actors[who], permission)
            and (own or not kind_of(rule))
        ):
            yield address_of(app, rule, own[0].values if own else {})


def unsafe_addresses(app: Flask, known: dict[str, list[Sample]]) -> Iterator[tuple[str, str]]:
    """Yield method and address of everything that writes, sign-in and sign-out too."""
    for rule in app.url_map.iter_rules():
        samples = known.get(kind_of(rule) or "", []) if rule.endpoint != "static" else []
        for method in UNSAFE & set(methods_of(rule)):
            yield method, address_of(app, rule, samples[0].values if samples else {})


def faults_of(answer: Response, *, is_file: bool = False) -> list[str]:
    """Return what an answer lacks of the headers, and what it would run or draw that is not ours."""
    policy = answer.headers.get("Content-Security-Policy", "")
    told = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
    told += [part for part in POLICY if part not in policy]
    told += ["unsafe"] if "unsafe-" in policy or "*" in policy else []
    told += ["stored"] if answer.headers.get("Cache-Control") != "no-store" and not is_file else []
    if answer.mimetype == "text/html":
        page = read_page(answer.get_data(as_text=True))
        told += page.handlers + page.styles
        told += [str(one) for one in page.scripts if f"'nonce-{one.get('nonce')}'" not in policy]
        told += [str(one) for one in page.scripts if not str(one.get("src", "")).startswith("/static/")]
        told += [link for link in page.links if urlsplit(link).scheme not in {"", "mailto", "tel"}]
    return told


class TestEachAnswer:
    @pytest.mark.parametrize("who", WALKERS)
    def test_keeps_its_page_to_itself_and_changes_nothing(
        self, site: Flask, crowded_world: World, known: dict[str, list[Sample]], who: str
    ) -> None:
        client, before = client_of(site, crowded_world, who), digest(crowded_world)
        faults = {}
        for address in addresses(site, crowded_world, known, who, "GET"):
            answer = client.get(address)
            if answer.status_code >= 400 or (told := faults_of(answer)):
                faults[address] = told if answer.status_code < 400 else [answer.status]

        assert faults == {}
        assert digest(crowded_world) == before

    def test_has_its_headers_for_strangers_and_errors(self, site: Flask) -> None:
        client = site.test_client()
        for address in (
            "/sign-in",
            "/live",
            "/ready",
            "/nowhere",
            "/openings/",
            "/static/favicon.svg",
            "/static/nowhere",
        ):
            for method in ("GET", "POST", "DELETE"):
                with client.open(address, method=method) as answer:
                    assert faults_of(answer, is_file=address.startswith("/static/f")) == [], (method, address)


class TestEachWrite:
    def test_is_refused_without_a_token(
        self, site: Flask, crowded_world: World, known: dict[str, list[Sample]]
    ) -> None:
        site.config["WTF_CSRF_ENABLED"] = True
        clients = [client_of(site, crowded_world, who) for who in ("adviser", "hr_manager")]
        before = digest(crowded_world)
        for method, address in unsafe_addresses(site, known):
            for client in clients:
                assert client.open(address, method=method).status_code == 400, (method, address)

        assert digest(crowded_world) == before

    def test_is_refused_from_another_site_even_with_a_token(
        self, site: Flask, crowded_world: World, known: dict[str, list[Sample]]
    ) -> None:
        client, before = client_of(site, crowded_world, "unit_manager"), digest(crowded_world)
        for number, (method, address) in enumerate(unsafe_addresses(site, known)):
            headers = FOREIGN[number % len(FOREIGN)]
            assert client.open(address, method=method, headers=headers).status_code == 400, (address, headers)

        assert digest(crowded_world) == before

    @pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {}])
    def test_is_taken_from_our_own_pages(self, site: Flask, headers: dict[str, str]) -> None:
        assert site.test_client().post("/sign-in", data={}, headers=headers).status_code == 200


def lands_on(address: str) -> str:
    """Return the host where a browser would go: it drops line breaks and tabs, and reads a backslash as a slash."""
    cleaned = address.strip(" \t\r\n\x00").translate(dict.fromkeys(map(ord, "\t\r\n"))).replace("\\", "/")
    return urlsplit(urljoin("http://localhost/", cleaned)).netloc


class TestRedirects:
    def test_are_many(self) -> None:
        assert (len(set(REDIRECTS)) >= 60, len(NAMES) * 2 + len(FORWARDED) >= 25) == (True, True)

    @pytest.mark.parametrize("path", ["/openings/", "/openings/OF-2026-00001?sort=-title", "/?lang=ar"])
    def test_come_back_to_our_own_pages(self, path: str) -> None:
        assert is_local_path(path)

    def test_never_leave_the_site(self, site: Flask, crowded_world: World) -> None:
        company, agency = (client_of(site, crowded_world, who) for who in ("hr_manager", "adviser"))
        doors: tuple[tuple[FlaskClient, str, str], ...] = (
            (company, "/openings/sites/create", "next"),
            (agency, "/referrals/send", "back"),
            (agency, "/matching/proposals/accept", "back"),
            (site.test_client(), "/sign-in", "next"),
        )
        for wanted in REDIRECTS:
            for number, (client, address, name) in enumerate(doors):
                form = {name: wanted, "name": f"Atelier {number} {hash(wanted)}", "province": "01.511"}
                answer = client.post(address, data=form, query_string={name: wanted.replace("\0", "")})
                assert answer.status_code < 500, (address, wanted)
                assert lands_on(answer.headers.get("Location", "/")) == "localhost", (address, wanted)
                assert "Set-Cookie: a=b" not in str(answer.headers)


class TestHosts:
    @pytest.mark.parametrize("name", NAMES)
    def test_of_others_are_refused(self, site: Flask, name: str) -> None:
        for address in ("/", "/sign-in", "/openings/"):
            assert site.test_client().get(address, headers={"Host": name}).status_code == 400

    @pytest.mark.parametrize("header", FORWARDED)
    def test_named_by_a_stranger_are_ignored(self, site: Flask, header: str) -> None:
        for value in ("evil.example", "host=evil.example", "/admin"):
            answer = site.test_client().get("/openings/", headers={header: value})

            assert lands_on(answer.headers["Location"]) == "localhost"
            assert "evil.example" not in answer.get_data(as_text=True) + str(answer.headers)
