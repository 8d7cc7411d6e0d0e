"""JPK force curves: `.jpk-force`, and maps of them (`.jpk-force-map`, `.jpk-qi-data`).

Instrument
----------
Atomic force microscopes of JPK Instruments, now Bruker (NanoWizard, CellHesion, ForceRobot).

What is read
------------
One Reading for each segment (extend, pause, retract) of a curve, with all its channels in the unit that the file shows
by default: `force` (N), or `deflection` (m) or `deflection_voltage` (V) where the cantilever was not calibrated
further; `height`, `measured_height`, `strain_gauge_height`, ... (m) over `time` (s), the duration of the segment
divided by its points, or over `point` where no duration is stated. Of a map, segments that are alike make one Reading
with shape (curve, time) and `position_x`, `position_y` (m) of each curve; those of other lengths are Readings of their
own. `spring_constant` and `deflection_sensitivity` are the factors of the conversions.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Pictures in the archive, other calibrations than the default one, and of a map the headers of all segments but the
first of each Reading. Conversions other than factor and offset are refused.

File structure
--------------
A zip archive: `header.properties` (Java properties), `segments/N/segment-header.properties` and below it
`channels/NAME.dat`, in maps under `index/M/`; newer versions keep what segments have in common once, in
`shared-data/header.properties`, and point there by `lcd-info.*` and `force-segment-header-info.*`. Big-endian integers
(16, 32, 64 bits) with an encoder, or floats; constant and evenly stepped channels by their numbers. Each conversion
goes out from another one or from the encoder's volts. Worked out from 1 file of 2016 and the descriptions of others.
"""

from __future__ import annotations

from contextlib import closing

from kiban.readers.contract import Confidence, Recognition
from kiban.readers.jpk.curves import SEGMENT, readings
from kiban.readers.source import Source
from kiban.readers.zipped import SIGNATURE, Zipped, listed_names
from kiban.records.reading import Reading


class JpkForce:
    """Reads force curves of JPK."""

    name = "jpk_force"
    version = 1
    title = "JPK force curves"
    makers = ("JPK Instruments", "Bruker")
    techniques = ("force_spectroscopy",)
    suffixes = (".jpk-force", ".jpk-force-map", ".jpk-qi-data")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim zip archives with a member `segments/N/segment-header.properties` at their top."""
        if not source.head.startswith(SIGNATURE):
            return None
        for name in listed_names(source):
            if SEGMENT.fullmatch(name):
                return Recognition(Confidence.CERTAIN, f"it is a zip archive with the member {name[-60:]}")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all segments. Raises as the contract says."""
        with closing(Zipped(source)) as archive:
            return readings(archive, file=source.name, most_bytes=source.limits.expanded_bytes)


READER = JpkForce()
