"""The one place that commits: a session, who acts, when, in which scope, and what follows.

Order inside one transaction: the business rows, then the packed profiles of the people that they changed, the jobs that
the recorded events ask for, and the audit entries, whose lock on the chain is taken last so that nobody waits behind it
for long.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.exc import StaleDataError

from skills_bridge.domain.accounts import Actor, Scope, ScopeKind
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.errors import Stale
from skills_bridge.domain.events import Event
from skills_bridge.domain.reactions import REACTIONS
from skills_bridge.models import Job, StateChange
from skills_bridge.models.changed_people import SCOPE_KEY, changed_people, forget_changes, lists_changed

READ_ONLY_KEY = "skills_bridge.read_only"

ENTER = text(
    "SELECT set_config('app.scope', :scope, true), set_config('app.organisation_id', :organisation, true),"
    " set_config('app.organisation_kind', :kind, true), set_config('app.seeker_id', :seeker, true),"
    " set_config('app.user_id', :user, true)"
)
RENEW_REFERENCE = text("SELECT renew_match_reference()")
PACK = text("SELECT pack_profiles(:people, :today)")
PACKED_AT_ONCE = 10_000
"""People of one statement: an import packs a hundred thousand, and no statement may take a minute."""
APPEND_AUDIT = text("SELECT append_audit(:user, :act, :kind, :object, :facts)")


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class AuditNote:
    """One act to append to the chain at the end of the transaction."""

    act: str
    object_kind: str
    object_id: int | None
    facts: dict[str, Any]


@dataclass(kw_only=True)
class UnitOfWork:
    """What a service gets: the session, the actor, the instant, and a place for what happened.

    ``job`` is the piece of background work that is being done, if any.
    """

    session: Session
    actor: Actor
    scope: Scope
    now: datetime
    job: Job | None = None
    events: list[Event] = field(default_factory=list)
    notes: list[AuditNote] = field(default_factory=list)

    def record(self, happened: Event) -> None:
        """Remember an event; its jobs are written with the transaction."""
        self.events.append(happened)

    def audit(self, act: str, object_kind: str, object_id: int | None, **facts: Any) -> None:
        """Remember an act for the audit chain: identifiers and codes only, never a name or a number of identity.

        Who came by a personal link is no account: the link stands among the facts.
        """
        if self.actor.link_id is not None:
            facts["personal_link"] = self.actor.link_id
        self.notes.append(AuditNote(act=act, object_kind=object_kind, object_id=object_id, facts=facts))

    def moved(
        self,
        object_kind: str,
        object_id: int,
        *,
        was: str | None,
        now: str,
        reason: str | None = None,
        note: str = "",
        company_id: int | None = None,
        centre_id: int | None = None,
        agency_id: int | None = None,
    ) -> None:
        """Log a change of state with actor, instant and reason, for either owner to read and for the audit."""
        self.session.add(
            StateChange(
                object_kind=object_kind,
                object_id=object_id,
                from_state=was,
                to_state=now,
                reason=reason,
                note=note,
                company_id=company_id,
                centre_id=centre_id,
                agency_id=agency_id,
                user_id=self.actor.user_id,
                actor_name=self.actor.display_name,
                changed_at=self.now,
            )
        )
        self.audit(f"{object_kind}.{now}", object_kind, object_id, was=was, reason=reason)


def scoped(session: Session, scope: Scope, *, read_only: bool = False) -> Session:
    """Give a session its scope: every transaction that it begins from now on enters it first."""
    session.info[SCOPE_KEY] = scope
    session.info[READ_ONLY_KEY] = read_only
    return session


@event.listens_for(Session, "after_begin")
def enter_scope(session: Session, _: SessionTransaction, connection: Connection) -> None:
    """Tell the database who looks, for this transaction only; without a scope it shows nothing."""
    scope: Scope | None = session.info.get(SCOPE_KEY)
    if scope is None:
        return
    if session.info.get(READ_ONLY_KEY):
        connection.execute(text("SET TRANSACTION READ ONLY"))
    connection.execute(ENTER, _settings_of(scope))


def _settings_of(scope: Scope) -> dict[str, str]:
    """Return a scope as the database reads it."""
    return {
        "scope": scope.kind.value,
        "organisation": str(scope.organisation_id or ""),
        "kind": scope.organisation_kind.value if scope.organisation_kind else "",
        "seeker": str(scope.seeker_id or ""),
        "user": str(scope.user_id or ""),
    }


def narrow(uow: UnitOfWork, scope: Scope) -> None:
    """Go on in another scope within the same transaction: sign-up goes on as the person whose account it made."""
    uow.session.flush()  # what was written before is judged by the rules of the scope that it was written in
    uow.scope = scope
    scoped(uow.session, scope)
    uow.session.execute(ENTER, _settings_of(scope))


def pack_changed(uow: UnitOfWork) -> bool:
    """Pack anew what matching reads of the people whom this transaction changed, whoever may see them.

    Say whether there was anybody.
    """
    if lists_changed(uow.session):
        uow.session.execute(RENEW_REFERENCE)
    people = sorted(changed_people(uow.session))
    for first in range(0, len(people), PACKED_AT_ONCE):
        some = people[first : first + PACKED_AT_ONCE]
        uow.session.execute(PACK, {"people": some, "today": local_day(uow.now)})
    forget_changes(uow.session)
    return bool(people)


def add_jobs(uow: UnitOfWork) -> None:
    """Write one job for each reaction to each recorded event; a repeated one changes nothing."""
    owner = uow.scope.organisation_id or (uow.job.organisation_id if uow.job else None)
    rows = [
        {
            "kind": task,
            "object_id": happened.object_id,
            "organisation_id": happened.organisation_id or owner,
            "user_id": uow.actor.user_id,
            "dedupe_key": f"{happened.organisation_id or owner or 0}:{task}:{happened.object_id}:{happened.occasion}",
            "due_at": uow.now,
        }
        for happened in uow.events
        for task in REACTIONS[type(happened)]
    ]
    if rows:
        uow.session.execute(insert(Job).values(rows).on_conflict_do_nothing(index_elements=["dedupe_key"]))


def append_audit(uow: UnitOfWork) -> None:
    """Append the acts to the chain that the database finds for the scope: the organisation's, else the platform's."""
    for note in uow.notes:
        uow.session.execute(
            APPEND_AUDIT,
            {
                "user": uow.actor.user_id,
                "act": note.act,
                "kind": note.object_kind,
                "object": note.object_id,
                "facts": json.dumps(note.facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str),
            },
        )


@contextmanager
def transaction(
    session: Session,
    *,
    actor: Actor,
    scope: Scope,
    job: Job | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Iterator[UnitOfWork]:
    """Commit on a clean exit, roll back on any error; the scope holds for this transaction only.

    :raises Stale: a versioned row was changed by somebody else meanwhile.
    """
    session.rollback()
    forget_changes(session)
    scoped(session, scope)
    uow = UnitOfWork(session=session, actor=actor, scope=scope, now=clock(), job=job)
    try:
        yield uow
        finish(uow)
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Stale("row") from error
    except BaseException:
        session.rollback()
        raise


@contextmanager
def taken_back(session: Session, *, actor: Actor, scope: Scope) -> Iterator[UnitOfWork]:
    """Do work for the sake of having done it once: whatever comes of it is rolled back, and nothing follows."""
    session.rollback()
    forget_changes(session)
    scoped(session, scope)
    try:
        yield UnitOfWork(session=session, actor=actor, scope=scope, now=utc_now())
        session.flush()
    finally:
        session.rollback()
        forget_changes(session)


def finish(uow: UnitOfWork) -> None:
    """Write what follows: jobs, then the audit, last of all."""
    uow.session.flush()  # the jobs and the audit come after the business rows, whose checks may still refuse
    pack_changed(uow)
    add_jobs(uow)
    append_audit(uow)


__all__ = [
    "AuditNote",
    "Scope",
    "ScopeKind",
    "UnitOfWork",
    "narrow",
    "scoped",
    "taken_back",
    "transaction",
    "utc_now",
]
