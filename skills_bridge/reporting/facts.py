"""The facts behind the figures: typed columns without identity, known up to a cut-off.

A row of ``posts`` is one place to fill of a validated opening; a row of ``placements`` is one placement, with or
without a post. Persons, posts and openings are ordinals (0, 1, 2 …): the keys of the database stay there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.openings import CloseReason
from skills_bridge.domain.placements import PlacementKind

Days = npt.NDArray[np.datetime64]
Instants = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

CLOSE_REASONS: Final = tuple(CloseReason)
PLACEMENT_KINDS: Final = tuple(PlacementKind)
NONE: Final = -1
"""The index that stands for *no such thing* (an open post's reason, a placement without a post)."""


@dataclass(frozen=True, slots=True)
class Label:
    """A code of a list with its names in the three languages; ``parent`` is a province's region."""

    code: str
    fr: str
    ar: str
    en: str
    parent: str = ""

    def name(self, language: str) -> str:
        """Return the name in ``fr``, ``ar`` or ``en``."""
        return {"fr": self.fr, "ar": self.ar, "en": self.en}[language]


class PostRow(NamedTuple):
    """One post as read from the database; days are local, instants are those of recording, aware.

    ``opened_on`` is the day this post was opened (for a post added later, later than ``validated_on``);
    ``opened_at`` is the instant that opening was recorded, ``closed_at`` that of the closing.
    """

    post_id: int
    opening_id: int
    profile_code: str
    province_code: str
    opened_on: date | None
    validated_on: date
    due_on: date | None
    opened_at: datetime
    closed_on: date | None = None
    close_reason: CloseReason | None = None
    closed_at: datetime | None = None


class PlacementRow(NamedTuple):
    """One placement as read from the database; undone ones too, for they were facts while they stood."""

    placement_id: int
    person_id: int
    kind: PlacementKind
    signed_on: date | None
    started_on: date | None
    recorded_at: datetime
    profile_code: str
    province_code: str
    post_id: int | None = None
    cancelled_on: date | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PostColumns:
    """The posts, one entry per post in every column; a missing day or instant is NaT, a missing index -1."""

    opening: Ints
    profile: Ints
    province: Ints
    opened_on: Days
    validated_on: Days
    due_on: Days
    closed_on: Days
    close_reason: Ints
    opened_at: Instants
    closed_at: Instants


@dataclass(frozen=True, slots=True, eq=False)
class PlacementColumns:
    """The placements, one entry per placement in every column; ``post`` is -1 outside any post."""

    post: Ints
    person: Ints
    kind: Ints
    profile: Ints
    province: Ints
    signed_on: Days
    started_on: Days
    cancelled_on: Days
    recorded_at: Instants
    cancelled_at: Instants


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All that the figures of a month are made of.

    ``cut_off`` is the instant (UTC) up to which recorded events count.
    """

    cut_off: datetime
    profiles: tuple[Label, ...]
    provinces: tuple[Label, ...]
    regions: tuple[Label, ...]
    posts: PostColumns
    placements: PlacementColumns

    @property
    def cut_off_on(self) -> date:
        """The local day of the cut-off."""
        return local_day(self.cut_off)

    def region_of_province(self) -> Ints:
        """Return, for each province, the index of its region."""
        places = {label.code: place for place, label in enumerate(self.regions)}
        return np.array([places[label.parent] for label in self.provinces], dtype=np.int64)


def days(values: Iterable[date | None]) -> Days:
    """Make a column of days."""
    return np.array(list(values), dtype="datetime64[D]")


def instants(values: Iterable[datetime | None]) -> Instants:
    """Make a column of instants, to the microsecond, in UTC."""
    plain = [value.astimezone(UTC).replace(tzinfo=None) if value else None for value in values]
    return np.array(plain, dtype="datetime64[us]")


def _ordinals(values: Iterable[int]) -> Mapping[int, int]:
    return {value: place for place, value in enumerate(sorted(set(values)))}


def _indexes(values: Iterable[Any], places: Mapping[Any, int], field: str) -> Ints:
    try:
        return np.array([NONE if value is None else places[value] for value in values], dtype=np.int64)
    except KeyError as missing:
        raise Invalid("facts-unknown-code", field=field, value=missing.args[0]) from None


def _check_pairs(firsts: Sequence[object], seconds: Sequence[object], field: str) -> None:
    """Refuse an event whose day or instant of recording is missing while the other is there."""
    for place, (first, second) in enumerate(zip(firsts, seconds, strict=True)):
        if (first is None) != (second is None):
            raise Invalid("facts-half-an-event", field=field, row=place)


def _places(labels: Iterable[Label]) -> Mapping[str, int]:
    return {label.code: place for place, label in enumerate(labels)}


def _post_columns(rows: Sequence[PostRow], profiles: Mapping[str, int], provinces: Mapping[str, int]) -> PostColumns:
    _check_pairs([row.closed_on for row in rows], [row.closed_at for row in rows], "closed_at")
    openings = _ordinals(row.opening_id for row in rows)
    reasons = {reason: place for place, reason in enumerate(CLOSE_REASONS)}
    return PostColumns(
        opening=_indexes((row.opening_id for row in rows), openings, "opening"),
        profile=_indexes((row.profile_code for row in rows), profiles, "profile"),
        province=_indexes((row.province_code for row in rows), provinces, "province"),
        opened_on=days(row.opened_on for row in rows),
        validated_on=days(row.validated_on for row in rows),
        due_on=days(row.due_on for row in rows),
        closed_on=days(row.closed_on for row in rows),
        close_reason=_indexes((row.close_reason for row in rows), reasons, "close_reason"),
        opened_at=instants(row.opened_at for row in rows),
        closed_at=instants(row.closed_at for row in rows),
    )


def _placement_columns(
    rows: Sequence[PlacementRow],
    posts: Mapping[int, int],
    profiles: Mapping[str, int],
    provinces: Mapping[str, int],
) -> PlacementColumns:
    _check_pairs([row.cancelled_on for row in rows], [row.cancelled_at for row in rows], "cancelled_at")
    persons = _ordinals(row.person_id for row in rows)
    kinds = {kind: place for place, kind in enumerate(PLACEMENT_KINDS)}
    return PlacementColumns(
        post=_indexes((row.post_id for row in rows), posts, "post"),
        person=_indexes((row.person_id for row in rows), persons, "person"),
        kind=_indexes((row.kind for row in rows), kinds, "kind"),
        profile=_indexes((row.profile_code for row in rows), profiles, "profile"),
        province=_indexes((row.province_code for row in rows), provinces, "province"),
        signed_on=days(row.signed_on for row in rows),
        started_on=days(row.started_on for row in rows),
        cancelled_on=days(row.cancelled_on for row in rows),
        recorded_at=instants(row.recorded_at for row in rows),
        cancelled_at=instants(row.cancelled_at for row in rows),
    )


def build_facts(
    *,
    cut_off: datetime,
    profiles: Iterable[Label],
    provinces: Iterable[Label],
    regions: Iterable[Label],
    posts: Iterable[PostRow],
    placements: Iterable[PlacementRow],
) -> Facts:
    """Turn rows of any order into columns; the order of the database's keys becomes the ordinals.

    :raises Invalid: a row names a code or post that is not in the lists, or half an event.
    """
    profile_list, province_list, region_list = (
        tuple(sorted(labels, key=lambda label: label.code)) for labels in (profiles, provinces, regions)
    )
    post_rows = sorted(posts, key=lambda row: row.post_id)
    placement_rows = sorted(placements, key=lambda row: row.placement_id)
    places, provinces_at = _places(profile_list), _places(province_list)
    _indexes((label.parent for label in province_list), _places(region_list), "region")
    post_places = _ordinals(row.post_id for row in post_rows)
    return Facts(
        cut_off=cut_off.astimezone(UTC),
        profiles=profile_list,
        provinces=province_list,
        regions=region_list,
        posts=_post_columns(post_rows, places, provinces_at),
        placements=_placement_columns(placement_rows, post_places, places, provinces_at),
    )
