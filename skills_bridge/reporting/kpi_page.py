"""The catalogue as a page of the documentation; ``docs/kpis.md`` is this text and a test compares them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from skills_bridge.reporting.catalogue import CATALOGUE, Kpi
from skills_bridge.reporting.wording import BREAKDOWN_NAMES, UNIT_NAMES, Words

INTRODUCTION = """\
# The figures

This page is written by `write_kpi_page` (`skills_bridge/reporting/kpi_page.py`) from the catalogue beside it; a test
compares them. Each figure has one formula, in `formulas.py`; screen, PDF, XLSX, JSON and CSV all show what `compute`
returns.

- A month is [first day, first day of the next month) of Morocco's local time. Events count if they were recorded up to
  the cut-off.
- Beside every percentage stands its n; under 10 no percentage is printed, only the two counts.
- A figure that cannot be measured says *non mesuré* and why.
- Counts of people from 1 to 4 are hidden, zero is shown, and further cells are hidden so that no subtraction gives a
  hidden count back: at least two values must agree with everything printed. What one version hides, later versions
  keep hidden.
"""


def write_kpi_page(words: Mapping[str, Words]) -> str:
    """Return the page; ``words`` are those of ``fr``, ``ar`` and ``en``."""
    return "\n".join([INTRODUCTION, *(line for kpi in CATALOGUE.values() for line in _section(kpi, words))])


def _section(kpi: Kpi, words: Mapping[str, Words]) -> Iterator[str]:
    english = words["en"].gettext
    yield f"## {kpi.code} – {english(kpi.name)}\n"
    yield "| | |"
    yield "| --- | --- |"
    yield f"| Names | {_names(kpi.name, words)} |"
    yield f"| Population | {english(kpi.population)} |"
    yield f"| Date rule | {english(kpi.date_rule)} |"
    yield f"| Breakdowns | {', '.join(english(BREAKDOWN_NAMES[one]).lower() for one in kpi.breakdowns)} |"
    yield f"| Suppression | {english(kpi.suppression)} |"
    yield f"| Version | {kpi.version} |\n"
    yield "| measure | names | unit | numerator | denominator |"
    yield "| --- | --- | --- | --- | --- |"
    for one in kpi.measures:
        below = english(one.denominator) if one.denominator else "–"
        unit = english(UNIT_NAMES[one.unit])
        yield f"| `{one.code}` | {_names(one.name, words)} | {unit} | {english(one.numerator)} | {below} |"
    yield ""


def _names(name: str, words: Mapping[str, Words]) -> str:
    return " · ".join(words[language].gettext(name) for language in ("fr", "ar", "en"))
