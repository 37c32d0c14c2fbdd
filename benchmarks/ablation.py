"""What each lever of the suggestions, and each witness of the learnt codes, is worth, on talk that people have coded.

    python -m benchmarks.ablation [--seeds 5] [--draws 200] [--corpora DIR …] [--out docs/ablation.md]

Every study with codings is prepared once. The same talk is then grouped with all levers and without each of them, one
at a time, from several seeds, and scored as `polyvocal evaluate` scores it; then codes are learnt likewise. A study
that is not there is named and passed over.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from statistics import fmean
from typing import Final

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from benchmarks import ablation_learning
from benchmarks.coded_talk import CORPORA, ROOT, CodedTalk, coded_studies, coded_talk, is_coded
from pipeline.domain.suggestion import Suggestion, SuggestionSet, suggestion_id
from pipeline.evaluate.suggestions import SuggestionScores, score_suggestions
from pipeline.suggest.branches import Tree
from pipeline.suggest.candidates import SuggestSettings, divided
from pipeline.suggest.consensus import DIVISIONS, Divisions, divisions_of, together
from pipeline.suggest.cores import core_strength
from pipeline.suggest.features import principal, question_columns, unit, with_context
from pipeline.suggest.grouping import OUTSIDE, Labels, Support, groups, supported
from pipeline.suggest.material import Material, Matrix
from pipeline.suggest.one_thread import one_thread
from pipeline.suggest.volume import candidates_for, distinct_volume

SETTINGS: Final = SuggestSettings(sample=sys.maxsize)
NO_BAR: Final = Support(segments=2, alike=-1.0, chance=0.0)
MEASURES: Final = ("coverage_f30", "coverage_f50", "approvable_share", "ami", "b3_f")


@dataclass(frozen=True, slots=True)
class Levers:
    """Which levers are in use."""

    question: bool = True
    context: bool = True
    centring: bool = True
    directions: bool = True
    consensus: bool = True
    depth: bool = True
    cores: bool = True
    bar: bool = True
    volume: bool = True


ALL: Final = Levers()
NONE: Final = Levers(**{lever.name: False for lever in fields(Levers)})
WITHOUT: Final[Mapping[str, Levers]] = {
    "everything": ALL,
    "without the question's column": replace(ALL, question=False),
    "without the context of neighbours": replace(ALL, context=False),
    "without centring": replace(ALL, centring=False),
    "all dimensions instead of principal directions": replace(ALL, directions=False),
    "one division instead of a consensus": replace(ALL, consensus=False),
    "all branches cut at one depth": replace(ALL, depth=False),
    "without dense cores": replace(ALL, cores=False),
    "without the bar of support": replace(ALL, bar=False),
    "number of candidates by segments, not distinct volume": replace(ALL, volume=False),
    "nothing: k-means on the plain vectors": NONE,
}
HEAD: Final = """\
# What each lever of the suggestions is worth

Made by `python -m benchmarks.ablation` (`make ablation`). One lever is let go at a time; figures are means over
{seeds} seeds, with the least and the most in brackets. `n / codes` is the number of candidates beside the number of
human codes on at least three spans: read every other figure beside it.

- **the question's column**: which question of the guide a segment answers, beside what it says.
- **the context of neighbours**: short segments borrow from the same speaker's talk around them.
- **centring**: what all segments share is taken off before vectors are scaled.
- **principal directions**: the few in which the talk varies most, instead of all dimensions.
- **a consensus**: {divisions} divisions, coarse to fine, instead of one.
- **a depth of its own**: each branch of the tree is cut where it recurs most, instead of all at one depth.
- **dense cores**: a candidate needs one, and what lies outside must recur with it to belong to it.
- **the bar of support**: a candidate's size, and members more alike than chance.
- **distinct volume**: the number of candidates goes by talk that differs, instead of by segments.

“Everything, other transcripts” is a bootstrap: transcripts are drawn with replacement, {draws} times, and the spans
and candidates in those drawn are scored. A transcript drawn twice repeats its spans, which flatters every score, so
the draws are moved to the mean over all transcripts before their middle 95 % is shown.
"""


def main() -> None:
    """Measure, print and write."""
    wanted = _arguments()
    suggested = [HEAD.format(seeds=wanted.seeds, draws=wanted.draws, divisions=DIVISIONS)]
    learnt = [ablation_learning.HEAD.format(seeds=wanted.seeds)]
    for study in _present(wanted.corpora):
        _say(f"{study.name} is prepared")
        coded = coded_talk(study)
        suggested.append(_said(_tables(coded, wanted.seeds, wanted.draws)))
        learnt.append(_said(ablation_learning.learning_table(coded, wanted.seeds)))
    if len(learnt) > 1:
        wanted.out.write_text("\n".join([*suggested, *learnt]), encoding="utf-8")


def _said(lines: Iterable[str]) -> str:
    """The lines as one text, each shown as soon as it is there."""
    found = []
    for line in lines:
        _say(line)
        found.append(f"{line}\n")
    return "".join(found)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--corpora", type=Path, nargs="+", default=None, metavar="DIR")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "ablation.md")
    return parser.parse_args()


def _present(named: Sequence[Path] | None) -> Iterator[Path]:
    studies = coded_studies() if named is None else named
    if not studies:
        _say(f"There are no coded studies in {CORPORA}.")
    for study in studies:
        if is_coded(study):
            yield study
        else:
            _say(f"{study} is passed over: it holds no reference with codings.")


def _tables(coded: CodedTalk, seeds: int, draws: int) -> Iterator[str]:
    talk = coded.material
    yield f"## {coded.name}\n"
    yield f"{len(set(talk.groups))} transcripts, {len(talk):,} segments, {len(coded.spans):,} coded spans.\n"
    yield f"| | {' | '.join(MEASURES)} | n / codes |"
    yield "|---|" + "---|" * (len(MEASURES) + 1)
    for name, levers in WITHOUT.items():
        found = [_as_set(talk.ids, grouped(talk, levers, seed)) for seed in range(seeds)]
        scores = [score_suggestions(coded.spans, coded.places, each) for each in found]
        _say(f"{coded.name}: {name}")
        yield _row(name, scores, {measure: _range(_of(scores, measure)) for measure in MEASURES})
        if levers == ALL:
            _same_as_the_stage(talk, found[0])
            drawn = list(_resampled(coded, found, draws))
            spread = {measure: _interval(_of(scores, measure), _of(drawn, measure)) for measure in MEASURES}
            yield _row(f"{name}, other transcripts", scores, spread)


def grouped(talk: Material, levers: Levers, seed: int) -> Labels:
    """The groups that `divided` makes of the whole talk, without the levers that are let go."""
    with one_thread():
        volume = distinct_volume(talk.excerpts, talk.vectors) if levers.volume else len(talk)
        carried = candidates_for(volume, talk.questions)
        count = DIVISIONS if levers.consensus else 1
        divisions = divisions_of(_points(talk, levers), carried, seed, lambda _done, _total: None, count=count)
        shares = together(divisions)
        strength = core_strength(shares, SETTINGS.core) if levers.cores else np.ones(len(talk))
        content = unit(talk.vectors - talk.vectors.mean(axis=0))
        support = SETTINGS.support if levers.bar else NO_BAR
        cut = _at_their_depths if levers.depth else _at_one_depth
        return supported(cut(shares, divisions, carried), shares, strength, content, support)


def _at_their_depths(shares: Matrix, divisions: Divisions, wanted: int) -> Labels:
    tree = Tree.of(shares)
    return groups(tree, tree.values(divisions, SETTINGS.support.segments), wanted)


def _at_one_depth(shares: Matrix, _divisions: Divisions, wanted: int) -> Labels:
    """So many groups by average linkage alone."""
    linked = AgglomerativeClustering(n_clusters=min(wanted, len(shares)), metric="precomputed", linkage="average")
    found: Labels = linked.fit_predict(1 - shares).astype(np.intp)
    return found


def _points(talk: Material, levers: Levers) -> Matrix:
    content = unit(with_context(talk)) if levers.context else talk.vectors
    if levers.centring:
        content = unit(content - content.mean(axis=0))
    if levers.directions:
        content = principal(content)
    columns = [question_columns(talk.questions)] if levers.question else []
    return np.hstack([content, *columns]).astype(np.float32)


def _same_as_the_stage(talk: Material, found: SuggestionSet) -> None:
    """All levers in use must be the stage itself, or the table would be about something else."""
    stage = _as_set(talk.ids, divided(talk, settings=SETTINGS, seed=0).labels)
    if found != stage:
        raise SystemExit("The groups made here are not those of the suggest stage: bring `grouped` up to date.")


def _as_set(ids: Sequence[str], labels: Labels) -> SuggestionSet:
    """Groups as suggestions without names."""
    parts = [
        tuple(ids[place] for place in np.flatnonzero(labels == label).tolist())
        for label in range(OUTSIDE, labels.max() + 1)
    ]
    made = tuple(Suggestion(suggestion_id(part), "", (), part, (), (), 0.0) for part in parts[1:])
    return SuggestionSet(made, parts[0])


def _resampled(coded: CodedTalk, found: Sequence[SuggestionSet], draws: int) -> Iterator[SuggestionScores]:
    """Scores over drawn transcripts, the seeds taking turns. A transcript drawn twice counts as two."""
    names = sorted(set(coded.material.groups))
    random = np.random.default_rng(0)
    for draw in range(draws):
        drawn = list(enumerate(names[place] for place in random.integers(len(names), size=len(names))))
        yield _score_of(coded, found[draw % len(found)], drawn)


def _score_of(coded: CodedTalk, found: SuggestionSet, drawn: Sequence[tuple[int, str]]) -> SuggestionScores:
    """A candidate none of whose segments was drawn would not have been offered."""
    spans = [
        replace(span, group=f"{copy}/{group}") for copy, group in drawn for span in coded.spans if span.group == group
    ]
    copies: dict[str, list[int]] = {}
    for copy, group in drawn:
        copies.setdefault(group, []).append(copy)
    places = {
        f"{copy}/{segment}": (f"{copy}/{group}", start, end)
        for segment, (group, start, end) in coded.places.items()
        for copy in copies.get(group, ())
    }

    def copied(segments: Sequence[str]) -> tuple[str, ...]:
        return tuple(f"{copy}/{name}" for name in segments for copy in copies.get(coded.places[name][0], ()))

    kept = (replace(item, segments=copied(item.segments)) for item in found.suggestions)
    offered = SuggestionSet(tuple(item for item in kept if item.segments), copied(found.unclear))
    return score_suggestions(spans, places, offered)


def _row(name: str, scores: Sequence[SuggestionScores], cells: Mapping[str, str]) -> str:
    offered, codes = fmean(_of(scores, "n")), fmean(_of(scores, "codes"))
    return f"| {name} | {' | '.join(cells.values())} | {offered:.0f} / {codes:.0f} |"


def _of(scores: Sequence[SuggestionScores], measure: str) -> list[float]:
    return [getattr(score, measure) for score in scores]


def _range(values: Sequence[float]) -> str:
    return f"{fmean(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def _interval(values: Sequence[float], drawn: Sequence[float]) -> str:
    middle = fmean(values)
    low, high = np.clip(np.quantile(drawn, [0.025, 0.975]) - fmean(drawn) + middle, 0, 1)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
