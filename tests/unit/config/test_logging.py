import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from config.logging import PRIVATE_KEYS, REDACTED, configure_logging, redact


@pytest.fixture
def _json_lines() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logging()
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


class TestRedact:
    @given(st.sampled_from(sorted(PRIVATE_KEYS)), st.text())
    def test_hides_whatever_stands_under_a_private_key(self, key: str, value: str) -> None:
        assert redact(None, "info", {key: value}) == {key: REDACTED}

    @pytest.mark.parametrize("key", ["company_email", "seeker_cin", "reset_token", "contact_phone"])
    def test_hides_keys_that_end_like_a_private_one(self, key: str) -> None:
        assert redact(None, "info", {key: "x"}) == {key: REDACTED}

    @pytest.mark.parametrize(
        "text",
        [
            "no account for amina.b+1@exemple.ma here",
            "card BE123456 is known",
            "call +212 6 12 34 56 78",
            "call 0612345678 now",
            "DETAIL:  Key (family_name)=(Bennani) already exists.",
            "at postgresql://sb_web:hidden@127.0.0.1/x",
        ],
    )
    def test_finds_personal_data_inside_a_text(self, text: str) -> None:
        shown = redact(None, "info", {"event": text})["event"]
        assert REDACTED in shown
        assert not [word for word in ("amina", "123456", "12345678", "12 34 56", "Bennani", "hidden") if word in shown]

    @pytest.mark.parametrize(
        "text", ["OF-2026-00042", "job 1234567890", "2026-11-23T20:15:00Z", "matching.match_opening"]
    )
    def test_leaves_references_and_instants_alone(self, text: str) -> None:
        assert redact(None, "info", {"event": text}) == {"event": text}

    def test_looks_into_lists_and_mappings(self) -> None:
        event = {"rows": [{"cin": "AB123456", "row": 7}, "AB123456"], "count": 2}
        assert redact(None, "info", event) == {"rows": [{"cin": REDACTED, "row": 7}, REDACTED], "count": 2}


@pytest.mark.usefixtures("_json_lines")
class TestConfigureLogging:
    def test_writes_one_json_line_for_an_event(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging()
        structlog.get_logger("skills_bridge").info("opening validated", opening_id=7, email="a@b.ma")
        line = json.loads(capsys.readouterr().err)
        assert (line["event"], line["opening_id"], line["level"], line["email"]) == (
            "opening validated",
            7,
            "info",
            REDACTED,
        )

    def test_writes_the_standard_librarys_records_alike(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging()
        logging.getLogger("celery").warning("lost %s", "broker", extra={"job_id": 3, "token": "t"})
        line = json.loads(capsys.readouterr().err)
        assert (line["event"], line["job_id"], line["token"], line["logger"]) == ("lost broker", 3, REDACTED, "celery")

    def test_takes_personal_data_out_of_a_traceback(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging()
        try:
            raise ValueError("no card BE123456")  # noqa: TRY301  # the traceback is what is tested
        except ValueError:
            structlog.get_logger("x").exception("failed")
        text = capsys.readouterr().err
        assert "ValueError" in text
        assert "BE123456" not in text
