"""What a reader is.

A reader is a module of this folder that ends in `READER = ...`, or an entry point in the group `kiban.readers`. It
sees bytes and gives Readings; it knows no user, sample record or database, and it keeps no state. Its module
docstring has five headings: Instrument, What is read, Uncertainties, What is left out, File structure.
`kiban.testing.reader_suite` holds the tests that every reader must pass.

Two more attributes may say what lists of readers show: `library`, the name of the library that decodes the format
(unless given: the reader does it itself), and `since`, the version of its package that had it first.

A measurement may be spread over several files of a folder. Then a third attribute, `companions`, says by which file
name the reader knows it, and which files beside and below that one belong to it: `{"fid": ("acqus", "pdata/*/procs")}`.
Where a file of that name and one that fits the first pattern lie in one folder, all that fit are kept and given along
(`Source.companion`), and none of them is read by itself, unless no reader claims the whole. The name may have one star,
and the patterns `{stem}` for what it stands for: `{"*.hdr": ("{stem}.raw",)}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, runtime_checkable

from kiban import plugins
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.records.technique import TECHNIQUES

FIRST_VERSION = "0.1.0"
"""What `since` is for a reader of Kiban that does not say it: they have been there from the start."""


class Confidence(IntEnum):
    """How sure a reader is that a file is its own. The surest reader gets the file."""

    POSSIBLE = 1
    """It has a general shape (columns of numbers) and no other reader may know better."""
    LIKELY = 2
    """Its structure or words are typical of the format."""
    CERTAIN = 3
    """It carries the format's own signature."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """A reader's claim on a file, and why: a phrase that can follow "chosen because"."""

    confidence: Confidence
    why: str


@runtime_checkable
class Reader(Protocol):
    """Reads one format."""

    name: str
    """The module's name: `rigaku_ras`. Kept in the provenance of each record."""
    version: int
    """Raised by one whenever the same file would give another Reading than before."""
    title: str
    """The format as people call it: `Rigaku RAS`."""
    makers: tuple[str, ...]
    techniques: tuple[str, ...]
    suffixes: tuple[str, ...]
    """Usual file suffixes, for documentation only: recognition is by content."""

    def recognise(self, source: Source) -> Recognition | None:
        """Look at the head (and tail) of the file; `None` where it is none of ours. Never raises, never reads whole."""
        ...

    def read(self, source: Source) -> list[Reading]:
        """Read it all, or raise an UnreadableFile that names what was expected, what was found and the mend.

        Several scans give several Readings. At least one comes back.
        """
        ...


def lacks(reader: object) -> str | None:
    """Say what keeps an object of another package from being asked like a reader; `None` where nothing does."""
    if (missing := plugins.lacks(reader, *Reader.__annotations__, "recognise", "read")) is not None:
        return missing
    if not (isinstance(reader.name, str) and isinstance(reader.title, str)):  # type: ignore[attr-defined]
        return "its name and title must be texts"
    if type(reader.version) is not int:  # type: ignore[attr-defined]
        return "its version must be a whole number"
    for attribute in ("makers", "techniques", "suffixes"):
        value = getattr(reader, attribute)
        if not (isinstance(value, tuple) and all(isinstance(item, str) for item in value)):
            return f"its {attribute} must be a tuple of texts"
    unknown = [key for key in reader.techniques if key not in TECHNIQUES]  # type: ignore[attr-defined]
    return f"there is no technique '{unknown[0]}'" if unknown else None
