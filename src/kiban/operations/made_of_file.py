"""What was made of a deposited file."""

from __future__ import annotations

from uuid import UUID

from kiban.operations.audited import reads, saw
from kiban.operations.resources import Resources
from kiban.records.party import Asker
from kiban.records.record import Record


@reads("read file")
def made_of_file(asker: Asker, resources: Resources, file: UUID) -> tuple[Record, ...]:
    """The measurements that one file entry gave, in order of reading; empty where none is visible."""
    found = resources.catalog.records_of_file(file, resources.visible(asker))
    saw(*found, n=len(found))
    return found
