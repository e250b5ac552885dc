"""How values look on screen."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import pytest

from skills_bridge.blueprints import formats
from skills_bridge.blueprints.formats import StateLook

NB = "\N{NO-BREAK SPACE}"
NNB = "\N{NARROW NO-BREAK SPACE}"


class Lamp(StrEnum):
    ON = "on"
    OFF = "off"


class TestRegisterLooks:
    def test_refuses_a_forgotten_state(self) -> None:
        with pytest.raises(ValueError, match="no look for off of Lamp"):
            formats.register_looks({Lamp.ON: StateLook("allumée", "success", "check-lg")})

    def test_gives_badges_and_choices_their_words(self) -> None:
        formats.register_looks(
            {Lamp.ON: StateLook("allumée", "success", "check-lg"), Lamp.OFF: StateLook("éteinte", "neutral", "x-lg")}
        )

        assert formats.look(Lamp.OFF).label == "éteinte"
        assert formats.state_choices(Lamp) == [("on", "allumée"), ("off", "éteinte")]


@pytest.mark.usefixtures("french")
class TestFrench:
    def test_groups_by_narrow_spaces(self) -> None:
        assert formats.number(12345.6) == f"12{NNB}345,6"

    def test_keeps_the_decimals_asked_for(self) -> None:
        assert (formats.number(3, 2), formats.number(3.6, 0)) == ("3,00", "4")

    def test_shows_a_share_as_per_cent(self) -> None:
        assert formats.percent(Decimal("0.8755")) == f"87,6{NB}%"

    def test_shows_a_score_with_its_hundredths(self) -> None:
        assert formats.score(8755) == f"87,55{NB}%"

    def test_leaves_cents_away_when_there_are_none(self) -> None:
        assert (formats.money(4500), formats.money(Decimal("12500.5"))) == (f"4{NNB}500 MAD", f"12{NNB}500,50 MAD")

    def test_writes_days_and_months(self) -> None:
        day = date(2026, 11, 3)

        assert (formats.day(day), formats.long_day(day), formats.month(day)) == (
            "03/11/2026",
            "3 novembre 2026",
            "novembre 2026",
        )

    def test_takes_the_day_of_an_instant_from_morocco(self) -> None:
        late = datetime(2026, 9, 18, 23, 30, tzinfo=UTC)

        assert (formats.day(late), formats.instant(late)) == ("19/09/2026", "19/09/2026 à 00:30")

    def test_tells_how_long_ago(self) -> None:
        assert formats.since(datetime.now(UTC) - timedelta(days=3, hours=1)) == "il y a 3 jours"

    @pytest.mark.parametrize(
        "shown",
        [
            formats.day,
            formats.long_day,
            formats.month,
            formats.instant,
            formats.since,
            formats.number,
            formats.percent,
            formats.score,
            formats.money,
        ],
    )
    def test_says_so_when_a_value_is_missing(self, shown: Callable[[None], str]) -> None:
        assert shown(None) == "–"


@pytest.mark.usefixtures("arabic")
class TestArabic:
    def test_keeps_western_digits_and_moroccan_months(self) -> None:
        assert formats.long_day(date(2026, 11, 3)) == "3 نونبر 2026"

    def test_names_the_dirham(self) -> None:
        assert formats.money(4500) == "4.500 درهم"

    def test_isolates_codes(self) -> None:
        assert formats.bdi("OF-2026-<1>") == '<bdi dir="ltr">OF-2026-&lt;1&gt;</bdi>'
