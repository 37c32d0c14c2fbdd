"""Word documents, walked as XML: what python-docx passes over (insertions, content controls, tables) is talk too."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from xml.etree.ElementTree import Element  # the type only; parsing goes through defusedxml

from pipeline.domain.errors import FileRefused
from pipeline.ingest.blocks import Block, Grid, Passage, Piece, compose_blocks
from pipeline.ingest.composing import Composer, Reading, ReadOptions
from pipeline.ingest.tracked import TrackedChanges
from pipeline.ingest.zipped import Parts, attribute, local, nearest, number, open_parts

_ASIDES: Final = {
    "header": "page header",
    "footer": "page footer",
    "footnotes": "footnote",
    "endnotes": "endnote",
    "comments": "comment",
    "diagramData": "drawing",
    "chart": "drawing",
}
"""Relationship type → what its part holds: text that is no talk."""

_BESIDE: Final = {"txbxContent": "text box", "Fallback": "second copy of a drawing", "rt": "ruby gloss"}
"""Element → what it holds: text beside the talk."""

_REFERENCES: Final = {"commentReference": "comment", "footnoteReference": "footnote", "endnoteReference": "endnote"}
_TEXT: Final = frozenset({"t", "delText", "instrText", "delInstrText"})
_FIELD_CODES: Final = frozenset({"instrText", "delInstrText"})
_SIGNS: Final = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_SYMBOLS: Final = {"F04A": "\u263a", "F04C": "\u2639", "F0E0": "\u2192", "F0DF": "\u2190", "F0FC": "\u2713"}
"""What Word's own autocorrection writes in symbol fonts: smileys, arrows, a tick."""

_PLAIN_STYLES: Final = frozenset(
    {
        "DefaultParagraphFont",
        "Hyperlink",
        "FollowedHyperlink",
        "CommentReference",
        "FootnoteReference",
        "EndnoteReference",
    }
)
_NO_TEXT: Final = frozenset({"pPr", "rPr", "sectPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr"})

_ROW: Final = frozenset({"tr"})
_CELL: Final = frozenset({"tc"})
_NOT_ROWS: Final = _NO_TEXT | _CELL


def read(data: bytes, *, options: ReadOptions) -> Reading:
    """A .docx as turns. Characters are those of the body, notes, comments, headers, footers and drawings.

    Raises:
        FileRefused: no Word document, damaged, protected, or holding another document inside.
    """
    parts = open_parts(data, options.limits)
    main = _main_part(parts)
    composer = Composer()
    root = parts.xml(main)
    if local(root) != "document":
        raise FileRefused("This file is a zip but no Word document. Check its name, or save it again as .docx.")
    walk = _Walk(composer)
    walk.body(root)
    walk.finish()
    counted = _counted(root) + _asides(parts, main, walk.places, composer)
    between = compose_blocks(walk.blocks, composer, options.known_speakers)
    return composer.done(counted + between)


@dataclass(frozen=True, slots=True)
class _How:
    """How the text at hand is set: what its run and the elements around it say."""

    apart: bool = False
    hidden: bool = False
    change: str = ""


class _Walk:
    """Goes through the body in reading order."""

    def __init__(self, composer: Composer) -> None:
        self.blocks: list[Block] = []
        self.tracked = TrackedChanges()
        self.places: dict[tuple[str, str], str] = {}
        self._composer = composer
        self._paragraphs = 0
        self._tables = 0
        self._first: dict[str, str] = {}
        self._where = "beginning"
        self._pieces: list[Piece] = []

    def body(self, element: Element) -> None:
        """Paragraphs and tables below an element, whatever wraps them."""
        for child in element:
            name = local(child)
            if name == "p":
                self._paragraph(child)
            elif name == "tbl":
                self._end()
                self.blocks.append(self._table(child))
            elif name == "altChunk":
                raise FileRefused(
                    "This document holds another document inside it that only Word can open. Open it in Word and "
                    "save it again."
                )
            elif name == "Fallback":
                self._aside(name, _counted(child))
            elif name not in _NO_TEXT:
                self.body(child)

    def finish(self) -> None:
        """Closes what is still open, and says what was left out."""
        self._end()
        self.tracked.report(self._composer)
        for what, where in self._first.items():
            self._composer.warn(f"{what} left out, first in {where}.")

    def _paragraph(self, element: Element) -> None:
        self._paragraphs += 1
        self._where = self._where if self._pieces else f"paragraph {self._paragraphs}"
        self._inline(element, _How())
        if not _mark_deleted(element):  # a deleted paragraph mark runs the next paragraph on
            self._close()

    def _end(self) -> None:
        """Nothing follows that the last paragraph could run on into, whatever became of its mark."""
        if self._pieces:
            self._close()

    def _close(self) -> None:
        self.blocks.append(Passage(tuple(self._pieces), self._where))
        self._pieces = []

    def _table(self, element: Element) -> Grid:
        self._tables += 1
        table, rows = f"table {self._tables}", []
        for index, row in enumerate(nearest(element, _ROW, outside=_NOT_ROWS), start=1):
            cells: list[tuple[Passage, ...]] = []
            for cell in nearest(row, _CELL, outside=_NO_TEXT):
                cells.append(self._cell(cell, f"{table}, row {index}"))
                cells.extend(() for _ in range(_span(cell) - 1))
            rows.append(tuple(cells))
        return Grid(tuple(rows), table)

    def _cell(self, cell: Element, where: str) -> tuple[Passage, ...]:
        outer, self.blocks = self.blocks, []
        self.body(cell)
        self._end()
        inner, self.blocks = self.blocks, outer
        return tuple(replace(passage, where=where) for block in inner for passage in block.passages())

    def _inline(self, element: Element, how: _How) -> None:
        for child in element:
            name = local(child)
            if name in _NO_TEXT:
                continue
            if name == "r":
                self._inline(child, _run(child, how))
            elif name in {"del", "moveFrom"}:
                self.tracked.mark("deletion")
                self._inline(child, replace(how, change="deletion"))
            elif name in {"ins", "moveTo"}:
                self.tracked.mark("insertion")
                self._inline(child, replace(how, change=how.change or "insertion"))
            elif name in _BESIDE:
                self._aside(name, _counted(child))
            elif name in _REFERENCES:
                self.places[_REFERENCES[name], attribute(child, "id") or ""] = self._where
            elif text := _written(child):
                self._take(name, text, how)
            else:
                self._inline(child, how)

    def _aside(self, name: str, characters: int) -> None:
        self._composer.drop(_BESIDE[name], characters, self._where)
        if name == "txbxContent" and characters:
            self._first.setdefault("Text boxes were", self._where)

    def _take(self, name: str, text: str, how: _How) -> None:
        if how.change:
            self.tracked.count(how.change, len(text), self._where)
        if how.change == "deletion":
            self._composer.drop("deleted in tracked changes", len(text), self._where)
        elif name in _FIELD_CODES:
            self._composer.drop("field code", len(text), self._where)
        elif name == "softHyphen":
            self._composer.drop("optional hyphen", len(text), self._where)
        elif how.hidden:
            self._composer.drop("hidden text", len(text), self._where)
            self._first.setdefault("Text formatted as hidden was", self._where)
        else:
            self._pieces.append(Piece(text, apart=how.apart))


def _run(run: Element, how: _How) -> _How:
    settings = {local(setting): setting for part in run if local(part) == "rPr" for setting in part}
    style = settings.get("rStyle")
    styled = style is not None and attribute(style, "val") not in _PLAIN_STYLES
    apart = styled or _on(settings.get("b")) or _on(settings.get("u"))
    return replace(how, apart=apart, hidden=how.hidden or _on(settings.get("vanish")))


def _on(setting: Element | None) -> bool:
    return setting is not None and attribute(setting, "val") not in {"0", "false", "off", "none"}


def _mark_deleted(paragraph: Element) -> bool:
    settings = (part for part in paragraph if local(part) == "pPr")
    marks = (part for setting in settings for part in setting if local(part) == "rPr")
    return any(local(change) == "del" for mark in marks for change in mark)


def _written(element: Element) -> str:
    """The characters an element stands for, "" where it is only structure."""
    name = local(element)
    if name in _TEXT:
        return element.text or ""
    if name == "sym":
        return _SYMBOLS.get((attribute(element, "char") or "").upper(), "\ufffd")
    return _SIGNS.get(name, "")


def _counted(element: Element) -> int:
    """Characters below an element, counted flatly: the check on the walk, which goes by structure."""
    return sum(len(_written(child)) for parent in element.iter() if local(parent) != "tabs" for child in parent)


def _span(cell: Element) -> int:
    """How many columns a cell stands in; Word itself allows 63."""
    spans = (part for setting in cell if local(setting) == "tcPr" for part in setting if local(part) == "gridSpan")
    span = next(spans, None)
    return 1 if span is None else number(span, "val", most=63)


def _asides(parts: Parts, main: str, places: dict[tuple[str, str], str], composer: Composer) -> int:
    """Drops what stands beside the talk, item by item; returns its characters."""
    total, kinds = 0, dict.fromkeys(_ASIDES.values(), 0)
    for relation, name in _related(parts, main):
        kind = _ASIDES.get(relation)
        if kind is None or name not in parts:
            continue
        root = parts.xml(name)
        items = list(root) if kind in {"comment", "footnote", "endnote"} else [root]
        for item in items:
            own = attribute(item, "id") or ""
            place = places.get((kind, own), posixpath.basename(name))
            characters = _counted(item)
            composer.drop(kind, characters, f"{kind} {own}, {place}" if own else place)
            kinds[kind] += bool(characters)
            total += characters
    found = [f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in kinds.items() if count]
    if found:
        composer.warn(f"Left out as no part of the talk: {', '.join(found)}. The account lists each with its place.")
    return total


def _main_part(parts: Parts) -> str:
    if "_rels/.rels" not in parts:
        raise FileRefused("This file is a zip but no Word document. Check its name, or save it again as .docx.")
    found = (name for relation, name in _related(parts, "") if relation == "officeDocument")
    return next(found, "word/document.xml")


def _related(parts: Parts, owner: str) -> Iterator[tuple[str, str]]:
    """(type, part name) of what a part refers to inside the file, each part once."""
    folder, base = posixpath.split(owner)
    listing = posixpath.join(folder, "_rels", f"{base}.rels")
    if listing not in parts:
        return
    seen: set[str] = set()
    for relation in parts.xml(listing):
        target = attribute(relation, "Target") or ""
        name = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        if attribute(relation, "TargetMode") != "External" and name not in seen:
            seen.add(name)
            yield (attribute(relation, "Type") or "").rpartition("/")[2], name
