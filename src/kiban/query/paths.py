"""Paths that lead from a record to others: to its sample, what that was made from, and what was done to it.

    sample.hardness                           of the record's sample
    sample.parents.composition.Ti             of what the sample was made from or is part of, any number of steps back
    measurement.technique                     of the measurements that were made on the record's sample
    process.heat_treatment.temperature        of the processes that the sample came out of, any number of steps back

A step through a record that the asker may not see does not exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from kiban.query.words import fold
from kiban.records.link import Predicate


class Hop(StrEnum):
    """Where other records lie, seen from one; the beginning of a path."""

    SAMPLE = "sample"
    PARENTS = "sample.parents"
    PROCESS = "process"
    MEASUREMENT = "measurement"


WAYS_BACK = (Predicate.DERIVED_FROM, Predicate.PART_OF, Predicate.MADE_BY, Predicate.USED)
"""Links that are followed from a sample back to those it was made from, and to the processes in between."""
PROCESS_FIELDS = frozenset({"title", "operator", "started", "created", "id", "template"})
"""What `process.<name>.` is followed by where not by a parameter: fields of the process itself."""

_BEGINNINGS = tuple(f"{hop}." for hop in (Hop.PARENTS, Hop.SAMPLE, Hop.MEASUREMENT, Hop.PROCESS))
_STEP = re.compile(r"\w+")
_UNFIT = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Way:
    """A path in its parts."""

    hop: Hop
    rest: str
    """What is asked of the record there; for a process without a parameter it is empty."""
    process: str = ""
    """Of which process."""

    @property
    def beginning(self) -> str:
        """The path without its rest, up to the point before it."""
        return f"{self.hop}.{self.process}." if self.process else f"{self.hop}."


def way(path: str) -> Way | None:
    """Take a path apart; `None` where it asks for something of the record itself."""
    beginning = next((each for each in _BEGINNINGS if path.startswith(each)), None)
    if beginning is None:
        return None
    hop, rest = Hop(beginning[:-1]), path[len(beginning) :]
    if hop is not Hop.PROCESS:
        return Way(hop, rest)
    process, _, rest = rest.partition(".")
    return Way(hop, rest, process)


def as_step(name: str) -> str:
    """A name as it stands in a path, between points: `Heat treatment` is `heat_treatment`."""
    return _UNFIT.sub("_", fold(name)).strip("_")


def is_step(text: str) -> bool:
    """Say whether it can stand in a path, between points."""
    return bool(_STEP.fullmatch(text))


def with_rest(path: str, rest: str) -> str:
    """The path with another end."""
    there = way(path)
    return rest if there is None else f"{there.beginning}{rest}"


def rest_of(path: str) -> str:
    """What a path asks of the record it leads to; the path itself where it leads to no other."""
    there = way(path)
    return path if there is None else there.rest
