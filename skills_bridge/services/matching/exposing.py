"""Whom a full run shows and whom never, by group: counted after the run, in the agency's scope, small groups hidden.

The run itself reads neither sex nor year of birth: its role cannot. This report does, and keeps only counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np

from skills_bridge.domain.calendar import add_months
from skills_bridge.domain.errors import NotFound
from skills_bridge.engine.arrays import Int64s
from skills_bridge.engine.exposure import GroupExposure, exposure_by_group
from skills_bridge.engine.kept_input import read_input
from skills_bridge.models import MatchExposure, MatchInput, MatchRun
from skills_bridge.queries.matching.exposure_facts import ExposureFacts, count_lists, get_exposure_facts
from skills_bridge.reporting.suppression import Cell, Sum, cells_to_hide
from skills_bridge.unit_of_work import UnitOfWork

WAITING_MONTHS: Final = (6, 12, 24)
"""Limits between the bands of waiting."""
AGES: Final = (25, 35, 45)
"""Limits between the bands of age, by the year of birth."""
UNKNOWN: Final = "unknown"
WHOLE: Final = Cell("all", "")


def report_exposure(uow: UnitOfWork, *, run_id: int) -> MatchExposure:
    """Count a full run's exposure by province, education, waiting time, sex and age band, once; the agency's scope.

    :raises NotFound: the run is not the agency's, or its input is not kept any more.
    """
    counted = uow.session.get(MatchExposure, run_id)
    if counted is not None:
        return counted
    run, kept = uow.session.get(MatchRun, run_id), uow.session.get(MatchInput, run_id)
    if run is None or kept is None:
        raise NotFound("match_run", run_id)
    people = read_input(kept.content).pool.seekers.seeker_id.astype(np.int64)
    lists, facts = count_lists(uow.session, run_id=run_id), get_exposure_facts(uow.session, people.tolist())
    shown = np.array([lists.get(key, 0) for key in people.tolist()], np.int64)
    known = [place for place, key in enumerate(people.tolist()) if key in facts]
    groups = {
        name: hide_groups(_counted(shown[known], [band(facts[int(people[place])], run.as_of) for place in known]))
        for name, band in GROUPINGS.items()
    }
    found = MatchExposure(run_id=run_id, agency_id=run.agency_id, report={"people": len(known), "groups": groups})
    uow.session.add(found)
    return found


def _waiting(facts: ExposureFacts, as_of: date) -> str:
    """Return the band of waiting, as the months it begins with."""
    passed = [months for months in WAITING_MONTHS if facts.registered_on <= add_months(as_of, -months)]
    return str(max(passed, default=0))


def _age(facts: ExposureFacts, as_of: date) -> str:
    """Return the band of age, as the age it begins with."""
    if facts.birth_year is None:
        return UNKNOWN
    age = as_of.year - facts.birth_year
    return str(max((limit for limit in AGES if age >= limit), default=0))


GROUPINGS: Final[Mapping[str, Callable[[ExposureFacts, date], str]]] = {
    "province": lambda facts, _as_of: facts.province or UNKNOWN,
    "education": lambda facts, _as_of: facts.education or UNKNOWN,
    "waiting": _waiting,
    "sex": lambda facts, _as_of: facts.sex or UNKNOWN,
    "age": _age,
}


def _counted(shown: Int64s, keys: Sequence[str]) -> dict[str, GroupExposure]:
    names = sorted(set(keys))
    numbers = {name: number for number, name in enumerate(names)}
    found = exposure_by_group(shown, np.array([numbers[key] for key in keys], np.int64))
    return {names[group.group]: group for group in found}


def hide_groups(groups: Mapping[str, GroupExposure]) -> list[dict[str, Any]]:
    """Return the groups as they are kept: one that counts one to four people, shown or never, keeps only its name.

    So do others, as few as possible, where the total less the groups shown would bring a hidden count back.
    """
    hidden = _to_hide(groups)
    return [
        {"key": key}
        if key in hidden
        else {"key": key, "people": found.people, "never": found.never, "places": found.places}
        for key, found in groups.items()
    ]


def _to_hide(groups: Mapping[str, GroupExposure]) -> frozenset[str]:
    """Return the groups to hide, so that neither totals nor neighbours bring a small count back."""
    measures = [
        {key: group.people for key, group in groups.items()},
        {key: group.never for key, group in groups.items()},
        {key: group.people - group.never for key, group in groups.items()},
    ]
    hidden: frozenset[str] = frozenset()
    for _ in range(len(groups) + 1):  # each round hides one group more, or is the last
        for counts in measures:
            hidden |= _cells(counts, hidden)
    return hidden


def _cells(counts: Mapping[str, int], hidden: frozenset[str]) -> frozenset[str]:
    cells = {Cell("group", key): count for key, count in counts.items()}
    whole = Sum(WHOLE, tuple(cells))
    known = {**cells, WHOLE: sum(counts.values())}
    chosen = cells_to_hide(known, [whole], [Cell("group", key) for key in hidden])
    return frozenset(cell.key for cell in chosen if cell != WHOLE)
