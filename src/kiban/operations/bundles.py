"""Measurements that are spread over several files of a folder: which file stands for them, and which belong to it.

What readers say of it (`companions`, see `kiban.readers.contract`) comes as file names with patterns; the file that
fits the first pattern must be there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

Patterns = Mapping[str, tuple[str, ...]]


def parts_on_disk(main: Path, patterns: Patterns) -> list[str]:
    """The files that belong to one on the disk, by their path below its folder; none where it stands for itself.

    Links to folders are not followed: they can lead out of the folder that was named.
    """
    wanted = patterns.get(main.name, ())
    if not wanted or not (main.parent / wanted[0]).is_file():
        return []
    found = {
        path.relative_to(main.parent).as_posix()
        for pattern in wanted
        for path in main.parent.glob(pattern)
        if path != main and path.is_file() and not _through_link(path, main.parent)
    }
    return sorted(found)


def _through_link(path: Path, folder: Path) -> bool:
    between = path.relative_to(folder).parents
    return any((folder / parent).is_symlink() for parent in between if parent.name)


def bundles(names: Collection[str], patterns: Patterns) -> Iterator[tuple[str, dict[str, str]]]:
    """Find the measurements among the files of an archive.

    Returns
    -------
    iterator of (str, dict)
        The file that stands for a measurement, and those that belong to it: name by path below its folder.
    """
    taken: set[str] = set()
    for name in sorted(names):
        folder, slash, last = name.rpartition("/")
        wanted = patterns.get(last, ())
        prefix = f"{folder}{slash}"
        if not wanted or name in taken or f"{prefix}{wanted[0]}" not in names:
            continue
        parts = {
            other[len(prefix) :]: other
            for other in names
            if other.startswith(prefix) and other != name and _fits(other[len(prefix) :], wanted)
        }
        taken |= {name, *parts.values()}
        yield name, parts


def _fits(below: str, patterns: tuple[str, ...]) -> bool:
    """As on the disk: a star stands for anything but a slash."""
    return any(
        below.count("/") == pattern.count("/") and all(map(fnmatchcase, below.split("/"), pattern.split("/")))
        for pattern in patterns
    )
