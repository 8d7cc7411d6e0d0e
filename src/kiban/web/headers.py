"""The headers that every answer carries, whatever it is.

Nothing is drawn, run or sent but from and to this server: no script or style inside a page, no frame, no other host.
A route that has reasons for another value sets the header itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",  # thumbnails and labels are inside pages; Plotly makes pictures of its plots
    "media-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

HEADERS = {
    "content-security-policy": "; ".join(f"{directive} {value}" for directive, value in _POLICY.items()),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    # Not even the browser keeps what it was shown: on a machine that several people use, the next one who presses
    # "back", or reads the disk, would see what only the one before was allowed to see.
    "cache-control": "no-store",
}
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""The policy of bytes that others made: if a browser shows them after all, they neither run nor load anything."""
_TRANSPORT = "max-age=31536000"
"""For a year the browser comes by https only. Other names of the domain are none of our business."""

_ENCODED = tuple((name.encode(), value.encode()) for name, value in HEADERS.items())


def with_headers(headers: Iterable[tuple[bytes, bytes]], *, https: bool) -> list[tuple[bytes, bytes]]:
    """Add those that the answer does not have yet.

    Parameters
    ----------
    https : bool
        The request came by https, so the next one shall too (HSTS).
    """
    own = list(headers)
    present = {name.lower() for name, _ in own}
    added = [header for header in _ENCODED if header[0] not in present]
    if https:
        added.append((b"strict-transport-security", _TRANSPORT.encode()))
    return own + added
