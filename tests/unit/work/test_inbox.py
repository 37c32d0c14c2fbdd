"""The inbox: every file ends as a focus group or aside with its reason, and is read once, whole."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.bootstrap import open_workplace
from pipeline.domain.errors import ServiceUnavailable
from pipeline.domain.study import plain_id
from pipeline.settings import InboxSettings, Settings, StoreSettings
from pipeline.work import inbox
from pipeline.work.inbox import Scanned, scan
from pipeline.work.workplace import Workplace

STUDY = """
[study]
title = "Harbor"

[[question]]
id = "q1"
text = "What is missing?"

[[group]]
id = "north"
transcript = "north.txt"
moderators = ["Moderator"]

[[group]]
id = "south"
moderators = ["Moderator"]
"""
NORTH = """\
Moderator: What is missing in this region?
Ana: Beds. There are no beds for a boy of sixteen.
Ben: And nobody answers after five.
"""
SOUTH = """\
Moderator: What is missing down here?
Cleo: Somebody who speaks Tagalog, at night.
Moderator: Anything else?
Dov: A ride to the clinic.
"""


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Workplace]:
    (tmp_path / "study.toml").write_text(STUDY)
    (tmp_path / "north.txt").write_text(NORTH)
    settings = Settings(store=StoreSettings(), inbox=InboxSettings(settle=0.0))
    with open_workplace(tmp_path, settings=settings) as opened:
        yield opened


def drop(work: Workplace, name: str, text: str | bytes) -> Path:
    path = work.inbox / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def groups(work: Workplace) -> list[str]:
    return [item.group for item in work.store.transcripts.of_study(work.study.id)]


def test_a_file_becomes_the_group_that_awaits_it_or_a_new_one_and_starts_prepare_for_it_alone(
    work: Workplace,
) -> None:
    drop(work, "south.txt", SOUTH)
    drop(work, "Río Grande (2nd).txt", SOUTH.replace("Tagalog", "Spanish"))
    assert scan(work) == Scanned(taken=("rio-grande-2nd", "south"))
    assert groups(work) == ["rio-grande-2nd", "south"]
    assert names(work.received) == ["Río Grande (2nd).txt", "south.txt"]
    assert [(message.deployment, message.parameters["groups"]) for message in work.store.outbox.pending()] == [
        ("prepare", ["rio-grande-2nd"]),
        ("prepare", ["south"]),
    ]
    assert scan(work) == Scanned()


def test_a_file_that_cannot_be_read_goes_aside_with_its_reason_and_hinders_no_other(work: Workplace) -> None:
    drop(work, "broken.docx", b"PK\x03\x04 this was cut off")
    drop(work, "south.txt", SOUTH)
    done = scan(work)
    assert done.taken == ("south",)
    ((name, reason),) = done.aside
    assert name == "broken.docx"
    assert names(work.inbox / "refused") == ["broken.docx", "broken.docx.reason.txt"]
    assert (work.inbox / "refused" / "broken.docx.reason.txt").read_text().strip() == reason
    assert [(item.filename, item.reason) for item in work.store.transcripts.refused(work.study.id)] == [done.aside[0]]


@pytest.mark.parametrize("first_in", ["inbox", "study folder"])
def test_a_second_copy_is_noticed_and_named(work: Workplace, first_in: str) -> None:
    text, group = (SOUTH, "south") if first_in == "inbox" else (NORTH, "north")
    if first_in == "study folder":
        (work.folder / "north.txt").rename(work.inbox / "north.txt")
    else:
        drop(work, "south.txt", text)
    assert scan(work).taken == (group,)
    if first_in == "study folder":
        (work.received / "north.txt").rename(work.folder / "north.txt")
    drop(work, "the same again.txt", text)
    (aside,) = scan(work).aside
    assert aside == ("the same again.txt", f"the same again.txt is the same file that group {group} was read from.")
    assert groups(work) == [group]
    assert len(work.store.outbox.pending()) == 1


def test_another_talk_under_a_name_already_taken_is_refused_and_overwrites_nothing(work: Workplace) -> None:
    drop(work, "south.txt", SOUTH)
    scan(work)
    drop(work, "south.txt", SOUTH + "Cleo: One more thing.\n")
    ((_, reason),) = scan(work).aside
    assert "group id of its own" in reason
    assert (work.received / "south.txt").read_text() == SOUTH


def test_a_file_still_growing_is_left_until_it_has_been_quiet(work: Workplace) -> None:
    work = replace(work, settings=replace(work.settings, inbox=InboxSettings(settle=1.0)))
    path = drop(work, "south.txt", "")
    stop = threading.Event()

    def write() -> None:
        with path.open("a") as handle:
            while not stop.wait(0.05):
                handle.write("Cleo: and another thing.\n")
                handle.flush()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert scan(work) == Scanned(left=("south.txt",))
    finally:
        stop.set()
        writer.join()
    path.write_text(SOUTH)
    assert scan(work).left == ("south.txt",)
    time.sleep(1.0)
    assert scan(work).taken == ("south",)


def test_unfinished_downloads_and_hidden_files_are_not_touched(work: Workplace) -> None:
    for name in ("south.txt.part", "south.docx.crdownload", ".south.txt.swp", "~$south.docx"):
        drop(work, name, SOUTH)
    assert scan(work).left == ("south.docx.crdownload", "south.txt.part")
    assert len(names(work.inbox)) == 4


def test_a_file_dated_in_the_future_by_another_clock_is_taken(work: Workplace) -> None:
    path = drop(work, "south.txt", SOUTH)
    os.utime(path, (time.time() + 86_400,) * 2)
    assert scan(work).taken == ("south",)


def test_a_crash_before_putting_away_leaves_one_group_and_one_message(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(work, "south.txt", SOUTH)
    with monkeypatch.context() as broken:
        broken.setattr(inbox, "_free", lambda _path: (_ for _ in ()).throw(OSError("power cut")))
        with pytest.raises(OSError, match="power cut"):
            scan(work)
    assert scan(work).taken == ("south",)
    assert groups(work) == ["south"]
    assert len(work.store.outbox.pending()) == 1
    assert names(work.received) == ["south.txt"]


def test_an_unforeseen_error_with_one_file_keeps_no_other_waiting(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = inbox.new_transcript

    def odd(workplace, group, path, known):
        if path.name == "odd.txt":
            raise RuntimeError("odd")
        return real(workplace, group, path, known)

    monkeypatch.setattr(inbox, "new_transcript", odd)
    drop(work, "odd.txt", "Cleo: hm.\n")
    drop(work, "south.txt", SOUTH)
    with pytest.raises(RuntimeError, match="odd"):
        scan(work)
    assert groups(work) == ["south"]
    assert names(work.inbox) == ["odd.txt"]


def test_a_store_that_does_not_answer_sets_no_file_aside(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise ServiceUnavailable("busy")

    monkeypatch.setattr(type(work.store.transcripts), "add", busy)
    drop(work, "south.txt", SOUTH)
    with pytest.raises(ServiceUnavailable):
        scan(work)
    assert names(work.inbox) == ["south.txt"]


def test_every_file_name_gives_a_group_name_that_fits() -> None:
    assert plain_id("FG 3 — Río", "group") == "fg-3-rio"
    assert plain_id("焦点小组", "group").startswith("group-")
    assert len(plain_id("x" * 250, "group")) == 80


def test_a_file_that_another_scan_has_set_aside_meanwhile_is_left_to_it(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(work, "broken.docx", b"PK\x03\x04 this was cut off")
    drop(work, "south.txt", SOUTH)
    refuse = inbox._set_aside

    def set_aside(work: Workplace, file: Path, reason: str) -> None:
        refuse(work, file, reason)
        refuse(work, file, reason)

    monkeypatch.setattr(inbox, "_set_aside", set_aside)
    assert scan(work).taken == ("south",)
    assert not path.exists()
    assert names(work.inbox / "refused") == ["broken.docx", "broken.docx.reason.txt"]


def test_a_name_that_is_no_utf8_keeps_nothing_from_being_read_or_refused(work: Workplace) -> None:
    """As old archives unpack: the letter is lost, the file is not."""
    for name, content in ((b"f\xe4lle.txt", SOUTH.encode()), (b"m\xfcll.docx", b"PK\x03\x04 this was cut off")):
        (Path(os.fsdecode(bytes(work.inbox) + b"/" + name))).write_bytes(content)
    done = scan(work)
    assert done.taken == ("flle",)
    assert [item.filename for item in work.store.transcripts.of_study(work.study.id)] == ["f\ufffdlle.txt"]
    assert [item.filename for item in work.store.transcripts.refused(work.study.id)] == ["m\ufffdll.docx"]


def test_a_file_that_cannot_be_opened_is_set_aside_and_not_waited_for(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's, dropped with a mode that keeps it to them."""
    path, read = drop(work, "south.txt", SOUTH), Path.read_bytes

    def read_bytes(self: Path) -> bytes:
        if self == path:
            raise PermissionError(13, "Permission denied", str(self))
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    ((name, reason),) = scan(work).aside
    assert name == "south.txt"
    assert reason.startswith("south.txt cannot be opened: Permission denied.")
    assert names(work.inbox / "refused") == ["south.txt", "south.txt.reason.txt"]


def test_a_name_of_no_letter_at_all_gives_a_group(work: Workplace) -> None:
    Path(os.fsdecode(bytes(work.inbox) + b"/\xe4\xfc.txt")).write_text(SOUTH)
    (group,) = scan(work).taken
    assert group.startswith("group-")
