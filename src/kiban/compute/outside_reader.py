"""Readings made of what a library says behind a process border.

A program of its own (`outside_program`) is started for the file and loads the library; no process of Kiban does. What
it answers is plain data, and is checked like a file of a stranger.
"""

from __future__ import annotations

import importlib.metadata
import json
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, InvalidValue, LimitExceeded, NothingMeasured, UnknownFormat, UnreadableFile
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.quantity.spelling import respell
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import optional_number
from kiban.readers.source import Source
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_PROGRAM = Path(__file__).with_name("outside_program.py")
_LARGEST_DESCRIPTION = 64 << 20
_MEND = "Export it in another format of the instrument's program; the file is kept as it came."

_TECHNIQUES = {
    "EDS_SEM": "energy_dispersive_x_ray",
    "EDS_TEM": "energy_dispersive_x_ray",
    "EELS": "electron_energy_loss",
    "CL": "cathodoluminescence",
    "CL_SEM": "cathodoluminescence",
    "Luminescence": "photoluminescence",
    "electron_diffraction": "electron_diffraction",
    "microscope image": "electron_microscopy",
}
"""Techniques by what the libraries call the kind of a dataset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideReader:
    """A reader in all but where it runs: it stands in no folder and competes with none of ours."""

    name: str
    title: str
    package: str
    """As it is installed: `rosettasciio`."""
    file_format: str
    """As the library calls it."""
    makers: tuple[str, ...]
    techniques: tuple[str, ...]
    suffixes: tuple[str, ...]
    recognised: str
    is_its: Callable[[Source], bool]
    version: int = 1

    @property
    def library(self) -> str | None:
        """Name and version of the library; `None` where it is not installed."""
        try:
            return f"{self.package} {importlib.metadata.version(self.package)}"
        except importlib.metadata.PackageNotFoundError:
            return None

    def recognise(self, source: Source) -> Recognition | None:
        """Claim files with the format's signature and suffix."""
        suffix = "." + source.name.rpartition(".")[2].lower()
        if suffix not in self.suffixes or not self.is_its(source):
            return None
        return Recognition(
            Confidence.LIKELY, f"{self.recognised}, and {self.library} reads that in a process of its own"
        )

    def read(self, source: Source) -> list[Reading]:
        """Have the program read it. Raises UnreadableFile."""
        if source.path is None:
            raise UnknownFormat(f"{source.name} lies inside another file.", mend="Unpack it and deposit it.")
        command = [sys.executable, "-P", "-B", str(_PROGRAM), self.package, self.file_format]
        with subprocess.Popen(
            [*command, str(source.path), source.name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as program:
            try:
                return _answer(cast(BinaryIO, program.stdout), source.name, str(self.library))
            finally:
                program.kill()
                program.wait()
                _clean_up_after(program.pid)


def _clean_up_after(pid: int) -> None:
    """Take away the link to the file that a program leaves when it crashes."""
    for place in ("/dev/shm", "/tmp", "/var/tmp"):  # noqa: S108  where `outside_program` makes its folder
        for folder in Path(place).glob(f"kiban-outside-{pid}-*"):
            for link in folder.iterdir():
                link.unlink()
            folder.rmdir()


def _answer(stream: BinaryIO, file: str, library: str) -> list[Reading]:
    try:
        described = json.loads(_exactly(stream, _length(stream)))
        if "error" in described:
            raise _refusal(described, file, library)
        readings = [_reading(dataset, stream, file) for dataset in described["datasets"]]
    except (EOFError, KeyError, TypeError, ValueError, AttributeError, InvalidValue) as e:
        raise DamagedFile(f"{file}: {library} gave no sound answer ({type(e).__name__}: {e}).", mend=_MEND) from e
    if not readings:
        raise NothingMeasured(f"{file}: {library} finds nothing in it.", mend=_MEND)
    return readings


def _length(stream: BinaryIO) -> int:
    length = int.from_bytes(_exactly(stream, 8), "little")
    if length > _LARGEST_DESCRIPTION:
        raise ValueError(f"a description of {length} bytes")
    return length


def _exactly(stream: BinaryIO, length: int) -> bytes:
    content = stream.read(length)
    if len(content) != length:
        raise EOFError(f"{length} bytes were promised, {len(content)} came")
    return content


def _refusal(described: dict[str, Any], file: str, library: str) -> UnreadableFile:
    if described["error"] == "MemoryError":
        return LimitExceeded(f"{file}: reading it takes more memory than allowed.", mend=_MEND)
    return DamagedFile(
        f"{file}: {library} cannot read it ({described['error']}: {described.get('message', '')}).", mend=_MEND
    )


def _reading(dataset: dict[str, Any], stream: BinaryIO, file: str) -> Reading:
    variables = tuple(_variable(described, stream, file) for described in dataset["variables"])
    header = cast(dict[str, Json], _as_json(dataset["header"]))
    general = "image" if variables and variables[-1].series.values.ndim > 1 else "spectrum"
    told = header.get("metadata")
    known = told if isinstance(told, dict) else {}
    return Reading(
        technique=_TECHNIQUES.get(dataset["kind"], general),
        title=str(dataset["title"]) or file,
        variables=variables,
        header=header,
        metadata=_metadata(known),
        started_at=_started_at(known),
    )


def _metadata(known: dict[str, Json]) -> dict[str, MetadataValue]:
    """What RosettaSciIO has in one place for all formats, under our names."""
    microscopes = known.get("Acquisition_instrument")
    found: dict[str, MetadataValue] = {}
    for microscope in microscopes.values() if isinstance(microscopes, dict) else ():
        if isinstance(microscope, dict):
            energy = optional_number(str(microscope.get("beam_energy", "")))
            if energy:
                found.setdefault("acceleration_voltage", Measured(energy, "kV"))
            magnification = optional_number(str(microscope.get("magnification", "")))
            if magnification:
                found.setdefault("magnification", magnification)
            if isinstance(model := microscope.get("microscope"), str) and model.strip():
                found.setdefault("model", model.strip())
    return found


def _started_at(known: dict[str, Json]) -> datetime | None:
    """Date and time where both are stated; the zone only where it is UTC by name. Files without give the year 1601."""
    general = known.get("General")
    if not isinstance(general, dict):
        return None
    try:
        stated = datetime.fromisoformat(f"{general['date']}T{general['time']}").replace(tzinfo=None)
    except (KeyError, ValueError):
        return None
    if stated.year < 1950:
        return None
    return stated.replace(tzinfo=UTC) if general.get("time_zone") == "UTC" else stated


def _variable(described: dict[str, Any], stream: BinaryIO, file: str) -> Variable:
    dtype, shape = np.dtype(described["dtype"]), tuple(int(n) for n in described["shape"])
    if dtype.kind not in "iufcb" or any(n < 0 for n in shape):
        raise ValueError(f"an array of {dtype} and {shape}")
    content = _exactly(stream, dtype.itemsize * math.prod(shape))
    values: NDArray[Any] = np.frombuffer(content, dtype).reshape(shape)
    role = Role(described["role"])
    if role is Role.AXIS:
        steps = np.diff(values.astype(np.float64))
        if not (bool(np.isfinite(values).all()) and (bool((steps > 0).all()) or bool((steps < 0).all()))):
            raise DamagedFile(f"{file}: the axis {described['label']} does not go one way.", mend=_MEND)
    return Variable(
        name=described["name"],
        series=Series(values, respell(described["unit"])),
        dimensions=tuple(described["dimensions"]),
        role=role,
        label=described["label"],
        unit_as_written=described["unit"],
    )


def _as_json(value: Any) -> Json:
    """As the header of a Reading has to be: no numbers that JSON has not."""
    if isinstance(value, dict):
        return {str(key): _as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_json(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise TypeError(f"a value of type {type(value).__name__} in the header")
