"""Figures of the open month: provisional, dated, by the catalogued breakdowns only."""

from __future__ import annotations

from decimal import Decimal

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.adapters.texts import Texts
from skills_bridge.blueprints.web import current_actor, language, reading, requires
from skills_bridge.policies.permissions import Permission
from skills_bridge.queries.figures import FigureCell, get_open_month
from skills_bridge.reporting.catalogue import CATALOGUE
from skills_bridge.reporting.figures import Breakdown, Reason, Unit
from skills_bridge.reporting.wording import BREAKDOWN_NAMES, REASON_SENTENCES

bp = Blueprint("figures", __name__, url_prefix="/figures")


@bp.get("/")
@requires(Permission.FIGURE_SEE)
def index() -> ResponseReturnValue:
    """Show one indicator of the open month."""
    kpi = CATALOGUE.get(request.args.get("kpi", ""), CATALOGUE["K2"])
    wanted = request.args.get("breakdown", Breakdown.NATIONAL.value)
    breakdown = next((one for one in kpi.breakdowns if one.value == wanted), Breakdown.NATIONAL)
    month = get_open_month(reading(), actor=current_actor(), kpi=kpi.code, breakdown=breakdown)
    return render_template(
        "figures/index.html",
        month=month,
        kpi=kpi,
        kpis=tuple(CATALOGUE.values()),
        breakdown=breakdown,
        breakdowns=BREAKDOWN_NAMES,
        texts=Texts(language()),
        shown=shown,
        reader=language(),
    )


def shown(cell: FigureCell) -> tuple[str, str]:
    """Return a value as written, and why it is missing if it is."""
    texts = Texts(language())
    if cell.is_hidden:
        return _("masqué"), _("Effectif de personnes inférieur à 5, ou masqué pour protéger un tel effectif.")
    if cell.value is None:
        reason = texts.gettext(REASON_SENTENCES[Reason(cell.not_measured)]) if cell.not_measured else ""
        if cell.not_measured == Reason.UNDER_TEN and cell.numerator is not None:
            return f"{texts.number(cell.numerator)} / {texts.number(cell.denominator or 0)}", reason
        return _("non mesuré"), reason
    if cell.unit == Unit.PERCENT:
        return texts.percent(Decimal(cell.value)), _("n = %(n)s", n=texts.number(cell.n or 0))
    return texts.number(Decimal(cell.value)), ""
