"""Bruker BCF: maps of X-ray spectra with the pictures taken beside them, of Esprit.

Instrument
----------
Energy-dispersive X-ray spectrometers of Bruker (Quantax, XFlash) on electron microscopes.

What is read
------------
- Each picture gives a Reading with `intensity` as stored, shape (y, x), technique `electron_microscopy`.
- Each detector gives a Reading with the map of its spectra, `intensity` (counts), shape (y, x, energy), and one with
  the sum spectrum that the file states, shape (n,), technique `energy_dispersive_x_ray`. A map that takes more than
  1 GiB is left out, which a doubt says.

Places in um, energies in keV; in pixels and channels where the file states no calibration. Voltage, magnification,
working distance, detector with its angles, date and time.

Uncertainties
-------------
Sum spectra: √n of the counts, 1 where nothing was counted (Poisson, an estimate of this reader). Maps and pictures:
none.

What is left out
----------------
Pictures that the file calls not valid; counters and times of the points; results of quantification. What the XML
states otherwise stands in the header.

File structure
--------------
A container of files (see `kiban.readers.bruker.sfs_container`): `EDSDatabase/HeaderData` is XML with the pictures in
base64 and the sum spectra, `EDSDatabase/SpectrumData0` and so on are the spectra of the points (see
`kiban.readers.bruker.bcf_points`). The layout as RosettaSciIO describes it, checked on 2 files: each point's last
channel is the one its head states, and the sum over all points is the stated one (4 events of 20198 apart in one of
them). Points in 16 bits, wide runs and packed files were not at hand; files of the tests stand in for them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured, UnsupportedVariant
from kiban.readers.bruker.bcf_points import Points
from kiban.readers.bruker.sfs_container import MEND, SfsContainer, version
from kiban.readers.bruker.trt_spectrum import SPECTRUM, TrtSpectrum, instance, moment, stated
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import number, optional_number
from kiban.readers.sampled_axes import Axis, checked, named, sampled_variables
from kiban.readers.source import Source
from kiban.readers.xml import parse
from kiban.readers.xml_header import as_dictionary, children, descend, local_name, text_at
from kiban.records.reading import Json, MetadataValue, Reading

if TYPE_CHECKING:
    from lxml.etree import _Element

_FOLDER = "EDSDatabase/"
_HEADER = _FOLDER + "HeaderData"
_SPECTRA = "SpectrumData"
_LARGEST_MAP = 1 << 30
_NOT_IN_HEADER = frozenset({"Data", "Channels", "Palette", "TRTImageOverlay"})
_CONDITIONS = (("acceleration_voltage", "HV", "kV"), ("working_distance", "WD", "mm"))
_ITEMS = {1.0: "u1", 2.0: "<u2", 4.0: "<u4"}
"""Types of numbers by the bytes that each takes."""


class BrukerBcf:
    """Reads BCF."""

    name = "bruker_bcf"
    version = 1
    title = "Bruker BCF (map of X-ray spectra)"
    makers = ("Bruker",)
    techniques = ("energy_dispersive_x_ray", "electron_microscopy")
    suffixes = (".bcf",)
    library = "lxml"

    def recognise(self, source: Source) -> Recognition | None:
        """By the two signatures of the container, and a version 2."""
        found = version(source.head)
        if found is not None and 2 <= found < 3:
            return Recognition(Confidence.CERTAIN, f"it begins with AAMVHFSS and is a container of version {found:.1f}")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read pictures, maps and sum spectra. Raises as the contract says."""
        with source.open() as file:
            container = SfsContainer(file, source)
            if _HEADER not in container.paths:
                held = ", ".join(container.paths[:5]) or "nothing"
                raise UnsupportedVariant(
                    f"{source.name} is a container of Bruker's without {_HEADER}; it holds {held}.",
                    mend="Save the map as BCF in Esprit. The file is kept as it came.",
                )
            root = parse(container.content(_HEADER), name=source.name, is_large=True)
            database = instance(root, "TRTSpectrumDatabase")
            if database is None:
                raise DamagedFile(f"{source.name}: its header has no TRTSpectrumDatabase.", mend=MEND)
            readings = list(_Database(database, container, source).readings())
        if not readings:
            raise NothingMeasured(f"{source.name} holds no picture and no map.", mend=MEND)
        return readings


class _Database:
    """What the XML describes."""

    def __init__(self, element: _Element, container: SfsContainer, source: Source) -> None:
        self._element, self._container, self._source = element, container, source
        self._name = element.get("Name", "").strip()
        microscope = instance(element, "TRTSEMData")
        self._steps = (optional_number(text_at(microscope, "DX")), optional_number(text_at(microscope, "DY")))
        self._metadata: dict[str, MetadataValue] = {"maker": "Bruker", **dict(stated(microscope, _CONDITIONS))}
        magnification = optional_number(text_at(microscope, "Mag"))
        if magnification is not None and magnification > 0:
            self._metadata["magnification"] = magnification
        self._header: dict[str, Json] = as_dictionary(element, without=_NOT_IN_HEADER)
        self._started_at = moment(descend(element, "Header"))

    def readings(self) -> Iterator[Reading]:
        yield from self._pictures()
        spectra = [(place, _spectrum(place)) for place in self._element if local_name(place).startswith(_SPECTRA)]
        for place, element in spectra:
            if element is not None:
                yield from self._detector(local_name(place), element, len(spectra) > 1)
        described = {_FOLDER + local_name(place) for place, element in spectra if element is not None}
        if undescribed := [path for path in self._container.paths if _is_map(path) and path not in described]:
            raise DamagedFile(f"{self._source.name}: {undescribed[0]} is not described by its header.", mend=MEND)

    def _pictures(self) -> Iterator[Reading]:
        # Those that have a name are counters and times of the points.
        pictures = [each for each in children(self._element, "ClassInstance") if each.get("Type") == "TRTImageData"]
        for picture in pictures:
            if picture.get("Name"):
                continue
            for plane in picture:
                if local_name(plane).startswith("Plane") and text_at(plane, "Data") and text_at(plane, "Valid") != "0":
                    yield self._picture(picture, plane)

    def _picture(self, picture: _Element, plane: _Element) -> Reading:
        description = text_at(plane, "Description") or local_name(plane)
        values = _values(picture, plane, f"{self._source.name}, picture {description[:40]}")
        axes, doubts = self._places(*values.shape)
        return Reading(
            technique="electron_microscopy",
            title=description,
            variables=sampled_variables("intensity", values, axes, label=description),
            header=self._header,
            metadata=self._metadata,
            started_at=moment(picture) or self._started_at,
            doubts=doubts,
        )

    def _places(self, rows: int, columns: int) -> tuple[tuple[Axis, ...], tuple[str, ...]]:
        x_step, y_step = self._steps
        if not x_step or not y_step:
            return tuple(reversed(named((Axis(length=columns), Axis(length=rows))))), ()
        calibrated = named((Axis(length=columns, step=x_step, unit="µm"), Axis(length=rows, step=y_step, unit="µm")))
        return checked(reversed(calibrated))

    def _detector(self, name: str, element: _Element, is_one_of_several: bool) -> Iterator[Reading]:
        """The map of one detector and its sum spectrum."""
        title = " ".join(filter(None, (self._name or "X-ray map", name if is_one_of_several else "")))
        stated_sum = TrtSpectrum(element, f"{self._source.name}, {name}", 0)
        whole = replace(
            stated_sum.reading(),
            title=f"{title}: sum of all points",
            metadata={**self._metadata, **dict(stated_sum.metadata())},
        )
        if _FOLDER + name not in self._container.paths:
            yield whole
            return
        counts = stated_sum.counts()
        try:
            points = self._points(name, len(counts))
        except LimitExceeded as e:
            yield replace(whole, doubts=(*whole.doubts, f"The map is left out. {e}"))
            return
        energy, energy_doubts = stated_sum.axis(len(counts))
        places, place_doubts = self._places(*points.counts.shape[:2])
        yield replace(
            whole,
            title=title,
            variables=sampled_variables("intensity", points.counts, (*places, energy), unit="count", label=name),
            header=self._header,
            started_at=self._started_at or whole.started_at,
            doubts=(*place_doubts, *energy_doubts, *_conflicts(points, counts)),
        )
        yield whole

    def _points(self, name: str, n_channels: int) -> Points:
        content = self._container.content(_FOLDER + name)
        largest = min(_LARGEST_MAP, self._source.limits.expanded_bytes)
        return Points(content, n_channels, file=self._source.name, largest=largest)


def _spectrum(place: _Element) -> _Element | None:
    return instance(place, SPECTRUM)


def _is_map(path: str) -> bool:
    return path.startswith(_FOLDER + _SPECTRA)


def _values(picture: _Element, plane: _Element, what: str) -> NDArray[Any]:
    width, height, size = (
        number(text_at(picture, key), what=key, file=what) for key in ("Width", "Height", "ItemSize")
    )
    dtype = _ITEMS.get(size)
    if dtype is None:
        raise UnsupportedVariant(f"{what}: numbers of {size:g} bytes are not known.", mend=MEND)
    try:
        content = base64.b64decode("".join(text_at(plane, "Data").split()), validate=True)
    except (binascii.Error, ValueError) as e:
        raise DamagedFile(f"{what}: its numbers are no base64 ({e}).", mend=MEND) from e
    is_whole = width.is_integer() and height.is_integer() and width > 0 and height > 0
    if not is_whole or width * height * size != len(content):
        raise DamagedFile(
            f"{what}: {height:g} × {width:g} numbers of {size:g} bytes are promised; {len(content)} bytes follow.",
            mend=MEND,
        )
    return np.frombuffer(content, dtype).reshape(int(height), int(width))


def _conflicts(points: Points, stated_counts: NDArray[Any]) -> Iterator[str]:
    rows, columns, _ = points.counts.shape
    if points.n_found != rows * columns:
        yield f"{points.n_found} of {rows * columns} points have a spectrum; the others stand as zeros."
    found = sum((row.sum(axis=0, dtype=np.int64) for row in points.counts), np.zeros(points.n_channels, np.int64))
    if apart := float(np.abs(found - stated_counts).sum()):
        yield (
            f"The counts of all points add up to {found.sum()}; the sum spectrum of the file has "
            f"{stated_counts.sum():g} ({apart:g} apart)."
        )


READER = BrukerBcf()
