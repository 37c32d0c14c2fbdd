"""The fold: decisions in, codebook out. A decision that cannot act becomes a `Void`; nothing raises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.domain.codebook import SHOWS_THEMES, Approval, Code, Codebook, Memo, Stance, Theme, Void
from pipeline.domain.decision import CORRECTIONS, TEAM, Decision, Kind, effective, in_book
from pipeline.domain.folding_rounds import close, commit, define, finish, open_round, place, settle
from pipeline.domain.journal import Journal
from pipeline.domain.state import State


def fold(log: Sequence[Decision], book: str = TEAM) -> Codebook:
    """What the decisions of one book amount to: the team's, or a coder's own. Nothing raises."""
    mine = in_book(log, book)
    state = State(Journal())
    for decision in effective(mine):
        act(state, decision)
    return state.frozen(version=len(mine))


def act(state: State, decision: Decision) -> None:
    """Let a decision act on the state; one that cannot is noted as void.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: the payload lacks what its kind needs.
    """
    if decision.kind in CORRECTIONS:
        return
    if problem := _HANDLERS[decision.kind](state, decision):
        state.put_at(state.void, decision.seq, Void(decision.seq, problem))
    elif decision.payload.get("round") and decision.draft.book == TEAM:
        settles = str(decision.payload.get("settles", decision.subject))  # a merge's subject is the code that stays
        state.put_at(state.settled, (str(decision.payload["round"]), settles), decision.seq)


def _text(payload: Mapping[str, Any], name: str) -> str:
    return str(payload.get(name, "")).strip()


def _accept(state: State, decision: Decision) -> str:
    """payload: code, name, definition?, segments. subject: the suggestion."""
    code, name = decision.payload["code"], _text(decision.payload, "name")
    if not name:
        return "A code needs a name."
    if code in state.codes:
        return f"Code {code} exists already."
    if decision.subject in state.accepted:
        return f"{decision.subject} was accepted already, as {state.accepted[decision.subject]}."
    state.put_at(state.codes, code, Code(code, name, _text(decision.payload, "definition"), origin=decision.subject))
    state.put_at(state.accepted, decision.subject, code)
    state.drop(state.rejected, decision.subject)
    state.put(decision, code, decision.payload.get("segments", ()))
    return ""


def _create(state: State, decision: Decision) -> str:
    """A code of the coder's own. payload: name, definition?, segments?. subject: the new code."""
    name = _text(decision.payload, "name")
    if not name:
        return "A code needs a name."
    if decision.subject in state.codes:
        return f"Code {decision.subject} exists already."
    state.put_at(state.codes, decision.subject, Code(decision.subject, name, _text(decision.payload, "definition")))
    state.put(decision, decision.subject, decision.payload.get("segments", ()))
    return ""


def _reject(state: State, decision: Decision) -> str:
    """subject: the suggestion. reason: required."""
    if not decision.draft.reason.strip():
        return "A rejection needs a reason."
    if decision.subject in state.accepted:
        return f"{decision.subject} was accepted as {state.accepted[decision.subject]}; undo that first."
    state.put_at(state.rejected, decision.subject, decision.draft.reason.strip())
    return ""


def _rename(state: State, decision: Decision) -> str:
    """payload: name, definition?. subject: the code."""
    name = _text(decision.payload, "name")
    if problem := state.lacks(decision.subject):
        return problem
    if not name:
        return "A code needs a name."
    code = state.codes[decision.subject]
    definition = decision.payload.get("definition", code.definition)
    state.put_at(state.codes, decision.subject, replace(code, name=name, definition=str(definition).strip()))
    return ""


def _merge(state: State, decision: Decision) -> str:
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
            state.take_off(code, segment)
        state.retire(code, (into,))
    for item in suggestions:
        state.put(decision, into, item["segments"])
        state.put_at(state.accepted, item["id"], into)
        state.drop(state.rejected, item["id"])
    return ""


def _split(state: State, decision: Decision) -> str:
    """payload: parts [{code, name, segments}]. subject: the code; segments in no part stay with it."""
    parts = tuple(decision.payload.get("parts", ()))
    if problem := state.lacks(decision.subject) or _unfit(state, decision.subject, parts):
        return problem
    stance = state.codes[decision.subject].stance
    for part in parts:
        name = str(part["name"]).strip()
        state.put_at(state.codes, part["code"], Code(part["code"], name, stance=stance, origin=decision.subject))
        state.put(decision, part["code"], part["segments"], decision.subject)
        for segment in part["segments"]:
            state.take_off(decision.subject, segment)
    if not state.carried(decision.subject):
        state.retire(decision.subject, [part["code"] for part in parts])
    return ""


def _unfit(state: State, code: str, parts: Sequence[Mapping[str, Any]]) -> str:
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


def _move(state: State, decision: Decision) -> str:
    """payload: from, to. subject: the segment."""
    source, target = decision.payload["from"], decision.payload["to"]
    if problem := state.lacks(source, target):
        return problem
    if (decision.subject, source) not in state.codings:
        return f"Segment {decision.subject} does not carry code {source}."
    state.take_off(source, decision.subject)
    state.put_at(state.removed, (decision.subject, source), None)
    state.put(decision, target, (decision.subject,))
    return ""


def _apply(state: State, decision: Decision) -> str:
    """payload: code. subject: the segment."""
    if problem := state.lacks(decision.payload["code"]):
        return problem
    state.put(decision, decision.payload["code"], (decision.subject,))
    return ""


def _remove(state: State, decision: Decision) -> str:
    """payload: code. subject: the segment. Also refuses a coding that the machine only proposed."""
    code = decision.payload["code"]
    if problem := state.lacks(code):
        return problem
    state.take_off(code, decision.subject)
    state.put_at(state.removed, (decision.subject, code), None)
    return ""


def _memo(state: State, decision: Decision) -> str:
    """payload: text. subject: anything."""
    text = _text(decision.payload, "text")
    if not text:
        return "A memo needs a text."
    state.put_at(state.memos, decision.seq, Memo(decision.subject, text, decision.draft.coder, decision.draft.at))
    return ""


def _stance(state: State, decision: Decision) -> str:
    """payload: stance. subject: the code."""
    if problem := state.lacks(decision.subject):
        return problem
    try:
        stance = Stance(decision.payload["stance"])
    except ValueError:
        return "A stance is one of: " + ", ".join(Stance) + "."
    state.put_at(state.codes, decision.subject, replace(state.codes[decision.subject], stance=stance))
    return ""


def _theme(state: State, decision: Decision) -> str:
    """payload: name, codes, note?. subject: the theme; no codes dissolves it. The map is to be signed off again."""
    codes, name = tuple(decision.payload.get("codes", ())), _text(decision.payload, "name")
    if not codes and decision.subject not in state.themes:
        return f"There is no theme {decision.subject}."
    if problem := state.lacks(*codes):
        return problem
    if codes and not name:
        return "A theme needs a name."
    state.drop(state.approvals, SHOWS_THEMES)
    if not codes:
        state.drop(state.themes, decision.subject)
        return ""
    state.put_at(
        state.themes, decision.subject, Theme(decision.subject, name, codes, _text(decision.payload, "note"))
    )
    return ""


def _approve(state: State, decision: Decision) -> str:
    """payload: version. subject: the checkpoint."""
    version, draft = int(decision.payload["version"]), decision.draft
    state.put_at(state.approvals, decision.subject, Approval(decision.subject, version, draft.coder, draft.at))
    return ""


_HANDLERS: Mapping[Kind, Callable[[State, Decision], str]] = {
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
    Kind.DEFINE: define,
    Kind.PLACE: place,
    Kind.COMMIT: commit,
    Kind.ROUND: open_round,
    Kind.FINISH: finish,
    Kind.CLOSE: close,
    Kind.SETTLE: settle,
}
