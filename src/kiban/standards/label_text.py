"""Texts that must fit: broken into lines, or shortened in the middle, where names of samples differ least."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

ELLIPSIS = "…"
Width = Callable[[str], float]

_BREAK_AFTER = frozenset("-‐–/_,;:")
_FULL_ENOUGH = 0.5
"""A line that is full by this share ends at a space, although a hyphen comes later."""
_NOT_AT_START = frozenset("、。，．・：；？！）」』】〉》ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ％℃)]},.;:!?%°…")
_NOT_AT_END = frozenset("（「『【〈《([{")


def broken(text: str, width: Width, room: float, n_lines: int) -> tuple[str, ...] | None:
    """Break a text into at most `n_lines` lines that each fit into `room`; `None` where it does not fit.

    Lines end after spaces and signs, and between Japanese characters but where its typesetting forbids it. A word that
    is longer than a line by itself is broken anywhere.
    """
    lines: list[str] = []
    rest = text
    while rest:
        if len(lines) == n_lines:
            return None
        n = _fitting(rest, width, room)
        if n == 0:
            return None
        if n < len(rest):
            n = _last_break(rest, n) or n
        lines.append(rest[:n].rstrip())
        rest = rest[n:].lstrip()
    return tuple(lines)


def shortened(text: str, fits: Callable[[str], bool]) -> str | None:
    """Give the longest beginning and end with an ellipsis between them that fit; `None` if not even two letters do."""
    best = None
    low, high = 2, len(text) - 1
    while low <= high:
        n = (low + high) // 2
        candidate = _without_middle(text, n)
        if fits(candidate):
            best, low = candidate, n + 1
        else:
            high = n - 1
    return best


def _fitting(text: str, width: Width, room: float) -> int:
    """How many characters fit into a line."""
    low, high = 0, len(text)
    while low < high:
        n = (low + high + 1) // 2
        low, high = (n, high) if width(text[:n].rstrip()) <= room else (low, n - 1)
    return _whole(text, low)


def _last_break(text: str, n: int) -> int:
    """Where the line may end, at most after `n` characters; 0 where nowhere. A date is rather not torn apart."""
    after_sign = 0
    for at in range(n, 0, -1):
        before, after = text[at - 1], text[at]
        if before.isspace() or after.isspace():
            if text[at:].lstrip()[:1] in _NOT_AT_START:  # the sign of degrees stays with its number
                continue
            return at if at >= n * _FULL_ENOUGH else max(at, after_sign)
        may_end = before not in _NOT_AT_END and after not in _NOT_AT_START and not unicodedata.combining(after)
        if may_end and (_is_east_asian(before) or _is_east_asian(after)):
            return max(at, after_sign) if at < n * _FULL_ENOUGH else at
        if before in _BREAK_AFTER and after not in _NOT_AT_START and not after_sign:
            after_sign = at
    return after_sign


def _is_east_asian(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"}


def _without_middle(text: str, n_kept: int) -> str:
    head = _whole(text, (n_kept + 1) // 2)
    tail = len(text) - n_kept // 2
    while tail < len(text) and unicodedata.combining(text[tail]):
        tail += 1
    return text[:head].rstrip() + ELLIPSIS + text[tail:].lstrip()


def _whole(text: str, n: int) -> int:
    """Step back so that no accent is torn from its letter."""
    while 0 < n < len(text) and unicodedata.combining(text[n]):
        n -= 1
    return n
