"""A name for several codes out of their own words, and no others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

LONGEST: Final = 3
"""Words or names in the name."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_SMALL: Final = frozenset(
    """
    a about after all an and any are as at be before being but by can do does for from get gets had has have how
    in into is it its lack more no not of off on one only or out over own than that the their them there they
    this to too up what when where which who whose why with without
    """.split()  # noqa: SIM905 - seventy quoted words would hide the list
)


def shared_words(names: Sequence[str]) -> str:
    """The words that most names share ("Housing, poverty"); where they share none, the first names joined."""
    seen: Counter[str] = Counter()
    for name in names:
        seen.update(list(dict.fromkeys(word for word in _WORD.findall(name.lower()) if word not in _SMALL)))
    shared = [word for word, count in seen.most_common() if count > 1]
    if shared:
        return ", ".join(shared[:LONGEST]).capitalize()
    rest = len(names) - LONGEST
    return " · ".join(names[:LONGEST]) + (f" · and {rest} more" if rest > 0 else "")
