"""Say what a sample consists of: as it was meant, or as an analysis found it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kiban.errors import InvalidValue, KibanError
from kiban.operations.changed_records import check_version, current, save_change
from kiban.operations.resources import Resources
from kiban.records.document import from_json
from kiban.records.matter.composition import BALANCE, Basis, Component, Composition, Constituent, Stated, component
from kiban.records.matter.sample_elements import with_elements
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.records.written_quantity import quantity_of

_BALANCE = {"balance", "bal.", "bal", "rest", "残部", "残"}
_LINE = re.compile(r"\s*(?P<what>[^=＝]+?)\s*[=＝]\s*(?P<amount>.+?)\s*")


def state_composition(
    asker: Asker,
    resources: Resources,
    identifier: str,
    lines: Sequence[str],
    *,
    basis: Basis,
    stated: Stated,
    method: str = "",
    note: str = "",
    expected: int | None = None,
) -> Record:
    """Keep a composition of a sample; a nominal one takes the place of that before, measured ones are added.

    Parameters
    ----------
    lines : sequence of str
        One for each component: `C = 0.21(1) %`, `Fe = balance`. What is neither an element nor a formula is the name of
        a material: `PVDF = 2 %`.

    Raises
    ------
    RecordNotFound
    Conflict
        If somebody else changed the sample first.
    InvalidValue
        If a line cannot be read, the fractions do not add up, or a component stands twice.
    """
    record = current(asker, resources, identifier, RecordKind.SAMPLE)
    check_version(record, expected)
    composition = Composition(
        components=tuple(_component(line) for line in lines if line.strip()),
        basis=basis,
        stated=stated,
        method=method.strip(),
        note=note.strip(),
    )
    before = from_json(dict(record.document), Sample)
    after = with_elements(_with(before, composition))
    elements = after.composition if after.composition != before.composition else None
    return save_change(asker, resources, record, before, after, "stated composition", composition=elements)


def _with(sample: Sample, composition: Composition) -> Sample:
    if composition.stated is Stated.NOMINAL:
        return replace(sample, nominal=composition)
    return replace(sample, measured=(*sample.measured, composition))


def _component(line: str) -> Component:
    match = _LINE.fullmatch(line)
    if match is None:
        raise InvalidValue(
            f"'{line[:60]}' does not say how much of what.", mend="Write C = 0.21(1) % or Fe = balance, one a line."
        )
    what, written = match["what"], match["amount"]
    amount = BALANCE if written.lower() in _BALANCE else quantity_of(written)
    try:
        return component(what, amount)
    except KibanError:
        return Component(what=what, amount=amount, kind=Constituent.MATERIAL)
