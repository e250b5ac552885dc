"""Passwords that a guesser tries first are refused; a handful of words nobody joined before is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.domain.errors import Invalid
from skills_bridge.domain.passwords import LEAST_LETTERS, check_password_choice, normalise_password
from skills_bridge.reference.passwords import common_passwords

EMAIL = "amina.benali@usine-atlas.example"
NAMES = ("Usine Atlas (fictif)",)


def verdict(password: str) -> str:
    try:
        check_password_choice(password, common=common_passwords(), email=EMAIL, names=NAMES)
    except Invalid as refusal:
        return refusal.code if refusal.field == "password" else refusal.field
    return "taken"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("onze-lettre", "password-too-short"),
        ("aaaaaaaaaaaaaaa", "password-repeats"),
        ("123456789012", "password-repeats"),
        ("abcdefabcdef", "password-repeats"),
        ("azertyuiopqs", "password-repeats"),
        ("poiuytrewq12", "password-repeats"),
        ("1212121212121", "password-repeats"),
        ("Password2026!!", "password-common"),
        ("P@ssw0rd-2026-", "password-common"),
        ("2026MotDePasse!", "password-common"),
        ("casablanca2030", "password-common"),
        ("marocmarocmaroc", "password-common"),
        ("Bonjour-Casablanca", "password-common"),
        ("Inchallah123456", "password-common"),
        ("amina.benali12", "password-is-address"),
        ("AminaBenali!!!", "password-is-address"),
        ("usine atlas fictif", "password-is-name"),
    ],
)
def test_refuses_what_is_guessed_first(password: str, code: str) -> None:
    assert verdict(password) == code


@pytest.mark.parametrize(
    "password",
    [
        "trois chevaux sur un pont",
        "lampe-tortue-violet",
        "Kx7#pQ2m!vR9z",
        "قلم أزرق فوق الجبل",
        "amina aime la lune bleue",
    ],
)
def test_takes_words_that_nobody_joined_before(password: str) -> None:
    assert verdict(password) == "taken"


@given(st.text(max_size=LEAST_LETTERS - 1))
def test_never_takes_a_short_one(password: str) -> None:
    assert verdict(password) == "password-too-short"


@given(st.sampled_from(sorted(common_passwords())), st.text("0123456789!?.-", min_size=8, max_size=12))
def test_sees_a_common_word_behind_figures_and_signs(word: str, tail: str) -> None:
    assert verdict(word + tail) in {"password-common", "password-repeats", "password-too-short"}


def test_the_list_is_in_the_form_that_is_compared() -> None:
    assert len(common_passwords()) > 300
    assert [word for word in common_passwords() if normalise_password(word) != word] == []
