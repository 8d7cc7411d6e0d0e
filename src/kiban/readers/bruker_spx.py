"""Bruker SPX: X-ray spectra of Esprit and of XRF programs, as XML.

Instrument
----------
Energy-dispersive X-ray spectrometers of Bruker (Quantax, XFlash) on electron microscopes; XRF spectrometers of Bruker
that write the same format (M1 and M4 Tornado, Artax, Tracer).

What is read
------------
One Reading for each spectrum: `intensity` (counts) over `energy` (keV), from the offset CalibAbs and the step CalibLin;
over `channel` where the file states no calibration. Technique `energy_dispersive_x_ray`, or `x_ray_fluorescence` where
the header is that of an X-ray tube. Primary energy or tube, real and live time, detector with its angles, magnification
and working distance. The rest, with the results of a quantification, stands in the header as written.

Uncertainties
-------------
√n of the counts, 1 where nothing was counted (Poisson, an estimate of this reader); none where numbers are not whole or
negative, because then they were corrected after counting.

What is left out
----------------
Projects (RTX) and maps (BCF), which are other formats. Results of a quantification are not made properties.

File structure
--------------
XML, mostly in Windows-1252: `TRTSpectrum` holds a `ClassInstance` of that type, which has headers as further
`ClassInstance`s and the numbers in `Channels`, separated by commas. Times in ms, energies in keV, tube voltage in kV
and current in µA, working distance in mm, dates as day.month.year. Worked out from 1 file and descriptions of others.
"""

from __future__ import annotations

from kiban.errors import NothingMeasured
from kiban.readers.bruker.trt_spectrum import MEND, SPECTRUM, TrtSpectrum
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.source import Source
from kiban.readers.xml import parse
from kiban.readers.xml_header import children, first_tag
from kiban.records.reading import Reading


class BrukerSpx:
    """Reads SPX."""

    name = "bruker_spx"
    version = 1
    title = "Bruker SPX (X-ray spectrum)"
    makers = ("Bruker",)
    techniques = ("energy_dispersive_x_ray", "x_ray_fluorescence")
    suffixes = (".spx",)
    library = "lxml"

    def recognise(self, source: Source) -> Recognition | None:
        """Claim XML whose root is `TRTSpectrum`."""
        if b"TRTSpectrum" in source.head[:4096] and first_tag(source.head[:4096])[0] == SPECTRUM:
            return Recognition(Confidence.CERTAIN, "its root element is TRTSpectrum")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all spectra. Raises as the contract says."""
        root = parse(source.read(), name=source.name)
        found = [
            element
            for element in root.iter("{*}ClassInstance")
            if element.get("Type") == SPECTRUM and next(children(element, "Channels"), None) is not None
        ]
        if not found:
            raise NothingMeasured(f"{source.name}: no spectrum with channels is in the file.", mend=MEND)
        return [
            TrtSpectrum(element, source.name, n if len(found) > 1 else 0).reading()
            for n, element in enumerate(found, 1)
        ]


READER = BrukerSpx()
