"""Accounts, tokens and sessions over REST: by whom, and never for more than what was shown."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from kiban.operations.accounts import make_account
from kiban.operations.first_operator import FIRST_OPERATOR
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.read_audit import Filter, read_audit
from kiban.operations.sessions import begin_session
from kiban.operations.tokens import make_token
from kiban.platform import local_asker
from kiban.records.parties.people import PartyKind, Person
from kiban.records.party import Act

from .conftest import Program


class Somebody:
    """Asks REST with a token or a session's cookie."""

    def __init__(self, doors: Program, headers: dict[str, str]) -> None:
        self.doors, self.headers = doors, headers

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.doors.ask(method, f"/api/v1/{path}", headers=self.headers, **options)

    def done(self, method: str, path: str, **options: Any) -> Any:
        answer = self(method, path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(name="doors")
def _doors(empty: Program) -> Program:
    return Program(empty.resources, by_credentials=True)


@pytest.fixture(name="nobody")
def _nobody(doors: Program) -> Somebody:
    return Somebody(doors, {})


def with_token(doors: Program, person: Person, *acts: Act, **options: Any) -> Somebody:
    resources = doors.resources
    _, secret = make_token(local_asker(resources), resources, person, "a test", acts=acts, **options)
    return Somebody(doors, {"authorization": f"Bearer {secret}"})


@pytest.fixture(name="operator")
def _operator(doors: Program) -> Somebody:
    director = doors.resources.directory.load().people[FIRST_OPERATOR]
    return with_token(doors, director, Act.ADMINISTER)


@pytest.fixture(name="hana")
def _hana(doors: Program) -> Person:
    return make_account(local_asker(doors.resources), doors.resources, "hana", "佐藤 花")


def test_nobody_is_told_to_log_in(nobody: Somebody) -> None:
    for method, path, body in (
        ("GET", "me", None),
        ("GET", "tokens", None),
        ("POST", "tokens", {"name": "x", "acts": ["read"]}),
        ("GET", "sessions", None),
        ("DELETE", "sessions", None),
        ("GET", "people", None),
        ("POST", "people", {"login": "eve", "name": "Eve"}),
        ("GET", "people/operator", None),
        ("POST", "people/operator/link", {"purpose": "log in"}),
    ):
        answer = nobody(method, path, **({} if body is None else {"json": body}))
        assert (answer.status_code, answer.json()["error"]) == (401, "NotLoggedIn"), path


def test_me_says_what_the_token_leaves(doors: Program, operator: Somebody) -> None:
    director = doors.resources.directory.load().people[FIRST_OPERATOR]
    me = operator.done("GET", "me")
    assert (me["login"], me["is_operator"], me["acts"]) == ("operator", True, ["administer"])
    assert [each["role"] for each in me["projects"]] == ["owner"]
    assert me["token"]["name"] == "a test"
    assert me["session"] is None
    narrow = with_token(doors, director, Act.READ, project=FIRST_PROJECT).done("GET", "me")
    assert (narrow["is_operator"], narrow["acts"], narrow["token"]["project"]) == (False, ["read"], str(FIRST_PROJECT))


def test_a_token_is_made_used_and_revoked(doors: Program, hana: Person) -> None:
    me = with_token(doors, hana, Act.ADMINISTER)
    made = me.done("POST", "tokens", json={"name": "nightly", "acts": ["read"], "days": 3})
    assert made["token"].startswith("kbt_")
    assert made["token"] not in me("GET", "tokens").text
    shown = Somebody(doors, {"authorization": f"Bearer {made['token']}"})
    assert shown.done("GET", "me")["login"] == "hana"
    assert me.done("DELETE", f"tokens/{made['id']}") == {"was_on": True}
    assert me.done("DELETE", f"tokens/{made['id']}") == {"was_on": False}
    assert shown("GET", "me").status_code == 401


def test_a_token_does_not_widen_itself(doors: Program, hana: Person) -> None:
    reader = with_token(doors, hana, Act.READ, Act.WRITE)
    assert reader("POST", "tokens", json={"name": "more", "acts": ["administer"]}).status_code == 403
    own = reader.done("GET", "tokens")[0]["id"]
    assert reader("DELETE", f"tokens/{own}").status_code == 403
    brief = with_token(doors, hana, Act.ADMINISTER, days=2)
    assert brief("POST", "tokens", json={"name": "longer", "acts": ["read"], "days": 3}).status_code == 403
    director = doors.resources.directory.load().people[FIRST_OPERATOR]
    narrow = with_token(doors, director, Act.ADMINISTER, project=FIRST_PROJECT)
    assert narrow("POST", "tokens", json={"name": "wider", "acts": ["read"], "days": 1}).status_code == 403
    assert narrow("GET", "people").status_code == 403


def test_the_account_of_somebody_else_is_not_there(doors: Program, hana: Person) -> None:
    me = with_token(doors, hana, Act.ADMINISTER)
    for there, missing in (("people/operator", "people/nobody-of-that-name"),):
        answers = [me("GET", path) for path in (there, missing)]
        assert [each.status_code for each in answers] == [404, 404]
        assert answers[0].json()["mend"] == answers[1].json()["mend"]
    for method, path in (
        ("GET", "tokens?of=operator"),
        ("GET", "sessions?of=operator"),
        ("DELETE", "sessions?of=operator"),
        ("PATCH", "people/operator"),
        ("POST", "people/operator/deactivate"),
        ("POST", "people/operator/codes-off"),
    ):
        body = {"json": {"name": "x"}} if method == "PATCH" else {}
        assert me(method, path, **body).status_code == 404, path
    assert me("GET", "people").status_code == 403
    assert me("POST", "people", json={"login": "eve", "name": "Eve"}).status_code == 403
    assert me("PATCH", "people/hana", json={"is_operator": True}).status_code == 403
    assert me.done("PATCH", "people/hana", json={"name": "佐藤 花子"})["name"] == "佐藤 花子"


def test_an_operator_makes_changes_and_deactivates_an_account(doors: Program, operator: Somebody) -> None:
    made = operator.done("POST", "people", json={"login": "ken", "name": "Ken", "country": "JP", "until": "2031-03-31"})
    assert (made["kind"], made["country"], made["until"][:10], made["has_password"]) == (
        "person", "JP", "2031-03-31", False,
    )  # fmt: skip
    assert operator("POST", "people", json={"login": "ken", "name": "Ken"}).status_code == 409
    changed = operator.done(
        "PATCH",
        "people/ken",
        json={"residency": "non-resident", "country": None, "until": None, "organisation": "My organisation"},
    )
    assert (changed["residency"], changed["country"], changed["until"], changed["organisation"], changed["name"]) == (
        "non-resident", None, None, "My organisation", "Ken",
    )  # fmt: skip
    person = doors.resources.directory.load().person_called("ken")
    assert person is not None
    ken = with_token(doors, person, Act.READ)
    assert ken("GET", "me").status_code == 200
    assert operator.done("POST", "people/ken/deactivate")["is_in_force"] is False
    assert ken("GET", "me").status_code == 401
    assert operator.done("POST", "people/ken/activate")["is_in_force"] is True
    assert ken("GET", "me").status_code == 401  # tokens stay revoked
    acts = [line.act for line in read_audit(local_asker(doors.resources), doors.resources, Filter()).lines]
    for act in ("made account", "changed account", "deactivated account", "activated account"):
        assert act in acts, acts


def test_an_instrument_deposits_and_its_owner_answers_for_it(doors: Program, operator: Somebody, hana: Person) -> None:
    body = {"login": "xrd-1", "name": "XRD", "kind": "instrument", "responsible": "operator"}
    assert operator.done("POST", "people", json=body)["responsible"] == "operator"
    assert operator("POST", "tokens?of=xrd-1", json={"name": "all", "acts": ["administer"]}).status_code == 422
    assert doors.resources.directory.load().person_called("xrd-1").kind is PartyKind.INSTRUMENT  # type: ignore[union-attr]
    assert with_token(doors, hana, Act.ADMINISTER)("GET", "people/xrd-1").status_code == 404


def test_a_link_lets_in_once_and_not_the_operator_by_a_token(doors: Program, operator: Somebody, hana: Person) -> None:
    link = operator.done("POST", "people/hana/link", json={"purpose": "log in"})["link"]
    address = link.removeprefix("http://127.0.0.1:8420")
    answer = doors.ask("POST", address)
    assert (answer.status_code, "kiban_session" in answer.cookies) == (303, True)
    assert doors.ask("POST", address).status_code == 401
    assert operator("POST", "people/operator/link", json={"purpose": "log in"}).status_code == 403
    assert operator("POST", "people/hana/link", json={"purpose": "second factor"}).status_code == 422
    assert operator("POST", "people/operator/codes-off").status_code == 403
    assert operator.done("POST", "people/hana/codes-off") == {"was_on": False}


def test_sessions_are_listed_and_ended(doors: Program, hana: Person) -> None:
    cookies = [begin_session(doors.resources, hana, way="test", agent=f"browser {n}") for n in range(3)]
    me = Somebody(doors, {"cookie": f"kiban_session={cookies[0]}"})
    listed = me.done("GET", "sessions")
    assert {each["agent"]: each["is_own"] for each in listed} == {
        "browser 0": True, "browser 1": False, "browser 2": False,
    }  # fmt: skip
    other = next(each["id"] for each in listed if each["agent"] == "browser 1")
    assert me.done("DELETE", f"sessions/{other}") == {"was_on": True}
    assert me.done("DELETE", "sessions") == {"n_ended": 1}
    assert [each["agent"] for each in me.done("GET", "sessions")] == ["browser 0"]
    assert Somebody(doors, {"cookie": f"kiban_session={cookies[2]}"})("GET", "me").status_code == 401
