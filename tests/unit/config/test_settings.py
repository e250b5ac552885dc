import base64
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import SettingsError, load_settings, parse_base_url, parse_hosts, parse_key, parse_key_ring

KEY = base64.b64encode(bytes(32)).decode()
OTHER_KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def complete(tmp_path: Path) -> dict[str, str]:
    return {
        "WEB_DATABASE_URL": "postgresql://sb_web:w@db:5432/sb",
        "WORKER_DATABASE_URL": "postgresql+psycopg://sb_worker:w@db:5432/sb",
        "REPORT_DATABASE_URL": "postgresql://sb_report:r@db:5432/sb",
        "REDIS_URL": "redis://user:secret@broker:6379/0",
        "SECRET_KEY": "s" * 32,
        "CIN_KEYS": f"k2:{OTHER_KEY},k1:{KEY}",
        "BLIND_INDEX_KEY": KEY,
        "TOTP_KEY": KEY,
        "SEAL_KEY": f"seal-1:{KEY}",
        "BASE_URL": "https://bridge.example/",
        "TRUSTED_HOSTS": "bridge.example, www.bridge.example",
        "FILES_DIR": str(tmp_path),
        "MAIL_SINK": str(tmp_path),
        "MAIL_SENDER": "no-reply@bridge.example",
    }


def problems(environ: dict[str, str]) -> dict[str, str]:
    with pytest.raises(SettingsError) as error:
        load_settings(environ)
    return dict(error.value.problems)


class TestLoadSettings:
    def test_reads_a_complete_environment(self, complete: dict[str, str], tmp_path: Path) -> None:
        settings = load_settings(complete)

        assert settings.databases.web == "postgresql+psycopg://sb_web:w@db:5432/sb"
        assert settings.databases.owner == ""
        assert settings.vault.cin_key_id == "k2"
        assert settings.vault.cin_keys == {"k2": bytes(range(32)), "k1": bytes(32)}
        assert settings.seal.key_id == "seal-1"
        assert settings.base_url == "https://bridge.example"
        assert settings.trusted_hosts == ("bridge.example", "www.bridge.example")
        assert settings.mail.sink == tmp_path
        assert (settings.sessions.idle, settings.sessions.absolute) == (timedelta(minutes=30), timedelta(hours=12))
        assert settings.sessions.strict == timedelta(hours=8)
        assert settings.disclosure_days == 30
        assert settings.link_days == 30
        assert settings.sessions.personal_idle == timedelta(minutes=30)
        assert settings.sessions.personal_absolute == timedelta(hours=2)
        assert settings.trusted_proxies == 0
        assert settings.is_https

    def test_names_every_missing_variable_at_once(self) -> None:
        assert set(problems({})) == {
            "WEB_DATABASE_URL",
            "WORKER_DATABASE_URL",
            "REPORT_DATABASE_URL",
            "REDIS_URL",
            "SECRET_KEY",
            "CIN_KEYS",
            "BLIND_INDEX_KEY",
            "TOTP_KEY",
            "SEAL_KEY",
            "BASE_URL",
            "TRUSTED_HOSTS",
            "FILES_DIR",
            "SMTP_URL or MAIL_SINK",
            "MAIL_SENDER",
        }

    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("WEB_DATABASE_URL", "mysql://a:b@c/d"),
            ("WORKER_DATABASE_URL", "postgresql://host/db"),
            ("REPORT_DATABASE_URL", "postgresql://a:b@host"),
            ("MIGRATION_DATABASE_URL", "owner"),
            ("REDIS_URL", "amqp://broker"),
            ("SECRET_KEY", "short"),
            ("SECRET_KEY_FALLBACKS", f"{'x' * 40},short"),
            ("CIN_KEYS", KEY),
            ("CIN_KEYS", f"k1:{KEY},k1:{OTHER_KEY}"),
            ("BLIND_INDEX_KEY", "no base64!"),
            ("TOTP_KEY", base64.b64encode(bytes(16)).decode()),
            ("SEAL_KEY", f":{KEY}"),
            ("BASE_URL", "bridge.example"),
            ("BASE_URL", "https://bridge.example/under"),
            ("TRUSTED_HOSTS", "*"),
            ("FILES_DIR", "files"),
            ("FILES_DIR", "/no/such/folder"),
            ("MAIL_SINK", "/no/such/folder"),
            ("MAIL_SENDER", "nobody"),
            ("DISCLOSURE_DAYS", "-1"),
            ("PERSONAL_LINK_DAYS", "0"),
            ("PERSONAL_IDLE_MINUTES", "0"),
            ("PERSONAL_ABSOLUTE_HOURS", "two"),
            ("DISCLOSURE_DAYS", "a month"),
            ("SESSION_IDLE_MINUTES", "0"),
            ("SESSION_ABSOLUTE_HOURS", "0"),
            ("RETENTION_MONTHS", "0"),
        ],
    )
    def test_names_a_wrong_variable_alone(self, complete: dict[str, str], variable: str, value: str) -> None:
        assert list(problems(complete | {variable: value})) == [variable]

    def test_never_quotes_a_value(self, complete: dict[str, str]) -> None:
        with pytest.raises(SettingsError) as error:
            load_settings(complete | {"SECRET_KEY": "hunter2", "TOTP_KEY": "hunter3"})
        assert "hunter" not in str(error.value)

    def test_says_how_many_are_wrong_and_what_is_expected(self, complete: dict[str, str]) -> None:
        with pytest.raises(SettingsError, match=r"1 setting\(s\)[^\n]*\n  SECRET_KEY: wrong; expected at least 32"):
            load_settings(complete | {"SECRET_KEY": "short"})

    def test_wants_one_way_for_mail(self, complete: dict[str, str]) -> None:
        both = complete | {"SMTP_URL": "smtp+starttls://u:p@mail.example:587"}
        assert "exactly one" in problems(both)["SMTP_URL or MAIL_SINK"]

    def test_takes_a_mail_server(self, complete: dict[str, str]) -> None:
        server = {key: value for key, value in complete.items() if key != "MAIL_SINK"}
        server["SMTP_URL"] = "smtps://u:p@mail.example:465"
        assert load_settings(server).mail.smtp_url == "smtps://u:p@mail.example:465"

    def test_refuses_a_server_that_is_none(self, complete: dict[str, str]) -> None:
        server = {key: value for key, value in complete.items() if key != "MAIL_SINK"}
        assert list(problems(server | {"SMTP_URL": "mail.example"})) == ["SMTP_URL"]

    def test_shows_no_secret_when_printed(self, complete: dict[str, str]) -> None:
        shown = repr(load_settings(complete))
        assert not [word for word in ("sb_web", "secret@", "ssss", repr(bytes(32))) if word in shown]

    def test_keeps_what_the_lawyers_supply(self, complete: dict[str, str]) -> None:
        legal = load_settings(complete | {"CNDP_NUMBER": "D-1", "RETENTION_MONTHS": "24"}).legal
        assert (legal.cndp_number, legal.retention_months, legal.controller) == ("D-1", 24, "")


class TestParseKey:
    @given(st.binary(max_size=64))
    def test_takes_32_bytes_and_nothing_else(self, raw: bytes) -> None:
        text = base64.b64encode(raw).decode()
        if len(raw) == 32:
            assert parse_key(text) == raw
        else:
            with pytest.raises(ValueError, match=r"^$"):
                parse_key(text)


class TestParseKeyRing:
    @given(
        st.dictionaries(
            st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True), st.binary(min_size=32, max_size=32), min_size=1
        )
    )
    def test_gives_back_every_key_in_its_order(self, ring: dict[str, bytes]) -> None:
        text = ",".join(f"{key_id}:{base64.b64encode(key).decode()}" for key_id, key in ring.items())
        assert list(parse_key_ring(text).items()) == list(ring.items())


class TestParseHosts:
    @pytest.mark.parametrize("text", ["", "a,", "*.example", "http://a"])
    def test_refuses_what_is_no_host(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"^$"):
            parse_hosts(text)


class TestParseBaseUrl:
    def test_cuts_the_final_slash(self) -> None:
        assert parse_base_url("http://127.0.0.1:8000/") == "http://127.0.0.1:8000"
