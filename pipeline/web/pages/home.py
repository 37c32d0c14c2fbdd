"""The first page: the studies that are open to this person, and what waits in each."""

from __future__ import annotations

from typing import Final

from pipeline.web.endpoints import Access, Answer, Ask, Page, page
from pipeline.web.out_of_date import all_that_waits
from pipeline.web.places import study_path


def show(ask: Ask) -> Answer:
    """Every study with a role for this person, and what waits for them there."""
    cards = []
    for study in ask.site.studies.values():
        roles = ask.site.accounts.roles(ask.person, study.id)
        if not roles:
            continue
        about = {"path": study_path(study.id), "title": study.work.study.title, "roles": sorted(roles)}
        cards.append({**about, "tasks": all_that_waits(study, ask.person, roles)})
    return Page("home.html.j2", {"title": "Studies", "cards": cards})


ENDPOINTS: Final = (page("/", Access.SIGNED_IN, show),)
