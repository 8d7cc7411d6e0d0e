"""SPC: the spectra of GRAMS, which many makers' programs export.

Instrument
----------
Any; programs of Thermo Galactic (GRAMS), Ocean, PerkinElmer, Bruker, Horiba, Nicolet and others write it.

What is read
------------
One spectrum, or several with the same x values, give one Reading; where each spectrum has x values of its own, each
gives one. The technique follows from the kind of experiment, else from the axes.

- the axis, shape (n_points,), in the unit and the order of the file: `wavenumber`, `wavelength`, `raman_shift`,
  `time`, `mass_to_charge`, ...;
- the signal: `absorbance`, `transmittance`, `intensity`, ..., shape (n_points,), or (subfile, n_points) for several;
- of several the z value of each, shape (subfile,): `z_time`, `z_wavelength`, ... and, of files in four dimensions,
  `w`.

Numbers stored as integers with a common exponent are given as 64-bit floats, which hold them exactly.

Uncertainties
-------------
None: the file states none. (The step of the integers is far below the noise.)

What is left out
----------------
The binary part of the log, processing flags and peak pointers.

File structure
--------------
Thermo Galactic's `spc.h`. Version byte 0x4B (little-endian), 0x4C (big-endian): header of 512 bytes, where flagged
float32 x values, then for each subfile 32 bytes and its numbers: int32 or int16 with an exponent (y = n · 2^(e - 32),
or 2^(e - 16)), or float32 where the exponent is -128; where flagged, each with float32 x values before them and a
directory. A log of text lines `key=value`. Version 0x4D, before 1996: header of 256 bytes that holds the first
subfile's, 32-bit words with their halves swapped.
"""

from __future__ import annotations

import struct

import numpy as np

from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.galactic.codes import AXES, SIGNALS, technique
from kiban.readers.galactic.header import (
    HEADER_BYTES,
    NEW,
    NEW_BIG,
    OLD,
    OLD_HEADER_BYTES,
    OWN_X,
    SHORT_Y,
    SUBHEADER_BYTES,
    X_VALUES,
    Header,
    header,
)
from kiban.readers.galactic.subfiles import Subfile, subfiles
from kiban.readers.source import Source
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_LOG_BYTES = 64
_LOG_PLACE = 248
"""Where the header says where the log begins."""
_UNKNOWN = ("x", "arbitrary_unit", "")
_PERCENT_ABOVE = 2.0
"""No sample transmits or reflects twice what falls on it: larger numbers are percent."""


class GalacticSpc:
    """Reads SPC."""

    name = "galactic_spc"
    version = 1
    title = "SPC (GRAMS)"
    makers = ("Thermo Galactic", "PerkinElmer", "Ocean Insight")
    techniques = (
        "ir", "raman", "uv_vis", "nmr", "mass_spectrometry", "chromatography", "xrd", "spectrum",
    )  # fmt: skip
    suffixes = (".spc",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files with a version byte of SPC, known codes of axes and room for as many points as they promise."""
        head = source.head
        # The second byte of a TIFF of the other byte order is that of an old SPC file.
        if (
            head.startswith((b"PK\x03\x04", b"MM\x00*", b"MM\x00+"))
            or len(head) < OLD_HEADER_BYTES
            or head[1] not in {NEW, NEW_BIG, OLD}
        ):
            return None
        if head[1] != OLD and len(head) < HEADER_BYTES:
            return None
        order = ">" if head[1] == NEW_BIG else "<"
        if head[1] == OLD:
            [n_points], n_subfiles, codes = struct.unpack_from("<f", head, 4), 1, (head[16], head[17])
        else:
            n_points, _, _, n_subfiles, *codes_found = struct.unpack_from(f"{order}IddIBB", head, 4)
            codes = (codes_found[0], codes_found[1])
        if codes[0] not in AXES or codes[1] not in SIGNALS or not 0 < n_points < 2**31 or not n_subfiles:
            return None
        width = 2 if head[0] & SHORT_Y else 4
        needed = SUBHEADER_BYTES * n_subfiles + (0 if head[0] & OWN_X else width * n_points * n_subfiles)
        if needed > source.size:
            return None
        end = HEADER_BYTES + needed + (4 * n_points if head[0] & X_VALUES else 0)
        # The version byte alone is weak, but nothing else ends, or has its log, just where these numbers end.
        is_exact = head[1] != OLD and not head[0] & OWN_X and end in {source.size, _log_place(head, order)}
        return Recognition(
            Confidence.CERTAIN if is_exact else Confidence.LIKELY,
            f"it has the version byte {head[1]:#x} and the codes of an SPC file",
        )

    def read(self, source: Source) -> list[Reading]:
        """Read all subfiles. Raises as the contract says."""
        content = source.read()
        head = header(content, source.name)
        found = subfiles(content, head, source.name)
        log, doubts = _log(content, head)
        if head.has(OWN_X):
            numbers = [f", {i + 1} of {len(found)}" if len(found) > 1 else "" for i in range(len(found))]
            return [_reading(head, [each], log, doubts, title) for each, title in zip(found, numbers, strict=True)]
        return [_reading(head, found, log, doubts, "")]


def _log_place(head: bytes, order: str) -> int:
    place: int = struct.unpack_from(f"{order}I", head, _LOG_PLACE)[0]
    return place


def _reading(head: Header, found: list[Subfile], log: Json, doubts: tuple[str, ...], number: str) -> Reading:
    axis = _axis(head, found[0])
    signal, doubt = _signal(head, found, axis.name)
    variables = [axis, signal]
    if len(found) > 1:
        variables += _further(head, found)
    x = axis.series.values
    if not ((x[1:] > x[:-1]).all() or (x[1:] < x[:-1]).all()):
        doubts += (f"The {axis.name.replace('_', ' ')} neither ascends nor descends throughout.",)
    last = float(x.max()) * {"nm": 1.0, "um": 1000.0}.get(axis.series.unit, 0.0)
    metadata: dict[str, MetadataValue] = {
        name: text
        for name, text in (("resolution", head.resolution), ("comment", head.comment), ("technique_name", head.method))
        if text
    }
    return Reading(
        technique=technique(head.experiment, head.x_code, head.y_code, last),
        title=(head.comment.splitlines()[0].strip()[:200] if head.comment else "Spectrum") + number,
        variables=tuple(variables),
        header=_header(head, log),
        metadata=metadata,
        instrument=head.source or None,
        started_at=head.measured_at,
        doubts=doubts + doubt,
    )


def _axis(head: Header, first: Subfile) -> Variable:
    name, unit, written = AXES.get(head.x_code, _UNKNOWN)
    label = head.labels[0] if head.labels and head.labels[0] else written
    return Variable(
        name=name, series=Series(first.x, unit), dimensions=(name,), role=Role.AXIS, label=label, unit_as_written=unit
    )


def _signal(head: Header, found: list[Subfile], along: str) -> tuple[Variable, tuple[str, ...]]:
    name, unit, written = SIGNALS.get(head.y_code, ("intensity", "arbitrary_unit", ""))
    values = found[0].y if len(found) == 1 else np.stack([each.y for each in found])
    doubts: tuple[str, ...] = ()
    if unit in {"transmittance", "reflectance"} and float(np.nanmax(values, initial=0.0)) > _PERCENT_ABOVE:
        unit = {"transmittance": "percent_transmittance", "reflectance": "percent"}[unit]
        doubts = (f"That {written.lower()} is in percent is not stated; its numbers are too large for a fraction.",)
    if name == along:
        name = f"{name}_signal"
    label = head.labels[1] if len(head.labels) > 1 and head.labels[1] else written
    dimensions = (along,) if len(found) == 1 else ("subfile", along)
    series = Series(values, unit)
    return Variable(name=name, series=series, dimensions=dimensions, label=label, unit_as_written=unit), doubts


def _further(head: Header, found: list[Subfile]) -> list[Variable]:
    """The z and w values of the subfiles, where they tell them apart."""
    name, unit, written = AXES.get(head.z_code, _UNKNOWN)
    label = head.labels[2] if len(head.labels) > 2 and head.labels[2] else written
    z = np.array([each.z for each in found])
    if head.z_step and not np.any(np.diff(z)):
        z = z[0] + head.z_step * np.arange(len(found))
    is_axis = bool(np.isfinite(z).all())
    variables = [
        Variable(
            name=f"z_{name}" if name != "x" else "z",
            series=Series(z, unit),
            dimensions=("subfile",),
            role=Role.AXIS if is_axis else Role.AUXILIARY,
            label=label,
        )
    ]
    if head.n_planes:
        w = Series(np.array([each.w for each in found]), "arbitrary_unit")
        variables.append(Variable(name="w", series=w, dimensions=("subfile",), role=Role.AUXILIARY))
    return variables


def _log(content: bytes, head: Header) -> tuple[Json, tuple[str, ...]]:
    """The text of the log: keys and values, other lines as they are."""
    if not head.log_at:
        return None, ()
    broken = ("The log, which other programs write behind the numbers, cannot be read.",)
    if head.log_at + _LOG_BYTES > len(content):
        return None, broken
    size, _, at = struct.unpack_from(f"{head.order}III", content, head.log_at)
    if not _LOG_BYTES <= at <= size or head.log_at + at > len(content):
        return None, broken
    text = content[head.log_at + at : head.log_at + size].partition(b"\0")[0].decode("cp1252", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found: dict[str, Json] = {}
    for line in lines:
        key, is_pair, value = line.partition("=")
        if is_pair and key.strip() not in found:
            found[key.strip()] = value.strip()
        else:
            found.setdefault("#lines", [])
            found["#lines"].append(line)  # type: ignore[union-attr]
    return found, ()


def _header(head: Header, log: Json) -> dict[str, Json]:
    names = (
        "version", "flags", "experiment", "exponent", "n_points", "first", "last", "n_subfiles", "x_code", "y_code",
        "z_code", "resolution", "source", "comment", "method", "z_step", "n_planes",
    )  # fmt: skip
    written: dict[str, Json] = {name: getattr(head, name) for name in names}
    written["z_step"] = head.z_step if np.isfinite(head.z_step) else None
    written["labels"] = list(head.labels)
    if log is not None:
        written["log"] = log
    return written


READER = GalacticSpc()
