"""Blind rounds: each coder decides in a book of their own, and nobody sees another's until the round is closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from pipeline.domain.codebook import Codebook, Round, RoundKind
from pipeline.domain.decision import CORRECTIONS, TEAM, Decision, Draft, Kind
from pipeline.domain.errors import DecisionRefused
from pipeline.review.signing import Signature, new_id, signed

_OWN: Final[Mapping[RoundKind, frozenset[Kind]]] = {
    RoundKind.CANDIDATES: frozenset(
        {
            *(Kind.ACCEPT, Kind.CREATE, Kind.REJECT, Kind.RENAME, Kind.MERGE, Kind.SPLIT, Kind.MOVE, Kind.APPLY),
            *(Kind.REMOVE, Kind.COMMIT, Kind.MEMO, Kind.STANCE, Kind.DEFINE, Kind.PLACE, Kind.UNDO, Kind.FINISH),
        }
    ),
    RoundKind.SAMPLE: frozenset({Kind.COMMIT, Kind.MEMO, Kind.UNDO, Kind.FINISH}),
}
"""What a coder may do in a round."""
RESTS: Final = (
    "Coders are at work blind to each other; until that round is closed, the team's codebook rests. Close it first."
)
"""Why nothing is decided on in the team's book, or signed off, while a blind round goes on."""
_MEANWHILE: Final = CORRECTIONS | {Kind.CLOSE}
"""What goes on in the team's book while coders work blind."""


def book_of(team: Codebook, coder: str) -> str:
    """The name of the book that a coder writes in and sees: their own in an open round they take part in."""
    going_on = team.open_round
    return going_on.book(coder) if going_on and coder in going_on.coders else TEAM


def open_to_all(log: Sequence[Decision], own: str = TEAM) -> tuple[Decision, ...]:
    """What everybody may read: the team's decisions, and coders' own in rounds that are closed; with them, what is in
    the `own` book of whoever reads."""
    closed = {item.subject for item in log if item.kind is Kind.CLOSE}
    return tuple(
        item for item in log if item.draft.book in {TEAM, own} or item.draft.book.partition("/")[0] in closed
    )


def whose(team: Codebook, book: str) -> str:
    """Whose book it is, in words: "the team's book", or "ana's own book of the blind round of 2026-03-01 10:00"."""
    round_id, _, coder = book.partition("/")
    if not coder:
        return "the team's book"
    opened = team.rounds[round_id].at[:16].replace("T", " ") if round_id in team.rounds else round_id
    return f"{coder}'s own book of the blind round of {opened}"


def misplaced(book: Codebook, draft: Draft) -> str:
    """Why a decision may not go into the book it is meant for, in a sentence; "" where it may.

    `book` is the codebook as that book stands: the team's for a decision of the team.
    """
    going_on = book.open_round
    if draft.book != TEAM:
        return _misplaced_in_own(book, going_on, draft)
    return RESTS if going_on and draft.kind not in _MEANWHILE else ""


def _misplaced_in_own(book: Codebook, going_on: Round | None, draft: Draft) -> str:
    coder = draft.coder
    if going_on is None or coder not in going_on.coders or draft.book != going_on.book(coder):
        return "The blind round this belongs to is closed. Look again at what the team decides on now."
    if draft.kind not in _OWN[going_on.kind]:
        return f"In this blind round there is no `{draft.kind}`. Do it when the round is closed."
    if (going_on.id, coder) in book.finished and draft.kind is not Kind.UNDO:
        return "You said that you are done with this round. Undo that to go on."
    if draft.kind is Kind.COMMIT and going_on.segments and draft.subject not in going_on.segments:
        return "That segment is not in the sample of this round."
    return ""


def open_candidates(
    sign: Signature, team: Codebook, coders: Sequence[str], waiting: Collection[str] | None = None
) -> Draft:
    """Let coders decide on the candidates, each blind to the others. `waiting` are those nobody decided on, if known.

    Raises:
        DecisionRefused: fewer than two coders, no candidate that waits, or a round goes on.
    """
    if waiting is not None and not waiting:
        raise DecisionRefused("No candidate waits for a decision, so there is nothing to decide on in a round.")
    payload = {"kind": RoundKind.CANDIDATES, "coders": _at_least_two(coders), "codebook": team.version}
    return signed(sign, Kind.ROUND, _free_id(team, sign), payload)


def open_sample(
    sign: Signature, team: Codebook, coders: Sequence[str], segments: Sequence[str], *, share: float, seed: int
) -> Draft:
    """Let coders code a sample of segments with the codebook as it stands, each blind to the others.

    `segments` were drawn with `seed` at `share` of all (see `sampling.draw`).

    Raises:
        DecisionRefused: fewer than two coders, no code to apply, nothing drawn, or a round goes on.
    """
    if not team.active_codes:
        raise DecisionRefused("There is no code yet to apply. Decide on the candidates first.")
    if not segments:
        raise DecisionRefused("The sample is empty. Draw a larger share.")
    payload = {
        "kind": RoundKind.SAMPLE,
        "coders": _at_least_two(coders),
        "codebook": team.version,
        "share": share,
        "seed": seed,
        "segments": list(segments),
    }
    return signed(sign, Kind.ROUND, _free_id(team, sign), payload)


def finish(sign: Signature, team: Codebook) -> Draft:
    """A coder is done with the round that goes on."""
    going_on = team.open_round
    if going_on is None or sign.book == TEAM:
        raise DecisionRefused("You take part in no blind round, so there is none to be done with.")
    return signed(sign, Kind.FINISH, going_on.id)


def close(sign: Signature, team: Codebook, round_id: str) -> Draft:
    """End a round: what each coder did is seen by all from now on."""
    going_on = team.open_round
    if going_on is None or going_on.id != round_id:
        raise DecisionRefused("That round is not open. Look at the list of rounds.")
    return signed(sign, Kind.CLOSE, round_id)


def _at_least_two(coders: Sequence[str]) -> list[str]:
    names = [name for name in dict.fromkeys(item.strip() for item in coders) if name]
    if len(names) < 2:  # noqa: PLR2004 - one coder alone agrees with nobody
        raise DecisionRefused("Choose at least two coders: one alone agrees with nobody.")
    return names


def _free_id(team: Codebook, sign: Signature) -> str:
    if team.open_round:
        raise DecisionRefused("A blind round goes on; close it before another begins.")
    return new_id("r-", sign.key)
