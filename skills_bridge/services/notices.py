"""Telling organisations what happened: one notice each, by mail too where the agreement asks for it.

Runs as background work in the platform scope: a notice belongs to its reader, who is never the one that acted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from skills_bridge.adapters.mail import Letter, Mailer
from skills_bridge.adapters.texts import Texts
from skills_bridge.domain.accounts import Role
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.organisations import OrganisationKind
from skills_bridge.domain.referrals import EndReason, ReferralState
from skills_bridge.domain.reservations import PERSONAL, last_day
from skills_bridge.domain.training import LeaveReason
from skills_bridge.models import (
    Cohort,
    Enrolment,
    Membership,
    Notice,
    Opening,
    Organisation,
    Pack,
    Placement,
    PlatformState,
    Post,
    Referral,
    Reservation,
    Seeker,
    UserAccount,
)
from skills_bridge.policies.notices import kinds_read_by
from skills_bridge.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Telling:
    """One notice to write: who reads it, and the facts of its sentence.

    ``about`` tells several notices of one happening to the same organisation apart.
    """

    organisation_id: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    unit_id: int | None = None
    about: str = ""


def _company_of_opening(session: Session, opening_id: int) -> tuple[Telling, ...]:
    """The opening's company."""
    opening = session.get_one(Opening, opening_id)
    return (Telling(opening.company_id, {"opening": opening.reference}),)


def _agency_of_opening(session: Session, opening_id: int) -> tuple[Telling, ...]:
    """The agency's unit that follows the opening."""
    opening = session.get_one(Opening, opening_id)
    return (Telling(opening.agency_id, {"opening": opening.reference}, opening.unit_id),)


def _company_of_referral(session: Session, referral_id: int) -> tuple[Telling, ...]:
    """The company to which a person was sent."""
    referral = session.get_one(Referral, referral_id)
    opening = session.get_one(Opening, referral.opening_id)
    return (Telling(referral.company_id, {"opening": opening.reference, "referral": str(referral.public_id)}),)


def _agency_of_referral(session: Session, referral_id: int) -> tuple[Telling, ...]:
    """The unit that sent a person."""
    referral = session.get_one(Referral, referral_id)
    opening = session.get_one(Opening, referral.opening_id)
    facts = {"opening": opening.reference, "referral": str(referral.public_id), "state": referral.state.value}
    return (Telling(referral.agency_id, facts, referral.unit_id),)


def _unit_and_knowing_company_of_referral(session: Session, referral_id: int) -> tuple[Telling, ...]:
    """The unit that follows a person, and the company if her file had reached it."""
    known = session.get_one(Referral, referral_id).sent_at is not None
    return *_agency_of_referral(session, referral_id), *(_company_of_referral(session, referral_id) if known else ())


def _both_of_placement(session: Session, placement_id: int) -> tuple[Telling, ...]:
    """The company and the agency's unit of a placement."""
    placement = session.get_one(Placement, placement_id)
    opening = session.get_one(Opening, placement.opening_id)
    facts = {"opening": opening.reference, "placement": str(placement.public_id)}
    return Telling(placement.company_id, facts), Telling(placement.agency_id, facts, opening.unit_id)


def _both_of_ended(session: Session, placement_id: int) -> tuple[Telling, ...]:
    """The units that follow the referrals which a placement ended, and the companies that knew of them."""
    placement = session.get_one(Placement, placement_id)
    was_sent = func.bool_or(Referral.sent_at.is_not(None))
    owners = (Opening.reference, Referral.company_id, Referral.agency_id, Referral.unit_id)
    rows = session.execute(
        select(*owners, was_sent.label("was_sent"))
        .join(Opening, Opening.id == Referral.opening_id)
        .where(
            Referral.state == ReferralState.ENDED,
            Referral.reason.in_((EndReason.PERSON_PLACED, EndReason.OPENING_FILLED)),
            Referral.changed_at >= placement.recorded_at,
            or_(Referral.seeker_id == placement.seeker_id, Referral.opening_id == placement.opening_id),
        )
        .group_by(*owners)
        .order_by(*owners)
    ).all()
    followed = [
        Telling(row.agency_id, {"opening": row.reference}, row.unit_id, f"{row.reference}-{row.unit_id}")
        for row in rows
    ]
    known = dict.fromkeys((row.company_id, row.reference) for row in rows if row.was_sent)
    return *followed, *(Telling(company, {"opening": one}, about=one) for company, one in known)


def _units_of_cohort(session: Session, cohort_id: int) -> tuple[Telling, ...]:
    """The units whose people lose their seat."""
    cohort = session.get_one(Cohort, cohort_id)
    units = session.execute(
        select(Enrolment.agency_id, Seeker.unit_id)
        .join(Seeker, Seeker.id == Enrolment.seeker_id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.reason == LeaveReason.COHORT_CANCELLED)
        .distinct()
        .order_by(Enrolment.agency_id, Seeker.unit_id)
    )
    return tuple(Telling(agency, {"cohort": cohort.reference}, unit, str(unit)) for agency, unit in units)


def _centre_of_reservation(session: Session, reservation_id: int) -> tuple[Telling, ...]:
    """The centre in whose cohort a seat is or was reserved."""
    reservation = session.get_one(Reservation, reservation_id)
    cohort = session.get_one(Cohort, reservation.cohort_id)
    return (Telling(reservation.centre_id, _reserved(reservation) | {"cohort": cohort.reference}),)


def _company_of_reservation(session: Session, reservation_id: int) -> tuple[Telling, ...]:
    """The company whose post is or was reserved."""
    reservation = session.get_one(Reservation, reservation_id)
    post = session.get_one(Post, reservation.post_id)
    opening = session.get_one(Opening, post.opening_id)
    return (Telling(reservation.company_id, _reserved(reservation) | {"opening": opening.reference}),)


def _company_and_unit_of_reservation(session: Session, reservation_id: int) -> tuple[Telling, ...]:
    """The company of the post and the agency's unit that follows it, which reads every reason."""
    reservation = session.get_one(Reservation, reservation_id)
    (outside,) = _company_of_reservation(session, reservation_id)
    facts = {**outside.facts, "reason": reservation.end_reason}
    return outside, Telling(reservation.agency_id, facts, reservation.unit_id)


def _reserved(reservation: Reservation) -> dict[str, Any]:
    """Return what is told outside the agency: until when, and why it ended unless that is the person's business."""
    reason = reservation.end_reason
    return {
        "reservation": str(reservation.public_id),
        "until": last_day(reservation.expires_at).isoformat(),
        "reason": None if reason in PERSONAL else reason,
    }


def _parties_of_pack(session: Session, pack_id: int) -> tuple[Telling, ...]:
    """The four parties."""
    pack = session.get_one(Pack, pack_id)
    facts = {"pack": pack.reference, "version": pack.version, "month": pack.month_on.isoformat()}
    parties = session.scalars(
        select(Organisation.id).where(Organisation.party.is_not(None)).order_by(Organisation.party)
    )
    return tuple(Telling(party, facts) for party in parties)


def _agency_of_pack(session: Session, pack_id: int) -> tuple[Telling, ...]:
    """The agency, which freezes and corrects."""
    pack = session.get_one(Pack, pack_id)
    return (Telling(pack.agency_id, {"pack": pack.reference, "version": pack.version}),)


def _who_knew_person(session: Session, seeker_id: int) -> tuple[Telling, ...]:
    """The companies to which a person was sent and the centres that had her in a course: they hold copies of her."""
    pseudonym = session.get_one(Seeker, seeker_id).pseudonym
    companies = session.execute(
        select(Referral.company_id, Opening.reference)
        .join(Opening, Opening.id == Referral.opening_id)
        .where(Referral.seeker_id == seeker_id, Referral.sent_at.is_not(None))
        .order_by(Opening.reference)
    )
    centres = session.execute(
        select(Enrolment.centre_id, Cohort.reference)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.seeker_id == seeker_id)
        .order_by(Cohort.reference)
    )
    known = [(owner, "opening", one) for owner, one in companies] + [(owner, "cohort", one) for owner, one in centres]
    return tuple(Telling(owner, {"pseudonym": pseudonym, kind: one}, about=one) for owner, kind, one in known)


def _unit_of_person(session: Session, seeker_id: int) -> tuple[Telling, ...]:
    """The unit that follows a person, with the word under which her file is found."""
    seeker = session.get_one(Seeker, seeker_id)
    return (Telling(seeker.agency_id, {"under_notice": seeker.pseudonym}, seeker.unit_id),)


def _home_of_member(session: Session, membership_id: int) -> tuple[Telling, ...]:
    """The organisation of a person at work, and her unit: those who manage its members read it."""
    member = session.get_one(Membership, membership_id)
    name = session.get_one(UserAccount, member.user_id).display_name
    return (Telling(member.organisation_id, {"member": name}, member.unit_id),)


def _platform_of_member(session: Session, membership_id: int) -> tuple[Telling, ...]:
    """The platform, whose data protection officer reads it."""
    member = session.get_one(Membership, membership_id)
    home = session.get_one(Organisation, member.organisation_id)
    name = session.get_one(UserAccount, member.user_id).display_name
    platforms = session.scalars(
        select(Organisation.id).where(Organisation.kind == OrganisationKind.PLATFORM).order_by(Organisation.id)
    )
    return tuple(Telling(one, {"member": name, "organisation": home.name_fr}) for one in platforms)


READERS: Final[Mapping[str, Callable[[Session, int], tuple[Telling, ...]]]] = {
    "opening_submitted": _agency_of_opening,
    "opening_validated": _company_of_opening,
    "opening_refused": _company_of_opening,
    "opening_closed": _agency_of_opening,
    "referral_sent": _company_of_referral,
    "referral_answered": _agency_of_referral,
    "referrals_ended": _both_of_ended,
    "referral_stopped": _unit_and_knowing_company_of_referral,
    "cohort_cancelled": _units_of_cohort,
    "seat_reserved": _centre_of_reservation,
    "post_reserved": _company_of_reservation,
    "learner_to_enrol": _centre_of_reservation,
    "learner_enrolled": _company_and_unit_of_reservation,
    "seat_released": _centre_of_reservation,
    "post_released": _company_and_unit_of_reservation,
    "placement_recorded": _both_of_placement,
    "placement_undone": _both_of_placement,
    "person_forgotten": _who_knew_person,
    "person_to_tell": _unit_of_person,
    "many_identities_here": _home_of_member,
    "many_identities": _platform_of_member,
    "pack_frozen": _parties_of_pack,
    "visa_sent_back": _agency_of_pack,
    "pack_published": _parties_of_pack,
}
"""Kind of notice → who reads it."""

MAILED: Final = frozenset({"pack_published"})
"""Kinds that also leave by mail, one letter for each organisation."""


def tell(uow: UnitOfWork, *, kind: str, object_id: int, mailer: Mailer, base_url: str) -> int:
    """Write the notices of one happening, hand over their mail, and return how many there were.

    Safe to run twice: a notice that stands is not written again, and its mail keeps its Message-ID. It bears the
    instant of the happening, however late the work is done.

    :raises NotFound: the kind is unknown.
    """
    if kind not in READERS:
        raise NotFound("notice kind", kind)
    tellings = READERS[kind](uow.session, object_id)
    if uow.job is None:
        raise NotFound("job of notice", kind)
    for telling in tellings:
        key = "-".join(map(str, filter(None, (kind, object_id, uow.job.id, telling.organisation_id, telling.about))))
        uow.session.execute(
            insert(Notice)
            .values(
                organisation_id=telling.organisation_id,
                unit_id=telling.unit_id,
                kind=kind,
                created_at=uow.job.created_at,
                facts=dict(telling.facts),
                message_key=key,
                mailed_at=uow.now if kind in MAILED else None,
            )
            .on_conflict_do_nothing(index_elements=["message_key"])
        )
    if kind in MAILED:
        mailer.deliver([letter for t in tellings for letter in _letters(uow.session, kind, t, base_url)])
    return len(tellings)


def mark_read(uow: UnitOfWork, *, notice_id: int) -> None:
    """Put away a notice that one reads in one's organisation and unit.

    :raises NotFound: there is no such notice, or it is somebody else's.
    """
    own_unit = (
        () if uow.actor.unit_id is None else (or_(Notice.unit_id.is_(None), Notice.unit_id == uow.actor.unit_id),)
    )
    own = (Notice.id == notice_id, Notice.organisation_id == uow.actor.organisation_id, *own_unit)
    read = Notice.kind.in_(kinds_read_by(uow.actor))
    if uow.session.scalar(update(Notice).where(*own, read).values(read_at=uow.now).returning(Notice.id)) is None:
        raise NotFound("notice", notice_id)


def _letters(session: Session, kind: str, telling: Telling, base_url: str) -> list[Letter]:
    """Return the letter to an organisation's signatories, in French and in Arabic."""
    addresses = session.scalars(
        select(UserAccount.email)
        .join(Membership, Membership.user_id == UserAccount.id)
        .where(
            Membership.organisation_id == telling.organisation_id,
            Membership.role == Role.SIGNATORY,
            Membership.ended_at.is_(None),
            UserAccount.disabled_at.is_(None),
        )
        .order_by(UserAccount.email)
    ).all()
    if not addresses:
        return []
    installation = session.get(PlatformState, 1)
    is_demo = installation is not None and installation.is_demo
    link = f"{base_url}/packs/{telling.facts['pack']}"
    bodies = [_pack_published(Texts(language), telling.facts, link, is_demo=is_demo) for language in ("fr", "ar")]
    subject = bodies[0][0]
    key = f"{kind}-{telling.facts['pack']}-v{telling.facts['version']}-{telling.organisation_id}"
    return [Letter(", ".join(addresses), subject, "\n\n".join(body for _, body in bodies), key, "fr, ar")]


def _pack_published(texts: Texts, facts: Mapping[str, Any], link: str, *, is_demo: bool) -> tuple[str, str]:
    """Return subject and body of the word that a pack is published."""
    _ = texts.gettext
    mark = _("DÉMONSTRATION : données fictives")
    subject = _("Rapport mensuel %(pack)s publié", pack=facts["pack"])
    lines = [
        *([mark, ""] if is_demo else []),
        _("Bonjour,"),
        "",
        _(
            "Le rapport mensuel %(pack)s, version %(version)s, a reçu les quatre visas. "
            "Il est publié et ne changera plus.",
            pack=facts["pack"],
            version=facts["version"],
        ),
        _("Les quatre parties reçoivent les mêmes fichiers. Pour les consulter : %(link)s", link=link),
    ]
    return (f"[{mark}] {subject}" if is_demo else subject), "\n".join(lines)
