"""Secrets: what is sealed opens for its purpose only; wrong codes and odd letters are refused, never an error."""

from __future__ import annotations

import pyotp
import pytest
from argon2 import extract_parameters
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from skills_bridge.adapters.vault import Sealer, Vault
from skills_bridge.domain.settings import SealKey, VaultKeys
from skills_bridge.services.accounts import DUMMY_HASH

KEYS = VaultKeys(
    cin_keys={"old": b"o" * 32, "new": b"n" * 32}, cin_key_id="new", blind_index_key=b"b" * 32, totp_key=b"t" * 32
)
VAULT = Vault(KEYS)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = 1_790_000_000.0


class TestSealedText:
    @given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
    def test_opens_to_what_it_was(self, value: str) -> None:
        sealed = VAULT.seal(value, purpose="cin")

        assert VAULT.open(sealed.content, key_id=sealed.key_id, purpose="cin") == value
        assert VAULT.open_packed(sealed.packed, purpose="cin") == value

    def test_opens_for_no_other_purpose(self) -> None:
        sealed = VAULT.seal("ZZ123456", purpose="cin")

        with pytest.raises(InvalidTag):
            VAULT.open(sealed.content, key_id=sealed.key_id, purpose="phone")

    def test_never_looks_the_same_twice(self) -> None:
        assert VAULT.seal("ZZ123456", purpose="cin").content != VAULT.seal("ZZ123456", purpose="cin").content

    def test_opens_with_an_older_key_of_the_ring(self) -> None:
        before = Vault(VaultKeys(KEYS.cin_keys, "old", KEYS.blind_index_key, KEYS.totp_key))
        sealed = before.seal("ZZ123456", purpose="cin")

        assert (sealed.key_id, VAULT.open(sealed.content, key_id="old", purpose="cin")) == ("old", "ZZ123456")


class TestBlindIndex:
    def test_is_the_same_for_the_same_text_under_one_key_only(self) -> None:
        other = Vault(VaultKeys(KEYS.cin_keys, "new", b"c" * 32, KEYS.totp_key))

        assert VAULT.blind_index("ZZ1") == VAULT.blind_index("ZZ1")
        assert VAULT.blind_index("ZZ1") != VAULT.blind_index("ZZ2")
        assert VAULT.blind_index("ZZ1") != other.blind_index("ZZ1")


class TestPassword:
    def test_opens_its_own_hash_only(self) -> None:
        made = VAULT.hash_password("un-mot-de-passe")

        assert VAULT.is_password(made, "un-mot-de-passe")
        assert not VAULT.is_password(made, "un autre")
        assert not VAULT.is_password("no hash at all", "un-mot-de-passe")

    def test_of_an_unknown_account_costs_the_same_work(self) -> None:
        assert extract_parameters(DUMMY_HASH) == extract_parameters(VAULT.hash_password("un-mot-de-passe"))
        assert not VAULT.is_password(DUMMY_HASH, "un-mot-de-passe")


class TestCode:
    @pytest.mark.parametrize("steps", [-1, 0, 1])
    def test_is_right_one_step_either_way(self, steps: int) -> None:
        code = pyotp.TOTP(SECRET).at(int(NOON) + 30 * steps)

        assert VAULT.totp_step(VAULT.seal_totp(SECRET), code, at=NOON) == int(NOON) // 30 + steps

    @pytest.mark.parametrize("steps", [-2, 2])
    def test_is_wrong_further_away(self, steps: int) -> None:
        code = pyotp.TOTP(SECRET).at(int(NOON) + 30 * steps)

        assert VAULT.totp_step(VAULT.seal_totp(SECRET), code, at=NOON) is None

    @pytest.mark.parametrize("code", ["", "12345", "abcdef", "١٢٣٤٥٦", "é" * 6, "\ud800"])
    def test_that_is_none_is_refused_quietly(self, code: str) -> None:
        assert VAULT.totp_step(VAULT.seal_totp(SECRET), code, at=NOON) is None


class TestSeal:
    def test_is_proven_by_the_public_key(self) -> None:
        sealer = Sealer(SealKey("k", b"s" * 32))

        Ed25519PublicKey.from_public_bytes(sealer.public_key()).verify(sealer.sign(b"pack"), b"pack")


class TestKeys:
    def test_are_never_printed(self) -> None:
        assert "nnnn" not in repr(VAULT)
        assert "tttt" not in repr(VAULT)
