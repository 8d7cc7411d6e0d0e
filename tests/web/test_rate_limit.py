from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from ipaddress import ip_network
from typing import Any

import pytest

from kiban.web.rate_limit import FOR_AN_ADDRESS, SHARES, RateLimit, credential_mark, site
from kiban.web.reach import Reach
from kiban.web.request_kind import RequestKind, request_kind

from .conftest import Program
from .test_token_buckets import Clock


class Counted:
    """An application behind the limit, and what is answered."""

    def __init__(self, clock: Callable[[], float], per_minute: int = 400, **reach: Any) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        self._limit = RateLimit(app, reach=Reach(requests_per_minute=per_minute, **reach), clock=clock)

    def ask(
        self,
        path: str = "/records/1",
        method: str = "GET",
        headers: Iterable[tuple[str, str]] = (),
        client: str = "192.0.2.7",
    ) -> tuple[int, dict[str, str], bytes]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {
            "type": "http", "method": method, "path": path, "client": (client, 9), "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers],
        }  # fmt: skip
        asyncio.run(self._limit(scope, receive, send))
        [start, body] = sent
        return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body["body"]

    def n_answered(self, n: int, **asked: Any) -> int:
        """How many of n are let through."""
        return sum(self.ask(**asked)[0] == 200 for _ in range(n))


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/static/kiban.css", RequestKind.FREE),
        ("GET", "/", RequestKind.READING),
        ("GET", "/login", RequestKind.READING),
        ("GET", "/api/v1/records/kb:1", RequestKind.READING),
        ("GET", "/api/v1/files/0/content", RequestKind.READING),
        ("POST", "/login", RequestKind.LOGIN),
        ("POST", "/login/second-factor", RequestKind.LOGIN),
        ("POST", "/api/v1/login", RequestKind.LOGIN),
        ("POST", "/login/once/abc", RequestKind.LOGIN),
        ("POST", "/account/password", RequestKind.LOGIN),
        ("POST", "/account/codes/confirm", RequestKind.LOGIN),
        ("POST", "/account/tokens", RequestKind.WRITING),
        ("POST", "/login-book", RequestKind.WRITING),
        ("POST", "/api/v1/deposits", RequestKind.WRITING),
        ("PATCH", "/api/v1/samples/kb:1", RequestKind.WRITING),
        ("GET", "/search", RequestKind.EXPENSIVE),
        ("GET", "/api/v1/search", RequestKind.EXPENSIVE),
        ("GET", "/api/v1/tables", RequestKind.EXPENSIVE),
        ("GET", "/api/v1/labels/texts", RequestKind.EXPENSIVE),
        ("GET", "/api/v1/records/kb:1/export", RequestKind.EXPENSIVE),
        ("POST", "/api/v1/files/0/readings", RequestKind.EXPENSIVE),
        ("GET", "/templates/kb:1/spreadsheet.xlsx", RequestKind.EXPENSIVE),
    ],
)
def test_requests_are_told_apart(method: str, path: str, kind: RequestKind) -> None:
    assert request_kind(method, path) is kind


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/records/1"), ("POST", "/deposit"), ("GET", "/search"), ("POST", "/login")]
)
def test_each_kind_has_a_rate_of_its_own(method: str, path: str) -> None:
    counted = Counted(Clock())
    share = SHARES[request_kind(method, path)]
    assert counted.n_answered(1000, method=method, path=path) == 400 * share
    assert counted.ask("/static/kiban.css")[0] == 200
    others = [(m, p) for m, p in (("GET", "/"), ("POST", "/deposit"), ("POST", "/login")) if p != path]
    for other_method, other_path in others:
        if request_kind(other_method, other_path) is not request_kind(method, path):
            assert counted.ask(other_path, other_method)[0] == 200


def test_a_token_is_counted_wherever_it_comes_from() -> None:
    counted = Counted(Clock())
    n = sum(
        counted.ask(headers=[("authorization", "Bearer kbt_a")], client=f"192.0.2.{machine}")[0] == 200
        for machine in range(1, 101)
        for _ in range(10)
    )
    assert n == 400


def test_made_up_credentials_are_counted_by_their_machine() -> None:
    counted = Counted(Clock())
    n = sum(counted.ask(headers=[("cookie", f"kiban_session=made-up-{n}")])[0] == 200 for n in range(5000))
    assert n == 400 * FOR_AN_ADDRESS


def test_made_up_credentials_give_no_more_tries_to_log_in() -> None:
    counted = Counted(Clock())
    n = sum(
        counted.ask("/login", "POST", headers=[("authorization", f"Bearer {n}"), ("x-forwarded-for", f"10.0.0.{n}")])[0]
        == 200
        for n in range(200)
    )
    assert n == 400 * SHARES[RequestKind.LOGIN]


def test_people_behind_one_proxy_of_their_own_do_not_stand_in_each_other_s_way() -> None:
    counted = Counted(Clock())
    for person in range(FOR_AN_ADDRESS):
        assert counted.n_answered(400, headers=[("cookie", f"kiban_session={person}")]) == 400


def test_behind_a_named_proxy_machines_are_told_apart() -> None:
    for trusted, n_expected in (((ip_network("127.0.0.1"),), 800), ((), 400)):
        counted = Counted(Clock(), trusted_proxies=trusted)
        n = sum(
            counted.n_answered(500, client="127.0.0.1", headers=[("x-forwarded-for", each)])
            for each in ("192.0.2.1", "192.0.2.2")
        )
        assert n == n_expected


def test_the_answer_says_when_to_come_again_and_then_there_is_one() -> None:
    clock = Clock()
    counted = Counted(clock, per_minute=6)
    assert counted.n_answered(6) == 6
    status, headers, body = counted.ask(headers=[("accept-language", "ja")])
    assert (status, headers["retry-after"]) == (429, "10")
    assert "アクセスが集中しています" in body.decode()  # a page for people, in their language
    status, headers, body = counted.ask("/api/v1/records/1")
    assert headers["content-type"] == "application/problem+json"
    assert b"TooManyRequests" in body
    clock.now_s += 10
    assert counted.ask()[0] == 200


def test_credentials_are_kept_as_hashes() -> None:
    for header in ((b"authorization", b"Bearer kbt_secret"), (b"cookie", b"a=b; kiban_session=secret; c=d")):
        mark = credential_mark({"headers": [header]})
        assert mark is not None
        assert len(mark) == 32
        assert b"secret" not in mark
    one = credential_mark({"headers": [(b"cookie", b"kiban_session=1; theme=a")]})
    assert one == credential_mark({"headers": [(b"cookie", b"theme=b; kiban_session=1")]})
    assert credential_mark({"headers": [(b"cookie", b"theme=b")]}) is None


def test_a_machine_with_many_addresses_is_one() -> None:
    assert site("2001:db8::1") == site("2001:db8::ffff:1") != site("2001:db8:0:1::1")
    assert site("192.0.2.1") != site("192.0.2.2")


def test_the_application_counts_where_it_is_told_to(program: Program) -> None:
    counted = Program(program.resources, reach=Reach(requests_per_minute=5))
    answers = [counted.get("/") for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert "default-src" in answers[-1].headers["content-security-policy"]
    assert counted.get("/static/kiban.css").status_code == 200
    uncounted = Program(program.resources)
    assert {uncounted.get("/about/api").status_code for _ in range(30)} == {200}
