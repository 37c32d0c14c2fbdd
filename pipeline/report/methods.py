"""The methods appendix: what the machine did, what people did, and what the findings cannot carry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.domain.checked import Checked
from pipeline.domain.codebook import Codebook
from pipeline.domain.counted import counted, noun
from pipeline.domain.decision import CORRECTIONS, effective, in_book
from pipeline.report.coverage import coverage, uncoded_by_question
from pipeline.report.decisions import KINDS
from pipeline.report.source import Source


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What became of every character of a file: `kept + dropped = characters_in`."""

    group: str
    file: str
    format: str
    characters_in: int
    kept: int
    dropped: tuple[tuple[str, int], ...]
    adds_up: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A candidate that people turned down; `segments` is None where a newer run offers it no more."""

    candidate: str
    name: str
    segments: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Methods:
    """Sentences and tables of the appendix; `parts` are (what, which), `decisions` (what they did, how
    many). `checked` is how far coding was double-checked."""

    machine: tuple[str, ...]
    people: tuple[str, ...]
    checked: Checked
    limits: tuple[str, ...]
    notes: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    decisions: tuple[tuple[str, int], ...]
    rejected: tuple[Rejected, ...]
    accounts: tuple[FileAccount, ...]


def methods(source: Source) -> Methods:
    """The appendix of a study as it stands."""
    making = source.making
    of_kinds = Counter(KINDS[item.kind] for item in source.log)
    return Methods(
        machine=_machine(source),
        people=_people(source),
        checked=source.checked,
        limits=_limits(source),
        notes=making.notes,
        parts=(("Polyvocal", making.version), *making.parts, ("Made", making.at)),
        decisions=tuple(of_kinds.most_common()),
        rejected=tuple(_rejected(source)),
        accounts=tuple(_account(source)),
    )


def _machine(source: Source) -> tuple[str, ...]:
    able = source.able
    participants = [item.segment for item in source.said if not item.segment.moderator]
    noise = sum(item.noise and item.id not in able for item in participants)
    offered = len(source.suggestions.suggestions)
    unclear = coverage(source, able).unclear
    return (
        (
            f"It read {counted(len(source.transcripts), 'transcript')} and cut the talk into "
            f"{counted(len(source.said), 'segment')}. Participants' talk that can carry a code: {len(able)}. Their "
            f"short noises of agreement, which are kept and shown but carry none: {noise}."
        ),
        "It proposed which question of the guide each turn answers.",
        (
            f"It laid segments alike next to each other and offered {counted(offered, 'candidate code')} with their "
            f"evidence. "
            f"{counted(unclear, 'segment')} {noun(unclear, 'is', 'are')} in no candidate and "
            f"{noun(unclear, 'carries', 'carry')} no code: what fitted nowhere, what people rejected with its "
            f"candidate, and what they dropped from a code."
        ),
        (
            "It made no code and no theme, and wrote no sentence on what participants said: every count is a count "
            "of people's decisions, and every quote is verbatim."
        ),
    )


def _people(source: Source) -> tuple[str, ...]:
    log, book = source.log, source.book
    coders = list(dict.fromkeys(item.draft.coder for item in log))
    corrected = sum(item.kind in CORRECTIONS for item in effective(in_book(log)))
    lines = [
        _ended(f"{counted(len(coders), 'person', 'people')} took {counted(len(log), 'decision')}{_when(source)}"),
        (
            f"They accepted {counted(len(book.accepted), 'candidate')} as codes or into codes, rejected "
            f"{len(book.rejected)}, and made {_own_codes(book)}."
        ),
        f"They made {counted(corrected, 'correction')} to speakers, moderators, questions or turns left out.",
    ]
    lines += [
        f"{approval.coder} signed off the checkpoint “{approval.checkpoint}”, version {approval.version}, "
        f"on {approval.at[:10]}."
        for approval in book.approvals.values()
    ]
    return tuple(lines)


def _own_codes(book: Codebook) -> str:
    """How many codes came of no candidate, and how many of another code."""
    own = sum(not code.origin for code in book.codes.values())
    parts = sum(code.origin in book.codes for code in book.codes.values())
    said = f"{counted(own, 'code')} of their own" if own else "no code of their own"
    return f"{said} and {parts} by splitting codes" if parts else said


def _limits(source: Source) -> tuple[str, ...]:
    groups = len({item.group for item in source.said})
    lines = [
        (
            f"{counted(groups, 'group')} took part. How many speakers said something shows how widely it was voiced "
            f"in these rooms, not how common it is elsewhere; silence in a group is not disagreement."
        ),
        "A speaker who agrees with a nod or a short noise is not counted.",
        "Which question a passage answers was proposed by the machine and corrected by people where they saw need.",
    ]
    if unnamed := len({item.group for item in source.said if not item.speaker and not item.segment.moderator}):
        lines.append(
            f"Participants whom a transcript does not name ({counted(unnamed, 'group')}) count as one speaker of "
            f"their group, however many they were."
        )
    if uncoded := uncoded_by_question(source):
        lines.append(uncoded)
    if source.making.saturation:
        lines.append(source.making.saturation)
    if source.making.unsigned:
        lines.append(source.making.unsigned)
    if source.unconfirmed:
        lines.append(
            f"Codings that the machine proposed for new talk, neither confirmed nor removed: "
            f"{len(source.unconfirmed)}. No count and no quote in this report rests on them."
        )
    if unplaced := len(source.mapped.unplaced):
        lines.append(
            f"Coded passages in turns that were left out since, or are a moderator's: {unplaced}. "
            f"No count and no quote in this report rests on them."
        )
    undecided = sum(not source.book.decided(item.id) for item in source.suggestions.suggestions)
    if undecided:
        lines.append(f"{counted(undecided, 'candidate')} had not been decided on when this was made.")
    return tuple(lines)


def _rejected(source: Source) -> Iterator[Rejected]:
    offered = {item.id: item for item in source.suggestions.suggestions}
    for candidate, reason in source.book.rejected.items():
        item = offered.get(candidate)
        yield Rejected(candidate, item.name if item else candidate, len(item.segments) if item else None, reason)


def _account(source: Source) -> list[FileAccount]:
    accounts = []
    for item in source.transcripts:
        account = item.transcript.account
        accounts.append(
            FileAccount(
                group=item.group,
                file=item.file,
                format=item.transcript.format,
                characters_in=account.characters_in,
                kept=account.kept,
                dropped=tuple(account.by_kind().items()),
                adds_up=account.adds_up,
                warnings=account.warnings if item.warnings is None else item.warnings,
            )
        )
    return accounts


def _when(source: Source) -> str:
    """On which day or between which days, and by whom."""
    if not source.log:
        return ""
    first, last = source.log[0].draft.at[:10], source.log[-1].draft.at[:10]
    coders = dict.fromkeys(item.draft.coder for item in source.log)
    return f" {f'on {first}' if first == last else f'between {first} and {last}'}: {', '.join(coders)}"


def _ended(sentence: str) -> str:
    """The sentence with one full stop: a name may bring its own ("Rosa Q.")."""
    return sentence if sentence.endswith(".") else f"{sentence}."
