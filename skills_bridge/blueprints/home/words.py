"""Words and links of the work list; each link opens the list that holds exactly the counted rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString


@dataclass(frozen=True)
class WorkWords:
    """How one line of the work list is shown."""

    label: LazyString
    endpoint: str
    icon: str
    tone: str = "neutral"
    filters: Mapping[str, Any] = field(default_factory=dict)


WORDS: Final[Mapping[str, WorkWords]] = {
    "openings_draft": WorkWords(_l("Offres en brouillon"), "openings.index", "pencil", filters={"state": "draft"}),
    "openings_submitted": WorkWords(
        _l("Offres en attente de validation"), "openings.index", "clipboard-check", "warning", {"todo": "validate"}
    ),
    "openings_validated": WorkWords(
        _l("Offres en cours de recrutement"), "openings.index", "briefcase", filters={"state": "validated"}
    ),
    "openings_to_fill": WorkWords(
        _l("Offres avec des postes à pourvoir"), "openings.index", "person-plus", filters={"posts": "open"}
    ),
    "needs": WorkWords(_l("Besoins déclarés"), "needs.index", "clipboard-data", filters={"state": "open"}),
    "referrals_to_answer": WorkWords(
        _l("Candidatures en attente de la réponse de l’entreprise"),
        "referrals.index",
        "reply",
        "warning",
        {"step": "company"},
    ),
    "referrals_selected": WorkWords(
        _l("Personnes retenues, embauche à enregistrer"),
        "referrals.index",
        "check2-circle",
        "warning",
        {"state": "selected"},
    ),
    "referrals_to_call": WorkWords(
        _l("Personnes à appeler pour leur réponse"), "referrals.index", "telephone", "warning", {"state": "proposed"}
    ),
    "referrals_to_send": WorkWords(
        _l("Accords à transmettre à l’entreprise"), "referrals.index", "send", "warning", {"state": "accepted"}
    ),
    "reservations_expiring": WorkWords(
        _l("Réservations qui expirent dans les trois jours"),
        "reservations.index",
        "hourglass-split",
        "warning",
        {"due": "soon"},
    ),
    "learners_to_enrol": WorkWords(
        _l("Personnes à inscrire sur leur place réservée"),
        "reservations.index",
        "person-plus",
        "warning",
        {"step": "accepted"},
    ),
    "seekers_to_interview": WorkWords(
        _l("Entretiens de compétences à mener"), "seekers.index", "chat-dots", filters={"competencies": "unconfirmed"}
    ),
    "imports_checked": WorkWords(
        _l("Imports vérifiés à appliquer"), "imports.index", "upload", "warning", {"state": "checked"}
    ),
    "cohorts_draft": WorkWords(_l("Promotions en brouillon"), "training.index", "pencil", filters={"state": "draft"}),
    "cohorts_free": WorkWords(
        _l("Promotions avec des places libres"), "training.index", "mortarboard", filters={"seats": "free"}
    ),
    "cohorts_to_certify": WorkWords(
        _l("Promotions avec des personnes à certifier"), "training.index", "patch-check", "warning", {"todo": "certify"}
    ),
    "packs_to_visa": WorkWords(
        _l("Rapports en attente de votre visa"), "packs.index", "pen", "warning", {"state": "frozen"}
    ),
    "packs_frozen": WorkWords(
        _l("Rapports arrêtés, en cours de visa"), "packs.index", "hourglass-split", filters={"state": "frozen"}
    ),
    "packs_published": WorkWords(
        _l("Rapports publiés"), "packs.index", "file-earmark-check", filters={"state": "published"}
    ),
    "rights_open": WorkWords(
        _l("Demandes de droits à traiter"), "rights.index", "shield-lock", "warning", {"state": "open"}
    ),
    "retention_due": WorkWords(_l("Dossiers bientôt anonymisés"), "rights.retention", "clock-history", "warning"),
    "audit_faults": WorkWords(
        _l("Vérifications du journal d’audit avec anomalies"),
        "audit.checks",
        "exclamation-triangle",
        "danger",
        {"outcome": "open"},
    ),
    "jobs_dead": WorkWords(_l("Tâches en échec"), "jobs.index", "exclamation-triangle", "danger", {"state": "dead"}),
    "jobs_late": WorkWords(_l("Tâches en retard"), "jobs.index", "clock", "warning", {"late": "yes"}),
}
