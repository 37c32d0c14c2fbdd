"""Transcripts as people really have them: every character accounted for, every labelled paragraph a turn."""

import re
from pathlib import Path

import pytest

from pipeline.ingest import captions, text
from pipeline.ingest.composing import ReadOptions
from pipeline.ingest.moderators import propose_moderators
from pipeline.ingest.reading import read_file
from pipeline.ingest.study_toml import load_study

pytestmark = pytest.mark.shared

LABELLED = re.compile(r"^(?P<label>[^:\n]+): (?P<words>[^\n]+)$", re.MULTILINE)


def texts(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.txt"))
    assert found
    return found


def test_text_is_the_whole_file_and_adds_up(shared_dir):
    for path in [*texts(shared_dir / "transcripts"), *texts(shared_dir / "corpora")]:
        data = path.read_bytes()
        reading = text.read(data, options=ReadOptions(".txt"))

        assert reading.text == data.decode("utf-8-sig").replace("\r\n", "\n"), path.name
        assert reading.account.adds_up, path.name


def test_turns_are_the_labelled_paragraphs(shared_dir):
    """In every corpus; a moderator quoted inside a participant's paragraph keeps the paragraph, not the label."""
    for path in texts(shared_dir / "corpora"):
        reading = text.read(path.read_bytes(), options=ReadOptions(".txt"))
        expected = [
            (match["label"].strip(), match.end() - len(match["words"]) + len(match["words"].rstrip()))
            for match in LABELLED.finditer(reading.text)
        ]
        assert [turn.end for turn in reading.turns] == [end for _, end in expected], path.name
        assert all(
            turn.speaker in {label, "MODERATOR"} for turn, (label, _) in zip(reading.turns, expected, strict=True)
        ), path.name


@pytest.mark.parametrize(
    ("name", "speakers"),
    [
        ("sheffield/Ana.txt", {"Researcher 1", "Ana"}),
        ("sheffield/David.txt", {"Researcher 1", "David"}),
        ("sheffield/Kelly.txt", {"Researcher 1", "Kelly"}),
        ("sheffield/Robert.txt", {"Researcher 1", "Robert"}),
        ("qualcoder_transcript.txt", {"id1", "id2", "id3"}),
        ("talkpython_212-pyodide.txt", {""}),
        (
            "zoom_cloud_meeting001_chat.txt",
            {"Andrew Knight", "Ringo Starr", "George Harrison", "John Lennon", "Paul McCartney"},
        ),
        (
            "zoom_cloud_meeting001_transcript.vtt",
            {"Andrew Knight", "Ringo Starr", "George Harrison", "John Lennon", "Paul McCartney"},
        ),
    ],
)
def test_exactly_the_people_who_speak_are_speakers(shared_dir, name, speakers):
    assert set(read_file(shared_dir / "transcripts" / name).speakers) == speakers


def test_no_caption_loses_a_word(shared_dir):
    for path in sorted((shared_dir / "transcripts").glob("*.vtt")):
        reading = captions.read(path.read_bytes(), options=ReadOptions(".vtt"))
        payload = [
            line
            for line in path.read_text().split("\n")
            if line.strip() and "-->" not in line and not line.strip().isdigit()
        ]
        said = sum(len(line.split(": ", 1)[-1].split()) for line in payload[1:])

        assert reading.account.adds_up
        assert sum(len(reading.text[turn.start : turn.end].split()) for turn in reading.turns) == said, path.name


def test_every_study_loads(shared_dir):
    for path in sorted((shared_dir / "corpora").glob("*/study.toml")):
        assert load_study(path.parent).groups


def test_the_interviewer_is_proposed_first(shared_dir):
    """57 interviews whose study names the interviewer."""
    folder = shared_dir / "corpora" / "world_after_covid"
    study = load_study(folder)
    for group in study.groups[:10]:
        proposed = propose_moderators(read_file(folder / str(group.transcript)), study.questions)
        assert (proposed[0][0],) == group.moderators
