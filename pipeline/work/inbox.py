"""New focus groups: what lies in the inbox is read, put away, or set aside with its reason."""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.domain.errors import FileRefused, PolyvocalError
from pipeline.domain.study import FocusGroup, plain_id
from pipeline.store import OutboxMessage
from pipeline.store.jsontext import legible
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

    Raises:
        Exception: what nobody foresaw about one file, once every other file was seen to; that file stays.
    """
    taken: list[str] = []
    aside: list[tuple[str, str]] = []
    finished, left = _sorted_out(work)
    unforeseen: list[Exception] = []
    for path in finished:
        try:
            taken.append(_take(work, path))
        except FileRefused as problem:
            with suppress(_StillWritten):
                _set_aside(work, path, str(problem))
                aside.append((path.name, str(problem)))
        except _StillWritten:
            left.append(path.name)
        except PolyvocalError:
            raise  # the store, not the file: every other file would meet it too
        except Exception as problem:  # noqa: BLE001 - one odd file must not keep the others waiting
            unforeseen.append(problem)
    if unforeseen:
        raise unforeseen[0]
    return Scanned(tuple(taken), tuple(left), tuple(aside))


class _StillWritten(Exception):
    """The file changed, or went away, while it was read."""


def _take(work: Workplace, path: Path) -> str:
    """Read a file into the store, announce it, put it away; returns the group's id."""
    known = {item.transcript.id: item.group for item in work.store.transcripts.of_study(work.study.id)}
    digest = _digest(path)
    if digest in known and _has_copy(work, digest):
        raise FileRefused(f"{path.name} is the same file that group {known[digest]} was read from.")
    group = FocusGroup(known[digest]) if digest in known else _group_for(work, path)
    transcript = new_transcript(work, group, path, known)
    if transcript and transcript.id != digest:
        raise _StillWritten
    with work.store.atomically():
        if transcript:
            work.store.transcripts.add(work.study.id, group.id, transcript, path.name, now())
        _announce(work, group.id, digest)
    work.received.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileNotFoundError):  # another `run` read the same file and has put it away
        path.replace(_free(work.received / path.name))
    return group.id


def _digest(path: Path) -> str:
    """The sha256 of a file.

    Raises:
        FileRefused: it is there and cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise _StillWritten from None
    except OSError as error:
        raise FileRefused(
            f"{path.name} cannot be opened: {error.strerror or 'unknown reason'}. Give it to the user who runs "
            "Polyvocal, and drop it again."
        ) from None


def _is(path: Path, digest: str) -> bool:
    try:
        return _digest(path) == digest
    except (FileRefused, _StillWritten):
        return False


def _has_copy(work: Workplace, digest: str) -> bool:
    """Whether the transcript of those bytes lies in its place already: put away, or where study.toml says."""
    described = (work.folder / group.transcript for group in work.study.groups if group.transcript)
    return any(_is(path, digest) for path in (*_put_away(work), *described) if path.is_file())


def copies(work: Workplace, digest: str) -> list[Path]:
    """The files of those bytes that lie in the inbox, or where it puts what was read."""
    return [path for path in (*lying(work), *_put_away(work)) if _is(path, digest)]


def _put_away(work: Workplace) -> list[Path]:
    return sorted(path for path in work.received.glob("*") if path.is_file()) if work.received.is_dir() else []


def _sorted_out(work: Workplace) -> tuple[list[Path], list[str]]:
    """Files nobody has touched for a while and whose size stands still; and the names of the others."""
    found = lying(work)
    before = {path: _mark(path) for path in found}
    quiet = work.settings.inbox.settle
    if found:
        time.sleep(min(quiet, 0.5))
    finished: list[Path] = []
    left: list[str] = []
    for path, mark in before.items():
        busy = mark is None or mark != _mark(path) or time.time() - mark.changed < quiet
        if busy or path.suffix.lower() in UNFINISHED:
            left.append(path.name)
        else:
            finished.append(path)
    return finished, left


def lying(work: Workplace) -> list[Path]:
    """The files in the inbox, hidden ones and those that programs leave there for themselves apart."""
    if not work.inbox.is_dir():
        return []
    return sorted(path for path in work.inbox.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))


def is_of_inbox(message: OutboxMessage) -> bool:
    """Whether a run was asked for by a file that the inbox brought."""
    return message.deployment == "prepare" and f":{message.study}:inbox-" in message.key


@dataclass(frozen=True, slots=True)
class _Mark:
    """Size and last change of a file."""

    size: int
    changed: float


def _mark(path: Path) -> _Mark | None:
    """The mark of a file, None where it is gone. A moment in the future (another machine's clock) says nothing."""
    try:
        found = path.stat()
    except OSError:
        return None
    moments = [moment for moment in (found.st_mtime, found.st_ctime) if moment <= time.time()]
    return _Mark(found.st_size, max(moments, default=0.0))


def _group_for(work: Workplace, path: Path) -> FocusGroup:
    """The awaited group of that file name, else a new group named after the file."""
    have = {item.group for item in work.store.transcripts.of_study(work.study.id)}
    for group in work.study.groups:
        awaited = {group.id, Path(group.transcript).name if group.transcript else ""}
        if group.id not in have and {path.name, path.stem} & awaited:
            return group
    return FocusGroup(plain_id(path.stem, "group"))


def _announce(work: Workplace, group: str, digest: str) -> None:
    key, parameters = message_key(work.study.id, group, digest), {"study": work.study.id, "groups": [group]}
    work.store.outbox.add(OutboxMessage(key=key, study=work.study.id, deployment="prepare", parameters=parameters))


def message_key(study: str, group: str, digest: str) -> str:
    """The key of the message that a group came by the inbox from a file of that sha256."""
    return f"prepare:{study}:inbox-{group}:{digest[:12]}:1"


def _set_aside(work: Workplace, path: Path, reason: str) -> None:
    """Move the file out of the way with its reason beside it, and note it in the store."""
    folder = work.inbox / ASIDE
    folder.mkdir(mode=0o700, exist_ok=True)
    digest = ""
    with suppress(FileRefused):
        digest = _digest(path)
    work.store.transcripts.refuse(work.study.id, path.name, digest, reason, now())
    target = _free(folder / path.name)
    # The reason first: a crash in between leaves the file in the inbox, and the next scan writes the same again.
    target.with_name(target.name + ".reason.txt").write_text(legible(reason) + "\n", encoding="utf-8")
    with suppress(FileNotFoundError):
        path.replace(target)


def _free(path: Path) -> Path:
    """`path`, or the same name with a number where that is taken: nothing is overwritten."""
    candidate, number = path, 2
    while candidate.exists():
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return candidate
