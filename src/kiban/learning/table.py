"""Tables drawn from facts: one row for each sample (or each fact), with units, uncertainties and the identifiers that
every value rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from kiban.errors import IncompatibleUnit, UnknownUnit
from kiban.quantity.measured import Measured
from kiban.query.vocabulary import SHIPPED, Vocabulary
from kiban.records.property import Fact
from kiban.records.rights.rights import Rights

Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the unit of its numbers (empty for texts and pure numbers) and whether it holds numbers."""

    name: str
    unit: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; `None` where a value is not known."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    n_left_out: int = 0
    """Samples and measurements that answer as well, and that the asker may not put into tables."""
    rights: Mapping[str, Rights] = field(default_factory=dict)
    """What is stated of the rights in the records that it was drawn from, by their short identifiers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a row is about: a sample, or a measurement of a sample that nobody has named."""

    id: str
    name: str
    formula: str = ""


def wide(
    facts: Iterable[Fact],
    subjects: Mapping[UUID, Subject],
    evidence: Mapping[UUID, str],
    known: Vocabulary = SHIPPED,
) -> Table:
    """One row for each subject, three columns for each term: value, standard uncertainty, what it rests on.

    Where a subject has several values of a term, the one in the table is the first of its measurement (the strongest
    peak, the first cycle) of the latest measurement; `long` has all.

    Parameters
    ----------
    facts : iterable of Fact
    subjects : mapping
        What to call the sample or measurement with that id; facts of others are left out.
    evidence : mapping of UUID to str
        Short identifiers of the measurements.
    known : Vocabulary
        Terms that were merged share one column, under the key of the one that the others were merged into.
    """
    chosen: dict[UUID, dict[str, Fact]] = {}
    for fact in facts:
        owner = fact.subject if fact.subject is not None else fact.evidence
        if owner not in subjects:
            continue
        best = chosen.setdefault(owner, {})
        term = known.root(fact.property.term)
        other = best.get(term)
        if other is None or _rank(fact) < _rank(other):
            best[term] = fact
    terms = sorted({term for best in chosen.values() for term in best})
    units = {term: _unit(term, (best[term] for best in chosen.values() if term in best), known) for term in terms}
    columns = [Column("sample"), Column("id"), Column("formula")]
    for term in terms:
        columns += [
            Column(term, units[term], is_number=True),
            Column(f"{term}.u", units[term], is_number=True),
            Column(f"{term}.evidence"),
        ]
    rows = []
    for owner, subject in subjects.items():
        best = chosen.get(owner, {})
        row: list[Cell] = [subject.name, subject.id, subject.formula or None]
        for term in terms:
            row += _cells(best.get(term), units[term], evidence)
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(sorted(rows, key=lambda row: str(row[0]))))


def long(facts: Iterable[Fact], subjects: Mapping[UUID, Subject], evidence: Mapping[UUID, str]) -> Table:
    """One row for each fact, with its condition and its method. Parameters as `wide`."""
    columns = (
        Column("sample"),
        Column("id"),
        Column("term"),
        Column("value", is_number=True),
        Column("standard_uncertainty", is_number=True),
        Column("unit"),
        Column("condition"),
        Column("method"),
        Column("evidence"),
    )
    rows: list[tuple[Cell, ...]] = []
    for fact in facts:
        subject = subjects.get(fact.subject if fact.subject is not None else fact.evidence)
        if subject is None:
            continue
        claim = fact.property
        value, uncertainty, rests_on = _cells(fact, claim.value.unit, evidence)
        condition = ", ".join(f"{name}={value}" for name, value in claim.condition.items())
        rows.append(
            (
                subject.name,
                subject.id,
                claim.term,
                value,
                uncertainty,
                claim.value.unit,
                condition or None,
                claim.method,
                rests_on,
            )
        )
    return Table(columns, tuple(rows))


def in_order_of_rank(facts: Iterable[Fact]) -> list[Fact]:
    """Of one subject, so that the first of each term is the one that stands in a table for all of them."""
    return sorted(facts, key=_rank)


def _rank(fact: Fact) -> tuple[int, int]:
    """Latest measurement first (ids of version 7 are in order of time), then its first peak or cycle."""
    numbers = [value for value in fact.property.condition.values() if isinstance(value, int)]
    return (-fact.evidence.int, min(numbers, default=0))


def _unit(term: str, facts: Iterable[Fact], known: Vocabulary) -> str:
    """The unit people expect of the term, else the one its first value is given in."""
    given = next(iter(facts)).property.value.unit
    usual = known.terms.get(term)
    if usual is None:
        return given
    try:
        Measured(0.0, given).require(usual.unit)
    except (IncompatibleUnit, UnknownUnit):
        return given
    return usual.unit


def _cells(fact: Fact | None, unit: str, evidence: Mapping[UUID, str]) -> list[Cell]:
    if fact is None:
        return [None, None, None]
    try:
        value = fact.property.value.in_unit(unit)
    except (IncompatibleUnit, UnknownUnit):
        # Two values of one term in units that cannot be compared: a number in the wrong unit would be a lie.
        return [None, None, evidence.get(fact.evidence)]
    standard = value.uncertainty.standard if value.uncertainty is not None else None
    return [value.value, standard, evidence.get(fact.evidence)]
