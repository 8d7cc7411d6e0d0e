from __future__ import annotations

import pytest

from .conftest import BYTES, Program

PAGES = (
    "/",
    "/deposit",
    "/search",
    "/files",
    "/scan",
    "/labels",
    "/about/api",
    "/nothing",
    "/api/v1/health",
    "/static/kiban.css",
)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8420", "localhost:1", "LOCALHOST", "[::1]:8420"])
def test_this_machine_is_let_in(program: Program, host: str) -> None:
    assert program.get("/api/v1/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil", "evil@127.0.0.1", "192.168.1.7", "127.0.0.1:x"],
)
def test_another_name_of_this_machine_is_refused(program: Program, host: str) -> None:
    for path in ("/", "/api/v1/health"):
        answer = program.get(path, headers={"host": host})
        assert answer.status_code == 421
        assert answer.json()["error"] == "Refused"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:8420"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),  # another program on this machine
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8420"}, 403),
    ],
)
def test_a_page_of_another_site_cannot_deposit(program: Program, headers: dict[str, str], status: int) -> None:
    answer = program.ask(
        "POST", "/api/v1/deposits", params={"name": "x.bin"}, content=b"\x00\x07", headers=BYTES | headers
    )
    assert answer.status_code == status
    if status == 403:
        # The page that works without scripts is behind the same guard.
        assert program.ask("POST", "/deposit", content=b"", headers=headers).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_keeps_strangers_out(program: Program, path: str) -> None:
    headers = program.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert "script-src" not in policy  # so no inline script runs
    assert "style-src" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_only_pages_that_plot_allow_styles_of_their_own(program: Program) -> None:
    [hit] = program.get("/api/v1/search", params={"q": 'file = "sweep.csv"'}).json()["hits"]
    policy = program.get(f"/records/{hit['id']}").headers["content-security-policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("path", ["/search?q=%00", "/records/%00", "/?lang=ja&x=%00", "/api/v1/search?q=a%00b"])
def test_a_zero_character_is_refused_where_it_stands(program: Program, path: str) -> None:
    answer = program.get(path, headers={"accept-language": "ja"})
    assert answer.status_code == 400
    if path.startswith("/api/"):
        assert answer.headers["content-type"] == "application/problem+json"
    else:
        assert 'lang="ja"' in answer.text
        assert "リクエストを解釈できません" in answer.text


def test_pages_can_be_asked_for_their_head(program: Program) -> None:
    for path in ("/", "/search", "/static/kiban.css"):
        assert program.ask("HEAD", path).status_code == 200


def test_the_guard_can_be_given_another_name_of_the_machine(program: Program) -> None:
    named = Program(program.resources, names=frozenset({"127.0.0.2"}))
    assert named.get("/api/v1/health", headers={"host": "127.0.0.2:80"}).status_code == 200
    assert named.get("/api/v1/health", headers={"host": "localhost"}).status_code == 421
