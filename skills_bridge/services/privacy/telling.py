"""Telling a person that her file will be anonymised: by mail, or through her adviser where no mail reaches her."""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused

from sqlalchemy import select

from skills_bridge.adapters.mail import Mailer
from skills_bridge.adapters.texts import Texts
from skills_bridge.domain import events
from skills_bridge.domain.errors import NotFound
from skills_bridge.domain.settings import LegalTexts
from skills_bridge.models import AgencyUnit, Consent, RetentionNotice, Seeker, SeekerIdentity
from skills_bridge.services.accounts.letters import send, texts_of
from skills_bridge.unit_of_work import UnitOfWork


def tell_person(uow: UnitOfWork, *, notice_id: int, mailer: Mailer, legal: LegalTexts) -> None:
    """Write to a person under notice, in the language of her last agreement; in the scope of her agency.

    Without an address, or with one that the mail server refuses, her unit is asked to reach her. A notice that ended
    meanwhile is told to nobody. Safe to run twice: the letter keeps its Message-ID.

    :raises NotFound: there is no such notice in the scope.
    """
    notice = uow.session.get(RetentionNotice, notice_id, with_for_update=True)
    if notice is None:
        raise NotFound("retention_notice", notice_id)
    if notice.ended_at is not None or notice.mailed_at is not None:
        return
    address = uow.session.scalar(select(SeekerIdentity.email).where(SeekerIdentity.seeker_id == notice.seeker_id))
    if address and _write(uow, notice, address, mailer, legal):
        notice.mailed_at = uow.now
        uow.audit("retention.told", "seeker", notice.seeker_id)
    else:
        uow.record(events.PersonToTell(notice.seeker_id, occasion=str(notice.id)))


def _write(uow: UnitOfWork, notice: RetentionNotice, address: str, mailer: Mailer, legal: LegalTexts) -> bool:
    """Hand the letter over and say whether the server took it; a broken server is the job's failure, tried again."""
    texts = texts_of(_language_of(uow, notice.seeker_id))
    _ = texts.gettext
    try:
        send(
            uow.session,
            mailer,
            to=address,
            texts=texts,
            subject=_("Votre dossier sera bientôt anonymisé"),
            body=_body(uow, notice, texts, legal),
            key=f"retention-{notice.id}",
        )
    except SMTPRecipientsRefused:
        return False
    return True


def _body(uow: UnitOfWork, notice: RetentionNotice, texts: Texts, legal: LegalTexts) -> tuple[str, ...]:
    """Return the paragraphs; no name, no number: a mail is read by others, too."""
    _ = texts.gettext
    missing = _("à compléter")
    unit = uow.session.get_one(AgencyUnit, notice.unit_id)
    pseudonym = uow.session.get_one(Seeker, notice.seeker_id).pseudonym
    return (
        _(
            "Votre dossier de recherche d’emploi %(pseudonym)s n’a pas servi depuis longtemps. "
            "Sans nouvelles de votre part, il sera anonymisé le %(day)s : votre nom, vos coordonnées et votre parcours "
            "seront effacés pour toujours.",
            pseudonym=pseudonym,
            day=texts.day(notice.due_on),
        ),
        _(
            "Pour le garder, adressez-vous avant ce jour à votre agence (%(unit)s). "
            "Si vous n’en avez plus besoin, vous n’avez rien à faire.",
            unit=unit.name_ar if texts.language == "ar" else unit.name_fr,
        ),
        _(
            "Responsable du traitement : %(controller)s. Pour toute question sur vos données : %(contact)s.",
            controller=legal.controller or missing,
            contact=legal.privacy_contact or missing,
        ),
    )


def _language_of(uow: UnitOfWork, seeker_id: int) -> str:
    """Return the language in which she last agreed to something; French if she never did."""
    last = select(Consent.language).where(Consent.seeker_id == seeker_id).order_by(Consent.given_at.desc(), Consent.id)
    return uow.session.scalar(last.limit(1)) or "fr"
