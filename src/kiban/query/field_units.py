"""Numbers without a unit that are compared with fields of templates: what unit is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kiban.quantity.measured import Measured
from kiban.query.entries import OF_TEMPLATE
from kiban.query.paths import Hop, rest_of, way
from kiban.query.process_vocabulary import ProcessVocabulary
from kiban.query.question import And, Comparison, Not, Or, Question
from kiban.records.field import Field, FieldKind


def field_units(templates: Iterable[tuple[Field, ...]]) -> Mapping[str, str]:
    """Give the units of all fields for numbers, by their paths without `field.`; empty where they differ.

    Parameters
    ----------
    templates : iterable of tuple of Field
        The fields of each template.
    """
    found: dict[str, set[str]] = {}
    waiting = [("", each) for fields in templates for each in fields]
    while waiting:
        beginning, each = waiting.pop()
        path = f"{beginning}{each.key}"
        if each.kind in {FieldKind.QUANTITY, FieldKind.NUMBER}:
            found.setdefault(path, set()).add(each.unit)
        waiting.extend((f"{path}.", part) for part in each.fields)
    return {path: next(iter(units)) if len(units) == 1 else "" for path, units in found.items()}


def with_field_units(question: Question, units: Mapping[str, str], processes: ProcessVocabulary) -> Question:
    """Give bare numbers the unit of the field that they are compared with, where all templates agree on one.

    Parameters
    ----------
    units : mapping of str to str
        As of `field_units`.
    processes : ProcessVocabulary
        What is known of processes by their names; of those, `kiban.query.settled` says what is meant.
    """
    match question:
        case And(parts):
            return And(tuple(with_field_units(part, units, processes) for part in parts))
        case Or(parts):
            return Or(tuple(with_field_units(part, units, processes) for part in parts))
        case Not(part):
            return Not(with_field_units(part, units, processes))
        case Comparison(path, _, Measured(unit="") as value) if unit := _unit(path, units, processes):
            return replace(question, value=Measured(value.value, unit))
        case _:
            return question


def _unit(path: str, units: Mapping[str, str], processes: ProcessVocabulary) -> str:
    there, asked = way(path), rest_of(path)
    if there is not None and there.hop is Hop.PROCESS:
        # One that is named by a word of its title may be of any template, and its parameter stand in any groups.
        if processes.is_known(there.process):
            return ""
        of_any = {unit for field, unit in units.items() if field == asked or field.endswith(f".{asked}")}
        return next(iter(of_any)) if len(of_any) == 1 else ""
    word = next((each for each in OF_TEMPLATE if asked.startswith(each)), None)
    return "" if word is None else units.get(asked.removeprefix(word), "")
