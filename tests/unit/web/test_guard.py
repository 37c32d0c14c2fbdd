"""What stands before every page holds: known attacks on tools like this one, each tried."""

import re
import stat
from pathlib import Path
from urllib.parse import unquote

import pytest

from pipeline.settings import SettingsInvalid, WebSettings, require_private
from pipeline.web.__main__ import installation_secret
from pipeline.web.app import own_path
from pipeline.web.endpoints import Access
from pipeline.web.guard import POLICY, TooMany, Turnstile
from pipeline.web.routes import ENDPOINTS

from .conftest import PASSWORD, Browser, Place

CANDIDATES = "/studies/made/candidates"


def test_no_page_runs_a_script_that_is_not_the_sites_own(place: Place):
    """A strict content policy on every answer, and no inline script, style or handler in any page."""
    ana = place.browser("ana")
    for path in ("/", "/studies/made", CANDIDATES, "/nowhere", "/sign-in"):
        answer = ana.get(path)
        if answer.status_code == 303:
            answer = ana.get(answer.headers["location"])
        assert answer.headers["content-security-policy"] == POLICY
        assert "unsafe" not in POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", answer.text)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1:8600.evil.example", "127.0.0.1", "", "evil@127.0.0.1:8600"]
)
def test_under_another_name_it_does_not_answer(place: Place, host: str):
    """Host header (CVE-2025-62527): nothing the client calls the site gets into a page or a link."""
    answer = place.browser("ana").get("/", Host=host)
    assert answer.status_code == 400
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8600", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:8600", "Sec-Fetch-Site": "same-site"},
        {"Origin": "", "Sec-Fetch-Site": ""},
    ],
)
def test_another_sites_page_can_do_nothing_in_ones_name(place: Place, headers: dict[str, str]):
    ana = place.browser("ana")
    candidate = ana.get(CANDIDATES).headers["location"]
    answer = ana.post(f"{candidate}/accept", {"name": "forged", "at": 1, "seen": 0}, **headers)
    assert answer.status_code == 400
    assert len(place.study.work.store.decisions.log("made")) == 1


def test_the_cookie_is_for_this_site_and_its_own_script_cannot_read_it(place: Place):
    answer = place.browser().post("/sign-in", {"name": "ana", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\n/evil.example",
        "javascript:1",
        "",
    ],
)
def test_sign_in_leads_nowhere_but_to_this_site(place: Place, target: str):
    """Open redirects (CVE-2025-67502)."""
    answer = place.browser().post("/sign-in", {"name": "ana", "password": PASSWORD, "next": target})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    assert own_path(target) == "/"


def test_signing_in_never_takes_over_a_cookie_that_was_there_before(place: Place):
    """Session fixation: the token is new, and the old session is ended."""
    before = place.browser("ana")
    answer = Browser(place.app, "", before.token).post("/sign-in", {"name": "ana", "password": PASSWORD})
    token = re.search(r"polyvocal=([^;]+)", answer.headers["set-cookie"])
    assert token
    assert token[1] != before.token
    assert before.get("/").headers.get("location", "").startswith("/sign-in")
    planted = Browser(place.app, "", "planted-by-an-attacker")
    planted.post("/sign-in", {"name": "ana", "password": PASSWORD})
    assert planted.get("/").headers["location"].startswith("/sign-in")


def test_a_cookie_kept_aside_opens_nothing_after_sign_out(place: Place):
    ana = place.browser("ana")
    assert ana.get("/").status_code == 200
    ana.post("/sign-out")
    assert ana.get("/").status_code == 303


def test_guessing_is_slowed_down_by_name_and_by_address(place: Place):
    """After five wrong passwords a name waits, also for the right one, with the same sentence as for no such name."""
    nobody = place.browser()
    wrong = [nobody.post("/sign-in", {"name": "ana", "password": f"guess number {n}"}) for n in range(5)]
    assert {answer.status_code for answer in wrong} == {403}
    right = nobody.post("/sign-in", {"name": "ana", "password": PASSWORD})
    unknown = nobody.post("/sign-in", {"name": "nobody here", "password": PASSWORD})
    assert right.status_code == unknown.status_code == 403
    told = [re.search(r'role="alert">([^<]+)', answer.text) for answer in (right, unknown)]
    assert told[0]
    assert told[1]
    assert told[0][1] == told[1][1]
    assert "After 5 wrong tries a name has to wait, and even the right password is refused" in told[0][1]
    assert "1 minute first, then twice as long after each wrong try, up to 60 minutes." in told[0][1]


def test_a_place_that_tries_too_often_waits():
    turnstile = Turnstile(tries=3, seconds=60)
    for _ in range(3):
        turnstile.pass_through("here")
    with pytest.raises(TooMany):
        turnstile.pass_through("here")
    turnstile.pass_through("elsewhere")


def test_who_signs_in_rightly_is_no_try_so_a_team_behind_a_proxy_does_not_lock_itself_out(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pipeline.web.pages.sign_in._DOOR", Turnstile(tries=3, seconds=60))
    nobody = place.browser()
    right, wrong = ({"name": "ana", "password": word} for word in (PASSWORD, "a guess"))
    assert [nobody.post("/sign-in", right).status_code for _ in range(5)] == [303] * 5
    assert [nobody.post("/sign-in", wrong).status_code for _ in range(4)] == [403, 403, 403, 429]
    assert nobody.post("/sign-in", right).status_code == 429


def test_a_sign_in_leads_to_the_very_page_asked_for_with_what_follows_its_question_mark(place: Place):
    path = "/studies/made/search?q=bus+%26+court&group=group000&path=x"
    way = place.browser().get(path).headers["location"]
    asked = {"next": unquote(way.partition("next=")[2]), "name": "ana", "password": PASSWORD}
    assert place.browser().post("/sign-in", asked).headers["location"] == path


def test_files_are_taken_by_no_page(place: Place):
    """Uploads (CVE-2023-47115): none is accepted, so none can be served."""
    body = b'--x\r\nContent-Disposition: form-data; name="name"; filename="a.html"\r\n\r\n<script>\r\n--x--\r\n'
    ana = place.browser("ana")
    candidate = ana.get(CANDIDATES).headers["location"]

    async def send():
        import httpx

        transport = httpx.ASGITransport(app=place.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8600") as client:
            headers = {
                "Cookie": f"polyvocal={ana.token}",
                "Origin": "http://127.0.0.1:8600",
                "Content-Type": "multipart/form-data; boundary=x",
            }
            return await client.post(f"{candidate}/accept", content=body, headers=headers)

    import asyncio

    answer = asyncio.run(send())
    assert answer.status_code in {400, 422}
    assert "<script>" not in answer.text
    assert len(place.study.work.store.decisions.log("made")) == 1


def test_a_form_that_is_too_long_is_refused(place: Place):
    ana = place.browser("ana")
    candidate = ana.get(CANDIDATES).headers["location"]
    assert ana.post(f"{candidate}/memo", {"text": "x" * 2_500_000}).status_code == 413


NUL = "No\0 way to court"


@pytest.mark.parametrize(
    "path",
    [
        "/studies/made/codebook/c-0%00",
        "/studies/made/codebook/c-0~00",
        "/studies/made%00/log",
        "/studies/made/search?q=bus%00",
        "/studies/made/log?about%00=bus",
        "/sign-in?next=%00",
    ],
)
def test_a_nul_character_in_an_address_is_refused_with_a_sentence(place: Place, path: str):
    """PostgreSQL holds none in a text, and would answer with an error of its own."""
    answer = place.browser("ana").get(path)
    assert answer.status_code == 400
    assert "A NUL character stands in what was sent" in answer.text
    assert "\0" not in answer.text


@pytest.mark.parametrize("form", [{"name": NUL}, {"name": "No way to court", "na\0me": "x"}])
def test_a_nul_character_in_a_form_is_refused_and_what_was_typed_is_shown_again(place: Place, form: dict[str, str]):
    ana = place.browser("ana")
    answer = ana.post("/studies/made/codebook", form)
    assert answer.status_code == 400
    assert "A NUL character stands in what was sent" in answer.text
    assert "No way to court" in answer.text
    assert "\0" not in answer.text
    assert len(place.study.work.store.decisions.log("made")) == 1


def test_nobody_signs_in_with_a_nul_and_no_password_is_shown(place: Place):
    answer = place.browser().post("/sign-in", {"name": "ana", "password": PASSWORD + "\0"})
    assert answer.status_code == 400
    assert PASSWORD not in answer.text


def test_each_installation_has_a_secret_of_its_own_that_only_its_owner_reads(tmp_path: Path):
    """A shared secret key let anybody sign for anybody (CVE-2023-43791)."""
    one, two = tmp_path / "one", tmp_path / "two"
    assert installation_secret(one) == installation_secret(one)
    assert installation_secret(one) != installation_secret(two)
    assert len(one.read_bytes()) == 32
    assert stat.S_IMODE(one.stat().st_mode) == 0o600


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "review.example"])
def test_the_network_in_the_clear_is_refused(host: str):
    with pytest.raises(SettingsInvalid, match=re.escape(host)):
        require_private(WebSettings(host=host))
    require_private(WebSettings(host=host, public_url="https://review.example.org"))
    require_private(WebSettings(host="127.0.0.1"))


def test_behind_tls_the_cookie_travels_by_tls_alone(place: Place):
    from dataclasses import replace

    from pipeline.web.app import application

    site = replace(place.site, web=replace(place.site.web, public_url="https://review.example.org"))
    browser = Browser(application(site))
    form = {"name": "ana", "password": PASSWORD}
    answer = browser.post("/sign-in", form, Host="review.example.org", Origin="https://review.example.org")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "max-age" in answer.headers["strict-transport-security"]


def test_asking_changes_nothing():
    """What a link or an image can bring about is a look: every act is a POST."""
    assert {endpoint.method for endpoint in ENDPOINTS} == {"GET", "POST"}
    open_to_all = {(item.method, item.path) for item in ENDPOINTS if item.allowed is Access.ANYONE}
    assert open_to_all == {
        *(("GET", "/sign-in"), ("POST", "/sign-in"), ("POST", "/sign-out")),
        *(("GET", "/set-up"), ("POST", "/set-up")),
    }


def test_an_error_nobody_foresaw_says_nothing_of_the_talk(place: Place, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise RuntimeError("Rosa said that the landlord")

    monkeypatch.setattr("pipeline.web.pages.candidates.near_codes", broken)
    ana = place.browser("ana")
    answer = ana.get(ana.get(CANDIDATES).headers["location"])
    assert answer.status_code == 500
    assert "Rosa" not in answer.text
