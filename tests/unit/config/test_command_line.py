import os
import subprocess
import sys

import pytest

from config import command_line
from config.settings import SettingsError


class TestMain:
    def test_tells_wrong_settings_and_ends_with_2(self) -> None:
        environ = {"PATH": os.environ["PATH"], "SECRET_KEY": "short"}
        command = [sys.executable, "-m", "config.command_line", "database", "upgrade"]

        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

        assert done.returncode == 2
        assert "SECRET_KEY: wrong" in done.stderr
        assert "WEB_DATABASE_URL: missing" in done.stderr
        assert "Traceback" not in done.stderr


class TestLoad:
    def test_reads_this_process_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SECRET_KEY", raising=False)
        with pytest.raises(SettingsError, match="SECRET_KEY: missing"):
            command_line.load()
