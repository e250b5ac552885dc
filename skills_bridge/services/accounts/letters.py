"""Letters about accounts: each to one person, in her language, with links that start at the site's own address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills_bridge.adapters.mail import Letter, Mailer
from skills_bridge.adapters.texts import LOCALES, Texts, texts_for
from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.calendar import local_day
from skills_bridge.domain.credentials import Change, LinkKind
from skills_bridge.domain.errors import NotFound
from skills_bridge.models import (
    AccountLink,
    Invitation,
    Organisation,
    PlatformState,
    SecondFactorReset,
    UserAccount,
)
from skills_bridge.services.accounts.invitations import PURPOSE
from skills_bridge.unit_of_work import UnitOfWork

PATHS: Final = {LinkKind.PASSWORD: "recovery/password", LinkKind.SECOND_FACTOR: "recovery/second-factor"}


@dataclass(frozen=True, kw_only=True)
class PostOffice:
    """How letters with links leave: by whom, from which address of the site, under which keys.

    ``base_url`` is the configured public address: no header of a request ever reaches a letter.
    """

    mailer: Mailer
    base_url: str
    vault: Vault


def mail_invitation(uow: UnitOfWork, *, invitation_id: int, post: PostOffice) -> None:
    """Send an invitation, unless it was taken or taken back meanwhile; platform scope. Safe to run twice."""
    invitation = uow.session.get_one(Invitation, invitation_id)
    if not invitation.is_open or invitation.expires_at < uow.now:
        return
    organisation = uow.session.get_one(Organisation, invitation.organisation_id)
    texts = texts_of(invitation.language)
    _ = texts.gettext
    name = organisation.name_ar if texts.language == "ar" else organisation.name_fr
    body = (
        _("Vous êtes invité(e) à rejoindre l’organisme « %(name)s » sur Skills Bridge.", name=name),
        _("Pour accepter, ouvrez ce lien et choisissez vos moyens de connexion :"),
        f"{post.base_url}/invitations/{post.vault.link_token(PURPOSE, invitation.seed)}",
        _(
            "Le lien sert une seule fois, jusqu’au %(day)s. Si cette invitation ne vous concerne pas, ignorez-la.",
            day=texts.day(local_day(invitation.expires_at)),
        ),
    )
    subject = _("Invitation à rejoindre « %(name)s »", name=name)
    send(
        uow.session,
        post.mailer,
        to=invitation.email,
        texts=texts,
        subject=subject,
        body=body,
        key=f"invitation-{invitation.seed}",
    )


def mail_link(uow: UnitOfWork, *, link_id: int, post: PostOffice) -> None:
    """Send a link to whoever owns the address, or forget it if nobody does; platform scope. Safe to run twice."""
    link = uow.session.get(AccountLink, link_id)
    if link is None or link.used_at is not None:
        return
    account = uow.session.scalar(select(UserAccount).where(func.lower(UserAccount.email) == link.email.lower()))
    if account is None or account.disabled_at is not None:
        uow.session.delete(link)
        return
    link.user_id = account.id
    texts = texts_of(account.language)
    _ = texts.gettext
    address = f"{post.base_url}/{PATHS[link.kind]}/{post.vault.link_token(link.kind, link.seed)}"
    is_password = link.kind is LinkKind.PASSWORD
    subject = _("Choisir un nouveau mot de passe") if is_password else _("Installer un nouveau second facteur")
    body = (
        _("Vous avez demandé à choisir un nouveau mot de passe. Ouvrez ce lien dans l’heure :")
        if is_password
        else _(
            "Deux administrateurs ont mis fin à votre second facteur. Installez-en un nouveau dans les trois jours :"
        ),
        address,
        _(
            "Le lien sert une seule fois. "
            "Si vous n’êtes pas à l’origine de cette demande, prévenez votre administrateur."
        ),
    )
    send(uow.session, post.mailer, to=account.email, texts=texts, subject=subject, body=body, key=f"link-{link.seed}")


def tell_change(uow: UnitOfWork, *, user_id: int, mailer: Mailer) -> None:
    """Tell a person that her way in changed; the job's occasion starts with what did. Platform scope.

    :raises NotFound: there is no job to tell it from.
    """
    if uow.job is None:
        raise NotFound("job of letter", user_id)
    occasion = uow.job.dedupe_key.split(":", 3)[3]
    account = uow.session.get_one(UserAccount, user_id)
    texts = texts_of(account.language)
    _ = texts.gettext
    what = {
        Change.PASSWORD: _("Votre mot de passe a été changé."),
        Change.SECOND_FACTOR: _("Un nouveau second facteur a été installé sur votre compte."),
        Change.RECOVERY: _("De nouveaux codes de secours ont été établis ; les anciens ne servent plus."),
    }[Change(occasion.partition("-")[0])]
    body = (what, _("Si ce n’est pas vous, prévenez sans attendre votre administrateur."))
    send(
        uow.session,
        mailer,
        to=account.email,
        texts=texts,
        subject=_("Changement sur votre compte"),
        body=body,
        key=f"{user_id}-{occasion}",
    )


def tell_reset(uow: UnitOfWork, *, reset_id: int, mailer: Mailer) -> None:
    """Tell a person that the end of her second factor was asked for; platform scope."""
    reset = uow.session.get_one(SecondFactorReset, reset_id)
    account = uow.session.get_one(UserAccount, reset.user_id)
    texts = texts_of(account.language)
    _ = texts.gettext
    body = (
        _(
            "Un(e) administrateur(trice) demande la fin de votre second facteur ; "
            "une deuxième personne doit l’accorder."
        ),
        _("Si vous ne l’avez pas perdu, prévenez sans attendre votre administrateur."),
    )
    subject = _("Fin de votre second facteur demandée")
    send(uow.session, mailer, to=account.email, texts=texts, subject=subject, body=body, key=f"reset-{reset.id}")


def texts_of(language: str) -> Texts:
    """Return the texts of a person's language; French for one that the product does not speak."""
    return texts_for(language if language in LOCALES else "fr")


def send(
    session: Session, mailer: Mailer, *, to: str, texts: Texts, subject: str, body: Sequence[str], key: str
) -> None:
    """Hand over one letter; on a demonstration it says so."""
    _ = texts.gettext
    installation = session.get(PlatformState, 1)
    mark = _("DÉMONSTRATION : données fictives") if installation is not None and installation.is_demo else ""
    lines = [*([mark] if mark else []), _("Bonjour,"), *body]
    mailer.deliver([Letter(to, f"[{mark}] {subject}" if mark else subject, "\n\n".join(lines), key, texts.language)])
