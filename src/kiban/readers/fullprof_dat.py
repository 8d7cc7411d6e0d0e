"""FullProf and DBWS free format: powder patterns as start, step, end and a list of intensities (`.dat`).

Instrument
----------
Any powder diffractometer whose data were converted for Rietveld refinement with FullProf, DBWS, BGMN, MAUD or others.

What is read
------------
One Reading of technique `xrd` (neutrons as well: the file does not name the radiation) with

- `two_theta`, shape (n,), deg, from start and step;
- `intensity`, same shape, in arbitrary units: whether it was scaled is not in the file.

Uncertainties
-------------
None: whether the intensities are counts is not in the file.

What is left out
----------------
Nothing; what stands behind the three numbers is the title. Patterns with instrument codes (`INSTRM=`) in their head
are not claimed.

File structure
--------------
Text. Perhaps comments after `!` or `#`; a line of start, step and end in degrees, with a title behind them; then
intensities between blanks, several on a line, exactly as many as start, step and end make. FullProf manual, data
format 0.
"""

from __future__ import annotations

import re

import numpy as np

from kiban.errors import DamagedFile
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.points import evenly_stepped
from kiban.readers.diffraction.scan import Scan, Track, reading
from kiban.readers.number_list import numbers
from kiban.readers.source import HEAD_BYTES, Source
from kiban.readers.text import decode
from kiban.records.reading import Reading

_MEND = "Convert the pattern again; the file is kept as it came."
_NUMBER = r"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[EeDd][+-]?\d+)?"
_THREE = rf"(?P<start>{_NUMBER})[ \t]+(?P<step>{_NUMBER})[ \t]+(?P<end>{_NUMBER})"
_FIRST = re.compile(rf"\s*+{_THREE}(?:[ \t]+(?P<title>.*))?")
_ONE = re.compile(_NUMBER)
_FEWEST_ON_A_LINE = 4
_FEWEST = 20
_NEAR = 0.01
"""Parts of a step by which the end may miss a point."""


class FullprofDat:
    """Reads the free format of FullProf."""

    name = "fullprof_dat"
    version = 1
    title = "FullProf / DBWS pattern"
    makers = ("FullProf",)
    techniques = ("xrd",)
    suffixes = (".dat", ".dbw", ".rit")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with start, step and end, and has exactly as many intensities as they make."""
        head = source.head
        if b"\0" in head or head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in b"0123456789.-+!#":
            return None
        lines = _lines(decode(head)[0])
        promised = _promised(lines[0]) if lines else None
        if promised is None:
            return None
        is_whole = len(head) < HEAD_BYTES
        body = lines[1:] if is_whole else lines[1:-1]
        widths = [len(line.split()) for line in body]
        if len(widths) < 2 or min(widths[:-1]) < _FEWEST_ON_A_LINE or len(set(widths[:-1])) != 1:
            return None
        if not all(_ONE.fullmatch(word) for line in body[:50] for word in line.split()):
            return None
        n_found = sum(widths)
        if n_found == promised if is_whole else n_found < promised:
            return Recognition(Confidence.LIKELY, f"start, step and end of its first line make {promised} intensities")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the pattern. Raises as the contract says."""
        lines = _lines(decode(source.read())[0])
        match = _FIRST.fullmatch(lines[0]) if lines else None
        promised = _promised(lines[0]) if lines else None
        if match is None or promised is None:
            raise DamagedFile(f"{source.name}: start, step and end were expected in the first line.", mend=_MEND)
        values = numbers("\n".join(lines[1:]), what="intensities", file=source.name).astype(np.float64)
        if values.size != promised:
            raise DamagedFile(
                f"{source.name}: start, step and end make {promised} points, {values.size} intensities follow.",
                mend=_MEND,
            )
        start, step = _float(match["start"]), _float(match["step"])
        two_theta = evenly_stepped(start, step, promised, place=source.name)
        if two_theta is None:
            raise DamagedFile(f"{source.name}: a step above 0 was expected.", mend=_MEND)
        title = (match["title"] or "").strip()
        scan = Scan(
            axis="two_theta",
            intensity=Track(name="intensity", label="", values=values, unit="arbitrary_unit"),
            tracks=(Track(name="two_theta", label="", values=two_theta, unit="deg"),),
            sort=title or "Powder pattern",
            header={"first line": lines[0].strip()},
            metadata={"step": Measured(step, "deg")},
            doubts=("The file does not say whether the intensities are counts.",),
        )
        return [reading(scan)]


def _lines(text: str) -> list[str]:
    """The lines that are not empty, without the comments above the first of numbers."""
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip(" \t\0\x1a")]
    while lines and lines[0].lstrip()[0] in "!#":
        lines.pop(0)
    return lines


def _float(text: str) -> float:
    return float(text.replace("D", "e").replace("d", "e"))


def _promised(line: str) -> int | None:
    """How many points start, step and end make, where they are those of a pattern."""
    match = _FIRST.fullmatch(line)
    if match is None:
        return None
    start, step, end = (_float(match[name]) for name in ("start", "step", "end"))
    if not (-180 < start < end <= 180 and 1e-4 <= step <= 5):
        return None
    steps = (end - start) / step
    n = round(steps) + 1
    return n if abs(steps - round(steps)) < _NEAR * max(1.0, n / 100) and n >= _FEWEST else None


READER = FullprofDat()
