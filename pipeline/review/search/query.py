"""What a person typed into the search box, read as words, "phrases", beginnings* and -exclusions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 500
"""Characters of a query that are read: more than the longest segment one would paste, few enough to look for."""

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
"""Word processors and phones type these where a person meant straight quotes."""

_TERM: Final = re.compile(r'(?P<minus>-*)(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))(?P<star>\*?)')
"""A quote that is never closed reaches to the end, as it does while someone is still typing."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand one after the other; the last of them may go on where `begins`."""

    text: str
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Every term of `wanted` must occur and none of `unwanted` may."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it asks for no word at all."""
        return not self.wanted and not self.unwanted


def read_query(typed: str) -> Query:
    """The query someone typed; any text is one. Marks without a letter or digit ask for nothing."""
    wanted, unwanted = list[Term](), list[Term]()
    for found in _TERM.finditer(as_indexed(typed[:LONGEST]).translate(_QUOTES)):
        word = found["word"] or ""
        term = Term(found["phrase"] or word.rstrip("*"), begins=bool(found["star"]) or word.endswith("*"))
        if any(map(_in_a_word, term.text)):
            (unwanted if found["minus"] else wanted).append(term)
    return Query(_different(wanted), _different(unwanted))


def as_indexed(text: str) -> str:
    """The text as it goes into an index, character for character.

    SQLite takes neither a NUL nor half of a surrogate pair, and the two control characters after NUL mark matches.
    """
    return text.encode("utf-8", "replace").decode().translate({0: " ", 1: " ", 2: " "})


def _in_a_word(character: str) -> bool:
    """Whether SQLite's unicode61 takes it for part of a word: letters, digits and private use."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Co"


def _different(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(terms))
