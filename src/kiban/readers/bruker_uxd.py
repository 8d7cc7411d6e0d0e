"""Bruker UXD: the text files that Bruker's and Siemens' programs convert RAW to.

Instrument
----------
X-ray diffractometers of Bruker AXS and Siemens (D8, D5000, ...); DIFFRAC-AT, DIFFRAC plus File Exchange (XCH) and other
programs convert to it.

What is read
------------
Each range gives a Reading of technique `xrd` with

- the scanned axis, shape (n,): `two_theta` (deg) for coupled scans and scans of the detector, `omega` (deg) for scans
  of the drive THETA, else `chi`, `phi` (deg), `x`, `y`, `z` (mm) or an auxiliary drive without unit; from start and
  step, or as written for each point; `point_number` where the drive is not known;
- `intensity`, shape (n,), in counts or counts per second as the word above the numbers says;
- `count_time`, shape (n,), s, where it is written for each point; otherwise it is metadata.

Three or more ranges of equal length that step a drive evenly give one Reading of technique `xrd_map`.

Uncertainties
-------------
`intensity`: standard uncertainty √n of the Poisson distribution, origin estimate (1 where nothing was counted), where
the unit is counts and all numbers are whole. The file states none.

What is left out
----------------
Lists of peaks (`_D-I`, `_2THETA-I`) are passed over with a doubt; a file that holds nothing else is refused.

File structure
--------------
Text, CR LF or LF. Lines `_KEY=value`, texts in quotes, comments after `;`. The first key is `_FILEVERSION`; keys of
the file come before those of the ranges; `_DRIVE` begins a range, and a word without value begins its numbers:
`_COUNTS` or `_CPS` (as many on a line as fit), `_2THETACOUNTS` or `_2THETACPS` (position and intensity, whichever
drive `_DRIVE` says was moved), with `TIME` added a time for each point. Worked out from files in public and from what
other programs say of the format.
"""

from __future__ import annotations

from kiban.errors import NothingMeasured, UnsupportedVariant
from kiban.readers.bruker.uxd_file import DATA, MEND, UxdFile, split
from kiban.readers.bruker.uxd_numbers import table
from kiban.readers.bruker.uxd_scan import scan
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.ranges import range_readings
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Reading

_RANGE_KEYS = {"_DRIVE", "_STEPSIZE", "_START", "_2THETA", "_STEPTIME"}


class BrukerUxd:
    """Reads UXD."""

    name = "bruker_uxd"
    version = 2
    title = "Bruker UXD"
    makers = ("Bruker", "Siemens")
    techniques = ("xrd", "xrd_map")
    suffixes = (".uxd",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first key is `_FILEVERSION`, or that has keys of a range and a word above numbers."""
        # Marks of Unicode, and the zeros of UTF-16, may come before the first sign.
        if source.head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] not in {b"_", b";"}:
            return None
        text, _ = decode(source.head)
        lines = (line.strip(" \t\ufeff") for line in text.splitlines())
        meaningful = [line for line in lines if line and not line.startswith(";")]
        if not meaningful or not meaningful[0].startswith("_"):
            return None
        if meaningful[0].upper().startswith("_FILEVERSION"):
            return Recognition(Confidence.CERTAIN, "its first key is _FILEVERSION")
        keys = {line.partition("=")[0].strip().upper() for line in meaningful if line.startswith("_")}
        if keys & _RANGE_KEYS and any(DATA.fullmatch(key) for key in keys):
            return Recognition(Confidence.LIKELY, "it has keys of UXD above its numbers")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all ranges, in order. Raises as the contract says."""
        text, _ = decode(source.read())
        file = split(text, file=source.name)
        if not file.ranges:
            raise _nothing(file, source.name)
        scans = []
        for n, one in enumerate(file.ranges, 1):
            place = f"{source.name}, range {n}"
            numbers = table(one, place=place)
            if len(numbers):
                scans.append(scan(file, one, numbers, place=place))
        if not scans:
            raise _nothing(file, source.name)
        return range_readings(scans)


def _nothing(file: UxdFile, name: str) -> NothingMeasured | UnsupportedVariant:
    if file.n_peak_lists:
        return UnsupportedVariant(
            f"{name} holds a list of peaks and no measured points.",
            mend="Convert the measurement itself to UXD. The file is kept as it came.",
        )
    return NothingMeasured(f"{name}: no range holds points.", mend=MEND)


READER = BrukerUxd()
