"""ESCO in its official CSV layout; the language of a file is the end of its name (``skills_fr.csv``).

A folder may hold several versions and languages at any depth: labels are joined by the address (URI) of the concept,
of two files with the same label the one whose path comes last wins. Tables that carry all languages in one row
(``skills_multilingual.csv``) fill what the official files leave open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from skills_bridge.adapters.framework_files.content import FrameworkContent, Link, derive_templates
from skills_bridge.adapters.framework_files.reading import FileRow, find_files, need_files, rows_of
from skills_bridge.domain.framework import CompetencyEntry, PolicyProfile, ProfileEntry, RelationEntry, RelationKind

ESCO: Final = "ESCO"
LANGUAGES: Final = ("fr", "en", "ar")
_BREADTH: Final = ("occupation-specific", "sector-specific", "cross-sector", "transversal", "")
_LINK_KINDS: Final = ("essential", "optional")
_RELATIONS: Final[Mapping[str, RelationKind]] = {"essential": RelationKind.CLOSE, "optional": RelationKind.LOOSE}
_SCARCE_GROUPS: Final = frozenset("123")
"""ISCO-08 major groups of managers, professionals and technicians; the others are hired in numbers."""


@dataclass
class _Concept:
    """A skill or an occupation while its languages are gathered."""

    labels: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def label_fr(self) -> str:
        """French, else English: the screens need one label."""
        return self.labels.get("fr") or self.labels.get("en", "")


_Concepts = dict[str, _Concept]


def read_esco(folder: Path) -> FrameworkContent:
    """Read skills, occupations and their links from a folder with the official files.

    Needed are the skills and the occupations in at least one language. ``occupationSkillRelations`` make the
    templates: essential is a must, optional a nice. In ``skillSkillRelations`` a skill names what it builds on: who
    holds the first counts, at a distance, for the second, close if it is essential, else loose.

    :raises FileFault: a file is missing or broken, or a cell is empty; names file, row and column.
    """
    skills = _concepts(folder, "skills", facts=("skillType", "reuseLevel"), extra=("*SkillsCollection",))
    occupations = _concepts(folder, "occupations", facts=("iscoGroup", "code"))
    shown = {uri: concept for uri, concept in skills.items() if concept.label_fr}
    jobs = {uri: concept for uri, concept in occupations.items() if concept.label_fr}
    relations, lost_relations = _relations(folder, shown)
    links, lost_links = _links(folder, jobs, shown)
    return FrameworkContent(
        scheme=ESCO,
        competencies=tuple(_competency(uri, concept) for uri, concept in shown.items()),
        relations=relations,
        profiles=tuple(_profile(uri, concept) for uri, concept in jobs.items()),
        requirements=derive_templates(links),
        without_french=sum("fr" not in concept.labels for concept in shown.values()),
        left_out=len(skills) - len(shown) + len(occupations) - len(jobs) + lost_relations + lost_links,
    )


def _concepts(folder: Path, kind: str, *, facts: tuple[str, ...], extra: tuple[str, ...] = ()) -> _Concepts:
    """Gather the concepts of one kind: official files first, then what other tables add."""
    per_language = {language: f"{kind}_{language}" for language in LANGUAGES}
    joint = f"{kind}_multilingual"
    need_files(folder, *per_language.values(), joint)
    found: _Concepts = {}
    for language, stem in per_language.items():
        for path in find_files(folder, stem):
            for row in rows_of(path, "conceptUri", "preferredLabel"):
                _take_official(found, row, language, facts)
    for path in find_files(folder, joint):
        for row in rows_of(path, "conceptUri", *(f"label_{language}" for language in LANGUAGES)):
            _take_joint(found, row, facts)
    for language in LANGUAGES:
        for path in find_files(folder, *(f"{stem}_{language}" for stem in extra)):
            for row in rows_of(path, "conceptUri", "preferredLabel"):
                known = found.get(row.text("conceptUri"))
                if known is not None:
                    _fill(known, language, row.optional("preferredLabel"), row.optional("description"))
    return found


def _take_official(found: _Concepts, row: FileRow, language: str, facts: tuple[str, ...]) -> None:
    if row.optional("status") not in {"", "released"}:
        return
    concept = found.setdefault(row.text("conceptUri"), _Concept())
    concept.labels[language] = row.text("preferredLabel")
    if definition := row.optional("description"):
        concept.definitions[language] = definition
    concept.facts |= {name: cell for name in facts if (cell := row.optional(name))}


def _take_joint(found: _Concepts, row: FileRow, facts: tuple[str, ...]) -> None:
    concept = found.setdefault(row.text("conceptUri"), _Concept())
    for language in LANGUAGES:
        _fill(concept, language, row.optional(f"label_{language}"), row.optional(f"description_{language}"))
    for name in facts:
        if cell := row.optional(name):
            concept.facts.setdefault(name, cell)


def _fill(concept: _Concept, language: str, label: str, definition: str) -> None:
    """Add what is still missing."""
    if label:
        concept.labels.setdefault(language, label)
    if definition:
        concept.definitions.setdefault(language, definition)


def _competency(uri: str, concept: _Concept) -> CompetencyEntry:
    return CompetencyEntry(
        code=uri,
        label_fr=concept.label_fr,
        label_ar=concept.labels.get("ar"),
        label_en=concept.labels.get("en"),
        family=concept.facts.get("skillType"),
        definition_fr=concept.definitions.get("fr"),
        definition_ar=concept.definitions.get("ar"),
        definition_en=concept.definitions.get("en"),
    )


def _profile(uri: str, concept: _Concept) -> ProfileEntry:
    group = concept.facts.get("iscoGroup", "").removeprefix("C")
    codes = {"ISCO-08": group, "ESCO": concept.facts.get("code", "")}
    return ProfileEntry(
        code=uri,
        label_fr=concept.label_fr,
        label_ar=concept.labels.get("ar"),
        label_en=concept.labels.get("en"),
        policy_profile=PolicyProfile.SCARCE if group[:1] in _SCARCE_GROUPS else PolicyProfile.MASS,
        codes={scheme: code for scheme, code in codes.items() if code},
    )


def _relations(folder: Path, skills: Mapping[str, _Concept]) -> tuple[tuple[RelationEntry, ...], int]:
    pairs: dict[tuple[str, str], RelationKind] = {}
    lost = 0
    for row in _link_rows(folder, "skillSkillRelations", "originalSkillUri", "relatedSkillUri"):
        pair = (row.text("originalSkillUri"), row.text("relatedSkillUri"))
        if pair[0] == pair[1] or not (pair[0] in skills and pair[1] in skills):
            lost += 1
            continue
        pairs[pair] = _RELATIONS[row.one_of("relationType", _LINK_KINDS)]
    entries = (RelationEntry(code=code, related_code=related, kind=kind) for (code, related), kind in pairs.items())
    return tuple(entries), lost


def _links(folder: Path, occupations: Mapping[str, _Concept], skills: Mapping[str, _Concept]) -> tuple[list[Link], int]:
    links: list[Link] = []
    lost = 0
    for row in _link_rows(folder, "occupationSkillRelations", "occupationUri", "skillUri"):
        occupation, skill = row.text("occupationUri"), row.text("skillUri")
        is_core = row.one_of("relationType", _LINK_KINDS) == "essential"
        if occupation in occupations and skill in skills:
            links.append(Link(occupation, skill, is_core, _breadth(skills[skill])))
        else:
            lost += 1
    return links, lost


def _link_rows(folder: Path, stem: str, *columns: str) -> Iterator[FileRow]:
    """Yield the rows of the files of links, with or without a language in their names; there may be none."""
    paths: Iterable[Path] = find_files(folder, stem, *(f"{stem}_{language}" for language in LANGUAGES))
    for path in paths:
        yield from rows_of(path, *columns, "relationType")


def _breadth(skill: _Concept) -> int:
    level = skill.facts.get("reuseLevel", "")
    return _BREADTH.index(level if level in _BREADTH else "")
