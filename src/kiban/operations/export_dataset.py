"""A data set as a file of a standard, with a list of what the file could not carry."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import BinaryIO

from kiban.access.asker_of import anonymous
from kiban.operations.as_seen import all_as_seen
from kiban.operations.audited import reads, saw
from kiban.operations.changed_records import current
from kiban.operations.export import Offer, checked_address
from kiban.operations.placement import scope_of
from kiban.operations.resources import Resources
from kiban.operations.rights_of import effective_rights, stated_rights
from kiban.operations.show_dataset import seen_members
from kiban.records.file_entry import FileEntry
from kiban.records.link import Predicate
from kiban.records.party import Asker
from kiban.records.property import Fact
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible
from kiban.standards.dataset_contract import DatasetExport, DatasetExportable, Held, HeldFile, OtherVersion
from kiban.standards.installed import dataset_export_named, dataset_exports

_IN_MEMORY = 16 << 20
_NORMALISED = "application/x-hdf5"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedDataset:
    """What an export gave."""

    name: str
    """For the file."""
    media_type: str
    stream: BinaryIO
    """At its beginning; gone at the end of the block."""
    size: int
    losses: tuple[str, ...]


@contextmanager
def export_dataset(
    asker: Asker, resources: Resources, identifier: str, standard: str, *, address: str | None = None
) -> Iterator[ExportedDataset]:
    """Export a data set, as far as the asker may read it. What is large is written to a file that is gone afterwards.

    Parameters
    ----------
    standard : str
        The name of an export of data sets: `datacite`, `jpcoar`, `ro_crate`, ...
    address : str, optional
        Where identifiers resolve: `https://kiban.example.org/`; that of the settings unless given.

    Raises
    ------
    RecordNotFound
        If there is no such data set that the asker may see.
    WrongUsage
        If there is no export of that name, or the address is none.
    NotExportable
        If it lacks what the standard demands.
    DamagedObject
        If a file of it is gone or damaged; `kiban verify` names it.
    """
    export = dataset_export_named(standard)
    given = exportable_for(asker, resources, identifier, standard=standard, address=address, whole=export.needs_members)
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as out:
        losses = export.export(given, out)  # type: ignore[arg-type]  # it has all that a binary stream has
        size = out.tell()
        out.seek(0)
        yield ExportedDataset(
            name=given.record.pid.replace(":", "-") + export.suffix,
            media_type=export.media_type,
            stream=out,  # type: ignore[arg-type]
            size=size,
            losses=losses,
        )


@reads("exported data set")
def exportable_for(
    asker: Asker,
    resources: Resources,
    identifier: str,
    *,
    standard: str = "",
    address: str | None = None,
    whole: bool = True,
) -> DatasetExportable:
    """A data set with all that an export is given, cut down to what the asker may read. Raises as `export_dataset`.

    Parameters
    ----------
    whole : bool
        With files and values of its members.
    """
    record = current(asker, resources, identifier, RecordKind.DATASET)
    visible = resources.visible(asker)
    given = exportable(
        asker, resources, visible, record, address=checked_address(address or resources.base_url), whole=whole
    )
    saw(record, *(held.record for held in given.members), subject=record.pid, standard=standard, n=len(given.members))
    return given


@reads("read data set")
def dataset_offers(asker: Asker, resources: Resources, identifier: str) -> tuple[Offer, ...]:
    """The standards that a data set can be exported as. What each would lose is said when it is written."""
    record = current(asker, resources, identifier, RecordKind.DATASET)
    saw(record, subject=record.pid)
    return tuple(_offer(each) for each in dataset_exports())


def _offer(export: DatasetExport) -> Offer:
    return Offer(name=export.name, title=export.title, suffix=export.suffix, media_type=export.media_type, losses=())


def exportable(
    asker: Asker, resources: Resources, visible: Visible, record: Record, *, address: str | None, whole: bool = True
) -> DatasetExportable:
    """Gather what an export is given.

    Parameters
    ----------
    whole : bool
        With files and values of its members.
    """
    dataset, members = seen_members(resources, visible, record)
    scope = scope_of(resources, record.scope)
    public = resources.visible(anonymous(resources.directory.load(), asker.at))
    stated = stated_rights(resources, visible, record)
    rights = effective_rights(resources, visible, members) if whole else {}
    held = tuple(
        Held(
            record=each,
            files=tuple(_files(resources, visible, each)) if whole else (),
            rights=rights.get(each.id),
        )
        for each in (all_as_seen(resources, visible, members) if whole else members)
    )
    facts, n_changed = _facts(resources, visible, members) if whole else ((), 0)
    before, after = _neighbours(resources, visible, record)
    return DatasetExportable(
        record=record,
        dataset=dataset,
        members=held,
        rights=stated.rights if stated is not None else None,
        facts=facts,
        n_changed=n_changed,
        n_without_files=sum(each.scope not in visible.data for each in members),
        before=before,
        after=after,
        address=address,
        is_open=record.scope in public,
        open_from=_open_from(scope.closed_until, asker.at),
    )


def _open_from(until: datetime | None, at: datetime) -> datetime | None:
    return until if until is not None and until > at else None


def _files(resources: Resources, visible: Visible, member: Record) -> Iterator[HeldFile]:
    """The raw files of a measurement in the version that is held, and what was normalised of them."""
    document = member.document
    if member.kind is not RecordKind.MEASUREMENT or member.scope not in visible.data:
        return
    raw = {
        str(document.get("file_name") or "file"): document.get("file_checksum"),
        **(document.get("companions") or {}),
    }
    for path, checksum in raw.items():
        if not checksum:
            continue
        for entry in resources.catalog.files(visible, checksum=checksum, limit=1):
            yield _held(resources, path, entry)
    if checksum := document.get("normalised"):
        with resources.objects.open(checksum) as stream:
            size = stream.seek(0, 2)
        yield HeldFile(
            path="normalised.nxs",
            checksum=checksum,
            size=size,
            media_type=_NORMALISED,
            open=partial(resources.objects.open, checksum),
            is_raw=False,
        )


def _held(resources: Resources, path: str, entry: FileEntry) -> HeldFile:
    # Of a member of an archive, what stands after its name; and nothing leads out of the folder.
    parts = [part for part in path.replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    return HeldFile(
        path="raw/" + "/".join(parts or ["file"]),
        checksum=entry.checksum,
        size=entry.size,
        media_type=entry.media_type,
        open=partial(resources.objects.open, entry.checksum),
    )


def _facts(resources: Resources, visible: Visible, members: tuple[Record, ...]) -> tuple[tuple[Fact, ...], int]:
    """Values that rest on measurements that are still as they are held; how many are not."""
    measured = {each.id: each for each in members if each.kind is RecordKind.MEASUREMENT}
    if not measured:
        return (), 0
    now = resources.catalog.get_many(list(measured), visible)
    same = [i for i, each in measured.items() if i in now and now[i].version == each.version]
    facts = resources.catalog.facts(visible, evidence=same) if same else ()
    return facts, len(measured) - len(same)


def _neighbours(
    resources: Resources, visible: Visible, record: Record
) -> tuple[OtherVersion | None, OtherVersion | None]:
    links = [x for x in resources.catalog.links([record.id], visible) if x.predicate is Predicate.REVISION_OF]
    others = resources.catalog.get_many({end for x in links for end in (x.subject, x.object)}, visible)
    before = next((others[x.object] for x in links if x.subject == record.id and x.object in others), None)
    after = next((others[x.subject] for x in links if x.object == record.id and x.subject in others), None)
    return _other(before), _other(after)


def _other(record: Record | None) -> OtherVersion | None:
    if record is None:
        return None
    return OtherVersion(pid=record.pid, doi=record.document.get("doi") or "", number=record.document["number"])
