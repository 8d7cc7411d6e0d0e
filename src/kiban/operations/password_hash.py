"""Passwords: what one must be, and what is kept of it.

Argon2id with the second set of parameters that RFC 9106 (section 4) recommends: 3 passes over 64 MiB in 4 lanes, a salt
of 128 bits and a hash of 256. What was hashed with others is hashed anew when its owner logs in.

What a password must be follows NIST SP 800-63B: long rather than odd, and none of those that are tried first.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from kiban.errors import InvalidValue

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 256
_FEWEST_LETTERS = 5
"""So many different characters it has at least."""
_ROOM = threading.BoundedSemaphore(4)
"""Each hash takes 64 MiB while it is made: so many are made at once, however many people log in."""
_TRIED_FIRST = frozenset(
    (
        "abc", "access", "account", "admin", "administrator", "asdfghjkl", "changeme", "computer", "default", "demo",
        "dragon", "flower", "football", "guest", "hello", "iloveyou", "internet", "kiban", "laboratory", "letmein",
        "login", "master", "materials", "monkey", "operator", "pass", "passphrase", "passwd", "password", "princess",
        "qazwsx", "qazwsxedc", "qwerty", "qwertyuiop", "root", "sakura", "secret", "server", "sunshine", "system",
        "temp", "temporary", "test", "user", "welcome", "yourpassword", "zaq", "zxcvbnm",
    )
)  # fmt: skip
_LOOKS_LIKE = str.maketrans("013457@$!", "oleastasi")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb")


def check_password(password: str, *, login: str, name: str = "") -> None:
    """Refuse a password that others find. Raises InvalidValue."""
    text = _prepared(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise InvalidValue(
            f"The password has {len(text)} characters.",
            mend=f"Use {SHORTEST} to {LONGEST}; several words that do not belong together are easy to keep in mind.",
        )
    if _is_tried_first(text.casefold(), login.casefold(), name.casefold()):
        raise InvalidValue(
            "The password is one of those that are tried first, or close to it.",
            mend="Use several words that do not belong together, or let a password manager make one.",
        )


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _ROOM:
        return _hasher().hash(_prepared(password))


def is_right(password: str, kept: str | None) -> bool:
    """Compare a password with what was kept. Where nothing was, it takes the same time and is not right."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        with _ROOM:
            _hasher().verify(kept or _nobodys(), _prepared(password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Say whether it was hashed with other parameters than are used now."""
    return _hasher().check_needs_rehash(kept)


def _prepared(password: str) -> str:
    # The same characters may be typed in more than one way, on a Japanese keyboard above all.
    return unicodedata.normalize("NFKC", password)


def _is_tried_first(text: str, login: str, name: str) -> bool:
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)  # what is put before and behind to please other rules
    letters = re.sub(r"[^a-z]", "", bare.translate(_LOOKS_LIKE))
    plain = re.sub(r"[^a-z]", "", text)
    own = {re.sub(r"[^a-z]", "", part) for part in (login, login.partition("@")[0], name)} - {""}
    words = {plain, letters, *(_halved(each) for each in (plain, letters))}
    repeated = any(len(text) % n == 0 and text == text[:n] * (len(text) // n) for n in range(1, len(text) // 2 + 1))
    return (
        len(set(text)) < _FEWEST_LETTERS
        or repeated
        or bool(words & (_TRIED_FIRST | own))
        or any(len(each) >= 4 and each in text and len(text) - len(each) < 6 for each in own | {login})
        or any(text[:9] in row * 2 or text[:9] in row[::-1] * 2 for row in _ROWS)
    )


def _halved(text: str) -> str:
    """Half of a text that is the same twice."""
    half = len(text) // 2
    return text[:half] if half and text == text[:half] * 2 else text


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _nobodys() -> str:
    """Of a password that nobody has."""
    from kiban.operations.secret_text import new_secret

    return _hasher().hash(new_secret())
