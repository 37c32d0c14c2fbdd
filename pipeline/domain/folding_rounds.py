"""How decisions on the codebook's form and on blind rounds act on the state. Each answers "" or why it cannot."""

from __future__ import annotations

from dataclasses import replace

from pipeline.domain.codebook import Round, RoundKind
from pipeline.domain.decision import Decision
from pipeline.domain.state import State


def define(state: State, decision: Decision) -> str:
    """payload: any of definition, includes, excludes, examples (segment ids). subject: the code."""
    if problem := state.lacks(decision.subject):
        return problem
    code, said = state.codes[decision.subject], decision.payload
    changed = replace(
        code,
        definition=str(said.get("definition", code.definition)).strip(),
        includes=str(said.get("includes", code.includes)).strip(),
        excludes=str(said.get("excludes", code.excludes)).strip(),
        examples=tuple(said.get("examples", code.examples)),
    )
    state.put_at(state.codes, decision.subject, changed)
    return ""


def place(state: State, decision: Decision) -> str:
    """payload: parent (a code, "" for the top). subject: the code."""
    parent = str(decision.payload["parent"])
    if problem := state.lacks(decision.subject, *([parent] if parent else [])):
        return problem
    above = parent
    while above:
        if above == decision.subject:
            return "A code cannot stand under itself."
        above = state.codes[above].parent if above in state.codes else ""
    state.put_at(state.codes, decision.subject, replace(state.codes[decision.subject], parent=parent))
    return ""


def commit(state: State, decision: Decision) -> str:
    """payload: codes. subject: a segment that the coder has coded whole, with just these codes, maybe none."""
    codes = tuple(dict.fromkeys(decision.payload["codes"]))
    if problem := state.lacks(*codes):
        return problem
    _carry_just(state, decision, codes)
    state.put_at(state.committed, decision.subject, decision.seq)
    state.put_at(state.committed_by, (decision.subject, decision.draft.coder), decision.seq)
    return ""


def settle(state: State, decision: Decision) -> str:
    """payload: round, codes, took_part. subject: a segment that the team codes with just these codes."""
    codes = tuple(dict.fromkeys(decision.payload["codes"]))
    if problem := _not_closed(state, str(decision.payload["round"])) or state.lacks(*codes):
        return problem
    if not decision.payload.get("took_part"):
        return "Say who took part in settling it."
    _carry_just(state, decision, codes)
    return ""


def open_round(state: State, decision: Decision) -> str:
    """payload: kind, coders, codebook, share?, seed?, segments?. subject: the new round."""
    said, going_on = decision.payload, [item.id for item in state.rounds.values() if item.open]
    if going_on:
        return "A blind round goes on; close it before another begins."
    if decision.subject in state.rounds:
        return f"Round {decision.subject} exists already."
    coders = tuple(dict.fromkeys(str(name) for name in said["coders"]))
    if len(coders) < 2:  # noqa: PLR2004 - one coder alone agrees with nobody
        return "A blind round needs at least two coders."
    state.put_at(
        state.rounds,
        decision.subject,
        Round(
            id=decision.subject,
            kind=RoundKind(said["kind"]),
            coders=coders,
            codebook=int(said["codebook"]),
            opened=decision.seq,
            at=decision.draft.at,
            share=float(said.get("share", 0.0)),
            seed=int(said.get("seed", 0)),
            segments=tuple(said.get("segments", ())),
        ),
    )
    return ""


def finish(state: State, decision: Decision) -> str:
    """A coder says to be done. subject: the round."""
    if problem := _not_open(state, decision.subject):
        return problem
    state.put_at(state.finished, (decision.subject, decision.draft.coder), decision.seq)
    return ""


def close(state: State, decision: Decision) -> str:
    """subject: the round; from now on everybody sees what each coder did."""
    if problem := _not_open(state, decision.subject):
        return problem
    closed = replace(state.rounds[decision.subject], closed=decision.seq)
    state.put_at(state.rounds, decision.subject, closed)
    return ""


def _carry_just(state: State, decision: Decision, codes: tuple[str, ...]) -> None:
    """Bring a segment to carry these codes and no others."""
    for code in tuple(state.by_segment.get(decision.subject, ())):
        if code not in codes:
            state.take_off(code, decision.subject)
            state.put_at(state.removed, (decision.subject, code), None)
    for code in codes:
        state.put(decision, code, (decision.subject,))
    if not codes:
        state.put_at(state.none_fits, decision.subject, decision.seq)


def _not_open(state: State, round_id: str) -> str:
    if round_id not in state.rounds:
        return f"There is no round {round_id}."
    return "" if state.rounds[round_id].open else "That round is closed already."


def _not_closed(state: State, round_id: str) -> str:
    if round_id not in state.rounds:
        return f"There is no round {round_id}."
    return "That round still goes on; close it first." if state.rounds[round_id].open else ""
