"""Everything that the first visitors would wait for, done before the site answers."""

from __future__ import annotations

from pipeline.web.code_counts import carried, counts
from pipeline.web.nearness import ENOUGH, mean_directions, standing
from pipeline.web.rendering import read_templates
from pipeline.web.searching import be_ready
from pipeline.work.learning import taught
from pipeline.work.live_study import LiveStudy


def warm(study: LiveStudy) -> None:
    """Read the talk, the vectors and the templates, count the codes, make the search; begin to learn, beside."""
    study.warm()
    with study.looking() as view:
        taught(study, view)
    read_templates()
    with study.looking() as view:
        material, segments, there = view.material, carried(view), standing(view)
        of_candidates = [item.segments[:ENOUGH] for item in material.found.suggestions]
        if of_candidates:
            mean_directions(study, view, [*there.values(), *of_candidates])
    for code, carrying in segments.items():
        counts(material, code, carrying)
    be_ready(study)
