"""What was set for samples: the parameters of the processes that they came out of, and their nominal compositions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from kiban.errors import InvalidQuestion
from kiban.learning.settings import Setting
from kiban.operations.audited import saw
from kiban.operations.resources import Resources
from kiban.operations.terms import vocabulary_of
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Uncertainty
from kiban.query.paths import WAYS_BACK, as_step
from kiban.records.document import from_json
from kiban.records.link import Link
from kiban.records.matter.composition import Composition
from kiban.records.party import Asker
from kiban.records.provenance import Direction, depths
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Visible

_MOST_STEPS = 200_000
"""Records that are walked through; more are not a table that anybody looks at."""
_PART = 1000


def settings_of(
    asker: Asker, resources: Resources, samples: Mapping[UUID, Record], visible: Visible
) -> dict[str, list[Setting]]:
    """What was set for each of some samples, by short identifier, the nearest process first.

    A parameter has the value that was done; where nothing was read off, what was meant. A parameter that has several
    values (steps of a programme) has no place in one cell and is left out.

    Raises
    ------
    InvalidQuestion
        If the samples came out of more than 200,000 records.
    """
    walked = resources.catalog.walk(list(samples), visible, direction=Direction.BACK, most=_MOST_STEPS)
    if walked.is_cut:
        raise InvalidQuestion(
            f"The samples that answer came out of more than {_MOST_STEPS} records.",
            mend="Ask for fewer samples, or for the table without settings.",
        )
    back = [link for link in walked.links if link.predicate in WAYS_BACK]
    reached = {end for link in back for end in (link.subject, link.object)}
    processes = {
        i: record
        for part in _parts(sorted(reached))
        for i, record in resources.catalog.get_many(part, visible).items()
        if record.kind is RecordKind.PROCESS
    }
    saw(*processes.values())
    units = vocabulary_of(asker, resources).processes
    behind = _behind(samples, back, processes)
    found: dict[str, list[Setting]] = {}
    for i, sample in samples.items():
        own = found[sample.pid] = list(_nominal(sample))
        for process in behind[i]:
            for name, value in _parameters(process):
                step, _, parameter = name.removeprefix("process.").partition(".")
                own.append(
                    Setting(name=name, value=value, rests_on=process.pid, unit=units.unit(step, parameter) or None)
                )
    return _with_zeros(found, samples)


def _parts(ids: list[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(ids), _PART):
        yield ids[start : start + _PART]


def _behind(samples: Collection[UUID], links: list[Link], processes: Mapping[UUID, Record]) -> dict[UUID, list[Record]]:
    """The processes that each sample came out of, the nearest first, of equally near ones the latest."""
    onward: dict[UUID, list[Link]] = {}
    for link in links:
        onward.setdefault(link.subject, []).append(link)
    found = {}
    for sample in samples:
        own: dict[tuple[UUID, UUID], Link] = {}
        waiting = [sample]
        while waiting:
            for link in onward.get(waiting.pop(), ()):
                if (link.subject, link.object) not in own:
                    own[link.subject, link.object] = link
                    waiting.append(link.object)
        steps = depths([sample], own.values(), Direction.BACK)
        near = sorted((i for i in steps if i in processes), key=lambda i: (steps[i], -i.int))
        found[sample] = [processes[i] for i in near]
    return found


def _parameters(process: Record) -> Iterator[tuple[str, Measured | str]]:
    use = process.document.get("template")
    if not isinstance(use, Mapping):
        return
    beginning = f"process.{as_step(str(use.get('name', '')))}"
    meant = dict(_entries(process.document.get("meant"), beginning))
    done = dict(_entries(process.document.get("done"), beginning))
    yield from {**meant, **done}.items()


def _entries(tree: Any, before: str) -> Iterator[tuple[str, Measured | str]]:
    for key, value in (tree or {}).items():
        name = f"{before}.{key}"
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, bool):
            yield name, "true" if value else "false"
        elif isinstance(value, int | float):
            yield name, Measured(float(value))
        elif isinstance(value, Mapping) and isinstance(value.get("value"), int | float):
            doubt = value.get("uncertainty")
            stated = from_json(doubt, Uncertainty) if doubt is not None else None
            yield name, Measured(float(value["value"]), str(value.get("unit", "")), stated)
        elif isinstance(value, Mapping) and "iri" not in value and "sha256" not in value:
            yield from _entries(value, name)


def _composition(sample: Record) -> Composition | None:
    given = sample.document.get("nominal")
    return from_json(given, Composition) if given else None


def _nominal(sample: Record) -> Iterator[Setting]:
    composition = _composition(sample)
    if composition is None or sample.document.get("formula"):
        return  # a formula stands in a column of its own
    for what, amount in composition.amounts.items():
        yield Setting(name=f"nominal.{composition.basis.value}.{what}", value=amount, rests_on=sample.pid)


def _with_zeros(found: dict[str, list[Setting]], samples: Mapping[UUID, Record]) -> dict[str, list[Setting]]:
    """A component that a whole composition does not name is not in it: 0, where other samples have some."""
    names = {each.name: each for some in found.values() for each in some if each.name.startswith("nominal.")}
    for sample in samples.values():
        own = found[sample.pid]
        stated = {each.name for each in own if each.name.startswith("nominal.")}
        composition = _composition(sample) if stated else None
        if composition is None or composition.has_balance or not composition.is_complete:
            continue
        for name, one in names.items():
            if name not in stated and name.startswith(f"nominal.{composition.basis.value}."):
                unit = one.value.unit if isinstance(one.value, Measured) else ""
                own.append(Setting(name=name, value=Measured(0.0, unit), rests_on=sample.pid))
    return found
