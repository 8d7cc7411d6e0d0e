"""Asking the application without a network: a transport of httpx that runs it in an event loop of its own.

Unlike the one that httpx brings it is for programs that are not asynchronous, and it gives the body of an answer as it
is made: a stream of a million records takes no more memory here than over a network.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Scope

T = TypeVar("T")
_WAITING = 4
"""Pieces of a body that are made before the program takes one."""


class InProcess(httpx.BaseTransport):
    """A transport around an ASGI application. Several threads may use it; `close` ends it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="kiban-in-process", daemon=True)
        self._thread.start()
        self._is_closed = False

    def close(self) -> None:
        """End what is under way, and the loop."""
        if self._is_closed:
            return
        self._is_closed = True
        self.wait(_end_all())
        self.wait(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx."""
        return _Call(self, request).response()

    def begin(self, deed: Coroutine[Any, Any, T]) -> Future[T]:
        """Have the loop run something."""
        return asyncio.run_coroutine_threadsafe(deed, self._loop)

    def wait(self, deed: Coroutine[Any, Any, T]) -> T:
        """Have the loop run something, and wait for it."""
        return self.begin(deed).result()

    @property
    def app(self) -> ASGIApp:
        """What is asked."""
        return self._app


class _Call(httpx.SyncByteStream):
    """One request, and the body of its answer."""

    def __init__(self, transport: InProcess, request: httpx.Request) -> None:
        self._transport = transport
        assert isinstance(request.stream, httpx.SyncByteStream)  # noqa: S101  the client is a synchronous one
        self._sent = iter(request.stream)
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue(_WAITING)
        self._is_whole = False
        self._has_sent_all = False
        self._gone = asyncio.Event()
        self._running = transport.begin(self._run(_scope(request)))
        self._request = request

    def response(self) -> httpx.Response:
        start = self._next()
        if start is None:
            self._running.result()  # raises the mistake
            raise httpx.RemoteProtocolError("The application gave no answer.", request=self._request)
        return httpx.Response(start["status"], headers=start["headers"], stream=self)

    def __iter__(self) -> Iterator[bytes]:
        while not self._is_whole:
            message = self._next()
            if message is None:
                raise httpx.RemoteProtocolError("The body ended before it was whole.", request=self._request)
            self._is_whole = not message.get("more_body", False)
            if message.get("body"):
                yield message["body"]

    def close(self) -> None:
        """Whoever made the answer is told that nobody reads on."""
        if not self._is_whole and not self._transport._is_closed:
            self._transport.wait(self._leave())

    async def _leave(self) -> None:
        self._gone.set()
        self._running.cancel()

    def _next(self) -> Message | None:
        return self._transport.wait(self._messages.get())

    async def _run(self, scope: Scope) -> None:
        try:
            await self._transport.app(scope, self._receive, self._messages.put)
        except asyncio.CancelledError:
            raise  # nobody reads on: nothing is to be put where nobody takes it
        except Exception:
            await self._messages.put(None)
            raise
        await self._messages.put(None)

    async def _receive(self) -> Message:
        if self._has_sent_all:
            await self._gone.wait()
            return {"type": "http.disconnect"}
        # The program's bytes come from its disk: waiting for them must not stop the loop.
        piece = await asyncio.get_running_loop().run_in_executor(None, next, self._sent, None)
        self._has_sent_all = piece is None
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}


async def _end_all() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _scope(request: httpx.Request) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 0),
        "server": (request.url.host, request.url.port),
    }
