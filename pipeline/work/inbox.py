"""New focus groups: what lies in the inbox is read, put away, or set aside with its reason."""

from __future__ import annotations

import hashlib
import re
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.domain.errors import FileRefused
from pipeline.domain.study import FocusGroup
from pipeline.store import OutboxMessage
from pipeline.work.prepare import new_transcript
from pipeline.work.workplace import Workplace, now

UNFINISHED: Final = (".part", ".crdownload", ".tmp", ".partial", ".download")
"""Endings that copying and downloading programs give a file they are still writing."""
ASIDE: Final = "refused"
"""The folder in the inbox where files that cannot be taken go, each with its reason beside it."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What one scan did: groups taken in, files left for the next scan, files set aside (name, sentence)."""

    taken: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    aside: tuple[tuple[str, str], ...] = ()


def scan(work: Workplace) -> Scanned:
    """Take in every finished file of the inbox.

    A file becomes the focus group that study.toml awaits under that name, else a new one named after the file.
    For each, one message in the outbox starts `prepare` for that group alone. A crash between reading and
    putting away is harmless: the same bytes are recognised by the next scan.
    """
    taken: list[str] = []
    left: list[str] = []
    aside: list[tuple[str, str]] = []
    for path in list(_finished(work, left)):
        try:
            taken.append(_take(work, path))
        except FileRefused as problem:
            _set_aside(work, path, str(problem))
            aside.append((path.name, str(problem)))
    return Scanned(tuple(taken), tuple(left), tuple(aside))


def _take(work: Workplace, path: Path) -> str:
    """Read a file into the store, announce it, put it away; returns the group's id."""
    known = {item.transcript.id: item.group for item in work.store.transcripts.of_study(work.study.id)}
    digest = _digest(path)
    if digest in known and any(_digest(other) == digest for other in work.received.glob("*") if other.is_file()):
        raise FileRefused(f"{path.name} is the same file that group {known[digest]} was read from.")
    group = FocusGroup(known[digest]) if digest in known else _group_for(work, path)
    transcript = new_transcript(work, group, path, known)
    with work.store.atomically():
        if transcript:
            work.store.transcripts.add(work.study.id, group.id, transcript, path.name, now())
        _announce(work, group.id, digest)
    work.received.mkdir(mode=0o700, parents=True, exist_ok=True)
    Path(path).replace(_free(work.received / path.name))
    return group.id


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _finished(work: Workplace, left: list[str]) -> Iterator[Path]:
    """Files nobody has touched for a while and whose size stands still; the others are noted in `left`."""
    if not work.inbox.is_dir():
        return
    found = sorted(path for path in work.inbox.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))
    before = {path: _mark(path) for path in found}
    quiet = work.settings.inbox.settle
    if found:
        time.sleep(min(quiet, 0.5))
    for path, mark in before.items():
        busy = mark is None or mark != _mark(path) or time.time() - mark[1] < quiet
        if busy or path.suffix.lower() in UNFINISHED:
            left.append(path.name)
        else:
            yield path


def _mark(path: Path) -> tuple[int, float] | None:
    """Size and last change (the later of modified and arrived), None where the file is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, max(found.st_mtime, found.st_ctime)


def _group_for(work: Workplace, path: Path) -> FocusGroup:
    """The awaited group of that file name, else a new group named after the file."""
    have = {item.group for item in work.store.transcripts.of_study(work.study.id)}
    for group in work.study.groups:
        awaited = {group.id, Path(group.transcript).name if group.transcript else ""}
        if group.id not in have and {path.name, path.stem} & awaited:
            return group
    return FocusGroup(group_name(path.stem))


def group_name(stem: str) -> str:
    """A focus group's id from a file name: lower-case letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "group-" + hashlib.sha256(stem.encode()).hexdigest()[:6]


def _announce(work: Workplace, group: str, digest: str) -> None:
    key = f"prepare:{work.study.id}:inbox-{group}:{digest[:12]}:1"
    parameters = {"study": work.study.id, "groups": [group]}
    work.store.outbox.add(OutboxMessage(key=key, study=work.study.id, deployment="prepare", parameters=parameters))


def _set_aside(work: Workplace, path: Path, reason: str) -> None:
    """Move the file out of the way with its reason beside it, and note it in the store."""
    folder = work.inbox / ASIDE
    folder.mkdir(mode=0o700, exist_ok=True)
    work.store.transcripts.refuse(work.study.id, path.name, _digest(path), reason, now())
    target = _free(folder / path.name)
    Path(path).replace(target)
    target.with_name(target.name + ".reason.txt").write_text(reason + "\n", encoding="utf-8")


def _free(path: Path) -> Path:
    """`path`, or the same name with a number where that is taken: nothing is overwritten."""
    candidate, number = path, 2
    while candidate.exists():
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return candidate
