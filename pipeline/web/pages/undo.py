"""Undo: this person's own latest act is taken back whole; a sign-off only once they said that they mean it."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

from pipeline.domain.decision import Decision, Draft, Kind
from pipeline.domain.errors import DecisionRefused
from pipeline.review.signing import Signature, signed
from pipeline.web.acting import decide
from pipeline.web.endpoints import DECIDERS, Answer, Ask, Go, Page, act, page
from pipeline.web.places import own_path, saying
from pipeline.web.told import told_last
from pipeline.web.undoing import UNDONE, asks_first
from pipeline.work.live_study import View


def show(ask: Ask) -> Answer:
    """What an undo would take back now, and the button that does."""
    with ask.study.looking(ask.person) as view:
        last = view.last
        context = {
            "title": "Undo",
            "act": last,
            "last_told": told_last(view),
            "signed_off": bool(last and asks_first(last)),
        }
    return Page("undo.html.j2", {**context, "back": _back(ask.query.get("back", "")) or ask.base})


def undo(ask: Ask) -> Answer:
    """Take this person's own latest decision back; on to what it was about, which says what was undone."""
    last = _last(ask)
    if last and asks_first(last) and not ask.value("sure"):
        return Go(f"{ask.base}/undo?{urlencode({'back': _back(ask.value('back'))})}")
    about = {"subject": ""}

    def build(view: View, sign: Signature) -> Draft:
        latest = view.last
        if latest is None or latest.draft.key != ask.value("last"):
            raise DecisionRefused("That is not your latest decision any more. Look at what you decided last.")
        about["subject"] = latest.subject
        return signed(sign, Kind.UNDO, latest.draft.key)

    made = decide(ask, build)
    with ask.study.looking(ask.person) as view:
        candidate = about["subject"] in view.material.suggestions
    path = f"{ask.base}/candidates/{about['subject']}" if candidate else _back(ask.value("back"))
    return Go(saying(path or f"{ask.base}/candidates", **{UNDONE: made.draft.key}))


def _last(ask: Ask) -> Decision | None:
    """What the form would undo, where that is still this person's latest."""
    with ask.study.looking(ask.person) as view:
        last = view.last
        return last if last and last.draft.key == ask.value("last") else None


def _back(path: str) -> str:
    """The page of this site that an undo was asked for on, quoted; "" where it was none."""
    return quote(path, safe="/?#&=:@!$()*+,;%~") if path and own_path(path) == path else ""


_PATH: Final = "/studies/{study}/undo"
ENDPOINTS: Final = (page(_PATH, DECIDERS, show), act(_PATH, DECIDERS, undo))
