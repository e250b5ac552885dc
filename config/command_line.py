"""The console script ``skills-bridge``: gives the product's commands the function that loads the settings."""

import os
import sys

from config.logging import configure_logging
from config.settings import SettingsError, load_settings
from skills_bridge.app import create_cli
from skills_bridge.domain.settings import Settings

WRONG_SETTINGS = 2


def load() -> Settings:
    """Return the settings of this process's environment."""
    return load_settings(os.environ)


def main() -> None:
    """Run one command; wrong settings end with one clear message and exit code 2.

    A command speaks to a person: its log tells warnings only, unless ``LOG_LEVEL`` asks for more.
    """
    configure_logging(os.environ.get("LOG_LEVEL", "WARNING"))
    try:
        create_cli(load)(prog_name="skills-bridge")
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(WRONG_SETTINGS)


if __name__ == "__main__":
    main()
