"""JCAMP-DX, the characters that numbers are written with: what each is and stands for, and which may follow which."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SEPARATORS = " \t,;="


# NumPy looks for many things in members of an enum each time they meet an array; plain numbers cost nothing.
class Kind:
    """What a token is; its first character tells."""

    NUMBER = 0
    SQUEEZED = 1
    DIFFERENCE = 2
    DUPLICATE = 3
    MISSING = 4
    LINE_END = 5
    POWER = 6
    """`^` and an exponent, which belong to the number before."""


_LETTERS = (
    (Kind.SQUEEZED, 1, 0, "@ABCDEFGHI"),
    (Kind.SQUEEZED, -1, 1, "abcdefghi"),
    (Kind.DIFFERENCE, 1, 0, "%JKLMNOPQR"),
    (Kind.DIFFERENCE, -1, 1, "jklmnopqr"),
    (Kind.DUPLICATE, 1, 1, "STUVWXYZs"),
)
"""Letters that are a sign and a first digit: what they make, the sign, the digit of the first of them."""

LETTERS = frozenset("".join(letters for *_, letters in _LETTERS))


class Character:
    """What a character does to the token that it stands in or behind."""

    SEPARATOR = 0
    LINE_END = 1
    MISSING = 2
    LETTER = 3
    SIGN = 4
    DIGIT = 5
    POINT = 6
    POWER = 7
    OTHER = 8


GOES_ON, STARTS, IS_WRONG = range(3)


def _classes() -> NDArray[np.uint8]:
    table = np.full(256, Character.OTHER, dtype=np.uint8)
    for characters, which in (
        (SEPARATORS, Character.SEPARATOR),
        ("\n", Character.LINE_END),
        ("?", Character.MISSING),
        (LETTERS, Character.LETTER),
        ("+-", Character.SIGN),
        ("0123456789", Character.DIGIT),
        (".", Character.POINT),
        ("^", Character.POWER),
    ):
        table[[ord(c) for c in characters]] = which
    return table


def _kinds() -> NDArray[np.int8]:
    table = np.full(256, Kind.NUMBER, dtype=np.int8)
    for kind, _, _, letters in (
        *_LETTERS,
        (Kind.MISSING, 0, 0, "?"),
        (Kind.LINE_END, 0, 0, "\n"),
        (Kind.POWER, 0, 0, "^"),
    ):
        table[[ord(c) for c in letters]] = kind
    return table


def _digits() -> NDArray[np.float64]:
    table = np.zeros(256)
    for first, characters in ((0, "0123456789"), *((first, letters) for _, _, first, letters in _LETTERS)):
        table[[ord(c) for c in characters]] = np.arange(first, first + len(characters))
    return table


def _signs() -> NDArray[np.float64]:
    table = np.ones(256)
    table[ord("-")] = -1.0
    for _, sign, _, letters in _LETTERS:
        table[[ord(c) for c in letters]] = sign
    return table


def _pairs() -> NDArray[np.uint8]:
    table = np.full((16, 16), IS_WRONG, dtype=np.uint8)
    for before in (
        Character.SEPARATOR,
        Character.LINE_END,
        Character.MISSING,
        Character.LETTER,
        Character.DIGIT,
        Character.POINT,
    ):
        apart = before in {Character.SEPARATOR, Character.LINE_END, Character.MISSING}
        table[before, [Character.LINE_END, Character.MISSING, Character.LETTER, Character.SIGN]] = STARTS
        table[before, [Character.DIGIT, Character.POINT]] = STARTS if apart else GOES_ON
        table[before, Character.SEPARATOR] = GOES_ON
    table[[Character.DIGIT, Character.POINT], Character.POWER] = STARTS
    table[Character.SIGN, [Character.DIGIT, Character.POINT]] = GOES_ON
    table[Character.POWER, [Character.SIGN, Character.DIGIT]] = GOES_ON
    return table.reshape(-1)


CLASS_OF = _classes()
KIND_OF = _kinds()
DIGIT_OF = _digits()
SIGN_OF = _signs()
PAIR = _pairs()
"""What the second of two characters does, at 16 times the class of the first plus its own."""

PLAIN = str.maketrans(
    {
        letter: f"{'-' if sign < 0 else ''}{digit}"
        for _, sign, first, letters in _LETTERS
        for digit, letter in enumerate(letters, start=first)
    }
    | {"^": "e"}
)
"""Writes a token as `float` reads it."""
