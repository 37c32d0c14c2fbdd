"""OpenDocument text (LibreOffice), walked as XML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from xml.etree.ElementTree import Element  # the type only; parsing goes through defusedxml

from pipeline.domain.errors import FileRefused
from pipeline.ingest.blocks import Block, Grid, Passage, Piece, compose_blocks
from pipeline.ingest.composing import Composer, Reading, ReadOptions
from pipeline.ingest.tracked import TrackedChanges
from pipeline.ingest.zipped import Parts, attribute, local, nearest, number, open_parts

_PARAGRAPHS: Final = frozenset({"p", "h"})
_SET_IN_STYLES: Final = _PARAGRAPHS | {"span"}
_ROW: Final = frozenset({"table-row"})
_CELLS: Final = frozenset({"table-cell", "covered-table-cell"})
_PAGE_PARTS: Final = {"header": "page header", "footer": "page footer"}
_ASIDES: Final = {
    "annotation": "comment",
    "note": "footnote",
    "ruby-text": "ruby gloss",
    "script": "script",
    "forms": "form",
    "table-of-content": "table of contents",
}
"""Element → what it holds: text that is no talk. So do all shapes, see `_kind_of_aside`."""

_DRAWING: Final = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_LONGEST_BLANK: Final = 1_000
_HEAVY: Final = frozenset({"bold", "600", "700", "800", "900"})
_LIGHT: Final = frozenset({"none", "normal"})


def read(data: bytes, *, options: ReadOptions) -> Reading:
    """A .odt as turns. Characters are those of the body's paragraphs and of page headers and footers.

    Raises:
        FileRefused: no OpenDocument text, damaged or protected.
    """
    parts = open_parts(data, options.limits)
    root = _content(parts)
    body = next(
        (text for office in root if local(office) == "body" for text in office if local(text) == "text"), None
    )
    if body is None:
        raise FileRefused("This OpenDocument file holds no text document. Save its text as .odt, .docx or .txt.")
    styles = [root, *([parts.xml("styles.xml")] if "styles.xml" in parts else [])]
    composer = Composer()
    walk = _Walk(composer, _styles(styles, _sets_apart), _styles(styles, _hides))
    walk.body(body)
    walk.finish()
    counted = _counted(body) + _page_headers(styles[1:], composer)
    between = compose_blocks(walk.blocks, composer, options.known_speakers)
    return composer.done(counted + between)


class _Walk:
    """Goes through the body in reading order; styles named in `apart` set speakers' names apart, those in `hidden`
    hide what is set in them."""

    def __init__(self, composer: Composer, apart: frozenset[str], hidden: frozenset[str]) -> None:
        self.blocks: list[Block] = []
        self._composer = composer
        self._apart = apart
        self._hidden = hidden
        self._asides: Counter[str] = Counter()
        self._changes = _Changes()
        self._paragraphs = 0
        self._tables = 0
        self._where = "beginning"
        self._pieces: list[Piece] = []

    def body(self, element: Element) -> None:
        """Paragraphs and tables below an element, whatever wraps them."""
        for child in element:
            name = local(child)
            if name in _PARAGRAPHS and not self._is_hidden(child):
                self._paragraph(child)
            elif name == "table":
                self.blocks.append(self._table(child))
            elif name == "tracked-changes":
                self._changes.listed(child)
            elif not self._aside(child, inside=False):
                self._changes.at(child, self._where)
                self.body(child)

    def finish(self) -> None:
        """Hands over what is left out, and says so."""
        self._changes.finish(self._composer)
        if self._asides:
            found = ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in self._asides.items())
            self._composer.warn(f"Left out as no part of the talk: {found}. The account lists each with its place.")

    def _paragraph(self, element: Element) -> None:
        self._paragraphs += 1
        self._where = f"paragraph {self._paragraphs}"
        self._inline(element, apart=attribute(element, "style-name") in self._apart)
        self.blocks.append(Passage(tuple(self._pieces), self._where))
        self._pieces = []

    def _table(self, element: Element) -> Grid:
        self._tables += 1
        table, rows = f"table {self._tables}", []
        for index, row in enumerate(nearest(element, _ROW, outside=_CELLS), start=1):
            cells = (cell for cell in row if local(cell) in _CELLS)
            rows.append(tuple(self._cell(cell, f"{table}, row {index}") for cell in cells))
        return Grid(tuple(rows), table)

    def _cell(self, cell: Element, where: str) -> tuple[Passage, ...]:
        outer, self.blocks = self.blocks, []
        self.body(cell)
        inner, self.blocks = self.blocks, outer
        return tuple(replace(passage, where=where) for block in inner for passage in block.passages())

    def _inline(self, element: Element, *, apart: bool) -> None:
        self._take(_flat(element.text), apart=apart)
        for child in element:
            if sign := _sign(child):
                self._take(sign, apart=apart)
            elif not self._aside(child, inside=True):
                self._changes.at(child, self._where)
                style = attribute(child, "style-name") if local(child) == "span" else None
                self._inline(child, apart=apart if style is None else style in self._apart)
            self._take(_flat(child.tail), apart=apart)

    def _take(self, text: str, *, apart: bool) -> None:
        if text:
            self._changes.pass_over(text, self._where)
            self._pieces.append(Piece(text, apart=apart))

    def _aside(self, element: Element, *, inside: bool) -> bool:
        kind = "hidden text" if self._is_hidden(element) else _kind_of_aside(element)
        if kind is None:
            return False
        characters = _counted(element, inside=inside)
        self._composer.drop(kind, characters, self._where)
        if characters:
            self._asides[kind] += 1
        return True

    def _is_hidden(self, element: Element) -> bool:
        return local(element) in _SET_IN_STYLES and attribute(element, "style-name") in self._hidden


class _Changes:
    """Tracked changes: LibreOffice lists them first, with the deleted text, and marks their places in the body."""

    def __init__(self) -> None:
        self._tracked = TrackedChanges()
        self._deleted: dict[str, int] = {}
        self._insertions: set[str] = set()
        self._places: dict[str, str] = {}
        self._open: set[str] = set()

    def listed(self, element: Element) -> None:
        """The list of changes at the beginning of the body."""
        for region in element:
            number = attribute(region, "id") or ""
            self._deleted[number] = self._deleted.get(number, 0) + _counted(region)
            for change in region:
                if local(change) == "insertion":
                    self._insertions.add(number)
                    self._tracked.mark("insertion")
                elif local(change) == "deletion":
                    self._tracked.mark("deletion")

    def at(self, element: Element, where: str) -> None:
        """Notes an element of the body, if it is the mark of a change."""
        name, number = local(element), attribute(element, "change-id") or ""
        if name == "change":
            self._places[number] = where
        elif name == "change-start" and number in self._insertions:
            self._open.add(number)
        elif name == "change-end":
            self._open.discard(number)

    def pass_over(self, text: str, where: str) -> None:
        """Counts text of the body that stands inside an insertion."""
        if self._open:
            self._tracked.count("insertion", len(text), where)

    def finish(self, composer: Composer) -> None:
        """Drops the deleted text and says what was found."""
        for change, characters in self._deleted.items():
            where = self._places.get(change, "list of changes")
            composer.drop("deleted in tracked changes", characters, where)
            if characters:
                self._tracked.count("deletion", characters, where)
        self._tracked.report(composer)


def _content(parts: Parts) -> Element:
    if "META-INF/manifest.xml" in parts and b"encryption-data" in parts.read("META-INF/manifest.xml"):
        raise FileRefused("This file is protected by a password. Take the password off and save it again.")
    if "content.xml" not in parts:
        raise FileRefused("This file is a zip but no OpenDocument text. Check its name, or save it again as .odt.")
    return parts.xml("content.xml")


def _kind_of_aside(element: Element) -> str | None:
    name = local(element)
    if name == "note" and attribute(element, "note-class") == "endnote":
        return "endnote"
    if name == "section" and attribute(element, "display") == "none":
        return "hidden text"
    if element.tag.startswith(_DRAWING):
        return "text box"
    return _ASIDES.get(name)


def _sign(element: Element) -> str:
    """The characters an empty element stands for, "" for all others."""
    name = local(element)
    if name == "s":
        return " " * number(element, "c", most=_LONGEST_BLANK)
    return {"tab": "\t", "line-break": "\n"}.get(name, "")


def _flat(text: str | None) -> str:
    """Character data of a paragraph: line ends in the XML are white space, not line breaks."""
    return (text or "").replace("\n", " ").replace("\r", " ")


def _counted(element: Element, *, inside: bool = False) -> int:
    """Characters of all paragraphs below an element (`inside` one: of everything below it), whatever they are."""
    inside = inside or local(element) in _PARAGRAPHS
    total = len(_sign(element)) + len(element.text or "") * inside
    return total + sum(_counted(child, inside=inside) + len(child.tail or "") * inside for child in element)


def _styles(roots: list[Element], fits: Callable[[Element], bool]) -> frozenset[str]:
    """Names of styles one of whose settings fits."""
    return frozenset(
        attribute(style, "name") or ""
        for root in roots
        for style in root.iter()
        if local(style) == "style" and any(map(fits, style))
    )


def _hides(setting: Element) -> bool:
    return local(setting) == "text-properties" and attribute(setting, "display") == "none"


def _sets_apart(setting: Element) -> bool:
    """Whether it is bold or underlined."""
    if local(setting) != "text-properties":
        return False
    underline = attribute(setting, "text-underline-style") or "none"
    return attribute(setting, "font-weight") in _HEAVY or underline not in _LIGHT


def _page_headers(styles: list[Element], composer: Composer) -> int:
    """Drops page headers and footers of every page style; returns their characters."""
    total = 0
    pages = (page for root in styles for page in root.iter() if local(page) == "master-page")
    for page in pages:
        for part in page:
            kind = next((kind for name, kind in _PAGE_PARTS.items() if local(part).startswith(name)), None)
            if kind is not None:
                characters = _counted(part)
                composer.drop(kind, characters, f"page style {attribute(page, 'name') or ''}".strip())
                total += characters
    return total
