"""The engine's whole numbers for the codes of the reference lists, and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from skills_bridge.domain.framework import Cefr, Evidence
from skills_bridge.domain.matching import GateKind
from skills_bridge.models import ContractKind, DiplomaField, Language, Licence, Province, Shift

LISTS: Final[Mapping[GateKind, Any]] = {
    GateKind.MOBILITY: Province,
    GateKind.FIELD: DiplomaField,
    GateKind.LANGUAGE: Language,
    GateKind.LICENCE: Licence,
    GateKind.CONTRACT: ContractKind,
    GateKind.SHIFT: Shift,
}
"""Which list the codes of a gate belong to; profiles are already numbers."""

CEFR_RANKS: Final = {level.value: level.rank for level in Cefr}
EVIDENCE_RANKS: Final = {evidence.value: evidence.rank for evidence in Evidence}


@dataclass(frozen=True)
class Codebook:
    """The codes of each list in their order: a code's number is its place."""

    codes: Mapping[GateKind, tuple[str, ...]]

    @cached_property
    def _places(self) -> Mapping[GateKind, Mapping[str, int]]:
        return {kind: {code: place for place, code in enumerate(codes)} for kind, codes in self.codes.items()}

    def number(self, kind: GateKind, code: str) -> int:
        """Return the number of a code.

        :raises KeyError: the list does not hold it.
        """
        return self._places[kind][code]

    def numbers(self, kind: GateKind, codes: Collection[str] | None) -> list[int] | None:
        """Return the numbers of known codes; ``None`` stays unknown, a code that left its list is left out."""
        places = self._places[kind]
        return None if codes is None else [places[code] for code in codes if code in places]

    def code(self, kind: GateKind, number: int) -> str:
        """Return the code of a number."""
        return self.codes[kind][number]


def get_codebook(session: Session) -> Codebook:
    """Return the codes of all lists, in one statement."""
    parts = [select(literal(kind.value).label("kind"), model.code.label("code")) for kind, model in LISTS.items()]
    found: dict[GateKind, list[str]] = {kind: [] for kind in LISTS}
    for kind, code in session.execute(union_all(*parts)):
        found[GateKind(kind)].append(code)
    return Codebook({kind: tuple(sorted(codes)) for kind, codes in found.items()})
