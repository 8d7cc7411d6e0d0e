"""Which files belong to another: patterns of paths below its folder, as readers give them in `companions`."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase


def fits(below: str, pattern: str) -> bool:
    """Say whether a path fits a pattern, as on the disk: a star stands for anything but a slash."""
    if below.count("/") != pattern.count("/"):
        return False
    return all(map(fnmatchcase, below.split("/"), pattern.split("/")))


def fits_any(below: str, patterns: Iterable[str]) -> bool:
    """Say whether a path fits one of the patterns."""
    return any(fits(below, pattern) for pattern in patterns)
