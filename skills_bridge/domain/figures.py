"""The product's version, as packs print it beside every figure."""

from __future__ import annotations

from typing import Final

CODE_VERSION: Final = "0.1.0"
"""Version of the formulas and of everything that makes a pack; the same as the project's."""
