"""Who fails which condition of one opening, counted over a million people in hundredths of a second.

The answers are those of ``engine.gates``: sets of codes are compared by compiled code here, the rest is asked there.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from skills_bridge.domain.matching import GateKind
from skills_bridge.engine.arrays import Bools, CodeSets, Ints
from skills_bridge.engine.columns import OpeningColumns, SeekerColumns
from skills_bridge.engine.gates import FAIL, GATES, SetGate


def failing_gates(seekers: SeekerColumns, openings: OpeningColumns, row: int) -> dict[GateKind, Bools]:
    """Return for each condition that the opening sets who of the people fails it."""
    found = {}
    for gate in GATES:
        if isinstance(gate, SetGate):
            sets: CodeSets = getattr(openings, gate.column)
            asked = np.unique(sets.codes[sets.span(row)]).astype(np.int32)
            if len(asked):
                held: CodeSets = getattr(seekers, gate.column)
                found[gate.kind] = _failing(
                    held.start, held.codes, held.known, asked, len(asked) if gate.needs_all else 1
                )
        elif (answers := gate.answers(seekers, openings, row)) is not None:
            found[gate.kind] = answers == FAIL
    return found


def warm_failing() -> None:
    """Ask nobody, so that the compiled function is ready."""
    nobody = CodeSets.of([])
    _failing(nobody.start, nobody.codes, nobody.known, np.ones(1, np.int32), 1)


@njit(cache=True, nogil=True)
def _failing(start: Ints, codes: Ints, known: Bools, asked: Ints, needed: int) -> Bools:
    """Say who is known to hold fewer than ``needed`` different ones of the codes asked, which rise."""
    found = np.zeros(len(known), np.bool_)
    for row in range(len(known)):
        if known[row]:
            hits = 0
            for code in asked:
                for item in range(start[row], start[row + 1]):
                    if codes[item] == code:
                        hits += 1
                        break
            found[row] = hits < needed
    return found
