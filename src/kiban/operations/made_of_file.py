"""What was made of a deposited file."""

from __future__ import annotations

from uuid import UUID

from kiban.operations.resources import Resources
from kiban.records.party import Asker
from kiban.records.record import Record


def made_of_file(asker: Asker, resources: Resources, file: UUID) -> tuple[Record, ...]:
    """The measurements that one file entry gave, in order of reading; empty where none is visible."""
    return resources.catalog.records_of_file(file, resources.visible(asker))
