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

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction_scan import counting_uncertainty
from kiban.readers.number_list import number, numbers, optional_number
from kiban.readers.sampled_axes import Axis, axis_variables, checked
from kiban.readers.source import Source
from kiban.readers.xml import parse
from kiban.readers.xml_header import as_dictionary, children, first_tag, text_at
from kiban.records.reading import MetadataValue, Reading, Variable

if TYPE_CHECKING:
    from lxml.etree import _Element

MEND = "Save the spectrum again from its program; the file is kept as it came."
_SPECTRUM = "TRTSpectrum"
_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_TIME = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})")
_HARDWARE = (("real_time", "RealTime", "ms"), ("live_time", "LifeTime", "ms"))
_MICROSCOPE = (
    ("incident_energy", "PrimaryEnergy", "keV"),
    ("elevation_angle", "ElevationAngle", "deg"),
    ("azimuth_angle", "AzimutAngle", "deg"),
    ("working_distance", "WorkingDistance", "mm"),
)
_TUBE = (("tube_voltage", "Voltage", "kV"), ("tube_current", "Current", "uA"))
_ANGLES = frozenset({"deg"})


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
        if b"TRTSpectrum" in source.head[:4096] and first_tag(source.head[:4096])[0] == _SPECTRUM:
            return Recognition(Confidence.CERTAIN, "its root element is TRTSpectrum")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all spectra. Raises as the contract says."""
        root = parse(source.read(), name=source.name)
        found = [
            element
            for element in root.iter("{*}ClassInstance")
            if element.get("Type") == _SPECTRUM and next(children(element, "Channels"), None) is not None
        ]
        if not found:
            raise NothingMeasured(f"{source.name}: no spectrum with channels is in the file.", mend=MEND)
        return [
            _Spectrum(element, source.name, n if len(found) > 1 else 0).reading() for n, element in enumerate(found, 1)
        ]


class _Spectrum:
    """One spectrum.

    Parameters
    ----------
    place : int
        Its number in the file, 0 where it is the only one.
    """

    def __init__(self, element: _Element, file: str, place: int) -> None:
        self._element = element
        self._file = f"{file}, spectrum {place}" if place else file
        self._head = _instance(element, "TRTSpectrumHeader")
        headers = next(children(element, "TRTHeaderedClass"), None)
        self._general = headers
        self._hardware = _instance(headers, "TRTSpectrumHardwareHeader")
        self._detector = _instance(headers, "TRTDetectorHeader")
        self._microscope = _instance(headers, "TRTESMAHeader")
        self._tube = _instance(headers, "TRTXrfHeader")
        self._sample = _instance(next(children(element, "ChildClassInstances"), None), "TSampleInformation")

    def reading(self) -> Reading:
        """Read it all. Raises DamagedFile, NothingMeasured."""
        counts = self._counts()
        axis, doubts = self._axis(len(counts))
        uncertainty = counting_uncertainty(counts)
        if uncertainty is None:
            doubts = (*doubts, "Counts are not whole or negative: they were corrected, so no uncertainty is given.")
        signal = Variable(
            name="intensity",
            series=Series(counts, "count", uncertainty),
            dimensions=(axis.name,),
            label="Channels",
        )
        return Reading(
            technique="x_ray_fluorescence" if self._is_fluorescence else "energy_dispersive_x_ray",
            title=self._element.get("Name", "").strip() or self._file or "X-ray spectrum",
            variables=(*axis_variables([axis]), signal),
            header=as_dictionary(self._element, without=frozenset({"Channels"})),
            metadata=dict(self._metadata()),
            sample_name=(self._sample.get("Name", "").strip() or None) if self._sample is not None else None,
            started_at=self._started_at(),
            doubts=doubts,
        )

    @property
    def _is_fluorescence(self) -> bool:
        return self._tube is not None and self._microscope is None

    def _counts(self) -> NDArray[Any]:
        written = text_at(self._element, "Channels").rstrip(", \t\r\n")
        if not written:
            raise NothingMeasured(f"{self._file}: the spectrum has no channels.", mend=MEND)
        counts = numbers(written.replace(",", " "), what="channels", file=self._file)
        if written.count(",") + 1 != len(counts) or bool(np.isnan(counts).any()):
            raise DamagedFile(
                f"{self._file}: {written.count(',') + 1} channels were expected between commas; {len(counts)} numbers "
                "were found, or some are missing.",
                mend=MEND,
            )
        promised = text_at(self._head, "ChannelCount")
        if promised and number(promised, what="ChannelCount", file=self._file) != len(counts):
            raise DamagedFile(f"{self._file}: {promised[:20]} channels are promised, {len(counts)} follow.", mend=MEND)
        return counts

    def _axis(self, n: int) -> tuple[Axis, tuple[str, ...]]:
        offset = optional_number(text_at(self._head, "CalibAbs"))
        step = optional_number(text_at(self._head, "CalibLin"))
        if offset is None or step is None:
            return Axis(length=n, name="channel"), (
                "The file states no calibration of the energy: channels are counted.",
            )
        (axis,), doubts = checked([Axis(length=n, first=offset, step=step, unit="keV", name="energy")])
        return (axis if axis.unit else Axis(length=n, name="channel")), doubts

    def _started_at(self) -> datetime | None:
        date = _DATE.fullmatch(text_at(self._head, "Date"))
        time = _TIME.fullmatch(text_at(self._head, "Time"))
        if date is None or time is None:
            return None
        day, month, year = map(int, date.groups())
        hour, minute, second = map(int, time.groups())
        try:
            return datetime(year, month, day, hour, minute, second)
        except ValueError:
            return None

    def _metadata(self) -> Iterator[tuple[str, MetadataValue]]:
        yield "maker", "Bruker"
        if comment := text_at(self._general, "TRTBase", "Description") or text_at(
            self._sample, "TRTBase", "Description"
        ):
            yield "comment", comment
        for header, fields in ((self._hardware, _HARDWARE), (self._microscope, _MICROSCOPE), (self._tube, _TUBE)):
            yield from _measured(header, fields)
        temperature = optional_number(text_at(self._hardware, "DetectorTemperature"))
        if temperature is not None:
            yield "detector_temperature", Measured(temperature, "degC")
        magnification = optional_number(text_at(self._microscope, "Magnification"))
        if magnification is not None and magnification > 0:
            yield "magnification", magnification
        for name, key in (("detector", "Type"), ("detector_serial_number", "Serial")):
            if value := text_at(self._detector, key):
                yield name, value


def _measured(header: _Element | None, fields: tuple[tuple[str, str, str], ...]) -> Iterator[tuple[str, Measured]]:
    """What a header states; the program writes 0 or -1 for what it does not know."""
    for name, key, unit in fields:
        value = optional_number(text_at(header, key))
        if value is not None and (value > 0 or unit in _ANGLES):
            yield name, Measured(value, unit)


def _instance(element: _Element | None, kind: str) -> _Element | None:
    if element is None:
        return None
    return next((child for child in children(element, "ClassInstance") if child.get("Type") == kind), None)


READER = BrukerSpx()
