"""What comes back over the fence: everything a deposit keeps of a file, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kiban.records.likeness import Likeness
from kiban.records.measurement import Measurement
from kiban.records.property import Property


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredReading:
    """One Reading, summarised and analysed; its numbers are in the normalised file that travels beside it."""

    measurement: Measurement
    properties: tuple[Property, ...] = ()
    formula: str | None = None
    """Chemical formula of the sample, where the file states it."""
    likeness: Likeness | None = None
    """What it is compared with others by, of those that are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structured:
    """What was made of one file."""

    reader: str
    reader_version: int
    why: str
    readings: tuple[StructuredReading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why nothing was made of it: the error's name, fault and mend."""

    error: str
    fault: str
    mend: str
    reader: str | None = None
    """The reader that had claimed it, if one had."""
    is_archive: bool = False
    """It is no measurement but holds other files, which can be unpacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSummary:
    """What `kiban read` says of a file: the Readings without their numbers."""

    reader: str
    why: str
    readings: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)
