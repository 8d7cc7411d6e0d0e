"""One experiment: what was acquired, and what was made of it by processing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.nmr.folders import Files
from kiban.readers.text import decode
from kiban.readers.topspin.group_delay import group_delay
from kiban.readers.topspin.numbers import acquired_rows, from_blocks, numbers
from kiban.readers.topspin.parameters import MEND, Parameters, read_parameters
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_PROCESSED = re.compile(r"pdata/(\d{1,9})/(1r|2rr)")
_PARTS = {"1r": ("real", "imaginary"), "2rr": ("real",)}
_ONE_CHANNEL = {0, 2}
"""AQ_mod: qf is one channel; qseq is two channels in turn, which TopSpin treats as one of twice the speed."""
_MOST_POINTS = 2**28
_STARTED = re.compile(r"started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6})(?: ([+-]\d{4}))?")
_MOST_AUDITED = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """An experiment's folder."""

    files: Files
    name: str
    """How errors call it."""
    title: str = ""

    def readings(self) -> list[Reading]:
        """Read what was acquired, then each processed spectrum. Raises UnreadableFile."""
        acqus = self._parameters("acqus") if "acqus" in self.files.names else Parameters({}, f"{self.name}/acqus")
        metadata = _metadata(acqus)
        readings = [self._acquired(acqus, metadata)] if {"fid", "ser"} & set(self.files.names) else []
        for name, number, kind in sorted(self._processed(), key=lambda found: (int(found[1]), found[2])):
            readings.append(self._spectrum(acqus, metadata, name, number, kind))
        return readings

    def _processed(self) -> Iterator[tuple[str, str, str]]:
        for name in self.files.names:
            match = _PROCESSED.fullmatch(name)
            if match is not None and f"pdata/{match[1]}/procs" in self.files.names:
                yield name, match[1], match[2]

    def _started_at(self) -> datetime | None:
        """When `zg` began, as the audit trail says."""
        if "audita.txt" not in self.files.names:
            return None
        match = _STARTED.search(decode(self.files.read("audita.txt")[:_MOST_AUDITED])[0])
        if match is None:
            return None
        try:
            if match[2] is None:
                return datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S.%f")
            return datetime.strptime(f"{match[1]} {match[2]}", "%Y-%m-%d %H:%M:%S.%f %z")
        except ValueError:
            return None

    def _parameters(self, name: str) -> Parameters:
        return read_parameters(self.files.read(name), f"{self.name}/{name}")

    def _acquired(self, acqus: Parameters, metadata: Mapping[str, MetadataValue]) -> Reading:
        is_series = "ser" in self.files.names
        name = "ser" if is_series else "fid"
        what = f"{self.name}/{name}"
        header: dict[str, Json] = {"acqus": dict(acqus.values)}
        n_rows = 1
        if is_series:
            further = self._parameters("acqu2s") if "acqu2s" in self.files.names else None
            if further is None:
                raise DamagedFile(f"{what}: acqu2s, which says how many rows there are, is missing.", mend=MEND)
            n_rows = further.whole("TD", 1)
            header["acqu2s"] = dict(further.values)
            metadata = {**metadata, **_indirect(further)}
        n_points = acqus.whole("TD", 1)
        found = numbers(self.files.read(name), acqus, "BYTORDA", "DTYPA", what)
        rows, doubts = acquired_rows(found, n_points, n_rows, what)
        variables = _acquired_variables(acqus, rows, is_series=is_series, what=what)
        return self._reading(acqus, metadata, variables, header, doubts, "acquired")

    def _spectrum(
        self, acqus: Parameters, metadata: Mapping[str, MetadataValue], name: str, number: str, kind: str
    ) -> Reading:
        folder = f"pdata/{number}"
        procs = self._parameters(f"{folder}/procs")
        header: dict[str, Json] = {"acqus": dict(acqus.values)} if acqus.values else {}
        header["procs"] = dict(procs.values)
        metadata = {**_from_procs(procs), **metadata}
        further = None
        if kind == "2rr":
            if f"{folder}/proc2s" not in self.files.names:
                raise DamagedFile(f"{self.name}/{name}: proc2s, which describes its rows, is missing.", mend=MEND)
            further = self._parameters(f"{folder}/proc2s")
            header["proc2s"] = dict(further.values)
        axes = [_chemical_shift(procs, "chemical_shift", self.name)]
        if further is not None:
            axes.insert(0, _chemical_shift(further, "chemical_shift_indirect", self.name))
        dimensions = tuple(axis.name for axis in axes)
        parts = []
        for part in _PARTS[kind]:
            file = name if part == "real" else name[:-1] + "i"
            if file in self.files.names:
                values = self._processed_values(file, procs, further)
                variable = "intensity" if part == "real" else "intensity_imaginary"
                role = Role.SIGNAL if part == "real" else Role.AUXILIARY
                parts.append(
                    Variable(
                        name=variable, series=Series(values, "arbitrary_unit"), dimensions=dimensions, role=role,
                        label=file.rpartition("/")[2],
                    )
                )  # fmt: skip
        return self._reading(acqus, metadata, [*axes, *parts], header, (), f"processed {number}")

    def _processed_values(self, name: str, procs: Parameters, further: Parameters | None) -> NDArray[np.float64]:
        what = f"{self.name}/{name}"
        shape = tuple(p.whole("SI", 1) for p in (further, procs) if p is not None)
        found = numbers(self.files.read(name), procs, "BYTORDP", "DTYPP", what)
        if found.size != np.prod(shape, dtype=np.int64):
            raise DamagedFile(f"{what}: {' x '.join(map(str, shape))} points are promised, {found.size} follow.",
                              mend=MEND)  # fmt: skip
        if further is not None:
            block = (int(further.number("XDIM") or 0), int(procs.number("XDIM") or 0))
            found = from_blocks(found, (shape[0], shape[1]), block, what)
        exponent = procs.number("NC_proc") or 0.0
        # TopSpin multiplies what it shows by this power of two; so spectra of different gain can be compared.
        return np.ldexp(found.astype(np.float64), int(max(-1000.0, min(1000.0, exponent))))

    def _reading(
        self, acqus: Parameters, metadata: Mapping[str, MetadataValue], variables: list[Variable],
        header: dict[str, Json], doubts: tuple[str, ...], kind: str,
    ) -> Reading:  # fmt: skip
        text = ""
        for name in self.files.names:
            if re.fullmatch(r"pdata/\d{1,9}/title", name):
                text = decode(self.files.read(name))[0].replace("\r\n", "\n").replace("\r", "\n").strip()
                break
        title = next((line.strip() for line in text.split("\n") if line.strip()), "") or self.title or "NMR"
        header = {**header, "title": text} if text else header
        more = {"comment": text} if text else {}
        return Reading(
            technique="nmr",
            title=f"{title[:200]} ({kind})",
            variables=tuple(variables),
            header=header,
            metadata={**metadata, **more},
            operator=acqus.text("OWNER") or None,
            instrument=acqus.text("INSTRUM") or None,
            started_at=self._started_at(),
            doubts=doubts,
        )


def _acquired_variables(acqus: Parameters, rows: NDArray[Any], *, is_series: bool, what: str) -> list[Variable]:
    width = acqus.number("SW_h")
    if width is None or width <= 0.0:
        raise DamagedFile(f"{what}: the spectral width SW_h should be a positive frequency.", mend=MEND)
    is_complex = int(acqus.number("AQ_mod") or 0) not in _ONE_CHANNEL
    if is_complex and rows.shape[1] % 2:
        raise DamagedFile(
            f"{what}: {rows.shape[1]} numbers are no whole number of pairs of real and imaginary part.", mend=MEND
        )
    n_points = rows.shape[1] // 2 if is_complex else rows.shape[1]
    dwell_s = 1.0 / width if is_complex else 0.5 / width
    time = Series(np.arange(n_points) * dwell_s, "s")
    variables = [Variable(name="time", series=time, dimensions=("time",), role=Role.AXIS)]
    dimensions: tuple[str, ...] = ("time",)
    if is_series:
        count = Series(np.arange(rows.shape[0]))
        variables.insert(0, Variable(name="increment", series=count, dimensions=("increment",), role=Role.AXIS))
        dimensions = ("increment", "time")
    else:
        rows = rows[0]
    parts = {"fid_real": rows[..., 0::2], "fid_imaginary": rows[..., 1::2]} if is_complex else {"fid": rows}
    for name, values in parts.items():
        series = Series(np.ascontiguousarray(values), "arbitrary_unit")
        role = Role.AUXILIARY if name == "fid_imaginary" else Role.SIGNAL
        variables.append(Variable(name=name, series=series, dimensions=dimensions, role=role, label="fid"))
    return variables


def _chemical_shift(procs: Parameters, name: str, experiment: str) -> Variable:
    """The axis: OFFSET is the shift of the first point, SW_p the width in Hz, SF the frequency of 0 ppm in MHz."""
    n_points = procs.whole("SI", 1)
    offset, width, frequency = (procs.number(label) for label in ("OFFSET", "SW_p", "SF"))
    if offset is None or width is None or not frequency or n_points > _MOST_POINTS:
        raise DamagedFile(
            f"{experiment}: OFFSET, SW_p and SF, which make the scale of {n_points} points, are missing or no numbers.",
            mend=MEND,
        )
    shift = offset - np.arange(n_points) * (width / frequency / n_points)
    return Variable(name=name, series=Series(shift, "ppm"), dimensions=(name,), role=Role.AXIS, unit_as_written="ppm")


def _metadata(acqus: Parameters) -> dict[str, MetadataValue]:
    known: dict[str, MetadataValue | None] = {
        "maker": "Bruker",
        "software": acqus.text("TITLE").partition(",")[2].replace("\t", " ").strip() or None,
        "technique_name": acqus.text("PULPROG") or None,
        "nucleus": acqus.text("NUC1") or None,
        "solvent": acqus.text("SOLVENT") or None,
        "detector": acqus.text("PROBHD") or None,
    }
    for name, label, unit in (
        ("observe_frequency", "SFO1", "MHz"),
        ("spectral_width", "SW_h", "Hz"),
        ("transmitter_offset", "O1", "Hz"),
        ("temperature", "TE", "K"),
    ):
        number = acqus.number(label)
        is_stated = number is not None and (number > 0 or label == "O1")
        known[name] = Measured(number, unit) if number is not None and is_stated else None
    scans = acqus.number("NS")
    known["n_scans"] = int(scans) if scans and scans == int(scans) else None
    known["group_delay"] = group_delay(*(acqus.number(label) for label in ("GRPDLY", "DECIM", "DSPFVS")))
    gain = acqus.number("RG")
    known["receiver_gain"] = gain if gain and gain > 0.0 else None
    delays = acqus.values.get("D")
    known["relaxation_delay"] = _seconds(delays[1]) if isinstance(delays, list) and len(delays) > 1 else None
    known["ended_at"] = _ended_at(acqus.number("DATE"))
    return {name: value for name, value in known.items() if value is not None}


def _indirect(acqu2s: Parameters) -> dict[str, MetadataValue]:
    found: dict[str, MetadataValue] = {}
    if nucleus := acqu2s.text("NUC1"):
        found["indirect_nucleus"] = nucleus
    for name, label, unit in (("indirect_frequency", "SFO1", "MHz"), ("indirect_spectral_width", "SW_h", "Hz")):
        number = acqu2s.number(label)
        if number is not None and number > 0:
            found[name] = Measured(number, unit)
    return found


def _from_procs(procs: Parameters) -> dict[str, MetadataValue]:
    """What a spectrum says of itself, for want of its acquisition's parameters."""
    found: dict[str, MetadataValue] = {"maker": "Bruker"}
    if nucleus := procs.text("AXNUC"):
        found["nucleus"] = nucleus
    return found


def _seconds(written: Json) -> Measured | None:
    try:
        value = float(str(written))
    except ValueError:
        return None
    return Measured(value, "s") if math.isfinite(value) and value > 0 else None


def _ended_at(seconds: float | None) -> datetime | None:
    """When the acquisition ended: the audit trail shows that it is the end that TopSpin writes."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds and seconds > 0 else None
    except (OverflowError, ValueError, OSError):
        return None
