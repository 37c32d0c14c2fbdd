"""A decision in words, for the record that goes with a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.counted import counted
from pipeline.domain.decision import Decision, Kind

Named = Callable[[str], str]
Payload = Mapping[str, Any]

KINDS: Final[Mapping[Kind, str]] = {
    Kind.ACCEPT: "Accepted a candidate",
    Kind.CREATE: "Made a code",
    Kind.REJECT: "Rejected a candidate",
    Kind.RENAME: "Renamed a code",
    Kind.MERGE: "Merged codes or candidates",
    Kind.SPLIT: "Split a code",
    Kind.MOVE: "Moved a segment",
    Kind.APPLY: "Put a code on a segment",
    Kind.REMOVE: "Took a code off a segment, or said no to a proposed coding",
    Kind.MEMO: "Wrote a memo",
    Kind.STANCE: "Said strength, gap or neither",
    Kind.DEFINE: "Changed what a code means",
    Kind.PLACE: "Moved a code in the tree",
    Kind.THEME: "Made, changed or dissolved a theme",
    Kind.APPROVE: "Approved a checkpoint",
    Kind.UNDO: "Undid a decision",
    Kind.COMMIT: "Coded a segment",
    Kind.ROUND: "Opened a blind round",
    Kind.FINISH: "Was done with a blind round",
    Kind.CLOSE: "Closed a blind round",
    Kind.SETTLE: "Settled a segment",
    Kind.SPEAKER: "Named a speaker",
    Kind.MODERATOR: "Said who moderates",
    Kind.QUESTION: "Said which question turns answer",
    Kind.OMIT: "Left a turn out, or took it back in",
}
"""What decisions of a kind do, for a list of kinds."""


def in_words(decision: Decision, book: Codebook) -> str:
    """What the decision does, with codes by the names they have now."""

    def named(code: str) -> str:
        return f"“{book.codes[code].name}”" if code in book.codes else code

    return _SAID[decision.kind](decision.payload, named)


def ids_of(decision: Decision) -> Iterator[str]:
    """The ids of all that a decision is about, and of what it made or took in."""
    payload = decision.payload
    if decision.kind is not Kind.UNDO:
        yield decision.subject
    for name in ("code", "from", "to"):
        said = payload.get(name)
        if isinstance(said, list):  # settled: the codes of the coders' own that it was made of
            yield from (str(source["code"]) for source in said)
        elif said:
            yield str(said)
    if decision.kind is not Kind.THEME:
        yield from map(str, payload.get("codes", ()))
    yield from (str(part["code"]) for part in payload.get("parts", ()))
    yield from (str(item["id"]) for item in payload.get("suggestions", ()))


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
