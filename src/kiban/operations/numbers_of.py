"""The numbers of a measurement, from its normalised file."""

from __future__ import annotations

from kiban.errors import RecordNotFound
from kiban.operations.resources import Resources
from kiban.operations.show import resolve
from kiban.records.party import Asker
from kiban.records.reading import Reading
from kiban.records.record import RecordKind


def numbers_of(asker: Asker, resources: Resources, identifier: str) -> Reading:
    """Load the Reading of one measurement.

    Raises
    ------
    RecordNotFound
        If there is no such measurement that the asker may see.
    DamagedObject, DamagedFile
        If its normalised file is gone or damaged; `kiban verify` names it.
    """
    from kiban.standards.nexus import read

    record = resources.catalog.get(resolve(identifier), resources.visible(asker))
    if record.kind is not RecordKind.MEASUREMENT:
        raise RecordNotFound(identifier)
    with resources.objects.open(str(record.document["normalised"])) as stream:
        return read(stream)
