"""A home without a server: the same client, with the web application in this process instead of a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiban.client import Client, connect

if TYPE_CHECKING:
    from kiban.operations.resources import Resources
    from kiban.web.in_process import InProcess


@contextmanager
def open_home(path: str | Path | None = None) -> Iterator[Client]:
    """Work with a home of this machine, as the person at it. No server has to run; one may.

    Parameters
    ----------
    path : str or Path, optional
        The home's folder, which is made if it is new; that of the settings unless given.

    Raises
    ------
    InvalidSetting, DatabaseUnavailable
        As `kiban up`.
    """
    from kiban.platform import open_platform
    from kiban.settings import load

    with open_platform(load(Path(path) if path is not None else None)) as resources, client_of(resources) as client:
        yield client


@contextmanager
def client_of(resources: Resources) -> Iterator[Client]:
    """The same of a platform that is open already."""
    with served(resources) as transport, connect("http://127.0.0.1", transport=transport) as client:
        yield client


@contextmanager
def served(resources: Resources) -> Iterator[InProcess]:
    """What a program asks in the place of a network, as the person at this machine; for httpx."""
    from kiban.operations.who_is import Visitor
    from kiban.platform import local_asker
    from kiban.web.application import application
    from kiban.web.in_process import InProcess

    app = application(resources)

    def receive(_: Any) -> Visitor:
        return Visitor(asker=local_asker(resources))

    app.state.receive = receive
    transport = InProcess(app)
    try:
        yield transport
    finally:
        transport.close()
