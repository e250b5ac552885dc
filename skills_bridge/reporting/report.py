"""What the monthly report says, in one language, before it is set in type.

The content is plain values (texts, numbers already written out): the typesetter decides on looks alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final

from skills_bridge.domain.calendar import Month, to_local
from skills_bridge.reporting.catalogue import CATALOGUE, Kpi
from skills_bridge.reporting.charts import draw_delays, draw_region_tiles
from skills_bridge.reporting.facts import Facts
from skills_bridge.reporting.figures import TOTAL, Breakdown, Figure, FigureId, Unit
from skills_bridge.reporting.month import MonthFigures, PackContext, PartyName, validation_months
from skills_bridge.reporting.storage import digest_facts
from skills_bridge.reporting.tables import (
    K2_COLUMNS,
    K3_COLUMNS,
    K4_COLUMNS,
    K8N_COLUMNS,
    PROVINCE_COLUMNS,
    Reading,
    breakdown_table,
    cohort_table,
    index_figures,
    notes_for,
)
from skills_bridge.reporting.wording import (
    DEMO_MARK,
    FINDING_SENTENCES,
    SEAL_SENTENCE,
    Words,
    display,
    explain_absence,
    line_labels,
)

Block = dict[str, Any]

HOW_TO_READ: Final = (
    (
        "Un poste appartient à un seul mois, celui de son échéance. Le taux de satisfaction rapporte les postes "
        "pourvus aux postes à échéance dans le mois, moins ceux pourvus hors du dispositif et ceux retirés par "
        "l’employeur."
    ),
    (
        "Le délai court de la validation de l’offre à la signature ; la moitié des postes pourvus dans le mois "
        "l’ont été en un délai médian au plus, neuf sur dix en un 9ᵉ décile au plus."
    ),
    (
        "Les personnes insérées sont comptées une fois par type, au début de leur première insertion de ce type ; "
        "les types ne s’additionnent jamais."
    ),
    "Le mois précédent est recalculé à la même date d’arrêté.",
)

METHOD: Final = (
    (
        "Un mois va du premier jour inclus au premier jour du mois suivant exclu, à l’heure du Maroc. Seuls comptent "
        "les faits enregistrés jusqu’à la date d’arrêté ; une correction donne lieu à une nouvelle version du "
        "rapport."
    ),
    "Aucun pourcentage n’est donné sous 10 postes ; l’effectif (n) figure à côté de chaque pourcentage.",
    (
        "Les effectifs de personnes de 1 à 4 sont masqués, ainsi que les cases qui permettraient de les retrouver par "
        "soustraction ; le zéro est affiché."
    ),
    "Les mêmes fichiers, à l’octet près, sont remis aux quatre parties.",
)


@dataclass(frozen=True, slots=True)
class CardSpec:
    """A big figure of the first page: its measure, and what stands under it."""

    kpi: str
    measure: str
    title: str
    beside: str = ""


CARDS: Final = (
    CardSpec("K2", "open_on_last_day", "Postes ouverts le dernier jour", "opened_in_month"),
    CardSpec("K3", "filled_share", "Taux de satisfaction des offres"),
    CardSpec("K4", "median_days", "Délai médian pour pourvoir un poste", "ninth_decile_days"),
    CardSpec("K8n", "employment_contract", "Personnes insérées : contrat de travail"),
    CardSpec("K8n", "insertion_contract", "Personnes insérées : contrat d’insertion"),
    CardSpec("K8n", "other", "Personnes insérées : autre insertion"),
)


class Report:
    """The monthly report in the language of ``words``."""

    def __init__(self, facts: Facts, month: MonthFigures, context: PackContext, words: Words) -> None:
        self.facts, self.month, self.context, self.words = facts, month, context, words
        self.figures = index_figures((*month.current, *month.previous, *month.validation_months))
        self.reading = Reading(self.figures, facts, context.period, words)

    def content(self) -> Block:
        """Return all that the typesetter needs."""
        _ = self.words.gettext
        local = to_local(self.facts.cut_off)
        return {
            "language": self.words.language,
            "direction": self.words.direction,
            "title": _("Rapport mensuel"),
            "subtitle": _("Emploi et compétences dans le secteur automobile"),
            "month": self.words.month(self.context.period.first_on),
            "version": _("Version %(version)s", version=self.context.version),
            "cut_off": _("Faits arrêtés au %(instant)s", instant=self.words.instant(local)),
            "cause": self.context.cause,
            "cause_title": _("Rectification"),
            "created": [local.year, local.month, local.day, local.hour, local.minute],
            "demo": DEMO_MARK if self.context.demo else "",
            "page": _("Page"),
            "colon": "\N{NO-BREAK SPACE}:" if self.words.language == "fr" else ":",
            "digest_label": _("Empreinte des faits (SHA-256)"),
            "digest": digest_facts(self.facts)[:16],
            "parties": [self._party(party) for party in self.context.parties],
            "cards_title": _("L’essentiel du mois"),
            "cards": [self._card(spec) for spec in CARDS],
            "reading_title": _("Comment lire cette page"),
            "reading": [_(sentence) for sentence in HOW_TO_READ],
            "sections": [self._demand(), self._satisfaction(), self._delays(), self._insertions(), self._provinces()],
            "first_chart": self._region_chart(),
            "method": self._method(),
            "quality": self._quality(),
            "seal": self._seal(),
        }

    def _party(self, party: PartyName) -> Block:
        note = "" if party.confirmed else self.words.gettext("nom à valider par la partie")
        return {"name": party.name(self.words.language), "note": note}

    def _national(self, kpi: str, measure: str, month: Month) -> Figure:
        return self.figures[FigureId(kpi, measure, month.code, Breakdown.NATIONAL, TOTAL)]

    def _card(self, spec: CardSpec) -> Block:
        period, words = self.context.period, self.words
        figure = self._national(spec.kpi, spec.measure, period)
        before = self._national(spec.kpi, spec.measure, period.back(1))
        return {
            "title": words.gettext(spec.title),
            "value": display(figure, words),
            "quiet": figure.value is None,
            "unit": self._unit(figure),
            "detail": self._detail(figure),
            "beside": self._beside(spec),
            "previous": [words.month(period.back(1).first_on), self._with_n(before)],
        }

    def _unit(self, figure: Figure) -> str:
        if figure.value is None or figure.unit is Unit.PERCENT:
            return ""
        count = int(Decimal(figure.value))
        singular, plural = {
            Unit.POSTS: ("poste", "postes"),
            Unit.PEOPLE: ("personne", "personnes"),
            Unit.DAYS: ("jour", "jours"),
        }[figure.unit]
        return self.words.ngettext(singular, plural, count)

    def _with_n(self, figure: Figure) -> str:
        text = display(figure, self.words)
        if figure.value is None or figure.unit in {Unit.POSTS, Unit.PEOPLE} or figure.n is None:
            return text
        return f"{text} (n = {self.words.number(figure.n)})"

    def _detail(self, figure: Figure) -> str:
        if figure.value is None:
            return explain_absence(figure, self.words)
        if figure.unit is not Unit.PERCENT:
            return ""
        return self.words.gettext(
            "%(part)s postes pourvus sur %(whole)s à échéance",
            part=self.words.number(figure.numerator or 0),
            whole=self.words.number(figure.denominator or 0),
        )

    def _beside(self, spec: CardSpec) -> list[str]:
        if not spec.beside:
            return []
        figure = self._national(spec.kpi, spec.beside, self.context.period)
        return [self.words.gettext(CATALOGUE[spec.kpi].measure(spec.beside).name), self._with_n(figure)]

    def _region_chart(self) -> Block:
        period = self.context.period.code
        addresses = [FigureId("K3", "filled_share", period, Breakdown.REGION, one.code) for one in self.facts.regions]
        regions = [self.figures[one] for one in addresses]
        names = line_labels(self.facts, Breakdown.REGION, self.words)
        return {
            "title": self.words.gettext("Taux de satisfaction par région"),
            "svg": draw_region_tiles(regions, names, self.words),
            "notes": notes_for(regions, self.words),
            "alt": self.words.gettext(
                "Le taux de satisfaction de chaque région, repris dans le tableau K3 par région."
            ),
        }

    def _delay_chart(self) -> Block:
        period = self.context.period
        return {
            "title": self.words.gettext("Postes pourvus selon le délai"),
            "svg": draw_delays(
                [self._national("K4", measure.code, period) for measure in CATALOGUE["K4"].measures], self.words
            ),
            "notes": [],
            "alt": self.words.gettext("Nombre de postes pourvus dans le mois par classe de délai."),
        }

    def _section(self, title: str, *blocks: Block) -> Block:
        return {"title": self.words.gettext(title), "blocks": blocks}

    def _demand(self) -> Block:
        _ = self.words.gettext
        return self._section(
            "Postes ouverts (K2)",
            _table(breakdown_table(self.reading, _("K2 par région"), K2_COLUMNS, Breakdown.REGION)),
            _table(breakdown_table(self.reading, _("K2 par emploi-métier"), K2_COLUMNS, Breakdown.PROFILE)),
        )

    def _satisfaction(self) -> Block:
        _ = self.words.gettext
        months = validation_months(self.context.period)
        return self._section(
            "Satisfaction des offres (K3)",
            _table(breakdown_table(self.reading, _("K3 par région"), K3_COLUMNS, Breakdown.REGION)),
            _table(cohort_table(self.reading, _("K3c par mois de validation"), months)),
            _table(breakdown_table(self.reading, _("K3 par emploi-métier"), K3_COLUMNS, Breakdown.PROFILE)),
        )

    def _delays(self) -> Block:
        _ = self.words.gettext
        return self._section(
            "Délai pour pourvoir un poste (K4)",
            {"kind": "chart", **self._delay_chart()},
            _table(breakdown_table(self.reading, _("K4 par région"), K4_COLUMNS, Breakdown.REGION)),
            _table(breakdown_table(self.reading, _("K4 par emploi-métier"), K4_COLUMNS, Breakdown.PROFILE)),
        )

    def _insertions(self) -> Block:
        _ = self.words.gettext
        return self._section(
            "Personnes insérées (K8n)",
            _table(breakdown_table(self.reading, _("K8n par région"), K8N_COLUMNS, Breakdown.REGION)),
            _table(breakdown_table(self.reading, _("K8n par emploi-métier"), K8N_COLUMNS, Breakdown.PROFILE)),
        )

    def _provinces(self) -> Block:
        title = self.words.gettext("Les indicateurs par province et préfecture")
        return self._section(
            "Provinces et préfectures",
            _table(breakdown_table(self.reading, title, PROVINCE_COLUMNS, Breakdown.PROVINCE)),
        )

    def _method(self) -> Block:
        _ = self.words.gettext
        return {
            "title": _("Méthode et définitions"),
            "sentences": [_(sentence) for sentence in METHOD],
            "labels": [_(label) for label in ("Population", "Règle de date", "Masquage")],
            "kpis": [self._definition(kpi) for kpi in CATALOGUE.values()],
        }

    def _definition(self, kpi: Kpi) -> Block:
        _ = self.words.gettext
        measures = [
            {
                "name": _(one.name),
                "numerator": _(one.numerator),
                "denominator": _(one.denominator) if one.denominator else "",
            }
            for one in kpi.measures
        ]
        return {
            "code": kpi.code,
            "name": _(kpi.name),
            "version": _("définition %(version)s", version=kpi.version),
            "measures": measures,
            "rules": [_(kpi.population), _(kpi.date_rule), _(kpi.suppression)],
        }

    def _quality(self) -> Block:
        _ = self.words.gettext
        rows = []
        for finding in self.month.findings:
            name, treatment = FINDING_SENTENCES[finding.kind]
            rows.append([_(name), self.words.number(len(finding.ordinals)), _(treatment)])
        return {
            "title": _("Qualité des données"),
            "columns": [_("Anomalie"), _("Cas du mois"), _("Traitement dans ce rapport")],
            "rows": rows,
        }

    def _seal(self) -> Block:
        _ = self.words.gettext
        heads = [[head.stream, str(head.number), head.digest] for head in self.context.audit_heads]
        rows = [
            [_("Empreinte des faits (SHA-256)"), digest_facts(self.facts)],
            [_("Empreinte du dernier rapport publié"), self.context.previous_digest or _("aucun rapport publié avant")],
            [_("Version du logiciel"), self.context.code_version],
            [_("Version des fuseaux horaires"), self.context.tzdata_version],
        ]
        return {
            "title": _("Sceau technique (empreinte) et visas"),
            "sentences": [
                _(SEAL_SENTENCE),
                _(
                    "L’empreinte de chaque fichier est dans le manifeste A, scellé à l’arrêté ; les visas des quatre "
                    "parties (nom, partie, instant) sont dans le manifeste B, joint à la publication."
                ),
            ],
            "rows": rows,
            "heads_title": _("Têtes du journal d’audit à l’arrêté"),
            "heads_columns": [_("Journal"), _("Numéro"), _("Empreinte")],
            "heads": heads,
        }


def _table(table: Any) -> Block:
    return {"kind": "table", **asdict(table)}
