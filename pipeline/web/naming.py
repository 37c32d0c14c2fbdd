"""Codes by what people type: a name, the beginning of one, or an id."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.errors import DecisionRefused
from pipeline.review.called import plain

SHOWN: Final = 5
"""Names told where several codes fit."""


class NoSuchCode(DecisionRefused):
    """No code in use is called what was typed: it may be a new one.

    `said` is that alone, for a page that offers to make it.
    """

    def __init__(self, said: str) -> None:
        self.said = said
        super().__init__(f"{said} To make such a code first, open the codebook in another tab: “A new code”.")


def code_meant(book: Codebook, typed: str) -> str:
    """The id of the one code in use that is meant.

    Raises:
        NoSuchCode: none is.
        DecisionRefused: several are, or nothing was typed.
    """
    wanted = plain(typed)
    if not wanted:
        raise DecisionRefused("Say which code: type its name or the beginning of it.")
    if typed in book.codes and book.codes[typed].active:
        return typed
    names = [(code.name.casefold(), code) for code in book.active_codes]
    for fitting in (
        [code for name, code in names if name == wanted],
        [code for name, code in names if name.startswith(wanted)],
        [code for name, code in names if wanted in name],
    ):
        if len(fitting) == 1:
            return fitting[0].id
        if fitting:
            raise DecisionRefused(_several(typed, [code.name for code in fitting]))
    near = difflib.get_close_matches(wanted, [name for name, _ in names], n=1, cutoff=0.6)
    hint = f" Did you mean “{next(code.name for name, code in names if name == near[0])}”?" if near else ""
    raise NoSuchCode(f"No code in use is called `{typed}`.{hint}")


def _several(typed: str, names: Sequence[str]) -> str:
    """Why codes of these names are not one, and what to do: more letters tell none from another of its own name."""
    if len({name.casefold() for name in names}) == 1:
        return f"{len(names)} codes are called “{names[0]}”. Rename or merge one of them in the codebook first."
    shown = ", ".join(f"“{name}”" for name in names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"Several codes fit `{typed}`: {shown}{more}. Type more of the one you mean."
