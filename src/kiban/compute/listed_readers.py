"""What can be read, as plain values: what comes back over the fence when it is asked."""

from __future__ import annotations

from dataclasses import dataclass

KIBAN = "kiban"
"""The package of the readers that Kiban itself brings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderFacts:
    """One format that can be read, for people who look for theirs."""

    name: str
    """The reader's name, as provenance has it."""
    version: int
    title: str
    """The format as people call it."""
    makers: tuple[str, ...]
    techniques: tuple[str, ...]
    """Keys of the list of techniques."""
    suffixes: tuple[str, ...]
    """Usual file suffixes, each with its dot; recognition is by content."""
    recognised: str
    """How it is recognised; empty where the reader does not say."""
    library: str | None
    """The library that decodes the format; `None` where the reader does it itself."""
    since: str | None
    """The version of its package that had it first; `None` where the reader does not say."""
    package: str
    """The package that brings it: `kiban`, or another one that is installed."""
    package_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPlugin:
    """An installed plug-in that is left out."""

    kind: str
    """`reader`, `analysis` or `export`."""
    entry_point: str
    package: str
    package_version: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderList:
    """All readers, in order of their titles, and what does not work."""

    readers: tuple[ReaderFacts, ...]
    broken: tuple[BrokenPlugin, ...] = ()
