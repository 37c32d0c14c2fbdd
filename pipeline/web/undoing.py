"""Where somebody may undo what they did last, and what they are told once it is undone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from pipeline.domain.acts import Latest
from pipeline.domain.decision import CORRECTIONS, Decision, Kind
from pipeline.web.acting import act_of, parted_from
from pipeline.web.endpoints import Ask
from pipeline.web.subjects import Directory
from pipeline.web.told import told
from pipeline.work.live_study import View
from pipeline.work.workplace import CODES, MAP, TRANSCRIPTS

UNDONE: Final = "undone"
"""What an address says it by which an undo leads on: the key of that undo."""
_DONE_ON: Final[Mapping[Kind, Collection[str]]] = {
    **dict.fromkeys((Kind.ACCEPT, Kind.REJECT), ("candidates",)),
    **dict.fromkeys((Kind.RENAME, Kind.DEFINE, Kind.PLACE, Kind.STANCE, Kind.SPLIT), ("codebook",)),
    **dict.fromkeys((Kind.CREATE, Kind.APPLY, Kind.REMOVE), ("segments", "codebook")),
    **dict.fromkeys(CORRECTIONS, ("transcripts",)),
    Kind.COMMIT: ("segments",),
    Kind.MOVE: ("codebook", "map"),
    Kind.THEME: ("map",),
    Kind.FINISH: ("agreement", "candidates", "segments"),
}
"""The parts of the site on whose pages each kind of act is done."""
_SIGNED_ON: Final = {TRANSCRIPTS: "transcripts", CODES: "codebook", MAP: "map"}
_MEMO_ON: Final = {"s-": "candidates", "c-": "codebook"}


def told_at(path: str, last: Decision) -> bool:
    """Whether acts of this kind are done on pages like the one at an address: there it is told with its undo, and a
    key pressed there means it. Anywhere else it is neither told nor undone."""
    part = "".join(path.split("/")[3:4])
    return part in _parts_of(last)


def asks_first(last: Decision) -> bool:
    """Whether a page of its own asks before this is undone: others may have built on a sign-off already."""
    return last.kind is Kind.APPROVE


def what_was_undone(ask: Ask) -> str:
    """What this person took back just now, where the address says so; "" anywhere else, and for all others."""
    key, study = ask.query.get(UNDONE, ""), ask.served
    if not key or study is None or not ask.roles:
        return ""
    log = study.work.store.decisions
    undo = log.by_key(study.id, key)
    if undo is None or undo.kind is not Kind.UNDO or undo.draft.coder != ask.person:
        return ""
    with study.looking(ask.person) as view:
        if undo.draft.book != view.book_name:
            return ""
    taken_back = [item.subject for item in act_of(study, undo)]
    led = log.by_key(study.id, min(taken_back, key=len))
    if led is None:
        return ""
    others = len(taken_back) - 1
    latest = Latest(led.seq, led.draft, led.prev_hash, led.hash, others, parted_from(study, led) if others else ())
    with study.looking(ask.person) as view:
        return f"Undone: {_in_words(view, Directory(view, study.id, ask.roles), latest)}"


def _parts_of(last: Decision) -> Collection[str]:
    if "settles" in last.payload:
        return ("agreement",)
    if last.kind is Kind.APPROVE:
        return (_SIGNED_ON[last.subject],)
    if last.kind is Kind.MERGE:
        return ("candidates",) if last.payload.get("suggestions") else ("codebook",)
    if last.kind is Kind.MEMO:
        return (_MEMO_ON.get(last.subject[:2], "segments"),)
    return _DONE_ON.get(last.kind, ())


def _in_words(view: View, directory: Directory, latest: Latest) -> str:
    """The act in one line, with the candidate or the place in the talk that it was about."""
    sentence = directory.spelled(told(latest, view.book, view.material), latest)
    if latest.kind in CORRECTIONS:
        sentence = f"{sentence} ({directory.named(latest.subject).text})"
    return sentence[:1].lower() + sentence[1:]
