"""What decisions are about: as people know it, with the page it stands on; and the ids that a text may mean."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.domain.account import Role
from pipeline.domain.codebook import Codebook
from pipeline.domain.correction import turn_id
from pipeline.domain.decision import Decision
from pipeline.report.decisions import ids_of
from pipeline.web.endpoints import DECIDERS
from pipeline.web.own_codes import OwnCode
from pipeline.web.places import as_part, path_of, study_path
from pipeline.web.side_by_side import EARLIER
from pipeline.work.live_study import Material, Recording, View
from pipeline.work.workplace import CHECKPOINTS

SHORT: Final = 90
"""Characters of an excerpt that call it to mind."""
_ID: Final = re.compile(r"\b[cst]-[0-9a-f]{12}(?:@\d+)?(?![\w-])|\b[0-9a-f]{12}:\d+-\d+")
"""A code (with the version of it that was looked at), a candidate, a theme, or a segment."""
_CHECKPOINT_PAGES: Final = {"transcripts": "transcripts", "codes": "codebook", "map": "map"}


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a decision is about. `path` is "" where no page shows it to this person; `said` marks a quote."""

    text: str
    path: str = ""
    said: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """Finds by its id whatever a view holds: to be used only while it is looked at. `own` are codes of coders' own
    from closed rounds, where somebody looked them up before."""

    view: View
    study: str
    roles: Collection[Role]
    own: Mapping[str, OwnCode] = field(default_factory=dict)

    def subjects_of(self, decision: Decision) -> tuple[Subject, ...]:
        """What a decision is about, and what it made or took in."""
        book = decision.draft.book
        return tuple(self.named(name, book) for name in dict.fromkeys(ids_of(decision)))

    def named(self, name: str, book: str | None = None) -> Subject:
        """What has this id, where it stands in a decision of a book; None where it stands in no decision."""
        return self._decided_on(name) or self._said(name) or self._around(name) or self._gone(name, book)

    def spelled(self, sentence: str, decision: Decision) -> str:
        """A sentence on a decision, with names where it has bare ids."""
        for name in ids_of(decision):
            if name in sentence:
                sentence = sentence.replace(name, self.named(name, decision.draft.book).text)
        return sentence

    def in_words(self, text: str) -> str:
        """A text with names and quotes where it has ids."""
        return _ID.sub(lambda found: self._in_quotes(found[0].partition("@")[0]), text)

    def _in_quotes(self, name: str) -> str:
        """What has this id, in quotes where it is not said already what it is."""
        text = self.named(name).text
        return text if name.startswith("s-") else f"“{text}”"

    def _decided_on(self, name: str) -> Subject | None:
        book, base = self.view.book, study_path(self.study)
        if name in book.codes:
            return Subject(book.codes[name].name, f"{base}/codebook/{name}")
        if name in self.view.material.suggestions:
            path = f"{base}/candidates/{name}" if set(self.roles) & DECIDERS else ""
            return Subject(f"candidate “{self.view.material.suggestions[name].name}”", path)
        if name in book.themes:
            return Subject(book.themes[name].name, f"{base}/map/themes#{name}")
        if name in book.rounds:
            past = book.rounds[name]
            return Subject(f"blind round of {past.at[:10]}", f"{base}/agreement" + ("" if past.open else f"/{name}"))
        return None

    def _said(self, name: str) -> Subject | None:
        said = self.view.material.said.get(name)
        if said is None:
            return None
        text = said.excerpt if len(said.excerpt) <= SHORT else said.excerpt[:SHORT].rpartition(" ")[0] + " …"
        return Subject(text, path_of(self.study, said), said=True)

    def _around(self, name: str) -> Subject | None:
        """A checkpoint, a transcript or a turn of one."""
        base = study_path(self.study)
        if name in CHECKPOINTS:
            return Subject(f"checkpoint {CHECKPOINTS.index(name) + 1}", f"{base}/{_CHECKPOINT_PAGES[name]}")
        found = next((item for item in self.view.material.recordings if _of(item, name)), None)
        if found is None:
            return None
        turn = name.partition(":t")[2]
        first = next((said for said in found.said if turn and said.segment.turn == int(turn)), None)
        if first:
            return Subject(f"{found.group}, turn {turn}", path_of(self.study, first))
        path = f"{base}/transcripts/{as_part(found.group)}"
        return Subject(f"{found.group}, turn {turn}" if turn else found.group, path)

    def _gone(self, name: str, book: str | None) -> Subject:
        """What an id was that this person's view holds no more, or never held."""
        if name[:2] == "c-":
            return self._code_elsewhere(name, book)
        kinds = {"s-": EARLIER, "t-": "a theme dissolved since"}
        if name[:2] in kinds:
            return Subject(kinds[name[:2]])
        return Subject("talk that is not there any more" if re.fullmatch(r"[0-9a-f]{12}:\S+", name) else name)

    def _code_elsewhere(self, name: str, book: str | None) -> Subject:
        """A code that is not in the codebook this person sees. Of a round that is closed it is said whose it was; of
        one that goes on nothing is, and nobody is shown a decision of another's in it."""
        round_id, _, coder = (book or "").partition("/")
        known = self.own.get(name)
        past = known.round if known else self.view.book.rounds.get(round_id)
        if past and not past.open and (known or coder):
            text = f"{known.coder}'s own code “{known.name}”" if known else f"a code of {coder}'s own"
            path = f"{study_path(self.study)}/agreement/{as_part(past.id)}"
            return Subject(f"{text}, from the blind round of {past.at[:10]}", path)
        return Subject("a code that is not in the codebook" if book is None else "a code that was taken back since")


def ids_called(book: Codebook, material: Material, typed: str) -> set[str]:
    """Codes, candidates, themes, groups and checkpoints whose name holds a text, with any letters' case; and
    whatever has it for its id."""
    text = " ".join(typed.split()).casefold()
    named = [(code.id, code.name) for code in book.codes.values()]
    named += [(item.id, item.name) for item in material.suggestions.values()]
    named += [(item.id, item.name) for item in book.themes.values()]
    named += [(item, item) for item in CHECKPOINTS]
    found = {typed, *(name for name, shown in named if text in shown.casefold())}
    for item in material.recordings:
        if text in item.group.casefold():
            found |= {item.stored.transcript.id, *(_turn_ids(item))}
    return found


def _of(recording: Recording, name: str) -> bool:
    transcript = recording.stored.transcript.id
    short, mark, turn = name.partition(":t")
    return name == transcript or (bool(mark) and turn.isdecimal() and transcript[:12] == short)


def _turn_ids(recording: Recording) -> Iterator[str]:
    transcript = recording.stored.transcript
    return (turn_id(transcript.id, turn.index) for turn in transcript.turns)
