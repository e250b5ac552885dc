"""How the loops of the national engine are compiled, and where the compiled code is kept.

``inner`` is for small functions that are called millions of times on tuples of arrays. They are compiled into their
caller, since handing over a hundred arrays costs more than such a function does; and they count no references, since
every array outlives the call: they may read, write and slice arrays, never make one.

The compiler keeps its work beside the source of each function and knows when that one changes, but not when a function
compiled into it does. The folder therefore bears the digest of all sources that may be compiled in.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from numba import config, njit

Compiled = TypeVar("Compiled", bound=Callable[..., Any])
HERE: Final = Path(__file__).parent
SOURCES: Final = sorted([*HERE.glob("*.py"), *HERE.parent.glob("*.py")])
DIGEST: Final = sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()[:16]
UNCOUNTED: Final[dict[str, Any]] = {"_nrt": False}

SETTINGS: Final = vars(config)
SETTINGS["CACHE_DIR"] = str(Path(SETTINGS["CACHE_DIR"] or HERE / "__pycache__") / DIGEST)


def compiled(function: Compiled) -> Compiled:
    """Compile a function that may make arrays."""
    return cast("Compiled", njit(cache=True, nogil=True)(function))


def outer(function: Compiled) -> Compiled:
    """Compile the one function of a kind that Python calls: the others are compiled into it."""
    return cast("Compiled", njit(cache=True, nogil=True, **UNCOUNTED)(function))


def inner(function: Compiled) -> Compiled:
    """Compile a function into each of its callers."""
    return cast("Compiled", njit(cache=True, nogil=True, forceinline=True, **UNCOUNTED)(function))
