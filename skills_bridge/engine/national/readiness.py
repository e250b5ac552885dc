"""Everything that a run needs compiled, ready before its first transaction: the compiler may take a minute."""

from __future__ import annotations

import numpy as np

from skills_bridge.engine.columns import RelationColumns
from skills_bridge.engine.national.failing import warm_failing
from skills_bridge.engine.national.index import build_index
from skills_bridge.engine.national.packed import unpack
from skills_bridge.engine.national.rows import Lines, copied, kept_persons
from skills_bridge.engine.national.warming import warm


def get_ready() -> None:
    """Compile, or read from the compiler's cache, what runs call; the first time on a machine takes a minute."""
    warm()
    warm_failing()
    nobody = unpack(b"")
    build_index(nobody.seekers, RelationColumns.of([]), as_of=1, holdings=nobody.holdings)
    none = np.zeros(0, np.int64)
    copied(Lines(*[none] * len(Lines._fields)), kept_persons([nobody.raw], none), run_id=1, agency_id=1)
