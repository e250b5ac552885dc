"""The monthly pack: one set of files, the same bytes for the four parties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from skills_bridge.reporting.documents import write_csv, write_json
from skills_bridge.reporting.facts import Facts
from skills_bridge.reporting.figures import Figure, FigureId
from skills_bridge.reporting.files import CSV, JSON, PDF, XLSX, PackFile
from skills_bridge.reporting.month import MonthFigures, PackContext, compute_month
from skills_bridge.reporting.pdf import typeset
from skills_bridge.reporting.report import Report
from skills_bridge.reporting.report_workbook import write_report_workbook
from skills_bridge.reporting.wording import Words

REPORT_LANGUAGES: Final = ("fr", "ar")


def build_pack(facts: Facts, context: PackContext, words: Mapping[str, Words]) -> tuple[PackFile, ...]:
    """Return the files of a month's pack, the manifests excepted: PDF in French and Arabic, XLSX, JSON, CSV.

    ``words`` are those of ``fr``, ``ar`` and ``en``. The same facts and context give the same bytes.
    """
    return render_pack(facts, compute_month(facts, context.period, context.hidden_before), context, words)


def render_pack(
    facts: Facts, month: MonthFigures, context: PackContext, words: Mapping[str, Words]
) -> tuple[PackFile, ...]:
    """Return the files of a pack whose figures are already computed."""
    stem = f"{context.period.code}-v{context.version}"
    readers = [words[language] for language in REPORT_LANGUAGES]
    reports = tuple(
        PackFile(f"rapport-{stem}-{one.language}.pdf", PDF, typeset(Report(facts, month, context, one).content()))
        for one in readers
    )
    return (
        *reports,
        PackFile(f"indicateurs-{stem}.xlsx", XLSX, write_report_workbook(facts, month, context, readers)),
        PackFile(f"indicateurs-{stem}.json", JSON, write_json(facts, month, context, list(words.values()))),
        PackFile(f"indicateurs-{stem}.csv", CSV, write_csv(facts, month, context, words)),
    )


def hidden_figures(figures: tuple[Figure, ...]) -> frozenset[FigureId]:
    """Return the addresses of the hidden figures: what later versions of the month must keep hidden."""
    return frozenset(figure.identity for figure in figures if figure.suppressed)
