"""The report as one HTML file that opens anywhere and asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import Final

from pipeline.report.findings import Findings
from pipeline.report.jinja import environment

TEMPLATES: Final = "pipeline.report"


def html(findings: Findings) -> str:
    """The whole page, UTF-8 text. Whatever people typed is escaped; the page may run one script, its own."""
    from markupsafe import Markup

    style, script = _packaged("report.css"), _packaged("report.js")
    return (
        environment(TEMPLATES)
        .get_template("report.html.j2")
        .render(
            findings=findings,
            style=Markup(style),  # noqa: S704 - packaged with the program, nobody's input
            script=Markup(script),  # noqa: S704 - packaged with the program, nobody's input
            policy=_policy(style, script),
        )
    )


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded or sent; only the two blocks of this page, known by their hashes, count."""
    return (
        f"default-src 'none'; style-src '{_hashed(style)}'; script-src '{_hashed(script)}'; "
        f"base-uri 'none'; form-action 'none'"
    )


def _hashed(block: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()


def _packaged(name: str) -> str:
    return files(TEMPLATES).joinpath("templates", name).read_text(encoding="utf-8")
