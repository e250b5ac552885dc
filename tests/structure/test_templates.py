"""What holds for every template: it compiles, has a title, obeys the content policy, draws known icons."""

import re
from pathlib import Path
from typing import Final

import pytest
from jinja2 import Environment, nodes

from skills_bridge.domain.settings import DatabaseUrls
from tests.factories.world import app_of

ROOT: Final = Path(__file__).resolve().parents[2] / "skills_bridge"
FOLDER: Final = ROOT / "templates"
NAMES: Final = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
PAGES: Final = [name for name in NAMES if not name.startswith(("components/", "layouts/")) and "/_" not in name]
NAMED: Final = re.compile(
    r'(?:StateLook|Entry|WorkWords)\(\s*_l?\((?:[^()]|\([^()]*\))*\),\s*"[a-z_.]+",\s*"([a-z0-9-]+)"'
)
ICON: Final = re.compile(r'"([a-z0-9]+(?:-[a-z0-9]+)*)": "<')


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    urls = DatabaseUrls(web="postgresql+psycopg://", worker="", report="")
    return app_of(urls, tmp_path_factory.mktemp("app")).jinja_env


def source(name: str) -> str:
    return re.sub(r"\{#.*?#\}", "", (FOLDER / name).read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("name", NAMES)
class TestEveryTemplate:
    def test_compiles(self, environment: Environment, name: str) -> None:
        assert environment.get_template(name).name == name

    def test_holds_no_style_and_no_script(self, name: str) -> None:
        text = source(name)

        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|\bjs:", text)
        assert all("nonce=" in tag and "src=" in tag for tag in re.findall(r"<script[^>]*>", text))

    def test_asks_nothing_of_foreign_hosts(self, name: str) -> None:
        assert not re.search(r'(?:src|href|action|hx-[a-z]+)="(?:https?:)?//', source(name))

    def test_marks_nothing_as_safe_that_a_person_wrote(self, name: str) -> None:
        assert name == "components/icons.html" or "|safe" not in source(name).replace(" ", "")

    def test_puts_no_break_spaces_before_high_signs(self, name: str) -> None:
        assert re.findall(r'_\("[^"]*? [:;?!»][^"]*"', source(name)) == []


@pytest.mark.parametrize("name", PAGES)
class TestEveryPage:
    def test_has_a_title_and_a_layout(self, environment: Environment, name: str) -> None:
        tree = environment.parse((FOLDER / name).read_text(encoding="utf-8"))

        assert any(block.name == "title" for block in tree.find_all(nodes.Block))
        assert tree.find(nodes.Extends) is not None


class TestEveryForm:
    def test_that_posts_carries_the_csrf_field(self) -> None:
        forms = [
            (name, body)
            for name in NAMES
            for body in re.findall(r'<form method="post".*?</form>', source(name), flags=re.DOTALL)
        ]

        assert forms
        assert [name for name, body in forms if "csrf" not in body and "hidden_tag" not in body] == []


class TestEveryIcon:
    def test_that_is_named_is_drawn(self) -> None:
        drawn = set(ICON.findall((FOLDER / "components/icons.html").read_text(encoding="utf-8")))
        templates = {icon for name in NAMES for icon in re.findall(r'\bicon\("([^"]+)"', source(name))}
        looks = {
            icon
            for path in (ROOT / "blueprints").rglob("*.py")
            for icon in NAMED.findall(path.read_text(encoding="utf-8"))
        }

        assert templates
        assert (templates | looks) - drawn == set()


class TestEveryTable:
    def test_scrolls_in_a_named_frame_that_the_keyboard_reaches(self) -> None:
        loose = {
            name: text
            for name in NAMES
            for text in (re.sub(r"\{% call table_frame\(.*?\{% endcall %\}", "", source(name), flags=re.DOTALL),)
            if "<table" in text or (name != "components/lists.html" and "table-frame" in text)
        }

        assert list(loose) == []
        frame = re.findall(r'<div class="table-frame"[^>]*>', source("components/lists.html"))
        assert frame == ['<div class="table-frame" role="region" aria-label="{{ label }}" tabindex="0">']
