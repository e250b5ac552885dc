"""The documentation says what the catalogue says."""

from __future__ import annotations

from pathlib import Path

from skills_bridge.adapters.texts import texts_for
from skills_bridge.reporting.kpi_page import write_kpi_page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "kpis.md"


class TestWriteKpiPage:
    def test_is_what_the_documentation_holds(self) -> None:
        words = {language: texts_for(language) for language in ("fr", "ar", "en")}

        assert PAGE.read_text(encoding="utf-8") == write_kpi_page(words)
