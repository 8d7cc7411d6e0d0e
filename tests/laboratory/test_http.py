"""A laboratory over HTTP: a small one that the test runs on this machine."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kiban.errors import InvalidSetting, InvalidValue, NotReached
from kiban.laboratory.contract import Driver, Standing, Submission
from kiban.laboratory.http import DRIVER, HttpLaboratory
from kiban.testing.laboratory_suite import LaboratorySuite, a_submission

ID = a_submission().identity
PATH = f"/lab/submissions/{ID}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.server.asked.append((self.command, self.path, self.headers.get("Authorization"), body))
        code, content = self.server.answer(self.command, self.path, body)
        self.send_response(code)
        self.send_header("Content-Length", str(len(content)))
        if code == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_DELETE = _answer  # noqa: N815  as the library calls them

    def log_message(self, *_: Any) -> None: ...


class Server(ThreadingHTTPServer):
    """Keeps what it was given in a folder, as a real one would in its database."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder: Path | None = None
        self.asked: list[tuple[str, str, str | None, bytes]] = []
        self.said: dict[str, tuple[int, bytes]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/lab"

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if path in self.said:
            return self.said[path]
        assert self.folder is not None
        identity, _, rest = path.removeprefix("/lab/submissions/").partition("/")
        given, ended = self.folder / f"{identity}.given", self.folder / f"{identity}.ended"
        if method == "PUT":
            if not given.exists():
                given.write_bytes(body)
            return 202, b""
        if not given.exists():
            return 404, b"{}"
        if method == "DELETE":
            if ended.exists():
                return 409, b""
            ended.write_text("cancelled")
            return 204, b""
        status = ended.read_text() if ended.exists() else "running"
        if not rest:
            return 200, json.dumps({"identity": identity, "status": status}).encode()
        values = {"hardness": {"value": 2.5, "unit": "GPa"}}
        return 200, json.dumps({"identity": identity, "values": values}).encode()


@pytest.fixture(name="server")
def _server(tmp_path: Path) -> Iterator[Server]:
    server = Server()
    server.folder = tmp_path
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class TestContract(LaboratorySuite):
    @pytest.fixture(autouse=True)
    def _served(self, server: Server) -> None:
        self.server = server

    def make_driver(self) -> Driver:
        return DRIVER

    def make_settings(self, folder: Path) -> Mapping[str, Any]:
        return {"url": self.server.url}

    def finish(self, folder: Path, submission: Submission) -> None:
        (folder / f"{submission.identity}.ended").write_text("done")


@pytest.fixture(name="laboratory")
def _laboratory(server: Server, tmp_path: Path) -> HttpLaboratory:
    (tmp_path / "token").write_text("s3cret\n")
    return DRIVER.connect({"url": f"{server.url}/", "token_file": "token"}, folder=tmp_path)


def test_what_to_do_is_sent_once_with_the_token(server: Server, laboratory: HttpLaboratory) -> None:
    laboratory.submit(a_submission())
    [(method, path, token, body)] = server.asked
    assert (method, path, token) == ("PUT", PATH, "Bearer s3cret")
    assert json.loads(body)["set"]["temperature"] == {"value": 450.0, "unit": "K"}


def test_a_file_is_taken_if_it_is_whole(server: Server, laboratory: HttpLaboratory) -> None:
    content = b"10 1\n11 2\n"
    file = {"name": "scan 7.xy", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    server.said = {
        PATH: (200, json.dumps({"identity": ID, "status": "done"}).encode()),
        f"{PATH}/result": (200, json.dumps({"identity": ID, "file": file}).encode()),
        f"{PATH}/files/scan%207.xy": (200, content[:-1]),
    }
    with pytest.raises(NotReached, match="came with 9 bytes"):
        laboratory.result(ID)
    server.said[f"{PATH}/files/scan%207.xy"] = (200, content)
    found = laboratory.result(ID).file
    assert found is not None
    assert (found.name, found.content) == ("scan 7.xy", content)


@pytest.mark.parametrize(
    ("code", "content", "error", "said"),
    [
        (500, b"", NotReached, "answered with 500"),
        (503, b"", NotReached, "answered with 503"),
        (429, b"", NotReached, "answered with 429"),
        (401, b"", InvalidSetting, "token"),
        (403, b"", InvalidSetting, "token"),
        (400, b"", InvalidValue, "answered with 400"),
        (302, b"", InvalidValue, "answered with 302"),
        (200, b"<html>", InvalidValue, "no JSON"),
        (200, b"[]", InvalidValue, "one of: waiting"),
        (200, json.dumps({"identity": ID, "status": "unknown"}).encode(), InvalidValue, "one of: waiting"),
        (200, json.dumps({"identity": "other", "status": "done"}).encode(), InvalidValue, "one of: waiting"),
        (200, json.dumps({"identity": ID, "status": ["done"]}).encode(), InvalidValue, "one of: waiting"),
        (200, b"[" * 100_000, InvalidValue, "no JSON"),
        (200, b" " * (2 << 20), InvalidValue, "more than"),
    ],
)
def test_other_answers_are_told(
    server: Server, laboratory: HttpLaboratory, code: int, content: bytes, error: type[Exception], said: str
) -> None:
    server.said = {PATH: (code, content)}
    with pytest.raises(error, match=said):
        laboratory.status(ID)
    assert len(server.asked) == 1


@pytest.mark.parametrize("values", ['{"hardness": {"value": 1%s, "unit": "GPa"}}' % ("0" * 400)])
def test_a_number_beyond_all_numbers_is_told(server: Server, laboratory: HttpLaboratory, values: str) -> None:
    server.said = {
        PATH: (200, json.dumps({"identity": ID, "status": "done"}).encode()),
        f"{PATH}/result": (200, f'{{"identity": "{ID}", "values": {values}}}'.encode()),
    }
    with pytest.raises(InvalidValue, match=r"values\.hardness has the value 1000"):
        laboratory.result(ID)


def test_an_answer_that_comes_drop_by_drop_or_ends_too_soon_is_none(tmp_path: Path) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    drops = threading.Event()

    def serve() -> None:
        for is_slow in (True, False):
            connection, _ = listening.accept()
            with connection:
                connection.recv(10_000)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
                while is_slow and not drops.wait(0.05):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        break

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    laboratory = DRIVER.connect({"url": url, "timeout_s": 0.3}, folder=tmp_path)
    try:
        with pytest.raises(NotReached, match=r"not whole after 0\.3 s"):
            laboratory.status(ID)
        with pytest.raises(NotReached, match="has no answer"):
            laboratory.status(ID)
    finally:
        drops.set()
        thread.join()
        listening.close()


def test_an_address_without_that_path_is_no_laboratory(server: Server, laboratory: HttpLaboratory) -> None:
    server.said = {PATH: (404, b"no such page")}
    assert laboratory.status(ID) is Standing.UNKNOWN
    with pytest.raises(InvalidValue, match="answered with 404"):
        laboratory.submit(a_submission())


def test_nobody_there_is_not_reached(server: Server, tmp_path: Path) -> None:
    gone = Server()
    gone.server_close()
    laboratory = DRIVER.connect({"url": gone.url, "timeout_s": 1}, folder=tmp_path)
    for deed in (laboratory.status, laboratory.cancel):
        with pytest.raises(NotReached, match="has no answer"):
            deed(ID)


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "ftp://example.org"},
        {"url": "file:///etc/passwd"},
        {"url": "http://"},
        {"url": "http://example.org:x"},
        {"url": "http://example.org/?a=1"},
        {"url": "http://user:word@example.org"},
        {"url": "http://example.org/a b"},
        {"url": 3},
        {"token_file": "none"},
        {"token_file": "two"},
        {"timeout_s": 0},
    ],
)
def test_settings_that_cannot_be_used_are_named(tmp_path: Path, changed: dict[str, Any]) -> None:
    (tmp_path / "two").write_text("a b\n")
    with pytest.raises(InvalidSetting, match=next(iter(changed))):
        DRIVER.connect({"url": "https://example.org/lab", **changed}, folder=tmp_path)
