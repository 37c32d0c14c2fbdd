"""A code that a late group uses for something else is shown with what that group says under it."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.suggestion import SuggestionSet
from pipeline.work.learning import ODD, caught_up
from pipeline.work.live_study import LiveStudy
from tests.made_study import Size, made_study

AT = "2026-03-01T10:00:00+00:00"
SIZE = Size(groups=5, turns=40, topics=3, dimension=384)
STEADY, MOVED = "c-aaaaaaaaaaaa", "c-bbbbbbbbbbbb"


def came_late(study: LiveStudy, group: str) -> None:
    """Candidates were made of all groups but one, which was added since."""
    stages, stored = study.work.store.stages, study.work.store.transcripts.of_study("made")
    before, every = stages.latest("made", "suggest").summary, [item.transcript.id for item in stored]
    early = [item.transcript.id for item in stored if item.group != group]
    for mode, transcripts in (("full", early), ("added", every)):
        summary = {**before, "mode": mode, "all_transcripts": transcripts}
        made = stages.freeze("made", "suggest", mode, summary, AT)
        study.work.store.suggestions.freeze("made", made.version, SuggestionSet((), ()), [])


@pytest.mark.parametrize("turned", [False, True])
def test_a_code_that_a_late_group_uses_for_something_else_is_shown(tmp_path: Path, *, turned: bool):
    """Whatever order people coded in."""
    with made_study(tmp_path / "study", SIZE) as work:
        study = LiveStudy(work)
        with study.looking() as view:
            groups, codable = view.material.codable_of, view.material.codable
            rows, places = study.vectors(view, codable)
        directions = np.random.default_rng(3).standard_normal((SIZE.topics, SIZE.dimension))
        topics = dict(zip([codable[place] for place in places], (rows @ directions.T).argmax(axis=1), strict=True))
        last = list(groups)[-1]
        came_late(study, last)
        for code in (STEADY, MOVED):
            study.decide(Draft(f"k-{code}", "made", "ana", AT, Kind.CREATE, code, {"name": code}))
        for group in reversed(groups) if turned else groups:
            for code, topic in ((STEADY, 0), (MOVED, 2 if group == last else 1)):
                about = [item for item in groups[group] if topics.get(item) == topic][:5]
                for item in reversed(about) if turned else about:
                    study.decide(Draft(f"k-{item}", "made", "ana", AT, Kind.APPLY, item, {"code": code}))
        drifts = caught_up(study).drifts
        moved = drifts[MOVED]
        assert len(moved.odd) == ODD
        assert all(item in groups[last] for item in moved.odd)
        assert (moved.late_segments, moved.late_groups, moved.early_segments, moved.early_groups) == (5, 1, 20, 4)
