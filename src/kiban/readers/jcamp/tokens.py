"""JCAMP-DX, a table's text cut into its numbers: all characters at once, by what each is and what stands before it.

A number is exact where its digits and its power of ten are: up to 15 digits make a whole number below 2**53, powers up
to 10**22 are floats themselves, and one multiplication or division of the two rounds once, as `float` does. The few
numbers beyond that are given to `float` one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from kiban.readers.jcamp.characters import (
    CLASS_OF,
    DIGIT_OF,
    IS_WRONG,
    KIND_OF,
    PAIR,
    PLAIN,
    SIGN_OF,
    STARTS,
    Class,
    Kind,
)

TOKEN = re.compile(
    r"(?:[@%A-Za-s]\d*(?:\.\d*)?|[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:\^[+-]?\d{1,3})?)(?![\d.^])|\?|\n", re.ASCII
)
"""What a table may hold beside separators."""

_EXACT_DIGITS = 15
_EXACT_POWER = 22
_POWERS = np.array([float(f"1e{i}") for i in range(_EXACT_POWER + 1)])
_MOST_DIGITS_OF_POWER = 3
_PIECE = 1 << 16
"""Characters that are cut at once: the arrays for them stay in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tokens:
    """The numbers of a table, in order: each array has one entry for each. Line ends are counted and left out."""

    kinds: NDArray[np.int8]
    numbers: NDArray[np.float64]
    """NaN where missing."""
    are_fractions: NDArray[np.bool_]
    """Whether it was written with a point or an exponent."""
    begins: NDArray[np.int64]
    """Where in the text it begins."""
    lines: NDArray[np.int64]
    """On which line of the text, counted from 0."""


def cut(text: str) -> Tokens | None:
    """Cut a table into its numbers; `None` where something else stands there.

    Parameters
    ----------
    text : str
        With decimal points, exponents marked by `^`, lines ended by `\\n`.
    """
    if not text.isascii():
        return None
    cuts: list[Tokens] = []
    place = line = 0
    for piece in _pieces(text):
        tokens = _cut(piece, place, line)
        if tokens is None:
            return None
        cuts.append(tokens)
        place += len(piece)
        line += piece.count("\n")
    if len(cuts) == 1:
        return cuts[0]
    return Tokens(**{f.name: np.concatenate([getattr(tokens, f.name) for tokens in cuts]) for f in fields(Tokens)})


def written(text: str, begin: int) -> str:
    """The number that begins at a place of the text, as it stands there."""
    found = TOKEN.match(text, begin)
    return found[0] if found is not None else ""


def _pieces(text: str) -> Iterator[str]:
    """The text in parts of whole lines; an empty one is one empty part."""
    begin, end = 0, -1
    while end < len(text):
        end = text.find("\n", begin + _PIECE) + 1 or len(text)
        yield text[begin:end]
        begin = end


def _cut(text: str, place: int, line: int) -> Tokens | None:
    content = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    classes = CLASS_OF[content]
    # As if a separator stood before and after.
    pairs = np.zeros(content.size + 1, dtype=np.uint8)
    pairs[1:] = classes << 4
    pairs[:-1] += classes
    does = PAIR[pairs]
    if bool((does == IS_WRONG).any()):
        return None
    starts = does[:-1] == STARTS
    begins = np.flatnonzero(starts)
    kinds = KIND_OF[content[begins]]
    digits = _digits(content, classes, starts, kinds)
    if digits is None:
        return None
    mantissas, shifts, n_digits, are_fractions = digits
    kept = kinds != Kind.LINE_END
    lines = np.cumsum(~kept) + line
    powers = np.flatnonzero(kinds == Kind.POWER)
    if powers.size:
        if _are_wrong(powers, kinds, n_digits, are_fractions):
            return None
        shifts[powers - 1] += (mantissas[powers] * SIGN_OF[content[begins[powers] + 1]]).astype(np.int64)
        are_fractions[powers - 1] = True
        kept[powers] = False
    numbers = _scaled(mantissas, shifts) * SIGN_OF[content[begins]]
    numbers[kinds == Kind.MISSING] = np.nan
    for i in np.flatnonzero((n_digits > _EXACT_DIGITS) | (np.abs(shifts) > _EXACT_POWER)):
        numbers[i] = float(written(text, int(begins[i])).translate(PLAIN))
    return Tokens(
        kinds=kinds[kept],
        numbers=numbers[kept],
        are_fractions=are_fractions[kept],
        begins=begins[kept] + place,
        lines=lines[kept],
    )


_Digits = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]


def _digits(
    content: NDArray[np.uint8], classes: NDArray[np.uint8], starts: NDArray[np.bool_], kinds: NDArray[np.int8]
) -> _Digits | None:
    """Of each token: its digits as a whole number, the power of ten by its point, how many digits, whether a point.

    `None` where a number has no digit, or two points.
    """
    token_of = np.cumsum(starts, dtype=np.int32) - 1
    places = np.flatnonzero((classes == Class.DIGIT) | (classes == Class.LETTER))
    owners = token_of[places]
    n_digits = np.bincount(owners, minlength=kinds.size)
    if bool((kinds[n_digits == 0] == Kind.NUMBER).any()):
        return None
    after = np.cumsum(n_digits)
    powers = after[owners] - np.arange(1, places.size + 1)
    np.minimum(powers, _EXACT_POWER, out=powers)
    mantissas = np.bincount(owners, weights=DIGIT_OF[content[places]] * _POWERS[powers], minlength=kinds.size)
    shifts = np.zeros(kinds.size, dtype=np.int64)
    are_fractions = np.zeros(kinds.size, dtype=np.bool_)
    points = np.flatnonzero(classes == Class.POINT)
    if points.size:
        with_point = token_of[points]
        if bool((with_point[1:] == with_point[:-1]).any()):
            return None
        shifts[with_point] = np.searchsorted(places, points) - after[with_point]
        are_fractions[with_point] = True
    return mantissas, shifts, n_digits, are_fractions


def _are_wrong(
    powers: NDArray[np.int64], kinds: NDArray[np.int8], n_digits: NDArray[np.int64], are_fractions: NDArray[np.bool_]
) -> bool:
    """Only a plain number has an exponent, of one to three digits without a point."""
    n = n_digits[powers]
    is_plain = kinds[powers - 1] == Kind.NUMBER
    return not bool(np.all(is_plain & (n > 0) & (n <= _MOST_DIGITS_OF_POWER) & ~are_fractions[powers]))


def _scaled(mantissas: NDArray[np.float64], shifts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Multiply by powers of ten, exactly within what is exact."""
    if not shifts.any():
        return mantissas
    sizes = _POWERS[np.minimum(np.abs(shifts), _EXACT_POWER)]
    return np.where(shifts < 0, mantissas / sizes, mantissas * sizes)
