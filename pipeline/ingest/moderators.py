"""Who probably leads the talk, from what moderators do: ask, use the guide's words, begin, say less, be called so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.study import Question
from pipeline.domain.transcript import Transcript
from pipeline.ingest.labels import is_host

_ASKS: Final = 0.3
_GUIDE: Final = 0.25
_FIRST: Final = 0.1
_SHARE: Final = 0.05
_CALLED: Final = 0.3
_SHORTEST_WORD: Final = 4
_ENOUGH_GUIDE: Final = 0.5
_LETTERS: Final = frozenset({"i", "q", "mod", "int", "fac", "m", "int.", "mod."})
_WORD: Final = re.compile(r"[^\W\d_]+")


@dataclass(slots=True)
class _Conduct:
    """What one speaker does over a transcript."""

    turns: int = 0
    asking: int = 0
    words: int = 0
    guide: frozenset[str] = frozenset()


def propose_moderators(transcript: Transcript, questions: Sequence[Question]) -> tuple[tuple[str, float], ...]:
    """Every named speaker with a score in [0, 1], most likely moderator first.

    The score adds the share of turns that ask (0.30), how much of the guide's wording the speaker uses (0.25),
    speaking first (0.10), talking less than an equal share (0.05), and being called a moderator (0.30).
    """
    wanted = [frozenset(_content(question.text)) for question in questions]
    conduct = _conduct(transcript, frozenset().union(*wanted))
    total = sum(one.words for one in conduct.values()) or 1
    first = next((turn.speaker for turn in transcript.turns if turn.speaker), "")
    scores = {
        name: round(
            _ASKS * one.asking / one.turns
            + _GUIDE * _covers(one.guide, wanted)
            + _FIRST * (name == first)
            + _SHARE * (one.words / total < 1 / len(conduct))
            + _CALLED * (is_host(name) or name.casefold() in _LETTERS),
            3,
        )
        for name, one in conduct.items()
    }
    return tuple(sorted(scores.items(), key=lambda item: -item[1]))


def _conduct(transcript: Transcript, guide: frozenset[str]) -> dict[str, _Conduct]:
    conduct: dict[str, _Conduct] = defaultdict(_Conduct)
    for turn in transcript.turns:
        if not turn.speaker:
            continue
        said = transcript.said(turn)
        one = conduct[turn.speaker]
        one.turns += 1
        one.asking += "?" in said
        one.words += len(said.split())
        one.guide |= guide.intersection(_content(said))
    return dict(conduct)


def _covers(used: frozenset[str], wanted: Sequence[frozenset[str]]) -> float:
    """Share of the guide's questions of whose words the speaker uses at least half, rarer use counting in part."""
    shares = [min(1.0, len(used & words) / len(words) / _ENOUGH_GUIDE) ** 2 for words in wanted if words]
    return sum(shares) / len(shares) if shares else 0.0


def _content(text: str) -> Iterable[str]:
    return (word for word in map(str.casefold, _WORD.findall(text)) if len(word) >= _SHORTEST_WORD)
