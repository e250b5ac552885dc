"""Submit the opening of one good row, in its company's scope."""

from __future__ import annotations

from skills_bridge.models import Opening
from skills_bridge.services.opening_imports.checking import Checked
from skills_bridge.services.openings import create_opening, submit_opening
from skills_bridge.unit_of_work import UnitOfWork


def apply_row(uow: UnitOfWork, *, checked: Checked) -> Opening:
    """Write and submit the opening of a good row; the agency judges it as any other.

    :raises ValueError: the row is not good.
    :raises Invalid: a code left its list since the check.
    """
    if checked.draft is None:
        raise ValueError("only a good row can be applied")
    opening = create_opening(uow, company_id=checked.company_id, draft=checked.draft)
    return submit_opening(uow, opening_id=opening.id)
