"""Tables of figures for readers: which columns stand beside each other, and what each cell says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from skills_bridge.domain.calendar import Month
from skills_bridge.reporting.catalogue import kpi_of
from skills_bridge.reporting.facts import Facts
from skills_bridge.reporting.figures import TOTAL, Breakdown, Figure, FigureId, Reason, Unit
from skills_bridge.reporting.formulas import HORIZONS
from skills_bridge.reporting.wording import BREAKDOWN_NAMES, Words, display, explain_absence, line_labels

Figures = Mapping[FigureId, Figure]


class Part(StrEnum):
    """What of a figure a column shows."""

    VALUE = "value"
    SHARE = "share"
    NUMERATOR = "numerator"
    N = "n"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: a measure, what of it is shown, and its heading (the measure's name if empty)."""

    kpi: str
    measure: str
    part: Part = Part.VALUE
    heading: str = ""

    def title(self, words: Words) -> str:
        """Return the heading in the reader's language."""
        return words.gettext(self.heading or kpi_of(self.kpi).measure(self.measure).name)


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: a text, a small note beside it (n), and whether it is said quietly (no value)."""

    text: str
    note: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table; ``strong`` is the national one."""

    label: str
    cells: tuple[Cell, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to be set, with the notes its cells call for."""

    title: str
    head: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]


K2_COLUMNS: Final = (Column("K2", "open_on_last_day"), Column("K2", "opened_in_month"))
K3_COLUMNS: Final = (
    Column("K3", "filled_share", Part.N, "Postes comptés (n)"),
    Column("K3", "filled_share", Part.NUMERATOR, "Pourvus"),
    Column("K3", "filled_share"),
    Column("K3", "filled_outside"),
    Column("K3", "withdrawn"),
)
K3C_COLUMNS: Final = tuple(Column("K3c", f"filled_at_{age}", Part.SHARE) for age in HORIZONS)
K4_COLUMNS: Final = (
    Column("K4", "median_days", Part.N, "Postes pourvus (n)"),
    Column("K4", "median_days", heading="Délai médian (jours)"),
    Column("K4", "ninth_decile_days", heading="9ᵉ décile (jours)"),
    *(Column("K4", f"still_open_at_{age}", Part.SHARE) for age in HORIZONS),
)
K8N_COLUMNS: Final = tuple(Column("K8n", measure.code) for measure in kpi_of("K8n").measures)
PROVINCE_COLUMNS: Final = (
    Column("K2", "open_on_last_day"),
    Column("K3", "filled_share", Part.SHARE),
    Column("K4", "median_days", Part.SHARE, "Délai médian (jours)"),
    *K8N_COLUMNS,
)


def index_figures(figures: Iterable[Figure]) -> Figures:
    """Return the figures by address."""
    return {figure.identity: figure for figure in figures}


@dataclass(frozen=True, slots=True)
class Reading:
    """What tables are made from: figures by address, the lists of names, the month and the reader's words."""

    figures: Figures
    facts: Facts
    month: Month
    words: Words

    def row(self, columns: Sequence[Column], breakdown: Breakdown, key: str, month: Month) -> list[Figure]:
        """Return the figures of one line."""
        level = Breakdown.NATIONAL if key == TOTAL else breakdown
        return [self.figures[FigureId(one.kpi, one.measure, month.code, level, key)] for one in columns]


def breakdown_table(reading: Reading, title: str, columns: Sequence[Column], breakdown: Breakdown) -> Table:
    """Set the national line, then the lines of a breakdown.

    Regions are all printed; of provinces and profiles only those with something to say, and a note counts the rest.
    """
    words = reading.words
    lines, shown, left_out = [], [], 0
    labels = {TOTAL: words.gettext("Ensemble"), **line_labels(reading.facts, breakdown, words)}
    for key, label in labels.items():
        found = reading.row(columns, breakdown, key, reading.month)
        if key != TOTAL and breakdown is not Breakdown.REGION and not any(map(says_something, found)):
            left_out += 1
            continue
        shown += found
        cells = tuple(cell_of(figure, column.part, words) for figure, column in zip(found, columns, strict=True))
        lines.append(Line(label, cells, strong=key == TOTAL))
    notes = notes_for(shown, words)
    if left_out:
        one, many = (
            "%(num)d ligne sans aucun fait n’est pas imprimée.",
            "%(num)d lignes sans aucun fait ne sont pas imprimées.",
        )
        notes += (words.ngettext(one, many, left_out),)
    head = words.gettext(BREAKDOWN_NAMES[breakdown])
    return Table(title, head, tuple(one.title(words) for one in columns), tuple(lines), notes)


def cohort_table(reading: Reading, title: str, months: Sequence[Month]) -> Table:
    """Set K3c, one line per month of validation."""
    words = reading.words
    lines, shown = [], []
    for month in months:
        found = reading.row(K3C_COLUMNS, Breakdown.NATIONAL, TOTAL, month)
        shown += found
        lines.append(Line(words.month(month.first_on), tuple(cell_of(figure, Part.SHARE, words) for figure in found)))
    columns = tuple(column.title(words) for column in K3C_COLUMNS)
    return Table(title, words.gettext("Mois de validation"), columns, tuple(lines), notes_for(shown, words))


def says_something(figure: Figure) -> bool:
    """Tell whether a figure is anything but zero or empty."""
    return figure.suppressed or bool(figure.n)


def cell_of(figure: Figure, part: Part, words: Words) -> Cell:
    """Write the part of a figure that a column shows."""
    if part is Part.N:
        return _count(figure, figure.n, words)
    if part is Part.NUMERATOR:
        return _count(figure, figure.numerator, words)
    quiet = figure.suppressed or (figure.value is None and figure.not_measured_reason is not Reason.UNDER_TEN)
    note = f"n = {words.number(figure.n)}" if part is Part.SHARE and figure.n and figure.value is not None else ""
    return Cell(display(figure, words), note, quiet)


def _count(figure: Figure, count: int | None, words: Words) -> Cell:
    if count is None:
        return Cell(display(figure, words), quiet=True)
    return Cell(words.number(count))


def notes_for(figures: Sequence[Figure], words: Words) -> tuple[str, ...]:
    """Explain each kind of absent value once, in the order of first appearance."""
    notes: dict[str, None] = {}
    for figure in figures:
        if figure.suppressed:
            notes[f"{words.gettext('masqué')} – {explain_absence(figure, words)}"] = None
        elif figure.not_measured_reason is Reason.UNDER_TEN:
            notes[explain_absence(figure, words)] = None
        elif figure.not_measured_reason is not None:
            notes[f"{words.gettext('non mesuré')} – {explain_absence(figure, words)}"] = None
    if any(figure.unit is Unit.PEOPLE for figure in figures):
        notes[words.gettext("Les trois types d’insertion ne s’additionnent jamais.")] = None
    return tuple(notes)
