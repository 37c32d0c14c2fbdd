"""Stage two: embed what is new, cluster it into candidate codes; after decisions, only what they do not cover."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pipeline.domain.codebook import Code, Codebook
from pipeline.domain.decision import Kind, effective, in_book
from pipeline.domain.errors import NotReady
from pipeline.domain.folding import fold
from pipeline.domain.said import Said
from pipeline.domain.suggestion import ProposedCoding, Suggestion, SuggestionSet
from pipeline.review.influence import open_proposals
from pipeline.review.worklist import in_none as unplaced
from pipeline.suggest.apply_codes import apply_codes
from pipeline.suggest.candidates import SuggestSettings, propose
from pipeline.suggest.material import Material, Matrix
from pipeline.suggest.rejected import without_rejected
from pipeline.work import prepare as preparing
from pipeline.work.embedding import embed, vectors
from pipeline.work.talk import talk
from pipeline.work.workplace import TRANSCRIPTS, Progress, Workplace, fingerprint, now, silent

STAGE: Final = "suggest"
METHOD: Final = "candidates.v3"
NO_CANDIDATES: Final = (
    "There are no candidates yet: `polyvocal run` brings the study to checkpoint 2. If it stands there already, too "
    "little of the talk recurs; make codes of your own with `polyvocal decide STUDY create NAME`."
)


@dataclass(frozen=True, slots=True)
class Suggested:
    """What suggest made. `summary` says the mode ("full" or "added"), the counts, and what changed."""

    version: int
    changed: bool
    embedded: int
    summary: dict[str, Any] = field(default_factory=dict)


def suggest(work: Workplace, progress: Progress = silent) -> Suggested:
    """Propose candidate codes for the talk that checkpoint 1 approved.

    Before anybody has decided on a candidate, all talk is clustered. Afterwards earlier candidates and every
    decision stand: approved codes are applied to new focus groups with a confidence, and only the rest of the
    new talk becomes new candidates.

    Raises:
        NotReady: nothing is prepared, or checkpoint 1 is not approved for the latest version.
    """
    prepared = approved_version(work, preparing.STAGE, TRANSCRIPTS)
    latest = work.store.stages.latest(work.study.id, STAGE)
    log = work.store.decisions.log(work.study.id)
    transcripts = sorted(group["transcript"] for group in prepared.summary["groups"].values())
    seen = set(latest.summary["all_transcripts"]) if latest else set()
    book = fold(log)
    decided = _decided(book)
    fresh = [transcript for transcript in transcripts if transcript not in seen]
    if latest and decided and not fresh:
        return Suggested(latest.version, changed=False, embedded=0, summary=dict(latest.summary))
    added = bool(latest and decided)
    inputs = fingerprint(
        [
            METHOD,
            prepared.fingerprint,
            [[item.subject, dict(item.payload)] for item in effective(in_book(log)) if item.kind is Kind.QUESTION],
            [*filter(None, [settings_of(work).about]), work.settings.suggest.most, work.settings.suggest.seed],
            [latest.version, fresh] if latest and added else None,
        ]
    )
    if latest and latest.fingerprint == inputs:
        return Suggested(latest.version, changed=False, embedded=0, summary=dict(latest.summary))
    made = (
        _of_new_groups(work, book, sorted(seen), fresh, progress)
        if added
        else _of_everything(work, transcripts, progress)
    )
    found, proposed, embedded = made.found, made.proposed, made.embedded
    summary = {
        "mode": "added" if added else "full",
        "builds_on": latest.version if latest and added else None,
        "transcripts": fresh if added else transcripts,
        "all_transcripts": transcripts,
        "segments": sum(len(item.segments) for item in found.suggestions) + len(found.unclear),
        "candidates": len(found.suggestions),
        "unclear": len(found.unclear),
        "kept_back": made.kept_back,
        "proposed_codings": len(proposed),
        "codes_gaining": len({item.code for item in proposed}),
        "decisions_before": len(log),
        "decisions_touched": _touched(work, log),
    }
    with work.store.atomically(work.study.id):
        overtaken = latest and not added and _decided(fold(work.store.decisions.log(work.study.id)))
        if not overtaken:
            frozen = work.store.stages.freeze(work.study.id, STAGE, inputs, summary, now())
            work.store.suggestions.freeze(work.study.id, frozen.version, found, proposed)
    if overtaken:  # somebody decided on an earlier candidate meanwhile: it must not be replaced under their hands
        return suggest(work, progress)
    return Suggested(frozen.version, changed=True, embedded=embedded, summary=summary)


def _decided(book: Codebook) -> bool:
    """Whether anybody has made a code or turned a candidate down."""
    return bool(book.codes or book.rejected)


def approved_version(work: Workplace, stage: str, checkpoint: str) -> Any:
    """The latest frozen version of a stage, if people approved it.

    Raises:
        NotReady: the stage has not run, or its checkpoint waits for somebody.
    """
    latest = work.store.stages.latest(work.study.id, stage)
    if latest is None:
        raise NotReady(f"There is nothing to work on yet: run `polyvocal run` on the study ({stage} has not run).")
    approval = fold(work.store.decisions.log(work.study.id)).approvals.get(checkpoint)
    if approval is None or approval.version < latest.version:
        raise NotReady(
            f"Checkpoint `{checkpoint}` waits for approval of version {latest.version}: look at it, then "
            f"`polyvocal approve STUDY {checkpoint}`."
        )
    return latest


Offered = tuple[SuggestionSet, tuple[ProposedCoding, ...]]
"""Candidates, and codings proposed for late groups."""


def current(work: Workplace) -> Offered:
    """The candidates on the worklist now: the latest full clustering and everything added to it since.

    Talk that people left out since, or found to be a moderator's, can carry no code and is in none of them.
    """
    able = {item.id for item in work.store.segments.of_study(work.study.id) if not (item.noise or item.moderator)}
    return held_to_talk(offered(work), able, lambda: talk(work).by_id())


def offered(work: Workplace) -> Offered:
    """All candidates as they were made, whatever became of the talk since."""
    suggestions: list[Suggestion] = []
    unclear: list[str] = []
    proposed: list[ProposedCoding] = []
    for version in reversed(_chain(work)):
        found = work.store.suggestions.of_version(work.study.id, version)
        suggestions.extend(found.suggestions)
        unclear.extend(found.unclear)
        proposed.extend(work.store.suggestions.proposed(work.study.id, version))
    return SuggestionSet(tuple(suggestions), tuple(unclear)), tuple(proposed)


def held_to_talk(offered: Offered, able: Collection[str], said: Callable[[], Mapping[str, Said]]) -> Offered:
    """The candidates with those of their segments that are `able` to carry a code now. All that is `said` is asked
    for only where one is not."""
    found, proposed = offered
    kept = found.suggestions
    if not all(segment in able for item in kept for segment in item.segments):
        everything = said()
        held = (_held_to(able, item, everything) for item in kept)
        kept = tuple(item for item in held if item.segments)
    return (
        SuggestionSet(kept, tuple(item for item in found.unclear if item in able)),
        tuple(item for item in proposed if item.segment in able),
    )


def open_to(
    work: Workplace, proposed: Iterable[ProposedCoding], book: Codebook, coder: str = ""
) -> tuple[ProposedCoding, ...]:
    """The proposed codings that this coder may be told of; without one, those that whoever coded may."""
    proposed, review = tuple(proposed), work.settings.review
    asked = {item.segment for item in proposed}
    coded = frozenset(each for each in asked if (book.coded_whole(each, coder) if coder else each in book.committed))
    return open_proposals(work.study.id, proposed, coded, withhold=review.withhold, share=review.control)


def in_none(work: Workplace, book: Codebook) -> tuple[Said, ...]:
    """The talk that fits nowhere in this book, in order of talk. Talk that was not clustered yet is none of it."""
    latest = work.store.stages.latest(work.study.id, STAGE)
    able = {said.segment.id: said for said in talk(work, latest.summary["all_transcripts"] if latest else ()).codable}
    return tuple(able[segment] for segment in fits_nowhere(work, able, current(work), book))


def fits_nowhere(work: Workplace, clustered: Iterable[str], offered: Offered, book: Codebook) -> tuple[str, ...]:
    """Those of the clustered segments that could carry a code, carry none in this book, and wait nowhere; talk whose
    proposed coding is kept back is among them."""
    found, proposed = offered
    return unplaced(clustered, found, open_to(work, proposed, book), book)


def _held_to(able: Collection[str], suggestion: Suggestion, said: Mapping[str, Said]) -> Suggestion:
    """The candidate under its id, with those of its segments that can still carry a code, counted anew."""
    if all(segment in able for segment in suggestion.segments):
        return suggestion
    kept = tuple(segment for segment in suggestion.segments if segment in able)
    items = [said[segment] for segment in kept]
    return replace(
        suggestion,
        segments=kept,
        typical=tuple(segment for segment in suggestion.typical if segment in able) or kept[:1],
        edge=tuple(segment for segment in suggestion.edge if segment in able),
        questions=_most_first(item.question for item in items),
        groups=_most_first(item.group for item in items),
        speakers=_most_first(f"{item.group}/{item.speaker}" for item in items),
        roles=_most_first(item.role for item in items if item.role),
    )


def _most_first(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(names).most_common())


def _chain(work: Workplace) -> list[int]:
    """Versions from the latest back to the full clustering it builds on."""
    by_version = {item.version: item for item in work.store.stages.history(work.study.id, STAGE)}
    chain: list[int] = []
    version = max(by_version, default=None)
    while version is not None:
        chain.append(version)
        version = by_version[version].summary["builds_on"]
    return chain


@dataclass(frozen=True, slots=True)
class _Made:
    """What a run found: candidates, codings proposed for new groups, vectors computed, and how many candidates were
    a rejected idea again and are kept back."""

    found: SuggestionSet
    proposed: tuple[ProposedCoding, ...]
    embedded: int
    kept_back: int = 0


def _of_everything(work: Workplace, transcripts: Sequence[str], progress: Progress) -> _Made:
    material, embedded = material_of(work, talk(work, transcripts).codable, progress)
    if work.manner:  # for the day a late group comes, which then asks for vectors of its own talk alone
        embed(work, material.excerpts, progress, by=work.manner)
    return _Made(_propose(work, settings_of(work), material, progress), (), embedded)


def _of_new_groups(
    work: Workplace, codebook: Codebook, seen: Sequence[str], fresh: Sequence[str], progress: Progress
) -> _Made:
    settings = replace(settings_of(work), about=None)  # told of the whole study, not of what late groups leave over
    known, _ = material_of(work, talk(work, seen).codable, progress)
    new, embedded = material_of(work, talk(work, fresh).codable, progress)
    active = {code.id for code in codebook.active_codes}
    codings: dict[str, tuple[str, ...]] = {}
    for segment, code in codebook.codings:
        if code in active:
            codings[segment] = (*codings.get(segment, ()), code)
    applied = apply_codes(
        with_manner(work, known, progress),
        codings,
        with_manner(work, new, progress),
        settings=settings,
        seed=work.settings.suggest.seed,
        names=name_vectors(work, {code.id: described(code) for code in codebook.active_codes}),
    )
    found = _propose(work, settings, new.only(applied.uncovered), progress)
    refused = [item.segments for item in current(work)[0].suggestions if item.id in codebook.rejected]
    kept, back = without_rejected(found, known.beside(new), refused)
    return _Made(kept, applied.proposed, embedded, back)


def name_vectors(work: Workplace, texts: Mapping[str, str]) -> dict[str, Matrix]:
    """Code ids to the unit vector (d,) of what people call the code, by the model that reads the segments."""
    found, _ = vectors(work, list(texts.values()))
    return dict(zip(texts, found, strict=True))


def described(code: Code) -> str:
    """What people call a code, and what they say it means."""
    return f"{code.name}. {code.definition}" if code.definition else code.name


def _propose(work: Workplace, settings: SuggestSettings, material: Material, progress: Progress) -> SuggestionSet:
    return propose(
        material,
        settings=settings,
        seed=work.settings.suggest.seed,
        encode=lambda texts: vectors(work, texts)[0],
        progress=progress,
    )


def settings_of(work: Workplace) -> SuggestSettings:
    """What clustering goes by in this study; a number in the settings stands before that in study.toml."""
    wanted = work.settings.suggest
    return SuggestSettings(about=wanted.about or work.study.candidates, most=wanted.most or None)


def material_of(work: Workplace, said: Iterable[Said], progress: Progress = silent) -> tuple[Material, int]:
    """Segments as the clustering takes them, and how many vectors had to be computed."""
    items = tuple(said)
    found, embedded = vectors(work, [item.excerpt for item in items], progress)
    return beside_vectors(items, found), embedded


def with_manner(work: Workplace, material: Material, progress: Progress = silent) -> Material:
    """The same segments with how each is said, which tells codes apart too; where the model cannot tell, without."""
    if work.manner is None or not len(material):
        return material
    return replace(material, manner=vectors(work, material.excerpts, progress, by=work.manner)[0])


def beside_vectors(items: Sequence[Said], vectors: Matrix) -> Material:
    """Segments with their vectors (n, d), as clustering and learning take them."""
    return Material(
        ids=tuple(item.segment.id for item in items),
        excerpts=tuple(item.excerpt for item in items),
        vectors=vectors,
        questions=tuple(item.question for item in items),
        groups=tuple(item.group for item in items),
        speakers=tuple(item.speaker for item in items),
        roles=tuple(item.role for item in items),
        turns=tuple(f"{item.segment.transcript}:{item.segment.turn}" for item in items),
    )


def _touched(work: Workplace, log: Sequence[Any]) -> int:
    """How many decisions of the log as it was before are no longer the same; anything but 0 is a defect."""
    after = work.store.decisions.log(work.study.id)[: len(log)]
    return sum(one != other for one, other in zip(log, after, strict=True))
