"""A record with the rights that count for it."""

from __future__ import annotations

from kiban.operations.changed_records import current
from kiban.operations.resources import Resources
from kiban.operations.rights_of import StatedRights, stated_rights
from kiban.records.party import Asker
from kiban.records.record import Record


def show_rights(asker: Asker, resources: Resources, identifier: str) -> tuple[Record, StatedRights | None]:
    """A record with the rights that count for it; `None` where none are stated.

    Raises
    ------
    RecordNotFound
        If there is no such record that the asker may see.
    InvalidIdentifier
    """
    record = current(asker, resources, identifier)
    return record, stated_rights(resources, resources.visible(asker), record)
