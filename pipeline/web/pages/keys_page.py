"""Single keys: switched off or on, changed, or set back, by each person for themselves (WCAG 2.1.4)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from pipeline.domain.errors import DecisionRefused
from pipeline.web.endpoints import Access, Answer, Ask, Go, Page, act, page
from pipeline.web.keys import ACTS, PREFERENCE, Keys, as_kept, changed, keys_of
from pipeline.web.places import own_path, saying


def show(ask: Ask) -> Answer:
    """The keys as they are."""
    return _page(keys_of(ask), _sound(ask.query.get("from", "")))


def change(ask: Ask) -> Answer:
    """Keys as somebody set them; two acts with one key are refused, and what was typed stays."""
    on, typed = bool(ask.value("on")), {name: ask.value(f"key:{name}") for name in ACTS}
    try:
        kept = changed(on, typed)
    except DecisionRefused as refusal:
        return _page(Keys(on, typed), _sound(ask.value("from")), str(refusal))
    ask.site.accounts.accounts.prefer(ask.person, PREFERENCE, as_kept(kept))
    return Go(_here(ask))


def reset(ask: Ask) -> Answer:
    """The keys as they were to begin with."""
    ask.site.accounts.accounts.prefer(ask.person, PREFERENCE, as_kept(Keys()))
    return Go(_here(ask))


def _here(ask: Ask) -> str:
    """This page, which still knows where one came from."""
    came_from = _sound(ask.value("from"))
    return saying("/keys", **{"from": came_from}) if came_from else "/keys"


def _sound(path: str) -> str:
    """The page that one came from, if it is one of this site and another than this; "" for any other."""
    mine = path != "" and own_path(path) == path
    return quote(path, safe="/?#&=:@!$()*+,;%~") if mine and path.partition("?")[0] != "/keys" else ""


def _page(keys: Keys, came_from: str, problem: str = "") -> Page:
    listed = [(name, title, keys.by_act.get(name, ""), first) for name, (first, title) in ACTS.items()]
    context = {"title": "Keys", "on": keys.on, "acts": listed, "problem": problem, "came_from": came_from}
    return Page("keys.html.j2", context, 422 if problem else 200)


ENDPOINTS: Final = (
    page("/keys", Access.SIGNED_IN, show),
    act("/keys", Access.SIGNED_IN, change),
    act("/keys/reset", Access.SIGNED_IN, reset),
)
