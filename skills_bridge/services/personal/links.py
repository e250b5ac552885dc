"""Personal links: handed out by an adviser, opened by whoever has them, ended by a new one, a word or the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update

from skills_bridge.adapters.vault import Vault, new_seed
from skills_bridge.domain.accounts import Scope, ScopeKind
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.credentials import Try
from skills_bridge.domain.errors import AlreadyDone, Invalid, NotFound, RuleBroken
from skills_bridge.domain.events import PersonalLinkGiven
from skills_bridge.domain.organisations import OrganisationState
from skills_bridge.domain.personal import Handing, LinkEnd
from skills_bridge.domain.seekers import SeekerState
from skills_bridge.models import Organisation, PersonalLink, Seeker, SeekerIdentity
from skills_bridge.policies.permissions import Permission, authorize
from skills_bridge.services.accounts.letters import PostOffice, send, texts_of
from skills_bridge.services.accounts.limits import hold_tries, note_try
from skills_bridge.services.accounts.sessions import digest_of
from skills_bridge.unit_of_work import UnitOfWork, narrow

PURPOSE: Final = "personal"
PATH: Final = "personal/open"


@dataclass(frozen=True)
class GivenLink:
    """A link that was just handed out: its token stands in no table."""

    token: str
    opens_until: datetime


def give_link(uow: UnitOfWork, *, seeker_id: int, handed: Handing, language: str, days: int, vault: Vault) -> GivenLink:
    """Hand a person a way to her own file for some days; an earlier one ends.

    :raises NotFound: there is no such person in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    :raises RuleBroken: her file is anonymised.
    :raises Invalid: it is to be mailed, and the file knows no address.
    """
    seeker = _hold(uow, seeker_id)
    if seeker.state is SeekerState.ANONYMISED:
        raise RuleBroken("seeker-anonymised")
    email = select(SeekerIdentity.email).where(SeekerIdentity.seeker_id == seeker.id)
    if handed is Handing.EMAIL and not uow.session.scalar(email):
        raise Invalid("link-without-email", field="handed")
    end_links(uow, seeker_id=seeker.id, reason=LinkEnd.REPLACED)
    seed = new_seed()
    token = vault.link_token(PURPOSE, seed)
    link = PersonalLink(
        seeker_id=seeker.id,
        agency_id=seeker.agency_id,
        seed=seed,
        token_digest=digest_of(token),
        handed=handed,
        language=language,
        given_by=uow.actor.user_id,
        given_at=uow.now,
        opens_until=uow.now + timedelta(days=days),
    )
    uow.session.add(link)
    uow.session.flush()  # the letter's job and the audit need the key
    uow.audit("personal_link.given", "personal_link", link.id, seeker_id=seeker.id, handed=handed.value)
    if handed is Handing.EMAIL:
        uow.record(PersonalLinkGiven(link.id))
    return GivenLink(token, link.opens_until)


def revoke_link(uow: UnitOfWork, *, seeker_id: int) -> None:
    """Take a person's link back: it opens no more, and whoever is inside is outside from the next page on.

    :raises NotFound: there is no such person in the actor's scope.
    :raises NotPermitted: the person is followed by another unit.
    :raises AlreadyDone: no link of hers is live.
    """
    seeker = _hold(uow, seeker_id)
    if not end_links(uow, seeker_id=seeker.id, reason=LinkEnd.REVOKED):
        raise AlreadyDone("no-live-link")


def end_links(uow: UnitOfWork, *, seeker_id: int, reason: LinkEnd) -> int:
    """End a person's link, whoever asks; the one way in which links end before their last day."""
    ended = uow.session.scalars(
        update(PersonalLink)
        .where(PersonalLink.seeker_id == seeker_id, PersonalLink.ended_at.is_(None))
        .values(ended_at=uow.now, end_reason=reason)
        .returning(PersonalLink.id)
    ).all()
    for link_id in ended:
        uow.audit("personal_link.ended", "personal_link", link_id, seeker_id=seeker_id, reason=reason.value)
    return len(ended)


def open_link(uow: UnitOfWork, *, token: str, address: str) -> PersonalLink | None:
    """Return the link that a token opens, marked as used, or None: unknown, ended and expired ones read alike.

    Account scope; a failed try must be committed. The use stands in the audit of the person's agency.

    :raises RuleBroken: too many wrong links from this network address.
    """
    hold_tries(uow, Try.LINK, account="", address=address)
    link = uow.session.scalar(
        select(PersonalLink)
        .join(Organisation, Organisation.id == PersonalLink.agency_id)
        .where(
            PersonalLink.token_digest == digest_of(token),
            PersonalLink.ended_at.is_(None),
            PersonalLink.opens_until > uow.now,
            Organisation.state == OrganisationState.VERIFIED,
        )
        .with_for_update(of=PersonalLink)
    )
    if link is None:
        note_try(uow, Try.LINK, account="", address=address, succeeded=False)
        return None
    link.last_used_at = uow.now
    narrow(uow, Scope(kind=ScopeKind.SEEKER, organisation_id=link.agency_id, seeker_id=link.seeker_id))
    uow.audit("personal_link.used", "personal_link", link.id, seeker_id=link.seeker_id, personal_link=link.id)
    return link


def mail_personal_link(uow: UnitOfWork, *, link_id: int, post: PostOffice) -> None:
    """Send a link to its person, unless it ended meanwhile; the scope of her agency. Safe to run twice.

    :raises NotFound: there is no such link in the scope.
    """
    link = uow.session.get(PersonalLink, link_id)
    if link is None:
        raise NotFound("personal_link", link_id)
    email = uow.session.scalar(select(SeekerIdentity.email).where(SeekerIdentity.seeker_id == link.seeker_id))
    if link.ended_at is not None or link.opens_until <= uow.now or not email:
        return
    texts = texts_of(link.language)
    _ = texts.gettext
    body = (
        _("Votre agence vous ouvre votre page personnelle : les offres qui vous sont proposées et votre dossier."),
        f"{post.base_url}/{PATH}/{post.vault.link_token(PURPOSE, link.seed)}",
        _(
            "Ce lien est à vous seul(e), ne le transmettez à personne. Il s’ouvre jusqu’au %(day)s.",
            day=texts.day(local_day(link.opens_until)),
        ),
        _("Si vous n’attendiez pas ce courriel, prévenez votre agence : elle y mettra fin."),
    )
    subject = _("Votre page personnelle")
    send(uow.session, post.mailer, to=email, texts=texts, subject=subject, body=body, key=f"personal-{link.seed}")


def _hold(uow: UnitOfWork, seeker_id: int) -> Seeker:
    """Return a file that the actor's unit follows, locked, so that two advisers never leave two links."""
    seeker = uow.session.scalar(select(Seeker).where(Seeker.id == seeker_id).with_for_update())
    if seeker is None:
        raise NotFound("seeker", seeker_id)
    authorize(uow.actor, Permission.LINK_GIVE, seeker)
    return seeker
