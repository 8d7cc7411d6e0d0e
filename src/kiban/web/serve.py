"""Serving: one process, this machine only, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kiban.errors import InvalidSetting
from kiban.web.guard import LOOPBACK_NAMES

if TYPE_CHECKING:
    from types import FrameType

    from kiban.operations.resources import Resources

_GRACE_S = 3
"""Answers that are under way when the end comes have this long."""


def serve(resources: Resources, *, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve pages and REST until SIGTERM or SIGINT.

    Parameters
    ----------
    resources : Resources
        An open platform; it stays open.
    host : str
        A name or address of this machine that no other machine can reach.
    port : int
        0 for a free one.
    on_ready : callable
        Is called once with the address, as `http://127.0.0.1:8420/`, as soon as pages answer.

    Raises
    ------
    InvalidSetting
        If the host can be reached from elsewhere, or the port is taken or may not be used.
    """
    check_host(host)
    with bind(host, port) as listener:
        _run(resources, listener, host, on_ready)


def check_host(host: str) -> None:
    """Refuse to be reached from other machines. Raises InvalidSetting."""
    if not is_loopback(host):
        raise InvalidSetting(
            f"Kiban was to be served at {host}, which other machines may reach; there are no accounts yet, so anyone "
            "there could read and write everything.",
            mend="Serve it at 127.0.0.1 and reach it from other machines through an SSH tunnel: "
            "ssh -L 8420:127.0.0.1:8420 THIS_MACHINE.",
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
    listener = socket.socket(socket.AF_INET6 if ":" in plain else socket.AF_INET)
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


def _run(resources: Resources, listener: socket.socket, host: str, on_ready: Callable[[str], None]) -> None:
    from uvicorn import Config, Server

    from kiban.web.application import application

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
    config = Config(
        application(resources, names=LOOPBACK_NAMES | {shown.lower()}),
        lifespan="off",
        ws="none",
        log_config=None,
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
