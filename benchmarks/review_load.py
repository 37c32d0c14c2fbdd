"""Twenty coders at the review site for some minutes, on a study of 100,000 segments and half a million decisions,
while a reprocess and backups run beside them.

    python -m benchmarks.review_load [--minutes 10] [--coders 20] [--segments 100000] [--decisions 500000]
                                     [--store POSTGRESQL_URL] [--place FOLDER] [--quiet] [--trace FILE]

Prints, per kind of request, how many there were and how long they took (p50, p95, p99), what was answered with an
error, and whether the log holds just what was acknowledged and folds to what the site shows.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from operator import itemgetter
from pathlib import Path
from urllib.parse import quote

import numpy as np
from sqlalchemy import create_engine, text

from pipeline.bootstrap import open_workplace
from pipeline.domain.account import Role
from pipeline.domain.decision import Draft, Kind
from pipeline.domain.folding import fold
from pipeline.work.live_study import LiveStudy
from pipeline.work.workplace import Workplace
from tests.journeys.review_server import Answer, Person, Server, hidden
from tests.made_study import Size, made_study

STUDY = "large"
CODES = 150
THINKS = 1.5
"""Seconds a coder takes to read, on average; exponential."""
SHOWN = 12
"""Slowest requests that are named."""
BOUNDS = {"save": (100, 300), "page": (200, 0), "search": (200, 0)}
"""Milliseconds at p95 and p99 (0: none) that the site is to stay within."""


def main() -> None:
    """Make the study, let the coders work, print."""
    wanted = _arguments()
    place = Path(wanted.place or tempfile.mkdtemp(prefix="polyvocal-load-"))
    if wanted.store:
        os.environ["POLYVOCAL_STORE_URL"] = wanted.store
    _say(
        f"{wanted.coders} coders, {wanted.minutes} minutes, {'PostgreSQL' if wanted.store else 'SQLite'}, in {place}"
    )
    segments = _made(place, wanted)
    server = _served(place, wanted)
    try:
        measured = _worked(server, wanted, segments, place)
    finally:
        server.stop()
    _print_times(measured)
    if wanted.trace:
        lines = (f"{at:.2f}\t{took:.1f}\t{what}\n" for took, at, what in sorted(measured.slowest, key=itemgetter(1)))
        Path(wanted.trace).write_text("".join(lines), encoding="utf-8")
    _print_truth(place, measured)
    if not wanted.place:
        shutil.rmtree(place)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--coders", type=int, default=20)
    parser.add_argument("--segments", type=int, default=100_000)
    parser.add_argument("--decisions", type=int, default=500_000)
    parser.add_argument("--store", default="", help="a PostgreSQL URL; SQLite where none is given")
    parser.add_argument("--place", default="", help="a folder to keep the study in, or one that was kept")
    parser.add_argument("--quiet", action="store_true", help="no reprocess and no backup beside the coders")
    parser.add_argument("--trace", default="", help="a file for every request: second of its end, milliseconds, what")
    return parser.parse_args()


def _made(place: Path, wanted: argparse.Namespace) -> list[str]:
    """The study with its decisions; answers the segments that can carry a code."""
    turns = 500
    size = Size(
        groups=max(1, wanted.segments // (2 * turns)),
        turns=turns,
        segments=2,
        speakers=5,
        candidates=400,
        members=60,
        words=28,
        dimension=384,
    )
    with made_study(place / "study", size, STUDY) as work:
        segments = [item.id for item in work.store.segments.of_study(STUDY) if not item.moderator]
        have = work.store.decisions.head(STUDY)[0]
        if have < wanted.decisions:
            _decided(work, segments, wanted.decisions - have, have)
            if wanted.store:
                _analysed(wanted.store)
        _say(f"{len(segments):,} codable segments, {work.store.decisions.head(STUDY)[0]:,} decisions")
    return segments


def _analysed(url: str) -> None:
    """Let PostgreSQL count its rows, as its autovacuum does in the background where it is not switched off."""
    with create_engine(url).connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _decided(work: Workplace, segments: list[str], count: int, have: int) -> None:
    """A log of half a year: codes of the first candidates, then segment by segment."""
    draw, at = random.Random(5), "2026-03-02T10:00:00+00:00"
    found = work.store.suggestions.of_version(STUDY, 1)
    codes = [f"c-{number:012x}" for number in range(CODES)]
    drafts = []
    if have < CODES:
        for number, item in enumerate(found.suggestions[:CODES]):
            payload = {"code": codes[number], "name": f"idea {number} of the team", "segments": list(item.segments)}
            drafts.append(Draft(f"made-{number}", STUDY, "mara", at, Kind.ACCEPT, item.id, payload))
    for number in range(count - len(drafts)):
        coder, payload = f"coder{number % 20:02d}", {"code": draw.choice(codes)}
        drafts.append(Draft(f"made:{have + number}", STUDY, coder, at, Kind.APPLY, draw.choice(segments), payload))
    for start in range(0, len(drafts), 5_000):
        work.store.decisions.append_many(drafts[start : start + 5_000])


def _served(place: Path, wanted: argparse.Namespace) -> Server:
    data = place / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    server = Server(STUDY, place / "study", data, store_url=wanted.store)
    server.enlist({f"coder{number:02d}": (Role.CODER, Role.ANALYST) for number in range(wanted.coders)})
    began = time.monotonic()
    server.start()
    _say(f"the site answers after {time.monotonic() - began:.1f} s")
    return server


@dataclass
class Measured:
    """What all coders saw: milliseconds per kind of request, errors, and the forms that were acknowledged."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, float, str]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    rows_before: int = 0
    acknowledged: int = 0
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Coder:
    """One coder: reads a segment, codes it, searches, looks at a transcript or a candidate now and then."""

    person: Person
    segments: list[str]
    measured: Measured
    draw: random.Random
    base: str = f"/studies/{STUDY}"

    def work(self, until: float) -> None:
        """Go on until a moment of the monotonic clock."""
        while time.monotonic() < until:
            try:
                self._one()
            except (OSError, http.client.HTTPException) as problem:
                with self.measured.lock:
                    self.measured.wrong[type(problem).__name__] += 1
            time.sleep(self.draw.expovariate(1 / THINKS))

    def _one(self) -> None:
        chance = self.draw.random()
        if chance < 0.70:
            self._code()
        elif chance < 0.80:
            words = self.draw.choice(["court", "bus night", "rent*", '"the bus"', "school phone", "judge"])
            self._timed("search", "GET", f"{self.base}/search?q={quote(words)}")
        elif chance < 0.88:
            self._timed("page", "GET", f"{self.base}/transcripts/group{self.draw.randrange(20):03d}")
        elif chance < 0.94:
            first = self._timed("page", "GET", f"{self.base}/candidates")
            if first.location:
                self._timed("page", "GET", first.location)
        else:
            self._timed(
                "page", "GET", f"{self.base}/{self.draw.choice(['codebook', 'log', 'segments', ''])}".rstrip("/")
            )

    def _code(self) -> None:
        segment = quote(self.draw.choice(self.segments), safe="")
        path = f"{self.base}/segments/{segment}"
        page = self._timed("page", "GET", path)
        name = f"idea {self.draw.randrange(CODES)} of the team"
        form = {"code": name, "at": hidden(page.text, "at"), "seen": hidden(page.text, "seen")}
        saved = self._timed("save", "POST", f"{path}/apply", form)
        with self.measured.lock:
            if saved.status == 303:
                self.measured.acknowledged += 1
            else:
                self.measured.refused += 1
        if saved.location:
            self._timed("page", "GET", saved.location)

    def _timed(self, kind: str, method: str, path: str, form: dict[str, object] | None = None) -> Answer:
        began = time.perf_counter()
        answer = self.person.get(path) if method == "GET" else self.person.post(path, form or {})
        took = 1000 * (time.perf_counter() - began)
        with self.measured.lock:
            self.measured.times[kind].append(took)
            what = f"{method} {re.sub('[0-9a-f]{8,}.*', '…', path)}"
            self.measured.slowest.append((took, time.monotonic() - self.measured.began, what))
            if answer.status >= 500 or answer.status in {400, 404}:
                self.measured.wrong[f"{answer.status} {what}"] += 1
        return answer


def _worked(server: Server, wanted: argparse.Namespace, segments: list[str], place: Path) -> Measured:
    measured, coders = Measured(rows_before=_rows(place)), list[Coder]()
    for number in range(wanted.coders):
        coder = Coder(Person(f"coder{number:02d}", server.port), segments, measured, random.Random(number))
        coder.person.sign_in()
        coders.append(coder)
    until = time.monotonic() + 60 * wanted.minutes
    with _beside(server, place, until, quiet=wanted.quiet):
        threads = [threading.Thread(target=coder.work, args=(until,)) for coder in coders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return measured


@contextmanager
def _beside(server: Server, place: Path, until: float, *, quiet: bool) -> Iterator[None]:
    """A reprocess with a late group, and a backup every half minute, in processes of their own."""
    done = Counter[str]()

    def run() -> None:
        inbox = server.folder / "inbox"
        while time.monotonic() < until - 20:
            _drop(inbox / f"late{time.time_ns()}.txt", int(time.time()))
            time.sleep(8)
            command = [
                sys.executable,
                "-m",
                "pipeline.cli.main",
                "run",
                str(server.folder),
                "--accept-as-read",
                "--as",
                "mara",
            ]
            ended = _of_low_rank(command, server)
            done[f"reprocess, exit code {ended.returncode}"] += 1

    def back_up() -> None:
        while time.monotonic() < until - 20:
            target = place / f"backup-{time.time_ns()}.db"
            command = [sys.executable, "-m", "pipeline.cli.main", "backup", str(server.folder), str(target)]
            if server.store_url:
                command = [
                    "pg_dump",
                    "-Fc",
                    "-f",
                    str(target),
                    server.store_url.replace("postgresql+psycopg", "postgresql"),
                ]
            ended = _of_low_rank(command, server)
            done[f"backup, exit code {ended.returncode}"] += 1
            target.unlink(missing_ok=True)
            time.sleep(30)

    threads = [] if quiet else [threading.Thread(target=run), threading.Thread(target=back_up)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()
    for what, times in sorted(done.items()):
        _say(f"beside the coders: {times} times {what}")


def _of_low_rank(command: list[str], server: Server) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["nice", "-n", "10", *command], env=server.environment, capture_output=True, check=False)


def _drop(path: Path, number: int) -> None:
    """A late focus group of a hundred turns."""
    path.parent.mkdir(exist_ok=True)
    said = [f"Speaker {1 + turn % 4}: We waited for the bus to court, night {number}, {turn}." for turn in range(100)]
    path.write_text("\n".join(said), encoding="utf-8")


def _print_times(measured: Measured) -> None:
    _say(f"{'':10}{'requests':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'most':>9}   bound p95, p99")
    for kind, bounds in BOUNDS.items():
        found = np.array(measured.times.get(kind) or [0.0])
        middle, high, higher = np.percentile(found, [50, 95, 99])
        kept = high <= bounds[0] and (not bounds[1] or higher <= bounds[1])
        bound = ", ".join(str(item) for item in bounds if item) + ("" if kept else "   EXCEEDED")
        _say(f"{kind:10}{len(found):>10}{middle:>9.1f}{high:>9.1f}{higher:>9.1f}{found.max():>9.1f}   {bound}")
    for took, at, what in sorted(measured.slowest, reverse=True)[:SHOWN]:
        _say(f"  slowest: {took:7.1f} ms after {at:5.1f} s, {what}")
    _say(f"errors: {dict(measured.wrong) or 'none'}; saves refused with a sentence: {measured.refused}")


def _rows(place: Path) -> int:
    """Decisions that were taken on the site, as far as they are there before."""
    with open_workplace(place / "study") as work:
        return sum(item.draft.key.startswith("web:") for item in work.store.decisions.log(STUDY))


def _print_truth(place: Path, measured: Measured) -> None:
    """Rows are acknowledgements, and the projection is the fold of the log."""
    with open_workplace(place / "study") as work:
        work.store.decisions.verify(STUDY)
        log = work.store.decisions.log(STUDY)
        rows = sum(item.draft.key.startswith("web:") for item in log) - measured.rows_before
        live, whole = LiveStudy(work), fold(log)
        with live.looking() as view:
            unlike = [
                item.name
                for item in fields(whole)
                if item.name not in {"removed", "memos", "void"}
                and getattr(view.book, item.name) != getattr(whole, item.name)
            ]
    same = "equal" if rows == measured.acknowledged else "UNEQUAL"
    _say(f"rows {rows}, acknowledged {measured.acknowledged}: {same}")
    folds = f"differ in {unlike}" if unlike else "are equal"
    _say(f"the log of {len(log):,} verifies; fold and projection {folds}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
