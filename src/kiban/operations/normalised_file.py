"""The normalised NeXus file of a measurement."""

from __future__ import annotations

from typing import BinaryIO

from kiban.errors import NothingMeasured, RecordNotFound
from kiban.operations.audited import reads, saw
from kiban.operations.may_read import require_right
from kiban.operations.resources import Resources
from kiban.operations.show import resolve
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind


@reads("read numbers")
def normalised_file(asker: Asker, resources: Resources, identifier: str) -> tuple[Record, BinaryIO]:
    """Open it.

    Raises
    ------
    RecordNotFound
        If there is no such measurement that the asker may see.
    Refused
        If the asker may read what describes it alone.
    NothingMeasured
        If no reader understands the files of the measurement.
    DamagedObject
        If the file is gone.
    """
    record = resources.catalog.get(resolve(identifier), resources.visible(asker))
    if record.kind is not RecordKind.MEASUREMENT:
        raise RecordNotFound(identifier)
    require_right(asker, resources, record)
    if not (checksum := str(record.document["normalised"])):
        raise NothingMeasured(
            f"{record.pid} has no numbers: no reader understands its files.",
            mend="Its files and values are kept. Import it again when a reader for them is installed.",
        )
    saw(record, subject=record.pid)
    return record, resources.objects.open(checksum)
