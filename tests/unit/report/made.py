"""A small study carried through to what a report is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.folding import fold
from pipeline.domain.suggestion import ProposedCoding, SuggestionSet
from pipeline.mapping.by_question import map_codes
from pipeline.mapping.saturation import saturation
from pipeline.report.source import Making, Recorded, Source
from tests.unit.mapping.conversation import Heard, coded, heard, logged

TALK = heard("""
== plains
Q1 | Moderator: What do you see here?
Q1 | Ruth, advocate: {hidden}Nobody sees it next door, and nobody says a word about a neighbor.{/} It is quiet.
Q1 | Sam, attorney: {hidden}They figure it cannot be going on out here, because somebody would have said.{/}
Q2 | Moderator: And what has worked?
Q2 | Sam, attorney: {table}We sit at one table now, every other Tuesday, with the bad coffee and the good will.{/}
Q2 | Wade, sheriff: I keep my hand on my wallet when somebody says task force.
== capital
Q1 | Nadia, advocate: {hidden}People think that it is something in the movies and not on their own street.{/}
- | Nadia, advocate: Is there more coffee?
""")


def with_attributes(talk: Heard, **of_person: dict[str, str]) -> Heard:
    """The same conversation where the study says more of some participants."""
    people = tuple(replace(person, attributes=of_person.get(person.id, {})) for person in talk.study.participants)
    return replace(talk, study=replace(talk.study, participants=people))


def drafted(kind: Kind, subject: str, key: str, **payload: object) -> Draft:
    return Draft(key, "study", "Luis", "2026-03-02T10:00:00Z", kind, subject, payload)


def source(talk: Heard = TALK, more: Sequence[Draft] = (), **how) -> Source:
    log = logged([*(item.draft for item in coded(talk)[0]), *more])
    book = fold(log)
    assert not book.void
    defaults = {
        "suggestions": SuggestionSet((), ()),
        "making": Making("2026-03-05", "0.1.0", (("Language model", "all-MiniLM-L6-v2"),), saturation_of(talk, book)),
    }
    return Source(
        study=talk.study,
        book=book,
        log=log,
        said=talk.said,
        mapped=map_codes(talk.study, book, talk.said),
        transcripts=tuple(Recorded(group, item, f"{group}.txt") for group, item in talk.transcripts.items()),
        **(defaults | how),
    )


def saturation_of(talk: Heard, book) -> str:
    return saturation(talk.study, book, talk.said).sentence


def code_of(mark: str, talk: Heard = TALK) -> str:
    return coded(talk)[1][mark]


def proposal(words: str, mark: str) -> ProposedCoding:
    return ProposedCoding(TALK.segment(words), code_of(mark), 0.8)
