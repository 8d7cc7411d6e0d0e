"""The provenance graph: subject, predicate, object. Words and directions as in W3C PROV-O.

Every link leads from what came later to what it rests on, so the graph has no cycles: nothing is made from itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from kiban.errors import InvalidValue


class Predicate(StrEnum):
    """What ties two records."""

    MEASURED = "measured"
    """A measurement was made on a sample (prov:used)."""
    DERIVED_FROM = "derived_from"
    """A sample was made from another (prov:wasDerivedFrom)."""
    PART_OF = "part_of"
    """A sample is a piece of another."""
    USED = "used"
    """A process took a sample (prov:used)."""
    MADE_BY = "made_by"
    """A sample came out of a process (prov:wasGeneratedBy)."""
    LOG_OF = "log_of"
    """A measurement recorded a process: the log of a furnace (prov:wasInformedBy)."""
    HAD_MEMBER = "had_member"
    """A data set holds a record (prov:hadMember)."""
    REVISION_OF = "revision_of"
    """A data set is the next version of another (prov:wasRevisionOf)."""
    LEARNT_FROM = "learnt_from"
    """A campaign learnt from a record (prov:used)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One edge of the graph. It carries the scope of its subject."""

    subject: UUID
    predicate: Predicate
    object: UUID
    scope: int

    def __post_init__(self) -> None:
        if self.subject == self.object:
            raise InvalidValue("A record cannot be linked to itself.", mend="Name two different records.")
