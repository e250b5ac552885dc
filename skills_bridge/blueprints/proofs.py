"""Password and code once more, before a risky act.

The guard stands in ``requires``: a page that acts on a permission of ``RISKY`` needs a proof of the last minutes.
Without one, the answer is a page that asks for it and carries along all that the form held, so that the act goes on
from there and nothing is typed twice.
"""

from __future__ import annotations

from typing import Final

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skills_bridge.blueprints.refusals import explain
from skills_bridge.blueprints.sessions import account_work, own_session, vault
from skills_bridge.domain.credentials import PROOF_AGE
from skills_bridge.domain.errors import RuleBroken
from skills_bridge.policies.permissions import PERSONAL, RISKY, Permission
from skills_bridge.services.accounts import prove_again
from skills_bridge.unit_of_work import utc_now

PASSWORD: Final = "proof-password"  # noqa: S105 the name of a field
CODE: Final = "proof-code"
OWN_FIELDS: Final = frozenset({PASSWORD, CODE, "csrf_token"})


def is_proof_young() -> bool:
    """Say whether the session's person gave password and code in the last minutes."""
    proved_at = own_session().proved_at
    return proved_at is not None and utc_now() - proved_at <= PROOF_AGE


def needs_proof(permission: Permission) -> bool:
    """Say whether this request is a risky act, or takes personal data out of the site."""
    if request.method == "POST":
        return permission in RISKY
    return permission in PERSONAL and "export" in request.args


def proof_wanted(permission: Permission) -> ResponseReturnValue | None:
    """Return the page that asks for password and code, or None if the request may go on."""
    if not needs_proof(permission) or is_proof_young():
        return None
    if request.method == "POST":
        return judge_proof(None)
    return _ask(None, back=request.full_path)


def judge_proof(back: str | None) -> ResponseReturnValue | None:
    """Judge the password and code that came with this request: None if they are right, else the page that asks.

    ``back`` is the page to go to afterwards; without one, the form that was sent goes on by itself.
    """
    if PASSWORD not in request.form:
        return _ask(None, back=back)
    error = _try_proof()
    return None if error is None else _ask(error, back=back)


def _ask(error: str | None, *, back: str | None) -> ResponseReturnValue:
    """Return the page that asks; it carries along what the form held."""
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in OWN_FIELDS]
    return render_template("accounts/proof.html", error=error, back=back, kept=[] if back else kept), 403


def _try_proof() -> str | None:
    """Try what the page sent back: None if it is right, else the sentence that says what is wrong."""
    own = own_session()
    try:
        with account_work(own.user_id) as uow:
            right = prove_again(
                uow,
                user_id=own.user_id or 0,
                session_id=own.row_id or 0,
                password=request.form.get(PASSWORD, ""),
                code=request.form.get(CODE, ""),
                address=request.remote_addr or "",
                vault=vault(),
            )
    except RuleBroken as refusal:
        return explain(refusal)
    if not right:
        return str(_("Mot de passe ou code incorrect. Attendez le code suivant si vous venez d’en utiliser un."))
    own.proved_at = utc_now()
    return None
