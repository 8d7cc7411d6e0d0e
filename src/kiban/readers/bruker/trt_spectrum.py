"""A spectrum as Bruker's programs write it into XML (`TRTSpectrum`): in files of their own, and in those of maps."""

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
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.number_list import number, numbers, optional_number
from kiban.readers.sampled_axes import Axis, axis_variables, checked
from kiban.readers.xml_header import as_dictionary, children, text_at
from kiban.records.reading import MetadataValue, Reading, Variable

if TYPE_CHECKING:
    from lxml.etree import _Element

MEND = "Save the spectrum again from its program; the file is kept as it came."
SPECTRUM = "TRTSpectrum"
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


class TrtSpectrum:
    """One spectrum.

    Parameters
    ----------
    element : lxml element
        The `ClassInstance` of that type.
    file : str
        The file's name, for messages.
    place : int
        Its number in the file, 0 where it is the only one.
    """

    def __init__(self, element: _Element, file: str, place: int) -> None:
        self._element = element
        self._file = f"{file}, spectrum {place}" if place else file
        self._head = instance(element, "TRTSpectrumHeader")
        headers = next(children(element, "TRTHeaderedClass"), None)
        self._general = headers
        self._hardware = instance(headers, "TRTSpectrumHardwareHeader")
        self._detector = instance(headers, "TRTDetectorHeader")
        self._microscope = instance(headers, "TRTESMAHeader")
        self._tube = instance(headers, "TRTXrfHeader")
        self._sample = instance(next(children(element, "ChildClassInstances"), None), "TSampleInformation")

    def reading(self) -> Reading:
        """Read it all. Raises DamagedFile, NothingMeasured."""
        counts = self.counts()
        axis, doubts = self.axis(len(counts))
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
            metadata=dict(self.metadata()),
            sample_name=(self._sample.get("Name", "").strip() or None) if self._sample is not None else None,
            started_at=self.started_at(),
            doubts=doubts,
        )

    @property
    def _is_fluorescence(self) -> bool:
        return self._tube is not None and self._microscope is None

    def counts(self) -> NDArray[Any]:
        """The counts of the channels, shape (n,). Raises DamagedFile, NothingMeasured."""
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

    def axis(self, n: int) -> tuple[Axis, tuple[str, ...]]:
        """The energies of n channels, and doubts; the numbers of the channels where they are not calibrated."""
        offset = optional_number(text_at(self._head, "CalibAbs"))
        step = optional_number(text_at(self._head, "CalibLin"))
        if offset is None or step is None:
            return Axis(length=n, name="channel"), (
                "The file states no calibration of the energy: channels are counted.",
            )
        (axis,), doubts = checked([Axis(length=n, first=offset, step=step, unit="keV", name="energy")])
        return (axis if axis.unit else Axis(length=n, name="channel")), doubts

    def started_at(self) -> datetime | None:
        """When it was measured, in local time."""
        return moment(self._head)

    def metadata(self) -> Iterator[tuple[str, MetadataValue]]:
        """What its headers state, under standard names."""
        yield "maker", "Bruker"
        if comment := text_at(self._general, "TRTBase", "Description") or text_at(
            self._sample, "TRTBase", "Description"
        ):
            yield "comment", comment
        for header, fields in ((self._hardware, _HARDWARE), (self._microscope, _MICROSCOPE), (self._tube, _TUBE)):
            yield from stated(header, fields)
        temperature = optional_number(text_at(self._hardware, "DetectorTemperature"))
        if temperature is not None:
            yield "detector_temperature", Measured(temperature, "degC")
        magnification = optional_number(text_at(self._microscope, "Magnification"))
        if magnification is not None and magnification > 0:
            yield "magnification", magnification
        for name, key in (("detector", "Type"), ("detector_serial_number", "Serial")):
            if value := text_at(self._detector, key):
                yield name, value


def stated(header: _Element | None, fields: tuple[tuple[str, str, str], ...]) -> Iterator[tuple[str, Measured]]:
    """What a header states; the program writes 0 or -1 for what it does not know."""
    for name, key, unit in fields:
        value = optional_number(text_at(header, key))
        if value is not None and (value > 0 or unit in _ANGLES):
            yield name, Measured(value, unit)


def instance(element: _Element | None, kind: str) -> _Element | None:
    """The first child that is a `ClassInstance` of a type."""
    if element is None:
        return None
    return next((child for child in children(element, "ClassInstance") if child.get("Type") == kind), None)


def moment(header: _Element | None) -> datetime | None:
    """The date (day.month.year) and the time in a header."""
    date = _DATE.fullmatch(text_at(header, "Date"))
    time = _TIME.fullmatch(text_at(header, "Time"))
    if date is None or time is None:
        return None
    day, month, year = map(int, date.groups())
    hour, minute, second = map(int, time.groups())
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
