"""On what a person's place in the lists of openings was computed, for the runs in force; names in her language."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.models import MatchResult, Opening
from skills_bridge.queries.matching.accounts import Account, GateAccount, RequirementAccount
from skills_bridge.queries.matching.listed import Kept, get_accounts
from skills_bridge.queries.matching.words import AccountLabels, get_account_labels

Computed = dict[str, Any]
"""One opening whose list names the person: how she was judged, each condition, each competency, as JSON may hold it."""


def list_computed(session: Session, *, seeker_id: int, language: str) -> tuple[Computed, ...]:
    """Return the account of each opening whose list in force names a person, by reference."""
    columns = (MatchResult.run_id, MatchResult.opening_id, MatchResult.seeker_id, MatchResult.person)
    rows = session.execute(
        select(*columns, MatchResult.result_class, MatchResult.score, Opening.reference)
        .join(Opening, (Opening.id == MatchResult.opening_id) & (Opening.current_run_id == MatchResult.run_id))
        .where(MatchResult.seeker_id == seeker_id)
        .order_by(Opening.reference)
    ).all()
    accounts = get_accounts(session, [Kept(*row[:4]) for row in rows])
    labels = get_account_labels(session, accounts)
    return tuple(
        {"opening": row.reference, "result_class": row.result_class.value, "score": row.score}
        | _told(account, labels, language)
        for row, account in zip(rows, accounts, strict=True)
    )


def _told(account: Account, labels: AccountLabels, language: str) -> Computed:
    return {
        "conditions": [_condition(gate, labels, language) for gate in account.gates],
        "competencies": [_competency(found, labels, language) for found in account.requirements],
    }


def _condition(gate: GateAccount, labels: AccountLabels, language: str) -> Computed:
    subject = None if gate.subject is None else labels.language(gate.subject).text(language)
    return {"kind": gate.kind.value, "subject": subject, "answer": gate.answer.value}


def _competency(found: RequirementAccount, labels: AccountLabels, language: str) -> Computed:
    held = found.judged or found.credited
    return {
        "name": labels.competency(found.competency_id).text(language),
        "asked": found.level,
        "is_must": found.is_must,
        "held": held.level if held else None,
        "evidence": held.evidence.value if held else None,
        "share": found.share,
    }
