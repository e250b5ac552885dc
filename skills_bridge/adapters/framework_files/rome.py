"""ROME 4.0 in its official CSV layout (``unix_referentiel_competence_v460_utf8.csv`` and its sisters); French alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from skills_bridge.adapters.framework_files.content import FrameworkContent, Link, derive_templates
from skills_bridge.adapters.framework_files.reading import need_files, rows_of
from skills_bridge.domain.framework import CompetencyEntry, PolicyProfile, ProfileEntry, RelationEntry, RelationKind

ROME: Final = "ROME"
_CORE: Final = "Principale"
_CORE_KINDS: Final = (_CORE, "Émergente", "")
_YES_NO: Final = ("O", "N", "")


def read_rome(folder: Path) -> FrameworkContent:
    """Read competences and knowledge items, job sheets and what each sheet asks for.

    A competence counts closely for the macro-competence it belongs to, which counts loosely for it. The core of a job
    (*cœur de métier*) makes its template: main items are musts, emerging ones nice; the rest of a sheet is left aside.
    Of several versions in the folder the one whose path comes last is read.

    :raises FileFault: a file is missing or broken, or a cell is empty; names file, row and column.
    """
    items = {entry.code: entry for entry in _competences(folder)} | {entry.code: entry for entry in _knowledge(folder)}
    profiles = {entry.code: entry for entry in _profiles(folder)}
    links, lost = _links(folder, profiles, items)
    return FrameworkContent(
        scheme=ROME,
        competencies=tuple(items.values()),
        relations=tuple(_relations(folder, items)),
        profiles=tuple(profiles.values()),
        requirements=derive_templates(links),
        left_out=lost,
    )


def _file(folder: Path, name: str) -> Path:
    return need_files(folder, f"*{name}_v*")[-1]


def _competences(folder: Path) -> Iterator[CompetencyEntry]:
    for row in rows_of(_file(folder, "referentiel_competence"), "code_ogr", "libelle_competence"):
        yield CompetencyEntry(
            code=row.text("code_ogr"),
            label_fr=row.text("libelle_competence"),
            family=row.optional("nature") or None,
            definition_fr=row.optional("definition") or None,
        )


def _knowledge(folder: Path) -> Iterator[CompetencyEntry]:
    for row in rows_of(_file(folder, "referentiel_savoir"), "code_ogr_savoir", "libelle_savoir"):
        yield CompetencyEntry(
            code=row.text("code_ogr_savoir"),
            label_fr=row.text("libelle_savoir"),
            family=row.optional("categorie_savoir") or None,
        )


def _profiles(folder: Path) -> Iterator[ProfileEntry]:
    """Managers' and engineers' sheets (*emploi cadre*) are the scarce ones."""
    for row in rows_of(_file(folder, "referentiel_code_rome"), "code_rome", "libelle_rome", "emploi_cadre"):
        is_scarce = row.one_of("emploi_cadre", _YES_NO) == "O"
        yield ProfileEntry(
            code=row.text("code_rome"),
            label_fr=row.text("libelle_rome"),
            policy_profile=PolicyProfile.SCARCE if is_scarce else PolicyProfile.MASS,
        )


def _relations(folder: Path, items: Mapping[str, CompetencyEntry]) -> Iterator[RelationEntry]:
    for row in rows_of(_file(folder, "referentiel_competence"), "code_ogr", "code_ogr_macro_comp"):
        code, macro = row.text("code_ogr"), row.optional("code_ogr_macro_comp")
        if macro in items and macro != code:
            yield RelationEntry(code=code, related_code=macro, kind=RelationKind.CLOSE)
            yield RelationEntry(code=macro, related_code=code, kind=RelationKind.LOOSE)


def _links(
    folder: Path, profiles: Mapping[str, ProfileEntry], items: Mapping[str, CompetencyEntry]
) -> tuple[list[Link], int]:
    links: list[Link] = []
    lost = 0
    for row in rows_of(_file(folder, "coherence_item"), "code_rome", "code_ogr", "coeur_metier"):
        core = row.one_of("coeur_metier", _CORE_KINDS)
        if not core:
            continue
        profile, item = row.text("code_rome"), row.text("code_ogr")
        if profile in profiles and item in items:
            links.append(Link(profile, item, core == _CORE))
        else:
            lost += 1
    return links, lost
