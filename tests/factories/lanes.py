"""Names that ``test_lanes`` shares with the tasks of its workers: kinds of work, and lists at the broker."""

from __future__ import annotations

from typing import Final

LONG: Final = "matching.match_agency"
SHORT: Final = ("notices.pack_published", "packs.build_pack", "referrals.expire_referrals", "imports.check_batch")
BEGUN: Final = "lanes-begun"
DONE: Final = "lanes-done"
MAY_END: Final = "lanes-may-end"
