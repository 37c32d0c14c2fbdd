"""What decisions are about, as people know it: codes and candidates by name, segments by who said what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Final

from pipeline.domain.decision import Decision, Kind
from pipeline.report.decisions import ids_of, in_words
from pipeline.report.source import Source

SHORT: Final = 12
"""Words of a segment that call it to mind."""
_GONE: Final = (
    (re.compile(r"s-\S+"), "a candidate of an earlier run"),
    (re.compile(r"t-\S+"), "a theme dissolved since"),
    (re.compile(r"c-\S+"), "a code that was taken back since"),
    (re.compile(r"[0-9a-f]{12}:\d+-\d+"), "talk that is not there any more"),
)


class Names:
    """Finds names by ids, in a report's source."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._numbers = {item.draft.key: item.seq for item in source.log}

    def subject(self, decision: Decision) -> str:
        """What a decision is about."""
        if decision.kind is Kind.UNDO:
            number = self._numbers.get(decision.subject)
            return f"decision {number}" if number else "an earlier decision"
        if decision.kind is Kind.APPROVE:
            return f"checkpoint “{decision.subject}”"
        return self.of(decision.subject, decision)

    def words(self, decision: Decision) -> str:
        """What it does, with no bare id."""
        sentence = in_words(decision, self._source.book)
        for name in sorted(set(ids_of(decision)), key=len, reverse=True):
            if name in sentence:
                sentence = sentence.replace(name, self.of(name, decision))
        return sentence

    def of(self, name: str, decision: Decision) -> str:
        """What has this id in a decision; the id itself where it is one that people read."""
        if name in self._known:
            return self._known[name]
        transcript, turn, number = name.partition(":t")
        if turn and transcript in self._known:
            return f"{self._known[transcript]}, turn {number}"
        if name[:2] == "c-" and decision.draft.book:
            return f"a code of {decision.draft.coder}'s own"
        return next((told for shape, told in _GONE if shape.fullmatch(name)), name)

    @cached_property
    def _known(self) -> Mapping[str, str]:
        source, book = self._source, self._source.book
        groups = source.group_names
        known = {item.id: f"candidate “{item.name}”" for item in source.suggestions.suggestions}
        known |= {code.id: f"“{code.name}”" for code in book.codes.values()}
        known |= {theme.id: f"theme “{theme.name}”" for theme in book.themes.values()}
        known |= {past.id: f"blind round of {past.at[:10]}" for past in book.rounds.values()}
        for item in source.transcripts:
            name = groups.get(item.group, item.group)
            known |= {item.transcript.id: name, item.transcript.id[:12]: name}
        for said in source.said:
            words = said.excerpt.split()
            begins = " ".join(words[:SHORT]) + (" …" if len(words) > SHORT else "")
            known[said.segment.id] = f"{groups.get(said.group, said.group)}, {said.speaker or 'unnamed'}: “{begins}”"
        return known
