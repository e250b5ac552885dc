"""Writes about files of people: received, checked row by row, applied as a whole or put aside."""

from skills_bridge.services.imports.applying import apply_batch
from skills_bridge.services.imports.checking import check_batch
from skills_bridge.services.imports.receiving import cancel_batch, confirm_batch, export_rejected, receive_batch

__all__ = ["apply_batch", "cancel_batch", "check_batch", "confirm_batch", "export_rejected", "receive_batch"]
