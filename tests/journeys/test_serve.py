"""A study moved by Prefect from its first transcript to its report, and through kills, without a word getting out."""

import ast
import ipaddress
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.bootstrap import open_workplace
from pipeline.domain.errors import ServiceUnavailable, SettingsInvalid
from pipeline.flows.guarded import StageFailed, guarded
from pipeline.flows.serving import serve
from pipeline.flows.studies import VARIABLE, announce
from pipeline.settings import ServerSettings, Settings, WebSettings
from pipeline.store import OutboxMessage
from pipeline.work.workplace import Workplace

WATCHED = Path(__file__).parent / "watched"
PHRASE = "zyzzogeton lullaby"
"""Nothing but what a participant said holds these words."""
SETTINGS = """
[inbox]
every = 20
settle = 2.0
"""
STUDY = """
[study]
id = "{id}"
title = "Harbor: what is missing at night"

[[question]]
id = "Q1"
text = "What works well when a case comes in?"

[[question]]
id = "Q2"
text = "What is missing in this region?"

[[group]]
id = "north"
transcript = "north.txt"
moderators = ["Moderator"]

[[group]]
id = "east"
moderators = ["Moderator"]

[[group]]
id = "odd"
transcript = "odd.txt"
"""
NORTH = f"""\
Moderator: Welcome, everybody. Let us begin. What works well when a case comes in?
Ana: The hotline works. Somebody picks up the phone at three in the morning and stays on the line with you.
Ben: When the advocate and the detective sit in the same room the family tells its story once, not five times.
Ana: Yes. One interview, one room, and the child can go home. She sang me her {PHRASE} afterwards.
Moderator: And what is missing in this region?
Ben: Beds. There is no shelter bed for a boy of sixteen between here and the coast.
Ana: We put a mother in a motel because the shelter was full, and the motel was where he had found her.
Cleo: Interpreters. I had a woman who spoke only Mam and we used her own nephew on the phone.
Ben: A ride. The clinic is ninety miles away and the bus runs on Tuesdays.
Cleo: Interpreters at night, above all. After five nobody answers in any language.
"""
EAST = """\
Moderator: Thank you all for coming. What works well when a case comes in?
Dov: The team meets every second Thursday and everybody comes, even the school.
Eve: The nurse at the emergency room calls us before she calls anybody else.
Moderator: What is missing in this region?
Dov: Shelter beds for men and boys. We send them two counties over.
Eve: An interpreter who is not somebody's cousin. Families hear everything.
Dov: And transport. Nobody can get to court without a car.
"""


class Town:
    """A `polyvocal serve` on studies of its own, with everything it writes under one folder."""

    def __init__(self, place: Path, environment: dict[str, str], port: int, rest: Any, until: Any) -> None:
        self.place, self.port, self.until = place, port, until
        self.web_port = port + 1 if port < 65_000 else port - 1
        self.log = place / "connects.tsv"
        (place / "settings.toml").write_text(SETTINGS)
        self.environment = environment | {
            "PYTHONPATH": os.pathsep.join(filter(None, (str(WATCHED), environment.get("PYTHONPATH")))),
            "JOURNEY_LOG": str(self.log),
            "POLYVOCAL_SETTINGS": str(place / "settings.toml"),
        }
        self._rest = rest
        self.process: subprocess.Popen[bytes] | None = None
        self.studies: list[Path] = []

    def study(self, name: str) -> Path:
        folder = self.place / name
        folder.mkdir()
        (folder / "study.toml").write_text(STUDY.format(id=name))
        self.studies.append(folder)
        return folder

    def stands_among_strays(self) -> Path:
        """A folder with files that are called like modules of libraries, and that end whoever loads them."""
        folder = self.place / "where-one-stands"
        folder.mkdir(exist_ok=True)
        for name in ("h2", "openvino", "spacy", "hdbscan"):
            (folder / f"{name}.py").write_text("import os\nos._exit(7)\n")
        return folder

    def serve(self) -> None:
        with (self.place / "serve.txt").open("ab") as out:
            begun = out.tell()
            self.process = subprocess.Popen(
                [
                    *(*self.command("serve"), *map(str, self.studies)),
                    *("--port", str(self.port), "--web-port", str(self.web_port)),
                ],
                env=self.environment | {"JOURNEY_BREAKS": "1"},
                cwd=self.stands_among_strays(),
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.until("`serve` says that it serves", lambda: b"Ctrl-C" in self.said()[begun:] or self.process.poll())
        assert self.process.poll() is None, self.said()[begun:].decode()

    def said(self) -> bytes:
        return (self.place / "serve.txt").read_bytes()

    def command(self, *words: object) -> list[str]:
        return [sys.executable, "-P", "-m", "pipeline.cli.main", *map(str, words)]

    def polyvocal(self, *words: object, fails: bool = False) -> str:
        done = subprocess.run(
            self.command(*words), env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert bool(done.returncode) == fails, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    @property
    def page(self) -> Any:
        secret = self.studies[0] / ".polyvocal" / "prefect" / "secret"
        return self._rest(f"http://127.0.0.1:{self.port}/api", secret.read_text())

    def runs_of(self, flow: str, *states: str) -> list[dict[str, Any]]:
        return list(
            self.page.runs(
                flows={"name": {"any_": [flow]}},
                flow_runs={"state": {"type": {"any_": list(states or ("COMPLETED",))}}},
            )
        )

    def stop(self, number: int) -> None:
        """Ask it to stop; nothing of it may be left."""
        assert self.process
        self.process.send_signal(number)
        assert self.process.wait(60) == 0
        assert self.said().endswith(b"Stopped. Nothing is running any more.\n")
        self.nothing_runs()

    def nothing_runs(self) -> None:
        self.until("every process has ended", lambda: not self.processes(), 10)
        self.until("the port is free", self._port_is_free, 10)

    def _port_is_free(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) != 0

    def processes(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("JOURNEY_LOG") == str(self.log) and process.status() != "zombie":
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def noted(self, what: str) -> list[tuple[int, str, str]]:
        """(process id, command, detail) of what the watched processes noted."""
        lines = [line.split("\t") for line in self.log.read_text().splitlines()] if self.log.exists() else []
        return [(int(pid), command, detail) for pid, command, noted, detail in lines if noted == what]

    def strays(self) -> list[str]:
        """Files that hold the phrase and are not where talk belongs: the store, inbox, transcripts, outbox."""
        belongs = [
            folder / name
            for folder in self.studies
            for name in ("inbox", "transcripts", "outbox", "north.txt", "odd.txt")
        ]
        belongs += [path for folder in self.studies for path in (folder / ".polyvocal").glob("study.db*")]
        return [
            str(path.relative_to(self.place))
            for path in self.place.rglob("*")
            if path.is_file() and not any(path.is_relative_to(place) for place in belongs) and _holds_phrase(path)
        ]


def _holds_phrase(path: Path) -> bool:
    content = path.read_bytes().lower()
    words = (PHRASE, *PHRASE.split()[:1])
    return any(word.encode(coding) in content for word in words for coding in ("utf-8", "utf-16-le", "utf-16-be"))


@pytest.fixture
def town(tmp_path: Path, own_home: dict[str, str], free_port: int, rest: Any, until: Any) -> Iterator[Town]:
    made = Town(tmp_path, own_home, free_port, rest, until)
    yield made
    for process in made.processes():
        process.kill()


def version(folder: Path, stage: str) -> int:
    """The latest frozen version of a stage, 0 where there is none."""
    with open_workplace(folder, settings=Settings()) as work:
        latest = work.store.stages.latest(work.study.id, stage)
        return latest.version if latest else 0


def groups(folder: Path) -> list[str]:
    with open_workplace(folder, settings=Settings()) as work:
        latest = work.store.stages.latest(work.study.id, "prepare")
        return sorted(latest.summary["groups"]) if latest else []


def _loopback(detail: str) -> bool:
    """Whether a noted address is this machine: ('127.0.0.1', 4200), 'localhost', a socket file, nothing at all."""
    address = ast.literal_eval(detail)
    host = address[0] if isinstance(address, tuple) else address
    if host in (None, "localhost", socket.gethostname()) or (isinstance(host, str) and host.startswith("/")):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_study_goes_from_inbox_to_report_and_its_talk_nowhere_else(town: Town) -> None:
    harbor, inland = town.study("harbor"), town.study("inland")
    (harbor / "north.txt").write_text(NORTH)
    town.serve()
    assert (harbor / ".polyvocal" / "prefect").stat().st_mode & 0o777 == 0o700
    assert "Another `polyvocal serve`" in town.polyvocal("serve", inland, fails=True)
    growing = _Growing(harbor / "inbox" / "east.txt")
    _stages_start_from_the_command_line_and_from_the_page(town, harbor, inland)
    _the_scan_leaves_what_grows_and_puts_aside_what_it_cannot_take(town, harbor, growing)
    _each_approval_starts_the_next_stage(town, harbor)
    _an_error_made_of_talk_tells_only_its_kind(town, harbor)
    assert any(_holds_phrase(path) for path in (harbor / ".polyvocal").glob("study.db*")), "the search finds it"
    assert town.strays() == []
    town.stop(signal.SIGTERM)
    assert town.strays() == []
    _stayed_at_home(town)


def _stages_start_from_the_command_line_and_from_the_page(town: Town, harbor: Path, inland: Path) -> None:
    assert "Started prepare" in town.polyvocal("trigger", harbor, "prepare")
    assert "Started inbox_scan" in town.polyvocal("trigger", inland, "inbox_scan")
    deployment = town.page.get("deployments/name/prepare/polyvocal")
    offered = deployment["parameter_openapi_schema"]["properties"]["study"]["enum"]
    assert offered == ["harbor", "inland"]
    start = f"deployments/{deployment['id']}/create_flow_run"
    for refused in ({"study": "harbour"}, {"study": "../harbor"}, {"study": "harbor", "groups": "north"}, {}):
        with pytest.raises(urllib.error.HTTPError, match=r"409|422"):
            town.page.post(start, {"parameters": refused})
    run = town.page.post(start, {"parameters": {"study": "harbor", "groups": ["north"]}})
    town.until("north is prepared", lambda: groups(harbor) == ["north"])
    town.until(
        "the run from the page is done", lambda: town.page.get(f"flow_runs/{run['id']}")["state_type"] == "COMPLETED"
    )


def _the_scan_leaves_what_grows_and_puts_aside_what_it_cannot_take(
    town: Town, harbor: Path, growing: "_Growing"
) -> None:
    scans = len(town.runs_of("inbox_scan"))
    town.until("scheduled scans while the file grew", lambda: len(town.runs_of("inbox_scan")) >= scans + 2)
    assert groups(harbor) == ["north"]
    growing.finish(EAST)
    town.until("east is taken in", (harbor / "transcripts" / "east.txt").exists)
    (harbor / "inbox" / "east again.txt").write_text(EAST)
    (harbor / "inbox" / "broken.docx").write_bytes(b"PK\x03\x04" + PHRASE.encode())
    (harbor / "inbox" / "latin.txt").write_bytes(f"Ana: {PHRASE}, s\xed.\n".encode("latin-1") + b"Ben: \x81\xff\n")
    town.until("east is prepared", lambda: groups(harbor) == ["east", "north"])
    aside = harbor / "inbox" / "refused"
    town.until("the rest is aside", lambda: len(list(aside.glob("*.reason.txt"))) == 3)
    assert "same file that group east" in (aside / "east again.txt.reason.txt").read_text()
    assert "broken.docx" in town.polyvocal("status", harbor)


def _each_approval_starts_the_next_stage(town: Town, harbor: Path) -> None:
    town.polyvocal("approve", harbor, "transcripts", "--as", "analyst")
    town.until("candidates are suggested", lambda: version(harbor, "suggest") == 1)
    with open_workplace(harbor, settings=Settings()) as work:
        segments = [item.id for item in work.store.segments.of_study("harbor") if not (item.moderator or item.noise)]
    town.polyvocal("decide", harbor, "create", "Nobody answers at night", "--as", "ana", "--segments", *segments[:4])
    town.polyvocal("approve", harbor, "codes", "--as", "ana")
    town.until("codes are mapped", lambda: version(harbor, "map") == 1)
    town.polyvocal("approve", harbor, "map", "--as", "ana")
    report = harbor / "outbox" / "report.html"
    town.until("the report is written", lambda: report.exists() and town.runs_of("report"))
    assert "Nobody answers at night" in report.read_text()
    keys = {item["key"] for item in town.page.post("artifacts/latest/filter")}
    assert {f"harbor-{stage}" for stage in ("prepare", "suggest", "map-codes", "report")} <= keys


def _an_error_made_of_talk_tells_only_its_kind(town: Town, harbor: Path) -> None:
    (harbor / "odd.txt").write_text(NORTH)
    town.polyvocal("trigger", harbor, "prepare", "--group", "odd")
    (failed,) = town.until("the odd run fails", lambda: town.runs_of("prepare", "FAILED"))
    assert "StageFailed: prepare failed: ValueError at " in failed["state"]["message"]


class _Growing(threading.Thread):
    """A file that somebody is still writing."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.path, self.enough = path, threading.Event()
        self.start()

    def run(self) -> None:
        with self.path.open("a") as handle:
            while not self.enough.wait(0.2):
                handle.write("Dov: and another thing.\n")
                handle.flush()

    def finish(self, text: str) -> None:
        self.enough.set()
        self.join()
        self.path.write_text(text)


def _stayed_at_home(town: Town) -> None:
    """Server, runner and flows were watched, each spoke to this machine, and none tried to reach another."""
    kinds = {"leash prefect", "leash pipeline.flows.runner", "cli.main serve", "cli.main trigger", "prefect.engine"}
    spoke = {command for what in ("socket.connect", "socket.getaddrinfo") for _, command, _ in town.noted(what)}
    assert {kind for kind in kinds if any(command.endswith(kind) for command in spoke)} == kinds
    for what in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        assert [(command, detail) for _, command, detail in town.noted(what) if not _loopback(detail)] == []


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_stage_killed_with_its_process_and_then_with_everything_is_done_in_the_end(town: Town) -> None:
    """kill -9 of a flow, then of `serve`: nothing runs on, and the same message is sent again with attempt + 1."""
    harbor = town.study("harbor")
    hold = Path(str(town.log) + ".hold")
    hold.touch()
    town.serve()
    shutil.copy(_written(town.place / "east.txt", EAST), harbor / "inbox" / "east.txt")

    (first, _, _), *_ = town.until("the flow is in the middle of prepare", lambda: town.noted("held"))
    os.kill(first, signal.SIGKILL)
    town.until("it is tried again", lambda: any(pid != first for pid, _, _ in town.noted("held")))
    assert town.process
    town.process.send_signal(signal.SIGKILL)
    town.process.wait()
    town.nothing_runs()

    hold.unlink()
    town.serve()
    town.until("east is prepared", lambda: groups(harbor) == ["east"])
    town.until("its run is done", lambda: town.runs_of("prepare"))
    ends = town.runs_of("prepare", "CRASHED", "COMPLETED", "FAILED", "RUNNING", "PENDING")
    attempts = {run["idempotency_key"].rsplit(":", 1)[1]: run["state_type"] for run in ends}
    assert attempts == {"1": "CRASHED", "2": "CRASHED", "3": "COMPLETED"}
    with open_workplace(harbor, settings=Settings()) as work:
        town.until("the end is noted", lambda: not work.store.outbox.running("harbor"))
        assert work.store.outbox.pending("harbor") == ()
        assert len(work.store.stages.history("harbor", "prepare")) == 1
    town.stop(signal.SIGINT)


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    os.utime(path, (time.time() - 60,) * 2)
    return path


def test_what_cannot_be_served_is_said_before_anything_starts(town: Town) -> None:
    """Two studies of one id, an id Prefect cannot take, a port that another program holds."""
    harbor, copy, odd = town.study("harbor"), town.study("copy"), town.study("odd")
    (copy / "study.toml").write_text(STUDY.format(id="harbor"))
    settings, said = ServerSettings(port=town.port), list[str]()
    with pytest.raises(SettingsInvalid, match="Two of these studies have the id `harbor`"):
        serve([harbor, copy], settings, WebSettings(port=town.web_port), said.append)
    (odd / "study.toml").write_text(STUDY.format(id="harbor/2024"))
    with pytest.raises(SettingsInvalid, match="cannot take `harbor/2024`"):
        serve([harbor, odd], settings, WebSettings(port=town.web_port), said.append)
    with socket.socket() as other:
        other.bind(("127.0.0.1", town.port))
        other.listen()
        with pytest.raises(ServiceUnavailable, match=f"Port {town.port} is taken by another program"):
            serve([harbor], settings, WebSettings(port=town.web_port), said.append)
    assert said == []
    assert not (harbor / ".polyvocal" / "prefect" / "server.json").exists()


def test_an_error_leaves_a_stage_without_its_words(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither message, cause, context nor any local variable of the error that Prefect gets holds talk."""
    monkeypatch.setenv(VARIABLE, "")
    announce({"harbor": (town.study("harbor"), None)})

    def fail(_work: Workplace) -> None:
        said = f"Ana: her {PHRASE}."
        raise ValueError(said) from KeyError(said)

    with pytest.raises(StageFailed, match=r"prepare failed: ValueError at .*test_serve:\d+\.$") as caught:
        guarded("harbor", "prepare", fail)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert PHRASE not in told


def test_a_stage_that_keeps_crashing_is_tried_three_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DO_NOT_TRACK", "1")  # dispatch brings Prefect into this process
    from pipeline.flows.dispatch import next_attempt

    message = OutboxMessage("suggest:harbor:transcripts:2:1", "harbor", "suggest", {"study": "harbor"})
    tried = [message]
    while following := next_attempt(tried[-1]):
        tried.append(following)
    assert [item.key.rpartition(":")[2] for item in tried] == ["1", "2", "3"]
    assert {(item.deployment, tuple(item.parameters.items())) for item in tried} == {
        ("suggest", (("study", "harbor"),))
    }
