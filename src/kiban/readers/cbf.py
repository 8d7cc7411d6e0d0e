"""CBF, the binary form of imgCIF: images of X-ray area detectors such as PILATUS and EIGER.

Instrument
----------
Area detectors at synchrotrons and in laboratories; those of Dectris (PILATUS, EIGER) write it with a header of their
own, which is called miniCBF.

What is read
------------
Each binary section gives a Reading of technique `xrd_image` with `intensity` of shape [y, x] (of three dimensions
[frame, y, x]) and the axes `x` and `y` in mm from the first pixel where the header states the size of a pixel, in
pixels otherwise. The unit is counts where the header names a detector that counts photons.

Uncertainties
-------------
`intensity` in counts: standard uncertainty √n of the Poisson distribution, origin estimate (1 where nothing was
counted, none for negative numbers, which mark gaps and dead pixels). The file states none.

What is left out
----------------
The compressions x-CBF_PACKED and x-CBF_CANONICAL, and encodings other than BINARY and BASE64, are refused by name. What
the categories of imgCIF say of detector and goniometer stays in the header as text.

File structure
--------------
CIF text with sections between lines `--CIF-BINARY-FORMAT-SECTION--`: a header like that of an e-mail, four bytes, the
pixels. Dectris' header stands in comments above. As in International Tables for Crystallography, volume G; the checksum
of the pixels is verified; checked against fabio.
"""

from __future__ import annotations

from kiban.errors import NothingMeasured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.image import Picture, reading
from kiban.readers.imgcif.dectris import DectrisHeader
from kiban.readers.imgcif.pixels import pixels
from kiban.readers.imgcif.sections import BOUNDARY, MEND, CbfFile, split
from kiban.readers.source import Source
from kiban.records.reading import Json, Reading

_SIGNATURE = b"###CBF:"


class Cbf:
    """Reads CBF."""

    name = "cbf"
    version = 1
    title = "CBF / imgCIF"
    makers = ("Dectris",)
    techniques = ("xrd_image",)
    suffixes = (".cbf",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with ###CBF: or have a binary section of imgCIF in their first part."""
        if source.head.startswith(_SIGNATURE):
            return Recognition(Confidence.CERTAIN, "it begins with ###CBF:")
        if BOUNDARY in source.head and b"data_" in source.head_lower:
            return Recognition(Confidence.CERTAIN, "it is CIF with a binary section of imgCIF")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all binary sections, in order. Raises as the contract says."""
        file = split(source.read(), file=source.name)
        if not file.sections:
            raise NothingMeasured(f"{source.name} holds no binary section.", mend=MEND)
        dectris = DectrisHeader(file.text)
        shared: dict[str, Json] = {"cif": [*file.text.splitlines()], "detector": dict[str, Json](dectris.lines)}
        return [_reading(file, n, dectris, shared, source) for n in range(len(file.sections))]


def _reading(file: CbfFile, n: int, dectris: DectrisHeader, shared: dict[str, Json], source: Source) -> Reading:
    of = len(file.sections)
    place = source.name if of == 1 else f"{source.name}, section {n + 1}"
    section = file.sections[n]
    values = pixels(section, most_bytes=source.limits.expanded_bytes // of, place=place)
    size = " × ".join(str(length) for length in reversed(values.shape))
    which = f" {n + 1} of {of}" if of > 1 else ""
    return reading(
        Picture(
            values=values,
            title=f"{dectris.detector or 'X-ray diffraction'} image, {size} pixels{which}",
            detector=dectris.detector,
            pixel_size=dectris.pixel_size_mm,
            saturated_at=dectris.saturated_at,
            header={**shared, "section": dict[str, Json](section.header)},
            metadata=dectris.metadata(),
            started_at=dectris.started_at,
        )
    )


READER = Cbf()
