"""The documentation says what the permission table says."""

from __future__ import annotations

from pathlib import Path

from skills_bridge.policies.matrix import write_matrix

PAGE = Path(__file__).resolve().parents[3] / "docs" / "security.md"


class TestWriteMatrix:
    def test_is_what_the_documentation_ends_with(self) -> None:
        assert PAGE.read_text(encoding="utf-8").endswith("\n\n" + write_matrix())

    def test_names_the_rules_of_a_shared_permission(self) -> None:
        lines = [line for line in write_matrix().splitlines() if line.startswith("| `opening:pause`")]

        assert lines == [
            "| `opening:pause` | hr_manager, company_admin | own company |",
            "| `opening:pause` | adviser, unit_manager | own unit |",
        ]
