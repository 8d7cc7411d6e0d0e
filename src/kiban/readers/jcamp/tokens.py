"""JCAMP-DX, a table's text cut into its numbers: all characters at once, by what each is and what stands before it.

A number is exact where its digits and its power of ten are: up to 15 digits make a whole number below 2**53, powers up
to 10**22 are floats themselves, and one multiplication or division of the two rounds once, as `float` does. The few
numbers beyond that are given to `float` one by one.
"""

from __future__ import annotations

import re
import warnings
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
    SEPARATORS,
    SIGN_OF,
    STARTS,
    Character,
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
_LONG_POWER = re.compile(r"\^[+-]?\d{4}")
_AS_PARSED = bytes.maketrans(SEPARATORS.encode() + b"^", b" " * len(SEPARATORS) + b"e")
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
    classes = CLASS_OF.take(content)
    # As if a separator stood before and after.
    pairs = np.zeros(content.size + 1, dtype=np.uint8)
    pairs[1:] = classes << 4
    pairs[:-1] += classes
    does = PAIR.take(pairs)
    if bool((does == IS_WRONG).any()):
        return None
    begins = np.flatnonzero(does[:-1] == STARTS)
    kinds = KIND_OF[content[begins]]
    kept = kinds != Kind.LINE_END
    lines = np.cumsum(~kept)[kept] + line
    begins, kinds = begins[kept], kinds[kept]
    points = np.flatnonzero(classes == Character.POINT)
    with_point = np.searchsorted(begins, points, "right") - 1
    if bool((with_point[1:] == with_point[:-1]).any()):
        return None
    are_fractions = np.zeros(kinds.size, dtype=np.bool_)
    are_fractions[with_point] = True
    powers = kinds == Kind.POWER
    numbers = _plain_numbers(text, kinds, powers)
    if numbers is None:
        made = _made_numbers(content, classes, begins, kinds, points, with_point, are_fractions)
        if made is None:
            return None
        numbers, hard = made
        for i in hard:
            numbers[i] = float(written(text, int(begins[i])).translate(PLAIN))
    if bool(powers.any()):
        are_fractions[np.flatnonzero(powers) - 1] = True
        kinds, numbers, are_fractions, begins, lines = (
            each[~powers] for each in (kinds, numbers, are_fractions, begins, lines)
        )
    return Tokens(kinds=kinds, numbers=numbers, are_fractions=are_fractions, begins=begins + place, lines=lines)


def _plain_numbers(text: str, kinds: NDArray[np.int8], powers: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """Read numbers without letters with NumPy's parser, which reads them as `float` does; NaN where an exponent begins.

    `None` where other forms are among them, or what the parser gives are not as many numbers.
    """
    if not kinds.size or bool((kinds[~powers] != Kind.NUMBER).any()) or ("^" in text and _LONG_POWER.search(text)):
        return None
    try:
        with warnings.catch_warnings():
            # NumPy before 2.3 only warns of what it cannot read.
            warnings.simplefilter("error", DeprecationWarning)
            values = np.fromstring(text.encode("ascii").translate(_AS_PARSED), dtype=np.float64, sep=" ")
    except (ValueError, DeprecationWarning):
        return None
    if values.size != kinds.size - np.count_nonzero(powers):
        return None
    numbers = np.full(kinds.size, np.nan)
    numbers[~powers] = values
    return numbers


def _made_numbers(
    content: NDArray[np.uint8],
    classes: NDArray[np.uint8],
    begins: NDArray[np.int64],
    kinds: NDArray[np.int8],
    points: NDArray[np.int64],
    with_point: NDArray[np.int64],
    are_fractions: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    """Make numbers of digits; also gives the places of those that cannot be made exactly.

    `None` where a number has no digit, or an exponent belongs to no plain number.
    """
    is_digit = (classes == Character.DIGIT) | (classes == Character.LETTER)
    places = np.flatnonzero(is_digit)
    first = np.cumsum(is_digit)[begins] - is_digit[begins]
    n_digits = _up_to_the_next(first, places.size)
    if bool((kinds[n_digits == 0] == Kind.NUMBER).any()):
        return None
    mantissas = _whole_numbers(DIGIT_OF[content[places]], first, n_digits)
    shifts = np.zeros(kinds.size, dtype=np.int64)
    shifts[with_point] = np.searchsorted(places, points) - (first + n_digits)[with_point]
    powers = np.flatnonzero(kinds == Kind.POWER)
    if powers.size:
        if _are_wrong(powers, kinds, n_digits, are_fractions):
            return None
        shifts[powers - 1] += (mantissas[powers] * SIGN_OF[content[begins[powers] + 1]]).astype(np.int64)
    numbers = _scaled(mantissas, shifts) * SIGN_OF[content[begins]]
    numbers[kinds == Kind.MISSING] = np.nan
    return numbers, np.flatnonzero((n_digits > _EXACT_DIGITS) | (np.abs(shifts) > _EXACT_POWER))


def _up_to_the_next(first: NDArray[np.int64], end: int) -> NDArray[np.int64]:
    """How many there are from each of the places to the next one, and from the last to the end."""
    n = np.empty_like(first)
    np.subtract(first[1:], first[:-1], out=n[:-1])
    n[-1:] = end - first[-1:]
    return n


def _whole_numbers(
    digits: NDArray[np.float64], first: NDArray[np.int64], n_digits: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Put digits together to whole numbers, the first 15 of each: those after are of no use here."""
    numbers = np.zeros(first.size)
    longer = np.flatnonzero(n_digits)
    numbers[longer] = digits[first[longer]]
    for n in range(1, _EXACT_DIGITS):
        longer = longer[n_digits[longer] > n]
        if not longer.size:
            break
        numbers[longer] = 10.0 * numbers[longer] + digits[first[longer] + n]
    return numbers


def _are_wrong(
    powers: NDArray[np.int64], kinds: NDArray[np.int8], n_digits: NDArray[np.int64], are_fractions: NDArray[np.bool_]
) -> bool:
    """Only a plain number has an exponent, of one to three digits without a point."""
    n = n_digits[powers]
    is_plain = kinds[powers - 1] == Kind.NUMBER
    return not bool((is_plain & (n > 0) & (n <= _MOST_DIGITS_OF_POWER) & ~are_fractions[powers]).all())


def _scaled(mantissas: NDArray[np.float64], shifts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Multiply by powers of ten, exactly within what is exact."""
    if not shifts.any():
        return mantissas
    sizes = _POWERS[np.minimum(np.abs(shifts), _EXACT_POWER)]
    scaled: NDArray[np.float64] = np.where(shifts < 0, mantissas / sizes, mantissas * sizes)
    return scaled
