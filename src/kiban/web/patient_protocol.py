"""HTTP on one connection, with an end to patience: uvicorn's own waits for the head of a request however long."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from kiban.web.headers import with_headers

LARGEST_HEAD_BYTES = 128 << 10
"""Of what is kept of a head that is not whole yet; the guard counts it once more when it is."""
HEAD_S = 20
"""So long may the first line and the headers of a request take, from the first byte (or the connection) on."""
MOST_CONNECTIONS = 512
"""More are hung up on at once: each takes one of the process's file numbers, which the database needs too."""


class PatientProtocol(H11Protocol):
    """Hangs up on those who never finish asking."""

    _impatience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See `asyncio.Protocol`."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()  # the request is under way: its body has limits of its own
        else:
            self._wait()

    def send_400_response(self, msg: str) -> None:
        """Say that it is no HTTP, with the headers of every answer."""
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        head = h11.Response(status_code=400, headers=with_headers(headers, https=False), reason=b"Bad Request")
        for event in (head, h11.Data(data=msg.encode("ascii")), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait(self) -> None:
        if self._impatience is None and not self.transport.is_closing():
            self._impatience = self.loop.call_later(HEAD_S, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._impatience is not None:
            self._impatience.cancel()
            self._impatience = None
