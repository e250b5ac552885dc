"""A small country for tests: organisations of every kind, two where they must not see one another, their people."""

from __future__ import annotations

import os
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session

from skills_bridge.adapters.vault import Vault
from skills_bridge.app import create_app
from skills_bridge.blueprints.web import cookie_name
from skills_bridge.domain.accounts import CLOCK, PLATFORM_SCOPE, Actor, Role, account_scope, scope_of
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.packs import Party
from skills_bridge.domain.personal import SESSION_STAGE
from skills_bridge.domain.settings import DatabaseUrls, MailSettings, SealKey, Settings, VaultKeys
from skills_bridge.extensions import db
from skills_bridge.models import Membership, Organisation, Site, UserAccount
from skills_bridge.services.accounts import start_session
from skills_bridge.services.organisations import create_organisation, create_unit
from skills_bridge.unit_of_work import UnitOfWork, scoped, transaction, utc_now
from tests.factories.sharing import STATEMENTS, with_shared_statements
from tests.servers import FOLDER_VARIABLE, running_servers

TANGER: Final = "01.511"
FAHS_ANJRA: Final = "01.227"
KENITRA: Final = "04.281"
CASABLANCA: Final = "06.141"
TOTP_SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD: Final = "un-mot-de-passe-de-test"

VAULT_KEYS: Final = VaultKeys(
    cin_keys={"k1": bytes(range(32))}, cin_key_id="k1", blind_index_key=b"b" * 32, totp_key=b"t" * 32
)
VAULT: Final = Vault(VAULT_KEYS)

# key: kind, French name, party
ORGANISATIONS: Final[dict[str, tuple[OrganisationKind, str, Party | None]]] = {
    "platform": (OrganisationKind.PLATFORM, "Plateforme (fictif)", None),
    "agency": (OrganisationKind.AGENCY, "Agence (fictif)", Party.AGENCY),
    "industry": (OrganisationKind.MINISTRY, "Ministère A (fictif)", Party.INDUSTRY),
    "employment": (OrganisationKind.MINISTRY, "Ministère B (fictif)", Party.EMPLOYMENT),
    "association": (OrganisationKind.ASSOCIATION, "Association (fictif)", Party.ASSOCIATION),
    "company": (OrganisationKind.COMPANY, "Câblage Un (fictif)", None),
    "other_company": (OrganisationKind.COMPANY, "Câblage Deux (fictif)", None),
    "centre": (OrganisationKind.TRAINING_CENTRE, "Centre Un (fictif)", None),
    "other_centre": (OrganisationKind.TRAINING_CENTRE, "Centre Deux (fictif)", None),
}

# key: organisation, role, unit ("north", "south" or none)
PEOPLE: Final[dict[str, tuple[str, Role, str | None]]] = {
    "administrator": ("platform", Role.ADMINISTRATOR, None),
    "data_protection_officer": ("platform", Role.DATA_PROTECTION_OFFICER, None),
    "adviser": ("agency", Role.ADVISER, "north"),
    "other_adviser": ("agency", Role.ADVISER, "south"),
    "unit_manager": ("agency", Role.UNIT_MANAGER, "north"),
    "report_officer": ("agency", Role.REPORT_OFFICER, None),
    "agency_signatory": ("agency", Role.SIGNATORY, None),
    "analyst": ("industry", Role.ANALYST, None),
    "industry_signatory": ("industry", Role.SIGNATORY, None),
    "employment_signatory": ("employment", Role.SIGNATORY, None),
    "officer": ("association", Role.OFFICER, None),
    "association_signatory": ("association", Role.SIGNATORY, None),
    "hr_manager": ("company", Role.HR_MANAGER, None),
    "company_admin": ("company", Role.COMPANY_ADMIN, None),
    "other_hr_manager": ("other_company", Role.HR_MANAGER, None),
    "centre_manager": ("centre", Role.CENTRE_MANAGER, None),
    "other_centre_manager": ("other_centre", Role.CENTRE_MANAGER, None),
}


@dataclass(frozen=True)
class World:
    """Who is there; ``ids`` by the keys of ``ORGANISATIONS``, ``actors`` by those of ``PEOPLE``."""

    urls: DatabaseUrls
    ids: dict[str, int]
    units: dict[str, int]
    sites: dict[str, int]
    actors: dict[str, Actor]
    engines: dict[str, Engine]

    @contextmanager
    def acting(self, who: str, *, clock: Callable[[], datetime] = utc_now) -> Iterator[UnitOfWork]:
        """Write as a person, through the web's role and the scope of her organisation."""
        actor = self.actors[who]
        scope = scope_of(actor)
        with (
            Session(self.engines["web"]) as session,
            transaction(session, actor=actor, scope=scope, clock=clock) as uow,
        ):
            yield uow

    @contextmanager
    def looking(self, who: str) -> Iterator[Session]:
        """Read as a person."""
        with Session(self.engines["web"]) as session:
            yield scoped(session, scope_of(self.actors[who]), read_only=True)

    @contextmanager
    def platform(self, *, clock: Callable[[], datetime] = utc_now) -> Iterator[UnitOfWork]:
        """Write as the clock, through the worker's role and the platform scope."""
        with (
            Session(self.engines["worker"]) as session,
            transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE, clock=clock) as uow,
        ):
            yield uow

    def as_owner(self) -> Session:
        """Look at everything: a superuser's session, for what a test must see behind the rules."""
        return Session(self.engines["owner"])


POOL: Final[dict[str, Any]] = {
    "pool_size": 1,
    "max_overflow": -1,
    "execution_options": {"compiled_cache": STATEMENTS},
}
"""One connection is kept between transactions: opening one costs as much as all that most requests ask. Compiled
statements are those of the process (``sharing``)."""
_opened: Final[defaultdict[str, list[Engine]]] = defaultdict(list)


def close_engines(database: str) -> None:
    """Close what this process keeps open to a test's database, which is about to be copied; it may open anew."""
    for engine in _opened[database]:
        engine.dispose()


def forget_engines(database: str) -> None:
    """Close what this process keeps open to a test's database, which is about to be dropped."""
    close_engines(database)
    del _opened[database]


def engines_of(urls: DatabaseUrls) -> dict[str, Engine]:
    """Return an engine a role; ``forget_engines`` ends them."""
    superuser = running_servers().superuser_url.rsplit("/", 1)[0] + "/" + urls.owner.rsplit("/", 1)[1]
    addresses = {"web": urls.web, "worker": urls.worker, "report": urls.report, "owner": superuser}
    engines = {name: with_shared_statements(create_engine(url, **POOL)) for name, url in addresses.items()}
    _opened[name_of(urls)].extend(engines.values())
    return engines


def name_of(urls: DatabaseUrls) -> str:
    """Return the name of a test's database."""
    return str(make_url(urls.web).database)


def build_world(urls: DatabaseUrls) -> World:
    """Fill an empty, migrated database with organisations and people."""
    engines = engines_of(urls)
    with Session(engines["worker"]) as session, transaction(session, actor=CLOCK, scope=PLATFORM_SCOPE) as uow:
        ids = {
            key: create_organisation(uow, kind=kind, name_fr=name, name_ar=f"{name} ع", party=party).id
            for key, (kind, name, party) in ORGANISATIONS.items()
        }
        units = {
            "north": create_unit(
                uow,
                agency_id=ids["agency"],
                name_fr="Agence Nord (fictif)",
                name_ar="وكالة الشمال",
                provinces=(TANGER, FAHS_ANJRA),
            ).id,
            "south": create_unit(
                uow,
                agency_id=ids["agency"],
                name_fr="Agence Sud (fictif)",
                name_ar="وكالة الجنوب",
                provinces=(CASABLANCA, KENITRA),
            ).id,
        }
        sites = {key: _site(uow, ids[key], f"Usine {key}") for key in ("company", "other_company")}
        users = {
            key: _person(uow, key, ids[home], role, units.get(unit or "")) for key, (home, role, unit) in PEOPLE.items()
        }
        actors = {
            key: Actor(
                user_id=user_id,
                organisation_id=ids[PEOPLE[key][0]],
                organisation_kind=ORGANISATIONS[PEOPLE[key][0]][0],
                role=PEOPLE[key][1],
                unit_id=units.get(PEOPLE[key][2] or ""),
                membership_id=membership_id,
                display_name=key,
                organisation_name=ORGANISATIONS[PEOPLE[key][0]][1],
            )
            for key, (user_id, membership_id) in users.items()
        }
    return World(urls=urls, ids=ids, units=units, sites=sites, actors=actors, engines=engines)


def _site(uow: UnitOfWork, company_id: int, name: str) -> int:
    site = Site(company_id=company_id, name=name, province_code=TANGER)
    uow.session.add(site)
    uow.session.flush()
    return site.id


def _person(uow: UnitOfWork, key: str, organisation_id: int, role: Role, unit_id: int | None) -> tuple[int, int]:
    user = UserAccount(
        email=f"{key}@example.invalid",
        display_name=key,
        password_hash=PASSWORD_HASH,
        totp_sealed=VAULT.seal_totp(TOTP_SECRET),
    )
    uow.session.add(user)
    uow.session.flush()
    membership = Membership(user_id=user.id, organisation_id=organisation_id, role=role, unit_id=unit_id)
    uow.session.add(membership)
    uow.session.flush()
    return user.id, membership.id


PASSWORD_HASH: Final = VAULT.hash_password(PASSWORD)


def settings_of(urls: DatabaseUrls, folder: Path, *, broker_url: str = "redis://127.0.0.1:1/0") -> Settings:
    """Return the settings of a test installation; without a broker address nothing listens there."""
    return Settings(
        databases=urls,
        broker_url=broker_url,
        secret_key="test-secret",
        secret_key_fallbacks=(),
        vault=VAULT_KEYS,
        seal=SealKey("test-seal", b"s" * 32),
        base_url="http://localhost",
        trusted_hosts=("localhost",),
        files_dir=folder / "files",
        mail=MailSettings(sender="nepasrepondre@example.invalid", sink=folder / "mail"),
    )


def app_of(urls: DatabaseUrls, folder: Path, **config: Any) -> Flask:
    """Return the web application over a test's database; forms need no token unless a test asks for it.

    Each test has an application of its own; the templates are compiled once for all of them.
    """
    app = create_app(settings_of(urls, folder), pool=POOL)
    with app.app_context():
        engine = with_shared_statements(db.engine) if make_url(urls.web).database else db.engine
        _opened[name_of(urls)].append(engine)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ[FOLDER_VARIABLE])
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False, **config)
    return app


def client_of(app: Flask, world: World, who: str, *, language: str = "fr") -> FlaskClient:
    """Return a client that is signed in as a person, through a session row made directly."""
    actor = world.actors[who]
    token = secrets.token_urlsafe(16)
    scope = account_scope(actor.user_id)
    with Session(world.engines["web"]) as session, transaction(session, actor=CLOCK, scope=scope) as uow:
        start_session(
            uow,
            token=token,
            user_id=actor.user_id,
            membership_id=actor.membership_id,
            link_id=actor.link_id,
            stage=SESSION_STAGE if actor.is_seeker else "signed_in",
            payload={"language": language},
            proved_at=None if actor.is_seeker else uow.now,
        )
    client = app.test_client()
    with app.app_context():
        client.set_cookie(cookie_name(), token, domain="localhost")
    return client


__all__ = [
    "Organisation",
    "World",
    "app_of",
    "build_world",
    "client_of",
    "close_engines",
    "engines_of",
    "name_of",
    "settings_of",
]
