"""Experiments that are folders: given as a file with its companions, or packed into a zip archive."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing
from typing import Protocol

from kiban.errors import UnreadableFile
from kiban.readers.companions import fits_any
from kiban.readers.source import Source
from kiban.readers.zipped import SIGNATURE, Zipped, listed_names


class Files(Protocol):
    """The files of an experiment, by their path below its folder."""

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        ...

    def read(self, name: str) -> bytes:
        """One file's bytes. Raises KeyError, UnreadableFile."""
        ...


def plain(name: str) -> str:
    """A member's name with plain signs between folders: archives made on Windows may have others."""
    return name.replace("\\", "/")


class Below:
    """The files of one experiment inside an archive."""

    def __init__(self, archive: Zipped, folder: str) -> None:
        self._archive = archive
        self._prefix = f"{folder}/" if folder else ""
        cut = len(self._prefix)
        self._members = {plain(name): name for name in archive.names}
        self.names = tuple(name[cut:] for name in self._members if name.startswith(self._prefix))

    def read(self, name: str) -> bytes:
        """One file's bytes. Raises KeyError, UnreadableFile."""
        return self._archive.read(self._members[f"{self._prefix}{name}"])


class Beside:
    """The files of an experiment of which one was given with what belongs to it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.names = (source.name, *source.companions)

    def read(self, name: str) -> bytes:
        """One file's bytes. Raises KeyError, LimitExceeded."""
        return (self._source if name == self._source.name else self._source.companion(name)).read()


def folders(names: Collection[str], *, mark: str, data: Collection[str], others: Collection[str]) -> list[str]:
    """The experiments in an archive of nothing else; none where there is anything besides.

    An archive that also holds other files is opened as an archive, so that these are read too.

    Parameters
    ----------
    mark : str
        The file that every experiment has.
    data, others : collections of str
        Patterns of the files that hold numbers, one of which must be there, and of those that may be beside them.
    """
    names = [plain(name) for name in names]
    found = {name.removesuffix(mark).rstrip("/") for name in names if name.rpartition("/")[2] == mark}
    has_data: set[str] = set()
    for name in names:
        folder = next((each for each in _above(name) if each in found), None)
        if folder is None:
            return []
        below = name[len(folder) + 1 :] if folder else name
        if fits_any(below, data):
            has_data.add(folder)
        elif not fits_any(below, (mark, *others)):
            return []
    return sorted(has_data)


def _above(name: str) -> Iterator[str]:
    """The folders that a file is in, the nearest first; of those far above it no experiment is made."""
    folder = name
    for _ in range(4):
        if not folder:
            return
        folder = folder.rpartition("/")[0]
        yield folder


def folders_of(source: Source, *, mark: str, data: Collection[str], others: Collection[str]) -> list[str]:
    """The same of a file that may be a zip archive or anything else; cheap where it is none with such experiments."""
    if not source.head.startswith(SIGNATURE):
        return []
    if not any(name.rpartition("/")[2] == mark for name in listed_names(source)):
        return []
    try:
        with closing(Zipped(source)) as archive:
            return folders(archive.names, mark=mark, data=data, others=others)
    except UnreadableFile:
        return []
