"""Addresses as RFC 3986 has them: what only browsers put up with is written with percent signs.

Schemas of other people refuse addresses of another form, and a DOI with `#` in it would lead somewhere else.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_PARTS = re.compile(r"(https?)://([^/?#]*)([^#]*)(#?)(.*)", re.IGNORECASE | re.DOTALL)
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLACE = re.compile(
    r"(?:[\w.~!$&'()*+,;=:%-]*@)?(?:\[[0-9A-Fa-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?",
    re.ASCII,
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NO_SIGN_OF_PATHS = re.compile(r"[\x00-\x7f](?<![\w.~!$&'()*+,;=:@/-])", re.ASCII)
_PLAIN = "!$&'()*+,;="
_INSIDE = f"{_PLAIN}/:@?%"


def escaped_address(address: str) -> str:
    """An address of the web with all that may not stand in one escaped, and what is escaped already left alone."""
    parts = _PARTS.fullmatch(_LONE_PERCENT.sub("%25", address))
    if parts is None:
        return escaped_reference(address)
    scheme, place, path, sign, fragment = parts.groups()
    if not _PLACE.fullmatch(place):
        place = quote(place, safe=f"{_PLAIN}:@%")
        # A port that is no number, or a bracket out of place: then it is a name, however odd.
        place = place if _PLACE.fullmatch(place) else quote(place, safe=f"{_PLAIN}%")
    return f"{scheme}://{place}{quote(path, safe=_INSIDE)}{sign}{quote(fragment, safe=_INSIDE)}"


def escaped_name(name: str) -> str:
    """A DOI or the like as what follows the host in an address.

    References
    ----------
    International DOI Foundation: DOI Handbook, 2.5.2.4 "Encoding issues".
    """
    return quote(name, safe=f"{_PLAIN}/:@")


def escaped_path(path: str) -> str:
    """A path of files as a relative reference: what is no sign of one is escaped, letters of other scripts stay (IRI).

    References
    ----------
    M. Dürst, M. Suignard: RFC 3987 (2005), 2.2.
    """
    return _NO_SIGN_OF_PATHS.sub(lambda found: quote(found[0], safe=""), path)


def escaped_reference(identifier: str) -> str:
    """An identifier that leads nowhere by itself, where a schema wants a URI: `hep-th/9901001` stays what it is."""
    scheme = _SCHEME.match(identifier)
    start = scheme[0] if scheme else ""
    return start + quote(identifier.removeprefix(start), safe=f"{_PLAIN}/")
