"""Every combination of what a browser or a program says, against the rule in words."""

from __future__ import annotations

import itertools

import pytest

from kiban.web.own_pages import is_foreign

ORIGIN = "https://kiban.example.org"
SITES = (None, "same-origin", "none", "same-site", "cross-site", "nonsense")
ORIGINS = (None, ORIGIN, "https://evil.example", "http://kiban.example.org", "null")
CREDENTIALS: tuple[dict[str, str], ...] = (
    {},
    {"cookie": "kiban_session=abc"},
    {"cookie": "kiban_language=ja; kiban_session=abc"},
    {"cookie": "kiban_language=ja"},
    {"authorization": "Bearer kbt_abc"},
    {"authorization": "Bearer kbt_abc", "cookie": "kiban_session=abc"},
)
PATHS = ("/api/v1/deposits", "/deposit", "/login", "/login/second", "/api/v1/login", "/login-of-nobody")


def _as_sent(headers: dict[str, str | None]) -> dict[bytes, list[bytes]]:
    return {name.encode(): [value.encode()] for name, value in headers.items() if value is not None}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("credentials", CREDENTIALS)
def test_what_changes_something_comes_from_our_pages_or_from_a_program(credentials: dict[str, str], path: str) -> None:
    for site, origin, method in itertools.product(SITES, ORIGINS, ("POST", "PATCH", "DELETE", "PUT")):
        says_ours = site in {"same-origin", "none"} or (site is None and origin == ORIGIN)
        contradicts = site not in {None, "same-origin", "none"} or origin not in {None, ORIGIN}
        is_program = (
            site is None
            and origin is None
            and "kiban_session" not in credentials.get("cookie", "")
            and path not in {"/login", "/login/second", "/api/v1/login"}
        )
        allowed = (says_ours and not contradicts) or is_program
        headers = _as_sent({"sec-fetch-site": site, "origin": origin, **credentials})
        assert is_foreign(method, path, headers, ORIGIN) is not allowed, (site, origin, method)


@pytest.mark.parametrize("name", ["origin", "sec-fetch-site"])
def test_a_header_that_comes_twice_proves_nothing(name: str) -> None:
    good = {"origin": ORIGIN.encode(), "sec-fetch-site": b"same-origin"}[name]
    assert is_foreign("POST", "/deposit", {name.encode(): [good, b"https://evil.example"]}, ORIGIN)
    assert is_foreign("POST", "/deposit", {name.encode(): [good, good]}, ORIGIN)


@pytest.mark.parametrize(
    ("cookie", "is_session"),
    [
        ("kiban_session=a", True),
        ("a=b;kiban_session=a", True),
        ("a=b; kiban_session =a", True),
        ("not_kiban_session=a", False),
        ("a=kiban_session", False),
        ("kiban_sessions=a", False),
    ],
)
def test_a_session_is_known_by_the_name_of_its_cookie(cookie: str, is_session: bool) -> None:
    assert is_foreign("POST", "/deposit", {b"cookie": [cookie.encode()]}, ORIGIN) is is_session


def test_reading_by_program_is_free() -> None:
    assert not is_foreign("GET", "/search", {b"cookie": [b"kiban_session=a"]}, ORIGIN)
    assert not is_foreign("HEAD", "/login", {}, ORIGIN)
