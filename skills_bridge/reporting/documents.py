"""The pack's files for machines: canonical JSON and open CSV, the same figures as in print."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import StringIO
from typing import Any, Final

from skills_bridge.reporting.catalogue import CATALOGUE, Kpi
from skills_bridge.reporting.delimited import mark_text
from skills_bridge.reporting.facts import Facts
from skills_bridge.reporting.figures import Breakdown, Figure
from skills_bridge.reporting.month import MonthFigures, PackContext
from skills_bridge.reporting.storage import digest_facts
from skills_bridge.reporting.wording import DEMO_MARK, Words, line_labels

FORMAT: Final = "skills-bridge-figures-1"
CSV_COLUMNS: Final = (
    "period",
    "kpi",
    "measure",
    "breakdown",
    "key",
    "label_fr",
    "label_ar",
    "unit",
    "numerator",
    "denominator",
    "value",
    "n",
    "state",
    "reason",
    "version",
    "cut_off",
    "notice",
)


def canonical_json(value: object) -> bytes:
    """Return the one JSON form of a value: sorted keys, no spaces, UTF-8, a newline at the end, no float anywhere."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"


def write_instant(instant: datetime) -> str:
    """Write an instant in UTC as every file of a pack does: ``2026-11-03T18:00:00Z``."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def write_json(facts: Facts, month: MonthFigures, context: PackContext, words: Sequence[Words]) -> bytes:
    """Return all figures of a pack with their definitions; values are exact decimal strings."""
    return canonical_json(
        {
            "format": FORMAT,
            "period": context.period.code,
            "version": context.version,
            "cause": context.cause,
            "notice": DEMO_MARK if context.demo else "",
            "cut_off": write_instant(facts.cut_off),
            "facts_sha256": digest_facts(facts),
            "definitions": [_definition(kpi, words) for kpi in CATALOGUE.values()],
            "labels": {
                breakdown: {one.language: line_labels(facts, breakdown, one) for one in words}
                for breakdown in Breakdown
            },
            "figures": [_entry(figure) for figure in month.current],
            "previous_month": [_entry(figure) for figure in month.previous],
            "validation_months": [_entry(figure) for figure in month.validation_months],
            "findings": [{"kind": one.kind, "count": len(one.ordinals)} for one in month.findings],
        }
    )


def _definition(kpi: Kpi, words: Sequence[Words]) -> dict[str, Any]:
    def in_all(text: str) -> dict[str, str]:
        return {one.language: one.gettext(text) for one in words}

    return {
        "code": kpi.code,
        "version": kpi.version,
        "name": in_all(kpi.name),
        "population": in_all(kpi.population),
        "date_rule": in_all(kpi.date_rule),
        "suppression": in_all(kpi.suppression),
        "breakdowns": list(kpi.breakdowns),
        "measures": [
            {
                "code": one.code,
                "unit": one.unit,
                "name": in_all(one.name),
                "numerator": in_all(one.numerator),
                "denominator": in_all(one.denominator) if one.denominator else None,
            }
            for one in kpi.measures
        ],
    }


def _entry(figure: Figure) -> dict[str, Any]:
    return {
        "kpi": figure.kpi,
        "measure": figure.measure,
        "period": figure.period,
        "breakdown": figure.breakdown,
        "key": figure.key,
        "unit": figure.unit,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "value": figure.value,
        "n": figure.n,
        "state": state_of(figure),
        "reason": figure.not_measured_reason,
    }


def state_of(figure: Figure) -> str:
    """Say in a code whether a figure is ``measured``, ``hidden`` or ``not_measured``."""
    if figure.suppressed:
        return "hidden"
    return "measured" if figure.value is not None else "not_measured"


def write_csv(facts: Facts, month: MonthFigures, context: PackContext, words: Mapping[str, Words]) -> bytes:
    """Return the figures as open data: one line per figure, comma, UTF-8, CRLF, no cell a spreadsheet would compute."""
    labels = {
        (breakdown, language): line_labels(facts, breakdown, words[language])
        for breakdown in Breakdown
        for language in ("fr", "ar")
    }
    about = [context.version, write_instant(facts.cut_off), DEMO_MARK if context.demo else ""]
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(CSV_COLUMNS)
    for figure in (*month.current, *month.previous, *month.validation_months[len(CATALOGUE["K3c"].measures) :]):
        names = [labels[figure.breakdown, language][figure.key] for language in ("fr", "ar")]
        address = [figure.period, figure.kpi, figure.measure, str(figure.breakdown), figure.key, *names]
        counts = [figure.numerator, figure.denominator, figure.value, figure.n]
        reason = figure.not_measured_reason or ""
        writer.writerow(map(_safe, [*address, str(figure.unit), *counts, state_of(figure), str(reason), *about]))
    return out.getvalue().encode()


def _safe(value: object) -> object:
    """Keep a text from being read as a formula by a spreadsheet."""
    return mark_text(value) if isinstance(value, str) else value
