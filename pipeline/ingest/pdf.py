"""Text from .pdf files: a page shows letters at places, so reading order and paragraphs are put together again."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from pipeline.domain.errors import FileRefused
from pipeline.ingest.composing import Composer, Reading, ReadOptions
from pipeline.ingest.numbered import LINE_NUMBER, without_numbers
from pipeline.ingest.page_furniture import edge_lines, line_numbers
from pipeline.ingest.paragraphs import Paragraph, compose_paragraphs
from pipeline.ingest.pdf_page import Line, Page, read_page
from pipeline.ingest.refusing import damage_refused

DAMAGED: Final = (
    "This PDF is damaged or incomplete",
    "Print it to a new PDF, or save the transcript as .docx or .txt.",
)

PAGES: Final = 3_000
_LISTED: Final = 10
_UNREADABLE: Final = 0.05
_COLUMNS: Final = 0.3
_RIGHT_HALF: Final = 0.4
_FEWEST: Final = 3
_LONG_ENOUGH: Final = 20
_BROKEN_WORD: Final = re.compile(r"([^\W\d_]{2,})-$")
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ORDER: Final = (
    "A PDF keeps no order of reading: its lines were put together by their place. Compare them with the page."
)


def read(data: bytes, *, options: ReadOptions) -> Reading:
    """A .pdf with a text layer as turns. Characters are those of its lines and line ends, comments and form fields.

    Raises:
        FileRefused: damaged, protected, scanned, or its letters have no meaning.
    """
    pages = _pages(data, options.limits.characters)
    _must_be_readable(pages)
    composer = Composer()
    composer.warn(_ORDER)
    counted = _beside(pages, composer)
    _warn_of_columns(pages, composer)
    lines = _without_furniture(pages, composer)
    paragraphs = _paragraphs(lines, composer)
    ends = sum(paragraph.text.count("\n") for paragraph in paragraphs)
    kept = without_numbers(paragraphs, composer)
    compose_paragraphs(kept, composer, known_speakers=options.known_speakers)
    return composer.done(counted + ends)


def _pages(data: bytes, characters: int) -> list[Page]:
    from pypdf import PdfReader

    with damage_refused(*DAMAGED):
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise FileRefused("This PDF is protected. Save it again without a password, or print it to a new PDF.")
        if len(reader.pages) > PAGES:
            raise FileRefused(f"This PDF has more than {PAGES} pages. Divide it.")
        pages: list[Page] = []
        for number, page in enumerate(reader.pages, start=1):
            pages.append(read_page(page, number))
            characters -= sum(len(line.text) for line in pages[-1].lines) + pages[-1].outside
            if characters < 0:
                raise FileRefused("This PDF holds more text than a transcript may. Divide it.")
        return pages


def _must_be_readable(pages: Sequence[Page]) -> None:
    scanned = [page.number for page in pages if not page.lines and (page.pictures or not any(p.lines for p in pages))]
    if scanned:
        listed = ", ".join(map(str, scanned[:_LISTED])) + (" and more" if len(scanned) > _LISTED else "")
        raise FileRefused(
            f"These pages of the PDF hold no text, only pictures or nothing: {listed}. Run text recognition (OCR) on "
            "it, or ask for the transcript as .docx or .txt."
        )
    counts = Counter(_meaningless(letter) for page in pages for line in page.lines for letter in line.text)
    if not counts or counts[True] > _UNREADABLE * counts.total():
        raise FileRefused(
            "The letters of this PDF carry no meaning outside its fonts. Ask for the transcript as .docx or .txt, or "
            "run text recognition (OCR) on it."
        )


def _meaningless(letter: str) -> bool:
    return letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff" or (letter < " " and letter != "\t")


def _beside(pages: Sequence[Page], composer: Composer) -> int:
    """Drops what is on the pages but no line of them; returns the characters of everything on the pages."""
    total = 0
    for page in pages:
        where = f"page {page.number}"
        composer.drop("drawn outside the page", page.outside, where)
        for kind, characters in page.notes.items():
            composer.drop(kind, characters, where)
        if not page.lines:
            composer.warn(f"Page {page.number} is blank.")
        if page.notes.get("comment"):
            composer.warn(f"Comments were left out, first on page {page.number}.")
        total += page.outside + sum(page.notes.values()) + sum(len(line.text) for line in page.lines)
    return total


def _warn_of_columns(pages: Sequence[Page], composer: Composer) -> None:
    for page in pages:
        right = sum(1 for line in page.lines if line.left > _RIGHT_HALF * page.width)
        jumps = any(
            after.y - before.y > 2 * after.size and after.left - before.left > page.width / 3
            for before, after in pairwise(page.lines)
        )
        gutters = sum(1 for line in page.lines if line.gutter)
        if (jumps and right >= _FEWEST) or gutters >= max(_FEWEST, _COLUMNS * len(page.lines)):
            composer.warn(f"Page {page.number} may be set in two columns; check that its talk is in order.")
            return


def _without_furniture(pages: Sequence[Page], composer: Composer) -> list[tuple[Line, str]]:
    """The lines of talk with their places, less line numbers, page numbers, running heads and doubled lines."""
    edges, numbers = edge_lines(pages), line_numbers(pages)
    kept: list[tuple[Line, str]] = []
    for page in pages:
        where, first = f"page {page.number}", True
        for index, line in enumerate(page.lines):
            kind = edges.get((page.number, index))
            if (page.number, index) in numbers:
                composer.drop(LINE_NUMBER, len(line.text), where)
            elif kind:
                composer.drop(kind, len(line.text), where)
            elif first and kept and len(line.text) >= _LONG_ENOUGH and kept[-1][0].text == line.text:
                composer.drop("line repeated on the next page", len(line.text), where)
                composer.warn(f"A line at the end of page {page.number - 1} is printed again on page {page.number}.")
            else:
                kept.append((line, where))
                first = False
    return kept


def _paragraphs(lines: Sequence[tuple[Line, str]], composer: Composer) -> list[Paragraph]:
    """Lines as paragraphs, a line break between lines of one; words broken at a line end are mended where safe."""
    words = Counter(word.casefold() for line, _ in lines for word in _WORD.findall(line.text))
    widest = max((line.right or line.left for line, _ in lines), default=0.0)
    texts: list[list[str]] = []
    places: list[str] = []
    before: Line | None = None
    for line, where in lines:
        if before is None or _begins_paragraph(before, line, widest):
            texts.append([line.text])
            places.append(where)
        elif mended := _mended(texts[-1][-1], line.text, words):
            composer.drop("hyphen at a line end", len(texts[-1][-1]) + len(line.text) - len(mended), where)
            texts[-1][-1] = mended
        else:
            texts[-1].append(line.text)
        before = line
    return [Paragraph("\n".join(text), where) for text, where in zip(texts, places, strict=True)]


def _begins_paragraph(before: Line, line: Line, widest: float) -> bool:
    gap = before.y - line.y
    if gap < 0 or gap > 1.6 * max(line.size, before.size):
        return gap >= 0 or before.text.rstrip().endswith((".", "?", "!", "…", "”", '"', ")"))
    short = before.right is not None and before.right < 0.8 * widest
    return short and before.text.rstrip().endswith((".", "?", "!", "…", "”", '"', ")"))


def _mended(above: str, below: str, words: Counter[str]) -> str:
    """Both lines as one where the document itself shows how the word broken between them is written, else ""."""
    broken, rest = _BROKEN_WORD.search(above), _WORD.match(below)
    if broken is None or rest is None or not below[0].islower():
        return ""
    joined, hyphened = (broken[1] + rest[0]).casefold(), f"{broken[1]}-{rest[0]}".casefold()
    if words[hyphened]:
        return above + below
    return above[:-1] + below if words[joined] else ""
