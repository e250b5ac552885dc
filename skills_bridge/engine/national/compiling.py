"""How the inner loops of the national engine are compiled.

``inner`` is for small functions that are called millions of times on tuples of arrays. They are compiled into their
caller, since handing over a hundred arrays costs more than such a function does; and they count no references, since
every array outlives the call: they may read, write and slice arrays, never make one. The compiled code stays in the
cache beside the source.
"""

from __future__ import annotations

from typing import Any, Final

from numba import njit

outer: Final[Any] = njit(cache=True, nogil=True, _nrt=False)
"""For the one function of a kind that Python calls: the others are compiled into it."""

inner: Final[Any] = njit(cache=True, nogil=True, _nrt=False, forceinline=True)
