"""The first way in: an empty installation gets its platform and an invitation, by one command."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy import select

from skills_bridge.cli.accounts import accounts
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.settings import DatabaseUrls
from skills_bridge.models import Invitation, Job, Organisation
from tests.factories.world import World, engines_of, settings_of


def run(urls: DatabaseUrls, folder: Path, *arguments: str) -> Result:
    settings = settings_of(urls, folder)
    return CliRunner().invoke(accounts, ["invite-administrator", *arguments], obj=lambda: settings)


class TestFirstAdministrator:
    def test_is_invited_into_an_empty_installation(self, database: DatabaseUrls, tmp_path: Path) -> None:
        result = run(database, tmp_path, "premiere@example.ma", "--language", "ar")
        world = World(urls=database, ids={}, units={}, sites={}, actors={}, engines=engines_of(database))

        assert result.exit_code == 0, result.output
        with world.as_owner() as session:
            assert session.scalars(select(Organisation.kind)).all() == [OrganisationKind.PLATFORM]
            invitation = session.scalars(select(Invitation)).one()
            assert (invitation.role, invitation.language) == ("administrator", "ar")
            assert session.scalars(select(Job.kind)).all() == ["accounts.mail_invitation"]

    def test_joins_the_platform_that_stands(self, world: World, tmp_path: Path) -> None:
        for address, code in (("seconde@example.ma", 0), ("seconde@example.ma", 1), ("pas une adresse", 1)):
            assert run(world.urls, tmp_path, address).exit_code == code

        with world.as_owner() as session:
            assert session.scalars(select(Invitation.organisation_id)).all() == [world.ids["platform"]]
