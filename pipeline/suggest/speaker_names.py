"""Words that name a person who spoke: never the name of a candidate code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")  # noqa: RUF001 - transcripts hold typographic apostrophes

_ROLES: Final = frozenset(
    """
    participant participants speaker respondent interviewee interviewer moderator facilitator male female man woman
    group member officer detective sergeant lieutenant chief agent police attorney lawyer prosecutor judge advocate
    victim survivor provider service social worker case manager director coordinator nurse doctor teacher student
    parent mother father client staff unknown the and of
    """.split()  # noqa: SIM905 - words read best as words
)
"""Words of labels such as "Officer Diaz" that say what someone is, not who: these may well name a code."""


def name_words(speakers: Iterable[str]) -> frozenset[str]:
    """The words of speaker labels that are names of people, folded to lower case."""
    words = {word.casefold() for speaker in speakers for word in WORD.findall(speaker)}
    return frozenset(word for word in words if len(word) > 1 and word not in _ROLES)
