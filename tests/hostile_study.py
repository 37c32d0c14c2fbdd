"""A study whose every text is an attack, and its harmless twin: the same to every page but for what people wrote.

Straight in its store, as `made_study`, with the decisions of two coders, two closed blind rounds, a map and a report.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipeline.bootstrap import open_workplace
from pipeline.domain.correction import turn_id
from pipeline.domain.decision import Draft, Kind
from pipeline.domain.segment import Segment, TurnQuestion
from pipeline.domain.suggestion import ProposedCoding, Suggestion, SuggestionSet, suggestion_id
from pipeline.domain.transcript import Account, Dropped, Transcript, Turn
from pipeline.store import OutboxMessage
from pipeline.work.mapping import map_codes
from pipeline.work.reporting import report
from pipeline.work.workplace import Workplace
from tests import made_study

STUDY: Final = "made"
AT: Final = "2026-03-01T10:00:00+00:00"
ATTACKS: Final = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "{% raw %}{% include '/etc/passwd' %}",
    "javascript:alert(1)",
    "</textarea></title></select><svg onload=alert(1)>",
    "<a hx-get=/x hx-trigger=load data-hx-post=/x>",
    '" hx-get="/x" hx-trigger="load" autofocus onfocus="alert(1)',
    "x onmouseover=alert(1) style=position:fixed",
    "<!--<bdi><meta http-equiv=refresh content=0;url=//evil.example>",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#34;",
    "\u202egnp.exe\u2066\u200f \x1b[31m\x07\x85",
    "=cmd|'/c calc'!A0",
    "@SUM(1+1)*cmd",
    "+1",
    "-1",
    "//evil.example/\\evil.example",
    "unbroken" * 12,
)
"""What scripts, templates, htmx, spreadsheets and terminals have been made to run."""
PEOPLE: Final = {
    True: ('"><img src=x onerror=alert(1)>', "<a hx-get=/x hx-trigger=load>{{7*7}}"),
    False: ("ana of the harmless study", "ben of the harmless study here"),
}
"""The accounts, two coders; names of accounts must be printable."""


@dataclass
class Words:
    """Gives every text of the study: an attack, or as many harmless words; each with a mark that no other has."""

    hostile: bool
    given: list[str] = field(default_factory=list)
    short: int = 0
    count: int = 0

    def name(self) -> str:
        """A short text: one attack after the other."""
        self.short += 1
        return self._marked(ATTACKS[(self.short - 1) % len(ATTACKS)])

    def id(self) -> str:
        """A name that can stand in an address: without a slash."""
        while "/" in ATTACKS[self.short % len(ATTACKS)]:
            self.short += 1
        return self.name()

    def text(self) -> str:
        """A long text: every attack, over several lines."""
        return self._marked("\n".join(ATTACKS))

    def unseen(self) -> str:
        """A text that no page shows, though it is kept."""
        text = self.text()
        self.given.remove(text)
        return text

    def _marked(self, attack: str) -> str:
        self.count += 1
        self.given.append(f"{attack if self.hostile else 'harmless words'} zq{self.count:03d}z")
        return self.given[-1]


@dataclass
class Made:
    """The study with what tests ask for by name."""

    work: Workplace
    words: Words
    coders: tuple[str, str]
    codes: tuple[str, ...]


@contextmanager
def hostile_study(place: Path, *, hostile: bool = True) -> Iterator[Made]:
    """The study opened, made where it is not yet; its report is in the outbox."""
    words = Words(hostile)
    groups = [words.id() for _ in range(4)]
    _describe(place, words, groups)
    with open_workplace(place) as work:
        codes = tuple(f"c-{number:012x}" for number in range(len(ATTACKS) + 4))
        made = Made(work, words, PEOPLE[hostile], codes)
        _fill(made, groups)
        _decide(made)
        _round(made, "candidates")
        _round(made, "sample")
        _finish(made)
        yield made


def _describe(place: Path, words: Words, groups: Sequence[str]) -> None:
    place.mkdir(parents=True, exist_ok=True)
    lines = ["[study]", f'id = "{STUDY}"', f"title = {_toml(words.text())}"]
    for _ in range(4):
        lines += ["[[question]]", f"id = {_toml(words.id())}", f"text = {_toml(words.text())}"]
    for group in groups:
        lines += ["[[group]]", f"id = {_toml(group)}", f"moderators = [{_toml(_moderator(words))}]"]
        lines += [
            f"date = {_toml(words.unseen())}",
            f"name = {_toml(words.unseen())}",
            f"place = {_toml(words.unseen())}",
        ]
    for speaker in _speakers(words)[1:]:
        lines += ["[[participant]]", f"id = {_toml(speaker)}", f"group = {_toml(groups[0])}"]
        lines += [f"role = {_toml(words.name())}", f"age = {_toml(words.unseen())}"]
    (place / "study.toml").write_text("\n".join(lines), encoding="utf-8")


def _toml(text: str) -> str:
    return json.dumps(text).replace("\x7f", "\\u007f")


def _moderator(words: Words) -> str:
    return _speakers(words)[0]


def _speakers(words: Words) -> list[str]:
    """Labels as they stand in the files, the moderator's first."""
    said = ATTACKS if words.hostile else [f"voice {number}" for number in range(len(ATTACKS))]
    return [f"{name} ({number})" for number, name in enumerate(said)]


def _fill(made: Made, groups: Sequence[str]) -> None:
    work, words = made.work, made.words
    questions = [question.id for question in work.study.questions]
    codable, talk, summary = list[str](), dict[str, str](), dict[str, object]()
    for number, group in enumerate(groups[:3]):
        transcript, segments = _talk(number, words)
        work.store.transcripts.add(STUDY, group, transcript, f"{words.name()}.txt", AT)
        work.store.segments.put(STUDY, transcript.id, segments)
        spans = (TurnQuestion(turn.index, questions[turn.index % 4], 0.3) for turn in transcript.turns)
        work.store.questions.put(STUDY, transcript.id, tuple(spans))
        codable += [item.id for item in segments if not item.moderator]
        talk |= {item.id: transcript.text[item.start : item.end] for item in segments}
        summary[group] = {**made_study._prepared(transcript, segments), "moderators": [_moderator(words)]}
        summary[group] |= {"dropped": transcript.account.by_kind(), "warnings": list(transcript.account.warnings)}
    made_study._embed(work, [talk[item] for item in codable], made_study.Size())
    refused = {groups[3]: words.text()}
    work.store.transcripts.refuse(STUDY, words.name(), "0" * 64, words.text(), AT)
    work.store.stages.freeze(STUDY, "prepare", "made", {"groups": summary, "refused": refused}, AT)
    found = _candidates(codable, words, groups)
    counts = {"mode": "full", "builds_on": None, "transcripts": [], "all_transcripts": [], "segments": len(codable)}
    counts |= {"candidates": len(found.suggestions), "unclear": len(found.unclear), "proposed_codings": 2}
    counts |= {"codes_gaining": 0, "decisions_before": 1, "decisions_touched": 0}
    proposed = tuple(ProposedCoding(item, made.codes[0], 0.8) for item in found.unclear[:2])
    version = work.store.stages.freeze(STUDY, "suggest", "made", counts, AT).version
    work.store.suggestions.freeze(STUDY, version, found, proposed)


def _talk(number: int, words: Words) -> tuple[Transcript, tuple[Segment, ...]]:
    text, turns, cuts = "", list[Turn](), list[tuple[int, int, int]]()
    for index, speaker in enumerate(_speakers(words) * 2):
        text += f"{speaker}: "
        begin = len(text)
        excerpts = [words.text() if index % 7 == 3 else words.name() for _ in range(2)]
        if index == 5:
            excerpts.append("endless" * 1_500)
        for excerpt in excerpts:
            cuts.append((index, len(text), len(text) + len(excerpt)))
            text += f"{excerpt} "
        turns.append(Turn(index, speaker, begin, len(text) - 1, words.unseen()))
        text += "\n"
    dropped = tuple(Dropped(words.name(), 3, words.name()) for _ in range(4))
    account = Account(len(text) + 12, len(text), dropped, (words.text(),))
    key = hashlib.sha256(f"{number}".encode()).hexdigest()
    transcript = Transcript(key, text, tuple(turns), account, "txt")
    count = len(ATTACKS)
    return transcript, tuple(Segment.of(key, t, a, b, moderator=t % count == 0) for t, a, b in cuts)


def _candidates(codable: Sequence[str], words: Words, groups: Sequence[str]) -> SuggestionSet:
    found = []
    for number in range(len(ATTACKS) + 2):
        members = tuple(codable[number :: len(ATTACKS) + 6][:5])
        speaker, role = _speakers(words)[1], words.unseen()
        found.append(
            Suggestion(
                id=suggestion_id(members),
                name=words.name(),
                keywords=(words.name(), words.name()),
                segments=members,
                typical=members[:3],
                edge=members[-2:],
                cohesion=0.6,
                questions=((words.unseen(), 2),),
                groups=((groups[0], 2),),
                speakers=((f"{groups[0]}/{speaker}", 2),),
                roles=((role, 1),),
            )
        )
    taken = {segment for item in found for segment in item.segments}
    return SuggestionSet(tuple(found), tuple(item for item in codable if item not in taken))


class _Log:
    """Appends decisions with running keys."""

    def __init__(self, made: Made) -> None:
        self._made, self._decisions = made, made.work.store.decisions

    def add(
        self,
        kind: Kind,
        subject: str,
        payload: Mapping[str, Any] | None = None,
        reason: str = "",
        by: int = 0,
        book: str = "",
    ) -> None:
        key = f"made-{self._decisions.head(STUDY)[0]}"
        coder = self._made.coders[by]
        self._decisions.append(Draft(key, STUDY, coder, AT, kind, subject, payload or {}, reason, None, book))


def _decide(made: Made) -> None:
    """Every kind of decision once, each text an attack."""
    log, words, codes = _Log(made), made.words, made.codes
    found = made.work.store.suggestions.of_version(STUDY, 1)
    first = made.work.store.transcripts.of_study(STUDY)[0].transcript
    log.add(Kind.APPROVE, "transcripts", {"version": 1}, words.text())
    log.add(Kind.SPEAKER, first.id, {"label": _speakers(words)[2], "name": words.name()}, words.text())
    log.add(Kind.MODERATOR, first.id, {"name": _speakers(words)[3], "is": True}, words.text())
    log.add(Kind.OMIT, turn_id(first.id, 4), {"omit": True}, words.text())
    for number, code in enumerate(codes):
        segments = list(found.suggestions[number % len(found.suggestions)].segments[: 1 + number % 4])
        definition = words.unseen() if number < 6 else words.text()
        log.add(Kind.CREATE, code, {"name": words.name(), "definition": definition, "segments": segments})
    for number, code in enumerate(codes[:6]):
        said = {"definition": words.text(), "includes": words.text(), "excludes": words.text()}
        log.add(Kind.DEFINE, code, said, words.text())
        log.add(Kind.STANCE, code, {"stance": ("strength", "gap", "neither")[number % 3]})
        log.add(Kind.MEMO, code, {"text": words.text()}, by=1)
    log.add(Kind.PLACE, codes[1], {"parent": codes[0]}, words.text())
    log.add(Kind.RENAME, codes[2], {"name": words.name()}, words.text())
    log.add(Kind.MERGE, codes[3], {"codes": [codes[-1]]}, words.text())
    carried = list(found.suggestions[5].segments[:2])
    log.add(
        Kind.SPLIT, codes[5], {"parts": [{"code": "c-00000000aaaa", "name": words.name(), "segments": carried[:1]}]}
    )
    one, two, three = found.suggestions[:3]
    kept = {
        "code": "c-00000000bbbb",
        "name": words.name(),
        "definition": words.text(),
        "segments": list(one.segments),
    }
    log.add(Kind.ACCEPT, one.id, kept, words.text())
    log.add(Kind.REJECT, two.id, {}, words.text())
    for subject in (three.id, three.segments[0], one.segments[0]):
        log.add(Kind.MEMO, subject, {"text": words.text()}, by=1)
    log.add(Kind.COMMIT, three.segments[1], {"codes": [codes[0], codes[2]]})
    log.add(Kind.MEMO, three.id, {"text": words.text()})
    log.add(Kind.UNDO, f"made-{made.work.store.decisions.head(STUDY)[0] - 1}", {}, words.text())


def _round(made: Made, kind: str) -> None:
    """A blind round that both coders did, differently, and that is closed."""
    log, words, name = _Log(made), made.words, f"r-{kind:0>12}"
    found = made.work.store.suggestions.of_version(STUDY, 1)
    segments = list(found.unclear[:6])
    payload = {"kind": kind, "coders": list(made.coders), "codebook": 5, "share": 0.1, "seed": 1}
    log.add(Kind.ROUND, name, payload | ({"segments": segments} if kind == "sample" else {}))
    for by, coder in enumerate(made.coders):
        book = f"{name}/{coder}"
        if kind == "sample":
            for place, segment in enumerate(segments):
                codes = {"codes": [made.codes[place + by * (place % 2)]]}
                log.add(Kind.COMMIT, segment, codes, words.text(), by, book)
        else:
            for number, item in enumerate(found.suggestions[3:7]):
                if (number + by) % 3 == 0:
                    log.add(Kind.REJECT, item.id, {}, words.text(), by, book)
                else:
                    code = {"code": f"c-{by}{number:011x}", "name": words.name(), "definition": words.unseen()}
                    log.add(Kind.ACCEPT, item.id, code | {"segments": list(item.segments)}, "", by, book)
                log.add(Kind.MEMO, item.id, {"text": words.text()}, "", by, book)
        log.add(Kind.FINISH, name, {}, "", by, book)
    log.add(Kind.CLOSE, name)


def _finish(made: Made) -> None:
    """Codebook signed off, mapped, themes made, and the report written."""
    log, words, work = _Log(made), made.words, made.work
    log.add(Kind.APPROVE, "codes", {"version": 1}, words.text())
    unit = work.store.suggestions.of_version(STUDY, 1).unclear[1]
    sat = {"round": "r-000000sample", "settles": unit, "took_part": list(made.coders), "codes": [made.codes[1]]}
    log.add(Kind.SETTLE, unit, sat, words.text())
    map_codes(work)
    for number in range(0, 6, 2):
        payload = {"name": words.name(), "codes": list(made.codes[number : number + 3]), "note": words.text()}
        log.add(Kind.THEME, f"t-{number:012x}", payload, words.text())
    version = map_codes(work).version
    log.add(Kind.APPROVE, "map", {"version": version}, words.text())
    report(work)
    message = OutboxMessage(f"report:{STUDY}:asked:x:1", STUDY, words.name(), {"study": STUDY})
    work.store.outbox.add(message)
    work.store.outbox.failed(message.key, words.text())
