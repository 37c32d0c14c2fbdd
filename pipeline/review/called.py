"""What people call a code or a theme: by its id, or by its name as it stands in the codebook."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from typing import Final

from pipeline.domain.codebook import Code, Codebook
from pipeline.domain.errors import DecisionRefused

_NEAR: Final = 0.6
_NEAREST: Final = 3

Named = tuple[str, str]
"""An id and its name."""


def code_called(book: Codebook, text: str, mend: str) -> str:
    """The id of the code meant by an id, the id of the candidate it was, or a name in whatever capitals.

    Raises:
        DecisionRefused: there is none, which names those that are near and ends with `mend`; or there are several.
    """
    if text in book.codes:
        return text
    if text in book.accepted:
        return book.accepted[text]
    return _called("code", [(code.id, code.name) for code in book.active_codes], text, mend)


def theme_called(book: Codebook, text: str, mend: str) -> str:
    """The id of the theme meant by an id or a name in whatever capitals. Raises as `code_called`."""
    if text in book.themes:
        return text
    return _called("theme", [(theme.id, theme.name) for theme in book.themes.values()], text, mend)


def namesake(book: Codebook, name: str, *, but: str = "") -> Code | None:
    """The code in use, other than `but`, that is called so; None where none is."""
    wanted = plain(name)
    return next((code for code in book.active_codes if code.id != but and plain(code.name) == wanted), None)


def plain(name: str) -> str:
    """A name as it is compared: without capitals, white space folded, letters and their accents as one."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _called(kind: str, there: Sequence[Named], text: str, mend: str) -> str:
    meant = [item for item, name in there if plain(name) == plain(text)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise DecisionRefused(
            f"{len(meant)} {kind}s are called `{text}`: {', '.join(meant)}. Write the id of the one you mean."
        )
    raise DecisionRefused(f"There is no {kind} `{text}`.{_near(there, text)} {mend}")


def _near(there: Sequence[Named], text: str) -> str:
    """A sentence with the names that are much like the text or hold it, "" where none does."""
    names = {plain(name): f"`{name}` ({item})" for item, name in there}
    like = difflib.get_close_matches(plain(text), names, n=_NEAREST, cutoff=_NEAR)
    holding = [name for name in names if plain(text) and plain(text) in name]
    near = list(dict.fromkeys([*like, *holding]))[:_NEAREST]
    return f" Did you mean {' or '.join(names[name] for name in near)}?" if near else ""
