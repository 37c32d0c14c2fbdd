"""Polyvocal measured on a study with a reference: the same stages, in a home of its own, then the scores."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from itertools import product
from typing import Any, Final

import numpy as np

from pipeline.domain.errors import NotReady, Problem, StudyInvalid
from pipeline.domain.suggestion import Suggestion, SuggestionSet, suggestion_id
from pipeline.domain.transcript import Transcript
from pipeline.evaluate.names import score_names
from pipeline.evaluate.new_group import Learner, Lesson, Predicted, score_new_group
from pipeline.evaluate.peers import Labels, Shared, members, peers
from pipeline.evaluate.plain_logistic import plain_logistic
from pipeline.evaluate.question_spans import GroupQuestions, score_question_spans
from pipeline.evaluate.reference import Reference, load_reference
from pipeline.evaluate.review_effort import review_effort
from pipeline.evaluate.simulated_coder import Truth
from pipeline.evaluate.simulated_review import Opinion
from pipeline.evaluate.stability import bootstraps, stability_ari
from pipeline.evaluate.suggestions import Place, score_suggestions
from pipeline.segment.forward_fill import forward_fill
from pipeline.suggest.candidates import SuggestSettings, divided
from pipeline.suggest.learning import Learnt, NameVectors, read_codes
from pipeline.suggest.material import Material
from pipeline.work import deciding, suggesting
from pipeline.work import prepare as preparing
from pipeline.work.embedding import vectors
from pipeline.work.talk import talk
from pipeline.work.workplace import TRANSCRIPTS, Progress, Workplace, silent

REFERENCE: Final = "reference.json"
SEEDS: Final = 5
"""Seeds, and bootstraps of the focus groups, over which stability is measured."""


def evaluate(work: Workplace, progress: Progress = silent, *, with_peers: bool = False) -> dict[str, Any]:
    """The measures, as the JSON they are written as; `work` is opened on an empty home. `with_peers`: others' ways to
    cluster are measured beside, on the same segments and vectors.

    `suggestions` is what Polyvocal offers where it is asked for as many candidates as there are human codes, as its
    peers are, and how stable that is; `suggestions_by_itself` is what a run offers, which knows no such number. Where
    the settings (`suggest.about`) or the study (`candidates`) name one, both go by it.

    Raises:
        StudyInvalid: the study has no reference, it is wrong, or a transcript could not be read.
        NotReady: the peers are wanted and not installed.
    """
    ways = _installed_peers() if with_peers else {}
    load_reference(work.folder / REFERENCE)  # what is wrong with it is said before minutes of work, not after
    seconds: dict[str, float] = {}
    with _timed(seconds, "load"):
        vectors(work, [question.text for question in work.study.questions])
    with _timed(seconds, "prepare"):
        prepared = preparing.prepare(work, progress=progress)
    if prepared.summary["refused"]:
        raise StudyInvalid(tuple(Problem(group, why, "") for group, why in prepared.summary["refused"].items()))
    reference = _reference(work)
    deciding.approve(work, TRANSCRIPTS, "evaluate")
    result: dict[str, Any] = {"study": work.study.id, "question_spans": _question_spans(work, reference)}
    if reference.codings:
        with _timed(seconds, "suggest"):
            suggesting.suggest(work, progress)
        result |= _suggestions(work, reference)
        with _timed(seconds, "stability"):
            result["suggestions"]["stability_ari"] = _stability(work, result["suggestions"]["codes"], progress)
        if with_peers:
            with _timed(seconds, "peers"):
                result["peers"] = _peers(work, reference, ways, progress)
        with _timed(seconds, "new_group"):
            result["new_group"] = _new_group(work, reference)
        with _timed(seconds, "review_effort"):
            result["review_effort"] = _review_effort(work, reference)
    return {**result, "seconds": seconds, "peak_rss_mb": _peak_mb()}


def _reference(work: Workplace) -> Reference:
    stored = work.store.transcripts.of_study(work.study.id)
    lengths = {item.group: len(item.transcript.text) for item in stored}
    guide = [question.id for question in work.study.questions]
    return load_reference(work.folder / REFERENCE, lengths, guide)


def _question_spans(work: Workplace, reference: Reference) -> dict[str, Any]:
    """Our path's score, and beside it the score of carrying the nearest question forward."""
    ours, plain = [], []
    for item in work.store.transcripts.of_study(work.study.id):
        transcript = item.transcript
        bounds = [(turn.start, turn.end) for turn in transcript.turns]
        expected = reference.questions_of(item.group)
        found = work.store.questions.of_transcript(work.study.id, transcript.id)
        ours.append(GroupQuestions(bounds, [span.question for span in found], expected))
        plain.append(GroupQuestions(bounds, _filled_forward(work, transcript), expected))
    return {**asdict(score_question_spans(ours)), "forward_fill": asdict(score_question_spans(plain))}


def _filled_forward(work: Workplace, transcript: Transcript) -> list[str]:
    segments = work.store.segments.of_transcript(work.study.id, transcript.id)
    texts = [transcript.text[segment.start : segment.end] for segment in segments]
    found, _ = vectors(work, [*texts, *(question.text for question in work.study.questions)])
    of_turns = preparing.turn_vectors(len(transcript.turns), segments, found[: len(texts)])
    asking = {segment.turn for segment in segments if segment.moderator}
    spans = forward_fill(
        transcript.turns,
        [turn.index in asking for turn in transcript.turns],
        of_turns,
        work.study.questions,
        found[len(texts) :],
    )
    return [span.question for span in spans]


def _suggestions(work: Workplace, reference: Reference) -> dict[str, Any]:
    found, _ = suggesting.current(work)
    places, spans = _places(work), reference.human_spans()
    by_itself = score_suggestions(spans, places, found)
    material = suggesting.material_of(work, talk(work).codable)[0].in_order()
    made = divided(material, settings=_asked_for(work, by_itself.codes), seed=work.settings.suggest.seed)
    return {
        "suggestions": asdict(score_suggestions(spans, places, _as_set(material.ids, made.labels))),
        "suggestions_by_itself": asdict(by_itself),
        "names": asdict(score_names(reference.codes, spans, places, found)),
    }


def _places(work: Workplace) -> dict[str, Place]:
    return {said.segment.id: (said.group, said.segment.start, said.segment.end) for said in talk(work).codable}


def _asked_for(work: Workplace, codes: int) -> SuggestSettings:
    """As clustering goes here, asked for as many candidates as there are codes unless somebody named a number."""
    settings = suggesting.settings_of(work)
    return settings if settings.about else replace(settings, about=codes)


def _stability(work: Workplace, codes: int, progress: Progress) -> float:
    """Of the groups that are made when asked for as many as there are codes, from SEEDS seeds after each of as many
    bootstraps of the focus groups."""
    material, _ = suggesting.material_of(work, talk(work).codable)
    chances = list(product(bootstraps(material.groups, SEEDS), range(SEEDS)))
    runs = []
    for done, (kept, seed) in enumerate(chances):
        progress("measuring stability", done, len(chances))
        part = material.at([place for place, group in enumerate(material.groups) if group in kept]).in_order()
        made = divided(part, settings=_asked_for(work, codes), seed=seed)
        runs.append(dict(zip(part.ids, made.labels.tolist(), strict=True)))
    progress("measuring stability", len(chances), len(chances))
    return stability_ari(runs)


def _installed_peers() -> Mapping[str, Callable[[Shared, int], Labels]]:
    try:
        return peers()
    except ImportError as error:
        raise NotReady(
            f"The peers are not installed ({error}). Bring them with `pip install 'polyvocal[peers]'`."
        ) from error


def _peers(
    work: Workplace,
    reference: Reference,
    ways: Mapping[str, Callable[[Shared, int], Labels]],
    progress: Progress,
) -> dict[str, Any]:
    material, _ = suggesting.material_of(work, talk(work).codable)
    places, spans = _places(work), reference.human_spans()
    codes = score_suggestions(spans, places, SuggestionSet((), ())).codes
    shared = Shared(material.excerpts, material.vectors, material.questions, codes)
    scores: dict[str, Any] = {}
    for done, (name, way) in enumerate(ways.items()):
        progress("measuring peers", done, len(ways))
        start = time.perf_counter()
        labels = way(shared, work.settings.suggest.seed)
        seconds = round(time.perf_counter() - start, 3)
        scores[name] = {**asdict(score_suggestions(spans, places, _as_set(material.ids, labels))), "seconds": seconds}
    progress("measuring peers", len(ways), len(ways))
    return scores


def _as_set(ids: Sequence[str], labels: Labels) -> SuggestionSet:
    """Clusters as suggestions without names."""
    parts = [tuple(ids[place] for place in places.tolist()) for places in members(labels)]
    made = tuple(Suggestion(suggestion_id(part), "", (), part, (), (), 0.0) for part in parts)
    return SuggestionSet(made, tuple(ids[place] for place in (labels < 0).nonzero()[0].tolist()))


def _new_group(work: Workplace, reference: Reference) -> dict[str, Any]:
    """Our score, and beside it that of logistic regression on the plain vectors in the same folds."""
    said = talk(work).codable
    material = suggesting.with_manner(work, suggesting.material_of(work, said)[0])
    places = {item.segment.id: (item.group, item.segment.start, item.segment.end) for item in said}
    names = suggesting.name_vectors(work, {code.id: code.name for code in reference.codes})
    spans, seeds = reference.human_spans(), work.settings.evaluate.seeds
    plain = plain_logistic(material.ids, material.groups, material.vectors)
    return {
        **score_new_group(spans, places, few_shot(material, names), seeds=seeds).as_json(),
        "plain_logistic": score_new_group(spans, places, plain, seeds=seeds).as_json(),
    }


def few_shot(material: Material, names: NameVectors) -> Learner:
    """Polyvocal as a learner: approved codes for a late group, as `map` proposes them."""

    def learn(lesson: Lesson) -> Predicted:
        inside = [group in lesson.held_out for group in material.groups]
        known = [
            place for place, held in enumerate(inside) if not held and material.ids[place] not in lesson.forgotten
        ]
        new = material.at([place for place, held in enumerate(inside) if held])
        learnt = Learnt.of(material.at(known), lesson.codes_of, seed=lesson.seed, names=names)
        if learnt is None:
            nothing = np.zeros((len(new), 0))
            return Predicted((), new.ids, nothing, np.ones(len(new)), (), np.zeros((0, 0)))
        read = learnt.read(new)
        return Predicted(read.codes, read.segments, read.given, read.novelty, learnt.known, learnt.known_given)

    return learn


def _review_effort(work: Workplace, reference: Reference) -> dict[str, Any]:
    found, _ = suggesting.current(work)
    material, _ = suggesting.material_of(work, talk(work).codable)
    names = suggesting.name_vectors(work, {code.id: code.name for code in reference.codes})

    def learn(decided: Mapping[str, tuple[str, ...]]) -> Opinion:
        undecided = material.only(segment for segment in material.ids if segment not in decided)
        read = read_codes(material.only(decided), decided, undecided, seed=work.settings.suggest.seed, names=names)
        return Opinion(read.codes, read.segments, read.chances)

    truth = Truth.of(reference.human_spans(), _places(work))
    candidates = [suggestion.segments for suggestion in found.suggestions]
    return review_effort(truth, candidates, learn, seeds=work.settings.evaluate.seeds)


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[name] = round(time.perf_counter() - start, 3)


def _peak_mb() -> float:
    """The most memory this process held, in MB (ru_maxrss is KiB on Linux, bytes on macOS)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
