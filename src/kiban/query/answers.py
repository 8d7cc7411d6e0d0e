"""What a record answers when a question asks for a field or an entry of its metadata.

Both catalogs work these answers out with the same functions: the memory catalog when it is asked, the SQL catalog when
a record is written.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from kiban.errors import UnknownUnit
from kiban.query.entries import Quantity, entries
from kiban.query.process_answers import NAMES, TEMPLATE_STEP, parameters, process_names, template_steps
from kiban.query.rights_answers import rights_answers
from kiban.query.structure_answers import structure_answers
from kiban.query.words import fold
from kiban.records.property import Fact
from kiban.records.record import Record


@dataclass(frozen=True, slots=True)
class Number:
    """A number in the coherent SI unit of its dimension."""

    si: float
    unit: str
    """The SI unit, as `kiban.quantity.unit.si_unit` writes it; it stands for the dimension."""


Answer: TypeAlias = "str | Number"

TEMPLATE = "template"
"""The path of a record's template: its name, and last its identifier. Who does not see the template gets neither."""

_FIELDS = {
    "sample": "sample_name",
    "reader": "reader",
    "file": "file_name",
    "instrument": "instrument",
    "operator": "operator",
}


def answers(record: Record) -> dict[str, tuple[Answer, ...]]:
    """Gather the folded texts and SI numbers of a record by path; paths without a value are absent.

    Holds `title`, `reader`, `file`, `instrument`, `operator`, `template`, its own rights and every entry of the
    document; as `sample` the name of the sample that the record itself gives, which holds only where the sample has no
    record. Of a process also its names and parameters.

    What is changed here must be brought to records that are there already: `kiban.store.answers_again`.
    """
    found: dict[str, list[Answer]] = {"title": [fold(record.title)]}
    for path, name in _FIELDS.items():
        found[path] = [fold(text_of(record, name) or "")]
    use = record.document.get(TEMPLATE)
    if isinstance(use, Mapping):
        found[TEMPLATE] = [fold(str(use.get("name", ""))), fold(str(use.get("id", "")))]
    candidates = record.document.get("candidates")
    if isinstance(candidates, list | tuple):
        found["candidates"] = [fold(str(each)) for each in candidates]
    for path, texts in rights_answers(record.document.get("rights")).items():
        found[path] = list(texts)
    for path, said in structure_answers(record).items():
        found[path] = [each if isinstance(each, str) else Number(each, "") for each in said]
    for path, entry in entries(record.document):
        found.setdefault(path, []).append(_answer(entry))
    found[NAMES] = list(process_names(record))
    found[TEMPLATE_STEP] = list(template_steps(record))
    for path, entry in parameters(record):
        found.setdefault(path, []).append(_answer(entry))
    # An empty text is no value.
    return {path: kept for path, values in found.items() if (kept := tuple(dict.fromkeys(v for v in values if v)))}


def _answer(entry: str | Quantity) -> Answer:
    if isinstance(entry, str):
        return fold(entry)
    # A quantity in a unit that nobody here knows can still be read, though not compared.
    return number(entry.value, entry.unit) or fold(f"{entry.value} {entry.unit}")


def number(value: float, unit: str) -> Number | None:
    """Say a value in SI; `None` where the unit is not known here or the result is beyond all numbers."""
    si, name = float(value), ""
    if unit:
        from kiban.quantity.unit import si_unit, to_si

        try:
            si, name = float(to_si(unit)(si)), si_unit(unit)
        except UnknownUnit:
            return None
    return Number(si, name) if math.isfinite(si) else None


def fact_number(fact: Fact) -> Number | None:
    """Say the value of a fact in SI; `None` as for `number`."""
    return number(fact.property.value.value, fact.property.value.unit)


def text_of(record: Record, name: str) -> str | None:
    """Give an entry of the document as it is written, where it is a text."""
    value: Any = record.document.get(name)
    return value if isinstance(value, str) else None


def sample_as_written(record: Record) -> str | None:
    """Give the name of the sample that the record itself states; `None` where there is none to be read."""
    name = text_of(record, "sample_name")
    return name if name is not None and fold(name) else None


def started(record: Record) -> datetime | None:
    """Say when measuring began, in UTC; a time without a zone is taken as UTC. `None` where that is not known."""
    written = text_of(record, "started_at")
    return None if written is None else moment(written)


def moment(written: str) -> datetime | None:
    """Read an ISO 8601 time, in UTC; `None` if it is none."""
    try:
        read = datetime.fromisoformat(written)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
