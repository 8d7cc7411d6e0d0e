"""A line or a picture of a measurement's array, however many dimensions it has and however large it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kiban.operations.normalised_file import normalised_file
from kiban.operations.resources import Resources
from kiban.records.party import Asker

if TYPE_CHECKING:
    from kiban.standards.nexus_section import Section


def section_of(
    asker: Asker, resources: Resources, identifier: str, variable: str, *, along: Sequence[str], at: Mapping[str, int]
) -> Section:
    """Read it from the normalised file.

    Parameters
    ----------
    along : one or two names of dimensions
        Rows first.
    at : mapping of dimension to index
        Where the others are held; over those not named the mean is taken.

    Raises
    ------
    RecordNotFound
        If there is no such measurement that the asker may see.
    Refused
        If the asker may read what describes it alone.
    InvalidValue
        If the variable has no such dimensions, or an index is beyond their end.
    DamagedObject, DamagedFile
        If its normalised file is gone or damaged; `kiban verify` names it.
    """
    from kiban.standards.nexus_section import read_section

    _, stream = normalised_file(asker, resources, identifier)
    with stream:
        return read_section(stream, variable, along, at)
