"""The lists the product ships are complete and agree with one another."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

import skills_bridge.reference
from skills_bridge.domain.framework import LEVELS, MAX_REQUIREMENTS, Evidence, PolicyProfile, RelationKind
from skills_bridge.domain.placements import PlacementKind
from skills_bridge.reference import files, lists
from skills_bridge.reference.files import Row, WrongList
from skills_bridge.reference.lists import Listed

FOLDER = Path(skills_bridge.reference.__path__[0])
LABELLED: dict[str, tuple[Listed, ...]] = {
    "regions": lists.regions(),
    "provinces": lists.provinces(),
    "education_levels": lists.education_levels(),
    "diploma_fields": lists.diploma_fields(),
    "contract_kinds": lists.contract_kinds(),
    "languages": lists.languages(),
    "licences": lists.licences(),
    "shifts": lists.shifts(),
    "competencies": lists.competencies(),
    "job_profiles": lists.job_profiles(),
}


@pytest.mark.parametrize("name", LABELLED)
class TestEveryList:
    def test_has_unique_codes(self, name: str) -> None:
        assert [code for code, times in Counter(entry.code for entry in LABELLED[name]).items() if times > 1] == []

    def test_has_three_labels_for_every_code(self, name: str) -> None:
        blank = [entry.code for entry in LABELLED[name] if not (entry.label_fr and entry.label_ar and entry.label_en)]

        assert blank == []

    def test_has_no_label_twice(self, name: str) -> None:
        for language in ("label_fr", "label_ar", "label_en"):
            labels = [asdict(entry)[language] for entry in LABELLED[name]]
            assert len(set(labels)) == len(labels)

    def test_claims_no_review_of_arabic_that_did_not_happen(self, name: str) -> None:
        assert not any(entry.is_reviewed_ar for entry in LABELLED[name])


class TestTerritory:
    def test_holds_twelve_regions_and_75_provinces(self) -> None:
        assert (len(lists.regions()), len(lists.provinces())) == (12, 75)

    def test_counts_thirteen_prefectures(self) -> None:
        assert sum(province.is_prefecture for province in lists.provinces()) == 13

    def test_gives_every_region_its_provinces(self) -> None:
        counts = Counter(province.region_code for province in lists.provinces())

        assert [counts[f"{region:02d}"] for region in range(1, 13)] == [8, 8, 9, 7, 5, 9, 8, 5, 6, 4, 4, 2]

    def test_finds_a_province_by_another_spelling(self) -> None:
        by_alias = {alias: province.code for province in lists.provinces() for alias in province.aliases}

        assert (by_alias["الناظور"], by_alias["Mohammedia"], by_alias["Taroudant"]) == ("02.381", "06.371", "09.541")

    def test_names_no_territory_code_that_is_not_moroccan(self) -> None:
        code, names = "E" + "H", ("Sahara", "الصحراء", "ESH")
        found = [
            path.name
            for path in FOLDER.iterdir()
            if path.is_file()
            and (
                re.search(rf"\b{code}\b", path.read_text(encoding="utf-8"))
                or any(name in path.read_text(encoding="utf-8") for name in names)
            )
        ]

        assert found == []


class TestEducationLevels:
    def test_rise_from_no_diploma_to_doctorate(self) -> None:
        ranks = [level.rank for level in lists.education_levels()]

        assert ranks == sorted(ranks)
        assert (ranks[0], ranks[-1]) == (0, 10)

    def test_let_neither_baccalaureate_nor_technician_dominate(self) -> None:
        ranks = {level.code: level.rank for level in lists.education_levels()}

        assert ranks["baccalaureate"] == ranks["technician"] == 6


class TestContractKinds:
    def test_call_only_three_an_employment_contract(self) -> None:
        employment = {kind.code for kind in lists.contract_kinds() if kind.is_employment_contract}

        assert employment == {"cdi", "cdd", "interim"}

    def test_use_the_words_of_placements(self) -> None:
        assert tuple(PlacementKind) == lists.PLACEMENT_KINDS


class TestFramework:
    def test_ships_forty_competencies_and_twelve_profiles(self) -> None:
        assert (len(lists.competencies()), len(lists.job_profiles())) == (40, 12)

    def test_defines_every_competency_in_three_languages(self) -> None:
        for entry in lists.competencies():
            for definition in (entry.definition_fr, entry.definition_ar, entry.definition_en):
                assert definition.endswith(".")

    def test_uses_the_words_of_the_domain(self) -> None:
        assert tuple(Evidence) == lists.EVIDENCES
        assert tuple(RelationKind) == lists.RELATION_KINDS
        assert tuple(PolicyProfile) == lists.POLICY_PROFILES
        assert lists.MOST_REQUIREMENTS == MAX_REQUIREMENTS

    def test_relates_no_pair_both_close_and_loose_in_one_direction(self) -> None:
        pairs = [(relation.competency_code, relation.related_code) for relation in lists.competency_relations()]

        assert len(set(pairs)) == len(pairs)

    def test_asks_six_to_ten_competencies_of_every_profile(self) -> None:
        counts = Counter(line.profile_code for line in lists.profile_requirements())

        assert set(counts) == {profile.code for profile in lists.job_profiles()}
        assert all(6 <= count <= 10 for count in counts.values())

    def test_asks_levels_weights_and_codes_that_exist(self) -> None:
        known = {entry.code for entry in lists.competencies()}

        for line in lists.profile_requirements():
            assert line.competency_code in known
            assert line.level in LEVELS
            assert 1 <= line.weight <= 5

    def test_asks_at_least_one_must_of_every_profile(self) -> None:
        assert {line.profile_code for line in lists.profile_requirements() if line.is_must} == {
            profile.code for profile in lists.job_profiles()
        }

    def test_uses_every_competency_somewhere(self) -> None:
        asked = {line.competency_code for line in lists.profile_requirements()}

        assert {entry.code for entry in lists.competencies()} == asked

    def test_maps_every_profile_to_isco(self) -> None:
        assert all(re.fullmatch(r"\d{4}", profile.codes["ISCO-08"]) for profile in lists.job_profiles())


FAULTY_ROWS = [
    ("text", (), ""),
    ("text", (), " a "),
    ("flag", (), "yes"),
    ("number", (1, 4), "5"),
    ("number", (1, 4), "two"),
    ("one_of", (("must", "nice"),), "maybe"),
]


class TestRow:
    @pytest.mark.parametrize(("reader", "arguments", "cell"), FAULTY_ROWS)
    def test_names_file_row_and_column(self, reader: str, arguments: tuple[object, ...], cell: str) -> None:
        row = Row("lists.csv", 7, {"level": cell})

        with pytest.raises(WrongList, match=r"lists.csv, row 7, column level: "):
            getattr(row, reader)("level", *arguments)

    def test_names_a_missing_column(self) -> None:
        with pytest.raises(WrongList, match=r"row 7, column weight: the column is missing"):
            Row("lists.csv", 7, {"level": "1"}).text("weight")

    def test_splits_a_list(self) -> None:
        row = Row("lists.csv", 2, {"some": "a|b", "none": ""})

        assert (row.words("some"), row.words("none")) == (("a", "b"), ())


class TestWrongLists:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(files, "FOLDER", tmp_path)
        return tmp_path

    def write(self, folder: Path, name: str, text: str) -> None:
        (folder / name).write_text(text, encoding="utf-8")

    def test_are_refused_for_a_code_that_stands_twice(self, folder: Path) -> None:
        line = "day,Jour,نهار,Day,false,false\n"
        self.write(folder, "shifts.csv", "code,label_fr,label_ar,label_en,is_reviewed_ar,is_night\n" + line * 2)

        with pytest.raises(WrongList, match="row 3, column code: day stands twice"):
            lists.shifts.__wrapped__()

    def test_are_refused_for_arabic_without_an_arabic_letter(self, folder: Path) -> None:
        head = "code,label_fr,label_ar,label_en,is_reviewed_ar,is_night\n"
        self.write(folder, "shifts.csv", head + "day,Jour,Jour,Day,false,false\n")

        with pytest.raises(WrongList, match="no Arabic letter"):
            lists.shifts.__wrapped__()

    def test_are_refused_for_a_cell_too_many(self, folder: Path) -> None:
        head = "code,label_fr,label_ar,label_en,is_reviewed_ar,is_night\n"
        self.write(folder, "shifts.csv", head + "day,Jour,نهار,Day,false,false,more\n")

        with pytest.raises(WrongList, match="more cells than columns"):
            lists.shifts.__wrapped__()

    def test_are_refused_for_a_contract_that_contradicts_itself(self, folder: Path) -> None:
        head = "code,is_employment_contract,placement_kind,label_fr,label_ar,label_en,is_reviewed_ar\n"
        self.write(folder, "contract_kinds.csv", head + "ci,true,insertion_contract,CI,عقد,CI,false\n")

        with pytest.raises(WrongList, match="contradicts"):
            lists.contract_kinds.__wrapped__()

    @pytest.mark.parametrize("line", ["AUTO-001,AUTO-001,close\n", "AUTO-001,AUTO-002,loose\n" * 2])
    def test_are_refused_for_a_relation_to_itself_or_a_second_time(self, folder: Path, line: str) -> None:
        self.write(folder, "competency_relations.csv", "competency_code,related_code,kind\n" + line)

        with pytest.raises(WrongList, match="column related_code"):
            lists.competency_relations.__wrapped__()

    def test_are_refused_for_a_template_line_that_stands_twice(self, folder: Path) -> None:
        head = "profile_code,competency_code,level,necessity,weight,evidence_asked\n"
        self.write(folder, "profile_requirements.csv", head + "EM-1107,AUTO-001,2,must,5,declared\n" * 2)

        with pytest.raises(WrongList, match="stands twice in the template"):
            lists.profile_requirements.__wrapped__()

    def test_are_refused_for_an_unknown_field_of_study(self, folder: Path) -> None:
        head = "scheme,code,family,policy_profile,education_code,diploma_fields,isco08,"
        head += "label_fr,label_ar,label_en,is_reviewed_ar\n"
        line = "LOCAL,EM-1,production,mass,primary,magic,8212,A,ع,A,false\n"
        self.write(folder, "job_profiles.csv", head + line)

        with pytest.raises(WrongList, match="column diploma_fields"):
            lists.job_profiles.__wrapped__()
