"""What an export of a data set is.

Such an export is a module of `kiban.standards.datasets` that ends in `EXPORT = ...`, or an entry point in the group of
that name. It takes a data set with all that the asker may know of it, writes one file, and says in sentences what that
file could not carry. It keeps no state and reads nothing but what it is handed.

Not to be taken for `DataSetExport`, which is about one measurement with its files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol, runtime_checkable

from kiban.records.dataset import Dataset
from kiban.records.property import Fact
from kiban.records.record import Record
from kiban.records.rights.rights import Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFile:
    """A raw file of a member, or what was normalised of it."""

    path: str
    """Below the folder of its member."""
    checksum: str
    """SHA-256."""
    size: int
    media_type: str
    open: Callable[[], BinaryIO]
    is_raw: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A member in the version that the data set holds."""

    record: Record
    files: tuple[HeldFile, ...] = ()
    rights: Rights | None = None
    """Its own, or those of its project."""

    @property
    def folder(self) -> str:
        """A name for its files: the short identifier without its colon."""
        return self.record.pid.replace(":", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherVersion:
    """The data set that is the version before or after."""

    pid: str
    doi: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetExportable:
    """A data set and what belongs to it, already cut down to what the asker may see."""

    record: Record
    dataset: Dataset
    members: tuple[Held, ...]
    rights: Rights | None = None
    facts: tuple[Fact, ...] = ()
    """Values that rest on its measurements, as far as these are as they were."""
    n_changed: int = 0
    """Measurements that have changed since: values that rest on them now are not those of then, and left out."""
    n_without_files: int = 0
    """Members whose values and files the asker may not read."""
    before: OtherVersion | None = None
    after: OtherVersion | None = None
    address: str | None = None
    """Where the platform is reached, as `https://kiban.example.org/`; `None` where no such address is known."""
    is_open: bool = True
    """Everybody may see it now."""
    open_from: datetime | None = None
    """When an embargo ends."""

    @property
    def page(self) -> str:
        """Where it is found: its address, or where none is known its identifier."""
        return f"{self.address}id/{self.record.pid}" if self.address else self.record.pid


@runtime_checkable
class DatasetExport(Protocol):
    """Writes one standard for data sets."""

    name: str
    """What follows `--as`: `datacite`. Lower case, digits and underscores."""
    title: str
    suffix: str
    """Of the file, with its dot."""
    media_type: str
    needs_members: bool
    """What it holds goes into it: files and values. Otherwise its members come without."""

    def export(self, given: DatasetExportable, out: BinaryIO) -> tuple[str, ...]:
        """Write it, and give what it could not carry, in sentences.

        The same data set gives the same bytes. Raises NotExportable where something is missing that the standard
        demands: a publisher, a contributor.
        """
        ...
