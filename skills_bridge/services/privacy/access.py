"""The access file of a person: all that is held about her, to read and to process, sealed until it is taken out.

Imported by background work alone: typesetting is loaded here.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from skills_bridge.adapters.texts import Texts
from skills_bridge.adapters.vault import Vault
from skills_bridge.domain.calendar import to_local
from skills_bridge.domain.privacy import ACCESS_FILE_SPAN
from skills_bridge.domain.settings import LegalTexts
from skills_bridge.models import AccessFile, PlatformState, RightsRequest
from skills_bridge.queries.privacy.access import list_sections
from skills_bridge.queries.privacy.computed import list_computed
from skills_bridge.queries.privacy.requests import access_purpose
from skills_bridge.reporting.access_file import AccessHead, as_json, as_pdf
from skills_bridge.unit_of_work import UnitOfWork


def builder(vault: Vault, legal: LegalTexts) -> Callable[[UnitOfWork, RightsRequest], None]:
    """Return what builds the access file of a request, in the scope of the person's agency."""

    def build(uow: UnitOfWork, request: RightsRequest) -> None:
        content = write_file(uow, request, vault, legal)
        values = {
            "request_id": request.id,
            "agency_id": request.agency_id,
            "content_sealed": vault.seal_bytes(content, purpose=access_purpose(request.id)),
            "built_at": uow.now,
            "expires_at": uow.now + ACCESS_FILE_SPAN,
            "taken_at": None,
            "taken_by": None,
        }
        uow.session.execute(
            insert(AccessFile).values(values).on_conflict_do_update(index_elements=["request_id"], set_=values)
        )
        uow.audit("access-file.built", "rights_request", request.id)

    return build


def write_file(uow: UnitOfWork, request: RightsRequest, vault: Vault, legal: LegalTexts) -> bytes:
    """Return an archive with the file as JSON and as PDF, in the language that the person asked for."""
    seeker_id = request.seeker_id
    sections = list_sections(
        uow.session,
        seeker_id=seeker_id,
        language=request.language,
        open_number=lambda sealed, key_id: vault.open(sealed, key_id=key_id, purpose=f"cin:{seeker_id}"),
    )
    computed = list_computed(uow.session, seeker_id=seeker_id, language=request.language)
    head = AccessHead(
        reference=request.reference,
        pseudonym=request.pseudonym,
        made_at=to_local(uow.now),
        demo=bool(uow.session.scalar(select(func.bool_or(PlatformState.is_demo)))),
        controller=legal.controller,
        contact=legal.privacy_contact,
    )
    texts = Texts(request.language)
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(as_json(sections, head, computed), ensure_ascii=False, indent=1, default=str)
        archive.writestr(f"{request.reference}.json", text)
        archive.writestr(f"{request.reference}-{request.language}.pdf", as_pdf(sections, head, texts, computed))
    return body.getvalue()
