"""The lines of a UXD file: keys of the file, then ranges, each with keys of its own and numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kiban.errors import DamagedFile
from kiban.records.reading import Json

MEND = "Convert the measurement to UXD again; the file is kept as it came."
DATA = re.compile(r"_(?P<axis>2?THETA|OMEGA|KHI|CHI|PHI|PSI|[XYZ]|AUX[123])?(?P<what>COUNTS?|CPS)(?P<time>TIME)?\s*")
"""The words above numbers, in capitals."""
_KEY = re.compile(r"_(?P<key>[^=\s]+)\s*=\s*(?P<value>.*)")
_PEAKS = re.compile(r"_(?:D-I|2THETA-I)\s*", re.IGNORECASE)
_NEXT_RANGE = "data for range number"


@dataclass(slots=True, kw_only=True)
class UxdRange:
    """One range: its keys, what the word above its numbers says, and the numbers."""

    fields: dict[str, Json]
    axis: str
    """The drive whose position each row begins with; empty where rows hold intensities alone."""
    is_rate: bool
    has_times: bool
    rows: list[tuple[int, str]] = field(default_factory=list)
    """Lines of numbers, each with its place in the file."""


@dataclass(slots=True, kw_only=True)
class UxdFile:
    """What the file holds."""

    fields: dict[str, Json] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    ranges: list[UxdRange] = field(default_factory=list)
    n_peak_lists: int = 0


def split(text: str, *, file: str) -> UxdFile:
    """Split the text of a file.

    Raises
    ------
    DamagedFile
        If a line is none of comment, key, word above numbers and numbers.
    """
    found = UxdFile()
    fields: dict[str, Json] = found.fields
    rows: list[tuple[int, str]] | None = None
    for place, line in enumerate(text.splitlines(), 1):
        stripped = line.strip(" \t\0\x1a\ufeff")
        if not stripped:
            continue
        if stripped.startswith(";"):
            if stripped.lstrip(";( \t").lower().startswith(_NEXT_RANGE) and (
                fields is found.fields or rows is not None
            ):
                fields, rows = {}, None
            found.comments.append(stripped[1:].strip())
        elif (data := DATA.fullmatch(stripped.upper())) is not None:
            one = UxdRange(
                fields=fields,
                axis=data["axis"] or "",
                is_rate=data["what"] == "CPS",
                has_times=bool(data["time"]),
            )
            found.ranges.append(one)
            rows = one.rows
        elif _PEAKS.fullmatch(stripped):
            found.n_peak_lists += 1
            rows = []
        elif (key := _KEY.match(stripped)) is not None:
            # A key after numbers, and the drive's name after the keys of the file, begin a range.
            if rows is not None or (key["key"].upper() == "DRIVE" and fields is found.fields):
                fields, rows = {}, None
            _add(fields, key["key"], key["value"])
        elif rows is not None and not stripped.startswith("_"):
            rows.append((place, stripped))
        elif stripped.startswith("_"):
            _add(fields, stripped[1:], "")
        else:
            raise DamagedFile(
                f"{file}, line {place}: a key or a comment was expected; '{stripped[:40]}' was found.", mend=MEND
            )
    return found


def _add(fields: dict[str, Json], key: str, value: str) -> None:
    unquoted = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
    if key in fields:
        before = fields[key]
        fields[key] = [*before, unquoted] if isinstance(before, list) else [before, unquoted]
    else:
        fields[key] = unquoted
