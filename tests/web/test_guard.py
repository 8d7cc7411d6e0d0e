from __future__ import annotations

import pytest

from kiban.platform import local_asker
from kiban.web.asker import Desk
from kiban.web.reach import Reach

from .conftest import BYTES, Program


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
    named = Program(program.resources, reach=Reach(names=frozenset({"127.0.0.2"})))
    assert named.get("/api/v1/health", headers={"host": "127.0.0.2:80"}).status_code == 200
    assert named.get("/api/v1/health", headers={"host": "localhost"}).status_code == 421


PUBLIC = Reach(base_url="https://kiban.example.org:8443/data")


@pytest.mark.parametrize("host", ["kiban.example.org", "kiban.example.org:8443", "KIBAN.example.org", "127.0.0.1:8420"])
def test_the_public_name_is_let_in_beside_this_machine(program: Program, host: str) -> None:
    public = Program(program.resources, reach=PUBLIC)
    assert public.get("/api/v1/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["example.org", "a.kiban.example.org", "kiban.example.org.evil", "kiban.example.org:x"]
)
def test_no_other_name_is_let_in_and_the_answer_says_the_right_one(program: Program, host: str) -> None:
    answer = Program(program.resources, reach=PUBLIC).get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "https://kiban.example.org:8443/data" in answer.json()["mend"]


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("kiban.example.org:8443", "https://kiban.example.org:8443", 200),
        ("kiban.example.org", "https://kiban.example.org:8443", 200),  # a proxy may hand on the name alone
        ("kiban.example.org:8443", "http://kiban.example.org:8443", 403),
        ("kiban.example.org:8443", "https://kiban.example.org", 403),
        ("kiban.example.org:8443", "https://other.example.org:8443", 403),
        ("kiban.example.org:8443", "http://127.0.0.1:8443", 403),
        ("127.0.0.1:8420", "http://127.0.0.1:8420", 200),
        ("127.0.0.1:8420", "https://kiban.example.org:8443", 403),
        ("127.0.0.1:8420", "https://127.0.0.1:8420", 403),
    ],
)
def test_our_own_pages_are_those_of_the_address_that_was_asked(
    program: Program, host: str, origin: str, status: int
) -> None:
    somebody = Desk(local_asker(program.resources), program.resources)
    public = Program(program.resources, reach=PUBLIC, asks=somebody)
    headers = BYTES | {"host": host, "origin": origin}
    answer = public.ask("POST", "/api/v1/deposits", params={"name": "x.bin"}, content=b"\x00\x07", headers=headers)
    assert answer.status_code == status


def test_only_who_came_by_https_is_told_to_stay_there(program: Program) -> None:
    public = Program(program.resources, reach=PUBLIC)
    asked = {"host": "kiban.example.org:8443"}
    for path in ("/", "/nothing", "/static/kiban.css", "/api/v1/health"):
        assert public.get(path, headers=asked).headers["strict-transport-security"].startswith("max-age=")
        assert "strict-transport-security" not in public.get(path).headers
    plain = Program(program.resources, reach=Reach(base_url="http://localhost:9000"))
    assert "strict-transport-security" not in plain.get("/", headers={"host": "localhost:9000"}).headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, 200),  # a link
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "object"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, 403),
        ({"sec-fetch-site": "same-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 403),
        ({"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, 200),
        ({"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, 200),
        ({}, 200),
    ],
)
def test_pages_of_others_may_lead_here_but_show_nothing_of_ours(
    program: Program, headers: dict[str, str], status: int
) -> None:
    for path in ("/search?q=", "/api/v1/search?q=", "/static/kiban.css"):
        assert program.get(path, headers=headers).status_code == status
