"""A decision in words, for the record that goes with a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.counted import counted
from pipeline.domain.decision import Decision, Kind

Named = Callable[[str], str]
Payload = Mapping[str, Any]


def in_words(decision: Decision, book: Codebook) -> str:
    """What the decision does, with codes by the names they have now."""

    def named(code: str) -> str:
        return f"“{book.codes[code].name}”" if code in book.codes else code

    return _SAID[decision.kind](decision.payload, named)


def _segments(said: Payload) -> str:
    return counted(len(said.get("segments", ())), "segment")


def _merged(payload: Payload, named: Named) -> str:
    gathered = [*map(named, payload.get("codes", ())), *(item["id"] for item in payload.get("suggestions", ()))]
    return f"gathers {', '.join(gathered)}"


def _split(payload: Payload, _named: Named) -> str:
    return "into " + ", ".join(f"“{part['name']}” ({len(part['segments'])})" for part in payload.get("parts", ()))


def _theme(payload: Payload, named: Named) -> str:
    codes = payload.get("codes", ())
    return f"“{payload.get('name', '')}”: {', '.join(map(named, codes))}" if codes else "dissolved"


_SAID: Final[Mapping[Kind, Callable[[Payload, Named], str]]] = {
    Kind.ACCEPT: lambda said, _: f"as “{said['name']}”, {_segments(said)}",
    Kind.CREATE: lambda said, _: f"“{said['name']}”, {_segments(said)}",
    Kind.REJECT: lambda _, __: "",
    Kind.RENAME: lambda said, _: f"to “{said['name']}”",
    Kind.MERGE: _merged,
    Kind.SPLIT: _split,
    Kind.MOVE: lambda said, named: f"from {named(said['from'])} to {named(said['to'])}",
    Kind.APPLY: lambda said, named: named(said["code"]),
    Kind.REMOVE: lambda said, named: named(said["code"]),
    Kind.MEMO: lambda said, _: str(said["text"]),
    Kind.STANCE: lambda said, _: str(said["stance"]),
    Kind.THEME: _theme,
    Kind.DEFINE: lambda said, _: ", ".join(sorted(said)) + " rewritten",
    Kind.PLACE: lambda said, named: f"under {named(said['parent'])}" if said["parent"] else "to the top",
    Kind.COMMIT: lambda said, named: ", ".join(map(named, said["codes"])) or "no code",
    Kind.ROUND: lambda said, _: f"{said['kind']}, by {', '.join(said['coders'])}",
    Kind.FINISH: lambda _, __: "",
    Kind.CLOSE: lambda _, __: "",
    Kind.SETTLE: lambda said, named: (
        f"{', '.join(map(named, said['codes'])) or 'no code'}, with {', '.join(said['took_part'])}"
    ),
    Kind.APPROVE: lambda said, _: f"version {said['version']}",
    Kind.UNDO: lambda _, __: "",
    Kind.SPEAKER: lambda said, _: f"“{said['label']}” is {said['name']}",
    Kind.MODERATOR: lambda said, _: f"{said['name']} {'moderates' if said['is'] else 'does not moderate'}",
    Kind.QUESTION: lambda said, _: f"answers {said['question']}, through turn {said.get('through', '')}".rstrip(),
    Kind.OMIT: lambda said, _: "left out" if said.get("omit", True) else "taken back in",
}
