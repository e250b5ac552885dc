"""Charts as SVG, drawn on the server; the same picture stands on screen and in the report.

All text is set in the Arabic family, whose Latin letters are the same design: it comes in fixed weights, which the
renderer needs (it ignores the weights of a variable font).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Final

import altair as alt
import vl_convert

from skills_bridge.reporting.figures import Figure
from skills_bridge.reporting.fonts import ARABIC, FONT_FOLDERS, LATIN
from skills_bridge.reporting.formulas import DELAY_CLASSES, delay_class_code
from skills_bridge.reporting.wording import Words, display

INK: Final = "#14324a"
MUTED: Final = "#5b6b78"
SHADES: Final = ("#eaf2f7", "#d3e5ef", "#b7d5e6", "#97c2da", "#76aecd")
"""Five tints, all light enough for dark text."""
UNSHADED: Final = "#f1f3f4"
BAR: Final = "#2f7ea8"

_COLUMNS: Final = 4


@cache
def _register_fonts() -> None:
    for folder in FONT_FOLDERS:
        vl_convert.register_font_directory(str(folder))


def _svg(chart: Any) -> str:
    _register_fonts()
    styled = chart.configure(font=f"{ARABIC}, {LATIN}", background="transparent").configure_view(stroke=None)
    return str(vl_convert.vegalite_to_svg(json.dumps(styled.to_dict())))


def shade(value: str | None) -> str:
    """Return the tint of a percentage: one of five equal steps of 20 points, grey without a value."""
    if value is None:
        return UNSHADED
    return SHADES[min(int(Decimal(value) // 20), len(SHADES) - 1)]


def draw_region_tiles(figures: Sequence[Figure], names: Mapping[str, str], words: Words) -> str:
    """Draw one tile per region, all alike, in the order of the codes, with its percentage and n.

    ``figures`` are one measure by region; ``names`` the regions' names by code. Arabic reads from the right.
    """
    rows = []
    for place, figure in enumerate(figures):
        row, column = divmod(place, _COLUMNS)
        rows.append(
            {
                "x": _COLUMNS - 1 - column if words.direction == "rtl" else column,
                "y": row,
                "name": names[figure.key],
                "value": display(figure, words),
                "n": f"n = {words.number(figure.n or 0)}",
                "fill": shade(figure.value),
            }
        )
    base = alt.Chart({"values": rows}).encode(
        x=alt.X("x:O", axis=None, scale=alt.Scale(paddingInner=0.04, paddingOuter=0)),
        y=alt.Y("y:O", axis=None, scale=alt.Scale(paddingInner=0.08, paddingOuter=0)),
    )
    tiles = base.mark_rect(cornerRadius=4, strokeWidth=0).encode(fill=alt.Fill("fill:N", scale=None))
    layers = tiles + _label(base, "name", -17, 10.5, INK) + _label(base, "value", 3, 16, INK, weight=600)
    layers += _label(base, "n", 20, 9.5, MUTED)
    return _svg(layers.properties(width=680, height=72 * (1 + (len(rows) - 1) // _COLUMNS)))


def _label(base: Any, field: str, dy: int, size: float, color: str, *, weight: int = 400) -> Any:
    mark = base.mark_text(dy=dy, fontSize=size, color=color, fontWeight=weight, align="center", baseline="middle")
    return mark.encode(text=f"{field}:N")


def draw_delays(figures: Sequence[Figure], words: Words) -> str:
    """Draw how many posts were filled in each class of delay; ``figures`` are K4 for one line of a table."""
    by_measure = {figure.measure: figure for figure in figures}
    rows = []
    for place, (low, high) in enumerate(DELAY_CLASSES):
        figure = by_measure[delay_class_code(low)]
        text = f"{low}–{high}" if high else f"> {low - 1}"
        rows.append({"x": place, "class": text, "count": figure.numerator or 0, "value": display(figure, words)})
    is_rtl = words.direction == "rtl"
    order = [str(row["class"]) for row in rows]
    base = alt.Chart({"values": rows}).encode(
        x=alt.X(
            "class:O",
            sort=order[::-1] if is_rtl else order,
            scale=alt.Scale(paddingInner=0.35, paddingOuter=0.15),
            axis=alt.Axis(
                title=words.gettext("Délai en jours"),
                titleFontWeight=400,
                titleColor=MUTED,
                titlePadding=8,
                labelAngle=0,
                labelColor=INK,
                labelFontSize=11,
                ticks=False,
                domainColor=MUTED,
            ),
        ),
        y=alt.Y("count:Q", axis=None, scale=alt.Scale(domainMin=0, nice=False)),
    )
    bars = base.mark_bar(color=BAR, cornerRadiusTopLeft=3, cornerRadiusTopRight=3)
    labels = base.mark_text(dy=-8, fontSize=12, fontWeight=600, color=INK).encode(text="value:N")
    return _svg((bars + labels).properties(width=660, height=120))
