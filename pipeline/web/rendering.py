"""Templates into pages, and the files that pages ask for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from pipeline.domain.segment import OFF_GUIDE
from pipeline.report.jinja import environment
from pipeline.web.places import as_part

if TYPE_CHECKING:
    from jinja2 import Environment

PACKAGE: Final = "pipeline.web"
STATIC: Final[Mapping[str, str]] = {
    "site.css": "text/css; charset=utf-8",
    "site.js": "text/javascript; charset=utf-8",
    "htmx-2.0.11.min.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""The files that pages ask for, all packaged with the program, and what each is."""


def render(template: str, context: Mapping[str, Any]) -> str:
    """The page as text."""
    return _environment().get_template(template).render(context)


def read_templates() -> None:
    """Compile all of them now rather than when each is first shown."""
    for name in _environment().list_templates():
        _environment().get_template(name)


@cache
def packaged(name: str) -> bytes:
    """One of the static files."""
    return files(PACKAGE).joinpath("static", name).read_bytes()


@cache
def static_path(name: str) -> str:
    """The address of a static file: it names the content, so that browsers may keep it for good."""
    return f"/static/{hashlib.sha256(packaged(name)).hexdigest()[:12]}/{name}"


@cache
def _environment() -> Environment:
    found = environment(PACKAGE)
    found.globals["static"] = static_path
    found.filters |= {"when": when, "moment": moment, "answered": answered, "as_part": as_part}
    return found


def answered(question: str) -> str:
    """The question of the guide that talk answers, as it stands under a quote."""
    return "beside the guide" if question == OFF_GUIDE else question


def when(at: str) -> str:
    """A moment of the log (ISO 8601, UTC) as people write it."""
    return f"{at[:16].replace('T', ' ')} UTC"


def moment(at: str) -> Markup:
    """The same where a page can mark it up: the script then writes it by the reader's own clock."""
    return Markup('<time datetime="{}">{}</time>').format(at, when(at))
