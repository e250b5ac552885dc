"""The material for invented people and organisations."""

from __future__ import annotations

from pathlib import Path

import pytest

from skills_bridge.reference import demo, files, lists
from skills_bridge.reference.files import WrongList


class TestDemoNames:
    def test_give_sixty_first_names_per_sex_and_120_family_names(self) -> None:
        counts = [len(demo.demo_first_names(sex)) for sex in demo.SEXES]

        assert (counts, len(demo.demo_family_names())) == ([60, 60], 120)

    def test_stand_once_in_each_script(self) -> None:
        for names in (*map(demo.demo_first_names, demo.SEXES), demo.demo_family_names()):
            assert len({name.latin for name in names}) == len({name.arabic for name in names}) == len(names)

    def test_are_written_in_the_script_they_claim(self) -> None:
        for names in (*map(demo.demo_first_names, demo.SEXES), demo.demo_family_names()):
            assert all(name.latin.isascii() for name in names)
            assert all("\u0600" <= sign <= "\u06ff" or sign == " " for name in names for sign in name.arabic)


class TestDemoOrganisations:
    def test_are_ten_companies_and_four_centres(self) -> None:
        kinds = [organisation.kind for organisation in demo.demo_organisations()]

        assert (kinds.count("company"), kinds.count("training_centre")) == (10, 4)

    def test_say_in_both_languages_that_they_are_invented(self) -> None:
        for organisation in demo.demo_organisations():
            assert organisation.name_fr.startswith("Démo ")
            assert organisation.name_fr.endswith(" (fictif)")
            assert "وهمية" in organisation.name_ar

    def test_cover_every_profile_by_a_company_and_by_a_centre(self) -> None:
        for kind in demo.DEMO_KINDS:
            covered = {
                code for entry in demo.demo_organisations() if entry.kind == kind for code in entry.profile_codes
            }
            assert len(covered) == 12

    def test_refuse_an_unknown_profile(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        head = "kind,name_fr,name_ar,province_code,profile_codes\n"
        (tmp_path / "demo_organisations.csv").write_text(head + "company,A,ع,01.511,EM-0\n", encoding="utf-8")
        lists.provinces()
        lists.job_profiles()
        monkeypatch.setattr(files, "FOLDER", tmp_path)

        with pytest.raises(WrongList, match="column profile_codes"):
            demo.demo_organisations.__wrapped__()


class TestDemoProvinceWeights:
    def test_cover_every_province(self) -> None:
        weights = demo.demo_province_weights()

        assert len(weights) == 75
        assert all(weight >= 1 for _code, weight in weights)

    def test_weigh_the_hubs_most(self) -> None:
        weights = dict(demo.demo_province_weights())
        hubs = sum(weights[code] for code in ("01.511", "01.227", "04.281", "06.141", "06.117", "06.385"))

        assert hubs > sum(weights.values()) / 2
