"""Which requests come from our own pages: what stands between a person and forms that other sites send in her name.

Browsers say with every request that changes something where it comes from: in `Origin`, since some years in
`Sec-Fetch-Site` too. Other sites cannot change what is said there, and programs say nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION_COOKIE = "kiban_session"
_CARRIES_SESSION = re.compile(rb"(?:^|[;,])\s*kiban_session\s*=")
_LOGS_IN = re.compile(r"/(?:api/v1/)?login(?:/|$)")
_OURS = {b"same-origin", b"none"}
"""`none`: the person herself, from the address line or by loading the page again."""


def is_foreign(method: str, path: str, headers: Mapping[bytes, Sequence[bytes]], origin: str) -> bool:
    """Say whether a request was sent by a page of another site, or may have been.

    Parameters
    ----------
    headers
        All values of each header, names in small letters.
    origin : str
        What a browser calls our own pages, such as `https://kiban.example.org`.
    """
    sites = [value.lower() for value in headers.get(b"sec-fetch-site", ())]
    if method in SAFE_METHODS:
        # Links may lead here. Pictures, scripts and frames of ours in pages of others tell more than they should:
        # from how long they take, and how large they are, can be told what is to be seen.
        return bool(sites) and sites != [b"same-origin"] and sites != [b"none"] and not _is_link(headers)
    origins = [value.lower() for value in headers.get(b"origin", ())]
    if sites and (len(sites) > 1 or sites[0] not in _OURS):
        return True
    if origins and origins != [origin.encode("latin-1", "replace")]:
        return True
    if sites or origins:
        return False
    # Nothing is said: a program. But a session is for browsers, and they say it, so nobody is taken by a cookie alone.
    # A login is the same matter: who sends one for another person has her work under an account of his.
    return _has_session(headers) or _LOGS_IN.match(path) is not None


def _is_link(headers: Mapping[bytes, Sequence[bytes]]) -> bool:
    return list(headers.get(b"sec-fetch-mode", ())) == [b"navigate"] and list(headers.get(b"sec-fetch-dest", ())) in (
        [],
        [b"document"],
    )


def _has_session(headers: Mapping[bytes, Sequence[bytes]]) -> bool:
    return any(_CARRIES_SESSION.search(value) for value in headers.get(b"cookie", ()))
