"""Templates into text (Jinja2): what people typed or said is escaped, and stripped of what acts unseen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.domain.cells import inert
from pipeline.domain.counted import counted, noun

if TYPE_CHECKING:
    from jinja2 import Environment


_NAMED: Final = re.compile(r"`([^`]+)`")


def environment(package: str) -> Environment:
    """The templates packaged with a part of the program; a name that a template does not know is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    def finalize(value: object) -> object:
        return inert(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    found = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
        auto_reload=False,
    )
    found.filters |= {"counted": counted, "noun": noun, "typeset": typeset}
    return found


def typeset(sentence: str) -> str:
    """A sentence as a page shows it: what stands between backticks, as a terminal needs it, stands in quotes."""
    return _NAMED.sub(r"“\1”", sentence)
