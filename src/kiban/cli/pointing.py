"""Where in a question the trouble starts, as two lines for the terminal."""

from __future__ import annotations

import unicodedata

from kiban.errors import InvalidQuestion, KibanError

_AROUND = 50
"""So many characters before and after the place are shown."""


def pointed_lines(question: object, error: KibanError) -> tuple[str, ...]:
    """The part of the question around the trouble, and an arrow below its place; none where no place is known."""
    if not isinstance(question, str) or not isinstance(error, InvalidQuestion) or error.position is None:
        return ()
    begin = max(0, error.position - _AROUND)
    line = "".join(c if c.isprintable() else " " for c in question[begin : error.position + _AROUND])
    before = line[: error.position - begin]
    return f"    {line}", f"    {' ' * sum(map(_columns, before))}↑"


def _columns(character: str) -> int:
    """How much room a character takes in a terminal."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
