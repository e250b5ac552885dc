"""The type the documents are set in; it travels with the product, so that no machine's own fonts matter."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

LATIN: Final = "IBM Plex Sans"
ARABIC: Final = "IBM Plex Sans Arabic"

FONT_FOLDERS: Final = tuple(
    Path(str(files(package).joinpath("files"))) for package in ("fontpkg_ibm_plex_sans", "fontpkg_ibm_plex_sans_arabic")
)
