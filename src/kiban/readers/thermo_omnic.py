"""Thermo OMNIC: spectra (`.spa`) and groups of spectra (`.spg`) of Nicolet's infrared and Raman spectrometers.

Instrument
----------
Fourier-transform spectrometers of Thermo Fisher Scientific and Nicolet (iS5 to iS50, 6700, Magna, Summit, DXR) driven
by OMNIC.

What is read
------------
Each spectrum gives one Reading, of technique `raman` where axis or signal are of Raman scattering, else `ir`:

- the axis, shape (n_points,), by its code: `wavenumber` or `raman_shift` (1/cm), `wavelength` (nm, um), `point`;
- the signal, same shape, by its code: `absorbance`, `transmittance` (percent), `reflectance` (percent or a ratio),
  `log_reciprocal_reflectance`, `kubelka_munk`, `photoacoustic_signal`, `detector_signal` (V), else `intensity`.

Interferograms of sample and background that a file keeps beside its spectrum follow as Readings of their own, over
`point`. Numbers of points are compared with the bytes that are there.

Uncertainties
-------------
None: the file states none. Ranges that were blanked are NaN, with a doubt.

What is left out
----------------
Series (`.srs`), which are built otherwise and of which there are several kinds: they are refused. Records whose meaning
is published nowhere; the header lists all records.

File structure
--------------
Little-endian. `Spectral Data File`; title from byte 30; at 294 uint16 number of records, at 296 uint32 seconds since
31 December 1899, UTC; from 304 16 bytes for each: uint8 key, at 2 uint32 place, uint32 length, uint16 spectrum. Key 2,
header: at 4 uint32 points, at 8 and 12 codes of x and y, at 16 float32 first and last x, at 36 uint32 scans, at 52
uint32 scans of the background, at 80 and 96 float32 wavenumbers of reference laser and Raman laser. Key 3: float32
intensities. 4 comment, 27 history, 102 and 103 interferograms, 107 title of a spectrum and at 256 its time. The open
programs spectrochempy and openreadout and two smaller ones state the same; no real file was at hand.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import optional_number
from kiban.readers.omnic.records import (
    BACKGROUND_SCAN,
    COMMENT,
    HEADER,
    HISTORY,
    INTENSITIES,
    MEND,
    SAMPLE_SCAN,
    SERIES_SIGNATURE,
    SIGNATURE,
    TITLE,
    Header,
    Record,
    beside,
    header,
    records,
    text_of,
    time_of,
)
from kiban.readers.source import Source
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_AXES = {
    1: ("wavenumber", "1/cm", "Wavenumbers"), 2: ("point", "", "Data points"), 3: ("wavelength", "nm", "Nanometers"),
    4: ("wavelength", "um", "Micrometers"), 32: ("raman_shift", "1/cm", "Raman shift"),
}  # fmt: skip
_SIGNALS = {
    11: ("reflectance", "percent", "% Reflectance"), 12: ("log_reciprocal_reflectance", "", "Log(1/R)"),
    15: ("intensity", "arbitrary_unit", "Single beam"),
    16: ("transmittance", "percent_transmittance", "% Transmittance"),
    17: ("absorbance", "absorbance", "Absorbance"), 20: ("kubelka_munk", "kubelka_munk", "Kubelka-Munk"),
    21: ("reflectance", "reflectance", "Reflectance"), 22: ("detector_signal", "V", "Volts"),
    26: ("photoacoustic_signal", "arbitrary_unit", "Photoacoustic"),
    31: ("intensity", "arbitrary_unit", "Raman intensity"),
}  # fmt: skip
_RAMAN_AXIS, _RAMAN_SIGNAL = 32, 31
_RESOLUTION = re.compile(r"R[eé]soluti?[oó]n\s*:\s*(\d+(?:[.,]\d+)?)")
_SERIAL = re.compile(r"Bench Serial Number\s*:\s*([^;\n]+)")


class ThermoOmnic:
    """Reads SPA and SPG."""

    name = "thermo_omnic"
    version = 1
    title = "Thermo OMNIC (SPA, SPG)"
    makers = ("Thermo Fisher Scientific", "Nicolet")
    techniques = ("ir", "raman")
    suffixes = (".spa", ".spg")

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with OMNIC's words, series among them."""
        if source.head.startswith((SIGNATURE, SERIES_SIGNATURE)):
            return Recognition(Confidence.CERTAIN, f"it begins with '{source.head[:18].decode()}' as OMNIC's files do")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read every spectrum. Raises as the contract says."""
        content = source.read()
        if content.startswith(SERIES_SIGNATURE):
            raise UnsupportedVariant(
                f"{source.name} is a series of OMNIC (SRS), which is not read.",
                mend="Split the series in OMNIC and save its spectra as SPA or SPG. The file is kept as it came.",
            )
        title, written_at, found = records(content, source.name)
        of_key = {key: [record for record in found if record.key == key] for key in {record.key for record in found}}
        headers = of_key.get(HEADER, [])
        if not headers:
            raise NothingMeasured(f"{source.name} has {len(found)} records and no spectrum among them.", mend=MEND)
        data = beside(headers, of_key.get(INTENSITIES, []), "sets of intensities", source.name)
        titles = beside(headers, of_key.get(TITLE, []), "titles", source.name)
        histories = [record.text for record in of_key.get(HISTORY, [])]
        comments = [text for record in of_key.get(COMMENT, []) if (text := record.text)]
        # In a group each spectrum has the header of its own; a list of thousands of records in each would be no help.
        listed: list[Json] = [{"key": r.key, "start": r.start, "bytes": len(r.content)} for r in found]
        common: dict[str, Json] = {"title": title, "comments": list(comments)}
        common["records"] = listed if len(headers) == 1 else {str(key): len(of_key[key]) for key in sorted(of_key)}
        readings = []
        for n, (record, numbers, own) in enumerate(zip(headers, data, titles, strict=True)):
            if numbers is None:
                raise DamagedFile(f"{source.name}: spectrum {n + 1} has a header and no intensities.", mend=MEND)
            name, time = _title(own) if own is not None else (title, written_at)
            spectrum = _Spectrum(
                head=header(record, source.name),
                numbers=numbers,
                title=name or title,
                time=time,
                # Where there is another number of histories, nobody knows which is of which.
                history=histories[n] if len(histories) == len(headers) else "",
                comment="\n".join(comments),
            )
            readings.append(_reading(spectrum, common, source.name))
        if len(headers) == 1:
            for key, whose in ((SAMPLE_SCAN, "sample"), (BACKGROUND_SCAN, "background")):
                scans = [record for record in of_key.get(key, []) if len(record.content) >= 4]
                readings += [_interferogram(record, whose, readings[0], common) for record in scans]
        return readings


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Spectrum:
    """One spectrum with what is said of it."""

    head: Header
    numbers: Record
    title: str
    time: datetime | None
    history: str
    comment: str


def _title(record: Record) -> tuple[str, datetime | None]:
    content = bytes(record.content)
    seconds = struct.unpack_from("<I", content, 256)[0] if len(content) >= 260 else 0
    return text_of(content[:256]), time_of(seconds)


def _reading(spectrum: _Spectrum, common: dict[str, Json], file: str) -> Reading:
    head, title = spectrum.head, spectrum.title
    values = _values(head, spectrum.numbers, file)
    axis, doubts = _axis(head, file)
    n_stored, n_blank = len(spectrum.numbers.content) // 4, int(np.isnan(values).sum())
    if n_stored > head.n_points:
        doubts.append(f"{n_stored} numbers are stored for {head.n_points} points; the rest is left out.")
    if n_blank == values.size:
        raise NothingMeasured(f"{file}: no point of '{title}' has a value.", mend=MEND)
    if n_blank:
        doubts.append(f"{n_blank} of {values.size} points have no value: ranges were blanked.")
    name, unit, label = _SIGNALS.get(head.y_code, ("intensity", "arbitrary_unit", ""))
    if not label:
        doubts.append(f"The signal has the code {head.y_code}, which is not known.")
    stated: dict[str, Json] = {field: getattr(head, field) for field in Header.__slots__}
    is_raman = head.x_code == _RAMAN_AXIS or head.y_code == _RAMAN_SIGNAL
    return Reading(
        technique="raman" if is_raman else "ir",
        title=title or label or "Spectrum",
        variables=(axis, Variable(name=name, series=Series(values, unit), dimensions=axis.dimensions, label=label)),
        header={**common, "history": spectrum.history, "spectrum": stated},
        metadata=_metadata(spectrum, is_raman=is_raman),
        started_at=spectrum.time,
        doubts=tuple(doubts),
    )


def _axis(head: Header, file: str) -> tuple[Variable, list[str]]:
    n, first, last = head.n_points, head.first, head.last
    if n == 0:
        raise NothingMeasured(f"{file}: a spectrum of 0 points is promised.", mend=MEND)
    name, unit, label = _AXES.get(head.x_code, ("x", "arbitrary_unit", ""))
    doubts = [] if label else [f"The axis has the code {head.x_code}, which is not known."]
    is_sound = np.isfinite(first) and np.isfinite(last)
    if not is_sound or (n > 1 and not abs(last - first) / n > 1e-12 * max(abs(first), abs(last))):
        raise DamagedFile(f"{file}: {n} points from {first:g} to {last:g} were promised.", mend=MEND)
    values = np.linspace(first, last, n)
    return Variable(name=name, series=Series(values, unit), dimensions=(name,), role=Role.AXIS, label=label), doubts


def _values(head: Header, numbers: Record, file: str) -> NDArray[np.float32]:
    if len(numbers.content) < 4 * head.n_points:
        raise DamagedFile(
            f"{file}: {head.n_points} points are promised, {len(numbers.content) // 4} numbers are stored.", mend=MEND
        )
    values = np.frombuffer(numbers.content, dtype="<f4", count=head.n_points)
    if bool(np.isinf(values).any()):
        raise DamagedFile(f"{file}: an intensity is infinite.", mend=MEND)
    return values


def _metadata(spectrum: _Spectrum, *, is_raman: bool) -> dict[str, MetadataValue]:
    head, history = spectrum.head, spectrum.history
    metadata: dict[str, MetadataValue] = {"maker": "Thermo Fisher Scientific"}
    if head.n_scans:
        metadata["n_scans"] = head.n_scans
    if head.n_background_scans:
        metadata["n_background_scans"] = head.n_background_scans
    if is_raman and head.excitation_per_cm:
        metadata["laser_wavelength"] = Measured(1e7 / head.excitation_per_cm, "nm")
    resolution = optional_number(match[1]) if (match := _RESOLUTION.search(history)) else None
    if resolution:
        metadata["resolution"] = Measured(resolution, "1/cm")
    if (serial := _SERIAL.search(history)) is not None:
        metadata["serial_number"] = serial[1].strip()
    if spectrum.comment:
        metadata["comment"] = spectrum.comment
    return metadata


def _interferogram(record: Record, whose: str, spectrum: Reading, common: dict[str, Json]) -> Reading:
    n = len(record.content) // 4
    values = np.frombuffer(record.content, dtype="<f4", count=n)
    along = ("point",)
    return Reading(
        technique=spectrum.technique,
        title=f"{spectrum.title}: interferogram of the {whose}",
        variables=(
            Variable(name="point", series=Series(np.arange(n, dtype=np.float64), ""), dimensions=along, role=Role.AXIS),
            Variable(name="intensity", series=Series(values, "arbitrary_unit"), dimensions=along),
        ),
        header=common,
        metadata={"maker": "Thermo Fisher Scientific"},
        started_at=spectrum.started_at,
        doubts=() if bool(np.isfinite(values).all()) else ("Some of its numbers are not finite.",),
    )


READER = ThermoOmnic()
