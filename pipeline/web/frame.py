"""What stands around every page: who is signed in, which study, where one can go, the switches of the keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pipeline.domain.account import Role
from pipeline.web.endpoints import DECIDERS, READERS, Ask
from pipeline.web.keys import Keys, keys_of
from pipeline.web.undoing import told_at, what_was_undone


@dataclass(frozen=True, slots=True)
class Place:
    """A page one can go to from every other. `part` is the last part of its address in the study."""

    part: str
    title: str
    allowed: frozenset[Role] = READERS


PLACES: Final = (
    Place("", "Overview"),
    Place("transcripts", "Transcripts"),
    Place("candidates", "Candidates", DECIDERS),
    Place("segments", "Segments", DECIDERS),
    Place("codebook", "Codebook"),
    Place("agreement", "Agreement"),
    Place("map", "Map"),
    Place("search", "Search"),
    Place("report", "Report"),
    Place("log", "Log"),
)


def framed(ask: Ask, context: Mapping[str, Any]) -> dict[str, Any]:
    """The context of a template with what the frame shows."""
    places = [place for place in PLACES if ask.roles & place.allowed]
    if (last := context.get("last")) and not told_at(ask.path, last):
        context = {**context, "last": None}  # else it follows its reader about, and a stray key undoes it
    return {
        "person": ask.person,
        "administrator": bool(ask.account and ask.account.administrator),
        "roles": ask.roles,
        "study": ask.served,
        "base": ask.base if ask.served else "",
        "here": ask.path,
        "book_shown": ask.book,
        "places": places,
        "keys": keys_of(ask) if ask.account else Keys(),
        "undone": what_was_undone(ask),
        "title": "",
        "refusal": "",
        "came_from": "",
        **context,
    }
