"""Whether codes and themes are still those that a page showed: nobody signs off what they did not see."""

from __future__ import annotations

import hashlib
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.errors import StaleDecision
from pipeline.web.endpoints import Ask

CHANGED: Final = (
    "Codes or themes were changed since this page was shown. Nothing was approved: look at them as they are now, "
    "then approve."
)


def print_of(book: Codebook) -> str:
    """The same while the codes in use and the themes say the same. Codings change it not: they come at all times."""
    said = [*book.active_codes, *book.themes.values()]
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def require_as_shown(ask: Ask) -> None:
    """Refuse to sign off what is not as the form's page showed it. Not to be asked while looking.

    Raises:
        StaleDecision: codes or themes changed since.
    """
    with ask.study.looking(ask.person) as view:
        if ask.value("print") not in {"", print_of(view.book)}:
            raise StaleDecision(CHANGED)
