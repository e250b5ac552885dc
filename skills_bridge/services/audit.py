"""The nightly verification of the audit: what it found is kept, sealed, and shown."""

from __future__ import annotations

from dataclasses import asdict

import structlog
from sqlalchemy import func, select

from skills_bridge.adapters.vault import Sealer
from skills_bridge.models import AuditCheck
from skills_bridge.queries.audit import verify_chain
from skills_bridge.reporting.month import AuditHead
from skills_bridge.reporting.seal import seal_heads
from skills_bridge.unit_of_work import UnitOfWork

logger = structlog.get_logger()

CHECK_LOCK = 7423
"""Family of the advisory lock on the row of checks: two at once would name the same predecessor."""


def record_check(uow: UnitOfWork, *, sealer: Sealer) -> AuditCheck:
    """Verify every stream and keep the outcome with the heads, sealed: a new anchor; platform scope.

    A tampered chain is an outcome, not an error: the check is kept, and the screens show its findings until a later
    check finds none.
    """
    uow.session.execute(select(func.pg_advisory_xact_lock(CHECK_LOCK)))
    report = verify_chain(uow.session, public_key=sealer.public_key())
    previous = uow.session.scalar(select(AuditCheck.document).order_by(AuditCheck.id.desc()).limit(1))
    check = AuditCheck(
        checked_at=uow.now,
        entries=report.entries,
        streams=len(report.streams),
        findings=[asdict(finding) for finding in report.findings],
        document=seal_heads(
            [AuditHead(str(head.stream), head.seq, head.digest) for head in report.heads],
            checked_at=uow.now,
            previous=previous,
            sign=sealer.sign,
            public_key=sealer.public_key(),
        ),
    )
    uow.session.add(check)
    uow.audit("audit.verified", "audit", None, entries=report.entries, findings=len(report.findings))
    if report.findings:
        logger.error("audit chain tampered with", findings=len(report.findings))
    return check
