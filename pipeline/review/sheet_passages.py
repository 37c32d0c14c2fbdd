"""What the sheet of segments asks for: passages dropped, moved, moved again, and codes made for them."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import Draft, Kind
from pipeline.domain.errors import DecisionRefused
from pipeline.review import deciding
from pipeline.review.called import code_called, namesake
from pipeline.review.seen import Seen
from pipeline.review.sheet_desk import Act, Desk, as_before, says_yes
from pipeline.review.sheet_layout import DROP, MOVE_TO, Tab
from pipeline.review.sheet_reading import FilledRow
from pipeline.review.signing import Signature
from pipeline.review.worklist import in_use

_NEW: Final = re.compile(r"new\s*:\s*(?P<name>.*)", re.IGNORECASE | re.DOTALL)
_STAYED: Final = "The passage stayed where it was: mend the cell, import again."
_GONE: Final = (
    "The passage is no longer where this row brought it. Export the workbook anew to see where it stands, and decide "
    "again there."
)


def new_codes(desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Codes that passages are to go to and that are made for it, each once for all rows that name it."""
    name = _new_name(row)
    if row.tab is not Tab.SEGMENTS or name is None or desk.created(name):
        return []
    if namesake(seen.book, name):
        raise DecisionRefused(f"There is a code `{name}` already: write its name without `new:`. {_STAYED}")
    return [Act(Kind.CREATE, name, partial(deciding.create, seen, name=name), taken=desk.key_of_new(name))]


def passages(desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    """Passages dropped from a code or moved to another. A row that was changed since it was taken moves its passage
    on from where it brought it."""
    if row.tab is not Tab.SEGMENTS:
        return []
    target = row.filled.get(MOVE_TO, "")
    return _moved(desk, seen, row, target) if target else _dropped(desk, seen, row)


def _moved(desk: Desk, seen: Seen, row: FilledRow, target: str) -> list[Act]:
    done, place, book = desk.acts(row), desk.place(row, seen.book), seen.book
    said = [target, len(done)]
    if done and done[-1].draft.key == desk.key(row, done[-1].kind, [target, len(done) - 1]):
        return [as_before(done[-1])]
    if place and _target(desk, book, target) == place:
        return [as_before(done[-1])]
    if place and not desk.shared(row, book, place):
        return [Act(Kind.MOVE, said, lambda s: _move(desk, seen, s, row, place))]
    owner = book.accepted.get(row.belongs_to, row.belongs_to)
    if not done and owner in book.codes and not desk.left_out(row):
        return [Act(Kind.MOVE, said, lambda s: _move(desk, seen, s, row, owner))]
    if done and not place and done[-1].kind is not Kind.REMOVE:
        raise DecisionRefused(_GONE)
    return [Act(Kind.APPLY, said, lambda s: deciding.apply(seen, s, row.id, _target(desk, book, target)))]


def _dropped(desk: Desk, seen: Seen, row: FilledRow) -> list[Act]:
    if not says_yes(row, DROP):
        raise DecisionRefused(f"`{row.filled[DROP]}` under Drop means nothing. Write yes, or leave it empty.")
    done, place = desk.acts(row), desk.place(row, seen.book)
    if done and done[-1].kind is Kind.REMOVE:
        return [as_before(done[-1])]
    if desk.left_out(row) and not done:
        return []
    if done and not place:
        raise DecisionRefused(_GONE)
    if place and desk.shared(row, seen.book, place):
        raise DecisionRefused(
            "Another row of this sheet has brought the passage to the same code: mend that one too."
        )
    owner = place or seen.book.accepted.get(row.belongs_to, row.belongs_to)
    return [Act(Kind.REMOVE, len(done), lambda s: _drop(seen, s, row.id, owner))]


def _move(desk: Desk, seen: Seen, sign: Signature, row: FilledRow, source: str) -> Draft:
    return deciding.move(seen, sign, row.id, source, _target(desk, seen.book, row.filled[MOVE_TO]))


def _drop(seen: Seen, sign: Signature, segment: str, owner: str) -> Draft:
    if not owner:
        raise DecisionRefused("It is in no candidate and no code, so there is nothing to drop it from.")
    if owner not in seen.book.codes:
        raise DecisionRefused("Its candidate was not accepted, so there is nothing to drop the passage from.")
    if (segment, owner) not in seen.book.codings:
        raise DecisionRefused(f"Segment {segment} does not carry code {owner}; there is nothing to drop.")
    return deciding.remove(seen, sign, segment, owner)


def _target(desk: Desk, book: Codebook, text: str) -> str:
    """The code that a passage goes to."""
    new = _NEW.fullmatch(text)
    if new:
        code = in_use(book, desk.created(new["name"]) or "")
        if code is None:
            raise DecisionRefused(f"The code that `{text}` made is not in use any more. {_STAYED}")
        return code
    mend = f"Write a name or id as it stands in the codebook, or `new: {text}` to make a code of that name. {_STAYED}"
    return code_called(book, text, mend)


def _new_name(row: FilledRow) -> str | None:
    """The name of the code to be made, None where none is asked for.

    Raises:
        DecisionRefused: the name is left out.
    """
    asked = _NEW.fullmatch(row.filled.get(MOVE_TO, ""))
    if asked and not asked["name"].strip():
        raise DecisionRefused(f"Write the name of the new code after `new:`. {_STAYED}")
    return asked["name"] if asked else None
