"""How many people were judged in which way for an opening, and what keeps people off its lists."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skills_bridge.domain.matching import GateKind, ResultClass
from skills_bridge.engine.gates import FAIL, GATES
from skills_bridge.engine.kept_input import RunInput
from skills_bridge.engine.results import RESULT_CLASSES, Shortlists
from skills_bridge.engine.shortlist import judge


def count_opening(inputs: RunInput, found: Shortlists, row: int) -> dict[str, Any]:
    """Return how everybody was judged, and what keeps people off the lists.

    ``gates``: how many fail each condition; ``alone``: how many fail that one only, and would be judged without it;
    ``missing``: how many of those who pass the conditions are short of each must, by competency.
    """
    failed = _failed_gates(inputs, row)
    several = np.sum(list(failed.values()), axis=0) if failed else 0
    span = inputs.openings.requirements.span(row)
    return {
        "pool": len(inputs.pool.seekers),
        "asked": span.stop - span.start,
        "classes": {kind.value: count for kind, count in found.counts_of(row).items()},
        "gates": {kind.value: int(fails.sum()) for kind, fails in failed.items()},
        "alone": {kind.value: int((fails & (several == 1)).sum()) for kind, fails in failed.items()},
        "missing": _missing(inputs, row),
    }


def _failed_gates(inputs: RunInput, row: int) -> dict[GateKind, npt.NDArray[np.bool_]]:
    answers = {gate.kind: gate.answers(inputs.pool.seekers, inputs.openings, row) for gate in GATES}
    return {kind: found == FAIL for kind, found in answers.items() if found is not None}


def _missing(inputs: RunInput, row: int) -> dict[str, int]:
    judged = judge(inputs.pool, inputs.openings, inputs.cohorts, inputs.policies, row)
    lacking = [RESULT_CLASSES.index(kind) for kind in (ResultClass.SHORT, ResultClass.NEAR)]
    short = np.isin(judged.result_class, lacking)
    asked, span = inputs.openings.requirements, inputs.openings.requirements.span(row)
    counts = {
        str(competency): int(np.count_nonzero(short & ((judged.missing >> place) & 1 != 0)))
        for place, competency in enumerate(asked.competency[span].tolist())
        if asked.is_must[span.start + place]
    }
    return {competency: count for competency, count in counts.items() if count}
