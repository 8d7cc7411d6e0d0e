"""JEOL Delta: the `.jdf` files of JEOL's NMR spectrometers.

Instrument
----------
NMR spectrometers of JEOL (ECA, ECX, ECS, ECZ, Alpha, Lambda, Eclipse) with Delta as software, and Delta itself, which
writes processed and foreign data in the same format.

What is read
------------
One Reading of technique `nmr`, of one or two dimensions:

- the axes as the header gives them, by their unit: `time` (s) of a recorded decay, `chemical_shift` (ppm) or
  `frequency` (Hz) of a spectrum, shape (n,); in two dimensions also `time_indirect`, `chemical_shift_indirect` and so
  on, the rows. An axis without ruler is counted: `point`;
- of a decay `fid_real` and `fid_imaginary`, of a spectrum `intensity` and `intensity_imaginary`, shape (n,) or
  (n_indirect, n), arbitrary unit; where the indirect dimension is complex too, `..._real_real`, `..._imaginary_real`
  (imaginary in the direct dimension), `..._real_imaginary` and `..._imaginary_imaginary`. Data without imaginary part
  are `fid` or `intensity`, Delta's envelopes `..._minimum` and `..._maximum`.

The values are those of the file: valid points only (stored data are padded), signs as stored. Delta counts phases the
other way than most programs, which take real − i·imaginary before they transform. A recorded decay begins with the
digital filter's delay; the file describes the filter (`digital_filter`, `filter_factor`, `orders` and `factors` in the
header) but states no delay, so none is given.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Data of three and more dimensions are refused. Of the context section (the experiment as it was written) the texts go
into the header, without the binary numbers between them; the binary records of processing history and annotations are
left out.

File structure
--------------
A header of 1360 bytes, always big-endian: signature `JEOL.NMR`, byte order of the rest, version (1.1, 1.2), number,
kind, unit, size and ends of up to eight dimensions, positions of the sections. Units are pairs of bytes, SI prefix
and power as signed nibbles, then the base unit. Parameters are records of 64 bytes. Dates are seven bits of years
since 1990, four of the month, five of the day and 16 of the part of the day. Data are 64- or 32-bit floats, one
section for each part, two dimensions in tiles of 32 × 32 (4 × 4 for small ones). Layout after JEOL's description of
Delta NMR data files 1.2, which its staff published, and one file of 2021, whose dates also stand in its parameters.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.jeol.header import SIGNATURE, Header, read_header
from kiban.readers.jeol.parameters import Parameters, context, read_parameters
from kiban.readers.jeol.sections import axis, parts
from kiban.readers.nmr import spectra
from kiban.readers.nmr.nuclei import nucleus
from kiban.readers.source import Source
from kiban.records.reading import Json, MetadataValue, Reading

_EPOCH = datetime(1990, 1, 1)
_AGREES = timedelta(seconds=3)
"""The header keeps times to 1.3 s."""

_TEXTS = (("technique_name", "experiment"), ("solvent", "solvent"), ("software", "version"))
_MEASURED = (
    ("observe_frequency", "{}_freq", ("Hz", "kHz", "MHz")),
    ("spectral_width", "{}_sweep", ("Hz", "kHz", "ppm")),
    ("transmitter_offset", "{}_offset", ("ppm", "Hz", "kHz")),
    ("temperature", "temp_get", ("degC", "K")),
    ("magnetic_field", "field_strength", ("T",)),
    ("relaxation_delay", "relaxation_delay", ("s", "ms")),
)


class JeolJdf:
    """Reads JEOL Delta files."""

    name = "jeol_jdf"
    version = 2
    title = "JEOL Delta JDF"
    makers = ("JEOL",)
    techniques = ("nmr",)
    suffixes = (".jdf",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files that begin with `JEOL.NMR`."""
        if source.head.startswith(SIGNATURE):
            return Recognition(Confidence.CERTAIN, "it begins with JEOL.NMR")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the whole file. Raises as the contract says."""
        content = source.read()
        header = read_header(content, source.name)
        parameters = read_parameters(content, header, source.name)
        signals = parts(content, header, source.name)
        spectra.check_finite(signals, source.name)
        axes = [axis(content, header, dimension, source.name) for dimension in reversed(header.dimensions)]
        started_at, doubts = _started_at(header, parameters)
        found = _metadata(header, parameters)
        sample = parameters.text("sample_id") or None
        return [
            Reading(
                technique="nmr",
                title=_title(header, sample, str(found.get("nucleus", "")), is_time=axes[-1].is_time),
                variables=spectra.variables(axes, signals),
                header=_header(content, header, parameters),
                metadata=found,
                sample_name=sample,
                operator=header.author or None,
                instrument=parameters.text("inst_model_number") or None,
                started_at=started_at,
                doubts=doubts,
            )
        ]


def _title(header: Header, sample: str | None, observed: str, *, is_time: bool) -> str:
    sort = "FID" if is_time else "spectrum"
    dimension = "2D " if len(header.dimensions) == 2 else ""
    return f"{sample or header.title or 'NMR'}: {observed} {dimension}{sort}".replace("  ", " ")


def _header(content: bytes, header: Header, parameters: Parameters) -> dict[str, Json]:
    found: dict[str, Json] = {"file": header.as_json, "parameters": parameters.as_json()}
    texts = context(content, header)
    return found | ({"context": texts} if texts else {})


def _metadata(header: Header, parameters: Parameters) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {"maker": "JEOL"}
    direct = header.dimensions[0].letter
    for name, key in _TEXTS:
        if text := parameters.text(key):
            found[name] = text
    for name, key in (
        ("model", "inst_model_number"),
        ("serial_number", "inst_serial_number"),
        ("detector", "probe_id"),
    ):
        if text := parameters.text(key):
            found[name] = text
    for name, key, units in _MEASURED:
        if (measured := parameters.measured(key.format(direct), *units)) is not None:
            found[name] = measured
    if domain := parameters.text(f"{direct}_domain"):
        found["nucleus"] = nucleus(domain)
    scans = parameters.number("total_scans")
    if scans is not None and scans >= 1 and scans == int(scans):
        found["n_scans"] = int(scans)
    if (gain := parameters.number("recvr_gain")) is not None:
        found["receiver_gain"] = gain
    if len(header.dimensions) == 2:
        found |= _indirect(header.dimensions[1].letter, parameters)
    return found | _spinning(parameters)


def _indirect(letter: str, parameters: Parameters) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {}
    if domain := parameters.text(f"{letter}_domain"):
        found["indirect_nucleus"] = nucleus(domain)
    if (frequency := parameters.measured(f"{letter}_freq", "Hz", "kHz", "MHz")) is not None:
        found["indirect_frequency"] = frequency
    if (width := parameters.measured(f"{letter}_sweep", "Hz", "kHz", "ppm")) is not None:
        found["indirect_spectral_width"] = width
    return found


def _spinning(parameters: Parameters) -> dict[str, MetadataValue]:
    """The rotation of the sample, by the drive that is on."""
    for drive in ("mas_spin", "spin"):
        rate: Measured | None = parameters.measured(f"{drive}_get", "Hz", "kHz")
        if rate is not None and rate.value > 0 and parameters.text(f"{drive}_status").upper().endswith("ON"):
            return {"spinning_rate": rate}
    return {}


def _started_at(header: Header, parameters: Parameters) -> tuple[datetime | None, tuple[str, ...]]:
    """The start as seconds since 1990 where it is there, checked against the header's date; in unknown local time."""
    seconds = parameters.number("actual_start_time")
    if seconds is None or not 0 < seconds < 2**32:
        return header.created_at, ()
    started = _EPOCH + timedelta(seconds=seconds)
    # A processed file keeps the start of the measurement but is made later.
    if header.created_at is not None and started - header.created_at > _AGREES:
        return None, (f"It says that it was begun at {started} and made before that, at {header.created_at}.",)
    return started, ()


READER = JeolJdf()
