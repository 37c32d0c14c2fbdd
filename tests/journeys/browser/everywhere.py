"""A study in which there is one of everything, and an address for every page of the site."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from pipeline.bootstrap import open_workplace
from pipeline.domain.decision import Draft, Kind
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.web.routes import ENDPOINTS
from pipeline.work.live_study import LiveStudy
from tests.journeys.browser.sites import study_in

AT = "2026-03-01T10:00:00+00:00"
THEME = "t-0000000000aa"
SAMPLE = 8
WITH_QUERIES = (
    "/accounts/one?name=ben",
    "/studies/sample/search?q=money",
    "/studies/sample/search?q=no-such-word-anywhere",
    "/studies/sample/codebook?q=no-such-code",
    "/studies/sample/rounds/sample?least=8&share=1",
)
JUST_BEGUN = tuple(
    f"/studies/made{part}"
    for part in ("", "/transcripts", "/candidates", "/segments", "/codebook", "/agreement", "/map", "/report", "/log")
)
"""Pages of a study in which nothing is decided yet."""
BLIND = tuple(
    f"/studies/sample{part}"
    for part in (
        "",
        "/segments",
        "/segments/sample",
        "/candidates",
        "/codebook",
        "/agreement",
        "/map",
        "/report",
        "/log",
    )
)
"""Pages that are otherwise while a blind round goes on."""
NO_TALK = tuple(path.replace("made", "empty") for path in JUST_BEGUN)
"""Pages of a study of which no transcript has been read."""
REFUSED = (
    "/nothing-here",
    "/accounts/one?name=nobody",
    "/studies/another",
    "/studies/sample/codebook/c-none",
    "/studies/sample/candidates/none",
    "/studies/sample/report/files/none",
    "/studies/sample/rounds/sample?share=lots",
)
"""Addresses that are answered with a refusal."""


def furnished(place: Path, before: Path) -> None:
    """The study whose fifth group came late, with a closed round in which two coders differ, and a theme."""
    shutil.copytree(before, place)
    with open_workplace(study_in(place)) as work:
        study = LiveStudy(work)
        for draft in _drafts(study):
            study.decide(draft)


def going_on(place: Path, before: Path) -> None:
    """The same study while ana and ben code a sample blind to each other."""
    shutil.copytree(before, place)
    with open_workplace(study_in(place)) as work:
        study = LiveStudy(work)
        with study.looking() as view:
            sign = Signature(study.id, "jo", AT, "opened again")
            segments = view.material.codable[:SAMPLE]
            draft = rounds.open_sample(sign, view.book, ["ana", "ben"], segments, share=0.1, seed=2)
        study.decide(draft)


def _drafts(study: LiveStudy) -> list[Draft]:
    with study.looking() as view:
        segments = view.material.codable[:SAMPLE]
        codes = [code.id for code in view.book.active_codes][:2]
        sign = Signature(study.id, "jo", AT, "opened")
        opened = rounds.open_sample(sign, view.book, ["ana", "ben"], segments, share=0.1, seed=1)
    made = [opened]
    for number, segment in enumerate(segments):
        for coder in ("ana", "ben"):
            chosen = codes[:1] if coder == "ana" or number % 3 else codes[1:]
            key, book = f"{coder}-{number}", f"{opened.subject}/{coder}"
            made.append(Draft(key, study.id, coder, AT, Kind.COMMIT, segment, {"codes": chosen}, book=book))
    made.append(Draft("closed", study.id, "jo", AT, Kind.CLOSE, opened.subject, {}))
    made.append(Draft("theme", study.id, "jo", AT, Kind.THEME, THEME, {"name": "A place to sleep", "codes": codes}))
    return made


def addresses(place: Path) -> list[str]:
    """Every page that can be asked for, about something that there is; files to save are no pages."""
    values = _ids(place)
    paths = [_filled(item.path, values) for item in ENDPOINTS if item.method == "GET" and "{file}" not in item.path]
    return [*paths, *WITH_QUERIES]


def _filled(path: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", quote(value, safe="")).replace(f"{{{name}:path}}", quote(value, safe=""))
    assert "{" not in path, path
    return path


def _ids(place: Path) -> dict[str, str]:
    with open_workplace(study_in(place)) as work, LiveStudy(work).looking() as view:
        (past,) = view.book.rounds.values()
        return {
            "study": work.study.id,
            "group": view.material.recordings[0].group,
            "candidate": view.material.found.suggestions[-1].id,
            "segment": past.segments[0],
            "code": next(code.id for code in view.book.active_codes),
            "question": work.study.questions[0].id,
            "round": past.id,
            "unit": past.segments[0],
            "theme": THEME,
        }
