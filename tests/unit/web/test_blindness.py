"""A coder in a blind round sees the same, to the byte, whatever the others have done in it."""

import random
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pipeline.domain.account import Role
from pipeline.domain.codebook import RoundKind
from pipeline.domain.decision import Draft, Kind
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.settings import WebSettings
from pipeline.store import open_store
from pipeline.web.app import application
from pipeline.web.endpoints import Access
from pipeline.web.routes import ENDPOINTS
from pipeline.web.site import Site
from pipeline.work.accounts import AccountDesk
from pipeline.work.live_study import LiveStudy
from tests.made_study import Size, made_study

from .conftest import PASSWORD, Browser

AT = "2026-03-01T10:00:00+00:00"
OTHERS = ("ben", "cleo")
MANY = 1_000
NEVER_ASKED = {("GET", "/set-up"), ("GET", "/sign-in")}


class World:
    """A study in a blind round of ana, ben and cleo, in which the others took so many decisions."""

    def __init__(self, folder: Path, kind: RoundKind, others_decide: int) -> None:
        self._made = made_study(folder / "study", Size(groups=3, turns=16, candidates=10))
        work = self._made.__enter__()
        self._store = open_store(folder / "accounts.db", anchor=None)
        accounts = AccountDesk(self._store.accounts, WebSettings(), folder / "setup-token")
        for name in ("ana", *OTHERS, "mara"):
            accounts.create(name, PASSWORD, administrator=name == "mara")
            for role in Role:
                accounts.grant(name, work.study.id, role)
        self.study = LiveStudy(work)
        self.app = application(Site({"made": self.study}, accounts, WebSettings(), b"the same in every world"))
        self.ana = Browser(self.app, "ana", accounts.sign_in("ana", PASSWORD))
        self._codes = self._team_codes()
        self.round = self._open(kind)
        self._decide_as_others(kind, others_decide)

    def close(self) -> None:
        self._made.__exit__(None, None, None)
        self._store.close()

    def asked(self) -> dict[str, httpx.Response]:
        """Every page that ana can ask for, and what she is answered."""
        return {path: self.ana.get(path) for path in self.paths()}

    def paths(self) -> list[str]:
        with self.study.looking("ana") as view:
            segments = [*view.material.codable[:2], *view.material.found.suggestions[0].segments[:2]]
            values = {
                "study": ["made"],
                "candidate": [item.id for item in view.material.found.suggestions[:3]],
                "group": [item.group for item in view.material.recordings[:1]],
                "segment": [item.replace(":", "%3A") for item in dict.fromkeys(segments)],
                "code": [*view.book.codes],
                "round": [self.round],
                "question": ["Q1"],
                "theme": ["t-none"],
                "unit": [segments[0].replace(":", "%3A")],
                "file": ["report.html"],
                "subject": segments[:1],
            }
        found = []
        for endpoint in ENDPOINTS:
            if endpoint.method == "GET" and (endpoint.method, endpoint.path) not in NEVER_ASKED:
                found += _filled(endpoint.path.replace(":path", ""), values)
        found += [f"/studies/made/{more}" for more in MORE]
        return found

    def act(self) -> list[httpx.Response]:
        """What ana does, and how each act is answered."""
        with self.study.looking("ana") as view:
            first, second, third = (item.id for item in view.material.found.suggestions[:3])
            segment = view.material.codable[0].replace(":", "%3A")
            at = view.book.version
        base = "/studies/made/candidates"
        return [
            self.ana.post(f"{base}/{first}/accept", {"name": "Ana's own", "at": at, "seen": 0}),
            self.ana.post(f"{base}/{second}/reject", {"reason": "small talk", "at": at, "seen": 0}),
            self.ana.post(f"{base}/{third}/accept", {"name": "x", "at": at, "seen": 7}),
            self.ana.post(f"{base}/{third}/memo", {"text": "hm", "at": at}),
            self.ana.post(f"/studies/made/segments/{segment}/commit", {"at": at, "seen": 0}),
            self.ana.post("/studies/made/undo", {"last": "no such key"}),
        ]

    def _team_codes(self) -> list[str]:
        codes = []
        with self.study.looking("mara") as view:
            last = view.material.found.suggestions[-1]
        for number, segment in enumerate(last.segments[:3]):
            code = f"c-{number:012x}"
            payload = {"name": f"team code {number}", "segments": [segment]}
            self.study.decide(Draft(f"team-{number}", "made", "mara", AT, Kind.CREATE, code, payload))
            codes.append(code)
        return codes

    def _open(self, kind: RoundKind) -> str:
        sign = Signature("made", "mara", AT, "open the round")
        with self.study.looking("mara") as view:
            if kind is RoundKind.CANDIDATES:
                draft = rounds.open_candidates(sign, view.book, ["ana", *OTHERS])
            else:
                segments = view.material.codable[::3]
                draft = rounds.open_sample(sign, view.book, ["ana", *OTHERS], segments, share=0.3, seed=1)
        return self.study.decide(draft).subject

    def _decide_as_others(self, kind: RoundKind, count: int) -> None:
        draw = random.Random(4)
        with self.study.looking("ana") as view:
            sample = view.material.codable[::3]
            candidates = [item.id for item in view.material.found.suggestions]
        for number in range(count):
            coder = OTHERS[number % 2]
            key, book = f"other-{number}", f"{self.round}/{coder}"
            if kind is RoundKind.SAMPLE or number > 40:
                payload = {"codes": draw.sample(self._codes, draw.randrange(3))}
                draft = Draft(key, "made", coder, AT, Kind.COMMIT, draw.choice(sample), payload, book=book)
            elif number % 3 == 2:
                draft = Draft(key, "made", coder, AT, Kind.MEMO, draw.choice(candidates), {"text": "mine"}, book=book)
            else:
                left = candidates[number // 2 % len(candidates)]
                draft = Draft(key, "made", coder, AT, Kind.REJECT, left, {}, "no", book=book)
            self.study.decide(draft)
        if count:
            for coder in OTHERS:
                book = f"{self.round}/{coder}"
                self.study.decide(Draft(f"done-{coder}", "made", coder, AT, Kind.FINISH, self.round, {}, book=book))


MORE = (
    "search?q=the",
    "search?q=team&code=c-000000000000",
    "search?coder=ben",
    "log?coder=ben",
    "log?kind=reject",
    "segments?group=group000",
    "agreement?of=ben",
)
"""Pages that are asked in a special way."""


def _filled(path: str, values: dict[str, list[str]]) -> list[str]:
    for name, found in values.items():
        if "{" + name + "}" in path:
            return [item for value in found for item in _filled(path.replace("{" + name + "}", value), values)]
    assert "{" not in path, f"a value for {path} is missing in this test"
    return [path]


@pytest.fixture(params=list(RoundKind))
def worlds(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch) -> Iterator[list[World]]:
    """Two worlds that differ only in what the others decided: nothing, or a thousand things."""
    for module in ("pipeline.web.acting", "pipeline.work.workplace"):
        monkeypatch.setattr(f"{module}.now", lambda: AT)
    made = [World(tmp_path / str(count), request.param, count) for count in (0, MANY)]
    yield made
    for world in made:
        world.close()


def _seen(answers: dict[str, httpx.Response]) -> dict[str, tuple[int, list[tuple[bytes, bytes]], bytes]]:
    return {path: (answer.status_code, answer.headers.raw, answer.content) for path, answer in answers.items()}


def test_every_page_is_the_same_to_the_byte_whatever_the_others_decided(worlds: list[World]):
    """Status, headers and body of every route, before and after ana's own acts, and the answers to those acts."""
    quiet, busy = worlds
    assert len(quiet.paths()) >= 30
    assert _seen(busy.asked()) == _seen(quiet.asked())
    acts = [[(answer.status_code, answer.headers.raw, answer.content) for answer in world.act()] for world in worlds]
    assert acts[0] == acts[1]
    assert _seen(busy.asked()) == _seen(quiet.asked())


def test_the_test_would_notice(worlds: list[World]):
    """For somebody who takes no part and judges, the worlds do differ once the round is closed."""
    pages = []
    for world in worlds:
        sign = Signature("made", "mara", AT, "close the round")
        with world.study.looking("mara") as view:
            draft = rounds.close(sign, view.book, world.round)
        world.study.decide(draft)
        pages.append(world.ana.get("/studies/made/log").content)
    assert pages[0] != pages[1]


def test_all_addresses_are_asked():
    """A page that is added is in the comparison by itself, unless it needs no account."""
    open_pages = {item.path for item in ENDPOINTS if item.method == "GET" and item.allowed is Access.ANYONE}
    assert open_pages == {path for _, path in NEVER_ASKED}
