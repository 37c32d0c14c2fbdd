"""A coder of a sample sees the same, to the byte, whichever of its segments the team put a code on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.domain.codebook import RoundKind
from pipeline.domain.decision import Draft, Kind
from pipeline.review import rounds
from pipeline.review.signing import Signature

from .test_blindness import AT, World


class Taught(World):
    """A study in which ana, ben and cleo code a sample, two segments of which (one turn's) carry a code of the team
    each, with a memo: which of the two carries which tells the worlds apart, and no count does."""

    def __init__(self, folder: Path, *, swapped: bool) -> None:
        self._swapped = swapped
        super().__init__(folder, RoundKind.SAMPLE, 0)

    def pair(self) -> tuple[str, str]:
        with self.study.looking("mara") as view:
            one, other = view.material.codable[:2]
            said = view.material.said
        assert said[one].segment.turn == said[other].segment.turn
        return one, other

    def paths(self) -> list[str]:
        found = super().paths()
        with self.study.looking("ana") as view:
            said = [view.material.said[item] for item in self.pair()]
        for item in said:
            at, quoted = f"{item.segment.start}-{item.segment.end}", item.segment.id.replace(":", "%3A")
            found += [f"/studies/made/transcripts/{item.group}?at={at}", f"/studies/made/segments/{quoted}"]
        for code in self._codes:
            found += [f"/studies/made/search?code={code}", f"/studies/made/map/{code}/Q1?group=group000"]
        return [*found, "/studies/made/search?coder=mara"]

    def _team_codes(self) -> list[str]:
        codes, segments = ["c-00000000000a", "c-00000000000b"], self.pair()
        for number, segment in enumerate(reversed(segments) if self._swapped else segments):
            made = {"name": f"team code {number}", "segments": [segment]}
            self.study.decide(Draft(f"team-{number}", "made", "mara", AT, Kind.CREATE, codes[number], made))
            noted = {"text": f"dissent: rather team code {1 - number}"}
            self.study.decide(Draft(f"memo-{number}", "made", "mara", AT, Kind.MEMO, segment, noted))
        return codes

    def _open(self, kind: RoundKind) -> str:
        sign = Signature("made", "mara", AT, "open the round")
        with self.study.looking("mara") as view:
            drawn = view.material.codable[:6]
            draft = rounds.open_sample(sign, view.book, ["ana", "ben", "cleo"], drawn, share=0.3, seed=1)
        return self.study.decide(draft).subject


@pytest.fixture
def worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Taught, Taught]]:
    for module in ("pipeline.web.acting", "pipeline.work.workplace"):
        monkeypatch.setattr(f"{module}.now", lambda: AT)
    made = Taught(tmp_path / "one", swapped=False), Taught(tmp_path / "other", swapped=True)
    yield made
    for world in made:
        world.close()


def test_no_page_tells_which_segment_of_the_sample_the_team_put_under_which_code(worlds: tuple[Taught, Taught]):
    one, other = (world.asked() for world in worlds)
    assert one.keys() == other.keys()
    assert [path for path in one if one[path].status_code == 200]
    assert [path for path in one if one[path].content != other[path].content] == []


def test_the_test_would_notice(worlds: tuple[Taught, Taught]):
    """Once the round is closed, ana sees what the team did, and the worlds differ."""
    one, other = worlds
    for world in worlds:
        with world.study.looking("mara") as view:
            world.study.decide(rounds.close(Signature("made", "mara", AT, "close"), view.book, world.round))
    path = next(path for path in one.paths() if "?at=" in path)
    assert one.ana.get(path).content != other.ana.get(path).content
