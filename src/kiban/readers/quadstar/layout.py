"""Where things stand in a SAC file of Quadstar: its header, the list of traces, and what is said of a trace."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime

from kiban.errors import DamagedFile

MEND = "Copy the file again from the spectrometer's computer; it is kept as it came."
SCAN = 0x11
"""A spectrum for each cycle."""
NUMBER = 0x10
"""One number for each cycle."""
_HEADER = struct.Struct("<h4s8B86sihi")
_TRACES_AT = 200
_TRACE = struct.Struct("<Bii")
_INFO = struct.Struct("<H13s13sx13s13s59s8xfHBff")
_MOST_TRACES = 1000
_LONGEST = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One trace: what kind it is, and where its description and its first cycle stand."""

    kind: int
    info_at: int
    data_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The header."""

    software: str
    version: str
    user: str
    started_at: datetime | None
    n_cycles: int
    step: int
    """Bytes of one cycle."""
    traces: tuple[Trace, ...]
    end: int
    """How long the file should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanInfo:
    """What is said of a trace of spectra."""

    y_title: str
    y_unit: str
    x_title: str
    x_unit: str
    comment: str
    first_mass: float
    width: int
    per_mass: int

    @property
    def n(self) -> int:
        """Points of one spectrum."""
        return self.width * self.per_mass


def find_layout(content: bytes) -> Layout | None:
    """Read header and list of traces from the beginning of a file; `None` where they cannot be those of a SAC file."""
    if len(content) < _TRACES_AT + _TRACE.size:
        return None
    _, software, major, minor, *date, user, n_cycles, n_traces, step = _HEADER.unpack_from(content)
    name = software.split(b"\0")[0]
    if not (name.isdigit() and len(name) == 3 and name.startswith(b"4")):
        return None
    if not (0 < n_cycles < _LONGEST and 0 < n_traces <= _MOST_TRACES and 0 < step < _LONGEST) or not _is_date(date):
        return None
    end_of_list = _TRACES_AT + n_traces * _TRACE.size
    if len(content) < end_of_list:
        return None
    traces = tuple(
        Trace(kind=kind, info_at=info_at, data_at=data_at)
        for kind, info_at, data_at in _TRACE.iter_unpack(content[_TRACES_AT:end_of_list])
    )
    first = min(trace.data_at for trace in traces)
    if any(trace.info_at < end_of_list or trace.data_at < end_of_list for trace in traces):
        return None
    if any(trace.data_at - first >= step for trace in traces) or len({t.data_at for t in traces}) < len(traces):
        return None
    return Layout(
        software=name.decode("ascii"),
        version=f"{major}.{minor}",
        user=text(user),
        started_at=_date(date),
        n_cycles=n_cycles,
        step=step,
        traces=traces,
        end=first + n_cycles * step,
    )


def _is_date(parts: list[int]) -> bool:
    second, minute, hour, day, month, _ = parts
    return second < 62 and minute < 60 and hour < 24 and day < 32 and month < 13


def _date(parts: list[int]) -> datetime | None:
    """The year has two digits, or is counted from 1900."""
    second, minute, hour, day, month, year = parts
    try:
        return datetime(year + (2000 if year < 80 else 1900), month, day, hour, minute, min(second, 59))
    except ValueError:
        return None


def text(raw: bytes) -> str:
    """Read a text of fixed width that a zero may end."""
    return raw.split(b"\0")[0].decode("cp1252", "replace").strip()


def scan_info(content: bytes, trace: Trace, *, file: str) -> ScanInfo:
    """Read what is said of a trace of spectra. Raises DamagedFile."""
    if trace.info_at + _INFO.size > len(content):
        raise DamagedFile(f"{file}: the description of a trace should begin at byte {trace.info_at}.", mend=MEND)
    _, y_title, y_unit, x_title, x_unit, comment, first_mass, width, per_mass, _, _ = _INFO.unpack_from(
        content, trace.info_at
    )
    if not (-1e5 < first_mass < 1e5) or width < 1 or per_mass < 1:
        raise DamagedFile(
            f"{file}: a scan from mass {first_mass:g} over {width} with {per_mass} points for each is none.", mend=MEND
        )
    return ScanInfo(
        y_title=text(y_title),
        y_unit=text(y_unit),
        x_title=text(x_title),
        x_unit=text(x_unit),
        comment=text(comment),
        first_mass=first_mass,
        width=width,
        per_mass=per_mass,
    )
