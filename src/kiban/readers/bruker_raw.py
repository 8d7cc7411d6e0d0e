"""Bruker RAW: the binary files of Bruker's and Siemens' diffractometers, versions 1 to 4.

Instrument
----------
X-ray diffractometers of Bruker AXS and Siemens (D8, D2, D5000, ...): DIFFRAC.SUITE writes RAW4.00 (version 4),
DIFFRAC plus writes RAW1.01 (version 3), DIFFRAC-AT wrote RAW2 (version 2) and RAW (version 1).

What is read
------------
Each range gives a Reading of technique `xrd` with

- the scanned axis, shape (n,): `two_theta` (deg) for locked and unlocked coupled scans, detector scans and scans with
  a line detector, `omega` (deg) for rocking curves, which move the drive Theta, else `chi`, `phi` (deg), `x`, `y`, `z`
  (mm); `point_number` where it is not known which drive a type of scan moves;
- `intensity`, shape (n,), in counts (versions 3 and 4) or without unit (versions 1 and 2);
- what else RAW1.01 recorded at each point, shape (n,): drives, `time`, `temperature`.

Three or more ranges of equal length that step a drive evenly give one Reading of technique `xrd_map`.

Uncertainties
-------------
`intensity`: standard uncertainty √n of the Poisson distribution, origin estimate (1 where nothing was counted), where
the unit is counts and all numbers are whole. The file states none. Detectors whose channels are averaged give
fractions; those get none and a doubt.

What is left out
----------------
What stands behind the intensity in records of RAW4.00 that are longer than 4 bytes, segments of unknown type, the
optics that RAW4.00 packs into a variable (kept as written), and fields whose meaning is not known. Psi, hkl,
reciprocal-space and auxiliary scans are read with their points numbered. Other versions of RAW are refused by name.

File structure
--------------
Little endian. RAW1.01 after the manual "DIFFRAC plus File Exchange", appendix A, and RAW and RAW2 after the manual of
DIFFRAC-AT, appendix B, both as other programs cite them; RAW4.00 worked out from 1 file and from what other programs
say of it. Tables of the fields stand in `kiban.readers.bruker`. The manuals say that intensities of RAW1.01 are counts;
those of RAW4.00 were found equal to the counts of BRML files of the same measurements.
"""

from __future__ import annotations

import re
import struct

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.bruker import raw_early, raw_v3, raw_v4
from kiban.readers.bruker.fields import MEND
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.ranges import range_readings
from kiban.readers.diffraction.scan import Scan
from kiban.readers.source import Source
from kiban.records.reading import Reading

_NUMBERED = re.compile(rb"RAW\d\.\d\d\0")
_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4 = b"RAW ", b"RAW2", b"RAW1.01", b"RAW4.00"


class BrukerRaw:
    """Reads RAW of Bruker and Siemens."""

    name = "bruker_raw"
    version = 1
    title = "Bruker RAW"
    makers = ("Bruker", "Siemens")
    techniques = ("xrd", "xrd_map")
    suffixes = (".raw",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with RAW and a version, the early ones only where their first header makes sense."""
        head = source.head
        if _NUMBERED.match(head):
            return Recognition(Confidence.CERTAIN, f"it begins with {head[:7].decode('ascii')}")
        if head.startswith(_VERSION_2) and _is_version_2(head, source.size):
            return Recognition(Confidence.CERTAIN, "it begins with RAW2 and the header of a range")
        if head.startswith(_VERSION_1) and _is_version_1(head, source.size):
            return Recognition(Confidence.LIKELY, "it begins with RAW and the header of a range")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all ranges, in order. Raises as the contract says."""
        return range_readings(_scans(source.read(), file=source.name))


def _scans(content: bytes, *, file: str) -> list[Scan]:
    if content.startswith(_VERSION_4):
        return raw_v4.scans(content, file=file)
    if content.startswith(_VERSION_3):
        return raw_v3.scans(content, file=file)
    if content.startswith(_VERSION_2):
        return raw_early.v2_scans(content, file=file)
    if content.startswith(_VERSION_1):
        return raw_early.v1_scans(content, file=file)
    if _NUMBERED.match(content):
        raise UnsupportedVariant(
            f"{file} is RAW of the version {content[3:7].decode('ascii')}; 1.01, 4.00, RAW2 and RAW are read.",
            mend="Export it from Bruker's program as RAW4.00, BRML or UXD. The file is kept as it came.",
        )
    raise DamagedFile(f"{file} does not begin with RAW and a version.", mend=MEND)


def _is_version_1(head: bytes, size: int) -> bool:
    if len(head) < 156:
        return False
    n_points, time, step, _, _, start = struct.unpack_from("<I2f2If", head, 4)
    has_next = struct.unpack_from("<I", head, 152)[0]
    fits = 0 < n_points <= (size - 156) // 4
    return bool(fits and 0 <= time < 1e6 and 0 < abs(step) < 360 and abs(start) <= 360 and has_next <= 0xFFFF)


def _is_version_2(head: bytes, size: int) -> bool:
    if len(head) < 256 + 48:
        return False
    (n_ranges,) = struct.unpack_from("<H", head, 4)
    length, n_points = struct.unpack_from("<2H", head, 256)
    step, start = struct.unpack_from("<2f", head, 256 + 12)
    fits: bool = n_ranges > 0 and length >= 48 and 256 + length + 4 * n_points <= size
    return fits and abs(step) < 360 and abs(start) < 1e6


READER = BrukerRaw()
