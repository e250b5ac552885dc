"""How the inner loops of the national engine are compiled.

``inner`` is for small functions that are called millions of times on tuples of arrays. They are compiled into their
caller, since handing over a hundred arrays costs more than such a function does; and they count no references, since
every array outlives the call: they may read, write and slice arrays, never make one. The compiled code stays in the
cache beside the source.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from numba import njit

Compiled = TypeVar("Compiled", bound=Callable[..., Any])
OPTIONS: Final[dict[str, Any]] = {"cache": True, "nogil": True, "_nrt": False}


def outer(function: Compiled) -> Compiled:
    """Compile the one function of a kind that Python calls: the others are compiled into it."""
    return cast("Compiled", njit(**OPTIONS)(function))


def inner(function: Compiled) -> Compiled:
    """Compile a function into each of its callers."""
    return cast("Compiled", njit(forceinline=True, **OPTIONS)(function))
