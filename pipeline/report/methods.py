"""The methods appendix: what the machine did, what people did, and what the findings cannot carry."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pipeline.domain.decision import CORRECTIONS, Kind
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
class Methods:
    """Sentences and tables of the appendix; `parts` are (what, which), `decisions` (kind, how many)."""

    machine: tuple[str, ...]
    people: tuple[str, ...]
    limits: tuple[str, ...]
    notes: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    decisions: tuple[tuple[str, int], ...]
    accounts: tuple[FileAccount, ...]


def methods(source: Source) -> Methods:
    """The appendix of a study as it stands."""
    making = source.making
    counted = Counter(item.kind.value for item in source.log)
    return Methods(
        machine=_machine(source),
        people=_people(source),
        limits=_limits(source),
        notes=making.notes,
        parts=(("Polyvocal", making.version), *making.parts, ("Made", making.at)),
        decisions=tuple(counted.most_common()),
        accounts=tuple(_account(source)),
    )


def _machine(source: Source) -> tuple[str, ...]:
    able = [item for item in source.said if not item.segment.moderator and not item.segment.noise]
    noise = sum(item.segment.noise for item in source.said)
    offered = len(source.suggestions.suggestions)
    unclear = sum(not source.book.codes_of(segment) for segment in source.suggestions.unclear)
    return (
        (
            f"It read {len(source.transcripts)} transcripts and cut the talk into {len(source.said)} segments. "
            f"{len(able)} of them are participants' talk that can carry a code; {noise} are short noises of "
            f"agreement, which are kept and shown but carry none."
        ),
        "It proposed which question of the guide each turn answers.",
        (
            f"It laid segments alike next to each other and offered {offered} candidate codes with their evidence. "
            f"{_counted(unclear, 'segment')} fitted nowhere and {'carries' if unclear == 1 else 'carry'} no code."
        ),
        (
            "It made no code and no theme, and wrote no sentence on what participants said: every count is a count "
            "of people's decisions, and every quote is verbatim."
        ),
    )


def _people(source: Source) -> tuple[str, ...]:
    log, book = source.log, source.book
    coders = list(dict.fromkeys(item.draft.coder for item in log))
    kinds = Counter(item.kind for item in log)
    corrected = sum(kinds[kind] for kind in CORRECTIONS)
    lines = [
        f"{_counted(len(coders), 'person', 'people')} took {_counted(len(log), 'decision')}"
        + (f" between {log[0].draft.at[:10]} and {log[-1].draft.at[:10]}: {', '.join(coders)}." if log else "."),
        (
            f"They accepted {len(book.accepted)} candidates as codes or into codes, rejected {len(book.rejected)}, "
            f"and made {kinds[Kind.CREATE]} codes of their own."
        ),
        f"They made {_counted(corrected, 'correction')} to speakers, moderators, questions or turns left out.",
    ]
    lines += [
        f"{approval.coder} signed off the checkpoint “{approval.checkpoint}”, version {approval.version}, "
        f"on {approval.at[:10]}."
        for approval in book.approvals.values()
    ]
    return tuple(lines)


def _limits(source: Source) -> tuple[str, ...]:
    groups = len({item.group for item in source.said})
    lines = [
        (
            f"{_counted(groups, 'group')} took part. How many speakers said something shows how widely it was voiced "
            f"in these rooms, not how common it is elsewhere; silence in a group is not disagreement."
        ),
        "A speaker who agrees with a nod or a short noise is not counted.",
        "Which question a passage answers was proposed by the machine and corrected by people where they saw need.",
    ]
    if source.making.saturation:
        lines.append(source.making.saturation)
    if source.unconfirmed:
        lines.append(
            f"{_counted(len(source.unconfirmed), 'coding')} that the machine proposed for new talk were neither "
            f"confirmed nor removed. No count and no quote in this report rests on them."
        )
    if unplaced := len(source.mapped.unplaced):
        lines.append(
            f"{_counted(unplaced, 'coded passage')} stood in turns that were left out since, or are a moderator's. "
            f"No count and no quote in this report rests on them."
        )
    undecided = sum(not source.book.decided(item.id) for item in source.suggestions.suggestions)
    if undecided:
        lines.append(f"{_counted(undecided, 'candidate')} had not been decided on when this was made.")
    return tuple(lines)


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
                warnings=item.warnings,
            )
        )
    return accounts


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
