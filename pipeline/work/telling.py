"""What a decision did, in plain words for the person who took it and for the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pipeline.domain.decision import Decision, Kind
from pipeline.domain.folding import fold
from pipeline.report.decisions import in_words


def telling(log: Sequence[Decision]) -> Callable[[Decision], str]:
    """What words a decision of this log, on one line: codes by their latest names, undone decisions by number."""
    book = fold(log)
    numbers = {item.draft.key: item.seq for item in log}

    def told(decision: Decision) -> str:
        if decision.kind is Kind.UNDO:
            return f"took back decision {numbers.get(decision.subject, decision.subject)}"
        return " ".join(_TOLD[decision.kind](decision, in_words(decision, book)).split())

    return told


def _question(decision: Decision, _words: str) -> str:
    transcript, _, first = decision.subject.partition(":t")
    last = str(decision.payload.get("through", first))
    turns = f"turn t{first}" if last == first else f"turns t{first}\u2013t{last}"
    return f"question of {turns} is {decision.payload['question']} (transcript {transcript})"


def _split(decision: Decision, words: str) -> str:
    return (
        f"split {decision.subject} {words}: {', '.join(part['code'] for part in decision.payload.get('parts', ()))}"
    )


_TOLD: Final[Mapping[Kind, Callable[[Decision, str], str]]] = {
    Kind.ACCEPT: lambda it, words: f"{it.subject} accepted {words}: {it.payload['code']}",
    Kind.CREATE: lambda it, words: f"created {words}: {it.subject}",
    Kind.REJECT: lambda it, _: f"rejected {it.subject}",
    Kind.RENAME: lambda it, words: f"renamed {it.subject} {words}",
    Kind.MERGE: lambda it, words: f"{it.subject} {words}",
    Kind.SPLIT: _split,
    Kind.MOVE: lambda it, words: f"moved {it.subject} {words}",
    Kind.APPLY: lambda it, words: f"{it.subject} carries {words}",
    Kind.REMOVE: lambda it, words: f"{it.subject} does not carry {words}",
    Kind.MEMO: lambda it, words: f"memo on {it.subject}: {words}",
    Kind.STANCE: lambda it, words: f"stance of {it.subject} is {words}",
    Kind.THEME: lambda it, words: f"theme {it.subject} {words}",
    Kind.DEFINE: lambda it, words: f"definition of {it.subject}: {words}",
    Kind.PLACE: lambda it, words: f"{it.subject} stands {words}",
    Kind.COMMIT: lambda it, words: f"{it.subject} coded whole: {words}",
    Kind.ROUND: lambda it, words: f"blind round {it.subject} opened: {words}",
    Kind.FINISH: lambda it, _: f"done with blind round {it.subject}",
    Kind.CLOSE: lambda it, _: f"blind round {it.subject} closed",
    Kind.SETTLE: lambda it, words: f"{it.subject} settled: {words}",
    Kind.APPROVE: lambda it, words: f"approved {it.subject}, {words}",
    Kind.SPEAKER: lambda it, words: f"{words} (transcript {it.subject[:12]})",
    Kind.MODERATOR: lambda it, words: f"{words} (transcript {it.subject[:12]})",
    Kind.QUESTION: _question,
    Kind.OMIT: lambda it, words: f"turn {it.subject} {words}",
}
