"""What a browser makes of a page: its forms with their fields, its scripts, what it would run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Final

TEXTS: Final = frozenset({"text", "search", "email", "tel", "url", "password", "textarea"})
"""Kinds of fields into which people write what they like."""
PRESSED: Final = frozenset({"submit", "button", "image", "reset"})


@dataclass
class Form:
    """A form as its page shows it: where it goes, the values it would send, and which of them people write."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    options: dict[str, list[str]] = field(default_factory=dict)
    has_file: bool = False

    def filled(self, text: str) -> dict[str, list[str]]:
        """Return what is sent if every text field holds the same text and every list its first real choice."""
        chosen = {name: [value] for name, values in self.options.items() for value in values if value}
        return {**chosen, **{n: v for n, v in self.values.items() if any(v)}, **{name: [text] for name in self.texts}}


@dataclass
class Page:
    """What a page holds that matters here."""

    forms: list[Form] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    scripts: list[dict[str, str | None]] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects the parts of a page as a browser would build them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.form: Form | None = None
        self.choice: str | None = None
        self.area: str | None = None
        self.free: dict[str, Form] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.page.handlers += [f"<{tag} {name}>" for name in told if name.startswith("on")]
        self.page.styles += [tag] if tag == "style" or "style" in told else []
        self.page.links += [told["href"] or ""] if tag == "a" and "href" in told else []
        if tag == "script":
            self.page.scripts.append(told)
        elif tag == "form":
            self.form = Form(told.get("action") or "", (told.get("method") or "get").lower())
            self.page.forms.append(self.form)
            if told.get("id"):
                self.free[str(told["id"])] = self.form
        elif tag == "option" and self.choice is not None:
            self._option(told)
        elif tag in {"input", "textarea", "select"} and told.get("name"):
            self._field(tag, told)
        elif tag == "button" and told.get("formaction"):
            form = self.free.get(str(told.get("form")), self.form)
            if form is not None:
                self.page.forms.append(replace(form, action=str(told["formaction"]), method="post"))
        if told.get("hx-post"):
            self.page.forms.append(Form(str(told["hx-post"]), "post"))

    def _field(self, tag: str, told: dict[str, str | None]) -> None:
        form = self.free.get(str(told.get("form")), self.form)
        if form is None or "disabled" in told:
            return
        name, kind = str(told["name"]), told.get("type") or ("text" if tag == "input" else tag)
        if tag == "select":
            self.choice = name
            form.options.setdefault(name, [])
        elif kind == "file":
            form.has_file = True
        elif kind in TEXTS:
            form.texts.add(name)
            form.values.setdefault(name, []).append(told.get("value") or "")
            self.area = name if tag == "textarea" else None
        elif kind in {"checkbox", "radio"}:
            form.options.setdefault(name, []).append(told.get("value") or "on")
            if "checked" in told:
                form.values.setdefault(name, []).append(told.get("value") or "on")
        elif kind not in PRESSED:
            form.values.setdefault(name, []).append(told.get("value") or "")

    def _option(self, told: dict[str, str | None]) -> None:
        if self.form is not None and self.choice is not None:
            self.form.options[self.choice].append(told.get("value") or "")
            if "selected" in told:
                self.form.values.setdefault(self.choice, []).append(told.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.choice = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area is not None and self.form is not None:
            self.form.values[self.area] = [data.strip()]


def read_page(body: str) -> Page:
    """Return what a page holds."""
    reader = _Reader()
    reader.feed(body)
    reader.close()
    return reader.page
