"""What stands around every page of the map: its parts, checkpoint 3, and what this person may do there."""

from __future__ import annotations

from typing import Any, Final

from pipeline.web.as_shown import print_of
from pipeline.web.endpoints import DECIDERS, Ask
from pipeline.web.resting import resting
from pipeline.web.told import told_last
from pipeline.web.waiting import checkpoint_waits
from pipeline.work.deciding import STAGE_OF
from pipeline.work.live_study import View
from pipeline.work.workplace import CODES, MAP, TRANSCRIPTS

PARTS: Final = (
    ("map", "Codes by question"),
    ("map/answers", "Answers to each question"),
    ("map/themes", "Themes"),
)
"""The pages of the map, by the last part of their address."""
NO_THEMES_NOW: Final = "Themes rest while coders work blind to each other. They are made when that round is closed."


def map_frame(ask: Ask, view: View, part: str, since: str) -> dict[str, Any]:
    """The context that every page of the map shows. `since` says what changed after the map was approved: it is
    asked for before the look (see `out_of_date`)."""
    stage, approval = view.stages[STAGE_OF[MAP]], view.book.approvals.get(MAP)
    decider, waits = bool(ask.roles & DECIDERS), checkpoint_waits(view, MAP)
    earlier = next((item for item in (TRANSCRIPTS, CODES) if checkpoint_waits(view, item)), "")
    return {
        "title": "Map",
        "parts": PARTS,
        "part": part,
        "since": since,
        "version": stage.version if stage else 0,
        "print": print_of(view.book),
        "waits": waits,
        "approved": (approval.coder, approval.at) if approval and not waits else None,
        "may_approve": decider and waits and not earlier and view.book.open_round is None,
        "earlier": earlier if waits else "",
        "may_move": decider and not resting(view),
        "may_theme": decider and view.book.open_round is None,
        "rests": "" if view.book.open_round is None else NO_THEMES_NOW,
        "blind": view.blind is not None,
        "at": view.book.version,
        "last": view.last,
        "last_told": told_last(view),
    }


def code_names(view: View) -> list[str]:
    """The names of the codes in use, for a field that completes what is typed."""
    return sorted({code.name for code in view.book.active_codes}, key=str.casefold)
