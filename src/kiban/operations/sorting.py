"""In which order answers come, in the asker's words, and the value that each is sorted by, as it was given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from kiban.errors import IncompatibleUnit, UnknownUnit
from kiban.operations.ranking import asked_order
from kiban.query import vocabulary
from kiban.query.answers import Number, number, text_of
from kiban.query.entries import Quantity, entries
from kiban.query.renamed import field_names
from kiban.query.sorting import COMPARED, Key, Order, read_order
from kiban.query.vocabulary import Vocabulary
from kiban.query.words import fold
from kiban.records.field import renamed_paths
from kiban.records.record import Record

if TYPE_CHECKING:
    from kiban.operations.find import LookedUp

_WRITTEN = {
    "sample": "sample_name",
    "file": "file_name",
    "instrument": "instrument",
    "operator": "operator",
    "reader": "reader",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedBy:
    """What a record is sorted by: a number with its unit, a text, or a time in ISO 8601."""

    value: float | str
    unit: str | None = None
    """`None` of what is no number; empty for a plain number."""


def order_of(sort: str, looked_up: LookedUp) -> Order | None:
    """Read by what to sort; `None` where it is newest first, or by relevance. Raises InvalidQuestion."""
    if asked_order(sort) is not None:
        return None
    order = read_order(sort, looked_up.known)
    if order is None or not vocabulary.is_entry(order.path) or order.path.startswith("metadata."):
        return order
    # A field that was renamed is sorted by under the name that it had first as well.
    first: dict[str, frozenset[str]] = {}
    for kept in looked_up.templates:
        for now, before in renamed_paths(kept.template.fields).items():
            first[now] = first.get(now, frozenset()) | {before}
    return replace(order, paths=tuple(field_names(order.path, first)))


def written(order: Order) -> str:
    """The order as it is asked for."""
    return f"-{order.path}" if order.is_descending else order.path


def sorted_by(record: Record, key: Key | None, order: Order, known: Vocabulary, sample: str | None) -> SortedBy | None:
    """The value as people expect it: as it stands in the record, else in the usual unit."""
    match key:
        case None:
            return None
        case datetime():
            return SortedBy(value=key.isoformat())
        case str():
            return SortedBy(value=_text(record, key, order, sample))
        case Number():
            return _number(record, key, order, known)


def _text(record: Record, key: str, order: Order, sample: str | None) -> str:
    if order.path == "title":
        return record.title
    if order.path == "sample" and sample is not None:
        return sample
    if order.path in _WRITTEN:
        return text_of(record, _WRITTEN[order.path]) or key
    said = (entry for path, entry in entries(record.document) if path in order.paths and isinstance(entry, str))
    return next((entry for entry in said if fold(entry)[:COMPARED] == key), key)


def _number(record: Record, key: Number, order: Order, known: Vocabulary) -> SortedBy:
    for path, entry in entries(record.document):
        if path in order.paths and isinstance(entry, Quantity) and number(entry.value, entry.unit) == key:
            return SortedBy(value=float(entry.value), unit=entry.unit)
    return _in_usual_unit(key, known.usual_unit(order.path))


def _in_usual_unit(key: Number, usual: str) -> SortedBy:
    from kiban.quantity.unit import conversion

    if usual and usual != key.unit:
        try:
            # Converting there and back leaves the last digits to chance: 5.0 GPa, not 4.999999999999999.
            return SortedBy(value=float(f"{float(conversion(key.unit, usual)(key.si)):.14g}"), unit=usual)
        except (UnknownUnit, IncompatibleUnit):
            pass
    return SortedBy(value=key.si, unit=key.unit)
