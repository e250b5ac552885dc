"""Openings from a file: every row gets its verdict, and the good ones are submitted like those of the form."""

from skills_bridge.services.opening_imports.applying import apply_row
from skills_bridge.services.opening_imports.checking import Checked, check_rows

__all__ = ["Checked", "apply_row", "check_rows"]
