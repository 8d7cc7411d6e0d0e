"""What a request shows makes the asker: nothing, the cookie of a session, or a token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kiban.operations.first_operator import FIRST_OPERATOR
from kiban.operations.login_links import make_link
from kiban.operations.resources import Resources
from kiban.operations.secret_text import hash_of
from kiban.operations.who_is import IDLE
from kiban.platform import local_asker

from .conftest import BYTES, SWEEP, Program


@pytest.fixture(name="doors")
def _doors(empty: Program) -> Program:
    """Somebody unknown, at a platform with an open record and a closed one."""
    empty.deposit("closed.csv", SWEEP % b"secret")
    empty.deposit("open.csv", SWEEP % b"open", tier="open")
    return Program(empty.resources, by_credentials=True)


def operator_link(resources: Resources) -> str:
    """The address of a page that logs the operator in once."""
    code = make_link(local_asker(resources), resources, resources.directory.load().people[FIRST_OPERATOR])
    return f"/login/once/{code}"


def log_in(doors: Program) -> dict[str, str]:
    """Log the operator in; what their browser sends from now on."""
    answer = doors.ask("POST", operator_link(doors.resources))
    assert answer.status_code == 303
    return {"cookie": f"kiban_session={answer.cookies['kiban_session']}"}


def test_the_unknown_see_what_is_open_and_the_operator_sees_all(doors: Program) -> None:
    assert {hit["file"] for hit in doors.get("/api/v1/search").json()["hits"]} == {"open.csv"}
    headers = log_in(doors)
    assert {hit["file"] for hit in doors.get("/api/v1/search", headers=headers).json()["hits"]} >= {
        "open.csv",
        "closed.csv",
    }


def test_who_is_nobody_may_add_nothing_and_is_told_to_log_in(doors: Program) -> None:
    answer = doors.ask("POST", "/api/v1/deposits", params={"name": "a.csv"}, content=SWEEP % b"x", headers=BYTES)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["error"] == "NotLoggedIn"


def test_a_link_is_good_once_and_looking_at_it_does_not_use_it_up(doors: Program) -> None:
    link = operator_link(doors.resources)
    for _ in range(2):
        assert "Log in as Operator" in doors.get(link).text
    assert doors.ask("POST", link).status_code == 303
    assert doors.ask("POST", link).status_code == 401
    assert doors.get(link).status_code == 401
    assert doors.get("/login/once/made-up").status_code == 401


def test_a_session_ends_with_log_out_and_cannot_be_shown_again(doors: Program) -> None:
    headers = log_in(doors)
    assert "Log out" in doors.get("/", headers=headers).text
    assert doors.ask("POST", "/logout", headers=headers).status_code == 303
    assert "Log out" not in doors.get("/", headers=headers).text
    assert doors.get("/api/v1/search", headers=headers).json()["total"] == 1


def test_a_session_that_is_not_used_is_over(doors: Program) -> None:
    headers = log_in(doors)
    credentials = doors.resources.credentials
    session = credentials.session(hash_of(headers["cookie"].partition("=")[2]))
    assert session is not None
    credentials.touch_session(session.id, datetime.now(UTC) - IDLE - timedelta(seconds=1), "")
    assert "Log out" not in doors.get("/", headers=headers).text


def test_the_cookie_is_for_our_own_pages_and_no_script(doors: Program) -> None:
    said = doors.ask("POST", operator_link(doors.resources)).headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=lax" in said


@pytest.mark.parametrize("token", ["kbt_made-up", "", "x" * 10_000])
def test_a_token_that_is_not_good_is_refused_even_for_what_is_open(doors: Program, token: str) -> None:
    answer = doors.get("/api/v1/search", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_first_page_tells_the_unknown_that_there_may_be_more(doors: Program) -> None:
    told = "You are not logged in"
    assert told in doors.get("/").text
    assert told not in doors.get("/", headers=log_in(doors)).text
