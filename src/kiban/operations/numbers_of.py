"""The numbers of a measurement, from its normalised file."""

from __future__ import annotations

from kiban.operations.normalised_file import normalised_file
from kiban.operations.resources import Resources
from kiban.records.party import Asker
from kiban.records.reading import Reading


def numbers_of(asker: Asker, resources: Resources, identifier: str) -> Reading:
    """Load the Reading of one measurement.

    Raises
    ------
    RecordNotFound
        If there is no such measurement that the asker may see.
    Refused
        If the asker may read what describes it alone.
    DamagedObject, DamagedFile
        If its normalised file is gone or damaged; `kiban verify` names it.
    """
    from kiban.standards.nexus import read

    _, stream = normalised_file(asker, resources, identifier)
    with stream:
        return read(stream)
