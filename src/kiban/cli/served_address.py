"""The address at which a home was served last: what `kiban user link` prints, unless it is told another one."""

from __future__ import annotations

import contextlib
from pathlib import Path
from urllib.parse import urlsplit

from kiban.cli.command import say

_NAME = "kiban-served-at.txt"
_LONGEST = 300
USUAL = "http://127.0.0.1:8420/"


def remember(home: Path, address: str) -> None:
    """Write it down in the home. A home that cannot be written to is served all the same, and it is said."""
    try:
        (home / _NAME).write_text(address + "\n", encoding="utf-8")
    except OSError as e:
        say(f"{home / _NAME} could not be written ({e.strerror or e}); kiban user link has to be told --address.")


def served_address(home: Path) -> str:
    """The address at which the home was served last, or the usual one where that is not known."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        found = (home / _NAME).read_text(encoding="utf-8")[:_LONGEST].strip()
        if urlsplit(found).scheme in {"http", "https"}:
            return found
    return USUAL
