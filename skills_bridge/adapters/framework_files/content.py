"""What an official framework brings, and the requirement templates derived from its links."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from skills_bridge.domain.framework import CompetencyEntry, ProfileEntry, RelationEntry, TemplateEntry

TEMPLATE_LINES: Final = 10
"""Lines of a derived template: what an interview of three minutes asks."""

DERIVED_LEVEL: Final = 2
"""Level of a derived line: official frameworks know none, and *with help* turns nobody away too early."""

MUST_WEIGHT, NICE_WEIGHT = 3, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkContent:
    """One scheme, ready for ``services.framework.import_framework``.

    ``without_french`` counts competencies shown in English because the files have no French; ``left_out`` counts
    entries and links that cannot be used: without any label, withdrawn, or naming what the files do not hold.
    """

    scheme: str
    competencies: tuple[CompetencyEntry, ...]
    relations: tuple[RelationEntry, ...]
    profiles: tuple[ProfileEntry, ...]
    requirements: tuple[TemplateEntry, ...]
    without_french: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """An occupation asks for a competency; ``breadth`` rises the less specific the competency is said to be."""

    profile_code: str
    competency_code: str
    is_core: bool
    breadth: int = 0


def derive_templates(links: Iterable[Link]) -> tuple[TemplateEntry, ...]:
    """Keep the ten most telling links of each occupation as its template.

    Core links come first and are musts; then the more specific ones, then those that fewer occupations ask for.
    Level and weight are the product's, for frameworks state none: the company corrects them in its form.
    """
    by_profile: defaultdict[str, dict[str, Link]] = defaultdict(dict)
    for link in links:
        known = by_profile[link.profile_code].get(link.competency_code)
        if known is None or (link.is_core and not known.is_core):
            by_profile[link.profile_code][link.competency_code] = link
    uses = Counter(code for asked in by_profile.values() for code in asked)
    return tuple(
        TemplateEntry(
            profile_code=profile,
            competency_code=link.competency_code,
            level=DERIVED_LEVEL,
            is_must=link.is_core,
            weight=MUST_WEIGHT if link.is_core else NICE_WEIGHT,
        )
        for profile, asked in by_profile.items()
        for link in sorted(
            asked.values(),
            key=lambda link: (not link.is_core, link.breadth, uses[link.competency_code], link.competency_code),
        )[:TEMPLATE_LINES]
    )
