"""Busy, silent and broken platforms, and what the client makes of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kiban import errors
from kiban.client import Client, connect
from kiban.client.faults import said
from kiban.errors import KibanError
from kiban.web.problem import of_error

BUSY = {"error": "TooManyRequests", "fault": "There were more requests.", "mend": "Try again in 3 s."}
GONE = {"error": "DatabaseUnavailable", "fault": "PostgreSQL does not answer.", "mend": "Try again."}


class Platform:
    """Gives answers in turn, and keeps what was asked and how long was waited."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, str, bytes]] = []
        self.waited: list[float] = []

    def client(self, **options: Any) -> Client:
        transport = httpx.MockTransport(self._answer)
        return connect("http://127.0.0.1:1", transport=transport, sleep=self.waited.append, **options)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, request.url.path, request.read()))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def _health() -> httpx.Response:
    return httpx.Response(200, json={"status": "ok", "version": "1"})


def test_a_busy_platform_is_asked_again_when_it_says() -> None:
    platform = Platform(
        httpx.Response(429, json=BUSY, headers={"retry-after": "3"}), httpx.Response(503, json=GONE), _health()
    )
    assert platform.client().version() == "1"
    assert platform.waited == [3.0, 1.0]


def test_a_proxy_that_does_not_reach_the_platform_is_asked_again() -> None:
    away = [httpx.Response(status, text="<html>Bad Gateway</html>") for status in (502, 504)]
    platform = Platform(*away, _health())
    assert platform.client().version() == "1"
    assert platform.waited == [0.5, 1.0]
    still = Platform(*(httpx.Response(502, text="<html>Bad Gateway</html>") for _ in range(2)))
    with pytest.raises(errors.NotReached, match="502"):
        still.client(attempts=2).version()
    made = Platform(httpx.Response(502, text="<html>Bad Gateway</html>"))
    with pytest.raises(errors.NotReached):  # it may have been done
        made.client().new_sample("S")
    assert made.waited == []


def test_patience_ends() -> None:
    platform = Platform(*(httpx.Response(429, json=BUSY, headers={"retry-after": "1"}) for _ in range(3)))
    with pytest.raises(errors.TooManyRequests, match="more requests"):
        platform.client(attempts=3).version()
    assert platform.waited == [1.0, 1.0]
    long = Platform(httpx.Response(429, json=BUSY, headers={"retry-after": "3600"}))
    with pytest.raises(errors.TooManyRequests):
        long.client().version()
    assert long.waited == []


def test_what_may_have_been_done_is_not_sent_again() -> None:
    for begun in (httpx.Response(503, json=GONE), httpx.ReadTimeout("silent")):
        platform = Platform(begun)
        with pytest.raises((errors.DatabaseUnavailable, errors.NotReached)):
            platform.client().new_sample("S")
        assert platform.waited == []
    made = httpx.Response(200, json={"id": "kb:7Q4M-2KXD-98"})
    platform = Platform(
        httpx.Response(429, json=BUSY, headers={"retry-after": "2"}),
        httpx.ConnectError("refused"),
        made,
        httpx.Response(200, json={"id": "kb:7Q4M-2KXD-98", "kind": "sample"}),
    )
    assert platform.client().new_sample("S").id == "kb:7Q4M-2KXD-98"
    assert [method for method, *_ in platform.asked] == ["POST", "POST", "POST", "GET"]


def test_a_file_is_sent_again_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 700_000)
    outcome = {"path": "a.csv", "status": "kept", "later_field": 1}
    platform = Platform(httpx.ReadError("broken"), httpx.Response(503, json=GONE), httpx.Response(200, json=outcome))
    assert platform.client().deposit(path).status == "kept"
    assert [body for *_, body in platform.asked] == [path.read_bytes()] * 3


def _body(*pieces: bytes, ends: Exception | None = None) -> Callable[[], Iterator[bytes]]:
    def pieces_of() -> Iterator[bytes]:
        yield from pieces
        if ends is not None:
            raise ends

    return pieces_of


@pytest.mark.parametrize(
    ("pieces", "ends"),
    [
        ((b'{"id":1}\n{"id":2}\n',), None),  # a proxy closed the body as if it were whole
        ((b'{"id":1}\n', b'{"end":true,"rows":2}\n'), None),
        ((b'{"id":1}\n{"i',), httpx.RemoteProtocolError("peer closed connection")),
        ((), None),
        ((b'{"id":1}\n{"end":true,"rows":1}',), None),
    ],
)
def test_a_stream_that_does_not_say_that_it_is_whole_is_cut_short(
    pieces: tuple[bytes, ...], ends: Exception | None, tmp_path: Path
) -> None:
    def answers() -> httpx.Response:
        return httpx.Response(200, content=_body(*pieces, ends=ends)())

    with pytest.raises(errors.CutShort):
        list(Platform(answers()).client().records())
    if pieces[-1:] != (b'{"end":true,"rows":2}\n',):
        with pytest.raises(errors.CutShort):
            Platform(answers()).client().save_records("", tmp_path / "a.jsonl", form="jsonl")
    assert list(tmp_path.iterdir()) == []


def test_lines_are_whole_however_the_bytes_come() -> None:
    text = b'{"id":"\xe8\xa9\xa6"}\n{"id":"b"}\n{"end":true,"rows":2}\n'
    for size in (1, 2, 5, 100):
        pieces = [text[i : i + size] for i in range(0, len(text), size)]
        platform = Platform(httpx.Response(200, content=_body(*pieces)()))
        assert list(platform.client().records()) == [{"id": "試"}, {"id": "b"}]


def test_what_is_no_kiban_is_told() -> None:
    with pytest.raises(errors.NotReached, match="is no Kiban"):
        Platform(httpx.Response(200, html="<html>")).client().version()
    with pytest.raises(KibanError, match="status 502"):
        Platform(httpx.Response(502, html="<html>")).client(attempts=1).version()


def _every(kind: type[KibanError]) -> Iterator[type[KibanError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from _every(below)


def _made(kind: type[KibanError]) -> KibanError:
    known = {
        errors.RecordNotFound: lambda: errors.RecordNotFound("kb:7Q4M-2KXD-98"),
        errors.TooManyAttempts: lambda: errors.TooManyAttempts(7.0),
        errors.ProviderUnavailable: lambda: errors.ProviderUnavailable("GakuNin", "silence"),
        errors.MissingExtra: lambda: errors.MissingExtra("Writing Parquet", extra="parquet"),
        errors.InvalidForm: lambda: errors.InvalidForm("a: b.", mend="c.", places={"a": "b"}),
        errors.InvalidQuestion: lambda: errors.InvalidQuestion("a.", mend="b.", position=3),
    }
    return known[kind]() if kind in known else kind("a.", mend="b.")  # type: ignore[operator,abstract,no-any-return]


@pytest.mark.parametrize(
    "kind", sorted(set(_every(KibanError)), key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__
)
def test_every_error_arrives_as_itself(kind: type[KibanError]) -> None:
    error = _made(kind)
    problem = of_error(error)
    arrived = said(problem.as_json(), problem.status)
    assert type(arrived) is kind
    assert (str(arrived), arrived.fault, arrived.mend) == (str(error), error.fault, error.mend)
    assert {k: v for k, v in vars(arrived).items() if k != "wait_s"} == {
        k: v for k, v in vars(error).items() if k != "wait_s"
    }


def test_an_error_of_a_later_server_is_of_the_family_of_its_status() -> None:
    arrived = said({"error": "Paradox", "fault": "It is.", "mend": "Wait."}, 409)
    assert type(arrived) is errors.Conflict
    assert str(arrived) == "It is. Wait."
    assert type(said({"error": "__name__"}, 500)) is KibanError
    assert type(said({"error": "annotations"}, 418)) is KibanError


@pytest.mark.parametrize("address", ["kiban", "ftp://a", "http://", "http://u:p@host", "http://a/?q=1"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(errors.WrongUsage, match="no address"):
        connect(address)


def test_a_token_does_not_go_in_the_clear() -> None:
    with pytest.raises(errors.WrongUsage, match="unencrypted"):
        connect("http://kiban.example.org", token="secret")
    for address in ("https://kiban.example.org", "http://localhost:8420", "http://[::1]:8420"):
        client = connect(address, token="secret")
        assert "secret" not in repr(client) + repr(vars(client))
        client.close()


def test_the_token_does_not_follow_where_somebody_else_leads() -> None:
    platform = Platform(httpx.Response(302, headers={"location": "http://elsewhere.example.org/"}))
    with pytest.raises(errors.NotReached):
        platform.client(token="secret").version()
    assert len(platform.asked) == 1


def test_the_client_has_no_state_of_the_module() -> None:
    import kiban.client.client as module

    assert not [name for name, value in vars(module).items() if isinstance(value, httpx.Client | Client)]
    assert inspect.signature(connect).parameters["token"].default is None
