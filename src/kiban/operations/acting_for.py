"""Going on in the name of somebody who asked for something and has left: with the rights that they have by now."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kiban.access.asker_of import asker_of
from kiban.errors import Refused
from kiban.operations.resources import Resources
from kiban.records.party import Asker

ADDRESS = "background"
"""Stands in the audit log where a network address stands else."""


def acting_for(resources: Resources, party: str) -> Asker:
    """The person as it is now, by the stable name that stands in records and logs.

    Raises
    ------
    Refused
        If there is no such account, or it is not in force any more.
    """
    now = datetime.now(UTC)
    directory = resources.directory.load()
    try:
        person = directory.people.get(UUID(party))
    except ValueError:
        person = None
    if person is None or not person.acts_at(now):
        raise Refused(
            "Whoever asked for this has no account in force any more.", mend="Somebody else can ask for it again."
        )
    return asker_of(directory, person, now, address=ADDRESS)
