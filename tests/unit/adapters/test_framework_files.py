"""Official files of other frameworks, small ones made here and the real ones where they are at hand."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from skills_bridge.adapters.framework_files import TEMPLATE_LINES, FileFault, FrameworkContent, read_esco, read_rome
from skills_bridge.adapters.framework_files.content import Link, derive_templates
from skills_bridge.domain.framework import PolicyProfile, RelationEntry, RelationKind

SKILLS = "conceptUri,skillType,reuseLevel,preferredLabel,status,description\n"
JOBS = "conceptUri,iscoGroup,preferredLabel,status,description,code\n"
ESCO_FILES = {
    "skills_en.csv": SKILLS
    + 's1,skill/competence,sector-specific,crimp wires,released,"Press, and\ncheck."\n'
    + "s2,knowledge,cross-sector,electricity,released,\n"
    + "s3,knowledge,transversal,old,obsolete,\n",
    "skills_fr.csv": SKILLS + "s1,skill/competence,sector-specific,sertir  des fils,released,\n",
    "occupations_en.csv": JOBS + "o1,8212,wire assembler,released,,8212.3\no2,2151,engineer,released,,2151.1\n",
    "occupations_ar.csv": JOBS + "o1,8212,عامل تجميع,released,,8212.3\n",
    "occupationSkillRelations.csv": "occupationUri,relationType,skillType,skillUri\n"
    "o1,optional,knowledge,s2\no1,essential,skill/competence,s1\no1,essential,knowledge,s9\n",
    "skillSkillRelations_en.csv": "originalSkillUri,originalSkillType,relationType,relatedSkillType,relatedSkillUri\n"
    "s1,skill/competence,essential,knowledge,s2\ns2,knowledge,optional,skill/competence,s1\ns1,,optional,,s3\n",
}
ROME_FILES = {
    "unix_referentiel_competence_v460_utf8.csv": '"code_ogr","nature","libelle_competence","definition",'
    '"code_ogr_macro_comp"\n"100","Compétence","Sertir un contact","","300"\n'
    '"300","Macro-compétence","Câbler","Poser des fils",""\n',
    "unix_referentiel_savoir_v460_utf8.csv": '"code_ogr_savoir","libelle_savoir","categorie_savoir"\n'
    '"200","Électricité","Domaines"\n',
    "unix_referentiel_code_rome_v460_utf8.csv": '"code_rome","libelle_rome","emploi_cadre"\n'
    '"H2602","Câblage électrique","N"\n"H1206","Ingénierie","O"\n',
    "unix_coherence_item_v460_utf8.csv": '"code_rome","code_ogr","coeur_metier"\n"H2602","100","Principale"\n'
    '"H2602","200","Émergente"\n"H2602","300",""\n"H2602","999","Principale"\n',
}


def lay(folder: Path, files: dict[str, str], **changes: str) -> Path:
    """Write files into a folder; a change replaces the file whose name starts with its key."""
    for name, text in files.items():
        key = next((key for key in changes if name.startswith(key)), None)
        if key is None or changes[key]:
            (folder / name).write_text(text if key is None else changes[key], encoding="utf-8")
    return folder


class TestReadEsco:
    @pytest.fixture
    def content(self, tmp_path: Path) -> FrameworkContent:
        return read_esco(lay(tmp_path, ESCO_FILES))

    def test_joins_the_languages_of_a_skill(self, content: FrameworkContent) -> None:
        skill = content.competencies[0]

        assert (skill.code, skill.label_fr, skill.label_en, skill.label_ar) == (
            "s1",
            "sertir des fils",
            "crimp wires",
            None,
        )
        assert (skill.family, skill.definition_en) == ("skill/competence", "Press, and check.")

    def test_shows_english_where_french_is_missing_and_counts_it(self, content: FrameworkContent) -> None:
        assert (content.competencies[1].label_fr, content.without_french) == ("electricity", 1)

    def test_leaves_out_what_is_withdrawn_or_unknown(self, content: FrameworkContent) -> None:
        assert [entry.code for entry in content.competencies] == ["s1", "s2"]
        assert content.left_out == 2

    def test_maps_an_occupation_to_isco_and_its_policy(self, content: FrameworkContent) -> None:
        assembler, engineer = content.profiles

        assert (assembler.codes, assembler.label_ar) == ({"ISCO-08": "8212", "ESCO": "8212.3"}, "عامل تجميع")
        assert (assembler.policy_profile, engineer.policy_profile) == (PolicyProfile.MASS, PolicyProfile.SCARCE)

    def test_turns_links_into_a_template_essential_first(self, content: FrameworkContent) -> None:
        lines = [(line.competency_code, line.level, line.is_must, line.weight) for line in content.requirements]

        assert lines == [("s1", 2, True, 3), ("s2", 2, False, 1)]

    def test_lets_a_skill_count_for_what_it_builds_on(self, content: FrameworkContent) -> None:
        assert content.relations == (
            RelationEntry(code="s1", related_code="s2", kind=RelationKind.CLOSE),
            RelationEntry(code="s2", related_code="s1", kind=RelationKind.LOOSE),
        )

    def test_reads_packed_files_in_folders_of_versions(self, tmp_path: Path) -> None:
        for version, label in (("v1.1.1", "old label"), ("v1.2.1", "new label")):
            folder = tmp_path / version
            folder.mkdir()
            text = SKILLS + f"s1,knowledge,,{label},released,\n"
            (folder / "skills_fr.csv.gz").write_bytes(gzip.compress(text.encode()))
        (tmp_path / "occupations_fr.csv").write_text(JOBS + "o1,8212,câbleur,released,,1\n", encoding="utf-8")

        assert [entry.label_fr for entry in read_esco(tmp_path).competencies] == ["new label"]

    def test_fills_gaps_from_tables_of_all_languages(self, tmp_path: Path) -> None:
        lay(tmp_path, ESCO_FILES)
        (tmp_path / "skills_multilingual.csv").write_text(
            "conceptUri,skillType,label_fr,label_en,label_ar,description_fr\n"
            "s1,knowledge,autre,other,كبس الأسلاك,Presser.\ns2,knowledge,électricité,x,,\ns7,,,,,\n",
            encoding="utf-8",
        )
        (tmp_path / "digitalSkillsCollection_ar.csv").write_text(
            "conceptUri,preferredLabel,description\ns2,كهرباء,\ns8,آخر,\n", encoding="utf-8"
        )

        content = read_esco(tmp_path)

        labels = [(entry.label_fr, entry.label_en, entry.label_ar) for entry in content.competencies]
        assert labels == [("sertir des fils", "crimp wires", "كبس الأسلاك"), ("électricité", "electricity", "كهرباء")]
        assert (content.without_french, content.left_out) == (0, 3)

    @pytest.mark.parametrize(
        ("file", "text", "code", "facts"),
        [
            (
                "skills_en",
                "conceptUri,label\ns1,x\n",
                "column-missing",
                {"file": "skills_en.csv", "column": "preferredLabel", "found": "conceptUri, label"},
            ),
            (
                "skills_en",
                SKILLS + "s1,,,crimp,released,\ns2,,,,released,\n",
                "cell-empty",
                {"file": "skills_en.csv", "row": 3, "column": "preferredLabel"},
            ),
            (
                "skills_en",
                SKILLS + "s1,,,crimp,released,,more\n",
                "row-too-long",
                {"file": "skills_en.csv", "row": 2},
            ),
            ("skills_en", SKILLS + 's1,,,"crimp\n', "file-broken", {"file": "skills_en.csv", "row": 2}),
            (
                "skillSkill",
                "originalSkillUri,relationType,relatedSkillUri\ns1,maybe,s2\n",
                "cell-unknown",
                {
                    "file": "skillSkillRelations_en.csv",
                    "row": 2,
                    "column": "relationType",
                    "allowed": "essential, optional",
                },
            ),
        ],
    )
    def test_names_file_row_and_column(
        self, tmp_path: Path, file: str, text: str, code: str, facts: dict[str, object]
    ) -> None:
        with pytest.raises(FileFault) as fault:
            read_esco(lay(tmp_path, ESCO_FILES, **{file: text}))

        assert (fault.value.code, fault.value.facts) == (code, facts)

    def test_names_the_files_that_miss(self, tmp_path: Path) -> None:
        with pytest.raises(FileFault) as fault:
            read_esco(lay(tmp_path, ESCO_FILES, occupations_=""))

        assert fault.value.code == "file-missing"
        assert "occupations_fr.csv" in str(fault.value.facts["expected"])

    def test_refuses_a_folder_that_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(FileFault) as fault:
            read_esco(tmp_path / "nowhere")

        assert fault.value.code == "folder-missing"

    @pytest.mark.parametrize(
        "content", [b"no gzip", gzip.compress(SKILLS.encode() * 50, mtime=0)[:-12]], ids=["text", "cut"]
    )
    def test_refuses_a_packed_file_that_breaks_off(self, tmp_path: Path, content: bytes) -> None:
        lay(tmp_path, ESCO_FILES)
        (tmp_path / "skills_ar.csv.gz").write_bytes(content)

        with pytest.raises(FileFault) as fault:
            read_esco(tmp_path)

        assert (fault.value.code, fault.value.facts["file"]) == ("file-broken", "skills_ar.csv.gz")

    def test_refuses_another_encoding(self, tmp_path: Path) -> None:
        lay(tmp_path, ESCO_FILES)
        (tmp_path / "skills_fr.csv").write_bytes((SKILLS + "s1,,,câblage,released,\n").encode("cp1252"))

        with pytest.raises(FileFault) as fault:
            read_esco(tmp_path)

        assert fault.value.code == "file-broken"

    @pytest.mark.real_data
    def test_takes_in_the_real_files(self, real_data: Path) -> None:
        content = read_esco(real_data / "esco")

        assert len(content.competencies) > 13_900
        assert len(content.profiles) > 3_000
        assert sum(entry.label_ar is not None for entry in content.competencies) > 2_300
        assert content.without_french < 400
        check_references(content)


class TestReadRome:
    @pytest.fixture
    def content(self, tmp_path: Path) -> FrameworkContent:
        return read_rome(lay(tmp_path, ROME_FILES))

    def test_reads_competences_and_knowledge(self, content: FrameworkContent) -> None:
        assert [(entry.code, entry.label_fr, entry.family) for entry in content.competencies] == [
            ("100", "Sertir un contact", "Compétence"),
            ("300", "Câbler", "Macro-compétence"),
            ("200", "Électricité", "Domaines"),
        ]

    def test_relates_a_competence_to_what_it_belongs_to(self, content: FrameworkContent) -> None:
        assert content.relations == (
            RelationEntry(code="100", related_code="300", kind=RelationKind.CLOSE),
            RelationEntry(code="300", related_code="100", kind=RelationKind.LOOSE),
        )

    def test_calls_managers_sheets_scarce(self, content: FrameworkContent) -> None:
        assert [(entry.code, entry.policy_profile) for entry in content.profiles] == [
            ("H2602", PolicyProfile.MASS),
            ("H1206", PolicyProfile.SCARCE),
        ]

    def test_makes_the_template_of_the_core_alone(self, content: FrameworkContent) -> None:
        assert [(line.competency_code, line.is_must) for line in content.requirements] == [
            ("100", True),
            ("200", False),
        ]
        assert content.left_out == 1

    def test_names_the_files_that_miss(self, tmp_path: Path) -> None:
        with pytest.raises(FileFault) as fault:
            read_rome(lay(tmp_path, ROME_FILES, unix_coherence=""))

        assert fault.value.facts["expected"] == "*coherence_item_v*.csv"

    @pytest.mark.real_data
    def test_takes_in_the_real_files(self, real_data: Path) -> None:
        content = read_rome(real_data / "rome")

        assert (len(content.competencies), len(content.profiles)) == (33_671, 1_584)
        assert content.left_out == 0
        check_references(content)


class TestDeriveTemplates:
    def test_keeps_ten_lines_the_more_specific_first(self) -> None:
        links = [Link("o1", f"s{number:02}", is_core=False, breadth=number % 3) for number in range(30)]

        kept = [line.competency_code for line in derive_templates(links)]

        assert kept == [f"s{number:02}" for number in range(0, 30, 3)]
        assert len(kept) == TEMPLATE_LINES

    def test_prefers_what_fewer_occupations_ask_for(self) -> None:
        links = [Link("o1", "s1", is_core=True), Link("o1", "s2", is_core=True), Link("o2", "s1", is_core=True)]

        assert [line.competency_code for line in derive_templates(links)] == ["s2", "s1", "s1"]

    def test_takes_a_competency_once_as_core_if_any_link_says_so(self) -> None:
        links = [Link("o1", "s1", is_core=False), Link("o1", "s1", is_core=True), Link("o1", "s1", is_core=False)]

        assert [(line.competency_code, line.is_must) for line in derive_templates(links)] == [("s1", True)]


def check_references(content: FrameworkContent) -> None:
    """Fail unless every code that an entry names is there, labels are given and templates short."""
    held = {entry.code for entry in content.competencies}
    jobs = {entry.code for entry in content.profiles}
    assert all(entry.label_fr for entry in content.competencies)
    assert all(entry.label_fr for entry in content.profiles)
    assert all(line.code in held and line.related_code in held for line in content.relations)
    assert all(line.profile_code in jobs and line.competency_code in held for line in content.requirements)
    assert max(Counter(line.profile_code for line in content.requirements).values()) <= TEMPLATE_LINES
