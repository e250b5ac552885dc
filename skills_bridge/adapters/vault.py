"""Keeps secrets: identity numbers sealed and found by a keyed index, passwords, second factors, the pack's seal."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Final

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from skills_bridge.domain.settings import SealKey, VaultKeys

NONCE_BYTES: Final = 12
TOTP_STEP_SECONDS: Final = 30
RECOVERY_FIGURES: Final = 12


@dataclass(frozen=True)
class Sealed:
    """An encrypted text and the id of the key that opens it."""

    content: bytes
    key_id: str

    @property
    def packed(self) -> bytes:
        """Content and key id in one value, for a column that has no second one."""
        return self.key_id.encode() + b"\0" + self.content


@dataclass(frozen=True)
class Vault:
    """Encryption of personal data (AES-256-GCM), blind index (HMAC-SHA-256), password hashes (argon2id)."""

    keys: VaultKeys
    passwords: PasswordHasher = field(
        default_factory=lambda: PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    )

    def seal(self, text: str, *, purpose: str) -> Sealed:
        """Encrypt a text for one purpose; it opens for the same purpose only."""
        nonce = os.urandom(NONCE_BYTES)
        key = AESGCM(self.keys.cin_keys[self.keys.cin_key_id])
        return Sealed(nonce + key.encrypt(nonce, text.encode(), purpose.encode()), self.keys.cin_key_id)

    def seal_bytes(self, content: bytes, *, purpose: str) -> bytes:
        """Encrypt bytes for one purpose; the id of the key stands in front of them."""
        nonce = os.urandom(NONCE_BYTES)
        key = AESGCM(self.keys.cin_keys[self.keys.cin_key_id])
        return Sealed(nonce + key.encrypt(nonce, content, purpose.encode()), self.keys.cin_key_id).packed

    def open_bytes(self, packed: bytes, *, purpose: str) -> bytes:
        """Decrypt what :meth:`seal_bytes` made.

        :raises cryptography.exceptions.InvalidTag: content, key or purpose is not the one it was sealed with.
        """
        key_id, _, content = packed.partition(b"\0")
        key = AESGCM(self.keys.cin_keys[key_id.decode()])
        return key.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], purpose.encode())

    def open(self, content: bytes, *, key_id: str, purpose: str) -> str:
        """Decrypt what :meth:`seal` made.

        :raises cryptography.exceptions.InvalidTag: content, key or purpose is not the one it was sealed with.
        """
        key = AESGCM(self.keys.cin_keys[key_id])
        return key.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], purpose.encode()).decode()

    def open_packed(self, packed: bytes, *, purpose: str) -> str:
        """Decrypt what :attr:`Sealed.packed` holds.

        :raises cryptography.exceptions.InvalidTag: content, key or purpose is not the one it was sealed with.
        """
        key_id, _, content = packed.partition(b"\0")
        return self.open(content, key_id=key_id.decode(), purpose=purpose)

    def blind_index(self, text: str) -> bytes:
        """Return a keyed digest: the same text gives the same 32 bytes, and nobody without the key can guess back."""
        return hmac.new(self.keys.blind_index_key, text.encode(), hashlib.sha256).digest()

    def hash_password(self, password: str) -> str:
        """Return the slow hash of a password."""
        return self.passwords.hash(password)

    def is_password(self, password_hash: str, password: str) -> bool:
        """Say whether the password made the hash."""
        try:
            return self.passwords.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def seal_totp(self, secret: str) -> bytes:
        """Encrypt the secret of a second factor."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.keys.totp_key).encrypt(nonce, secret.encode(), b"totp")

    def totp_step(self, sealed: bytes, code: str, *, at: float) -> int | None:
        """Return the time step (of 30 s) for which a code is right, one step either way; None if it is wrong."""
        secret = self.open_totp(sealed)
        step = int(at) // TOTP_STEP_SECONDS
        totp = pyotp.TOTP(secret)
        for near in (step, step - 1, step + 1):
            # bytes: the comparison of texts refuses letters beyond ASCII with an error
            if hmac.compare_digest(totp.at(near * TOTP_STEP_SECONDS).encode(), code.encode(errors="replace")):
                return near
        return None

    def open_totp(self, sealed: bytes) -> str:
        """Decrypt the secret of a second factor.

        :raises cryptography.exceptions.InvalidTag: it was not sealed here.
        """
        return AESGCM(self.keys.totp_key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], b"totp").decode()

    def totp_address(self, sealed: bytes, *, email: str) -> str:
        """Return what an authenticator application reads from the square code."""
        return pyotp.TOTP(self.open_totp(sealed)).provisioning_uri(name=email, issuer_name="Skills Bridge")

    def link_token(self, purpose: str, seed: uuid.UUID) -> str:
        """Return the secret part of a link by mail: only who holds the key can derive it from the seed."""
        return urlsafe_b64encode(self.blind_index(f"link:{purpose}:{seed}")).decode().rstrip("=")

    def recovery_digest(self, user_id: int, code: str) -> bytes:
        """Return what the database knows of a recovery code."""
        return self.blind_index(f"recovery:{user_id}:{code}")


def new_recovery_code() -> str:
    """Return a random code of twelve figures: typed on the same keys as the application's, in any script."""
    return f"{secrets.randbelow(10**RECOVERY_FIGURES):0{RECOVERY_FIGURES}}"


def new_seed() -> uuid.UUID:
    """Return a random number from which a link is derived."""
    return uuid.uuid4()


def new_totp_secret() -> str:
    """Return a random secret for an authenticator application (base 32)."""
    return pyotp.random_base32()


@dataclass(frozen=True)
class Sealer:
    """Seals a pack with the product's Ed25519 key."""

    key: SealKey

    def sign(self, content: bytes) -> bytes:
        """Return the 64 bytes that prove that the key's holder sealed the content."""
        return Ed25519PrivateKey.from_private_bytes(self.key.seed).sign(content)

    def public_key(self) -> bytes:
        """Return the 32 bytes with which anybody verifies a seal."""
        public = Ed25519PrivateKey.from_private_bytes(self.key.seed).public_key()
        return public.public_bytes(Encoding.Raw, PublicFormat.Raw)
