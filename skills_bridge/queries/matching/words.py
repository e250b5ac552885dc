"""The labels that accounts need: codes of the lists, competencies and profiles named on one page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.domain.matching import GateKind
from skills_bridge.models import Competency, EducationLevel, JobProfile
from skills_bridge.queries.framework import Label, ListLabels, get_list_labels, label_columns, label_of
from skills_bridge.queries.matching.accounts import Account, Value
from skills_bridge.queries.matching.codes import LISTS

TABLES: Final[Mapping[GateKind, type[Any]]] = {**LISTS, GateKind.EDUCATION: EducationLevel}


@dataclass(frozen=True)
class AccountLabels:
    """Labels by code or key; what left its list stands for itself."""

    lists: ListLabels
    competencies: Mapping[int, Label]
    profiles: Mapping[int, Label]

    def competency(self, key: int) -> Label:
        """The label of a competency."""
        return self.competencies.get(key, Label(str(key)))

    def value(self, kind: GateKind, value: Value) -> Label | None:
        """The label of a gate's value; None for months, days and CEFR levels, which are told otherwise."""
        if kind is GateKind.PROFILE:
            return self.profiles.get(int(value), Label(str(value)))
        return self.lists.of(TABLES[kind], value) if kind in TABLES and kind is not GateKind.LANGUAGE else None

    def language(self, code: str | None) -> Label:
        """The label of a language."""
        return self.lists.of(TABLES[GateKind.LANGUAGE], code)


def get_account_labels(session: Session, accounts: Iterable[Account], *, also: Iterable[int] = ()) -> AccountLabels:
    """Return the labels for some accounts, and for more competencies, in three statements at most."""
    told = tuple(accounts)
    competencies = frozenset(also).union(*(account.competency_ids for account in told))
    profiles = {
        int(value)
        for account in told
        for gate in account.gates
        if gate.kind is GateKind.PROFILE
        for value in (*gate.asked, *(gate.held or ()))
    }
    return AccountLabels(
        lists=get_list_labels(session),
        competencies=_labels(session, Competency, competencies),
        profiles=_labels(session, JobProfile, profiles),
    )


def _labels(session: Session, model: type[Any], keys: Iterable[int]) -> dict[int, Label]:
    wanted = sorted(keys)
    if not wanted:
        return {}
    rows = session.execute(select(model.id, *label_columns(model, "label")).where(model.id.in_(wanted)))
    return {row.id: label_of(row, "label") for row in rows}
