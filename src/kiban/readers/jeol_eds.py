"""JEOL X-ray spectra (`.EDS`) of the Analysis Station.

Instrument
----------
X-ray analysers of JEOL (JED-2200, JED-2300) on scanning and transmission electron microscopes.

What is read
------------
One Reading of technique `energy_dispersive_x_ray`: `intensity` (counts), shape (n,), along `energy` (keV), from `CoefB`
in steps of `CoefA`. Name, time and user; live and real time; voltage, beam current, working distance and where the
detector sits, from behind the spectrum.

Uncertainties
-------------
√n of the Poisson distribution, origin estimate (1 where nothing was counted).

What is left out
----------------
Elements that were marked and results of a quantification: they are passed over, and named in no Reading.

File structure
--------------
Little-endian, fixed places for the head of 458 bytes, then the spectrum in 32-bit numbers; behind it elements, results
and parameters of varying length. Worked out from 1 file with the names and places that RosettaSciIO gives.
"""

from __future__ import annotations

import math
import struct

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.jed.dates import days_since_1899
from kiban.readers.jed.parameters import read_parameters
from kiban.readers.jed.tree import MEND
from kiban.readers.sampled_axes import Axis, checked, sampled_variables
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading

_HEAD = 458
_MOST_CHANNELS = 65_536
_TEXTS = (("name", 18, 80), ("user", 98, 32), ("state", 378, 32), ("template", 422, 32))
_NUMBERS = (
    ("date", 10),
    ("esc", 226),
    ("fano", 234),
    ("noise", 242),
    ("channel_resolution", 250),
    ("live_time", 258),
    ("real_time", 266),
    ("dead_time", 274),
    ("count_rate", 282),
    ("coef_a", 362),
    ("coef_b", 370),
)
_METADATA = (
    ("acceleration_voltage", "AccKV", "kV"),
    ("probe_current", "AccNA", "nA"),
    ("working_distance", "WorkD", "mm"),
    ("elevation_angle", "ElevAng", "deg"),
    ("azimuth_angle", "DirAng", "deg"),
)


class JeolEds:
    """Reads JEOL's X-ray spectra."""

    name = "jeol_eds"
    version = 1
    title = "JEOL Analysis Station spectrum (EDS)"
    makers = ("JEOL",)
    techniques = ("energy_dispersive_x_ray",)
    suffixes = (".eds",)

    def recognise(self, source: Source) -> Recognition | None:
        """By the constants of the head, a date, a calibration and room for the spectrum that it promises."""
        if _is_head(source.head, source.size):
            return Recognition(Confidence.LIKELY, "it has the head of a JEOL spectrum and room for its channels")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the one spectrum. Raises as the contract says."""
        content = source.read()
        if len(content) < _HEAD or content[:4] != b"\x02\0\0\0":
            raise DamagedFile(f"{source.name} does not begin as a spectrum of JEOL's Analysis Station.", mend=MEND)
        fields = {name: struct.unpack_from("<d", content, at)[0] for name, at in _NUMBERS}
        texts = {name: _text(content[at : at + length]) for name, at, length in _TEXTS}
        values = _values(content, source.name)
        axes, doubts = checked([_axis(len(values), fields)])
        parameters, parameter_doubts = read_parameters(content, _HEAD + 4 * len(values))
        return [
            Reading(
                technique="energy_dispersive_x_ray",
                title=texts["name"] or source.name or "EDS",
                variables=sampled_variables(
                    "intensity", values, axes, unit="counts", uncertainty=counting_uncertainty(values)
                ),
                header={**_plain(fields), **texts, "parameters": _plain(parameters)},
                metadata=_metadata(fields, parameters),
                sample_name=None,
                operator=texts["user"] or None,
                instrument=str(parameters.get("SEM") or "") or None,
                started_at=days_since_1899(fields["date"]),
                doubts=(*doubts, *_value_doubts(values), *parameter_doubts),
            )
        ]


def _is_head(head: bytes, size: int) -> bool:
    if len(head) < _HEAD or head[:4] != b"\x02\0\0\0":
        return False
    one, seven, n = (struct.unpack_from("<i", head, at)[0] for at in (130, 214, 454))
    date, step = struct.unpack_from("<d", head, 10)[0], struct.unpack_from("<d", head, 362)[0]
    has_room = 0 < n <= _MOST_CHANNELS and _HEAD + 4 * n <= size
    return one == 1 and seven == 7 and has_room and days_since_1899(date) is not None and 0 < step < 1


def _values(content: bytes, file: str) -> NDArray[np.int32]:
    (n,) = struct.unpack_from("<i", content, 454)
    if n == 0:
        raise NothingMeasured(f"{file} holds no channels.", mend=MEND)
    if not 0 < n <= _MOST_CHANNELS or _HEAD + 4 * n > len(content):
        raise DamagedFile(
            f"{file}: {n} channels are promised; {max(0, len(content) - _HEAD)} bytes follow the head.", mend=MEND
        )
    return np.frombuffer(content, "<i4", n, _HEAD).astype(np.int32, copy=False)


def _axis(length: int, fields: dict[str, float]) -> Axis:
    return Axis(length=length, first=fields["coef_b"], step=fields["coef_a"], unit="keV", name="energy")


def _value_doubts(values: NDArray[np.int32]) -> tuple[str, ...]:
    if bool(np.any(values < 0)):
        return ("Some counts are negative: they were corrected after counting, so no counting uncertainty is given.",)
    return ()


def _metadata(fields: dict[str, float], parameters: dict[str, float | str]) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "JEOL"}
    for name in ("live_time", "real_time"):
        if math.isfinite(fields[name]) and fields[name] > 0:
            metadata[name] = Measured(fields[name], "s")
    for name, key, unit in _METADATA:
        value = parameters.get(key)
        if isinstance(value, float) and math.isfinite(value) and (value > 0 or name == "azimuth_angle"):
            metadata[name] = Measured(value, unit)
    if detector := parameters.get("DetT"):
        metadata["detector"] = str(detector)
    return metadata


def _plain(values: dict[str, float] | dict[str, float | str]) -> dict[str, Json]:
    return {
        name: value if isinstance(value, str) or math.isfinite(value) else str(value) for name, value in values.items()
    }


def _text(raw: bytes) -> str:
    return decode(raw.split(b"\0", 1)[0])[0].strip()


READER = JeolEds()
