"""Writes about personal data as such: identities shown, keys changed, requests of people, files forgotten."""

from skills_bridge.services.privacy.keys import note_rotation, reseal_batch
from skills_bridge.services.privacy.revealing import reveal_identity

__all__ = ["note_rotation", "reseal_batch", "reveal_identity"]
