"""Who may ask for what: every address, every role, complete by construction."""

import pytest

from pipeline.domain.account import Role
from pipeline.web.endpoints import Access, Endpoint
from pipeline.web.routes import ENDPOINTS

from .access_table import TABLE
from .conftest import Place

LETTERS = {"a": Role.ANALYST, "c": Role.CODER, "j": Role.ADJUDICATOR, "r": Role.READER}
ANYONE = {"anyone": Access.ANYONE, "signed in": Access.SIGNED_IN, "administrator": Access.ADMINISTRATOR}
TOLD_NO = {("POST /studies/{study}/codebook/approve", "ana")}
"""Where a study has an adjudicator, they and no other coder sign off the codebook."""
WITH = {"ana": Role.CODER, "mara": Role.ANALYST, "jo": Role.ADJUDICATOR, "rea": Role.READER}


def _allowed(letters: str) -> object:
    return ANYONE.get(letters) or frozenset(LETTERS[letter] for letter in letters)


def _named(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def test_the_table_names_every_address_and_no_other():
    """A page that is added must be put into the table by hand, by somebody who thought about it."""
    assert {_named(item): item.allowed for item in ENDPOINTS} == {
        address: _allowed(letters) for address, letters in TABLE.items()
    }


def test_no_address_is_given_twice():
    assert len(TABLE) == len(ENDPOINTS)


def _asked(place: Place, endpoint: Endpoint, person: str, study: str = "made"):
    path = endpoint.path
    while "{" in path:
        name = path[path.index("{") : path.index("}") + 1]
        path = path.replace(name, study if name == "{study}" else "nothing-of-that-name")
    browser = place.browser(person)
    return browser.get(path) if endpoint.method == "GET" else browser.post(path, {})


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=_named)
def test_each_role_gets_in_where_the_table_says_and_nowhere_else(place: Place, endpoint: Endpoint):
    """Nobody known is led to the sign-in, somebody without a role finds nothing, another role is told which it takes,
    and whoever is allowed in meets no error that nobody foresaw, whatever they ask for."""
    nobody = _asked(place, endpoint, "")
    if endpoint.allowed is Access.ANYONE:
        assert nobody.status_code < 500
        return
    assert nobody.status_code == 303
    assert nobody.headers["location"].startswith("/sign-in")
    for person, role in WITH.items():
        answer = _asked(place, endpoint, person)
        if isinstance(endpoint.allowed, Access):
            may = endpoint.allowed is Access.SIGNED_IN or person == "mara"
        else:
            may = role in endpoint.allowed
        if may and (_named(endpoint), person) not in TOLD_NO:
            assert answer.status_code in {200, 303, 404, 409, 422}, (person, answer.text)
        else:
            assert answer.status_code == 403, person
    if endpoint.of_study:
        assert _asked(place, endpoint, "stranger").status_code == 404
        assert _asked(place, endpoint, "ana", study="another-study").status_code == 404
