"""A page read as a browser reads it: its elements and attributes, what it shows, where it leads, what it sends."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

VOID: Final = {"input", "meta", "link", "br", "hr", "img", "wbr", "source", "area", "base", "col", "embed", "track"}
LEADS: Final = {"href", "src", "action", "formaction", "data", "poster", "srcset", "ping", "xlink:href", "cite"}


@dataclass
class Form:
    """What a browser sends when its button is clicked, and every name that it could send."""

    method: str
    action: str
    sent: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)


class Markup(HTMLParser):
    """`kinds` counts (element, attribute), (element, "") for the element itself; `leads` are (element, attribute,
    address); `values` are all attributes; `odd` is what no template writes: comments and declarations."""

    def __init__(self, html: str, here: str = "") -> None:
        super().__init__(convert_charrefs=True)
        self.kinds: Counter[tuple[str, str]] = Counter()
        self.values: list[tuple[str, str, str]] = []
        self.odd: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._loose: list[tuple[str, str, dict[str, str]]] = []
        self._here, self._shown, self._inside = here, list[str](), list[str]()
        self._area: tuple[Form | None, str, list[str]] | None = None
        self._select: tuple[Form | None, str, bool] | None = None
        self.feed(html)
        self.close()
        for owner, tag, attrs in self._loose:
            if owner in self._by_id:
                self._field(self._by_id[owner], tag, attrs)

    @property
    def shown(self) -> str:
        """All text and every value of an attribute, white space folded."""
        return " ".join(" ".join([*self._shown, *(value for _, _, value in self.values)]).split())

    @property
    def leads(self) -> list[tuple[str, str, str]]:
        return [item for item in self.values if item[1] in LEADS]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.kinds[tag, ""] += 1
        for name, value in said.items():
            self.kinds[tag, name] += 1
            self.values.append((tag, name, value))
        if tag not in VOID:
            self._inside.append(tag)
        if tag == "form":
            self._form = Form(said.get("method", "get").lower(), said.get("action") or self._here)
            self.forms.append(self._form)
            self._by_id[said.get("id", "")] = self._form
        elif tag in {"input", "textarea", "select", "button", "option"}:
            self._sends(tag, said)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            del self._inside[len(self._inside) - 1 - self._inside[::-1].index(tag) :]
        if tag == "textarea" and self._area:
            form, name, parts = self._area
            if form and name:
                form.sent.setdefault(name, []).append("".join(parts).removeprefix("\n"))
            self._area = None

    def handle_data(self, data: str) -> None:
        self._shown.append(data)
        if self._inside[-1:] in (["script"], ["style"]) and data.strip():
            self.odd.append(data)
        if self._area:
            self._area[2].append(data)

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)

    def _sends(self, tag: str, said: dict[str, str]) -> None:
        form = self._form if "form" in self._inside else None
        if owner := said.get("form"):
            self._loose.append((owner, tag, said))
        elif form:
            self._field(form, tag, said)

    def _field(self, form: Form, tag: str, said: dict[str, str]) -> None:
        name, value = said.get("name", ""), said.get("value", "")
        if tag == "option":
            owner, called, chosen = self._select or (None, "", True)
            if owner and called and ("selected" in said or not chosen):
                owner.sent[called] = [value]
                self._select = owner, called, True
            return
        if address := said.get("formaction"):
            sent = {**form.sent, **({name: [value]} if name else {})}
            self.forms.append(
                Form(form.method, address, sent, {**form.names, **dict.fromkeys([name] if name else [])})
            )
            return
        if not name:
            return
        form.names[name] = None
        kind = said.get("type", "")
        if tag == "textarea":
            self._area = form, name, []
        elif tag == "select":
            self._select = form, name, False
        elif (tag == "input" and (kind not in {"checkbox", "radio", "submit"} or "checked" in said)) or (
            tag == "button" and name not in form.sent
        ):
            form.sent.setdefault(name, []).append(value)
