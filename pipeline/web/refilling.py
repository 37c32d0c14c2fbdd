"""A page whose form is filled again with what was typed into it: whichever form it is, and however it is laid out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from itertools import accumulate
from typing import Final
from urllib.parse import unquote

from pipeline.domain.cells import inert

Typed = Mapping[str, Sequence[str]]
Attributes = list[tuple[str, str | None]]

_NEVER: Final = frozenset({"hidden", "password", "submit", "button", "reset", "file"})
"""Kinds of input that nobody types into, or whose content no page says again."""
_CHANGES: Final = frozenset({"at", "seen", "seen_code", "back"})
"""Hidden fields that tell nothing of which form it is."""


@dataclass
class _Tag:
    """The beginning of an element, from `start` to `end` in the page; `closes` is where the end of it begins."""

    name: str
    attributes: Attributes
    start: int
    end: int
    form: str = ""
    within: tuple[_Tag, ...] = ()
    closes: int = 0
    of: _Tag | None = None

    def said(self, name: str) -> str:
        return dict(self.attributes).get(name) or ""

    def written(self, **changed: str | None) -> str:
        """The tag with an attribute said otherwise; None takes it away."""
        kept = [(name, value) for name, value in self.attributes if name not in changed]
        kept += [(name, value) for name, value in changed.items() if value is not None]
        told = "".join(f" {name}" if value is None else f' {name}="{escape(inert(value))}"' for name, value in kept)
        return f"<{self.name}{told}>"


@dataclass
class _Edits:
    """What is to be changed in the page: (from, to) and what stands there instead; folded parts that are to open."""

    made: dict[tuple[int, int], str] = field(default_factory=dict)

    def change(self, tag: _Tag, new: str) -> None:
        if new != tag.written():
            self.put((tag.start, tag.end), new, tag)

    def put(self, where: tuple[int, int], new: str, tag: _Tag) -> None:
        self.made[where] = new
        for folded in tag.within:
            self.made[folded.start, folded.end] = folded.written(open="")

    def onto(self, html: str) -> str:
        for (start, end), new in sorted(self.made.items(), reverse=True):
            html = html[:start] + new + html[end:]
        return html


def refilled(html: str, path: str, typed: Typed) -> str | None:
    """The page with the form filled that is sent to a path; None where it has no such form, or several alike.

    Fields that nobody sees stay as the page has them now, and passwords stay empty.
    """
    page = _Reader(html)
    form = page.form_sent_to(path, typed)
    if form is None:
        return None
    edits, left = _Edits(), {name: list(values) for name, values in typed.items()}
    for tag in page.tags:
        if tag.form == form:
            _fill(edits, tag, left)
    return edits.onto(html)


def _fill(edits: _Edits, tag: _Tag, left: dict[str, list[str]]) -> None:
    kind, values = tag.said("type") or "text", left.get(tag.said("name"), [])
    if tag.name == "option" and tag.of:
        chosen = tag.said("value") in left.get(tag.of.said("name"), [])
        edits.change(tag, tag.written(selected="" if chosen else None))
    elif tag.name == "input" and kind in {"checkbox", "radio"}:
        chosen = (tag.said("value") or "on") in values
        if kind == "checkbox" or values:
            edits.change(tag, tag.written(checked="" if chosen else None))
    elif tag.name == "input" and kind not in _NEVER and values:
        value = values.pop(0)
        if value != tag.said("value"):
            edits.change(tag, tag.written(value=value))
    elif tag.name == "textarea" and values:
        edits.put((tag.end, tag.closes), "\n" + escape(inert(values.pop(0)), quote=False), tag)


class _Reader(HTMLParser):
    """The forms of a page and their fields, each with its place."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[_Tag] = []
        self._lines = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]
        self._open: list[_Tag] = []
        self._forms: dict[str, _Tag] = {}
        self._form = ""
        self.feed(html)
        self.close()

    def form_sent_to(self, path: str, typed: Typed) -> str | None:
        """The one form that a browser sends to a path."""
        found = dict.fromkeys(self._sent_to(path))
        if len(found) > 1:
            found = dict.fromkeys(form for form in found if self._fits(form, typed))
        return next(iter(found)) if len(found) == 1 else None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        line, column = self.getpos()
        start = self._lines[line - 1] + column
        made = _Tag(tag, attrs, start, start + len(self.get_starttag_text() or ""))
        if tag == "form":
            self._form = made.said("id") or f" {start}"
            self._forms[self._form] = made
        elif tag in {"details", "select", "textarea"}:
            self._open.append(made)
        if tag in {"input", "textarea", "select", "button", "option"}:
            folded = (item for item in self._open if item.name == "details")
            made.form, made.within = made.said("form") or self._form, tuple(folded)
            made.of = next((item for item in self._open if item.name == "select"), None)
            self.tags.append(made)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = ""
        if self._open and self._open[-1].name == tag:
            line, column = self.getpos()
            self._open.pop().closes = self._lines[line - 1] + column

    def _sent_to(self, path: str) -> Iterator[str]:
        for form, tag in self._forms.items():
            if _same(tag.said("action"), path) and tag.said("method").lower() == "post":
                yield form
        for tag in self.tags:
            if tag.said("formaction") and _same(tag.said("formaction"), path):
                yield tag.form

    def _fits(self, form: str, typed: Typed) -> bool:
        hidden = [tag for tag in self.tags if tag.form == form and tag.said("type") == "hidden"]
        told = [tag for tag in hidden if tag.said("name") not in _CHANGES]
        return all(tag.said("value") in typed.get(tag.said("name"), ()) for tag in told)


def _same(address: str, path: str) -> bool:
    return unquote(address.partition("#")[0]) == unquote(path)
