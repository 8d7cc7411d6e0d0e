"""Which files a deposit is about."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kiban.errors import WrongUsage
from kiban.operations.bundles import Patterns, may_stand, parts_on_disk


@dataclass(frozen=True, slots=True)
class Found:
    """A file to deposit."""

    on_disk: Path
    path: str
    """Below the folder that was named, beginning with that folder's name; with `/`. Bytes of a file name that are not
    text in the system's encoding are shown as `\\xNN`, so that every name can be written down and none is refused."""
    parts: tuple[tuple[str, Found], ...] = ()
    """Files that belong to it, by their path below its folder: they are read together."""


def discover(paths: Iterable[Path], *, below: Path | None = None, patterns: Patterns | None = None) -> Iterator[Found]:
    """Find the regular files at and below the given paths, in order of name.

    Links to files are followed, links to folders are not (they can lead round in circles, or out of the folder that
    was named), and what is no file (pipes, sockets, devices) is left out. With `below`, files that are named themselves
    are called by their path below that folder. With `patterns`, files that belong to another come as parts of that one,
    once, though they or their folder are named too; where such files are named, those that others belong to come first.

    Raises
    ------
    WrongUsage
        If a path that was named does not exist.
    """
    patterns = patterns or {}
    taken: set[str] = set()
    for path in _mains_first(list(paths), patterns):
        if not path.exists():
            raise WrongUsage(f"There is no file or folder {shown(os.fspath(path))}.", mend="Check the path.")
        if path.is_dir():
            yield from _below(path, _absolute(path), _folder_name(path), patterns, taken)
        elif path.is_file() and _absolute(path) not in taken:
            name = path.name if below is None else f"{_folder_name(below)}/{path.relative_to(below).as_posix()}"
            yield _found(path, shown(name), patterns, taken)


def _mains_first(named: list[Path], patterns: Patterns) -> list[Path]:
    """Files to which others belong come first, so that `FOLDER/*` means the same as `FOLDER`; those that lie in a
    folder that is named too are left to it."""
    mains = [
        may_stand(path.name, patterns) and path.is_file() and bool(parts_on_disk(path, patterns)) for path in named
    ]
    if not any(mains):
        return named
    folders = {_absolute(path) for path in named if path.is_dir()}
    in_folders = [not folders.isdisjoint(map(os.fspath, Path(_absolute(path)).parents)) for path in named]
    each = list(zip(named, mains, in_folders, strict=True))
    return [
        *(path for path, is_main, is_inside in each if is_main and not is_inside),
        *(path for path, is_main, _ in each if not is_main),
    ]


def _absolute(path: Path) -> str:
    # Not resolve(), which would name a file by the place that a link leads to.
    return os.path.abspath(path)  # noqa: PTH100


def _found(path: Path, name: str, patterns: Patterns, taken: set[str]) -> Found:
    folder = name.rpartition("/")[0]
    parts = []
    for part in parts_on_disk(path, patterns):
        place = path.parent / part
        if _absolute(place) not in taken:
            taken.add(_absolute(place))
            parts.append((part, Found(place, f"{folder}/{shown(part)}" if folder else shown(part))))
    if parts:
        taken.add(_absolute(path))
    return Found(path, name, tuple(parts))


def _folder_name(path: Path) -> str:
    return shown(Path(_absolute(path)).name) or "root"


def _below(folder: Path, absolute: str, name: str, patterns: Patterns, taken: set[str]) -> Iterator[Found]:
    with os.scandir(folder) as entries:
        # What others belong to comes first: then these are known when their turn comes, here and in folders below.
        ordered = sorted(entries, key=lambda entry: (not may_stand(entry.name, patterns), entry.name))
    for entry in ordered:
        place = f"{absolute.rstrip('/')}/{entry.name}"
        if place in taken:
            continue
        path = f"{name}/{shown(entry.name)}"
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path), place, path, patterns, taken)
        elif entry.is_file() or (entry.is_symlink() and not _exists(entry)):
            yield _found(Path(entry.path), path, patterns, taken)


def _exists(entry: os.DirEntry[str]) -> bool:
    try:
        return stat.S_IFMT(entry.stat().st_mode) != 0
    except OSError:
        return False


def shown(name: str) -> str:
    """A file name as text that can be stored and printed on one line: odd bytes and control characters escaped."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
