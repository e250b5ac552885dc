"""What made a referral's score when the person was proposed: for whoever sees the referral, the company included."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills_bridge.models import Competency, Referral
from skills_bridge.queries.framework import Label, label_columns, label_of


def list_score_parts(session: Session, *, referral_id: int) -> tuple[tuple[Label, int], ...]:
    """Return the competencies with their shares in hundredths of a per cent, in the opening's order."""
    parts = session.scalar(select(Referral.parts).where(Referral.id == referral_id)) or []
    keys = [part["competency"] for part in parts]
    rows = session.execute(select(Competency.id, *label_columns(Competency, "label")).where(Competency.id.in_(keys)))
    labels = {row.id: label_of(row, "label") for row in rows}
    return tuple((labels.get(part["competency"], Label(str(part["competency"]))), part["share"]) for part in parts)
