"""One's own account and keys, and the accounts of all, in the browser."""

import re

import pytest

from pipeline.domain.account import Role
from pipeline.web.keys import ACTS, keys_of

from .conftest import PASSWORD, Browser, Place
from .markup import Markup

NEW = "a new horse battery"


def change(old: str = PASSWORD, new: str = NEW, again: str = NEW) -> dict[str, str]:
    return {"old": old, "new": new, "again": again}


def test_a_new_password_ends_every_session_but_this_one(place: Place):
    ana, elsewhere = place.browser("ana"), place.browser("ana")
    answer = ana.post("/account/password", change())
    assert answer.headers["location"] == "/account?done=password"
    token = re.search(r"polyvocal=([^;]+)", answer.headers["set-cookie"])
    assert token
    assert Browser(place.app, "ana", token[1]).get("/account").status_code == 200
    for old in (ana, elsewhere):
        assert old.get("/account").status_code == 303
    assert place.accounts.sign_in("ana", NEW)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (change(again="another horse"), "not the same"),
        (change(old="a wrong battery"), "not your present password"),
        (change(new="short", again="short"), "at least 10 characters"),
    ],
)
def test_a_password_that_will_not_do_is_refused_and_never_shown_again(place: Place, form, sentence: str):
    answer = place.browser("ana").post("/account/password", form)
    assert answer.status_code == 422
    assert sentence in answer.text
    for word in form.values():
        assert word not in answer.text
    assert place.accounts.sign_in("ana", PASSWORD)


def test_signing_out_everywhere_ends_every_session(place: Place):
    here, elsewhere, ben = place.browser("ana"), place.browser("ana"), place.browser("ben")
    assert here.post("/account/sign-out").headers["location"] == "/sign-in"
    assert [browser.get("/").status_code for browser in (here, elsewhere, ben)] == [303, 303, 200]


def keys(place: Place, person: str):
    from pipeline.web.endpoints import Ask

    return keys_of(Ask(place.site, "/keys", account=place.accounts.account(person)))


def typed(**keys: str) -> dict[str, str]:
    return {f"key:{name}": keys.get(name, first) for name, (first, _) in ACTS.items()}


def test_each_person_switches_and_changes_their_own_keys(place: Place):
    ana = place.browser("ana")
    assert ana.post("/keys", {"on": "yes", **typed(accept="v", reject="")}).status_code == 303
    assert (keys(place, "ana").of("accept"), keys(place, "ana").of("reject")) == ("v", "")
    assert keys(place, "ben").of("accept") == "a"
    ana.post("/keys", typed())
    assert keys(place, "ana").of("accept") == ""
    assert "data-key" not in ana.get("/studies/made/map").text
    ana.post("/keys/reset")
    assert keys(place, "ana").of("accept") == "a"


def test_one_key_for_two_acts_is_refused_and_what_was_typed_stays(place: Place):
    answer = place.browser("ana").post("/keys", {"on": "yes", **typed(accept="z", reject="z")})
    assert answer.status_code == 422
    assert "stands for" in answer.text
    assert answer.text.count('value="z"') == 2
    assert keys(place, "ana").of("accept") == "a"


def test_the_page_of_the_keys_leads_back_to_a_page_of_this_site_and_to_no_other(place: Place):
    ana, here = place.browser("ana"), "/studies/made/map"
    assert f'href="/keys?from={here}"' in ana.get(here).text
    assert f'<a href="{here}">Back</a>' in ana.get(f"/keys?from={here}").text
    answer = ana.post("/keys", {"on": "yes", "from": here, **typed()})
    assert f'<a href="{here}">Back</a>' in ana.get(answer.headers["location"]).text
    for elsewhere in ("//evil.example", "https://evil.example", "javascript:alert(1)", "/keys", ""):
        assert ">Back<" not in ana.get(f"/keys?from={elsewhere}").text


def test_an_administrator_adds_an_account_and_gives_it_roles(place: Place):
    mara = place.browser("mara")
    answer = mara.post("/accounts", {"name": "Zoë / night", "password": PASSWORD})
    assert answer.headers["location"] == "/accounts/one?name=Zo%C3%AB%20%2F%20night"
    assert "reader" in mara.get(answer.headers["location"]).text
    form = {"name": "Zoë / night", "role": ["coder:made", "reader:made", "coder:elsewhere", "king:made"]}
    assert mara.post("/accounts/roles", form).status_code == 303
    assert place.accounts.roles("Zoë / night", "made") == {Role.CODER, Role.READER}
    mara.post("/accounts/roles", {"name": "Zoë / night", "role": "analyst:made"})
    assert place.accounts.roles("Zoë / night", "made") == {Role.ANALYST}
    assert place.accounts.roles("Zoë / night", "elsewhere") == frozenset()


def test_a_role_that_another_administrator_changed_meanwhile_stays_as_they_left_it(place: Place):
    mara, path = place.browser("mara"), "/accounts/one?name=ana"
    form = next(item for item in Markup(mara.get(path).text, path).forms if item.action == "/accounts/roles")
    place.accounts.grant("ana", "made", Role.ADJUDICATOR)
    place.accounts.revoke("ana", "made", Role.CODER)
    mara.post(form.action, {**form.sent, "role": [*form.sent["role"], "reader:made"]})
    assert place.accounts.roles("ana", "made") == {Role.ADJUDICATOR, Role.READER}
    again = next(item for item in Markup(mara.get(path).text, path).forms if item.action == "/accounts/roles")
    mara.post(again.action, {**again.sent, "role": ["reader:made"]})
    assert place.accounts.roles("ana", "made") == {Role.READER}


def test_a_name_that_is_taken_is_refused_beside_the_form(place: Place):
    answer = place.browser("mara").post("/accounts", {"name": "ANA", "password": PASSWORD})
    assert answer.status_code == 422
    assert "There is an account “ana” already" in answer.text
    assert 'value="ANA"' in answer.text
    assert PASSWORD not in answer.text


def test_a_password_set_anew_and_an_account_that_is_closed_end_its_sessions(place: Place):
    mara, ana = place.browser("mara"), place.browser("ana")
    assert mara.post("/accounts/password", {"name": "ana", "password": PASSWORD}).status_code == 303
    assert ana.get("/").status_code == 303
    ana = place.browser("ana")
    mara.post("/accounts/active", {"name": "ana", "active": "no"})
    assert ana.get("/").status_code == 303
    assert "closed" in mara.get("/accounts").text
    mara.post("/accounts/active", {"name": "ana", "active": "yes"})
    assert place.accounts.sign_in("ana", PASSWORD)


def test_the_only_administrator_stays(place: Place):
    answer = place.browser("mara").post("/accounts/active", {"name": "mara", "active": "no"})
    assert answer.status_code == 422
    assert "the only administrator" in answer.text


def test_accounts_are_for_administrators_alone(place: Place):
    ana = place.browser("ana")
    assert ana.get("/accounts").status_code == 403
    assert ana.post("/accounts", {"name": "mallory", "password": PASSWORD}).status_code == 403
    assert ana.post("/accounts/roles", {"name": "ana", "role": "analyst:made"}).status_code == 403
    assert "There is no account" in place.browser("mara").get("/accounts/one?name=nobody").text


def test_an_administrator_without_a_role_is_told_to_take_one(place: Place):
    """Whoever set the site up lands there, and no study is open to them yet."""
    place.accounts.create("ada", PASSWORD, administrator=True)
    ada, told = place.browser("ada"), "You have no role in a study, so none is open to you."
    assert told in ada.get("/accounts").text
    assert '<a href="/accounts/one?name=ada">give yourself a role</a>' in ada.get("/accounts").text
    place.accounts.grant("ada", "made", Role.ANALYST)
    assert told not in ada.get("/accounts").text
