"""The first administrator's form: refused, it says why and keeps what was typed, but never the password."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.settings import WebSettings
from pipeline.store import open_store
from pipeline.web.app import application
from pipeline.web.site import Site
from pipeline.work.accounts import AccountDesk

from .conftest import PASSWORD, Browser, Place
from .markup import Markup


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AccountDesk]:
    """The accounts as they are after installing."""
    with open_store(tmp_path / "accounts.db", anchor=None) as store:
        yield AccountDesk(store.accounts, WebSettings(), tmp_path / "setup-token")


def nobody(desk: AccountDesk) -> Browser:
    return Browser(application(Site({}, desk, WebSettings(), b"secret")))


def test_the_content_of_the_file_is_taken_whole(desk: AccountDesk):
    desk.setup_token()
    form = {"token": desk.setup_file.read_text(), "name": "Ada", "password": PASSWORD}
    assert nobody(desk).post("/set-up", form).headers["location"] == "/accounts"


@pytest.mark.parametrize(
    ("token", "password", "status", "sentence"),
    [("guess", PASSWORD, 403, "is wrong, used or expired"), ("", "short", 422, "at least 10 characters")],
)
def test_a_refusal_keeps_what_was_typed_and_says_what_is_wrong(desk: AccountDesk, token, password, status, sentence):
    token = token or desk.setup_token()
    answer = nobody(desk).post("/set-up", {"token": token, "name": "Ada", "password": password})
    assert answer.status_code == status
    (form,) = Markup(answer.text).forms
    assert form.sent == {"token": [token], "name": ["Ada"], "password": [""]}
    assert sentence in answer.text
    assert str(desk.setup_file) in answer.text


def test_once_there_is_an_administrator_nobody_learns_where_the_token_was(place: Place):
    answer = place.browser().post("/set-up", {"token": "guess", "name": "Eve", "password": PASSWORD})
    assert answer.status_code == 403
    assert str(place.accounts.setup_file) not in answer.text
