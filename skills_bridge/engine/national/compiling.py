"""How the loops of the national engine are compiled, and where the compiled code is kept.

``inner`` is for small functions that are called millions of times on tuples of arrays. They are compiled into their
caller, since handing over a hundred arrays costs more than such a function does; they count no references, since every
array outlives the call: they may read, write and slice arrays, never make one; and they count from the front: an index
is taken as it is, without a look at its sign, which would cost an eighth of the time of a run. So it must not be below
0; one that is written as a negative number is refused.

The compiler keeps its work beside the source of each function and knows when that one changes, but not when a function
compiled into it does. The folder therefore bears the digest of all sources that may be compiled in.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numpy as np
from llvmlite import binding
from numba import config, njit

Compiled = TypeVar("Compiled", bound=Callable[..., Any])
HERE: Final = Path(__file__).parent
SOURCES: Final = sorted([*HERE.glob("*.py"), *HERE.parent.glob("*.py")])
DIGEST: Final = sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()[:16]
UNSIGNED: Final = "_unsigned"
UNCOUNTED: Final[dict[str, Any]] = {"_nrt": False}

binding.set_option("llvm", "-unroll-full-max-count=8")
"""A loop over the words of a lane set is not written out step by step: it would never become vector instructions."""

SETTINGS: Final = vars(config)
SETTINGS["CACHE_DIR"] = str(Path(SETTINGS["CACHE_DIR"] or HERE / "__pycache__") / DIGEST)


def compiled(function: Compiled) -> Compiled:
    """Compile a function that may make arrays."""
    return cast("Compiled", njit(cache=True, nogil=True)(function))


class _FromTheFront(ast.NodeTransformer):
    """Takes each index as a number without sign: ``a[i]`` becomes ``a[unsigned(i)]``."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.Subscript:
        """Wrap the index, or each part of one that has several."""
        self.generic_visit(node)
        if isinstance(node.slice, ast.Tuple):
            node.slice.elts = [self._unsigned(part) for part in node.slice.elts]
        else:
            node.slice = self._unsigned(node.slice)
        return node

    @staticmethod
    def _unsigned(index: ast.expr) -> ast.expr:
        if isinstance(index, ast.UnaryOp):
            raise TypeError(f"line {index.lineno}: compiled loops count from the front")
        if isinstance(index, ast.Slice | ast.Constant):
            return index
        wrapped = ast.Call(ast.Name(UNSIGNED, ast.Load()), [index], [])
        return ast.copy_location(wrapped, index)


def counting_from_front(function: Compiled) -> Compiled:
    """Return a function with each of its indices taken as a number without sign.

    :raises TypeError: an index is written as a negative number.
    """
    lines, first = inspect.getsourcelines(function)
    module = ast.parse("".join(lines))
    made = cast("ast.FunctionDef", module.body[0])
    made.decorator_list = []
    ast.increment_lineno(ast.fix_missing_locations(_FromTheFront().visit(module)), first - 1)
    names = function.__globals__
    found: dict[str, Any] = {}
    names[UNSIGNED] = np.uintp
    code = compile(module, inspect.getfile(function), "exec", flags=annotations.compiler_flag)
    exec(code, names, found)  # noqa: S102  # the function's own source
    return cast("Compiled", found[function.__name__])


def outer(function: Compiled) -> Compiled:
    """Compile the one function of a kind that Python calls: the others are compiled into it."""
    return cast("Compiled", njit(cache=True, nogil=True, **UNCOUNTED)(counting_from_front(function)))


def inner(function: Compiled) -> Compiled:
    """Compile a function into each of its callers."""
    return cast("Compiled", njit(cache=True, nogil=True, forceinline=True, **UNCOUNTED)(counting_from_front(function)))
