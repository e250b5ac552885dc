"""The pack's workbook: every figure with its counts, in French and then in Arabic, and the method beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from skills_bridge.domain.calendar import Month, to_local
from skills_bridge.reporting.catalogue import CATALOGUE, Kpi
from skills_bridge.reporting.facts import Facts
from skills_bridge.reporting.figures import TOTAL, Breakdown, Figure, FigureId, Unit
from skills_bridge.reporting.month import MonthFigures, PackContext, validation_months
from skills_bridge.reporting.report import METHOD
from skills_bridge.reporting.tables import Figures, index_figures
from skills_bridge.reporting.wording import (
    BREAKDOWN_NAMES,
    FINDING_SENTENCES,
    SEAL_SENTENCE,
    UNIT_NAMES,
    Words,
    display,
    line_labels,
)
from skills_bridge.reporting.workbook import Sheet, write_workbook

Row = list[object]

LABEL_WIDTHS: Final = (22.0, 12.0, 38.0)


def write_report_workbook(facts: Facts, month: MonthFigures, context: PackContext, words: Sequence[Words]) -> bytes:
    """Return the workbook of a pack: one set of sheets per language handed in."""
    sheets = [sheet for one in words for sheet in LanguageSheets(facts, month, context, one).sheets()]
    title = f"Skills Bridge {context.period.code} v{context.version}"
    return write_workbook(sheets, demo=context.demo, title=title, created=facts.cut_off)


class LanguageSheets:
    """The sheets of one language."""

    def __init__(self, facts: Facts, month: MonthFigures, context: PackContext, words: Words) -> None:
        self.facts, self.month, self.context, self.words = facts, month, context, words
        self.current = index_figures(month.current)
        self.others = index_figures((*month.previous, *month.validation_months))

    def sheets(self) -> Iterator[Sheet]:
        """Yield the summary, a sheet per KPI, the data-quality list and the method."""
        yield self._summary()
        for kpi in CATALOGUE.values():
            yield self._by_month(kpi) if kpi.code == "K3c" else self._by_line(kpi)
        yield self._quality()
        yield self._method()

    def _sheet(self, name: str, title: str, columns: Sequence[str], rows: Sequence[Row]) -> Sheet:
        words, context = self.words, self.context
        is_arabic = words.direction == "rtl"
        about = " · ".join(
            (
                words.month(context.period.first_on),
                words.gettext("Version %(version)s", version=context.version),
                words.gettext("Faits arrêtés au %(instant)s", instant=words.instant(to_local(self.facts.cut_off))),
            )
        )
        return Sheet(f"{name} ar" if is_arabic and name.isascii() else name, title, columns, rows, [about], is_arabic)

    def _summary(self) -> Sheet:
        _ = self.words.gettext
        period = self.context.period
        rows: list[Row] = []
        for figure in self.month.current:
            if figure.breakdown is Breakdown.NATIONAL:
                measure = CATALOGUE[figure.kpi].measure(figure.measure)
                before = self.others[figure.identity._replace(period=period.back(1).code)]
                now = [self._value(figure), figure.numerator, figure.denominator, figure.n]
                rows.append([figure.kpi, _(measure.name), _(UNIT_NAMES[figure.unit]), *now, self._value(before)])
        columns = [_("Indicateur"), _("Mesure"), _("Unité"), _("Valeur"), _("Numérateur"), _("Dénominateur"), "n"]
        previous = _("Mois précédent, même arrêté")
        return self._sheet(_("Synthèse"), _("L’essentiel du mois"), [*columns, previous], rows)

    def _by_line(self, kpi: Kpi) -> Sheet:
        _ = self.words.gettext
        rows: list[Row] = []
        for breakdown in kpi.breakdowns:
            for key, label in line_labels(self.facts, breakdown, self.words).items():
                head: Row = [_(BREAKDOWN_NAMES[breakdown]), "" if key == TOTAL else key, label]
                rows.append(head + self._cells(kpi, self.current, self.context.period, breakdown, key))
        columns = [_("Niveau"), _("Code"), _("Libellé"), *self._headings(kpi)]
        sheet = self._sheet(kpi.code, f"{kpi.code} – {_(kpi.name)}", columns, rows)
        sheet.widths = [*LABEL_WIDTHS, *([14.0] * (len(columns) - len(LABEL_WIDTHS)))]
        return sheet

    def _by_month(self, kpi: Kpi) -> Sheet:
        _ = self.words.gettext
        rows: list[Row] = []
        for month in validation_months(self.context.period):
            cells = self._cells(kpi, self.others, month, Breakdown.NATIONAL, TOTAL)
            rows.append([month.code, self.words.month(month.first_on), *cells])
        columns = [_("Code"), _("Mois de validation"), *self._headings(kpi)]
        return self._sheet(kpi.code, f"{kpi.code} – {_(kpi.name)}", columns, rows)

    def _headings(self, kpi: Kpi) -> Iterable[str]:
        for measure in kpi.measures:
            name = self.words.gettext(measure.name)
            if measure.unit is Unit.PERCENT:
                yield f"{name} – {self.words.gettext('numérateur')}"
                yield f"{name} – {self.words.gettext('dénominateur (n)')}"
                yield f"{name} (%)"
            elif measure.unit is Unit.DAYS:
                yield f"{name} – n"
                yield f"{name} ({self.words.gettext('jours')})"
            else:
                yield name

    def _cells(self, kpi: Kpi, figures: Figures, month: Month, breakdown: Breakdown, key: str) -> Row:
        cells: Row = []
        for measure in kpi.measures:
            figure = figures[FigureId(kpi.code, measure.code, month.code, breakdown, key)]
            if measure.unit is Unit.PERCENT:
                cells += [figure.numerator, figure.denominator]
            elif measure.unit is Unit.DAYS:
                cells.append(figure.n)
            cells.append(self._value(figure))
        return cells

    def _value(self, figure: Figure) -> object:
        """A number where there is one, otherwise the word that says why not."""
        if figure.value is None:
            return display(figure, self.words)
        return Decimal(figure.value) if figure.unit is Unit.PERCENT else int(figure.value)

    def _quality(self) -> Sheet:
        _ = self.words.gettext
        rows: list[Row] = []
        for finding in self.month.findings:
            name, treatment = FINDING_SENTENCES[finding.kind]
            rows.append([_(name), len(finding.ordinals), _(treatment)])
        columns = [_("Anomalie"), _("Cas du mois"), _("Traitement dans ce rapport")]
        return self._sheet(_("Qualité"), _("Qualité des données"), columns, rows)

    def _method(self) -> Sheet:
        _ = self.words.gettext
        rows: list[Row] = [["", "", _(sentence), "", ""] for sentence in (*METHOD, SEAL_SENTENCE)]
        for kpi in CATALOGUE.values():
            rows += [
                [kpi.code, _(one.name), _(one.numerator), _(one.denominator) if one.denominator else "", ""]
                for one in kpi.measures
            ]
            rows += [[kpi.code, _(kpi.name), _(text), "", kpi.version] for text in (kpi.population, kpi.date_rule)]
            rows.append([kpi.code, _(kpi.name), _(kpi.suppression), "", kpi.version])
        columns = [_("Indicateur"), _("Mesure"), _("Règle ou numérateur"), _("Dénominateur"), _("Version")]
        sheet = self._sheet(_("Méthode"), _("Méthode et définitions"), columns, rows)
        sheet.widths, sheet.wrap = [11.0, 34.0, 80.0, 50.0, 9.0], True
        return sheet
