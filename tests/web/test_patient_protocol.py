from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

SERVER = """
import sys
from pathlib import Path
import kiban.web.patient_protocol as protocol
from kiban.compute.fence import Fence
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform
from kiban.operations.who_is import Visitor
from kiban.testing.memory_platform import owner_of
from kiban.web import application
from kiban.web.serve import serve

protocol.HEAD_S, protocol.MOST_CONNECTIONS = 1.5, 20
fence = Fence(n_workers=1)
resources = memory_platform(ObjectFolder(Path(sys.argv[1])), fence)
application.receive = lambda request: Visitor(asker=owner_of(resources))
serve(resources, host="127.0.0.1", port=0, on_ready=lambda address: print(address, flush=True))
fence.close()
"""
HEALTH = b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture(name="port", scope="module")
def _port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    command = [sys.executable, "-P", "-c", SERVER, str(tmp_path_factory.mktemp("patience") / "objects")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield urlsplit(process.stdout.readline().strip()).port or 0
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=20)
            assert "Traceback" not in said
        finally:
            process.kill()


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def _answer(connection: socket.socket) -> bytes:
    """An answer in JSON, to its end."""
    found = b""
    while not found.endswith(b"}"):
        piece = connection.recv(10_000)
        assert piece, found
        found += piece
    return found


def _is_hung_up(connection: socket.socket) -> bool:
    try:
        return connection.recv(10_000) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("begun", [b"", b"G", HEALTH, HEALTH + b"X-Slow: "])
def test_who_does_not_finish_asking_is_hung_up_on(port: int, begun: bytes) -> None:
    with _connected(port) as connection:
        connection.sendall(begun)
        assert _is_hung_up(connection)


def test_a_byte_now_and_then_does_not_help(port: int) -> None:
    with _connected(port) as connection:
        connection.sendall(HEALTH)
        n_sent = 0
        try:
            for _ in range(200):
                connection.sendall(b"X: y\r\n")
                n_sent += 1
                time.sleep(0.1)
        except ConnectionError:
            pass
        assert 0 < n_sent < 200


def test_who_asks_again_on_the_same_connection_has_the_same_time(port: int) -> None:
    with _connected(port) as connection:
        connection.sendall(HEALTH + b"\r\n")
        assert _answer(connection).startswith(b"HTTP/1.1 200")
        connection.sendall(HEALTH)
        assert _is_hung_up(connection)


def test_a_body_may_take_longer_than_a_head(port: int) -> None:
    with _connected(port) as connection:
        head = b"POST /api/v1/deposits?name=slow.bin HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n"
        connection.sendall(head + b"Content-Type: application/octet-stream\r\n\r\n")
        for byte in b"\x01\x02\x03\x04\x05":
            time.sleep(0.5)
            connection.sendall(bytes([byte]))
        assert _answer(connection).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("line", [b"X-Long: %s\r\n" % (b"x" * 140_000), b"X: y\r\n" * 101, b"\x00\x01\r\n"])
def test_too_long_and_broken_heads_are_refused_with_the_headers_of_every_answer(port: int, line: bytes) -> None:
    with _connected(port) as connection:
        try:
            connection.sendall(HEALTH + line + b"\r\n")
        except ConnectionError:
            pytest.skip("the server hung up before all was sent")
        answer = connection.recv(10_000)
        assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431"))
        assert b"content-security-policy: default-src 'none'" in answer
        assert b"x-content-type-options: nosniff" in answer


def test_more_connections_than_there_is_room_for_are_hung_up_on_and_the_others_served(port: int) -> None:
    held = [_connected(port) for _ in range(20)]
    try:
        held[0].sendall(HEALTH + b"\r\n")
        assert _answer(held[0]).startswith(b"HTTP/1.1 200")
        with _connected(port) as one_more:
            assert _is_hung_up(one_more)
    finally:
        for connection in held:
            connection.close()
    time.sleep(0.2)
    with _connected(port) as later:
        later.sendall(HEALTH + b"\r\n")
        assert _answer(later).startswith(b"HTTP/1.1 200")
