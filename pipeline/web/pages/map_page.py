"""Checkpoint 3: the codes that people approved, by question and group, with the quotes behind every number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from pipeline.domain.codebook import Stance
from pipeline.domain.decision import Draft
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.mapped import Mapped, Share
from pipeline.domain.segment import OFF_GUIDE
from pipeline.report.source import BESIDE
from pipeline.review import deciding
from pipeline.review.signing import Signature
from pipeline.web.acting import decide
from pipeline.web.as_shown import require_as_shown
from pipeline.web.endpoints import DECIDERS, READERS, Answer, Ask, Go, NotFound, Page, act, page
from pipeline.web.heat import asked, heat, widely_shared
from pipeline.web.map_frame import code_names, map_frame
from pipeline.web.mapped import Carried, carried_in, cell_in, map_of, within_group
from pipeline.web.naming import code_meant
from pipeline.web.out_of_date import map_out_of_date
from pipeline.web.pages import themes
from pipeline.web.paging import leaf
from pipeline.web.places import as_part, quoted
from pipeline.web.withholding import veiled
from pipeline.work.deciding import approve as sign_off
from pipeline.work.live_study import View
from pipeline.work.workplace import MAP

ROWS: Final = 100
QUOTES: Final = 20
ANSWERS: Final = 25
"""Codes, quotes and answers of a page."""
_HEADINGS: Final = (
    (Stance.STRENGTH, "Strengths"),
    (Stance.GAP, "Gaps"),
    (Stance.NEITHER, "Neither strength nor gap"),
)


def show(ask: Ask) -> Answer:
    """Codes against questions, of all groups or of one."""
    since = map_out_of_date(ask)
    with ask.study.looking(ask.person) as view:
        frame, carried = map_frame(ask, view, "map", since), carried_in(ask.study, view)
    group = _group(ask, carried)
    mapped = map_of(ask.study, carried)
    mapped = within_group(carried, mapped, group) if group else mapped
    codes = widely_shared(carried.codes, mapped)
    at = leaf(len(codes), ROWS, ask.query.get("page", ""))
    heard = {item.group for item in carried.material.recordings}
    context = {
        "columns": [(item, *_headed(carried, item)) for item in asked(mapped)],
        "rows": heat(codes[at.first : at.last], mapped, groups=1 if group else len(heard)),
        "leaf": at,
        "group": group,
        "groups": _groups(carried),
        "suffix": f"?{urlencode({'group': group})}" if group else "",
        "unplaced": len(mapped.unplaced),
    }
    return Page("map.html.j2", {**frame, **context})


def show_answers(ask: Ask) -> Answer:
    """For each question the codes among its answers, most widely shared first, strengths and gaps apart."""
    since = map_out_of_date(ask)
    with ask.study.looking(ask.person) as view:
        frame, carried = map_frame(ask, view, "map/answers", since), carried_in(ask.study, view)
    mapped = map_of(ask.study, carried)
    names = {code.id: code.name for code in carried.codes}
    answers = [_answers(carried, mapped, names, question) for question in asked(mapped)]
    heard = len({item.group for item in carried.material.recordings})
    stances = any(code.stance is not Stance.NEITHER for code in carried.codes)
    return Page("map_answers.html.j2", {**frame, "answers": answers, "heard": heard, "take_stances": stances})


def show_cell(ask: Ask) -> Answer:
    """What stands behind a number: every quote of a code in answer to a question."""
    with ask.study.looking(ask.person) as view:
        carried, hidden = carried_in(ask.study, view), veiled(view)
    code, question, group = _place(ask, carried)
    cell = cell_in(carried, map_of(ask.study, carried), code, question, group)
    listed = [item for item in cell.segments if item not in hidden]
    at = leaf(len(listed), QUOTES, ask.query.get("page", ""))
    here = listed[at.first : at.last]
    versions, since = ask.study.versions_of(ask.person, *here), map_out_of_date(ask)
    with ask.study.looking(ask.person) as view:
        frame = map_frame(ask, view, "map", since)
        quotes = [_quote(ask, view, code, item, versions) for item in here if (item, code) in view.book.codings]
        names = code_names(view)
        known = view.book.codes[code]
    context = {
        "title": known.name,
        "code": (code, known.name, known.definition, known.stance.value),
        "question": (question, *_headed(carried, question)),
        "group": group,
        "groups": _groups(carried),
        "cell": (len(cell.speakers), len(cell.groups), len(cell.segments)),
        "hidden": len(cell.segments) - len(listed),
        "quotes": [item for item in quotes if item],
        "names": names,
        "leaf": at,
        "own": _cell_path(ask, code, question),
    }
    return Page("map_cell.html.j2", {**frame, **context})


def move(ask: Ask) -> Answer:
    """Take a segment from this code to another."""
    code, question = ask.params["code"], ask.params["question"]

    def build(view: View, sign: Signature) -> Draft:
        target = code_meant(view.book, ask.value("into"))
        return deciding.move(view.seen, sign, ask.value("segment"), code, target)

    decide(ask, build)
    kept = {name: ask.value(name) for name in ("group", "page") if ask.value(name)}
    return Go(_cell_path(ask, code, question) + (f"?{urlencode(kept)}" if kept else ""))


def approve(ask: Ask) -> Answer:
    """Sign off checkpoint 3 for the version that was looked at; the report is written next."""
    seen = ask.number("version")
    if seen is None:
        raise DecisionRefused("Say which version you looked at: open the map, and approve it there.")
    require_as_shown(ask)
    sign_off(ask.study.work, MAP, ask.person, ask.value("reason"), seen=seen)
    return Go(f"{ask.base}/map")


def _place(ask: Ask, carried: Carried) -> tuple[str, str, str]:
    """The code, the question and the group that an address names."""
    code, question = ask.params["code"], ask.params["question"]
    if not any(item.id == code for item in carried.codes):
        raise NotFound("There is no such code in use. It may have been merged or split: look at the codebook.")
    if question != OFF_GUIDE and not any(item.id == question for item in carried.study.questions):
        raise NotFound("The guide has no such question.")
    return code, question, _group(ask, carried)


def _group(ask: Ask, carried: Carried) -> str:
    wanted = ask.query.get("group", "")
    return wanted if any(group.id == wanted for group in carried.study.groups) else ""


def _groups(carried: Carried) -> list[tuple[str, str]]:
    """The groups that were heard, (id, name)."""
    heard = {item.group for item in carried.material.recordings}
    return [(item.id, item.attributes.get("name", item.id)) for item in carried.study.groups if item.id in heard]


def _headed(carried: Carried, question: str) -> tuple[str, str]:
    """What stands above a question's column, short and in full."""
    if question == OFF_GUIDE:
        return "beside", BESIDE
    return question, next((item.text for item in carried.study.questions if item.id == question), question)


def _answers(carried: Carried, mapped: Mapped, names: Mapping[str, str], question: str) -> dict[str, Any]:
    shares = mapped.answers.get(question, ())
    by_stance = [
        (stance.value, heading, [_shared(names, share) for share in shares if share.stance is stance])
        for stance, heading in _HEADINGS
    ]
    return {
        "question": question,
        "headed": _headed(carried, question),
        "stances": [(value, heading, lot[:ANSWERS], len(lot)) for value, heading, lot in by_stance if lot],
        "codes": len(shares),
    }


def _shared(names: Mapping[str, str], share: Share) -> tuple[str, str, int, int, int]:
    cell = share.cell
    return share.code, names[share.code], len(cell.groups), len(cell.speakers), len(cell.segments)


def _quote(ask: Ask, view: View, code: str, segment: str, versions: Mapping[str, int]) -> dict[str, Any] | None:
    found = quoted(ask.study.id, view.material, segment)
    if found is None:
        return None
    others = [item for item in view.book.codes_of(segment) if item != code and view.book.codes[item].active]
    return {
        "quoted": found,
        "segment": segment,
        "seen": versions[segment],
        "others": [view.book.codes[item].name for item in others],
    }


def _cell_path(ask: Ask, code: str, question: str) -> str:
    return f"{ask.base}/map/{as_part(code)}/{as_part(question)}"


_PATH: Final = "/studies/{study}/map"
ENDPOINTS: Final = (
    page(_PATH, READERS, show),
    page(_PATH + "/answers", READERS, show_answers),
    act(_PATH + "/approve", DECIDERS, approve),
    *themes.ENDPOINTS,
    page(_PATH + "/{code}/{question}", READERS, show_cell),
    act(_PATH + "/{code}/{question}/move", DECIDERS, move),
)
