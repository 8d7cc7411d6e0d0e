"""Rigaku d*TREK images, and ADSC's, whose headers are built alike.

Instrument
----------
Area detectors of Rigaku's diffractometers (HyPix, PILATUS, imaging plates, CCDs) on SmartLab, RAPID, XtaLAB and others;
detectors of ADSC at synchrotrons.

What is read
------------
One Reading of technique `xrd_image` with `intensity` of shape [y, x] (of a stack [frame, y, x]) and the axes `x` and
`y` in mm from the first pixel where the header states the size of the detector, in pixels otherwise. The unit is counts
where the header names a detector that counts photons; other detectors' numbers have no unit that a file states.

Uncertainties
-------------
`intensity` in counts: standard uncertainty √n of the Poisson distribution, origin estimate (1 where nothing was
counted, none for negative numbers, which mark gaps). No uncertainty where large values were packed. The file
states none.

What is left out
----------------
Compressed pixels and types that d*TREK calls Other_type are refused by name. Tables of non-uniformity and distortion
that the header names are not applied.

File structure
--------------
A text header in braces, padded to HEADER_BYTES, with lines `KEY=value;`, then the pixels: SIZE1 columns, SIZE2 rows,
in the type and byte order that the header names. Where the header has RAXIS_COMPRESSION_RATIO, unsigned 16-bit pixels
from 32768 on stand for their excess over 32768 times that ratio. As Rigaku's "d*TREK Image Format v1.1" is cited;
checked on 2 files and against fabio.
"""

from __future__ import annotations

from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.image import Picture, reading
from kiban.readers.dtrek.header import SIGNATURE, Header
from kiban.readers.dtrek.metadata import Details
from kiban.readers.dtrek.pixels import pixels
from kiban.readers.source import Source
from kiban.records.reading import Reading


class RigakuImg:
    """Reads d*TREK images."""

    name = "rigaku_img"
    version = 1
    title = "Rigaku d*TREK image"
    makers = ("Rigaku", "ADSC")
    techniques = ("xrd_image",)
    suffixes = (".img", ".osc")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with a brace and HEADER_BYTES=."""
        if SIGNATURE.match(source.head):
            return Recognition(Confidence.CERTAIN, "it begins with {HEADER_BYTES= of d*TREK")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one image, or the one stack, of the file. Raises as the contract says."""
        content = source.read()
        header = Header(content, file=source.name)
        values, doubts = pixels(content, header, file=source.name)
        details = Details(header)
        pixel_size = details.pixel_size(values.shape)
        size = " × ".join(str(length) for length in reversed(values.shape))
        is_packed = values.dtype.itemsize == 8
        return [
            reading(
                Picture(
                    values=values,
                    title=details.title or f"X-ray diffraction image, {size} pixels",
                    detector=details.detector,
                    pixel_size=pixel_size,
                    is_raw=not is_packed,
                    saturated_at=header.number("SATURATED_VALUE") or None,
                    header=header.written,
                    metadata=details.metadata(pixel_size),
                    instrument=details.instrument or None,
                    doubts=doubts,
                )
            )
        ]


READER = RigakuImg()
