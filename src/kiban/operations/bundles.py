"""Measurements that are spread over several files of a folder: which file stands for them, and which belong to it.

What readers say of it (`companions`, see `kiban.readers.contract`) comes as file names, each with one list of patterns
or several, because readers of different makers may know a measurement by the same name. The file that fits the first
pattern of a list must be there.
"""

from __future__ import annotations

import glob
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from kiban.readers.companions import fits

Patterns = Mapping[str, Sequence[Sequence[str]]]


def may_stand(name: str, patterns: Patterns) -> bool:
    """Say whether other files may belong to one of this name."""
    return bool(_wanted(name, patterns))


def _wanted(name: str, patterns: Patterns) -> list[list[str]]:
    """The lists of patterns for a file of this name, with what its star stands for in place of `{stem}`."""
    found = [list(each) for each in patterns.get(name, ())]
    for pattern, lists in patterns.items():
        if "*" in pattern and pattern != name and fnmatchcase(name, pattern):
            stem = glob.escape(name[pattern.index("*") :].removesuffix(pattern.partition("*")[2]))
            found += [[each.replace("{stem}", stem) for each in patterns_of_one] for patterns_of_one in lists]
    return found


def parts_on_disk(main: Path, patterns: Patterns) -> list[str]:
    """The files that belong to one on the disk, by their path below its folder; none where it stands for itself.

    Links to folders are not followed: they can lead out of the folder that was named.
    """
    folder = main.parent
    found = {
        path.relative_to(folder).as_posix()
        for wanted in _wanted(main.name, patterns)
        if any(path != main and path.is_file() for path in folder.glob(wanted[0]))
        for pattern in wanted
        for path in folder.glob(pattern)
        if path != main and path.is_file() and not _through_link(path, folder)
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
    there = set(names)
    deepest = max((p.count("/") for lists in patterns.values() for each in lists for p in each), default=0)
    below = _by_folder(names, deepest)
    # As on the disk: what lies higher comes first, so that a folder belongs to what stands above it.
    for name in sorted(names, key=lambda name: (name.count("/"), name)):
        folder, slash, last = name.rpartition("/")
        if name in taken or not (lists := _wanted(last, patterns)):
            continue
        prefix = f"{folder}{slash}"

        def fitting(pattern: str, prefix: str = prefix, folder: str = folder) -> list[str]:
            if pattern == glob.escape(pattern):
                return [prefix + pattern] if prefix + pattern in there else []
            return [each for each in below[folder] if fits(each[len(prefix) :], pattern)]

        found = {
            each
            for wanted in lists
            if any(each != name and each not in taken for each in fitting(wanted[0]))
            for pattern in wanted
            for each in fitting(pattern)
        }
        parts = {each[len(prefix) :]: each for each in sorted(found - taken - {name})}
        if parts:
            taken |= {name, *parts.values()}
            yield name, parts


def _by_folder(names: Iterable[str], deepest: int) -> dict[str, list[str]]:
    """What is in each folder, down to the depth that any pattern reaches."""
    found: dict[str, list[str]] = {}
    for name in names:
        folder = name
        for _ in range(deepest + 1):
            if not folder:
                break
            folder = folder.rpartition("/")[0]
            found.setdefault(folder, []).append(name)
    return found
