"""The sentence encoder of this process, for pages that read a pasted text."""

from __future__ import annotations

from flask import current_app

from skills_bridge.engine.suggest.meaning import Encode


def encoder() -> Encode:
    """Return the encoder of this application; it loads itself when a text is first compared by its meaning."""
    found: Encode = current_app.extensions["skills_bridge.encoder"]
    return found
