"""The one way to change a state: a table of allowed moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from skills_bridge.domain.errors import IllegalMove

S = TypeVar("S", bound=str)

Moves = Mapping[S, frozenset[S]]


def check_move(moves: Moves[S], current: S, target: S) -> None:
    """Refuse a move that the table does not hold.

    :raises IllegalMove: ``target`` cannot follow ``current``.
    """
    if target not in moves[current]:
        raise IllegalMove(current, target)
