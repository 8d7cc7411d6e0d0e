"""The text at the head of PHI's files: lines `Key: value` between SOFH and EOFH."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kiban.errors import DamagedFile
from kiban.quantity.measured import Measured
from kiban.readers.number_list import optional_number
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json

MEND = "Save the measurement again from the instrument or MultiPak; the file is kept as it came."
_END = re.compile(rb"(?:^|[\r\n])EOFH[ \t]*(\r\n|\n|\r)")
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_REGION = re.compile(
    rf"(?P<number>\d+)\s+(?P<set>-?\d+)\s+(?P<name>\S.*?)\s+(?P<element>\d+)\s+(?P<points>\d+)"
    rf"\s+(?P<step>{_NUMBER})\s+(?P<start>{_NUMBER})\s+(?P<stop>{_NUMBER})\s+{_NUMBER}\s+{_NUMBER}"
    rf"(?:\s+(?P<time>{_NUMBER})(?:\s+(?P<pass_energy>{_NUMBER}))?)?(?:\s+\S+)*"
)
_MEASURED = re.compile(rf"(?P<value>{_NUMBER})\s*\(?(?P<unit>[^\s()\d]\S*?)?\)?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A range of energies that was measured, as a line SpectralRegDef defines it."""

    number: int
    name: str
    element: int
    """Atomic number; 111 stands for a survey."""
    n_points: int
    step: float
    start: float
    stop: float
    time_s: float | None
    """For how long each point was counted in all."""
    pass_energy_ev: float | None

    @property
    def is_survey(self) -> bool:
        """It is a survey, not the line of an element."""
        return self.element == 111


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """All lines of the header.

    Parameters
    ----------
    lines : mapping
        Values as written by their keys; a key that comes again keeps all values.
    length : int
        Bytes up to the first that is no text.
    """

    lines: Mapping[str, Json]
    length: int
    file: str

    def text(self, key: str) -> str:
        """The value of a key, empty where there is none; of several the first."""
        value = self.lines.get(key)
        first = value[0] if isinstance(value, list) and value else value
        return first if isinstance(first, str) else ""

    def texts(self, key: str) -> list[str]:
        """All values of a key."""
        value = self.lines.get(key)
        return [str(one) for one in (value if isinstance(value, list) else [value])] if value is not None else []

    def numbered(self, key: str, number: int) -> str:
        """The value that begins with the number, without it: `SpatialAreaDesc: 1 Cu foil`."""
        for text in self.texts(key):
            first, _, rest = text.partition(" ")
            if first == str(number):
                return rest.strip()
        return ""

    def measured(self, key: str, *, positive: bool = False) -> Measured | None:
        """The value of a key as a number with the unit beside it, where it is both."""
        match = _MEASURED.fullmatch(self.text(key))
        value = optional_number(match["value"]) if match is not None else None
        if match is None or value is None or (positive and value <= 0):
            return None
        written = match["unit"] or ""
        unit = "deg" if written == "d" else read_unit(written)
        return Measured(value, unit) if unit else None

    def date(self) -> datetime | None:
        """The day of the measurement; some programs count years from 1900."""
        for key in ("AcqFileDate", "FileDate"):
            parts = [optional_number(part) for part in self.text(key).split()]
            if len(parts) != 3 or None in parts:
                continue
            year, month, day = (int(part) for part in parts if part is not None)
            try:
                return datetime(year + (1900 if year < 1000 else 0), month, day)
            except (ValueError, OverflowError):
                continue
        return None


def read_header(content: bytes, file: str) -> Header:
    """Read the lines up to EOFH. Raises DamagedFile where there is none."""
    end = _END.search(content)
    if end is None:
        raise DamagedFile(f"{file}: the header ends without EOFH.", mend=MEND)
    text, _ = decode(content[: end.start()])
    lines = read_lines(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[1:])
    return Header(lines=lines, length=end.end(), file=file)


def read_lines(texts: Iterable[str]) -> dict[str, Json]:
    """Read lines `Key: value`; what has no colon is kept under `#text`."""
    lines: dict[str, Json] = {}
    for line in texts:
        key, colon, value = line.partition(":")
        if colon:
            _add(lines, key.strip(), value.strip())
        elif line.strip():
            _add(lines, "#text", line.strip())
    return lines


def _add(lines: dict[str, Json], key: str, value: str) -> None:
    present = lines.get(key)
    if present is None:
        lines[key] = value
    else:
        lines[key] = [*present, value] if isinstance(present, list) else [present, value]


def read_regions(header: Header) -> dict[int, Region]:
    """Read what was measured, by number; what was only defined (SpectralRegDefFull) is left out.

    Raises
    ------
    DamagedFile
        If a line is not a region, or there are not as many as promised.
    """
    regions: dict[int, Region] = {}
    for text in header.texts("SpectralRegDef"):
        match = _REGION.fullmatch(text)
        if match is None:
            raise DamagedFile(
                f"{header.file}: number, name, points, step, start and end were expected as SpectralRegDef; "
                f"'{text[:60]}' was found.",
                mend=MEND,
            )
        region = _region(match)
        regions[region.number] = region
    promised = optional_number(header.text("NoSpectralReg"))
    if promised is not None and promised != len(regions):
        raise DamagedFile(
            f"{header.file}: the header promises {promised:g} spectral regions and defines {len(regions)}.", mend=MEND
        )
    return regions


def _region(match: re.Match[str]) -> Region:
    step, start, stop = (float(match[name]) for name in ("step", "start", "stop"))
    return Region(
        number=int(match["number"]),
        name=match["name"],
        element=int(match["element"]),
        n_points=int(match["points"]),
        step=step,
        start=start,
        stop=stop,
        time_s=optional_number(match["time"]) or None,
        pass_energy_ev=optional_number(match["pass_energy"]) or None,
    )
