"""The brute-force model of `plain_answers`, sorted: what each record says of a path, worked out plainly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from kiban.query.answers import number, started
from kiban.query.words import fold

from .big_world import TERMS
from .plain_answers import PlainAnswers, Truth, Who

_TEXTS = {"operator": "operator", "instrument": "instrument", "reader": "reader", "file": "file_name"}
ORDERS = (
    *("title", "started", "created", "kind", "technique", "sample", "nelements", "composition.Ti", *_TEXTS, *TERMS),
    *("metadata.anode", "metadata.wavelength", "metadata.steps", "metadata.scan.step"),
)
"""What random answers are sorted by."""


def in_plain_order(model: PlainAnswers, answering: Truth, who: Who, path: str, *, is_descending: bool) -> list[int]:
    """Places in `model.all` of all that answer: those of which something is known by it, then the others."""
    seen = model.lies_where(who, "metadata")
    values = model.may(who, "metadata") & model.may(who, "data")
    claimed = _claimed(model, path, values) if path in TERMS else {}
    known, unknown = [], []
    for n in np.flatnonzero(answering)[::-1]:
        said = list(claimed.get(int(n), ()) if path in TERMS else _said(model, int(n), path, seen, values))
        if said:
            known.append((max(said) if is_descending else min(said), int(n)))
        else:
            unknown.append(int(n))
    known.sort(key=lambda pair: pair[0], reverse=is_descending)
    return [n for _, n in known] + unknown


def is_known(model: PlainAnswers, n: int, who: Who, path: str) -> bool:
    """Whether the asker may know what the record says of the path, and it says something."""
    seen = model.lies_where(who, "metadata")
    values = model.may(who, "metadata") & model.may(who, "data")
    said = _claimed(model, path, values).get(n, ()) if path in TERMS else _said(model, n, path, seen, values)
    return bool(list(said))


def _claimed(model: PlainAnswers, path: str, values: Truth) -> dict[int, list[float]]:
    """By the place of a record, the values that were claimed of it or rest on it, as far as they may be read."""
    found: dict[int, list[float]] = {}
    for n, each in enumerate(model.all):
        for fact in each.facts:
            si = number(fact.property.value.value, fact.property.value.unit)
            if fact.property.term == path and si is not None and values[model.place_of(n)]:
                found.setdefault(n, []).append(si.si)
                if fact.subject is not None:
                    found.setdefault(model.index[fact.subject], []).append(si.si)
    return found


def _said(model: PlainAnswers, n: int, path: str, seen: Truth, values: Truth) -> Iterable[Any]:
    each = model.all[n]
    record, document = each.record, each.record.document
    sample = model.sample_of(n)
    match path:
        case "title":
            return _text(record.title)
        case "created":
            return (record.created_at,)
        case "started":
            at = started(record)
            return () if at is None else (at,)
        case "kind":
            return (record.kind.value,)
        case "technique":
            return (document["technique"],) if document.get("technique") else ()
        case "sample":
            shown = sample is not None and seen[sample]
            return _text(model.all[sample].record.title if shown else document.get("sample_name"))  # type: ignore[index]
        case "nelements" | "composition.Ti":
            if sample is None or not values[model.place_of(sample)]:
                return ()
            elements = model.all[sample].elements
            if path == "nelements":
                return (len(elements),) if elements else ()
            return (1 / len(elements),) if "Ti" in elements else ()
        case _ if path in _TEXTS:
            return _text(document.get(_TEXTS[path]))
    entry: Any = document.get("metadata") or {}
    for step in path.split(".")[1:]:
        entry = entry.get(step) if isinstance(entry, Mapping) else None
    if isinstance(entry, str):
        return _text(entry)
    value, unit = (entry["value"], entry["unit"]) if isinstance(entry, Mapping) else (entry, "")
    si = None if value is None else number(float(value), unit)
    return () if si is None else (si.si,)


def _text(said: Any) -> tuple[str, ...]:
    return (fold(said),) if isinstance(said, str) and fold(said) else ()
