from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from kiban.errors import InvalidSetting
from kiban.web.serve import bind, check_host, is_loopback

SERVER = """
import sys
from pathlib import Path
from kiban.compute.fence import Fence
from kiban.store.object_folder import ObjectFolder
from kiban.testing.memory_platform import memory_platform
from kiban.web.serve import serve

fence, objects = Fence(n_workers=1), ObjectFolder(Path(sys.argv[1]))
resources = memory_platform(objects, fence)
serve(resources, host=sys.argv[2], port=0, on_ready=lambda address: print(address, flush=True))
fence.close()
print("ended", [path.name for path in (Path(sys.argv[1]) / "tmp").iterdir()], list(objects.checksums()), flush=True)
"""


@pytest.fixture(name="server", params=["127.0.0.1", "localhost", "::1"])
def _server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    if request.param == "::1" and not _has_ipv6():
        pytest.skip("waits for a machine with IPv6")
    command = [sys.executable, "-P", "-c", SERVER, str(tmp_path / "objects"), request.param]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_answers_are_sent_without_delay(host: str) -> None:
    # Over a connection that is kept, the body of each answer would wait 40 ms for its head to be acknowledged.
    if host == "::1" and not _has_ipv6():
        pytest.skip("waits for a machine with IPv6")

    async def accepted() -> list[int]:
        found: asyncio.Queue[int] = asyncio.Queue()

        class Told(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                of = transport.get_extra_info("socket")
                found.put_nowait(of.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

        with bind(host, 0) as listener:
            async with await asyncio.get_running_loop().create_server(Told, sock=listener):
                _, writer = await asyncio.open_connection(*listener.getsockname()[:2])
                told = [await found.get()]
                writer.close()
                await writer.wait_closed()
        return told

    [no_delay] = asyncio.run(accepted())
    assert no_delay


def test_it_answers_under_the_address_it_says_and_stops_with_connections_open(
    server: tuple[subprocess.Popen[str], str],
) -> None:
    process, address = server
    with httpx.Client(base_url=address, headers={"connection": "keep-alive"}) as client:
        assert client.get("/api/v1/health").json()["status"] == "ok"
        process.send_signal(signal.SIGTERM)
        out, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out.startswith("ended [] []")
    assert said == ""


@pytest.mark.parametrize("server", ["127.0.0.1"], indirect=True)
def test_an_upload_that_never_ends_is_answered_and_leaves_nothing(server: tuple[subprocess.Popen[str], str]) -> None:
    process, address = server
    port = urlsplit(address).port
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = f"POST /api/v1/deposits?name=a.bin HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        connection.sendall(f"{head}Content-Type: application/octet-stream\r\nContent-Length: 9000000\r\n\r\n".encode())
        connection.sendall(bytes(6_000_000))
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert connection.recv(12) == b"HTTP/1.1 503"
        out, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out.startswith("ended [] []")
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("192.168.1.7", False),
        ("::", False),
        ("", False),
        ("example.org", False),
        ("localhost.example.org", False),
    ],
)
def test_without_a_base_address_only_this_machine_is_served(host: str, answer: bool) -> None:
    assert is_loopback(host) is answer
    if answer:
        check_host(host, None)
    else:
        with pytest.raises(InvalidSetting, match="KIBAN_BASE_URL is not set"):
            check_host(host, None)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "192.168.1.7"])  # noqa: S104
def test_beyond_this_machine_the_base_address_has_to_be_encrypted(host: str) -> None:
    check_host(host, "https://kiban.example.org")
    check_host(host, "http://localhost:8080")
    check_host(host, "http://127.0.0.1:8080")
    for plain in ("http://kiban.example.org", "http://127.0.0.1.example.org", "http://192.168.1.7:8420"):
        with pytest.raises(InvalidSetting, match="not encrypted"):
            check_host(host, plain)


def test_a_port_that_is_taken_is_told() -> None:
    with bind("127.0.0.1", 0) as taken, pytest.raises(InvalidSetting, match="cannot be used"):
        bind("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_be_is_told(port: int) -> None:
    with pytest.raises(InvalidSetting, match="There is no port"):
        bind("127.0.0.1", port)
