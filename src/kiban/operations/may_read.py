"""Whether an asker may do with a record what a deed needs, and whom to ask where not."""

from __future__ import annotations

from kiban.access.verdict import rights
from kiban.errors import Refused
from kiban.operations.placement import scope_of
from kiban.operations.resources import Resources
from kiban.records.parties.right import Right
from kiban.records.party import Asker
from kiban.records.record import Record

_FAULTS = {
    Right.DATA: "You may read what describes {pid}, not its values.",
    Right.USE: "You may read the values of {pid}, not put them into tables and models.",
}


def require_right(asker: Asker, resources: Resources, record: Record, right: Right = Right.DATA) -> None:
    """Refuse what the asker may not do with a record that it may see. Raises Refused."""
    if right not in rights(asker, scope_of(resources, record.scope)):
        raise Refused(
            _FAULTS[right].format(pid=record.pid),
            mend="Ask a steward of the project that owns it, or of the agreement it is shared under.",
        )
