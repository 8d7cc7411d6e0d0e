"""A question as a value. The page, the terminal, REST and the client all build the same one.

A path names what is asked about:

- a field of the record: `kind`, `title`, `technique`, `tier`, `sample` (its name), `reader`, `file` (its name),
  `instrument`, `operator`, `template` (its name or identifier), `started` (when measuring began), `created` (when it
  was kept), `id` (the short identifier);
- `candidates`: the identifiers of the samples of which a measurement may be, while nobody has decided;
- `licence` (an SPDX expression, and each licence in it), `rights_holder`, `contributor`, `funder`, `award`: the rights
  in the record, its own or where it has none those of its project; names, and identifiers beside them;
- `project`, `agreement`, `owner`, `created_by`: by identifier; names are put in its place by `kiban.query.named`;
- `elements`: the chemical elements of the record's sample; `nelements`: how many; `composition.<element>`: its amount
  fraction there, where there is some; `mass_fraction.<element>`;
- `chemical_formula_reduced`, `_anonymous`, `_hill`, `_descriptive`: the formula of the record's sample;
- `metadata.<name>`: an entry of a measurement's normalised metadata;
- `field.<key>`: what stands in a field of the record's template; of a process `meant.<key>` and `done.<key>`;
- `sample.<path>`, `sample.parents.<path>`, `measurement.<path>`, `process.<name>.<parameter>`: what is asked of other
  records that belong to it (`kiban.query.paths`);
- any other word: a property term. A measurement answers with the values that rest on it, a sample with the values
  claimed for it. A term with several values (peaks, cycles) matches if one of them does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from kiban.quantity.measured import Measured
from kiban.records.likeness import Near

RECORD_FIELDS = (
    "kind",
    "title",
    "technique",
    "tier",
    "sample",
    "reader",
    "file",
    "instrument",
    "operator",
    "template",
    "candidates",
    "licence",
    "rights_holder",
    "contributor",
    "funder",
    "award",
    "project",
    "agreement",
    "owner",
    "created_by",
    "started",
    "created",
    "id",
)


class Operator(StrEnum):
    """How two values are compared."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


class Manner(StrEnum):
    """Where in a text another is looked for; without regard to case and width."""

    CONTAINS = "CONTAINS"
    STARTS = "STARTS WITH"
    ENDS = "ENDS WITH"


class Extent(StrEnum):
    """How much of a set must be there."""

    ALL = "ALL"
    ANY = "ANY"
    ONLY = "ONLY"


Literal: TypeAlias = "str | Measured | datetime"


@dataclass(frozen=True, slots=True)
class Everything:
    """True of every record."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`hardness >= 5 GPa`, `technique = "xrd"`, `started > "2024-01-01"`.

    A number without a unit is in the term's usual unit (`kiban.query.vocabulary`), where it has one.

    Parameters
    ----------
    confidence : float, optional
        The probability, above 0 and below 1, with which it must hold, given the uncertainty of what is compared.
    """

    path: str
    operator: Operator
    value: Literal
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """`title CONTAINS "TiO2"`."""

    path: str
    manner: Manner
    text: str


@dataclass(frozen=True, slots=True)
class Has:
    """`elements HAS ALL "Ti","O"`."""

    path: str
    extent: Extent
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """`d_spacing IS KNOWN`; with `known=False`, `IS UNKNOWN`."""

    path: str
    known: bool


@dataclass(frozen=True, slots=True)
class Words:
    """Full text: every word occurs in the record's title, sample, file name, technique, metadata or comments."""

    text: str


@dataclass(frozen=True, slots=True)
class Similar:
    """`SIMILAR TO kb:7Q4M-2KXD-98 WITHIN 0.9`: spectra, patterns or compositions that are like that record's.

    Parameters
    ----------
    record : str
        Its short identifier.
    at_least : float, optional
        The least score, from 0 to 1; 0.8 unless given.
    nearest : tuple of Near, optional
        What was found to be near it, the nearest first (`kiban.query.similar`). A catalog answers with these.
    """

    record: str
    at_least: float | None = None
    nearest: tuple[Near, ...] | None = None


@dataclass(frozen=True, slots=True)
class And:
    """All of them hold."""

    parts: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them holds."""

    parts: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold: `NOT hardness > 5 GPa` is true where hardness is unknown."""

    part: Question


Question: TypeAlias = "Everything | Comparison | Match | Has | Known | Words | Similar | And | Or | Not"
EVERYTHING = Everything()
