"""The fold: decisions in, codebook out. A decision that cannot act becomes a `Void`; nothing raises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.domain.codebook import SHOWS_THEMES, Approval, Code, Codebook, Coding, Memo, Stance, Theme, Void
from pipeline.domain.decision import CORRECTIONS, Decision, Kind, effective


def fold(log: Sequence[Decision]) -> Codebook:
    """The codebook after all decisions. A decision that cannot act becomes a `Void`; nothing raises."""
    state = _State()
    for decision in effective(log):
        if decision.kind in CORRECTIONS:
            continue
        problem = _HANDLERS[decision.kind](state, decision)
        if problem:
            state.void.append(Void(decision.seq, problem))
    return Codebook(
        codes=state.codes,
        codings=state.codings,
        accepted=state.accepted,
        rejected=state.rejected,
        removed=frozenset(state.removed),
        memos=tuple(state.memos),
        themes=state.themes,
        approvals=state.approvals,
        void=tuple(state.void),
        version=len(log),
    )


class _State:
    """The codebook while it is being folded."""

    def __init__(self) -> None:
        self.codes: dict[str, Code] = {}
        self.codings: dict[tuple[str, str], Coding] = {}
        self.by_code: dict[str, dict[str, None]] = {}
        self.accepted: dict[str, str] = {}
        self.rejected: dict[str, str] = {}
        self.removed: set[tuple[str, str]] = set()
        self.memos: list[Memo] = []
        self.themes: dict[str, Theme] = {}
        self.approvals: dict[str, Approval] = {}
        self.void: list[Void] = []

    def lacks(self, *codes: str) -> str:
        """A sentence naming the first code that is not in use, or ""."""
        for code in codes:
            if code not in self.codes:
                return f"There is no code {code}."
            if not self.codes[code].active:
                return f"Code {code} was retired into {self.codes[code].retired_into}."
        return ""

    def put(self, decision: Decision, code: str, segments: Sequence[str], source: str = "") -> None:
        """Code the segments; those that come over from another code remain the work of who coded them there."""
        carried = self.by_code.setdefault(code, {})
        for segment in segments:
            carried[segment] = None
            self.removed.discard((segment, code))
            made = self.codings.get((segment, source), Coding(segment, code, decision.draft.coder, decision.seq))
            self.codings.setdefault((segment, code), replace(made, code=code))

    def retire(self, code: str, into: Sequence[str]) -> None:
        """A code goes out of use; the themes that gather it gather what it went into."""
        self.codes[code] = replace(self.codes[code], retired_into=",".join(into))
        for theme in self.themes.values():
            if code in theme.codes:
                codes = [new for old in theme.codes for new in (into if old == code else (old,))]
                self.themes[theme.id] = replace(theme, codes=tuple(dict.fromkeys(codes)))

    def take(self, code: str, segment: str) -> None:
        self.by_code.get(code, {}).pop(segment, None)
        self.codings.pop((segment, code), None)

    def carried(self, code: str) -> tuple[str, ...]:
        return tuple(self.by_code.get(code, ()))


def _text(payload: Mapping[str, Any], name: str) -> str:
    return str(payload.get(name, "")).strip()


def _accept(state: _State, decision: Decision) -> str:
    """payload: code, name, definition?, segments. subject: the suggestion."""
    code, name = decision.payload["code"], _text(decision.payload, "name")
    if not name:
        return "A code needs a name."
    if code in state.codes:
        return f"Code {code} exists already."
    if decision.subject in state.accepted:
        return f"{decision.subject} was accepted already, as {state.accepted[decision.subject]}."
    state.codes[code] = Code(code, name, _text(decision.payload, "definition"), origin=decision.subject)
    state.accepted[decision.subject] = code
    state.rejected.pop(decision.subject, None)
    state.put(decision, code, decision.payload.get("segments", ()))
    return ""


def _create(state: _State, decision: Decision) -> str:
    """A code of the coder's own. payload: name, definition?, segments?. subject: the new code."""
    name = _text(decision.payload, "name")
    if not name:
        return "A code needs a name."
    if decision.subject in state.codes:
        return f"Code {decision.subject} exists already."
    state.codes[decision.subject] = Code(decision.subject, name, _text(decision.payload, "definition"))
    state.put(decision, decision.subject, decision.payload.get("segments", ()))
    return ""


def _reject(state: _State, decision: Decision) -> str:
    """subject: the suggestion. reason: required."""
    if not decision.draft.reason.strip():
        return "A rejection needs a reason."
    if decision.subject in state.accepted:
        return f"{decision.subject} was accepted as {state.accepted[decision.subject]}; undo that first."
    state.rejected[decision.subject] = decision.draft.reason.strip()
    return ""


def _rename(state: _State, decision: Decision) -> str:
    """payload: name, definition?. subject: the code."""
    name = _text(decision.payload, "name")
    if problem := state.lacks(decision.subject):
        return problem
    if not name:
        return "A code needs a name."
    code = state.codes[decision.subject]
    definition = decision.payload.get("definition", code.definition)
    state.codes[decision.subject] = replace(code, name=name, definition=str(definition).strip())
    return ""


def _merge(state: _State, decision: Decision) -> str:
    """payload: codes?, suggestions? [{id, segments}]. subject: the code that stays and gathers every coding."""
    into, codes = decision.subject, tuple(decision.payload.get("codes", ()))
    suggestions = tuple(decision.payload.get("suggestions", ()))
    if problem := state.lacks(into, *codes):
        return problem
    if into in codes:
        return f"Code {into} cannot be merged into itself."
    if not codes and not suggestions:
        return "Nothing was named to merge."
    for item in suggestions:
        if item["id"] in state.accepted:
            return f"{item['id']} was accepted already, as {state.accepted[item['id']]}; merge that code."
    for code in codes:
        state.put(decision, into, state.carried(code), code)
        for segment in state.carried(code):
            state.take(code, segment)
        state.retire(code, (into,))
    for item in suggestions:
        state.put(decision, into, item["segments"])
        state.accepted[item["id"]] = into
        state.rejected.pop(item["id"], None)
    return ""


def _split(state: _State, decision: Decision) -> str:
    """payload: parts [{code, name, segments}]. subject: the code; segments in no part stay with it."""
    parts = tuple(decision.payload.get("parts", ()))
    if problem := state.lacks(decision.subject) or _unfit(state, decision.subject, parts):
        return problem
    stance = state.codes[decision.subject].stance
    for part in parts:
        name = str(part["name"]).strip()
        state.codes[part["code"]] = Code(part["code"], name, stance=stance, origin=decision.subject)
        state.put(decision, part["code"], part["segments"], decision.subject)
        for segment in part["segments"]:
            state.take(decision.subject, segment)
    if not state.carried(decision.subject):
        state.retire(decision.subject, [part["code"] for part in parts])
    return ""


def _unfit(state: _State, code: str, parts: Sequence[Mapping[str, Any]]) -> str:
    """Why a code cannot be split into these parts, or ""."""
    carried, named = set(state.carried(code)), Counter(part["code"] for part in parts)
    for part in parts:
        if part["code"] in state.codes:
            return f"Code {part['code']} exists already."
        if named[part["code"]] > 1:
            return f"Code {part['code']} is named twice."
        if not str(part["name"]).strip():
            return "A code needs a name."
        if missing := [segment for segment in part["segments"] if segment not in carried]:
            return f"Segment {missing[0]} does not carry code {code}."
    return "" if parts else "A split needs at least one part."


def _move(state: _State, decision: Decision) -> str:
    """payload: from, to. subject: the segment."""
    source, target = decision.payload["from"], decision.payload["to"]
    if problem := state.lacks(source, target):
        return problem
    if (decision.subject, source) not in state.codings:
        return f"Segment {decision.subject} does not carry code {source}."
    state.take(source, decision.subject)
    state.removed.add((decision.subject, source))
    state.put(decision, target, (decision.subject,))
    return ""


def _apply(state: _State, decision: Decision) -> str:
    """payload: code. subject: the segment."""
    if problem := state.lacks(decision.payload["code"]):
        return problem
    state.put(decision, decision.payload["code"], (decision.subject,))
    return ""


def _remove(state: _State, decision: Decision) -> str:
    """payload: code. subject: the segment. Also refuses a coding that the machine only proposed."""
    code = decision.payload["code"]
    if problem := state.lacks(code):
        return problem
    state.take(code, decision.subject)
    state.removed.add((decision.subject, code))
    return ""


def _memo(state: _State, decision: Decision) -> str:
    """payload: text. subject: anything."""
    text = _text(decision.payload, "text")
    if not text:
        return "A memo needs a text."
    state.memos.append(Memo(decision.subject, text, decision.draft.coder, decision.draft.at))
    return ""


def _stance(state: _State, decision: Decision) -> str:
    """payload: stance. subject: the code."""
    if problem := state.lacks(decision.subject):
        return problem
    try:
        stance = Stance(decision.payload["stance"])
    except ValueError:
        return "A stance is one of: " + ", ".join(Stance) + "."
    state.codes[decision.subject] = replace(state.codes[decision.subject], stance=stance)
    return ""


def _theme(state: _State, decision: Decision) -> str:
    """payload: name, codes, note?. subject: the theme; no codes dissolves it. The map is to be signed off again."""
    codes, name = tuple(decision.payload.get("codes", ())), _text(decision.payload, "name")
    if not codes and decision.subject not in state.themes:
        return f"There is no theme {decision.subject}."
    if problem := state.lacks(*codes):
        return problem
    if codes and not name:
        return "A theme needs a name."
    state.approvals.pop(SHOWS_THEMES, None)
    if not codes:
        del state.themes[decision.subject]
        return ""
    state.themes[decision.subject] = Theme(decision.subject, name, codes, _text(decision.payload, "note"))
    return ""


def _approve(state: _State, decision: Decision) -> str:
    """payload: version. subject: the checkpoint."""
    state.approvals[decision.subject] = Approval(
        decision.subject, int(decision.payload["version"]), decision.draft.coder, decision.draft.at
    )
    return ""


_HANDLERS: Mapping[Kind, Callable[[_State, Decision], str]] = {
    Kind.ACCEPT: _accept,
    Kind.CREATE: _create,
    Kind.REJECT: _reject,
    Kind.RENAME: _rename,
    Kind.MERGE: _merge,
    Kind.SPLIT: _split,
    Kind.MOVE: _move,
    Kind.APPLY: _apply,
    Kind.REMOVE: _remove,
    Kind.MEMO: _memo,
    Kind.STANCE: _stance,
    Kind.THEME: _theme,
    Kind.APPROVE: _approve,
}
