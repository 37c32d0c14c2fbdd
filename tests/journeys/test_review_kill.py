"""The review site killed again and again while coders decide: nothing acknowledged is lost, nothing is done twice."""

from __future__ import annotations

import http.client
import os
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.bootstrap import open_workplace
from pipeline.domain.account import Role
from pipeline.domain.decision import Kind
from tests.journeys.review_server import Person, Server, hidden
from tests.made_study import Size, made_study

KILLS = int(os.environ.get("POLYVOCAL_KILLS", "300"))
CODERS = 20
BASE = "/studies/made/candidates"


@dataclass
class Coder:
    """One coder at work. Whatever was not answered is sent again, as a browser's reload would."""

    person: Person
    candidates: tuple[str, ...]
    stop: threading.Event
    acknowledged: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    def work(self, seed: int) -> None:
        draw = random.Random(seed)
        while not self.stop.is_set():
            number = len(self.sent)
            text = f"{self.person.name} note {number}"
            path = f"{BASE}/{draw.choice(self.candidates)}/memo"
            self.sent.append(text)
            self._until_answered(path, {"text": text, "at": number})
            time.sleep(draw.uniform(0, 0.15))

    def _until_answered(self, path: str, form: dict[str, object]) -> None:
        while True:
            try:
                answer = self.person.post(path, form)
            except (OSError, http.client.HTTPException):
                if self.stop.is_set():
                    return
                time.sleep(0.05)
                continue
            if answer.status == 303 and answer.location.startswith(BASE):
                self.acknowledged.append(str(form["text"]))
            else:
                self.odd.append(f"{answer.status} {answer.location}")
            return


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_killed_300_times_under_load_nothing_acknowledged_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    """Twenty coders send, resend what got no answer, and go on; every acknowledged act is in the log just once."""
    folder, data = tmp_path / "study", tmp_path / "data"
    data.mkdir()
    with made_study(folder, Size(groups=4, turns=40, candidates=30)) as work:
        candidates = tuple(item.id for item in work.store.suggestions.of_version("made", 1).suggestions)
    server = Server("made", folder, data)
    server.enlist({f"coder{number:02d}": (Role.CODER,) for number in range(CODERS)})
    server.start()
    stop, coders = threading.Event(), list[Coder]()
    for number in range(CODERS):
        coder = Coder(Person(f"coder{number:02d}", server.port), candidates, stop)
        coder.person.sign_in()
        coders.append(coder)
    threads = [threading.Thread(target=coder.work, args=(number,)) for number, coder in enumerate(coders)]
    for thread in threads:
        thread.start()
    draw = random.Random(11)
    try:
        for _ in range(KILLS):
            time.sleep(draw.uniform(0.02, 0.6))
            server.kill()
            server.start()
    finally:
        time.sleep(0.5)
        stop.set()
        for thread in threads:
            thread.join(90)
        server.stop()
    acknowledged = [text for coder in coders for text in coder.acknowledged]
    assert [coder.odd for coder in coders if coder.odd] == []
    with open_workplace(folder) as work:
        work.store.decisions.verify("made")
        notes = Counter(item.payload["text"] for item in work.store.decisions.log("made") if item.kind is Kind.MEMO)
    assert len(acknowledged) > 3 * KILLS
    assert [text for text in acknowledged if notes[text] != 1] == []
    assert [text for text, times in notes.items() if times > 1] == []
    assert set(notes) <= {text for coder in coders for text in coder.sent}


def test_a_lost_answer_sent_again_is_answered_with_what_was_decided(tmp_path: Path) -> None:
    """The server dies right after a decision was stored: the same form, sent to the next one, counts once."""
    folder, data = tmp_path / "study", tmp_path / "data"
    data.mkdir()
    with made_study(folder):
        pass
    server = Server("made", folder, data)
    server.enlist({"ana": (Role.CODER,)})
    server.start()
    try:
        ana = Person("ana", server.port)
        ana.sign_in()
        path = ana.get(BASE).location
        page = ana.get(path).text
        form = {"name": "No way to court", "at": hidden(page, "at"), "seen": hidden(page, "seen")}
        first = ana.post(f"{path}/accept", form)
        server.kill()
        server.start()
        again = Person("ana", server.port, ana.cookie).post(f"{path}/accept", form)
    finally:
        server.stop()
    assert first.status == again.status == 303
    with open_workplace(folder) as work:
        kinds = [item.kind for item in work.store.decisions.log("made")]
    assert kinds == [Kind.APPROVE, Kind.ACCEPT]
