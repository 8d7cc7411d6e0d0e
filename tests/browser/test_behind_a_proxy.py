"""A laboratory as it is served: another name, https ended by a reverse proxy, a real browser."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import json
import os
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .conftest import _ARGUMENTS, Watched

pytestmark = pytest.mark.browser

NAME = "kiban.example.org"
PROXY = ipaddress.ip_address("127.0.0.1")


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class Proxy:
    """Ends TLS, and says for whom it asks: one request on a connection, as the head of each has to be changed."""

    def __init__(self, certificate: Path) -> None:
        self.to = 0
        """The port of Kiban."""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(20)

    async def _stop(self) -> None:
        self._server.close()
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await asyncio.sleep(0.2)  # what was closed is told so in the next turns of the loop

    async def _serve(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        writers = [to_near]
        up: asyncio.Future[None] | None = None
        try:
            far, to_far = await asyncio.open_connection("127.0.0.1", self.to)
            writers.append(to_far)
            head = (await near.readuntil(b"\r\n\r\n"))[:-4]
            lines = [each for each in head.split(b"\r\n") if not each.lower().startswith(b"connection:")]
            client = to_near.get_extra_info("peername")[0]
            lines += [b"Connection: close", b"X-Forwarded-For: " + client.encode()]
            to_far.write(b"\r\n".join(lines) + b"\r\n\r\n")
            up = asyncio.ensure_future(_copy(near, to_far))
            await _copy(far, to_near)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            if up is not None:
                up.cancel()
            for writer in writers:
                writer.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while piece := await source.read(65536):
        target.write(piece)
        await target.drain()


@pytest.fixture(name="served", scope="module")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any]]]:
    """The public address, and what `kiban up` said."""
    folder = tmp_path_factory.mktemp("proxy")
    proxy = Proxy(_certificate(folder))
    public = f"https://{NAME}:{proxy.port}"
    command = [sys.executable, "-P", "-m", "kiban.cli.main", "up", "--port", "0", "--home", str(folder / "home")]
    environment = os.environ | {"KIBAN_BASE_URL": public, "KIBAN_TRUSTED_PROXIES": str(PROXY)}
    with subprocess.Popen(
        [*command, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            proxy.to = int(said["address"].rstrip("/").rpartition(":")[2])
            yield public, said
            process.terminate()
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()
            proxy.close()


def test_people_log_in_deposit_and_log_out_under_the_public_name(
    served: tuple[str, dict[str, Any]], new_table: Path
) -> None:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("waits for Chromium (Debian's package chromium)")
    from playwright.sync_api import sync_playwright

    public, said = served
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            chromium_sandbox=os.geteuid() != 0,
            args=[*_ARGUMENTS, f"--host-resolver-rules=MAP {NAME} {PROXY}"],
        )
        context = browser.new_context(ignore_https_errors=True, locale="en")
        watched = Watched(context.new_page(), public + "/")
        page = watched.go("/")
        answer = page.request.get(f"{said['address']}api/v1/health", headers={"host": NAME})
        assert answer.status == 200
        assert "max-age" in answer.headers["strict-transport-security"]
        code = said["login"].rpartition("/")[2]
        watched.go(f"/login/once/{code}").locator("main form button").first.click()
        page.wait_for_url(lambda address: "/login/" not in address)
        [cookie] = [each for each in context.cookies() if each["name"] == "kiban_session"]
        assert cookie["secure"]
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Lax"
        watched.go("/deposit").set_input_files("#files", str(new_table))
        page.wait_for_selector(".arrivals .status-structured")
        page.locator(".arrivals a").first.click()
        page.wait_for_selector(".plot .main-svg")
        page.locator(".who form button").click()
        page.wait_for_selector(".who a[href^='/login']")
        browser.close()
    assert watched.errors == []
    assert watched.strangers == set()
    assert watched.violations == set()
