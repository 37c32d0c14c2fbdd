"""Short agreement noises: what listeners say to show that they listen."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 6
"""Words; a longer string of them is taken as talk."""

_WORDS: Final = frozenset(
    """
    yeah yea yep yup yes ya yah aye no nope nah okay ok kay alright right sure exactly correct true indeed
    absolutely definitely totally certainly agreed mm mmm mhm hm hmm hmmm mmhm mmhmm uh um umm uhm huh uhhuh
    ah aha oh ooh er erm eh wow cool great good nice fine gotcha thanks
    """.split()  # noqa: SIM905 - fifty quoted words would hide the list
)
_PHRASES: Final = re.compile(
    r"\b(?:i agree|that's (?:right|true|it)|thats (?:right|true)|of course|all right|i see|thank you|you know|"
    r"for sure|got it|me too|same here|right on|fair enough)\b"
)
_WORD: Final = re.compile(r"[^\W_]+")


def is_noise(excerpt: str) -> bool:
    """Whether an excerpt says nothing but "I hear you": "Mm-hm.", "Yeah, right.", or only punctuation."""
    plain = _PHRASES.sub(" okay ", excerpt.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    words = _WORD.findall(plain)
    return len(words) <= LONGEST and all(word in _WORDS for word in words)
