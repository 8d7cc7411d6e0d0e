"""What the pages of samples, processes and measurements show of what people said of them."""

from __future__ import annotations

import re
from typing import Any

from kiban.errors import RecordNotFound
from kiban.operations.resources import Resources
from kiban.operations.show import Shown
from kiban.operations.templates import template_used
from kiban.records.document import from_json
from kiban.records.link import Predicate
from kiban.records.matter.composition import BALANCE, Composition
from kiban.records.measurement import Measurement
from kiban.records.party import Asker
from kiban.records.process import Process
from kiban.records.record import RecordKind
from kiban.records.sample import Sample
from kiban.records.template_use import TemplateUse
from kiban.web.language import Speaker
from kiban.web.show_values import quantity
from kiban.web.template_values import shown_values

_FAMILY = {Predicate.DERIVED_FROM.value, Predicate.PART_OF.value}


def sample_values(asker: Asker, resources: Resources, shown: Shown, speaker: Speaker) -> dict[str, Any]:
    """Its compositions, fields, state, family and processes."""
    noun = from_json(dict(shown.record.document), Sample)
    family = [tie for tie in shown.ties if tie.predicate in _FAMILY]
    stated = [each for each in (noun.nominal, *noun.measured) if each is not None]
    return {
        "noun": noun,
        "stated": [_composition(each) for each in stated if len(each.components) > 1 or each.method or each.note],
        "fields": _fields(asker, resources, noun.template, dict(noun.values), None, speaker),
        "sources": [tie for tie in family if tie.outgoing],
        "pieces": sorted((tie for tie in family if not tie.outgoing), key=lambda tie: _in_order(tie.other.title)),
        "processes": [tie for tie in shown.ties if tie.other.kind is RecordKind.PROCESS],
    }


def measurement_values(asker: Asker, resources: Resources, shown: Shown, speaker: Speaker) -> dict[str, Any]:
    """Its fields, and the template that they are of."""
    noun = from_json(dict(shown.record.document), Measurement)
    return {
        "described_by": noun.template,
        "fields": _fields(asker, resources, noun.template, dict(noun.values), None, speaker),
    }


def process_values(asker: Asker, resources: Resources, shown: Shown, speaker: Speaker) -> dict[str, Any]:
    """Its parameters meant and done, what went in and what came out, and its logs."""
    noun = from_json(dict(shown.record.document), Process)

    def others(predicate: Predicate) -> list[Any]:
        found = [tie.other for tie in shown.ties if tie.predicate == predicate.value]
        return sorted(found, key=lambda record: _in_order(record.title))

    return {
        "noun": noun,
        "fields": _fields(asker, resources, noun.template, dict(noun.meant), dict(noun.done), speaker),
        "inputs": others(Predicate.USED),
        "outputs": others(Predicate.MADE_BY),
        "logs": others(Predicate.LOG_OF),
    }


def _fields(
    asker: Asker,
    resources: Resources,
    use: TemplateUse | None,
    values: dict[str, Any],
    done: dict[str, Any] | None,
    speaker: Speaker,
) -> list[Any]:
    if use is None:
        return []
    try:
        template = template_used(asker, resources, use)
    except RecordNotFound:
        # The record may be seen, its template not: then its fields have no names to show.
        return []
    return list(shown_values(template.fields, values, speaker, done=done))


def _in_order(title: str) -> list[tuple[int, str]]:
    """Sort key that puts `LTO-7-2` before `LTO-7-10`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", title)]


def _composition(composition: Composition) -> dict[str, Any]:
    return {
        "stated": composition.stated.value,
        "basis": composition.basis.value,
        "method": composition.method,
        "note": composition.note,
        "rows": [
            (component.what, None if component.amount == BALANCE else quantity(component.amount))
            for component in composition.components
        ],
    }
