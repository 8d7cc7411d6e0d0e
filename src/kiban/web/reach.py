"""Where the platform is reached, and what is taken there: what the settings say of the doors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kiban.settings import LARGEST_UPLOAD_BYTES, Network

if TYPE_CHECKING:
    from starlette.requests import Request

    from kiban.settings import Settings

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How requests come in."""

    names: frozenset[str] = LOOPBACK_NAMES
    """Names of this machine, without port, under which it is reached by http."""
    base_url: str | None = None
    """The address at which people open it; `None` where only this machine reaches it."""
    trusted_proxies: tuple[Network, ...] = ()
    largest_upload_bytes: int = LARGEST_UPLOAD_BYTES
    requests_per_minute: int = 0
    """Of one person or program; 0 for any number."""

    @property
    def public_name(self) -> str | None:
        """The host of the base address, without port, as a Host header has it."""
        if self.base_url is None:
            return None
        host = urlsplit(self.base_url).hostname or ""
        return f"[{host}]" if ":" in host else host

    @property
    def is_https(self) -> bool:
        """The base address begins with https: a reverse proxy ends TLS before us."""
        return self.base_url is not None and urlsplit(self.base_url).scheme == "https"

    def is_known(self, host: str) -> bool:
        """Say whether a request for that host (without port) is meant for us."""
        return host in self.names or host == self.public_name

    def came_by_https(self, host: str) -> bool:
        """Say whether the browser that asked for that host (without port) spoke https."""
        return self.is_https and host == self.public_name

    def origin(self, host: str) -> str:
        """What a browser calls our own pages, where it asked for that host (with port if it said one)."""
        name, _ = split_host(host)
        if self.base_url is None or name != self.public_name:
            return f"http://{host}"
        parts = urlsplit(self.base_url)
        # A reverse proxy may hand on a Host without the port, so the base address alone says it.
        return f"{parts.scheme}://{name}{_shown_port(parts.scheme, parts.port)}"


def split_host(host: str) -> tuple[str, str]:
    """The name and the port of a Host header; the port is empty where it says none."""
    name, colon, port = host.rpartition(":")
    return (name, port) if colon and (port.isdecimal() or not port) and len(port) <= 5 else (host, "")


def _shown_port(scheme: str, port: int | None) -> str:
    return "" if port is None or port == _USUAL_PORTS[scheme] else f":{port}"


def reach_of(settings: Settings) -> Reach:
    """What the settings say of the doors."""
    return Reach(
        base_url=settings.base_url,
        trusted_proxies=settings.trusted_proxies,
        largest_upload_bytes=settings.largest_upload_bytes,
        requests_per_minute=settings.requests_per_minute,
    )


def is_encrypted(request: Request) -> bool:
    """Say whether the browser spoke https: then its cookies are for https only."""
    reach: Reach = request.app.state.reach
    return reach.came_by_https(split_host(request.headers.get("host", "").lower())[0])
