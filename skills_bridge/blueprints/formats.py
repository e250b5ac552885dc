"""How values look on screen: days, instants, numbers, amounts, references, states.

French and Arabic as in Morocco, Western digits everywhere. Filters of the templates are listed in ``FILTERS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Literal

from babel import Locale, dates, numbers
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from skills_bridge.domain.calendar import local_day, to_local
from skills_bridge.domain.personal import BY_LINK

Number = int | float | Decimal
Tone = Literal["neutral", "waiting", "active", "success", "warning", "danger"]

BABEL_LOCALES: Final[Mapping[str, str]] = {"fr": "fr_MA", "ar": "ar_MA", "en": "en"}
"""Formats by language: Moroccan month names and Western digits."""
MISSING: Final = "–"
"""What stands for a value that is not known."""


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state is shown: word, tone (colour) and icon, never colour alone."""

    label: str
    tone: Tone
    icon: str


_looks: dict[tuple[type[StrEnum], str], StateLook] = {}
# members of two text enums are equal when their texts are: the enum is part of the key


def register_looks(looks: Mapping[StrEnum, StateLook]) -> None:
    """Say once, beside an area's views, how the states of one enum look.

    :raises ValueError: a state of the enum was forgotten.
    """
    for kind in {type(state) for state in looks}:
        missing = {str(m) for m in kind} - {str(m) for m in looks if type(m) is kind}
        if missing:
            raise ValueError(f"no look for {', '.join(sorted(missing))} of {kind.__name__}")
    _looks.update({(type(state), state.value): one for state, one in looks.items()})


def look(state: StrEnum) -> StateLook:
    """How a state looks.

    :raises KeyError: no area registered its enum.
    """
    return _looks[type(state), state.value]


def state_choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Value and word of each state of an enum, for a filter or a select."""
    return [(str(state.value), str(look(state).label)) for state in kind]


def form_choices(pairs: Iterable[tuple[str, str]], empty: str | None = None) -> list[Any]:
    """The choices of a select or radio field from (value, words); ``empty`` words a first choice without value."""
    first = () if empty is None else (("", empty),)
    return [SelectChoice(value, words) for value, words in (*first, *pairs)]


def locale() -> Locale:
    """Babel's locale for the reader's language."""
    current = get_locale()
    return Locale.parse(BABEL_LOCALES[current.language if current is not None else "fr"])


def day(value: date | None) -> str:
    """A day as ``03/11/2026``; an instant becomes Morocco's day."""
    if value is None:
        return MISSING
    shown = local_day(value) if isinstance(value, datetime) else value
    return dates.format_date(shown, "dd/MM/y", locale=locale())


def long_day(value: date | None) -> str:
    """A day as ``3 novembre 2026``; an instant becomes Morocco's day."""
    if value is None:
        return MISSING
    shown = local_day(value) if isinstance(value, datetime) else value
    return dates.format_date(shown, "d MMMM y", locale=locale())


def month(value: date | None) -> str:
    """The month of a day as ``novembre 2026``."""
    return MISSING if value is None else dates.format_date(value, "LLLL y", locale=locale())


def instant(value: datetime | None) -> str:
    """An instant in Morocco's time as ``03/11/2026 à 14:05``."""
    if value is None:
        return MISSING
    shown = to_local(value)
    return str(_("%(day)s à %(time)s", day=f"{shown:%d/%m/%Y}", time=f"{shown:%H:%M}"))


def since(value: datetime | None) -> str:
    """How long ago (or ahead) an instant is: ``il y a 3 jours``."""
    if value is None:
        return MISSING
    return dates.format_timedelta(value - datetime.now(UTC), add_direction=True, locale=locale())


def number(value: Number | None, decimals: int | None = None) -> str:
    """A number as ``12 345,6``; with ``decimals``, always that many."""
    if value is None:
        return MISSING
    pattern = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return numbers.format_decimal(value, format=pattern, locale=locale())


def percent(value: Number | None, decimals: int = 1) -> str:
    """A share between 0 and 1 as ``87,6 %``."""
    if value is None:
        return MISSING
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + "\N{NO-BREAK SPACE}%"
    return numbers.format_percent(value, format=pattern, locale=locale())


def score(value: int | None) -> str:
    """A matching score in hundredths of a per cent (0 to 10 000) as ``87,55 %``."""
    return MISSING if value is None else percent(Decimal(value) / 10_000, decimals=2)


def money(value: Number | None) -> str:
    """An amount in dirhams as ``12 500,50 MAD``; no cents when there are none."""
    if value is None:
        return MISSING
    amount = number(value, 0 if value == int(value) else 2)
    return str(_("%(amount)s MAD", amount=amount))


def bdi(value: object) -> Markup:
    """A code, card number, phone, e-mail or figure, kept left to right inside Arabic text."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(MISSING if value is None else value)


def by_whom(name: str) -> str:
    """Who took a step, as a history names her: a person who came by her own link has no name there."""
    return str(_("la personne, par son lien")) if name == BY_LINK else name


FILTERS: Final[Mapping[str, Callable[..., object]]] = {
    "bdi": bdi,
    "by_whom": by_whom,
    "day": day,
    "instant": instant,
    "long_day": long_day,
    "look": look,
    "money": money,
    "month": month,
    "number": number,
    "percent": percent,
    "score": score,
    "since": since,
}


def add_filters(app: Flask) -> None:
    """Give the templates the filters of this module."""
    app.jinja_env.filters.update(FILTERS)
