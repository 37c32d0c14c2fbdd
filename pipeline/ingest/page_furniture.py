"""What is printed on pages besides talk, told by its recurring: running heads, page numbers, numbers of lines."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from pipeline.ingest.pdf_page import Line, Page

_EDGE: Final = 0.1
"""Share of a page's height at its top and bottom where running heads stand."""

_OFTEN: Final = 0.6
_FEWEST_PAGES: Final = 3
_FEWEST_NUMBERS: Final = 3
_NUMBER: Final = re.compile(r"\s*\d{1,5}\s*")
_PAGE_NUMBER: Final = re.compile(
    r"(?:(?:page|seite|p\.?|s\.)\s*)?[-\u2013\u2014\[(]?\s*(\d{1,4})(?:\s*(?:/|of|von|de)\s*(\d{1,4}))?\s*[-\u2013\u2014\])]?",
    re.IGNORECASE,
)


def edge_lines(pages: Sequence[Page]) -> dict[tuple[int, int], str]:
    """(page number, index of line) → "page number" or "running head"."""
    found: dict[tuple[int, int], str] = {}
    offsets = Counter(int(match[1]) - page for page, _, match in _page_numbers(pages))
    usual = offsets.most_common(1)[0] if offsets else (0, 0)
    for page, index, match in _page_numbers(pages):
        alone = len(pages) == 1 and (match[2] or not match[0].strip().isdigit())
        if int(match[1]) - page == usual[0] and (alone or (len(pages) > 1 and usual[1] >= _OFTEN * len(pages))):
            found[page, index] = "page number"
    for key in _running_heads(pages):
        found.setdefault(key, "running head")
    return found


def line_numbers(pages: Sequence[Page]) -> frozenset[tuple[int, int]]:
    """(page number, index of line) of lines that are nothing but a number of a counting run on their page."""
    found: set[tuple[int, int]] = set()
    for page in pages:
        run: list[tuple[int, int]] = []
        for index, line in enumerate(page.lines):
            if _NUMBER.fullmatch(line.text):
                run.append((index, int(line.text)))
        steps = Counter(after - before for (_, before), (_, after) in pairwise(run))
        step, times = steps.most_common(1)[0] if steps else (0, 0)
        if len(run) >= _FEWEST_NUMBERS and step in {1, 5, 10} and times >= _OFTEN * (len(run) - 1):
            found.update((page.number, index) for index, _ in run)
    return frozenset(found)


def _page_numbers(pages: Sequence[Page]) -> Iterator[tuple[int, int, re.Match[str]]]:
    for page in pages:
        for index, line in _at_edges(page):
            match = _PAGE_NUMBER.fullmatch(line.text.strip())
            if match is not None:
                yield page.number, index, match


def _running_heads(pages: Sequence[Page]) -> Iterator[tuple[int, int]]:
    """Lines that stand at the edge of most pages, at the same height, and nowhere else on any page."""
    if len(pages) < _FEWEST_PAGES:
        return
    places: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    inside: set[str] = set()
    for page in pages:
        edges = dict(_at_edges(page))
        inside.update(_shape(line) for index, line in enumerate(page.lines) if index not in edges)
        for index, line in edges.items():
            places[_shape(line), round(line.y / 4)].append((page.number, index))
    for (shape, _), found in places.items():
        if shape not in inside and len({page for page, _ in found}) >= max(_FEWEST_PAGES, _OFTEN * len(pages)):
            yield from found


def _at_edges(page: Page) -> Iterator[tuple[int, Line]]:
    for index, line in enumerate(page.lines):
        if line.y < _EDGE * page.height or line.y > (1 - _EDGE) * page.height:
            yield index, line


def _shape(line: Line) -> str:
    """The line with every number alike."""
    return re.sub(r"\d+", "#", " ".join(line.text.split()))
