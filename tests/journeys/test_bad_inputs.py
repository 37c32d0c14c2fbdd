"""Whatever is put in, people read a sentence they can act on and get the documented exit code.

Never a traceback, and never a word of the talk: `TALK` stands in every transcript and must not come back.
"""

import io
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe, get_context
from pathlib import Path

import openpyxl
import pytest

from pipeline.cli.main import main

TALK = "quagga"
TRANSCRIPT = f"""\
Moderator: What was it like to wait for the night bus?
Ana: It was cold, like a {TALK}, and nobody told us anything about the delay.
Jo: I was afraid to stand there alone so late.
Ana: The drivers were kind to the {TALK} when they came.
Jo: They should light the stop.
"""
QUESTION = '[[question]]\nid = "Q1"\ntext = "What was it like to wait for the night bus?"\n'
GROUP = '[[group]]\nid = "north"\ntranscript = "north.txt"\nmoderators = ["Moderator"]\n'
STUDY = f'[study]\nid = "bus"\ntitle = "Night bus"\n{QUESTION}{GROUP}'
LONG = "x" * 10_000


@dataclass(frozen=True)
class Told:
    """What a person gets back."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _as_found(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command line changes the umask and may set the settings' variable; a test leaves both as they were."""
    monkeypatch.setenv("POLYVOCAL_SETTINGS", "")
    monkeypatch.setenv("POLYVOCAL_STORE_URL", "")
    mask = os.umask(0o077)
    yield
    os.umask(mask)


@pytest.fixture
def polyvocal(capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """One command line, in this process."""

    def told(*argv: object) -> Told:
        capsys.readouterr()
        try:
            code = main([str(part) for part in argv])
        except SystemExit as leave:  # argparse speaks for itself
            code = int(leave.code or 0)
        shown = capsys.readouterr()
        return Told(code, shown.out, shown.err)

    return told


def refused(told: Told, code: int, *says: str) -> None:
    """The promise of this file, for one command."""
    assert told.code == code, told.err
    assert told.err.strip(), "nothing was said"
    for words in says:
        assert words in told.err
    for never in ("Traceback", "met something", "Errno", TALK):
        assert never not in told.out + told.err


def make_study(folder: Path, text: str | bytes = STUDY) -> Path:
    folder.mkdir(parents=True)
    (folder / "study.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    (folder / "north.txt").write_text(TRANSCRIPT)
    return folder


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study run to its first checkpoint, with two notes in its log. Tests that damage it take a copy."""
    study = make_study(tmp_path_factory.mktemp("prepared") / "study")
    assert main(["run", str(study)]) == 0
    for note in ("light", "warmth"):
        assert main(["decide", str(study), "memo", "north", note, "--as", "ana"]) == 0
    return study


@pytest.fixture
def copy(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "copy"))


# --- which command, whatever the study ------------------------------------------------------------------------

COMMAND_LINES = {
    "an unknown command": (["analyse"], "invalid choice"),
    "an unknown option": (["check", ".", "--quick"], "unrecognized"),
    "no study": (["run"], "STUDY"),
    "an empty name": (["check", ""], "empty"),
    "a name of blanks": (["check", "  "], "empty"),
    "a NUL in a name": (["check", "a\0b"], "NUL"),
    "a name of 10,000 letters": (["check", LONG], "study.toml"),
    "a name that turns the direction": (["check", "a\u202eb"], "study.toml"),
    "a name in emoji": (["check", "🙂"], "study.toml"),
    "a decision without a kind": (["decide", "."], "DECISION"),
    "an unknown kind of decision": (["decide", ".", "bless", "c-1"], "invalid choice"),
    "a decision number in words": (["decide", ".", "undo", "three"], "`three` is not a number from 0 on"),
    "something unknown to show": (["show", ".", "secrets"], "invalid choice"),
    "a split without parts": (["decide", ".", "split", "c-1"], "--part"),
    "a review that neither exports nor imports": (["review", "."], "invalid choice"),
    "a port in words": (["serve", ".", "--port", "http"], "`http` is not a number from 1 to 65535"),
    "a stage that is none": (["trigger", ".", "everything"], "invalid choice"),
    "settings that are not there": (["--settings", "/nowhere.toml", "status", "STUDY"], "no settings file"),
}


@pytest.mark.parametrize("name", COMMAND_LINES)
def test_a_command_line_that_cannot_be_read(name: str, polyvocal: Callable[..., Told], prepared: Path) -> None:
    argv, says = COMMAND_LINES[name]
    refused(polyvocal(*(str(prepared) if part == "STUDY" else part for part in argv)), 2, says)


def test_nothing_at_all_shows_the_help(polyvocal: Callable[..., Told]) -> None:
    told = polyvocal()
    assert (told.code, told.out) == (2, "")
    assert "A study from start to report" in told.err


COMMANDS = {
    "check": ["check", "NONE"],
    "run": ["run", "NONE"],
    "status": ["status", "NONE"],
    "show": ["show", "NONE", "candidates"],
    "log": ["log", "NONE"],
    "backup": ["backup", "NONE", "copy.db"],
    "decide": ["decide", "NONE", "undo", "1"],
    "approve": ["approve", "NONE", "transcripts"],
    "review export": ["review", "export", "NONE", "codes.xlsx"],
    "review import": ["review", "import", "NONE", "codes.xlsx"],
    "evaluate": ["evaluate", "NONE"],
    "serve": ["serve", "NONE"],
    "trigger": ["trigger", "NONE", "prepare"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_study_that_is_not_there(command: str, polyvocal: Callable[..., Told], tmp_path: Path) -> None:
    argv = [str(tmp_path / "none") if part == "NONE" else part for part in COMMANDS[command]]
    refused(polyvocal(*argv), 2, "study.toml", "polyvocal init")
    assert not (tmp_path / "none").exists()


def test_a_ring_of_links(polyvocal: Callable[..., Told], tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    refused(polyvocal("run", tmp_path / "one"), 2, "leads back to itself")


def test_a_study_is_never_overwritten(polyvocal: Callable[..., Told], prepared: Path) -> None:
    refused(polyvocal("init", prepared), 3, "already")
    assert (prepared / "study.toml").read_text() == STUDY


@pytest.mark.parametrize("folder", ["/proc/polyvocal", "/dev/null/study"])
def test_a_place_that_cannot_be_written(folder: str, polyvocal: Callable[..., Told], prepared: Path) -> None:
    refused(polyvocal("init", folder), 3, "could not be written")
    refused(polyvocal("status", prepared, "--home", folder), 1, "--home")


# --- study.toml -----------------------------------------------------------------------------------------------

STUDY_FILES: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "`title` is missing"),
    "not UTF-8": (STUDY.replace("Night bus", "Nächtlich").encode("latin-1"), "UTF-8"),
    "UTF-16": (STUDY.encode("utf-16"), "UTF-8"),
    "a NUL in it": (STUDY.replace("Night", "Ni\0ght"), "Illegal character"),
    "no TOML": ("title: Night bus\n", "line 1"),
    "a text without its quote": (STUDY.replace('bus"', "bus"), "line 2"),
    "the same key twice": (STUDY.replace("[study]", '[study]\ntitle = "Two"'), "line"),
    "too deeply nested": ("a = " + "[" * 5_000 + "]" * 5_000, "nested"),
    "no title": (STUDY.replace("Night bus", ""), "`title` is empty"),
    "the study as a list": (STUDY.replace("[study]", "[[study]]"), "[study]"),
    "a question in one bracket": (STUDY.replace("[[question]]", "[question]"), "[[question]]"),
    "a question without an id": (STUDY.replace('id = "Q1"\n', ""), "`id` is missing"),
    "a question without a text": (STUDY.replace('text = "What was', 'txt = "What was'), "Did you mean `text`?"),
    "a question's id twice": (STUDY + QUESTION, "used twice"),
    "a group's id twice": (STUDY + GROUP, "used twice"),
    "a text that is a list": (STUDY.replace('title = "Night bus"', "title = [1]"), "not a single value"),
    "moderators as a text": (STUDY.replace('["Moderator"]', '"Moderator"'), "list of names"),
    "moderators as numbers": (STUDY.replace('["Moderator"]', "[1, 2]"), "list of names"),
    "an absolute transcript": (STUDY.replace("north.txt", "/etc/passwd"), "absolute path"),
    "an unknown table": (STUDY + '[[groups]]\nid = "south"\n', "Did you mean `group`?"),
    "a misspelt key": (STUDY.replace("moderators", "moderaters"), "Did you mean `moderators`?"),
    "a participant of no group": (STUDY + '[[participant]]\nid = "Ana"\ngroup = "nroth"\n', "Did you mean `north`?"),
    "a participant twice": (STUDY + '[[participant]]\nid = "Ana"\ngroup = "north"\n' * 2, "used twice"),
}


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("name", STUDY_FILES)
def test_a_study_file_that_is_wrong(name: str, command: str, polyvocal: Callable[..., Told], tmp_path: Path) -> None:
    text, says = STUDY_FILES[name]
    study = make_study(tmp_path / "study", text)
    refused(polyvocal(command, study), 2, "study.toml", says)
    assert not (study / ".polyvocal").exists()


def test_a_study_file_with_a_byte_order_mark_is_read(polyvocal: Callable[..., Told], tmp_path: Path) -> None:
    assert polyvocal("check", make_study(tmp_path / "study", b"\xef\xbb\xbf" + STUDY.encode())).code == 0


# --- transcripts ----------------------------------------------------------------------------------------------


def packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return made.getvalue()


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(300 * 1024 * 1024)


BOMB = packed({"[Content_Types].xml": b"<a/>", "_rels/.rels": b"<a/>", "word/document.xml": b" " * 30_000_000})
TRANSCRIPTS: dict[str, tuple[str, bytes | Callable[[Path], object], str]] = {
    "empty": ("empty.txt", b"", "empty"),
    "blank": ("blank.txt", b"\n \n\t\n", "No talk"),
    "binary": ("binary.txt", bytes(range(256)) * 9, "text"),
    "in another encoding": ("latin.txt", TRANSCRIPT.replace("cold", "küüühl").encode("cp1252"), "encoding"),
    "a zip bomb": ("bomb.docx", BOMB, "unpack"),
    "a .docx that is a text": ("text.docx", TRANSCRIPT.encode(), "holds something else"),
    "a .docx cut short": ("short.docx", BOMB[:500], "cut short"),
    "a .docx that is a plain zip": ("zip.docx", packed({"talk.txt": TRANSCRIPT.encode()}), "ZIP archive"),
    "a PDF that is none": ("none.pdf", TRANSCRIPT.encode(), "holds something else"),
    "a broken PDF": ("broken.pdf", b"%PDF-1.7\n" + TRANSCRIPT.encode(), "PDF"),
    "an .rtf without an end": ("rtf.rtf", b"{\\rtf1 " + b"{" * 5_000, "file"),
    "a table without a speaker": ("table.csv", f"when,what\n1,{TALK * 9}\n".encode(), "speaker column"),
    "captions without a cue": ("captions.vtt", b"WEBVTT\n\n", "No cue"),
    "an unknown ending": ("talk.xyz", TRANSCRIPT.encode(), ".xyz"),
    "an old .doc": ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".docx"),
    "without an ending": ("talk", TRANSCRIPT.encode(), "without an ending"),
    "a folder": ("folder.txt", lambda path: path.mkdir(), "fo"),
    "a ring of links": ("ring.txt", lambda path: path.symlink_to(path), "no such file"),
    "a link to nowhere": ("nowhere.txt", lambda path: path.symlink_to("/nowhere"), "no such file"),
    "a pipe that nobody writes": ("pipe.txt", os.mkfifo, "no such file"),
    "300 MB of nothing": ("sparse.txt", sparse, "larger than"),
    "not there": ("gone.txt", lambda _: None, "no such file"),
}


@pytest.fixture(scope="module")
def bad_transcripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One study with a focus group for each."""
    study = tmp_path_factory.mktemp("bad") / "study"
    study.mkdir()
    groups = []
    for number, (file, content, _) in enumerate(TRANSCRIPTS.values()):
        path = study / file
        path.write_bytes(content) if isinstance(content, bytes) else content(path)
        groups.append(f'[[group]]\nid = "g{number}"\ntranscript = "{file}"\n')
    (study / "study.toml").write_text(f'[study]\ntitle = "Night bus"\n{QUESTION}{"".join(groups)}')
    return study


def test_every_transcript_that_cannot_be_read_is_listed_at_once(
    polyvocal: Callable[..., Told], bad_transcripts: Path
) -> None:
    told = polyvocal("check", bad_transcripts)
    refused(told, 2)
    for name, (file, _, says) in TRANSCRIPTS.items():
        lines = [line for line in told.err.splitlines() if f" {file}:" in line]
        assert len(lines) == 1, name
        assert says in lines[0], name


def test_a_run_says_which_files_it_could_not_read(polyvocal: Callable[..., Told], bad_transcripts: Path) -> None:
    told = polyvocal("run", bad_transcripts)
    refused(told, 3, *(f"g{number} was not read" for number in range(len(TRANSCRIPTS))))


def test_a_run_of_a_study_without_transcripts(polyvocal: Callable[..., Told], tmp_path: Path) -> None:
    study = make_study(tmp_path / "study", STUDY.replace('transcript = "north.txt"\n', ""))
    refused(polyvocal("run", study, "--accept-as-read"), 6, "No focus group has a transcript yet")


def test_a_file_nobody_may_open(polyvocal: Callable[..., Told]) -> None:
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    study = make_study(folder / "study")
    try:
        for path, mode in ((folder, 0o755), (study, 0o755), (study / "study.toml", 0o644), (study / "north.txt", 0)):
            path.chmod(mode)
        refused(_as_nobody(lambda: polyvocal("check", study)), 2, "could not be opened")
    finally:
        shutil.rmtree(folder)


def _as_nobody(act: Callable[[], Told]) -> Told:
    """Done by somebody who may not open everything, as root may: in a process of its own, since one with threads can
    crash when it changes its user."""
    if os.geteuid():
        return act()
    ours, theirs = Pipe(duplex=False)

    def do() -> None:
        os.seteuid(65534)
        theirs.send(act())

    child = get_context("fork").Process(target=do)
    child.start()
    assert ours.poll(60)
    told: Told = ours.recv()
    child.join()
    return told


# --- deciding -------------------------------------------------------------------------------------------------

DECISIONS = {
    "accept an unknown candidate": (["accept", "s-nothing"], "no candidate"),
    "accept nothing": (["accept", ""], "no candidate"),
    "accept an id in emoji": (["accept", "🙂"], "no candidate"),
    "accept an id of 10,000 letters": (["accept", LONG], "no candidate"),
    "accept an id with a NUL": (["accept", "s-\0"], "no candidate"),
    "reject an unknown candidate": (["reject", "s-nothing", "--reason", "no"], "no candidate"),
    "create without a name": (["create", ""], "needs a name"),
    "create with a name of blanks": (["create", " \t "], "needs a name"),
    "create with a NUL": (["create", "bus\0stop"], "cannot be seen"),
    "create with a name that turns the direction": (["create", "bus\u202epots"], "cannot be seen"),
    "create with a name of 10,000 letters": (["create", LONG], "at most"),
    "create on an unknown segment": (["create", "Cold", "--segments", "nowhere:1-2"], "no segment"),
    "create for nobody": (["create", "Cold", "--as", ""], "who takes it"),
    "rename an unknown code": (["rename", "c-nothing", "Cold"], "no code"),
    "merge unknown codes": (["merge", "c-one", "c-two"], "no code"),
    "merge unknown candidates": (["merge", "c-one", "s-two"], "no candidate"),
    "split an unknown code": (["split", "c-nothing", "--part", "Cold=a:1-2"], "no code"),
    "split without an =": (["split", "c-nothing", "--part", "Cold"], "NAME=SEGMENT"),
    "move from nowhere": (["move", "a:1-2", "c-one", "c-two"], "no code"),
    "move to the same": (["move", "a:1-2", "c-one", "c-one"], "already"),
    "apply to an unknown segment": (["apply", "a:1-2", "c-one"], "no segment"),
    "remove from an unknown segment": (["remove", "a:1-2", "c-one"], "no segment"),
    "a memo on nothing": (["memo", "", "why"], "about"),
    "a memo without words": (["memo", "c-one", "  "], "text"),
    "a stance that is none": (["stance", "c-one", "maybe"], "strength"),
    "the stance of an unknown code": (["stance", "c-one", "gap"], "no code"),
    "a theme of unknown codes": (["theme", "Waiting", "c-one"], "no code"),
    "a theme without a name": (["theme", "", "c-one"], "needs a name"),
    "revise an unknown theme": (["theme", "Waiting", "c-one", "--revises", "t-none"], "no theme"),
    "dissolve an unknown theme": (["dissolve", "t-none"], "no theme"),
    "undo what is not in the log": (["undo", "99"], "no decision number 99"),
    "undo decision 0": (["undo", "0"], "no decision number 0"),
    "undo a huge number": (["undo", "9" * 40], "no decision number"),
    "a label nobody has": (["speaker", "north", "Eva", "Ana"], "labelled"),
    "a speaker of no group": (["speaker", "south", "Ana", "Eva"], "no transcript"),
    "a speaker without a name": (["speaker", "north", "Ana", " "], "needs a name"),
    "a moderator of no group": (["moderator", "south", "Ana"], "no transcript"),
    "a moderator without a name": (["moderator", "north", ""], "Name the speaker"),
    "a turn that is not there": (["question", "0123456789ab:t3", "Q1"], "no turn"),
    "a turn that is none": (["question", "north 3", "Q1"], "no turn"),
    "a question that is not in the guide": (["question", "TURN", "Q9"], "no question"),
    "a span that ends before it begins": (["question", "TURN", "Q1", "--through", "0"], "ends"),
    "a span past the end": (["question", "TURN", "Q1", "--through", "99"], "no turn 99"),
    "omit a turn past the end": (["omit", "SHORT:t99"], "no turn"),
    "a version nobody has seen": (["memo", "north", "why", "--expect", "99"], ""),
    "a version too large to store": (["memo", "north", "why", "--expect", "9" * 30], ""),
}


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_that_cannot_be_taken(name: str, polyvocal: Callable[..., Told], prepared: Path) -> None:
    """Refused with the mend, and nothing is written."""
    argv, says = DECISIONS[name]
    listing = polyvocal("show", prepared, "transcript", "north").out
    short = next(line for line in listing.splitlines() if ":t1 " in line).split(":t1 ")[0]
    argv = [part.replace("TURN", f"{short}:t1").replace("SHORT", short) for part in argv]
    before = polyvocal("log", prepared).out
    refused(polyvocal("decide", prepared, argv[0], *argv[1:]), 5, says)
    assert polyvocal("log", prepared).out == before


def test_a_name_in_emoji_is_a_name(polyvocal: Callable[..., Told], copy: Path) -> None:
    assert polyvocal("decide", copy, "create", "Warm 🙂 مرحبا").code == 0
    assert "Warm 🙂 مرحبا" in polyvocal("show", copy, "codebook").out


CHECKPOINTS = {
    "an unknown checkpoint": (["approve", "STUDY", "everything"], 5, "no checkpoint"),
    "codes before there are candidates": (["approve", "STUDY", "codes"], 6, "has not run"),
    "the map before there are codes": (["approve", "STUDY", "map"], 6, "has not run"),
    "approved by nobody": (["approve", "STUDY", "transcripts", "--as", " "], 5, "who takes it"),
    "candidates before there are any": (["show", "STUDY", "candidates"], 6, "no candidates yet"),
    "a candidate that is not there": (["show", "STUDY", "candidates", "s-none"], 1, "no candidate s-none"),
    "a code that is not there": (["show", "STUDY", "codebook", "c-\u202e"], 1, "no code"),
    "a code not on the map": (["show", "STUDY", "map", "c-none"], 1, "no code"),
    "a theme that is not there": (["show", "STUDY", "themes", "t-none"], 1, "no theme"),
    "a transcript of no group": (["show", "STUDY", "transcript", "south"], 1, "There is: north"),
    "a transcript of nobody's choice": (["show", "STUDY", "transcript"], 1, "north"),
    "a sheet before there are candidates": (["review", "export", "STUDY", "NEW.xlsx"], 6, "no candidates yet"),
    "a sheet over what is there": (["review", "export", "STUDY", "STUDY/study.toml"], 1, "already"),
    "a sheet that is not there": (["review", "import", "STUDY", "NEW.xlsx"], 3, "workbook"),
    "a sheet that is a folder": (["review", "import", "STUDY", "STUDY"], 3, "workbook"),
    "a sheet that is a text": (["review", "import", "STUDY", "STUDY/north.txt"], 3, "workbook"),
    "a backup over what is there": (["backup", "STUDY", "STUDY/study.toml"], 1, "already"),
    "a backup to no folder": (["backup", "STUDY", "/nowhere/copy.db"], 1, "cannot be written"),
    "a stage without a server": (["trigger", "STUDY", "suggest"], 8, "polyvocal serve"),
    "a reference that is not there": (["evaluate", "STUDY"], 2, "reference.json"),
    "figures for no folder": (["evaluate", "STUDY", "--json", "/nowhere/figures.json"], 1, "/nowhere"),
}


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_what_cannot_be_done_yet_or_at_all(
    name: str, polyvocal: Callable[..., Told], prepared: Path, tmp_path: Path
) -> None:
    argv, code, says = CHECKPOINTS[name]
    named = [part.replace("STUDY", str(prepared)).replace("NEW", str(tmp_path / "new")) for part in argv]
    refused(polyvocal(*named), code, says)


def foreign_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append([TALK])
    book.save(path)


def truncated_workbook(path: Path) -> None:
    foreign_workbook(path)
    path.write_bytes(path.read_bytes()[:700])


SHEETS: dict[str, Callable[[Path], object]] = {
    "a csv under another name": lambda path: path.write_text(f"id,decision\ns-1,accept {TALK}\n"),
    "a foreign workbook": foreign_workbook,
    "a workbook cut short": truncated_workbook,
    "a zip that is no workbook": lambda path: path.write_bytes(packed({"talk.txt": TALK.encode()})),
    "a workbook with broken XML": lambda path: path.write_bytes(
        packed({"[Content_Types].xml": b"<a", "xl/workbook.xml": b"<"})
    ),
    "an empty file": lambda path: path.write_bytes(b""),
}


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_that_is_not_ours(name: str, polyvocal: Callable[..., Told], prepared: Path, tmp_path: Path) -> None:
    SHEETS[name](tmp_path / "codes.xlsx")
    refused(polyvocal("review", "import", prepared, tmp_path / "codes.xlsx"), 3, "codes.xlsx")


CODE = {"id": "cold", "name": "Cold", "definition": "", "parent": None}
CODING = {"group": "north", "start": 0, "end": 5, "codes": ["cold"], "coder": "ana"}
REFERENCES: dict[str, tuple[str | bytes, str]] = {
    "no JSON": ("{", "not JSON"),
    "not UTF-8": (b"\xff\xfe{}", "UTF-8"),
    "too deeply nested": ("[" * 100_000, "JSON"),
    "a list": ("[]", "not an object"),
    "nothing in it": ("{}", "no list 'codes'"),
    "a coding without its end": (
        json.dumps({"codes": [CODE], "codings": [{**CODING, "end": "five"}], "questions": []}),
        "codings 1",
    ),
    "a coding of an unknown code": (json.dumps({"codes": [], "codings": [CODING], "questions": []}), "no code"),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_that_is_wrong(name: str, polyvocal: Callable[..., Told], tmp_path: Path) -> None:
    """Said before minutes of work, not after."""
    study = make_study(tmp_path / "study")
    content, says = REFERENCES[name]
    (study / "reference.json").write_bytes(content.encode() if isinstance(content, str) else content)
    refused(polyvocal("evaluate", study), 2, "reference.json", says)


# --- settings and the study database ----------------------------------------------------------------------------

SETTINGS: dict[str, tuple[str | bytes, int, str]] = {
    "no TOML": ("[embed", 2, "not valid TOML"),
    "not UTF-8": (b"[embed]\nmodel = '\xff'", 2, "UTF-8"),
    "an unknown section": ("[embedding]\n", 2, "Did you mean `embed`?"),
    "an unknown key": ("[embed]\nbtach = 3\n", 2, "Did you mean `embed.batch`?"),
    "a section that is a value": ("embed = 3\n", 2, "[embed]"),
    "a text for a number": ('[embed]\nbatch = "many"\n', 2, "whole number"),
    "a fraction for a whole number": ("[embed]\nbatch = 1.5\n", 2, "whole number"),
    "a truth value for a number": ("[embed]\nbatch = true\n", 2, "whole number"),
    "a number for a text": ("[embed]\nmodel = 3\n", 2, "text"),
    "a batch of none": ("[embed]\nbatch = 0\n", 2, "between"),
    "no number at all": ("[inbox]\nsettle = nan\n", 2, "between"),
    "a port that is none": ("[server]\nport = 99999\n", 2, "between"),
    "a database that is no URL": ('[store]\nurl = "nonsense"\n', 2, "store.url"),
    "a model nobody described": ('[embed]\nmodel = "none"\n', 4, "no model"),
    "a model outside its folder": ('[embed]\nmodel = "../pyproject"\n', 4, "pyproject"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_are_wrong(name: str, polyvocal: Callable[..., Told], prepared: Path, tmp_path: Path) -> None:
    content, code, says = SETTINGS[name]
    file = tmp_path / "mine.toml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    refused(polyvocal("--settings", file, "status", prepared), code, says)


def test_settings_that_are_a_folder(polyvocal: Callable[..., Told], prepared: Path, tmp_path: Path) -> None:
    refused(polyvocal("--settings", tmp_path, "status", prepared), 2, "cannot be opened")


def test_an_engine_nobody_knows(polyvocal: Callable[..., Told], tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[embed]\nengine = "steam.v1"\n')
    refused(polyvocal("--settings", tmp_path / "mine.toml", "run", make_study(tmp_path / "study")), 4, "steam.v1")


URLS = {
    "nonsense": ("nonsense", 2, "store.url"),
    "no database": ("postgresql://127.0.0.1:1", 8, "does not answer"),
    "another kind of database": ("mysql://localhost/study", 2, "PostgreSQL"),
    "no server there": ("postgresql://nobody:hunter2@127.0.0.1:1/study", 8, "does not answer"),
    "no such host": ("postgresql://nobody:hunter2@nowhere.invalid/study", 8, "does not answer"),
    "a port in words": ("postgresql://nobody:hunter2@127.0.0.1:port/study", 2, "store.url"),
}


@pytest.mark.parametrize("name", URLS)
def test_a_database_that_does_not_answer(
    name: str, polyvocal: Callable[..., Told], prepared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, code, says = URLS[name]
    monkeypatch.setenv("POLYVOCAL_STORE_URL", url)
    told = polyvocal("status", prepared)
    refused(told, code, says)
    assert "hunter2" not in told.err


def garbage(path: Path) -> None:
    path.write_bytes(os.urandom(9_000))


def cut_short(path: Path) -> None:
    settle(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def settle(path: Path) -> None:
    """Everything into the one file."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    database.close()


def altered(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


FREE = ("DROP TRIGGER decision_never_changed", "DROP TRIGGER decision_never_deleted")
DAMAGE: dict[str, tuple[Callable[[Path], object], int, str]] = {
    "garbage": (garbage, 7, "backup"),
    "cut short": (cut_short, 7, "backup"),
    "a text": (lambda path: path.write_text(TRANSCRIPT * 50), 7, "backup"),
    "a folder": (folder_instead, 8, "cannot be opened"),
    "from a newer version": (lambda path: altered(path, "UPDATE alembic_version SET version_num = '9'"), 1, "newer"),
    "a decision altered": (
        lambda path: altered(path, *FREE, "UPDATE decision SET coder = 'eve' WHERE seq = 1"),
        7,
        "was changed",
    ),
    "the last decision taken out": (
        lambda path: altered(path, *FREE, "PRAGMA foreign_keys=OFF", "DELETE FROM decision WHERE seq = 2"),
        7,
        "lost its end",
    ),
    "no decisions at all": (lambda path: altered(path, *FREE, "DELETE FROM decision"), 7, "lost its end"),
    "the anchor overwritten": (lambda path: path.with_name("anchor.json").write_text("[1"), 7, "anchor"),
    "the anchor of another form": (lambda path: path.with_name("anchor.json").write_text("[1]"), 7, "anchor"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_study_database(name: str, polyvocal: Callable[..., Told], copy: Path) -> None:
    damage, code, says = DAMAGE[name]
    for beside in (copy / ".polyvocal").glob("study.db-*"):
        beside.unlink()
    damage(copy / ".polyvocal" / "study.db")
    refused(polyvocal("log", copy, "--verify"), code, says)


def test_a_study_folder_that_was_renamed(polyvocal: Callable[..., Told], tmp_path: Path) -> None:
    """Without an id of its own a study is called after its folder; what was decided under that name is not lost."""
    study = make_study(tmp_path / "before", STUDY.replace('id = "bus"\n', ""))
    assert polyvocal("status", study).code == 0
    refused(polyvocal("status", study.rename(tmp_path / "after")), 1, 'id = "before"')


# --- the machine -------------------------------------------------------------------------------------------------


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


FULL = {
    "a new study": (["init", "NEW"], 100, 3),
    "a new study database": (["status", "STUDY", "--home", "NEW"], 20_000, 8),
    "a backup": (["backup", "STUDY", "NEW"], 64_000, 1),
}


@pytest.mark.parametrize("name", FULL)
def test_a_full_disk(name: str, polyvocal: Callable[..., Told], prepared: Path, tmp_path: Path) -> None:
    argv, size, code = FULL[name]
    named = [part.replace("STUDY", str(prepared)).replace("NEW", str(tmp_path / "new")) for part in argv]
    with no_room_beyond(size):
        told = polyvocal(*named)
    refused(told, code)


def started(*argv: object, stdout: int | io.IOBase = subprocess.PIPE) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pipeline.cli.main", *map(str, argv)]
    return subprocess.Popen(
        command,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_hear_ctrl_c,  # noqa: PLW1509 - this process has one thread
    )


def _hear_ctrl_c() -> None:
    """A shell that runs its jobs in the background makes them deaf to Ctrl-C, and their children with them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_in_the_middle_of_a_run(tmp_path: Path) -> None:
    study = make_study(tmp_path / "study")
    (study / "north.txt").write_text(TRANSCRIPT * 1_500)
    process = started("run", study)
    patience = time.monotonic() + 60
    while process.poll() is None and not (study / ".polyvocal/study.db").exists() and time.monotonic() < patience:
        time.sleep(0.05)
    time.sleep(1)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    refused(Told(process.returncode, out, err), 130, "the same command again")


def test_a_reader_who_has_read_enough(prepared: Path) -> None:
    process = started("show", prepared, "transcript", "north")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert (process.stderr.read(), process.wait(60)) == ("", 0)


def test_output_that_cannot_be_written(prepared: Path) -> None:
    with Path("/dev/full").open("w") as full:
        process = started("log", prepared, stdout=full)
        _, err = process.communicate(timeout=60)
    refused(Told(process.returncode, "", err), 1, "No space left")
