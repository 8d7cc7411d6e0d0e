"""Texts with the words of a question in bold, where somebody is looking."""

from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiban.operations.find import Hit
    from kiban.query.highlights import Highlight

_BOLD, _PLAIN = "\033[1m", "\033[22m"
_TITLE = "title"


def shows_bold() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout.isatty()


def marked_title(hit: Hit, *, is_bold: bool) -> str:
    """The title of an answer, with the words of the question in bold."""
    if not is_bold:
        return hit.title
    lit = next((each for each in hit.highlights if each.field == _TITLE), None)
    return marked(lit) if lit is not None and lit.excerpt == hit.title else _safe(hit.title)


def other_places(hit: Hit, *, is_bold: bool) -> list[str]:
    """Where else the words stand, a line for each field; nothing where nobody is looking."""
    return [f"{each.field}: {marked(each)}" for each in hit.highlights if each.field != _TITLE] if is_bold else []


def marked(lit: Highlight) -> str:
    """An excerpt with its places in bold."""
    return "".join(f"{_BOLD}{_safe(part)}{_PLAIN}" if is_lit else _safe(part) for part, is_lit in lit.parts())


def _safe(text: str) -> str:
    """A text of a record must not command the terminal."""
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c for c in text)
