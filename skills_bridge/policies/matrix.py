"""The permission table as text: ``docs/security.md`` ends with it, and a test compares them."""

from __future__ import annotations

from typing import Final

from skills_bridge.policies.permissions import (
    GRANTS,
    HERS,
    Permission,
    Rule,
    is_own_agency,
    is_own_centre,
    is_own_company,
    is_own_file,
    is_own_organisation,
    is_role_given,
    is_same_unit,
)

MARKS: Final[dict[Rule, str]] = {
    is_own_company: "own company",
    is_own_centre: "own centre",
    is_own_agency: "own agency",
    is_own_organisation: "own organisation",
    is_own_file: "own file",
    is_same_unit: "own unit",
    is_role_given: "roles that hers gives",
}
"""How a rule on the object reads in the table."""

PERSONAL_LINK: Final = "personal link"
NOT_GRANTED: Final = "–"


def write_matrix() -> str:
    """Return one line per permission: every role that has it, with the rules its object must satisfy.

    :raises KeyError: a grant has a rule without words in ``MARKS``.
    """
    head = ["| permission | role | on |", "| --- | --- | --- |"]
    return "\n".join([*head, *(line for permission in sorted(Permission) for line in _lines(permission))]) + "\n"


def _lines(permission: Permission) -> list[str]:
    """Return the lines of a permission: roles with the same rules share one; a personal link is no role."""
    roles: dict[str, list[str]] = {}
    for grant in GRANTS[permission]:
        on = ", ".join(MARKS[rule] for rule in grant.rules) or "all that the role sees"
        roles.setdefault(on, []).append(grant.role)
    if permission in HERS:
        roles[", ".join(MARKS[rule] for rule in HERS[permission])] = [PERSONAL_LINK]
    return [f"| `{permission}` | {', '.join(roles[on])} | {on} |" for on in roles] or [
        f"| `{permission}` | {NOT_GRANTED} | {NOT_GRANTED} |"
    ]
