"""The pages on which people log in, look after their account, and operators after all of them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import httpx
import pyotp
import pytest
from argon2 import PasswordHasher

from kiban.operations import password_hash
from kiban.operations.accounts import make_account
from kiban.operations.login_links import make_link
from kiban.platform import local_asker
from kiban.records.parties.credentials import Purpose
from kiban.records.parties.people import Person

from .conftest import SWEEP, Program
from .test_who_asks import log_in

GOOD = "blaue Kiste am Fenster"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(autouse=True)
def _hash_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(password_hash, "_hasher", lambda: cheap)
    password_hash._nobodys.cache_clear()


class Browser:
    """Keeps cookies as a browser does."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.cookies: dict[str, str] = {}

    def get(self, address: str) -> httpx.Response:
        return self._ask("GET", address)

    def send(self, address: str, **fields: Any) -> httpx.Response:
        return self._ask("POST", address, content=urlencode(fields).encode(), headers=FORM)

    def _ask(self, method: str, address: str, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        said = {**(headers or {}), **(cookie if self.cookies else {}), "origin": "http://127.0.0.1:8420"}
        answer = self.program.ask(method, address, headers=said, **options)
        for name, value in answer.cookies.items():
            self.cookies[name] = value
        return answer


@pytest.fixture(name="doors")
def _doors(empty: Program) -> Program:
    empty.deposit("closed.csv", SWEEP % b"secret")
    return Program(empty.resources, by_credentials=True)


@pytest.fixture(name="browser")
def _browser(doors: Program) -> Browser:
    return Browser(doors)


@pytest.fixture(name="director")
def _director(doors: Program) -> Browser:
    """The operator's browser."""
    browser = Browser(doors)
    name, _, value = log_in(doors)["cookie"].partition("=")
    browser.cookies[name] = value
    return browser


@pytest.fixture(name="hana")
def _hana(doors: Program) -> Person:
    asker, resources = local_asker(doors.resources), doors.resources
    person = make_account(asker, resources, "hana", "佐藤 花")
    link = make_link(asker, resources, person, Purpose.SET_PASSWORD)
    answer = Browser(doors).send(f"/login/once/{link}", password=GOOD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    return person


def shown(answer: httpx.Response, pattern: str) -> str:
    found = re.search(pattern, answer.text)
    assert found is not None, answer.text
    return found[1]


def test_a_page_for_somebody_leads_to_the_login_and_back(browser: Browser, hana: Person) -> None:
    answer = browser.get("/account?lang=ja")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/account%3Flang%3Dja")
    page = browser.get(answer.headers["location"])
    assert 'name="next" value="/account?lang=ja"' in page.text
    done = browser.send("/login", login="hana", password=GOOD, next="/account?lang=ja")
    assert (done.status_code, done.headers["location"]) == (303, "/account?lang=ja")
    assert "佐藤 花" in browser.get("/account").text


@pytest.mark.parametrize(
    "path",
    ["https://example.org/", "//example.org", "/\\example.org", "/ //x", "javascript:alert(1)", "", "/login", "/logout",
     "/a\r\nset-cookie: x", "\\\\example.org", "/\x00"],
)  # fmt: skip
def test_after_logging_in_one_stays_here(browser: Browser, hana: Person, path: str) -> None:
    answer = browser.send("/login", login="hana", password=GOOD, next=path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_what_is_wrong_is_said_in_the_reader_s_language_and_the_password_is_not_shown(browser: Browser) -> None:
    answer = browser.send("/login?lang=ja", login="hana", password="wrong-secret-text")
    assert answer.status_code == 401
    assert "ログイン名またはパスワードが正しくありません" in answer.text
    assert "wrong-secret-text" not in answer.text
    assert "kiban_session" not in browser.cookies


def test_too_many_attempts_are_told_when_to_come_again(browser: Browser, hana: Person) -> None:
    answers = [browser.send("/login", login="hana", password="wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert "Too many attempts" in answers[-1].text


def test_codes_are_switched_on_and_asked_for(browser: Browser, doors: Program, hana: Person) -> None:
    browser.send("/login", login="hana", password=GOOD)
    assert browser.send("/account/codes", old="wrong").status_code == 403
    key = shown(browser.send("/account/codes", old=GOOD), r'<code class="breaks">([A-Z2-7]{32})</code>')
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    page = browser.send("/account/codes/confirm", code=pyotp.TOTP(key).at(now))
    recovery = shown(page, r"((?:[a-z2-7]{4}-){3}[a-z2-7]{4})")
    other = Browser(doors)
    step = other.send("/login", login="hana", password=GOOD, next="/files")
    assert "kiban_session" not in other.cookies
    ticket = shown(step, r'name="ticket" value="([^"]+)"')
    assert other.send("/login/code", ticket=ticket, code="000000x").status_code == 401
    done = other.send("/login/code", ticket=ticket, code=pyotp.TOTP(key).at(now + timedelta(seconds=30)), next="/files")
    assert (done.status_code, done.headers["location"]) == (303, "/files")
    third = Browser(doors)
    ticket = shown(third.send("/login", login="hana", password=GOOD), r'name="ticket" value="([^"]+)"')
    assert third.send("/login/code", ticket=ticket, code=recovery).status_code == 303


def test_a_token_is_shown_once_and_revoked(browser: Browser, doors: Program, hana: Person) -> None:
    browser.send("/login", login="hana", password=GOOD)
    page = browser.send("/account/tokens", name="script", act="read", days="30")
    secret = shown(page, r"(kbt_[A-Za-z0-9_-]{43})")
    assert secret not in browser.get("/account").text
    bearer = {"authorization": f"Bearer {secret}"}
    assert doors.get("/api/v1/search", headers=bearer).status_code == 200
    token = shown(browser.get("/account"), r"/account/tokens/([0-9a-f-]{36})/revoke")
    browser.send(f"/account/tokens/{token}/revoke")
    assert doors.get("/api/v1/search", headers=bearer).status_code == 401


def test_other_browsers_are_logged_out(browser: Browser, doors: Program, hana: Person) -> None:
    others = [Browser(doors), Browser(doors)]
    for each in (browser, *others):
        each.send("/login", login="hana", password=GOOD)
    session = shown(browser.get("/account"), r"/account/sessions/([0-9a-f-]{36})/end")
    browser.send(f"/account/sessions/{session}/end")
    assert sorted(each.get("/account").status_code for each in others) == [200, 303]
    browser.send("/account/sessions/end-others")
    assert [each.get("/account").status_code for each in others] == [303, 303]
    assert browser.get("/account").status_code == 200


def test_an_operator_makes_an_account_gives_a_link_and_deactivates_it(director: Browser, doors: Program) -> None:
    made = director.send("/people", login="ken", name="Ken", kind="person")
    assert (made.status_code, made.headers["location"]) == (303, "/people/ken")
    assert director.send("/people", login="ken", name="Ken", kind="person").status_code == 409
    link = shown(director.send("/people/ken/link", purpose="set password"), r"http://[^<]+(/login/once/[^<]+)<")
    ken = Browser(doors)
    assert ken.send(link, password="short").status_code == 422
    assert ken.send(link, password=GOOD).status_code == 303
    ken.send("/login", login="ken", password=GOOD)
    assert ken.get("/account").status_code == 200
    director.send("/people/ken/active", active="false")
    assert ken.get("/account").status_code == 303
    assert director.send("/people/operator/active", active="false").status_code == 403


def test_an_account_is_changed_and_ends_on_a_day(director: Browser, doors: Program, hana: Person) -> None:
    changed = director.send(
        "/people/hana", name="佐藤", email="h@example.org", residency="resident", country="jp", until="2999-03-31",
        is_export_officer="true",
    )  # fmt: skip
    assert changed.status_code == 303
    person = doors.resources.directory.load().people[hana.id]
    assert (person.name, person.country, person.is_export_officer) == ("佐藤", "JP", True)
    assert person.until is not None
    assert person.until.isoformat().startswith("2999-03-31")
    assert director.send("/people/hana", name="佐藤", until="soon").status_code == 422


@pytest.mark.parametrize("path", ["/people", "/people/operator", "/people/hana", "/people/made-up"])
def test_accounts_are_no_business_of_others(browser: Browser, hana: Person, path: str) -> None:
    assert browser.get(path).headers["location"].startswith("/login?next=")
    browser.send("/login", login="hana", password=GOOD)
    answer = browser.get(path)
    assert answer.status_code in (403, 404)
    assert "operator@" not in answer.text
    assert browser.send("/people", login="eve", name="Eve", kind="person").status_code == 403


def test_an_instrument_is_made_and_its_token_deposits_and_reads_nothing(director: Browser, doors: Program) -> None:
    made = director.send("/people", login="xrd-1", name="X線回折装置", kind="instrument", responsible="operator")
    assert made.status_code == 303
    assert director.send("/people/xrd-1/link", purpose="log in").status_code == 403
    page = director.get("/people/xrd-1")
    assert "X線回折装置" in page.text


@pytest.mark.parametrize("path", ["/login", "/account", "/people", "/people/operator"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_pages_come_in_both_languages(director: Browser, browser: Browser, path: str, language: str) -> None:
    asks = browser if path == "/login" else director
    answer = asks.get(f"{path}?lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
