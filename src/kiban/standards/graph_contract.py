"""What an export of a provenance graph is.

Such an export is a module of `kiban.standards.graphs` that ends in `EXPORT = ...`, or an entry point in the group of
that name. It takes a record with all it rests on and all that came of it, and gives one file, and says in sentences
what that file could not carry. It keeps no state and reads nothing by itself. `kiban.testing.graph_export_suite`
holds the tests that every one must pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable
from uuid import UUID

from kiban.records.link import Link
from kiban.records.property import Fact
from kiban.records.record import Record
from kiban.records.rights.rights import Rights
from kiban.standards.contract import Exported
from kiban.standards.graph_campaigns import ExportedCampaign


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphExportable:
    """A record and its provenance both ways, already cut down to what the asker may see."""

    start: Record
    records: tuple[Record, ...]
    """Samples, processes and measurements with their documents, by their ids; the start is among them."""
    links: tuple[Link, ...]
    """All links between two of them."""
    facts: tuple[Fact, ...] = ()
    """The properties that rest on the measurements."""
    rights: Mapping[UUID, Rights] = field(default_factory=dict)
    """By record, of those that have some: its own, or those of its project."""
    is_cut: bool = False
    """There is more than was walked."""
    n_beyond: int = 0
    """Links of the records to others that are neither what the start rests on nor what came of it: a second
    ingredient of a later process."""
    n_datasets: int = 0
    """Data sets that hold some of the records."""
    n_campaigns: int = 0
    """Campaigns that learnt from some of the records."""
    campaigns: tuple[ExportedCampaign, ...] = ()
    """Those of them with their experiments, by their ids."""
    address: str | None = None
    """Where identifiers resolve, as `https://kiban.example.org/`; `None` where no such address is known."""

    def by_id(self) -> Mapping[UUID, Record]:
        """The records by their ids."""
        return {record.id: record for record in self.records}


@runtime_checkable
class GraphExport(Protocol):
    """Writes one standard for provenance."""

    name: str
    """What follows `--as`: `prov`. Lower case, digits and underscores."""
    title: str
    suffix: str
    """Of the file, with its dot."""
    media_type: str

    def export(self, given: GraphExportable) -> Exported:
        """Write it. The same graph gives the same bytes. What has no place is told as a loss: every graph is taken."""
        ...
