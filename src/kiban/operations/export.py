"""A record as a file of a standard, with a list of what the file could not carry."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace

from kiban.errors import NotExportable, RecordNotFound, WrongUsage
from kiban.operations.audited import reads, saw
from kiban.operations.changed_records import current
from kiban.operations.data_sets import data_set_of
from kiban.operations.graph_export import KINDS, graph_of
from kiban.operations.may_read import require_right
from kiban.operations.owed import Owed, owed_for
from kiban.operations.resources import Resources
from kiban.operations.show import Shown, show
from kiban.records.document import from_json
from kiban.records.file_entry import FileEntry
from kiban.records.measurement import Measurement
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.standards.contract import DataSetExport, Export, Exportable, Exported
from kiban.standards.graph_contract import GraphExport, GraphExportable
from kiban.standards.installed import export_named, graph_exports, suited

_ADDRESS = re.compile(r"https?://[^\s?#<>\"]+")
_MOST_BYTES = 1 << 30
"""Of a raw file that is put into an export: it is held in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """What an export gave."""

    name: str
    """For the file: the short identifier of the record with the standard's suffix."""
    media_type: str
    content: bytes
    losses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suited:
    """A standard that has a place for a record."""

    name: str
    title: str
    suffix: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Suited):
    """The same, with what it would lose of the record."""

    losses: tuple[str, ...]


@reads("exported")
def export(
    asker: Asker, resources: Resources, identifier: str, standard: str, *, address: str | None = None
) -> ExportedFile:
    """Export one record: a measurement as any standard, a sample or process as one for provenance.

    Parameters
    ----------
    standard : str
        The name of an export: `maiml`, `nexus`, `prov`, ...
    address : str, optional
        Where identifiers resolve, for standards that write identifiers as addresses: `https://kiban.example.org/`.

    Raises
    ------
    RecordNotFound
        If there is no such record that the asker may see, or it is of a kind that the standard has nothing to do with.
    Refused
        If the asker may read what describes it alone.
    WrongUsage
        If there is no export of that name, or the address is none.
    NotExportable
        If the standard has no place for such a measurement.
    DamagedObject, DamagedFile
        If its normalised or raw file is gone or damaged; `kiban verify` names it.
    """
    address = checked_address(address)
    found = export_named(standard)
    require_right(asker, resources, current(asker, resources, identifier))
    if not isinstance(found, Export | DataSetExport):
        graph = graph_of(asker, resources, identifier, address=address)
        saw(*graph.records, subject=graph.start.pid, standard=standard, n=len(graph.records))
        return _bound(_owed(asker, resources, graph.start), _graph_exported(graph, found))
    shown, measurement = _measurement(asker, resources, identifier)
    saw(shown.record, subject=shown.record.pid, standard=standard)
    return _bound(shown.owed, _exported(asker, resources, shown, measurement, found))


def checked_address(address: str | None) -> str | None:
    """An address under which identifiers resolve, with a slash at its end. Raises WrongUsage if it is none."""
    if address is not None and not _ADDRESS.fullmatch(address):
        raise WrongUsage(
            f"'{address[:80]}' is not an address under which identifiers resolve.",
            mend="Give it in full, as https://kiban.example.org/.",
        )
    return address if address is None or address.endswith("/") else f"{address}/"


@reads("read record")
def suited_to(asker: Asker, resources: Resources, identifier: str) -> tuple[Suited, ...]:
    """The standards that have a place for a record, by what is written in it: nothing is made. Raises as `export`."""
    shown = _exportable(asker, resources, identifier)
    saw(shown.record, subject=shown.record.pid)
    every: list[Export | DataSetExport | GraphExport] = []
    if shown.record.kind is RecordKind.MEASUREMENT:
        every += suited(from_json(dict(shown.record.document), Measurement))
    return tuple(
        Suited(name=each.name, title=each.title, suffix=each.suffix, media_type=each.media_type)
        for each in (*every, *graph_exports())
    )


@reads("read record")
def losses_of(asker: Asker, resources: Resources, identifier: str, standard: str) -> tuple[str, ...]:
    """What one standard would lose of a record; the file is made to know it, and thrown away. Raises as `export`."""
    found = export_named(standard)
    shown = _exportable(asker, resources, identifier)
    if not isinstance(found, Export | DataSetExport):
        graph = graph_of(asker, resources, identifier)
        saw(*graph.records, subject=graph.start.pid)
        return _bound(shown.owed, _graph_exported(graph, found)).losses
    saw(shown.record, subject=shown.record.pid)
    made = _exported(asker, resources, *_measurement(asker, resources, identifier), found)
    return _bound(shown.owed, made).losses


@reads("read record")
def offers(asker: Asker, resources: Resources, identifier: str) -> tuple[Offer, ...]:
    """The standards that have a place for a record, each with what it would lose. Raises as `export`."""
    shown = _exportable(asker, resources, identifier)
    found = []
    if shown.record.kind is RecordKind.MEASUREMENT:
        measurement = from_json(dict(shown.record.document), Measurement)
        for each in suited(measurement):
            try:
                losses = _bound(shown.owed, _exported(asker, resources, shown, measurement, each)).losses
            except NotExportable:
                continue
            found.append(_offer(each, losses))
    graph = graph_of(asker, resources, identifier)
    saw(*graph.records, subject=graph.start.pid)
    graphs = ((each, _bound(shown.owed, _graph_exported(graph, each)).losses) for each in graph_exports())
    return (*found, *(_offer(each, losses) for each, losses in graphs))


def _owed(asker: Asker, resources: Resources, record: Record) -> Owed | None:
    scope = next(scope for scope in resources.catalog.scopes() if scope.number == record.scope)
    return owed_for(asker, resources, scope)


def _bound(owed: Owed | None, made: ExportedFile) -> ExportedFile:
    """No standard has a place for the terms of an agreement: whoever takes the file along is told them."""
    return made if owed is None else replace(made, losses=(owed.as_sentence(), *made.losses))


def _exportable(asker: Asker, resources: Resources, identifier: str) -> Shown:
    shown = show(asker, resources, identifier)
    if shown.record.kind not in KINDS:
        raise RecordNotFound(identifier)
    require_right(asker, resources, shown.record)
    return shown


def _offer(standard: Export | DataSetExport | GraphExport, losses: tuple[str, ...]) -> Offer:
    return Offer(
        name=standard.name,
        title=standard.title,
        suffix=standard.suffix,
        media_type=standard.media_type,
        losses=losses,
    )


def _graph_exported(graph: GraphExportable, standard: GraphExport) -> ExportedFile:
    return _file(graph.start.pid, standard, standard.export(graph))


def _file(pid: str, standard: Export | DataSetExport | GraphExport, exported: Exported) -> ExportedFile:
    return ExportedFile(
        name=pid.replace(":", "-") + standard.suffix,
        media_type=standard.media_type,
        content=exported.content,
        losses=exported.losses,
    )


def _measurement(asker: Asker, resources: Resources, identifier: str) -> tuple[Shown, Measurement]:
    shown = show(asker, resources, identifier)
    if shown.record.kind is not RecordKind.MEASUREMENT:
        raise RecordNotFound(identifier)
    return shown, from_json(dict(shown.record.document), Measurement)


def _exported(
    asker: Asker, resources: Resources, shown: Shown, measurement: Measurement, standard: Export | DataSetExport
) -> ExportedFile:
    obstacle = standard.obstacle(measurement)
    if obstacle is None and isinstance(standard, Export) and not measurement.has_numbers:
        obstacle = "No reader understands its files, so there are no numbers to write."
    if obstacle is not None:
        raise NotExportable(
            f"{shown.record.pid} cannot be exported as {standard.title}: {obstacle}",
            mend=f"Export it as one of: {', '.join(e.name for e in (*suited(measurement), *graph_exports()))}.",
        )
    if isinstance(standard, Export):
        exported = standard.export(_numbers(resources, shown, measurement, needs_raw=standard.needs_raw))
    else:
        exported = standard.export(data_set_of(asker, resources, shown, measurement))
    return _file(shown.record.pid, standard, exported)


def _numbers(resources: Resources, shown: Shown, measurement: Measurement, *, needs_raw: bool) -> Exportable:
    from kiban.standards.nexus import read

    entry = next((e for e in shown.files if e.checksum == measurement.file_checksum), None)
    with resources.objects.open(measurement.normalised) as stream:
        normalised = stream.read()
    return Exportable(
        record=shown.record,
        measurement=measurement,
        reading=read(io.BytesIO(normalised)),
        normalised=normalised,
        file=entry,
        raw=_raw(resources, entry) if needs_raw and entry is not None else None,
        sample=shown.sample,
        composition=shown.composition,
        facts=shown.facts,
        rights=shown.rights.rights if shown.rights is not None else None,
    )


def _raw(resources: Resources, entry: FileEntry) -> bytes:
    if entry.size > _MOST_BYTES:
        raise NotExportable(
            f"The raw file has {entry.size} bytes; at most {_MOST_BYTES} are put into an export.",
            mend="Export without the raw file, and download that by itself.",
        )
    with resources.objects.open(entry.checksum) as stream:
        return stream.read()
