"""Labels in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Label as Named


@dataclass(frozen=True, slots=True)
class Label:
    """A label in the three languages; an Arabic one that no native reader checked is marked on screen."""

    fr: str
    ar: str | None = None
    en: str | None = None
    is_reviewed_ar: bool = False

    def text(self, language: str) -> str:
        """The label in a language, in French where it lacks."""
        return {"ar": self.ar, "en": self.en}.get(language) or self.fr

    def is_marked(self, language: str) -> bool:
        """Whether the reader of this language must know that nobody checked the wording."""
        return language == "ar" and not self.is_reviewed_ar


def label_columns(table: Any, prefix: str) -> tuple[Named[Any], ...]:
    """The columns from which :func:`label_of` makes a label; ``prefix`` tells two of one statement apart."""
    return (
        table.label_fr.label(f"{prefix}_fr"),
        table.label_ar.label(f"{prefix}_ar"),
        table.label_en.label(f"{prefix}_en"),
        table.is_reviewed_ar.label(f"{prefix}_reviewed"),
    )


def label_of(row: Any, prefix: str) -> Label:
    """The label whose columns :func:`label_columns` asked for."""
    return Label(*(getattr(row, f"{prefix}_{part}") for part in ("fr", "ar", "en", "reviewed")))
