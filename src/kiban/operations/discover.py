"""Which files a deposit is about."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kiban.errors import WrongUsage


@dataclass(frozen=True, slots=True)
class Found:
    """A file to deposit."""

    on_disk: Path
    path: str
    """Below the folder that was named, beginning with that folder's name; with `/`. Bytes of a file name that are not
    text in the system's encoding are shown as `\\xNN`, so that every name can be written down and none is refused."""


def discover(paths: Iterable[Path], *, below: Path | None = None) -> Iterator[Found]:
    """Find the regular files at and below the given paths, in order of name.

    Links to files are followed, links to folders are not (they can lead round in circles, or out of the folder that
    was named), and what is no file (pipes, sockets, devices) is left out. With `below`, files that are named themselves
    are called by their path below that folder.

    Raises
    ------
    WrongUsage
        If a path that was named does not exist.
    """
    for path in paths:
        if not path.exists():
            raise WrongUsage(f"There is no file or folder {shown(os.fspath(path))}.", mend="Check the path.")
        if path.is_dir():
            yield from _below(path, _folder_name(path))
        elif path.is_file():
            name = path.name if below is None else f"{_folder_name(below)}/{path.relative_to(below).as_posix()}"
            yield Found(path, shown(name))


def _folder_name(path: Path) -> str:
    # Not resolve(), which would rename a folder that is a link.
    return shown(Path(os.path.abspath(path)).name) or "root"  # noqa: PTH100


def _below(folder: Path, name: str) -> Iterator[Found]:
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        path = f"{name}/{shown(entry.name)}"
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry.path), path)
        elif entry.is_file() or (entry.is_symlink() and not _exists(entry)):
            yield Found(Path(entry.path), path)


def _exists(entry: os.DirEntry[str]) -> bool:
    try:
        return stat.S_IFMT(entry.stat().st_mode) != 0
    except OSError:
        return False


def shown(name: str) -> str:
    """A file name as text that can be stored and printed on one line: odd bytes and control characters escaped."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
