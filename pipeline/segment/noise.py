"""Short agreement noises and courtesies: what people say to show that they listen or are polite."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 6
"""Words; a longer string of them is taken as talk."""

_WORDS: Final = frozenset(
    """
    yeah yea yep yup yes ya yah aye no nope nah okay ok kay alright right sure exactly correct true indeed
    absolutely definitely totally certainly agreed mm mmm mhm hm hmm hmmm mmhm mmhmm uh um umm uhm huh uhhuh
    ah aha oh ooh er erm eh wow cool great good nice fine gotcha thanks hi hello bye goodbye cheers
    """.split()  # noqa: SIM905 - fifty quoted words would hide the list
)
_PHRASES: Final = re.compile(
    r"\b(?:i agree|that's (?:right|true|it)|thats (?:right|true)|of course|all right|i see|you know|"
    r"for sure|got it|me too|same here|right on|fair enough|"
    r"no (?:problem|worries)|(?:happy|glad) to|my pleasure|you're welcome|after you|go ahead|"
    r"(?:thank you|thanks)(?: (?:very|so) much| a lot)?|(?:nice|good|pleased) to meet you)\b"
)
_WORD: Final = re.compile(r"[^\W_]+")


def is_noise(excerpt: str) -> bool:
    """Whether an excerpt says nothing but "I hear you": "Mm-hm.", "No problem.", or only punctuation."""
    plain = _PHRASES.sub(" okay ", excerpt.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    words = _WORD.findall(plain)
    return len(words) <= LONGEST and all(word in _WORDS for word in words)
