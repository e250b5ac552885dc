"""What a visitor needs to come in: the address, one account per role, the folder of the pack."""

from __future__ import annotations

from pathlib import Path

import pyotp

from skills_bridge.cli.demo.founding import ACCOUNTS, kept_accounts
from skills_bridge.cli.demo.links import link_address
from skills_bridge.cli.demo.stage import Stage
from skills_bridge.cli.demo.story import PACKS, count_letters
from skills_bridge.reporting.verification import verify_directory


def print_summary(stage: Stage, folder: Path, base_url: str) -> None:
    """Print how to come in as each role, and where the files lie."""
    tell = stage.telling
    tell.line()
    tell.line(f"Site      {base_url}")
    shown: set[str] = set()
    for account in kept_accounts(folder):
        if account.role in shown:
            continue
        shown.add(account.role)
        code = pyotp.TOTP(account.totp_secret).now()
        tell.line(f"  {account.role:<24} {account.email:<48} password {account.password}")
        tell.line(f"  {account.organisation[:24]:<24} second factor {account.totp_secret}  (code now {code})")
    tell.line(f"Accounts  {folder / ACCOUNTS} holds all of them")
    if address := link_address(stage, base_url):
        tell.line(f"Person    {address} (a personal link, as somebody in search of work has it)")
    for pack in sorted((folder / PACKS).glob("*")):
        verdict = "sound" if verify_directory(pack).is_sound else "NOT SOUND"
        tell.line(f"Pack      {pack} ({verdict})")
    tell.line(f"Mail      {stage.settings.mail.sink} ({count_letters(stage)} letters)")
