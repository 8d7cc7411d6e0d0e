"""A whole journey with the logs of every library open: what was sent and what records hold stands in none of them."""

from __future__ import annotations

import io
import logging
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest

from kiban.errors import RecordNotFound
from kiban.web.mistakes import described

from .conftest import BYTES, Program

TOKEN, SESSION, PASSWORD, VALUE, SAMPLE = (
    "kbt_tokenXq7", "sessionXq7", "passwordXq7", "73.914159", "sampleXq7",
)  # fmt: skip
SECRETS = (TOKEN, SESSION, PASSWORD, VALUE, SAMPLE, "questionXq7", "codeXq7", "messageXq7")
OURS = {"origin": "http://127.0.0.1:8420"}
FILE = f"Temperature (K),Resistance (ohm)\n1,{VALUE}\n2,{VALUE}\n3,5\n".encode()

SERVER = """
import logging, sys
logging.basicConfig(level=1, stream=sys.stderr)
from pathlib import Path
import kiban.web.pages.home
from kiban.compute.fence import Fence
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform
from kiban.web.reach import Reach
from kiban.web.serve import serve

def broken(*given):
    try:
        int("messageXq7")
    except ValueError as e:
        raise LookupError("messageXq7", given) from e

kiban.web.pages.home.home = broken
fence = Fence(n_workers=1)
resources = memory_platform(ObjectFolder(Path(sys.argv[1])), fence)
# The token is that of the person at the machine; other credentials are looked up, and are not good.
from kiban.operations.who_is import Visitor
from kiban.testing.memory_platform import owner_of
from kiban.web import application, asker
def receive(request):
    is_known = "tokenXq7" in request.headers.get("authorization", "")
    return Visitor(asker=owner_of(resources)) if is_known else asker.receive(request)

application.receive = receive
serve(resources, host="127.0.0.1", port=0, on_ready=lambda address: print(address, flush=True),
      reach=Reach(requests_per_minute=60, largest_upload_bytes=5000))
fence.close()
"""


def _journey(client: httpx.Client) -> list[int]:
    """Everything a person or a program may send, right and wrong."""
    secret = {"authorization": f"Bearer {TOKEN}"}
    session = {"cookie": f"kiban_session={SESSION}"}
    question = quote(f'resistance = {VALUE} AND sample = "{SAMPLE}"')
    answers = [
        client.get("/login"),
        client.get("/login/once/codeXq7"),
        client.post("/login/once/codeXq7", headers=OURS),
        client.get("/api/v1/search", headers={"authorization": "Bearer kbt_passwordXq7"}),
        client.post("/login", data={"name": "operator", "password": PASSWORD, "code": "codeXq7"}, headers=OURS),
        client.post("/login", data={"password": PASSWORD}, headers={"origin": f"https://{PASSWORD}.example"}),
        client.post(f"/api/v1/deposits?name={SAMPLE}.csv&sample={SAMPLE}", content=FILE, headers=BYTES | secret),
        client.get(f"/api/v1/search?q={question}", headers=secret),
        client.get(f"/search?q={question}", headers=session),
        client.get(f"/api/v1/search?q={quote('questionXq7 = (')}", headers=secret),
        client.get(f"/records/{SAMPLE}?token={TOKEN}", headers=session),
        client.post("/api/v1/samples", json={"name": SAMPLE, "questionXq7": VALUE}, headers=secret),
        client.post("/api/v1/samples", content=f"{{{VALUE}".encode(), headers={"content-type": "application/json"}),
        client.post("/api/v1/deposits?name=large", content=VALUE.encode() * 5000, headers=BYTES | session | OURS),
        client.get("/api/v1/labels?size=" + SAMPLE, headers=secret),
        client.get(f"/?q=questionXq7&token={TOKEN}", headers=secret | session),
        client.get("/", headers={"host": f"{SESSION}.example"}),
    ]
    return [answer.status_code for answer in answers]


@pytest.fixture(name="logged")
def _logged() -> Iterator[io.StringIO]:
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    # What the program that asks logs is another matter.
    handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore")))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(1)
    yield said
    root.removeHandler(handler)
    root.setLevel(before)


def test_a_server_that_says_all_it_can_says_no_secret(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-c", SERVER, str(tmp_path / "objects")]
    log = tmp_path / "log"
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            port = urlsplit(address).port
            OURS["origin"] = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=address, timeout=60) as client:
                statuses = _journey(client)
                assert {200, 401, 403, 404, 413, 421, 422, 500} <= set(statuses)
                assert 429 in {client.get(f"/about/api?x={SAMPLE}").status_code for _ in range(80)}
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(f"GET /{TOKEN} HTTP/9.9\r\n{SESSION}\r\n\r\n".encode())
                assert b" 400 " in connection.recv(1000)
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=20)
        finally:
            process.kill()
    said = log.read_text()
    assert "a request by GET failed: builtins.LookupError at" in said
    assert "because of builtins.ValueError at" in said
    assert [secret for secret in SECRETS if secret in said + out] == []
    assert "Traceback" not in said


def test_in_this_process_no_logger_says_a_secret(empty: Program, logged: io.StringIO) -> None:
    empty.deposit(f"{SAMPLE}.csv", FILE, sample=SAMPLE)
    for path in ("/search?q=questionXq7%20%3D", f"/records/{SAMPLE}", f"/api/v1/search?q={VALUE}"):
        empty.get(path, headers={"authorization": f"Bearer {TOKEN}", "cookie": f"kiban_session={SESSION}"})
    assert [secret for secret in SECRETS if secret in logged.getvalue()] == []


def test_the_watch_would_hear_one(logged: io.StringIO) -> None:
    logging.getLogger("kiban.anything").debug("the value is %s", VALUE)
    assert VALUE in logged.getvalue()


def test_a_mistake_is_told_by_its_kinds_and_places() -> None:
    try:
        try:
            raise RecordNotFound("kb:secret")
        except RecordNotFound as e:
            raise KeyError("secret") from e
    except KeyError as e:
        told = described(e)
    assert "secret" not in told.replace("test_log_says_no_secrets", "")
    assert told.startswith("builtins.KeyError at tests/web/test_log_says_no_secrets.py:")
    assert "; because of kiban.errors.RecordNotFound at " in told
    assert "test_a_mistake_is_told_by_its_kinds_and_places" in told
