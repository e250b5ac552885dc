"""Every column of the schema, judged: what is told to a person, what happens to it when her file is forgotten.

A new column fails a test until it stands here. ``told`` columns make the access file, ``technical`` ones are keys and
seals that say nothing more of her, ``other_party`` ones speak of somebody else (staff, a party's person), ``nothing``
holds no person's data. ``link`` is the column that leads to the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from skills_bridge.domain.personal_data.judging import Columns, Fate
from skills_bridge.domain.personal_data.of_nobody import OTHERS
from skills_bridge.domain.personal_data.of_persons import PERSONS

SCHEMA: Final[Mapping[str, Columns]] = {**PERSONS, **OTHERS}
"""Table → its columns."""

HISTORIES: Final[Mapping[str, str]] = {
    "enrolment": "enrolment",
    "placement": "placement",
    "proposal": "proposal",
    "referral": "referral",
    "reservation": "reservation",
    "rights_request": "rights_request",
}
"""Kinds of objects in the history of states that are a person's, with their table; her file is the kind *seeker*."""

__all__ = ["HISTORIES", "PERSONS", "SCHEMA", "Columns", "Fate"]
