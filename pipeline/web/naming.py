"""Codes by what people type: a name, the beginning of one, or an id."""

from __future__ import annotations

import difflib

from pipeline.domain.codebook import Codebook
from pipeline.domain.errors import DecisionRefused


class NoSuchCode(DecisionRefused):
    """No code in use is called what was typed: it may be a new one."""


def code_meant(book: Codebook, typed: str) -> str:
    """The id of the one code in use that is meant.

    Raises:
        NoSuchCode: none is.
        DecisionRefused: several are, or nothing was typed.
    """
    wanted = " ".join(typed.split()).casefold()
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
            shown = ", ".join(f"“{code.name}”" for code in fitting[:5])
            raise DecisionRefused(f"Several codes fit `{typed}`: {shown}. Type more of the one you mean.")
    near = difflib.get_close_matches(wanted, [name for name, _ in names], n=1, cutoff=0.6)
    hint = f" Did you mean “{next(code.name for name, code in names if name == near[0])}”?" if near else ""
    raise NoSuchCode(f"No code in use is called `{typed}`.{hint}")
