"""Numbers and addresses are brought to one writing, or refused without being repeated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.identifiers import (
    BadIdentifier,
    mask_cin,
    normalise_cin,
    normalise_email,
    normalise_ice,
    normalise_phone,
)
from skills_bridge.domain.seekers import CinKind

CINS = st.from_regex(r"[A-Z]{0,3}[0-9]{2,7}[A-Z]?", fullmatch=True)
BLANKS = st.text(alphabet=" -.\u00a0\u200e\u200f\t", max_size=2)


def spread(number: str, blanks: list[str]) -> str:
    """The number as somebody might type it: blanks and marks between its signs."""
    return "".join(sign + blanks[place % len(blanks)] for place, sign in enumerate(number))


class TestNormaliseCin:
    @pytest.mark.parametrize(
        ("typed", "stored"),
        [
            ("ab123456", "AB123456"),
            (" AB 123-456 ", "AB123456"),
            ("ab.123.456", "AB123456"),
            ("\u200fAB١٢٣٤٥٦\u200e", "AB123456"),
            ("ＡＢ１２３４５６", "AB123456"),
            ("A1", "A1"),
            ("1234567", "1234567"),
            ("JC00042", "JC00042"),
            ("G123456B", "G123456B"),
        ],
    )
    def test_gives_one_writing(self, typed: str, stored: str) -> None:
        assert normalise_cin(typed) == stored

    @given(CINS, st.lists(BLANKS, min_size=1))
    def test_forgets_capitals_blanks_and_invisible_marks(self, number: str, blanks: list[str]) -> None:
        assert normalise_cin(spread(number.lower(), blanks)) == number

    @given(st.text(max_size=20), st.sampled_from(CinKind))
    def test_is_idempotent_or_refuses(self, typed: str, kind: CinKind) -> None:
        try:
            number = normalise_cin(typed, kind=kind)
        except BadIdentifier:
            return

        assert normalise_cin(number, kind=kind) == number

    @pytest.mark.parametrize(
        "typed", ["", " ", "AB", "ABCD123", "AB12345678", "AB12C34", "ÉB123456", "AB123456;", "ابج123", "ßA123456"]
    )
    def test_refuses_what_cannot_be_one(self, typed: str) -> None:
        with pytest.raises(BadIdentifier) as refusal:
            normalise_cin(typed)

        assert (refusal.value.code, refusal.value.field) == ("cin-unreadable", "cin")

    @pytest.mark.parametrize(
        ("typed", "kind", "stored"),
        [("xk 1234567", CinKind.PASSPORT, "XK1234567"), ("k-00 123 p", CinKind.RESIDENCE_CARD, "K00123P")],
    )
    def test_knows_passports_and_residence_cards(self, typed: str, kind: CinKind, stored: str) -> None:
        assert normalise_cin(typed, kind=kind) == stored

    @pytest.mark.parametrize("typed", ["ABCDEFG", "A1", "A" * 15 + "1"])
    def test_refuses_a_passport_without_digit_too_short_or_too_long(self, typed: str) -> None:
        with pytest.raises(BadIdentifier) as refusal:
            normalise_cin(typed, kind=CinKind.PASSPORT, field="number")

        assert refusal.value.facts == {"field": "number", "kind": "passport"}

    @given(st.text(alphabet="ABXYZ0123456789!", min_size=9, max_size=20))
    def test_never_repeats_what_was_typed(self, typed: str) -> None:
        with pytest.raises(Invalid) as refusal:
            normalise_cin("!" + typed)

        assert typed not in f"{refusal.value!r} {refusal.value.facts}"


class TestMaskCin:
    @pytest.mark.parametrize(
        ("number", "shown"),
        [
            ("AB123456", "***456"),
            ("A123456", "***456"),
            ("AB1234", "***234"),
            ("AB123", "***23"),
            ("A123", "***3"),
            ("A12", "***"),
            ("A1", "***"),
        ],
    )
    def test_keeps_three_last_signs_at_most(self, number: str, shown: str) -> None:
        assert mask_cin(number) == shown

    @given(st.from_regex(r"[A-Z0-9]{2,15}", fullmatch=True))
    def test_hides_three_signs_or_everything(self, number: str) -> None:
        shown = mask_cin(number).replace("***", "")

        assert len(shown) <= max(0, len(number) - 3)
        assert len(shown) <= 3


class TestNormalisePhone:
    @pytest.mark.parametrize(
        "typed",
        [
            "0612345678",
            "06 12 34 56 78",
            "06.12.34.56.78",
            "+212 6 12 34 56 78",
            "+212 (0)6 12 34 56 78",
            "00212612345678",
            "212-612-345678",
            "612345678",
            "\u202a+212612345678\u202c",
            "٠٦١٢٣٤٥٦٧٨",
        ],
    )
    def test_gives_the_international_writing(self, typed: str) -> None:
        assert normalise_phone(typed) == "+212612345678"

    @given(st.from_regex(r"[5-7][0-9]{8}", fullmatch=True), st.sampled_from(["0", "+212", "00212", "212", "+212(0)"]))
    def test_is_the_same_for_every_prefix(self, number: str, prefix: str) -> None:
        assert normalise_phone(prefix + number) == f"+212{number}"
        assert normalise_phone(normalise_phone(prefix + number)) == f"+212{number}"

    @pytest.mark.parametrize("typed", ["", "0412345678", "061234567", "06123456789", "+33612345678", "06 12 34 56 7O"])
    def test_refuses_another_number(self, typed: str) -> None:
        with pytest.raises(BadIdentifier) as refusal:
            normalise_phone(typed)

        assert refusal.value.code == "phone-unreadable"


class TestNormaliseIce:
    @pytest.mark.parametrize("typed", ["009990001000012", "00 999 0001 0000 12", "009990001-0000-12"])
    def test_gives_fifteen_digits(self, typed: str) -> None:
        assert normalise_ice(typed) == "009990001000012"

    @given(st.from_regex(r"[0-9]{14}[1-9]", fullmatch=True), st.lists(BLANKS, min_size=1))
    def test_forgets_blanks_and_keeps_zeros(self, number: str, blanks: list[str]) -> None:
        assert normalise_ice(spread(number, blanks)) == number

    @pytest.mark.parametrize("typed", ["", "12345678901234", "1234567890123456", "00999000100001A", "0" * 15])
    def test_refuses_another_length_or_letters(self, typed: str) -> None:
        with pytest.raises(BadIdentifier) as refusal:
            normalise_ice(typed)

        assert refusal.value.code == "ice-unreadable"


class TestNormaliseEmail:
    @pytest.mark.parametrize(
        ("typed", "stored"),
        [
            ("  Salma.Demo@Example.MA ", "salma.demo@example.ma"),
            ("a+b@sub.example.org", "a+b@sub.example.org"),
            ("\u200ex_1@exa-mple.ma", "x_1@exa-mple.ma"),
        ],
    )
    def test_gives_small_letters(self, typed: str, stored: str) -> None:
        assert normalise_email(typed) == stored

    @given(st.emails())
    def test_is_idempotent_or_refuses(self, typed: str) -> None:
        try:
            address = normalise_email(typed)
        except BadIdentifier:
            return

        assert normalise_email(address) == address

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "salma",
            "salma@",
            "@example.ma",
            "salma@example",
            "sal ma@example.ma",
            "salma@@example.ma",
            ".salma@example.ma",
            "salma..x@example.ma",
            "salma@-example.ma",
            "salma@example.ma\nBcc: x@example.ma",
            "sélma@example.ma",
            "a" * 65 + "@example.ma",
            "a@" + "b" * 260 + ".ma",
        ],
    )
    def test_refuses_what_is_no_address(self, typed: str) -> None:
        with pytest.raises(BadIdentifier) as refusal:
            normalise_email(typed)

        assert refusal.value.facts == {"field": "email"}
