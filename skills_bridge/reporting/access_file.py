"""What is held about one person, in words that she can read: as JSON for a machine, as PDF for her."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from skills_bridge.reporting.access_account import account_section
from skills_bridge.reporting.access_words import COLUMNS, TABLES, VALUES
from skills_bridge.reporting.pdf import typeset
from skills_bridge.reporting.wording import DEMO_MARK, Words

TEMPLATE: Final = "access_file.typ"
MOST_ROWS: Final = 200
"""Rows of one table that are printed; the JSON holds all."""
UNPRINTED: Final = frozenset({"parts"})
"""What made a referral's score when it was made: its numbers stand in the JSON."""
Computed = Sequence[Mapping[str, Any]]
"""On what her place in each list in force was computed (``access_account``)."""


class Held(Protocol):
    """What one table holds of a person: rows of values by column, and the names of keys and codes by column."""

    @property
    def table(self) -> str:
        """The table's name."""

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Its rows."""

    @property
    def words(self) -> Mapping[str, Mapping[Any, str]]:
        """Names by column and key."""


@dataclass(frozen=True, kw_only=True)
class AccessHead:
    """What the file says of itself; ``made_at`` is in Morocco's time."""

    reference: str
    pseudonym: str
    made_at: datetime
    demo: bool
    controller: str
    contact: str


def as_json(sections: Sequence[Held], head: AccessHead, computed: Computed = ()) -> dict[str, Any]:
    """Return everything by table and column; a key or code stands with its name."""
    return {
        "request": head.reference,
        "made_at": head.made_at.isoformat(timespec="seconds"),
        "notice": DEMO_MARK if head.demo else "",
        "controller": head.controller,
        "contact": head.contact,
        "held": {
            section.table: [
                {column: _with_name(value, section.words.get(column)) for column, value in row.items()}
                for row in section.rows
            ]
            for section in sections
        },
        "computed": list(computed),
    }


def _with_name(value: Any, names: Mapping[Any, str] | None) -> Any:
    if names is None or value is None:
        return value
    if isinstance(value, list):
        return [{"code": one, "name": names.get(one, "")} for one in value]
    return {"code": value, "name": names.get(value, "")}


def as_pdf(sections: Sequence[Held], head: AccessHead, words: Words, computed: Computed = ()) -> bytes:
    """Return the file as a person reads it, in the language of ``words``."""
    _ = words.gettext
    missing = _("à compléter")
    content = {
        "language": words.language,
        "direction": words.direction,
        "demo": DEMO_MARK if head.demo else "",
        "title": _("Données détenues à votre sujet"),
        "reference": head.reference,
        "made": _("Établi le %(day)s", day=words.day(head.made_at.date())),
        "created": [head.made_at.year, head.made_at.month, head.made_at.day, head.made_at.hour, head.made_at.minute],
        "lead": _(
            "Ce document contient tout ce que la plateforme détient à votre sujet. Vous pouvez en demander la "
            "correction ou l’effacement, ou vous opposer au rapprochement avec les offres."
        ),
        "facts": [
            [_("Pseudonyme"), head.pseudonym],
            [_("Responsable du traitement"), head.controller or missing],
            [_("À qui écrire"), head.contact or missing],
        ],
        "sections": [
            *(_section(section, words) for section in sections),
            *([account_section(computed, words)] if computed else []),
        ],
        "page": _("Page"),
    }
    return typeset(content, template=TEMPLATE)


def _section(section: Held, words: Words) -> dict[str, Any]:
    left = len(section.rows) - MOST_ROWS
    note = words.gettext("%(count)s autres lignes figurent dans le fichier JSON.", count=left) if left > 0 else ""
    return {
        "title": words.gettext(TABLES[section.table]),
        "rows": [_pairs(row, section.words, words) for row in section.rows[:MOST_ROWS]],
        "note": note,
    }


def _pairs(row: Mapping[str, Any], names: Mapping[str, Mapping[Any, str]], words: Words) -> list[list[str]]:
    """Return the columns of a row that say something, with their words."""
    return [
        [words.gettext(COLUMNS[column]), _shown(column, value, names.get(column), words)]
        for column, value in row.items()
        if column not in UNPRINTED and value not in (None, "")
    ]


def _shown(column: str, value: Any, names: Mapping[Any, str] | None, words: Words) -> str:
    _ = words.gettext
    if isinstance(value, list):
        return ", ".join(_shown(column, one, names, words) for one in value) or _("aucun(e)")
    if names is not None:
        return names.get(value, str(value))
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if column.endswith(("_on", "_at", "_until")) or column == "valid_until":
        return words.day(datetime.fromisoformat(value).date())
    return _(VALUES[value]) if value in VALUES else str(value)
