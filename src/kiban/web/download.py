"""Bytes to keep as a file: under a name that no disk and no eye is deceived by, and never as a page of ours.

What others deposited may be a web page with a script in it, named as they like. A browser that showed it would run it
as one of our own pages, in the name of whoever reads it. So it is given as a download of no particular type, and should
it be shown after all, its policy lets it do nothing.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from kiban.web.headers import SANDBOX

OCTETS = "application/octet-stream"
_LONGEST_BYTES = 200
"""Of a name in UTF-8: file systems take 255, and browsers add to it."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._() +-]")


def download_headers(name: str, *, is_ours: bool = False) -> dict[str, str]:
    """The headers of a download.

    Parameters
    ----------
    name : str
        As it was deposited, or as we made it; the last part of it, made safe, is proposed to the browser.
    is_ours : bool
        We wrote the bytes: their media type is known and true. It is a download all the same.
    """
    headers = {"content-disposition": content_disposition(name), "x-content-type-options": "nosniff"}
    return headers if is_ours else headers | {"content-security-policy": SANDBOX}


def content_disposition(name: str) -> str:
    """The header of that name (RFC 6266): in ASCII for old programs, and as it is (RFC 8187)."""
    safe = safe_name(name)
    plain = _NOT_PLAIN.sub("_", unicodedata.normalize("NFKD", safe).encode("ascii", "replace").decode("ascii"))
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def safe_name(name: str) -> str:
    """The last part of a path as a name that every common file system takes and that reads as what it is.

    Signs that print nothing or turn the direction of reading round go: with them, `scan_txt.exe` looks like another.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    composed = unicodedata.normalize("NFC", last.encode("utf-8", "replace").decode("utf-8"))
    shown = "".join(c for c in composed if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    clean = " ".join(_FORBIDDEN.sub("_", shown).split()).lstrip(". ").rstrip(". ")
    clean = _shortened(clean)
    if _DEVICES.match(clean):
        clean = f"_{clean}"
    return clean or "file"


def _shortened(name: str) -> str:
    if len(name.encode()) <= _LONGEST_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > 20:
        stem, dot, suffix = name, "", ""
    room = _LONGEST_BYTES - len((dot + suffix).encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + dot + suffix
