"""The findings as one frozen value: what was said to each question, by whom, and how far it carries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.codebook import Memo, Stance
from pipeline.domain.counted import noun
from pipeline.domain.mapped import Share
from pipeline.domain.said import Said
from pipeline.domain.segment import OFF_GUIDE
from pipeline.report.coverage import Coverage, coverage
from pipeline.report.grids import Grid, grids
from pipeline.report.methods import Methods, methods
from pipeline.report.quotes import chosen
from pipeline.report.source import BESIDE, UNNAMED, Source
from pipeline.report.transcripts import Script, anchor, scripts

DISSENT: Final = "dissent"
"""A memo that begins with this word is a note of dissent."""
NO_ROLE: Final = "role not stated"
"""What stands for the role of speakers of whom the study says none."""
FIRST: Final = 14
"""Words by which a passage is known in the list of all."""


@dataclass(frozen=True, slots=True)
class Support:
    """How many speakers, of which groups and roles, said it in how many segments; most first, and last those whose
    role is not stated. Of a study that states no role there are none."""

    segments: int
    speakers: int
    groups: tuple[tuple[str, int], ...]
    roles: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A participant's words, the anchor of their place in the transcript, and the id of their segment."""

    anchor: str
    excerpt: str
    group: str
    speaker: str
    role: str
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands: its anchor in the transcript, how it begins, and who says it."""

    anchor: str
    begins: str
    group: str
    speaker: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A code among the answers to a question. `passages` are all that carry it here, in order of talk; `memos` the
    notes on it or on one of them, those of dissent apart; a note on a code of which several findings of a question
    were made stands with one of them. `under` names the code it stands under; `examples` are passages that people
    chose. `unconfirmed` codings are the machine's alone, and counted nowhere."""

    code: str
    name: str
    definition: str
    includes: str
    excludes: str
    under: str
    examples: tuple[Place, ...]
    stance: Stance
    support: Support
    quotes: tuple[Quote, ...]
    passages: tuple[Place, ...]
    dissent: tuple[Memo, ...]
    memos: tuple[Memo, ...]
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class Answers:
    """The summary of the answers to one question; no theme. `coverage` says how much of participants' talk carries a
    code. `unreached` groups were never asked."""

    question: str
    text: str
    findings: tuple[Finding, ...]
    unreached: tuple[str, ...]
    coverage: Coverage
    unconfirmed: int

    def of(self, stance: str) -> tuple[Finding, ...]:
        """The findings that speak of a strength, a gap or neither."""
        return tuple(item for item in self.findings if item.stance == stance)


@dataclass(frozen=True, slots=True)
class ThemeFinding:
    """A theme people made, over all questions it is said of."""

    id: str
    name: str
    note: str
    codes: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]
    support: Support
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything a report says. `figures` are (number, what) for the head of the report."""

    title: str
    at: str
    figures: tuple[tuple[int, str], ...]
    answers: tuple[Answers, ...]
    themes: tuple[ThemeFinding, ...]
    grids: tuple[Grid, ...]
    scripts: tuple[Script, ...]
    methods: Methods

    @property
    def take_stances(self) -> bool:
        """Whether any finding was said to be a strength or a gap: until then none is called neither."""
        return any(item.stance != Stance.NEITHER for answer in self.answers for item in answer.findings)


def findings(source: Source) -> Findings:
    """What the source amounts to. The same source gives the same findings."""
    places, able = {item.segment.id: item for item in source.said}, source.able
    asked = [(question.id, question.text) for question in source.study.questions]
    if source.mapped.answers.get(OFF_GUIDE):
        asked.append((OFF_GUIDE, BESIDE))
    return Findings(
        title=source.study.title,
        at=source.making.at,
        figures=_figures(source, places),
        answers=tuple(_answers(source, places, able, question, text) for question, text in asked),
        themes=_themes(source, places),
        grids=grids(source),
        scripts=scripts(source),
        methods=methods(source),
    )


def _figures(source: Source, places: Mapping[str, Said]) -> tuple[tuple[int, str], ...]:
    talking = [item for item in places.values() if not item.segment.moderator]
    coded = {segment for cell in source.mapped.totals.values() for segment in cell.segments}

    def of(number: int, one: str, many: str = "") -> tuple[int, str]:
        return number, noun(number, one, many)

    return (
        of(len({item.group for item in talking}), "group"),
        of(len({(item.group, item.speaker) for item in talking}), "participant heard", "participants heard"),
        of(len(source.study.questions), "question"),
        of(len(source.book.active_codes), "code"),
        of(len(coded), "coded passage"),
        of(len(source.book.themes), "theme"),
    )


def _answers(
    source: Source, places: Mapping[str, Said], all_able: frozenset[str], question: str, text: str
) -> Answers:
    talk = [item for item in source.said if item.question == question]
    able = {item.segment.id for item in talk if item.segment.id in all_able}
    names = source.group_names
    heard = {item.group for item in source.said}
    reached = {item.group for item in talk}
    shares = source.mapped.answers.get(question, ())
    unreached = [names[group.id] for group in source.study.groups if group.id in heard - reached]
    memos = _memos(source, shares)
    return Answers(
        question=question,
        text=text,
        findings=tuple(_finding(source, places, share, able, memos[share.code]) for share in shares),
        unreached=tuple(unreached) if question != OFF_GUIDE else (),
        coverage=coverage(source, able),
        unconfirmed=len({item.segment for item in source.unconfirmed if item.segment in able}),
    )


def _memos(source: Source, shares: Sequence[Share]) -> dict[str, list[Memo]]:
    """The notes on each code of a question: on what it was made of, or on a passage that carries it. What several
    codes were made of has its note with itself, else with the first of them."""
    made_of = {share.code: source.book.forebears(share.code) for share in shares}
    found: dict[str, list[Memo]] = {share.code: [] for share in shares}
    for memo in source.book.memos:
        codes = [code for code, before in made_of.items() if memo.subject in before]
        about = [memo.subject] if memo.subject in codes else codes[:1]
        about += [share.code for share in shares if memo.subject in share.cell.segments]
        for code in about:
            found[code].append(memo)
    return found


def _finding(
    source: Source, places: Mapping[str, Said], share: Share, talk: Iterable[str], memos: Sequence[Memo]
) -> Finding:
    code = source.book.codes[share.code]
    here = set(talk)
    return Finding(
        code=code.id,
        name=code.name,
        definition=code.definition,
        includes=code.includes,
        excludes=code.excludes,
        under=source.name_of(source.book.standing_under(code)),
        examples=_passages(source, places, source.examples_of(code)),
        stance=share.stance,
        support=_support(source, places, share.cell.segments),
        quotes=_quotes(source, places, share.cell.segments),
        passages=_passages(source, places, share.cell.segments),
        dissent=tuple(memo for memo in memos if _dissents(memo)),
        memos=tuple(memo for memo in memos if not _dissents(memo)),
        unconfirmed=sum(item.code == code.id and item.segment in here for item in source.unconfirmed),
    )


def _dissents(memo: Memo) -> bool:
    return memo.text.lower().startswith(DISSENT)


def _support(source: Source, places: Mapping[str, Said], segments: Sequence[str]) -> Support:
    names = source.group_names
    speakers = {(places[item].group, places[item].speaker): places[item].role for item in segments}
    groups = Counter(names.get(group, group) for group, _ in speakers)
    roles = Counter(role for role in speakers.values() if role).most_common()
    unstated = len(speakers) - sum(number for _, number in roles)
    if unstated and any(person.role for person in source.study.participants):
        roles.append((NO_ROLE, unstated))
    return Support(len(segments), len(speakers), tuple(groups.most_common()), tuple(roles))


def _quotes(source: Source, places: Mapping[str, Said], segments: Iterable[str]) -> tuple[Quote, ...]:
    names = source.group_names
    picked = chosen([places[item] for item in segments])
    return tuple(
        Quote(
            anchor(item.segment.id),
            item.excerpt,
            names.get(item.group, item.group),
            item.speaker or UNNAMED,
            item.role,
            item.segment.id,
        )
        for item in picked
    )


def _passages(source: Source, places: Mapping[str, Said], segments: Iterable[str]) -> tuple[Place, ...]:
    names, found = source.group_names, []
    for item in (places[segment] for segment in segments):
        words = item.excerpt.split()
        begins = " ".join(words[:FIRST]) + (" …" if len(words) > FIRST else "")
        who = item.speaker or UNNAMED
        found.append(Place(anchor(item.segment.id), begins, names.get(item.group, item.group), who))
    return tuple(found)


def _themes(source: Source, places: Mapping[str, Said]) -> tuple[ThemeFinding, ...]:
    found = []
    for theme in source.book.themes.values():
        codes = [source.book.codes[code] for code in theme.codes if source.book.codes[code].active]
        segments = _in_order(source, {item for code in codes for item in source.mapped.totals[code.id].segments})
        found.append(
            ThemeFinding(
                id=theme.id,
                name=theme.name,
                note=theme.note,
                codes=tuple((code.id, code.name) for code in codes),
                questions=_questions(source, places, segments),
                support=_support(source, places, segments),
                quotes=_quotes(source, places, segments),
            )
        )
    return tuple(found)


def _in_order(source: Source, segments: set[str]) -> tuple[str, ...]:
    return tuple(item.segment.id for item in source.said if item.segment.id in segments)


def _questions(source: Source, places: Mapping[str, Said], segments: Sequence[str]) -> tuple[str, ...]:
    answered = {places[item].question for item in segments}
    return tuple(question.id for question in source.study.questions if question.id in answered)
