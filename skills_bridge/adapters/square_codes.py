"""Square codes (QR) that a telephone reads from the screen or from paper."""

from __future__ import annotations

import segno


def square_code(text: str) -> str:
    """Return a text as the address of an image that stands in the page itself: nothing is fetched."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=5, border=3, dark="#111", light="#fff"))
