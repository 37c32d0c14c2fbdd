"""A file harms nothing: it becomes a transcript, or is refused with a sentence that holds none of its words."""

import hashlib
import os
import subprocess
import sys

import pytest

from pipeline.domain.errors import FileRefused
from pipeline.domain.transcript import Transcript
from pipeline.ingest.composing import ReadOptions
from pipeline.ingest.limits import MIB, Limits
from pipeline.ingest.reading import FileToRead, read_file, read_files
from pipeline.ingest.sandbox import CHILD, read_apart

TALK = "Ana: It rained.\n\nJo: For a week.\n\nAna: Yes.\n\nJo: It did.\n"


def test_a_transcript_is_its_bytes(tmp_path):
    path = tmp_path / "Group 1.TXT"
    path.write_bytes(TALK.encode("utf-8-sig"))
    transcript = read_file(path)

    assert transcript.id == hashlib.sha256(path.read_bytes()).hexdigest()
    assert transcript.format == "txt"
    assert transcript.speakers == ("Ana", "Jo")
    assert [transcript.said(turn) for turn in transcript.turns] == ["It rained.", "For a week.", "Yes.", "It did."]
    assert transcript.account.adds_up


HOSTILE = {
    "nothing.txt": (b"", "empty"),
    "blank.txt": (b" \n\n\t\n", "No talk"),
    "nul.txt": (b"secret\x00\x00\x01", "NUL"),
    "windows.txt": (b"secret se\xf1or", 'encoding = "cp1252"'),
    "is-pdf.txt": (b"%PDF-1.7 secret", "holds a .pdf file"),
    "is-pdf.docx": (b"%PDF-1.7 secret", "holds a .pdf file"),
    "is-text.docx": (b"secret", "holds something else"),
    "is-zip.docx": (b"PK\x03\x04secret", "is a ZIP archive"),
    "is-old.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1secret", "old Office file"),
    "is-docx.txt": (b"PK\x03\x04....word/document.xml", "holds a .docx file"),
    "is-vtt.txt": (b"WEBVTT\n\nsecret", "holds a .vtt file"),
    "is-audio.txt": (b"ID3\x04secret", "audio recording"),
    "is-video.vtt": (b"\x00\x00\x00\x20ftypsecret", "recording"),
    "is-srt.vtt": (b"1\n00:00:01,000 --> 00:00:02,000\nsecret", "rename it to end in .srt"),
    "no-cues.srt": (b"secret talk", "No cue"),
    "no-header.csv": (b"a,b\nsecret,c", "No row of this table"),
    "quotes.csv": (b'speaker,text\nAna,"secret', "do not close"),
    "cut.pdf": (b"secret", "something else"),
    "old.doc": (b"secret", "Save it as .docx"),
    "page.html": (b"<p>secret", "Transcripts end in"),
    "no ending": (b"secret", "files without an ending"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_odd_files_are_refused_in_a_sentence(tmp_path, name):
    data, said = HOSTILE[name]
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(FileRefused) as refused:
        read_file(path)

    assert said in str(refused.value)
    assert "secret" not in str(refused.value)
    assert str(refused.value).endswith(".")


def test_what_is_no_file_is_refused(tmp_path):
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")

    for name in ("folder.txt", "pipe.txt", "missing.txt", f"{'long' * 100}.txt"):
        with pytest.raises(FileRefused):
            read_file(tmp_path / name)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(file_bytes=100), "larger than"),
        (Limits(wall_seconds=0.001), "took too long"),
        (Limits(cpu_seconds=1, wall_seconds=60), "took too long"),
    ],
)
def test_a_file_over_a_limit_is_refused(tmp_path, limits, said):
    path = tmp_path / "long.txt"
    path.write_text(TALK * 60_000)

    with pytest.raises(FileRefused, match=said):
        read_file(path, limits=limits)


def test_a_file_of_too_many_characters_is_refused(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text(TALK * 60)

    with pytest.raises(FileRefused, match="more than 1,000 characters"):
        read_file(path, limits=Limits(characters=1000))


def test_a_file_that_asks_for_too_much_memory_is_refused(tmp_path):
    path = tmp_path / "large.txt"
    path.write_text(TALK * 200_000)

    with pytest.raises(FileRefused, match=r"more memory|stopped the reader"):
        read_file(path, limits=Limits(memory_bytes=64 * MIB))


def test_a_child_runs_the_code_of_its_parent(tmp_path):
    """Whichever other copy of it is installed."""
    own = tmp_path / "pipeline" / "ingest"
    own.mkdir(parents=True)
    for package in (own, own.parent):
        (package / "__init__.py").touch()
    (own / "sandbox.py").write_text("def child():\n    print('own')\n", "utf-8")
    ran = subprocess.run(
        [sys.executable, "-I", "-B", "-c", CHILD, str(tmp_path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stdout.strip() == "own"


def test_a_reader_that_breaks_or_cannot_even_start_is_a_refusal():
    """Neither the exception's own message nor a traceback comes back."""
    with pytest.raises(FileRefused, match=r"not a sound \.txt file \(AttributeError\)"):
        read_apart(b"secret", "pipeline.ingest.limits", ReadOptions(".txt"))
    with pytest.raises(FileRefused, match=r"more memory|stopped the reader"):
        read_apart(b"secret", "pipeline.ingest.text", ReadOptions(".txt", limits=Limits(memory_bytes=MIB)))


@pytest.mark.parametrize(
    "line",
    [
        "a" * 2_000_000,
        " " * 2_000_000 + ":",
        "a " * 500_000,
        "[" * 500_000,
        "(" * 500_000,
        "00:" * 300_000,
        "<" * 500_000,
    ],
)
def test_a_line_made_to_be_slow_is_read_in_time(tmp_path, line):
    """No pattern takes more than linear time in a line's length."""
    path, captions = tmp_path / "slow.txt", tmp_path / "slow.vtt"
    path.write_text(f"Ana: yes\n{line}\nAna: no\n")
    captions.write_text(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{line}\nx\n")

    for slow in (path, captions):
        assert read_file(slow, limits=Limits(cpu_seconds=5)).account.adds_up


def test_many_files_come_back_in_order_with_refusals_among_them(tmp_path):
    good, bad, spanish = tmp_path / "1.txt", tmp_path / "2.txt", tmp_path / "3.txt"
    good.write_text(TALK)
    bad.write_bytes(b"\x00")
    spanish.write_bytes("señora del río: Sí.".encode("cp1252"))
    found = read_files([good, bad, FileToRead(spanish, "cp1252", ("Señora del Río",))])

    assert [type(one) for one in found] == [Transcript, FileRefused, Transcript]
    assert isinstance(found[2], Transcript)
    assert found[2].speakers == ("señora del río",)


@pytest.mark.parametrize("name", ["ID3", "RIFF", "Rar!", "Ann ftyp"])
def test_a_talk_may_begin_with_the_letters_of_another_format(tmp_path, name):
    """Participants are called ID3."""
    path = tmp_path / "talk.txt"
    path.write_text(f"{name}: It rained.\n\nJo: For a week.\n", "utf-8")

    assert [turn.speaker for turn in read_file(path, known_speakers=(name, "Jo")).turns] == [name, "Jo"]


def test_a_recording_is_told_by_more_than_its_first_letters(tmp_path):
    for number, data in enumerate((b"RIFF\x24\x00\x00\x00WAVEfmt ", b"ID3\x03\x00", b"Rar!\x1a\x07\x00")):
        path = tmp_path / f"{number}.txt"
        path.write_bytes(data)
        with pytest.raises(FileRefused, match=r"is an? .*(recording|archive)"):
            read_file(path)


def test_a_voice_tag_of_many_classes_is_read_at_once(tmp_path):
    path = tmp_path / "voices.vtt"
    path.write_text(f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v{'.' * 60}>It rained.\n", "utf-8")

    assert read_file(path, limits=Limits(wall_seconds=20, cpu_seconds=10)).text == "It rained."
