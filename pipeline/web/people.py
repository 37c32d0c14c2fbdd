"""Whose names stand in a filter: those who decided, as far as this person may know."""

from __future__ import annotations

from pipeline.domain.codebook import Codebook
from pipeline.web.endpoints import DECIDERS, Ask
from pipeline.work.live_study import View


def coders_seen(ask: Ask, view: View) -> list[str]:
    """Everybody who decides here. While a blind round is open, only who takes part or has the role, so that nobody
    can tell who has begun."""
    members = {
        item.account for item in ask.site.accounts.accounts.memberships(study=ask.study.id) if item.role in DECIDERS
    }
    return sorted(members | _in_rounds(view.book) | _in_log(ask, view), key=str.casefold)


def _in_rounds(book: Codebook) -> set[str]:
    return {coder for item in book.rounds.values() for coder in item.coders}


def _in_log(ask: Ask, view: View) -> set[str]:
    return set() if view.book.open_round else set(ask.study.deciders)
