"""A Reading with its sample, instrument, time, operator and the raw file it came from, as a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kiban.errors import InvalidValue
from kiban.records.rights.rights import Rights
from kiban.records.template_use import TemplateUse


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableSummary:
    """A variable without its numbers."""

    name: str
    label: str
    unit: str
    unit_as_written: str
    role: str
    dimensions: tuple[str, ...]
    shape: tuple[int, ...]
    minimum: float | None
    """In the unit as given; `None` where there is no finite value."""
    maximum: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What one analysis found: its name and version, its sentences, its table of features (peaks, cycles)."""

    name: str
    version: int
    summary: str
    columns: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What the catalog keeps of a Reading. The numbers are in the normalised file, the truth in the raw one."""

    technique: str
    title: str
    file_checksum: str
    file_name: str
    reading_index: int
    reader: str
    reader_version: int
    why: str
    normalised: str
    """SHA-256 of the normalised NeXus file; empty where no reader understands the files."""
    sample_name: str | None = None
    operator: str | None = None
    instrument: str | None = None
    started_at: str | None = None
    """ISO 8601; without an offset where the file states no zone."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    variables: tuple[VariableSummary, ...] = ()
    doubts: tuple[str, ...] = ()
    analyses: tuple[Analysis, ...] = ()
    preview: tuple[tuple[float, float], ...] = ()
    """A few dozen points (axis, first signal), in the units as given: enough for a thumbnail."""
    linked_by: str = ""
    """How its sample was found, as a sentence, where an identifier on the file led to it or a person decided."""
    candidates: tuple[str, ...] = ()
    """Identifiers of samples between which nobody has decided yet."""
    companions: Mapping[str, str] = field(default_factory=dict)
    """Files that it was read together with: SHA-256 by path below the file's folder."""
    template: TemplateUse | None = None
    """The structure of `values`."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What people say of it, by the keys of the template's fields."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What an imported data set says beside the values; exports give it back."""
    rights: Rights | None = None
    """Its own, stated by people or by its file; where it has none, those of its project count."""

    def __post_init__(self) -> None:
        if self.values and self.template is None:
            raise InvalidValue(
                f"The measurement {self.title} has values and no template.", mend="Name the template they belong to."
            )

    @property
    def has_numbers(self) -> bool:
        """Whether a reader understood its file."""
        return bool(self.normalised)
