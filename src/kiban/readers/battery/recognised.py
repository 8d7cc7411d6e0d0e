"""What the first lines of a cycler's table say, for readers that must tell whose it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kiban.readers.battery.rows import find_labels
from kiban.readers.source import Source
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode

_HEAD = 32768


def lines_of(content: bytes) -> list[str]:
    """The lines of the text, whatever its coding and line ends."""
    return with_plain_line_ends(decode(content)[0]).lstrip("\ufeff").split("\n")


def labels_in(source: Source, *words: bytes) -> list[str]:
    """The row of names with voltage and current; empty where there is none.

    Parameters
    ----------
    words : bytes
        Of which one must occur: files without any are not taken apart.
    """
    head = source.head[:_HEAD]
    if b"\0" in head or not any(word in head for word in words):
        return []
    found = find_labels(lines_of(head))
    return found[2] if found is not None else []


def n_typical(labels: Sequence[str], pattern: re.Pattern[str]) -> int:
    """How many of the labels are such as only this maker's programs write."""
    return sum(pattern.fullmatch(label) is not None for label in labels)
