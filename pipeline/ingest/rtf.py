"""Rich text (.rtf): the source is parted into talk and what is beside it, and striprtf makes text of each."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import Final

from pipeline.domain.errors import FileRefused
from pipeline.ingest.blocks import Block, Grid, Passage, Piece, compose_blocks
from pipeline.ingest.composing import BLANK, Composer, Reading, ReadOptions

DEPTH: Final = 500
"""How deep groups may nest; word processors stay under 50."""

TALK: Final = "talk"
HIDDEN: Final = "hidden text"
DELETED: Final = "deleted in tracked changes"
FIELD_CODE: Final = "field code"
LIST_NUMBER: Final = "list number"
_BESIDE: Final = {
    "header": "page header",
    "headerl": "page header",
    "headerr": "page header",
    "headerf": "page header",
    "footer": "page footer",
    "footerl": "page footer",
    "footerr": "page footer",
    "footerf": "page footer",
    "footnote": "footnote",
    "annotation": "comment",
    "shptxt": "text box",
    "fldinst": FIELD_CODE,
    "listtext": LIST_NUMBER,
    "pntext": LIST_NUMBER,
}
"""Control word → what its group holds: text that is no talk."""

_UNTOLD: Final = frozenset({FIELD_CODE, LIST_NUMBER})
"""What the word processor itself wrote: nobody need look at it."""

_SWITCHES: Final = {"v": HIDDEN, "deleted": DELETED}
_TOKEN: Final = re.compile(
    r"(?P<open>\{)|(?P<close>\})|\\(?:(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})? ?|(?P<hex>'[0-9a-f]{2})|"
    r"(?P<sign>[^a-z]))|(?P<plain>[^{}\\]+)",
    re.IGNORECASE | re.DOTALL,
)
_WRITES: Final = frozenset(
    {
        "par",
        "line",
        "tab",
        "cell",
        "row",
        "nestcell",
        "nestrow",
        "page",
        "sect",
        "lquote",
        "rquote",
        "ldblquote",
        "rdblquote",
        "bullet",
        "endash",
        "emdash",
        "u",
        "emspace",
        "enspace",
        "qmspace",
    }
)
"""Control words that stand for characters, as against those that only set how text looks."""

_CELL_END: Final = "\ue0fe"
_CELL_END_CODE: Final = "\\u57598?"
_CODEPAGE: Final = re.compile(rb"\\ansicpg(\d{1,6})")


def read(data: bytes, *, options: ReadOptions) -> Reading:
    """A .rtf as turns. Characters are those striprtf makes of the talk and of each thing beside it.

    Raises:
        FileRefused: no rich text, cut short, nested too deep, or in an unknown code page.
    """
    sources = _parted(_source(data))
    composer = Composer()
    talk = _text(sources.pop(TALK, ""))
    counted = len(talk)
    for kind, source in sources.items():
        characters = len(_text(source))
        counted += characters
        composer.drop(kind, characters, "throughout")
        if characters and kind not in _UNTOLD:
            composer.warn(f"Left out as no part of the talk: {kind}, {characters} characters.")
    blocks = _blocks(talk, composer)
    return composer.done(counted + compose_blocks(blocks, composer, options.known_speakers))


def _source(data: bytes) -> str:
    """The file's own characters; they should be ASCII, and are read in its code page where they are not."""
    if not data.startswith(b"{\\rtf"):
        raise FileRefused("This file is no rich text, whatever its name says. Save it as .rtf, .docx or .txt.")
    named = _CODEPAGE.search(data)
    codepage = f"cp{int(named[1])}" if named and int(named[1]) else "cp1252"
    try:
        codecs.lookup(codepage)
        return data.decode("ascii" if data.isascii() else codepage)
    except LookupError:
        raise FileRefused(f"This file is in an unknown code page ({codepage}). Save it as .docx or .txt.") from None
    except UnicodeDecodeError:
        raise FileRefused(
            f"This file holds bytes that its code page ({codepage}) does not know. Save it as .docx or .txt."
        ) from None


@dataclass(slots=True)
class _Parting:
    """Sources by kind while the groups are gone through; `kinds` is the kind of each open group."""

    kinds: list[str] = field(default_factory=lambda: [TALK])
    sources: dict[str, list[str]] = field(default_factory=lambda: {TALK: []})

    def everywhere(self, token: str) -> None:
        """What keeps every source well formed: braces and settings."""
        for source in self.sources.values():
            source.append(token)

    def here(self, token: str) -> None:
        """What stands for characters."""
        self.sources[self.kinds[-1]].append(token)

    def turn_to(self, kind: str) -> None:
        """The rest of the group is of this kind."""
        if kind not in self.sources:
            settings = [token for token in self.sources[TALK] if token in {"{", "}"} or token.startswith("\\ansicpg")]
            self.sources[kind] = ["{\\rtf1", *settings[1:]]
        self.kinds[-1] = kind


def _parted(source: str) -> dict[str, str]:
    """Rich text sources by kind of content, each well formed."""
    parting = _Parting()
    for match in _TOKEN.finditer(source):
        _place(match, parting)
        if len(parting.kinds) > DEPTH:
            raise FileRefused(
                f"The groups of this file nest over {DEPTH} deep, as in no transcript. Save it as .txt."
            )
        if not parting.kinds:
            break
    if len(parting.kinds) > 1:
        raise FileRefused("This file was cut short on its way: its groups do not close. Fetch it again.")
    return {kind: "".join(tokens) for kind, tokens in parting.sources.items()}


def _place(match: re.Match[str], parting: _Parting) -> None:
    token, word = match[0], (match["word"] or "").lower()
    if match["open"]:
        parting.kinds.append(parting.kinds[-1])
        parting.everywhere(token)
    elif match["close"]:
        parting.everywhere(token)
        parting.kinds.pop()
    elif word in _BESIDE:
        parting.turn_to(_BESIDE[word])
    elif word in _SWITCHES and parting.kinds[-1] in {TALK, *_SWITCHES.values()}:
        parting.turn_to(TALK if match["number"] == "0" else _SWITCHES[word])
    elif word == "plain" and parting.kinds[-1] in _SWITCHES.values():
        parting.turn_to(TALK)
    elif word in {"cell", "nestcell"}:
        parting.here(_CELL_END_CODE)
    elif match["plain"] or match["hex"] or word in _WRITES or match["sign"]:
        parting.here(token)
    else:
        parting.everywhere(token)


def _text(source: str) -> str:
    from striprtf.striprtf import rtf_to_text

    try:
        text = str(rtf_to_text(source)) if source else ""  # type: ignore[no-untyped-call]  # striprtf has no types
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")  # joins halves of pairs
    except (UnicodeError, ValueError, LookupError, IndexError, OverflowError) as broken:
        raise FileRefused(
            f"This file holds characters that its code page does not know ({type(broken).__name__}). Save it as "
            ".docx or .txt."
        ) from None


def _blocks(talk: str, composer: Composer) -> list[Block]:
    """Lines as passages, and rows of cells as tables; the ends of lines and cells are dropped."""
    blocks: list[Block] = []
    rows: list[tuple[tuple[Passage, ...], ...]] = []
    lines = talk.split("\n")
    composer.drop(BLANK, talk.count("\n") + talk.count(_CELL_END), "throughout")
    for number, line in enumerate(lines, start=1):
        cells = line.split(_CELL_END)
        passages = tuple((Passage((Piece(cell),), f"line {number}"),) for cell in cells)
        if len(cells) > 1:
            rows.append(passages)
            continue
        if rows:
            blocks.append(Grid(tuple(rows), f"table before line {number}"))
            rows = []
        blocks.extend(passages[0])
    if rows:
        blocks.append(Grid(tuple(rows), "table at the end"))
    return blocks
