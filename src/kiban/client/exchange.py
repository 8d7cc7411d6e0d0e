"""Requests and answers: sent again where that is safe, checked to be whole, errors as ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kiban.client.faults import said
from kiban.client.sendable import sendable
from kiban.errors import CutShort, NotReached

if TYPE_CHECKING:
    import httpx

Parameters = Mapping[str, Any]
_LONGEST_WAIT_S = 60.0
_FIRST_WAIT_S = 0.5
_BUSY = {429, 502, 503, 504}
"""Too many requests; and what the platform, or a proxy before one that is being started again, says meanwhile."""
_MEND = "Look whether the platform runs and the network is there, then do it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long something is tried."""

    attempts: int = 5
    """All in all, of requests that may be sent again."""
    timeout_s: float = 60.0
    """Without a byte from the platform."""
    sleep: Callable[[float], None] = time.sleep


class Exchange:
    """One platform, through one pool of connections. Made by `connect` and `open_home`."""

    def __init__(self, http: httpx.Client, patience: Patience) -> None:
        self._http = http
        self._patience = patience

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def get(self, address: str, **parameters: Any) -> Any:
        """Ask for JSON."""
        return self._json(self._answered("GET", address, params=_given(parameters)))

    def send(self, method: str, address: str, body: Any = None, **parameters: Any) -> Any:
        """Send JSON and get JSON. It is sent again only where the platform says that it did nothing with it.

        Raises
        ------
        InvalidValue
            If JSON cannot hold the body, as `sendable` says; before anything is sent.
        """
        return self._json(self._answered(method, address, params=_given(parameters), json=sendable(body)))

    def upload(self, address: str, content: Callable[[], Iterator[bytes]], **parameters: Any) -> Any:
        """Send bytes that may be sent twice: the same file twice is one.

        Parameters
        ----------
        content : callable
            Gives the bytes from their beginning, each time it is called.
        """
        headers = {"content-type": "application/octet-stream"}
        return self._json(
            self._answered("POST", address, params=_given(parameters), content=content, headers=headers, repeats=True)
        )

    def content(self, address: str, **parameters: Any) -> bytes:
        """Ask for a file that fits into memory."""
        return bytes(self._answered("GET", address, params=_given(parameters)).content)

    @contextmanager
    def stream(self, address: str, **parameters: Any) -> Iterator[httpx.Response]:
        """Ask for something large; its body is read inside the block.

        Raises
        ------
        CutShort
            While it is read: if the connection ends before the body does.
        """
        import httpx

        with self._opened("GET", address, params=_given(parameters)) as answer:
            try:
                yield answer
            except httpx.HTTPError as e:
                raise CutShort(f"The answer of {self._name} ended before it was whole.", mend=_MEND) from e

    @property
    def address(self) -> str:
        """Where it is."""
        return str(self._http.base_url).rstrip("/")

    @property
    def _name(self) -> str:
        return f"the platform at {self._http.base_url}"

    def _answered(self, method: str, address: str, **options: Any) -> httpx.Response:
        import httpx

        with self._opened(method, address, **options) as answer:
            try:
                answer.read()
            except httpx.HTTPError as e:
                raise CutShort(f"The answer of {self._name} ended before it was whole.", mend=_MEND) from e
            return answer

    @contextmanager
    def _opened(
        self, method: str, address: str, *, repeats: bool | None = None, **options: Any
    ) -> Iterator[httpx.Response]:
        """An answer that is none of an error; what may be repeated is, after a wait."""
        import httpx

        may_repeat = method == "GET" if repeats is None else repeats
        content = options.pop("content", None)
        for attempt in range(1, self._patience.attempts + 1):
            is_last = attempt == self._patience.attempts
            more = {"content": content()} if content is not None else {}
            request = self._http.build_request(method, f"/api/v1/{address}", **options, **more)
            try:
                answer = self._http.send(request, stream=True)
            except httpx.HTTPError as e:
                if is_last or not (may_repeat or isinstance(e, httpx.ConnectError)):
                    raise NotReached(f"{self._name.capitalize()} does not answer: {_why(e)}.", mend=_MEND) from e
                self._patience.sleep(_FIRST_WAIT_S * 2 ** (attempt - 1))
                continue
            try:
                if answer.status_code < 400:
                    yield answer
                    return
                wait_s = self._wait(answer, may_repeat=may_repeat, attempt=attempt)
                if wait_s is None or is_last:
                    raise said(_problem(answer), answer.status_code)
            finally:
                answer.close()
            self._patience.sleep(wait_s)

    def _wait(self, answer: httpx.Response, *, may_repeat: bool, attempt: int) -> float | None:
        """How long to wait before it is sent again; `None` where it is not."""
        if answer.status_code not in _BUSY:
            return None
        if not may_repeat and _problem(answer).get("error") != "TooManyRequests":
            return None  # the platform may have begun with it
        asked = answer.headers.get("retry-after", "")
        wait_s = float(asked) if asked.isdecimal() else _FIRST_WAIT_S * 2 ** (attempt - 1)
        return wait_s if wait_s <= _LONGEST_WAIT_S else None

    def _json(self, answer: httpx.Response) -> Any:
        import msgspec

        try:
            return msgspec.json.decode(answer.content)
        except msgspec.DecodeError as e:
            raise NotReached(
                f"What answers at {self._http.base_url} is no Kiban: its answer is not JSON.",
                mend="Give the address at which Kiban's first page opens.",
            ) from e


def _problem(answer: httpx.Response) -> dict[str, Any]:
    import httpx
    import msgspec

    try:
        document = msgspec.json.decode(answer.read())
    except (httpx.HTTPError, msgspec.DecodeError):
        return {}
    return document if isinstance(document, dict) else {}


def _given(parameters: Parameters) -> dict[str, Any]:
    written = {name: str(value).lower() if isinstance(value, bool) else value for name, value in parameters.items()}
    return {name: value for name, value in written.items() if value is not None}


def _why(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__
