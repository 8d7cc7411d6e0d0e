"""Identifiers: UUIDv7 inside, a short checked identifier outside (`kb:7Q4M-2KXD-98`).

The short identifier has nine random characters and one check character of Crockford's base 32 (no I, L, O, U, so that
it can be read aloud and written by hand). The check character is a weighted sum over the field GF(32): character i is
multiplied by the i-th power of a primitive element, so any single wrong character and any swap of two characters
changes the sum (the weights are non-zero and all different).
"""

from __future__ import annotations

import os
import re
import secrets
import threading
import time
from datetime import UTC, datetime
from uuid import UUID

from kiban.errors import InvalidIdentifier

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "kb:"
_N_RANDOM = 9
_REDUCTION = 0b100101  # x^5 + x^2 + 1, a primitive polynomial over GF(2): x generates all 31 non-zero elements
_SHAPE = re.compile(r"(?:kb:)?([0-9A-Z]{4})-?([0-9A-Z]{4})-?([0-9A-Z]{2})")
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})


def _times(a: int, b: int) -> int:
    """Multiply two elements of GF(32)."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0b100000:
            a ^= _REDUCTION
        b >>= 1
    return product


def _weights() -> tuple[int, ...]:
    weights = [1]
    for _ in range(_N_RANDOM - 1):
        weights.append(_times(weights[-1], 2))
    return tuple(_times(w, 2) for w in weights)  # from x^1 on: x^0 = 1 belongs to the check character itself


_WEIGHTS = _weights()
# Made once (1 kB) because every record of a large deposit gets an identifier.
_PRODUCTS = tuple(tuple(_times(weight, symbol) for symbol in range(32)) for weight in _WEIGHTS)


def _check_symbol(symbols: list[int]) -> int:
    total = 0
    for products, symbol in zip(_PRODUCTS, symbols, strict=True):
        total ^= products[symbol]
    return total


def new_pid() -> str:
    """Draw a new short identifier. 45 random bits: the database refuses the rare repeat and another is drawn."""
    number = secrets.randbits(5 * _N_RANDOM)
    symbols = [(number >> (5 * i)) & 31 for i in range(_N_RANDOM)]
    text = "".join(ALPHABET[s] for s in [*symbols, _check_symbol(symbols)])
    return f"{PREFIX}{text[:4]}-{text[4:8]}-{text[8:]}"


def parse_pid(text: str) -> str:
    """Read a short identifier as a person may write it and give its normal form.

    Parameters
    ----------
    text : str
        With or without `kb:` and hyphens, in either case; I and L are read as 1, O as 0.

    Raises
    ------
    InvalidIdentifier
        If it has another shape, or its check character disagrees.
    """
    folded = text.strip()
    folded = (folded[3:] if folded[:3].lower() == PREFIX else folded).upper().translate(_READ_AS)
    match = _SHAPE.fullmatch(folded)
    if match is None or "U" in folded:
        raise InvalidIdentifier(
            f"'{text}' is not an identifier: ten letters and digits were expected, as in kb:7Q4M-2KXD-98.",
            mend="Copy it again from the label or the page.",
        )
    symbols = [ALPHABET.index(c) for c in "".join(match.groups())]
    if _check_symbol(symbols[:-1]) != symbols[-1]:
        raise InvalidIdentifier(
            f"'{text}' is misspelt: its check character does not fit.",
            mend="Compare it with the label, letter by letter.",
        )
    return PREFIX + "-".join(match.groups())


_SOMEWHERE = re.compile(
    r"(?<![0-9A-Za-z])(?:kb[:_-]?)?([0-9A-Za-z]{4})[-_]?([0-9A-Za-z]{4})[-_]?([0-9A-Za-z]{2})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_LONGEST_TEXT = 1000


def pids_in(text: str) -> tuple[str, ...]:
    """Find what may be short identifiers in a text such as a file name, in their printed form.

    The check character turns away 31 of 32 other words of that shape; whether there is such a record is another matter.
    File names cannot have a colon everywhere: `kb_7Q4M-2KXD-98` and `kb-7Q4M2KXD98` are read as well.
    """
    found = []
    for match in _SOMEWHERE.finditer(text[:_LONGEST_TEXT]):
        try:
            found.append(parse_pid("-".join(match.groups())))
        except InvalidIdentifier:
            continue
    return tuple(dict.fromkeys(found))


_lock = threading.Lock()
_last = 0


def new_uuid() -> UUID:
    """Make a UUID of version 7 (RFC 9562, 5.7): ordered by time, also within one process and one millisecond.

    The 12 bits after the version count on from a random start when several are made in one millisecond (6.2, method 1).
    """
    global _last
    milliseconds = time.time_ns() // 1_000_000
    with _lock:
        stamp = (milliseconds << 12) | (int.from_bytes(os.urandom(2)) & 0x7FF)
        _last = stamp if stamp > _last else _last + 1
        stamp = _last
    value = ((stamp >> 12) << 80) | (0x7 << 76) | ((stamp & 0xFFF) << 64) | (0b10 << 62) | secrets.randbits(62)
    return UUID(int=value)


def made_at(identifier: UUID) -> datetime | None:
    """When a UUID of version 7 was made; `None` for one of another version."""
    if identifier.version != 7:
        return None
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, tz=UTC)
