"""What an export is.

An export is a module of this folder that ends in `EXPORT = ...`, or an entry point in the group `kiban.standards`. It
takes a measurement with all that the asker may know of it and gives one file, and says in sentences what that file
could not carry. It keeps no state and reads nothing by itself. `kiban.testing.export_suite` holds the tests that every
export must pass.

Some standards want whole data sets: the values of a record by the fields of its template, with all files that belong to
it, whether or not numbers could be read of them. Their exports are modules of `kiban.standards.data_sets` that end in
`EXPORT = ...`, or entry points in the group of that name, and take a `DataSet`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from kiban.records.file_entry import FileEntry
from kiban.records.measurement import Measurement
from kiban.records.property import Fact
from kiban.records.reading import Reading
from kiban.records.record import Record
from kiban.records.rights.rights import Rights
from kiban.records.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Exportable:
    """A measurement and what belongs to it, already cut down to what the asker may see."""

    record: Record
    measurement: Measurement
    """The record's document."""
    reading: Reading
    normalised: bytes
    """The normalised file that the Reading was loaded from."""
    file: FileEntry | None = None
    """The file that it was read from, under one of the paths it was deposited as."""
    raw: bytes | None = None
    """That file's bytes, for exports with `needs_raw`."""
    sample: Record | None = None
    composition: Mapping[str, float] = field(default_factory=dict)
    """Amount fractions of the sample's elements."""
    facts: tuple[Fact, ...] = ()
    """The properties that rest on the measurement."""
    rights: Rights | None = None
    """Those of the record, or where it has none those of its project. Every export carries them, or says as a loss what
    of them it could not: `kiban.standards.rights_losses`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One file, and what got lost on the way."""

    content: bytes
    losses: tuple[str, ...] = ()
    """Sentences: what the measurement has and the file has not, or has less exactly."""


@runtime_checkable
class Export(Protocol):
    """Writes one standard."""

    name: str
    """What follows `--as`: `maiml`. Lower case, digits and underscores."""
    title: str
    """The standard as people call it: `MaiML 1.0 (JIS K 0200)`."""
    suffix: str
    """Of the file, with its dot."""
    media_type: str
    needs_raw: bool
    """The raw file's bytes go into the export."""

    def obstacle(self, measurement: Measurement) -> str | None:
        """Why such a measurement cannot be exported, as a sentence; `None` where it can. Never raises.

        It is asked for each page of a measurement, so it looks at the record alone: technique, shapes and roles.
        """
        ...

    def export(self, given: Exportable) -> Exported:
        """Write it.

        The same measurement gives the same bytes. Raises NotExportable where `obstacle` has a reason, or the numbers
        themselves turn out to have no place in the standard.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """A measurement with its values and files, already cut down to what the asker may see."""

    record: Record
    measurement: Measurement
    template: Template
    """The version that its values were filled in with."""
    sample: Record | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    """By their paths in the data set."""
    hidden: tuple[str, ...] = ()
    """Paths of files that belong to it and that the asker may not see."""
    rights: Rights | None = None
    """As of `Exportable`."""


@runtime_checkable
class DataSetExport(Protocol):
    """Writes one standard that wants whole data sets."""

    name: str
    """What follows `--as`: `rde`. Lower case, digits and underscores."""
    title: str
    suffix: str
    """Of the file, with its dot."""
    media_type: str

    def obstacle(self, measurement: Measurement) -> str | None:
        """As `Export.obstacle`."""
        ...

    def export(self, given: DataSet) -> Exported:
        """As `Export.export`."""
        ...
