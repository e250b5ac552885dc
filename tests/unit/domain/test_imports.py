"""How a row of a file of people is read, whatever people write."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.framework import Cefr
from skills_bridge.domain.imports import Column, RowReading, Words, WrongHeader, plain, read_header, read_row
from skills_bridge.domain.seekers import Channel, CinKind, ConsentKind, KnownCodes, Nationality, Profile, Sex

TODAY = date(2026, 11, 23)
WORDS = Words(
    provinces={"tanger": "01.511", "tanger assilah": "01.511", "01 511": "01.511", "kenitra": "04.281"},
    education={"master": "master"},
    fields={"textile": "textile"},
    languages={"fr": "fr", "francais": "fr", "ar": "ar"},
    licences={"permis b": "driving_b"},
    contracts={"cdi": "cdi"},
    shifts={"nuit": "night"},
    profiles={"em 1107": 7},
    known=KnownCodes(
        provinces=frozenset({"01.511", "04.281"}),
        education=frozenset({"master"}),
        fields=frozenset({"textile"}),
        languages=frozenset({"fr", "ar"}),
        licences=frozenset({"driving_b"}),
        contracts=frozenset({"cdi"}),
        shifts=frozenset({"night"}),
        profiles=frozenset({7}),
    ),
)
LEAST = {Column.NUMBER: "AB123", Column.LAST_NAME: "Fictif", Column.FIRST_NAME: "Ali", Column.PROVINCE: "Tanger"}


def read(**cells: str) -> RowReading:
    """Read the least row with some cells changed, by their column's constant."""
    told = {**LEAST, **{Column[name]: cell for name, cell in cells.items()}}
    return read_row(told, words=WORDS, today=TODAY, consent_version="v1")


def profile(**cells: str) -> Profile:
    """Return the profile of a row that must be good."""
    found = read(**cells)
    assert found.problems == ()
    assert found.registration is not None
    return found.registration.profile


def problems(**cells: str) -> list[tuple[str, str]]:
    """Return the columns and codes of a row that must be bad."""
    found = read(**cells)
    assert found.registration is None
    return [(problem.column, problem.code) for problem in found.problems]


class TestReadRow:
    def test_takes_four_cells(self) -> None:
        told = profile()

        assert (told.province_code, told.licences, told.experience_months) == ("01.511", None, None)

    @pytest.mark.parametrize("text", ["tanger", "TANGER-ASSILAH", " Tanger–Assilah ", "01.511"])
    def test_knows_a_province_by_many_writings(self, text: str) -> None:
        assert profile(PROVINCE=text).province_code == "01.511"

    @pytest.mark.parametrize("text", ["31/12/1999", "31-12-1999", "31.12.1999", "1999-12-31", "1999/12/31"])
    def test_reads_days(self, text: str) -> None:
        assert profile(BORN_ON=text).born_on == date(1999, 12, 31)

    @pytest.mark.parametrize("text", ["31/02/1999", "1999", "hier", "12/31/1999", "36525"])
    def test_refuses_what_is_no_day(self, text: str) -> None:
        assert problems(BORN_ON=text) == [("date_naissance", "day-unreadable")]

    def test_refuses_an_impossible_age(self) -> None:
        assert problems(BORN_ON="01/01/2020") == [("date_naissance", "birth-out-of-range")]

    def test_refuses_a_registration_to_come(self) -> None:
        assert problems(REGISTERED_ON="01/01/2090") == [("inscrit_le", "day-ahead")]

    @pytest.mark.parametrize(
        ("text", "months"), [("18", 18), ("18 mois", 18), ("2 ans", 24), ("1 année", 12), ("0", 0)]
    )
    def test_reads_durations(self, text: str, months: int) -> None:
        assert profile(MONTHS=text).experience_months == months

    @pytest.mark.parametrize("text", ["aucun", "Aucune", "NÉANT"])
    def test_tells_none_from_unknown(self, text: str) -> None:
        assert profile(LICENCES=text).licences == ()
        assert profile(LICENCES="").licences is None

    def test_reads_lists(self) -> None:
        told = profile(MOBILITY="Tanger|Kénitra|Tanger", LICENCES="Permis B", SHIFTS="nuit", CONTRACTS="CDI")

        assert told.mobility == ("01.511", "04.281")
        assert (told.licences, told.shifts, told.contracts) == (("driving_b",), ("night",), ("cdi",))

    def test_reads_pairs(self) -> None:
        told = profile(LANGUAGES="fr:b1 | Ar : C1", PAST_JOBS="EM-1107:18", WANTED="EM-1107")

        assert told.languages == {"fr": Cefr.B1, "ar": Cefr.C1}
        assert [(job.job_profile_id, job.months) for job in told.past_jobs] == [(7, 18)]
        assert told.wanted_profiles == (7,)

    def test_reads_sex_nationality_and_document(self) -> None:
        found = read(SEX="femme", NATIONALITY="autre", KIND="Passeport", NUMBER="X12345").registration

        assert found is not None
        assert (found.profile.sex, found.profile.nationality) == (Sex.FEMALE, Nationality.OTHER)
        assert found.identity.kind is CinKind.PASSPORT

    def test_reads_agreements(self) -> None:
        found = read(CONSENT_MATCHING="OUI", CONSENT_SHARING="non", CONSENT_CHANNEL="téléphone").registration

        assert found is not None
        assert found.agreement is not None
        assert (found.agreement.kinds, found.agreement.channel) == (frozenset({ConsentKind.MATCHING}), Channel.PHONE)

    def test_opens_no_agreement_without_a_yes(self) -> None:
        found = read(CONSENT_MATCHING="non").registration

        assert found is not None
        assert found.agreement is None

    def test_drops_the_apostrophe_of_an_export(self) -> None:
        found = read(PHONE="'+212612345678").registration

        assert found is not None
        assert found.identity.phone == "+212612345678"

    @pytest.mark.parametrize(
        ("cells", "expected"),
        [
            ({"NUMBER": ""}, ("cin", "cell-empty")),
            ({"NUMBER": "12 34 56 78 90"}, ("cin", "cin-unreadable")),
            ({"LAST_NAME": " "}, ("nom", "cell-empty")),
            ({"LAST_NAME": "x" * 101}, ("nom", "text-too-long")),
            ({"PROVINCE": ""}, ("province", "cell-empty")),
            ({"PROVINCE": "Tangr"}, ("province", "word-near")),
            ({"PROVINCE": "zzzz"}, ("province", "word-unknown")),
            ({"PHONE": "123"}, ("telephone", "phone-unreadable")),
            ({"EMAIL": "a@b"}, ("courriel", "email-unreadable")),
            ({"LANGUAGES": "fr:Z9"}, ("langues", "level-unknown")),
            ({"LANGUAGES": "fr"}, ("langues", "pair-unreadable")),
            ({"PAST_JOBS": "EM-1107"}, ("experiences", "pair-unreadable")),
            ({"PAST_JOBS": "EM-1107:beaucoup"}, ("experiences", "months-unreadable")),
            ({"PAST_JOBS": "EM-1107:0"}, ("experiences", "months-out-of-range")),
            ({"MONTHS": "721"}, ("experience_mois", "months-out-of-range")),
            ({"CONSENT_MATCHING": "peut-être"}, ("accord_rapprochement", "flag-unreadable")),
        ],
    )
    def test_names_column_and_fault(self, cells: dict[str, str], expected: tuple[str, str]) -> None:
        assert expected in problems(**cells)

    def test_names_all_faults_at_once(self) -> None:
        assert len(problems(NUMBER="?", PROVINCE="?", BORN_ON="?", LANGUAGES="?")) == 4

    @given(st.dictionaries(st.sampled_from(Column), st.text(max_size=30)))
    def test_never_breaks_and_never_repeats_what_was_typed(self, cells: dict[Column, str]) -> None:
        found = read_row(cells, words=WORDS, today=TODAY, consent_version="v1")

        assert (found.registration is None) == bool(found.problems)
        for problem in found.problems:
            assert all(value != cells.get(Column.NUMBER) for value in problem.facts.values() if value)


class TestReadHeader:
    def test_knows_columns_by_many_names(self) -> None:
        columns, strange = read_header(("N° CIN", "NOM", "Prénom", "Province", "Couleur", "a_corriger", ""))

        assert columns[:4] == (Column.NUMBER, Column.LAST_NAME, Column.FIRST_NAME, Column.PROVINCE)
        assert strange == ("Couleur",)

    def test_names_what_is_missing(self) -> None:
        with pytest.raises(WrongHeader) as refusal:
            read_header(("nom", "ville"))

        assert refusal.value.facts == {"missing": "cin, prenom, province", "found": "nom, ville"}

    def test_refuses_a_column_twice(self) -> None:
        with pytest.raises(WrongHeader) as refusal:
            read_header(("cin", "nom", "prenom", "province", "CNIE"))

        assert refusal.value.facts == {"column": "cin"}


class TestPlain:
    @given(st.text())
    def test_is_idempotent(self, text: str) -> None:
        assert plain(plain(text)) == plain(text)

    @pytest.mark.parametrize(("text", "found"), [("Fès-Meknès", "fes meknes"), ("أنثى", "انثى"), ("  A_b ", "a b")])
    def test_drops_accents_case_and_signs(self, text: str, found: str) -> None:
        assert plain(text) == found
