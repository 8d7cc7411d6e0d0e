"""Serving: one process, this machine only unless the settings say more, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kiban.errors import InvalidSetting
from kiban.web.reach import LOOPBACK_NAMES, Reach

if TYPE_CHECKING:
    from types import FrameType

    from kiban.operations.resources import Resources

_GRACE_S = 3
"""Answers that are under way when the end comes have this long."""


def serve(
    resources: Resources, *, host: str, port: int, on_ready: Callable[[str], None], reach: Reach | None = None
) -> None:
    """Serve pages and REST until SIGTERM or SIGINT.

    Parameters
    ----------
    resources : Resources
        An open platform; it stays open.
    host : str
        A name or address of this machine. Other machines may reach it only where there is a base address.
    port : int
        0 for a free one.
    on_ready : callable
        Is called once with the address, as `http://127.0.0.1:8420/`, as soon as pages answer.
    reach : Reach, optional
        What the settings say of the doors; this machine only unless given.

    Raises
    ------
    InvalidSetting
        If the host can be reached from elsewhere and nothing says how, or the port is taken or may not be used.
    """
    reach = reach or Reach()
    check_host(host, reach.base_url)
    with bind(host, port) as listener:
        _run(resources, listener, host, on_ready, reach)


def check_host(host: str, base_url: str | None) -> None:
    """Refuse to be reached from other machines in the open. Raises InvalidSetting.

    Names and addresses of others, passwords and data would pass the network for everyone to read, so a base address
    that is not https is taken for this machine only.
    """
    mend = (
        "Let a reverse proxy end TLS and set KIBAN_BASE_URL to its address, as https://kiban.example.org; or serve at "
        "127.0.0.1 and come through an SSH tunnel: ssh -L 8420:127.0.0.1:8420 THIS_MACHINE."
    )
    if base_url is not None:
        parts = urlsplit(base_url)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise InvalidSetting(f"KIBAN_BASE_URL is {base_url}, which is not encrypted.", mend=mend)
    if not is_loopback(host) and base_url is None:
        raise InvalidSetting(
            f"Kiban was to be served at {host}, which other machines may reach, and KIBAN_BASE_URL is not set.",
            mend=mend,
        )


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches the host."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def bind(host: str, port: int) -> socket.socket:
    """Take the port. Raises InvalidSetting."""
    if not 0 <= port <= 65535:
        raise InvalidSetting(f"There is no port {port}.", mend="Give a number from 1024 to 65535, or 0 for a free one.")
    plain = host.strip("[]")
    # asyncio sends without delay (TCP_NODELAY) only where a socket says that its protocol is TCP. Unless it is named
    # here, what is accepted says 0, and the second packet of an answer waits 40 ms until the first is acknowledged.
    family = socket.AF_INET6 if ":" in plain else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # A port that a server has just left may be taken at once; one that a server listens on may not.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((plain, port))
        listener.listen(128)
    except OSError as e:
        listener.close()
        raise InvalidSetting(
            f"Port {port} at {host} cannot be used: {e.strerror or e}.",
            mend="Stop the other program that uses it (perhaps another `kiban up`), or give another one: --port 0 "
            "finds a free one.",
        ) from e
    return listener


def _run(
    resources: Resources, listener: socket.socket, host: str, on_ready: Callable[[str], None], reach: Reach
) -> None:
    from uvicorn import Config, Server

    from kiban.web.application import application
    from kiban.web.mistakes import QuietLog
    from kiban.web.patient_protocol import LARGEST_HEAD_BYTES, PatientProtocol

    class _Server(Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            on_ready(address)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await super().shutdown(sockets)
            # What was cancelled at the end of the grace still says so to whoever waits for an answer.
            if self.server_state.tasks:
                await asyncio.wait(self.server_state.tasks, timeout=1)

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            # uvicorn would raise the signal again when it has ended, and with it end the process before the
            # database is stopped.
            with _until_signalled(self):
                yield

    shown = f"[{host.strip('[]')}]" if ":" in host else host
    address = f"http://{shown}:{listener.getsockname()[1]}/"
    # 0.0.0.0 and :: are no names of this machine: nobody opens a page under them.
    names = LOOPBACK_NAMES | {shown.lower()} if is_loopback(host) else LOOPBACK_NAMES
    config = Config(
        QuietLog(application(resources, reach=replace(reach, names=names))),
        lifespan="off",
        ws="none",
        http=PatientProtocol,
        h11_max_incomplete_event_size=LARGEST_HEAD_BYTES,
        # uvicorn would believe whoever connects from this machine; `client_address` believes whom the operator names.
        proxy_headers=False,
        log_config=None,
        # Whatever else is told to say everything: at its lowest level uvicorn writes down headers and addresses.
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    _Server(config).run(sockets=[listener])


@contextlib.contextmanager
def _until_signalled(server: object) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # whoever runs it in a thread ends it in another way
        return

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        server.should_exit = True  # type: ignore[attr-defined]

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
