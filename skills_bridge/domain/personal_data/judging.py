"""What is said of the columns of a table: which are told to the person, and what happens to her rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What happens to a person's rows when her file is forgotten."""

    DELETED = "deleted"
    EMPTIED = "emptied"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of one table by what they are; names apart by blanks.

    ``fate`` is None where no row leads to a person; ``emptied`` are the columns that lose their value.
    """

    told: str = ""
    technical: str = ""
    other_party: str = ""
    nothing: str = ""
    link: str = ""
    fate: Fate | None = None
    emptied: str = ""

    @property
    def all(self) -> frozenset[str]:
        """Every column that was judged."""
        return frozenset(f"{self.told} {self.technical} {self.other_party} {self.nothing}".split())
