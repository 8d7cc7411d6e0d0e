"""Asks for everything that a platform serves: all that the OpenAPI document lists, and all that its pages lead to."""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import httpx

Ask = Callable[..., httpx.Response]
_LINK = re.compile(r"""(?:href|src|action|data-[a-z-]+)=["']([^"'#]+)""")
_PARAMETER = re.compile(r"\{(\w+)\}")
_VARIANTS = 3
"""So many questions of one page are followed."""
_VARYING = ("date", "content-length", "set-cookie")


@dataclass
class Found:
    """An answer that said what it must not."""

    request: str
    what: str


@dataclass
class Crawler:
    """Asks, and looks at every answer.

    Parameters
    ----------
    forbidden : list of str
        What must be in no answer: words, digits, identifiers.
    """

    ask: Ask
    forbidden: list[str]
    found: list[Found] = field(default_factory=list)
    n_asked: int = 0

    def __call__(self, method: str, address: str, **options: Any) -> httpx.Response:
        """Ask, and look for what must not be there; what the request itself said may be repeated to it."""
        answer = self.ask(method, address, **options)
        self.n_asked += 1
        told = f"{method} {address} {options.get('params', '')}".strip()
        if answer.status_code >= 500 or answer.status_code == 429:  # who is told to wait is told nothing else
            self.found.append(Found(told, f"status {answer.status_code}"))
        asked = unquote(f"{address} {options}").casefold()
        said = html.unescape(f"{answer.headers} {_readable(answer)}").casefold()
        for word in self.forbidden:
            if word.casefold() in said and word.casefold() not in asked:
                at = said.index(word.casefold())
                self.found.append(Found(told, f"{word}: ...{said[max(at - 60, 0) : at + 80]}..."))
                break
        return answer

    def crawl(self, *starts: str, most: int = 120) -> set[str]:
        """Follow links from pages, of each page in a few variants; gives the addresses that were asked for."""
        waiting, known = deque(starts), set(starts)
        asked: set[str] = set()
        variants: Counter[str] = Counter()
        while waiting and len(asked) < most:
            address = waiting.popleft()
            asked.add(address)
            answer = self("GET", address)
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            for link in _LINK.findall(answer.text):
                parts = urlsplit(urljoin(address, html.unescape(link)))
                there = parts.path + (f"?{parts.query}" if parts.query else "")
                if parts.netloc or not there.startswith("/") or "lang=" in there or there in known:
                    continue
                variants[parts.path] += 1
                if variants[parts.path] <= _VARIANTS:
                    known.add(there)
                    waiting.append(there)
        return asked

    def same(self, method: str, address: str, hidden: str, missing: str, **options: Any) -> None:
        """Demand that what is hidden is answered as what never was: status, words, length, headers."""
        one = self(method, address.format(hidden), **options)
        other = self(method, address.format(missing), **options)
        for what, of_hidden, of_missing in (
            ("status", one.status_code, other.status_code),
            ("headers", _steady(one, hidden), _steady(other, missing)),
            ("length", len(one.content), len(other.content)),
            ("words", _without(one.text, hidden), _without(other.text, missing)),
        ):
            if of_hidden != of_missing:
                told = f"{what}: {_apart(str(of_hidden), str(of_missing))}"
                self.found.append(Found(f"{method} {address.format(hidden)}", told))
                return


def _readable(answer: httpx.Response) -> str:
    if answer.headers.get("content-type", "").startswith(
        ("text/", "application/json", "application/problem", "image/svg")
    ):
        return answer.text
    return answer.content.decode("latin-1")


def _steady(answer: httpx.Response, name: str) -> dict[str, str]:
    return {k: _without(v, name) for k, v in answer.headers.items() if k not in _VARYING}


def _without(text: str, name: str) -> str:
    """Without the name that was asked for, however it is written in an address."""
    return re.sub(re.escape(name.removeprefix("kb:")), "ID", text, flags=re.IGNORECASE)


def _apart(one: str, other: str) -> str:
    """Where two texts part."""
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(at - 80, 0)
    return f"...{one[start : at + 120]!r} but ...{other[start : at + 120]!r}"


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Method, address and names of the parameters in it, of each operation of an OpenAPI document."""
    for address, methods in document["paths"].items():
        for method in methods:
            if method in {"get", "head", "post", "put", "patch", "delete"}:
                yield method.upper(), address, _PARAMETER.findall(address)


def filled(address: str, values: dict[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """The address with each value in place of its first parameter; other parameters get some value."""
    names = _PARAMETER.findall(address)
    first, others = names[0], names[1:]
    for other in others:
        address = address.replace(f"{{{other}}}", next(iter(values.get(other, ["x"])), "x"))
    for value in values.get(first, ["x"]):
        yield address.replace(f"{{{first}}}", value), value
