"""Decisions on candidates, codes, codings and themes, built so that they can act or refused with the mend."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.cells import inert
from pipeline.domain.codebook import Codebook, Stance
from pipeline.domain.decision import CORRECTIONS, Decision, Draft, Kind, in_book
from pipeline.domain.errors import DecisionRefused, NameTaken
from pipeline.domain.folding import fold
from pipeline.review.called import namesake, plain
from pipeline.review.rounds import misplaced
from pipeline.review.seen import Seen
from pipeline.review.signing import Signature, new_id, signed
from pipeline.review.undoing import undo_problem

_NAMING: Final = frozenset({Kind.ACCEPT, Kind.CREATE, Kind.RENAME, Kind.SPLIT})
LONGEST_NAME: Final = 200
"""Characters; what a code means goes into its definition."""


@dataclass(frozen=True, slots=True)
class Part:
    """A new code that a split makes, with the segments it takes along."""

    name: str
    segments: tuple[str, ...]


def accept(
    seen: Seen,
    sign: Signature,
    suggestion: str,
    *,
    name: str | None = None,
    definition: str = "",
    without: Collection[str] = (),
) -> Draft:
    """Make a code of a candidate, under its suggested name unless `name` is given, leaving `without` uncoded."""
    candidate = seen.candidate(suggestion)
    if suggestion in seen.book.accepted:
        raise DecisionRefused(
            f"{suggestion} was accepted already, as {seen.book.accepted[suggestion]}. Rename or merge that code, or "
            f"undo the acceptance first."
        )
    payload = {
        "code": new_id("c-", sign.key),
        "name": new_name(seen.book, candidate.name if name is None else name),
        "definition": definition.strip(),
        "segments": _kept(candidate.segments, without),
    }
    return signed(sign, Kind.ACCEPT, suggestion, payload)


def create(seen: Seen, sign: Signature, name: str, *, definition: str = "", segments: Collection[str] = ()) -> Draft:
    """Make a code of the coder's own, that no candidate proposed, on any segments named."""
    payload = {
        "name": new_name(seen.book, name),
        "definition": definition.strip(),
        "segments": list(seen.require_segments(segments)),
    }
    return signed(sign, Kind.CREATE, new_id("c-", sign.key), payload)


def reject(seen: Seen, sign: Signature, suggestion: str) -> Draft:
    """Turn a candidate down, for a reason."""
    seen.candidate(suggestion)
    if not sign.reason.strip():
        raise DecisionRefused("A rejection needs a reason. One short sentence is enough.")
    if suggestion in seen.book.accepted:
        raise DecisionRefused(f"{suggestion} was accepted as {seen.book.accepted[suggestion]}; undo that first.")
    return signed(sign, Kind.REJECT, suggestion)


def rename(seen: Seen, sign: Signature, code: str, name: str, definition: str | None = None) -> Draft:
    """Give a code another name and, where given, another definition."""
    there = seen.code(code)
    same = plain(name) == plain(there.name)  # of two that are called so already, each can still be defined
    payload = {"name": sound_name(name) if same else new_name(seen.book, name)}
    if definition is not None:
        payload["definition"] = definition.strip()
    return signed(sign, Kind.RENAME, there.id, payload)


def merge(
    seen: Seen,
    sign: Signature,
    into: str,
    *,
    codes: Sequence[str] = (),
    suggestions: Sequence[str] = (),
    without: Collection[str] = (),
) -> Draft:
    """Gather codes, candidates or both under the code `into`; `without` names candidates' segments left uncoded."""
    if not codes and not suggestions:
        raise DecisionRefused("Nothing was named to merge. Name at least one code or candidate.")
    if into in codes:
        raise DecisionRefused(f"Code {into} cannot be merged into itself. Name another code to stay.")
    for suggestion in suggestions:
        if suggestion in seen.book.accepted:
            raise DecisionRefused(
                f"{suggestion} was accepted already, as {seen.book.accepted[suggestion]}; merge that code instead."
            )
    taken = [
        {"id": item, "segments": _kept(seen.candidate(item).segments, without)} for item in dict.fromkeys(suggestions)
    ]
    payload = {"codes": [seen.code(code).id for code in dict.fromkeys(codes)], "suggestions": taken}
    return signed(sign, Kind.MERGE, seen.code(into).id, payload)


def split(seen: Seen, sign: Signature, code: str, parts: Sequence[Part]) -> Draft:
    """Make new codes of a code's segments; what no part takes stays with the code."""
    if not parts:
        raise DecisionRefused("A split needs at least one part: a name and the segments it takes.")
    carried = set(seen.book.segments_of(seen.code(code).id))
    made: list[dict[str, object]] = []
    for index, part in enumerate(parts):
        if not part.segments:
            raise DecisionRefused(f"The part `{sound_name(part.name)}` takes no segment. Choose at least one for it.")
        for segment in part.segments:
            if segment not in carried:
                raise DecisionRefused(f"Segment {segment} does not carry code {code}, or two parts take it.")
            carried.discard(segment)
        new = new_id("c-", sign.key, index)
        made.append({"code": new, "name": sound_name(part.name), "segments": list(part.segments)})
    draft = signed(sign, Kind.SPLIT, code, {"parts": made})
    if problem := doubled(seen.book, draft):
        raise DecisionRefused(problem)
    return draft


def move(seen: Seen, sign: Signature, segment: str, source: str, target: str) -> Draft:
    """Take a segment from one code to another."""
    if source == target:
        raise DecisionRefused("The segment carries that code already. Choose another code to move it to.")
    _require_coding(seen, segment, seen.code(source).id)
    return signed(sign, Kind.MOVE, segment, {"from": source, "to": seen.code(target).id})


def apply(seen: Seen, sign: Signature, segment: str, code: str) -> Draft:
    """Put a code on a segment: a new coding, or a yes to one that the machine proposed."""
    seen.require_segments([segment])
    return signed(sign, Kind.APPLY, segment, {"code": seen.code(code).id})


def remove(seen: Seen, sign: Signature, segment: str, code: str) -> Draft:
    """Take a code off a segment, or say no to a coding that the machine proposed."""
    seen.require_segments([segment])
    return signed(sign, Kind.REMOVE, segment, {"code": seen.code(code).id})


def memo(sign: Signature, subject: str, text: str) -> Draft:
    """Leave a note on anything that has an id."""
    if not text.strip():
        raise DecisionRefused("A memo needs a text.")
    return signed(sign, Kind.MEMO, subject, {"text": text.strip()})


def stance(seen: Seen, sign: Signature, code: str, value: str) -> Draft:
    """Say whether a code speaks of a strength, a gap or neither."""
    try:
        chosen = Stance(value.strip().lower())
    except ValueError:
        raise DecisionRefused(f"A stance is one of: {', '.join(Stance)}. `{value}` is none of them.") from None
    return signed(sign, Kind.STANCE, seen.code(code).id, {"stance": chosen.value})


def define(
    seen: Seen,
    sign: Signature,
    code: str,
    *,
    definition: str | None = None,
    includes: str | None = None,
    excludes: str | None = None,
    examples: Collection[str] | None = None,
) -> Draft:
    """Say what a code means, where it ends, and which segments show it best; what is None or the same stays."""
    there = seen.code(code)
    texts = {"definition": definition, "includes": includes, "excludes": excludes}
    payload: dict[str, object] = {
        name: text.strip()
        for name, text in texts.items()
        if text is not None and text.strip() != getattr(there, name)
    }
    if examples is not None and (shown := seen.require_segments(examples)) != there.examples:
        payload["examples"] = list(shown)
    if not payload:
        raise DecisionRefused("That is what the code says already. Change something, or leave it as it is.")
    return signed(sign, Kind.DEFINE, code, payload)


def place(seen: Seen, sign: Signature, code: str, parent: str) -> Draft:
    """Let a code stand under another; "" for the top."""
    there, above = seen.code(code), parent and seen.code(parent).id
    if above == seen.book.standing_under(there):
        raise DecisionRefused("The code stands there already. Choose another place for it.")
    while above:
        if above == code:
            raise DecisionRefused("A code cannot stand under itself or under what stands below it.")
        above = seen.book.codes[above].parent
    return signed(sign, Kind.PLACE, code, {"parent": parent})


def commit(seen: Seen, sign: Signature, segment: str, codes: Collection[str]) -> Draft:
    """Say that a segment is coded whole: with just these codes, maybe none."""
    seen.require_segments([segment])
    return signed(sign, Kind.COMMIT, segment, {"codes": [seen.code(code).id for code in dict.fromkeys(codes)]})


def theme(
    seen: Seen, sign: Signature, codes: Sequence[str], name: str, *, note: str = "", revises: str = ""
) -> Draft:
    """Say what several codes amount to; `revises` is the id of a theme to change."""
    if not codes:
        raise DecisionRefused("A theme needs at least one code. To give a theme up, dissolve it.")
    if revises:
        _require_theme(seen, revises)
    payload = {
        "name": sound_name(name, "theme"),
        "codes": [seen.code(code).id for code in dict.fromkeys(codes)],
        "note": note.strip(),
    }
    return signed(sign, Kind.THEME, revises or new_id("t-", sign.key), payload)


def dissolve(seen: Seen, sign: Signature, theme_id: str) -> Draft:
    """Give a theme up; its codes stay."""
    _require_theme(seen, theme_id)
    return signed(sign, Kind.THEME, theme_id, {"codes": []})


def approve(sign: Signature, checkpoint: str, version: int) -> Draft:
    """Sign off a frozen version at a checkpoint."""
    if version < 1:
        raise DecisionRefused(f"There is no version {version} to approve; versions count from 1.")
    return signed(sign, Kind.APPROVE, checkpoint, {"version": version})


def undo(log: Sequence[Decision], sign: Signature, number: int) -> Draft:
    """Take a decision back by its number in the book (see `numbers`); undoing an undo restores what it undid.

    What was decided with it in one act is for `undoing.whole_act` to find.
    """
    mine = in_book(log, sign.book)
    if not 1 <= number <= len(mine) or mine[number - 1].draft.book != sign.book:
        raise DecisionRefused(
            f"There is no decision number {number} that you could undo. `polyvocal log` lists them."
        )
    return signed(sign, Kind.UNDO, mine[number - 1].draft.key)


def check(read: Callable[[], Sequence[Decision]], candidate: Decision) -> str:
    """Why the decision cannot act on the log as it stands, in a sentence; empty where it can.

    `read` gives the log; it is read whole and folded, which is right for a decision now and then. A program that
    takes many keeps a `LiveFold` and asks that.
    """
    log, book = read(), candidate.draft.book
    before = fold(log, book)
    if problem := misplaced(before, candidate.draft):
        return problem
    if candidate.kind is Kind.UNDO:
        return undo_problem(log, [candidate])
    if candidate.kind in CORRECTIONS:
        return ""
    try:
        void = fold([*log, candidate], book).void
    except (KeyError, TypeError, ValueError, AttributeError):
        return f"The decision lacks what `{candidate.kind}` needs, or holds it in another form. Send it again."
    return next((item.why for item in void if item.seq == candidate.seq), "") or doubled(before, candidate.draft)


def new_name(book: Codebook, name: str) -> str:
    """The name of a code as it is kept, which no other code has: nobody could say by it which of two is meant.

    Raises:
        NameTaken: another code in use is called so, maybe made by somebody else a moment ago.
        DecisionRefused: the name is not sound (see `sound_name`).
    """
    kept, there = sound_name(name), namesake(book, name)
    if there is not None:
        raise NameTaken(there.name)
    return kept


def doubled(book: Codebook, draft: Draft) -> str:
    """Why a decision would make a second code of one name, in a sentence; "" where it does not.

    Asked where the decision is written, so that of two who give a name at once, or two rows that do, the second is
    refused. What settles is let through: under the name of a code of the team it goes into that one.
    """
    if "from" in draft.payload or draft.kind not in _NAMING:
        return ""
    parts = draft.payload.get("parts", ())
    named = [str(part["name"]) for part in parts] or [str(draft.payload["name"])]
    code = book.codes.get(draft.subject)
    if draft.kind is Kind.RENAME and code and plain(code.name) == plain(named[0]):
        return ""  # of two that are called so already, each can still be defined
    stays = set(book.segments_of(draft.subject)) - {segment for part in parts for segment in part["segments"]}
    gone = "" if draft.kind is Kind.SPLIT and stays else draft.subject
    for place, name in enumerate(named):
        if there := namesake(book, name, but=gone):
            return str(NameTaken(there.name))
        if plain(name) in map(plain, named[:place]):
            return f"Two codes would be called “{name}”. Give one of them another name."
    return ""


def sound_name(name: str, of: str = "code") -> str:
    """The name as it is kept.

    Raises:
        DecisionRefused: it is empty, too long, or holds what cannot be seen.
    """
    if not name.strip():
        raise DecisionRefused(f"A {of} needs a name. Write a few words.")
    if len(name) > LONGEST_NAME:
        raise DecisionRefused(
            f"A {of}'s name has at most {LONGEST_NAME} characters; this has {len(name)}. Shorten it."
        )
    if inert(name) != name:
        raise DecisionRefused(f"A {of}'s name holds characters that cannot be seen. Type it anew.")
    return " ".join(name.split())


def _kept(segments: Sequence[str], without: Collection[str]) -> list[str]:
    kept = [segment for segment in segments if segment not in without]
    if not kept:
        raise DecisionRefused("Every segment of the candidate was dropped. Reject the candidate instead.")
    return kept


def _require_coding(seen: Seen, segment: str, code: str) -> None:
    if (segment, code) not in seen.book.codings:
        raise DecisionRefused(f"Segment {segment} does not carry code {code}. Look at the segment's codes again.")


def _require_theme(seen: Seen, theme_id: str) -> None:
    if theme_id not in seen.book.themes:
        raise DecisionRefused(f"There is no theme {theme_id}. Take its id from the list of themes.")
