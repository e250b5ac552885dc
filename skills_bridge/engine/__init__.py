"""The engine computes: who fits which opening, exactly, from immutable columns of whole numbers.

The way through: ``build_pool`` once over the people, ``shortlist`` for any cut of the openings, ``trace`` for a pair.
No clock, no randomness, no fractions: the same :func:`~skills_bridge.engine.digest.digest` gives the same bytes,
whatever the order of the people or the cut of the openings. Sex, age, disability, marital status, nationality and
identity numbers have no column here.
"""

from typing import Final

ENGINE_VERSION: Final = "1.0"
"""Raised whenever the same input may give another answer; stored with every run."""
