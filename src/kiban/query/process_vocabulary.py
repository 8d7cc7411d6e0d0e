"""The processes that questions may name, and their parameters: those of the library, and those of a laboratory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from kiban.query.paths import as_step
from kiban.query.words import fold
from kiban.records.field import Field, FieldKind, Label
from kiban.records.record import RecordKind
from kiban.records.standard_structures import load, names_for, origin
from kiban.records.template import Template


@dataclass(frozen=True, slots=True)
class Structure:
    """One template for processes, with its names as steps of a path (`kiban.query.paths.as_step`)."""

    step: str
    labels: tuple[str, ...]
    others: tuple[str, ...]
    """What else its processes answer to."""
    origin: str
    """The structure of the library that it was taken from, or is."""
    endings: Mapping[str, str]
    """Names of its parameters, in keys and in labels of both languages, with and without their groups; with the name in
    keys that each stands for."""
    units: Mapping[str, str]
    """Of the names in keys, the units of those that have one."""


@dataclass(frozen=True, eq=False)
class ProcessVocabulary:
    """All that is known of them. Of two that claim the same name, the first has it."""

    structures: tuple[Structure, ...]

    @cached_property
    def _steps(self) -> Mapping[str, str]:
        """Names and labels, with the step each stands for."""
        found = {structure.step: structure.step for structure in self.structures}
        for structure in self.structures:
            for label in structure.labels:
                found.setdefault(label, structure.step)
        return found

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of all."""
        return tuple(dict.fromkeys(structure.step for structure in self.structures))

    def step(self, name: str) -> str:
        """What stands in a path for a name, or for a label in either language."""
        return self._steps.get(as_step(name), as_step(name))

    def same_as(self, step: str) -> tuple[str, ...]:
        """All names of the processes that are meant, itself first."""
        meant = [each for each in self.structures if step in {each.step, each.origin}]
        return tuple(dict.fromkeys((step, *(name for each in meant for name in (each.step, *each.others)))))

    def is_known(self, step: str) -> bool:
        """Whether there is a template or structure of that name."""
        return any(step in {each.step, each.origin} for each in self.structures)

    def parameter(self, step: str, name: str) -> str:
        """What stands in a path for a parameter, or for its label in either language."""
        wanted = ".".join(as_step(part) for part in name.split("."))
        # A process that is named by a word of its title may be of any structure.
        for structure in (*self._named(step), *self.structures):
            if wanted in structure.endings:
                return structure.endings[wanted]
        return wanted

    def parameters(self, step: str) -> tuple[str, ...]:
        """The names of the parameters of processes of that name."""
        return tuple(dict.fromkeys(name for each in self._named(step) for name in each.endings.values()))

    def unit(self, step: str, parameter: str) -> str:
        """The unit in which a parameter is meant where none is given; empty where that is not clear."""
        units = {each.units[parameter] for each in self._named(step) if parameter in each.units}
        return units.pop() if len(units) == 1 else ""

    def _named(self, step: str) -> list[Structure]:
        return [each for each in self.structures if step in {each.step, each.origin}]


def structure_of(template: Template, *others: str) -> Structure:
    """A template for processes as questions name it.

    Parameters
    ----------
    others : str
        Names beside its own: the identifier of its record.
    """
    said = origin(template)
    endings: dict[str, str] = {}
    units: dict[str, str] = {}
    for keys, ways, unit in _parameters(template.fields):
        for i in range(len(keys)):
            name = ".".join(keys[i:])
            endings.setdefault(name, name)
            if unit:
                units.setdefault(name, unit)
            for labels in ways:
                if all(labels[i:]):
                    endings.setdefault(".".join(labels[i:]), name)
    return Structure(
        step=as_step(template.name),
        labels=tuple(label for label in map(as_step, (template.label.en, template.label.ja)) if label),
        others=tuple(map(as_step, others)),
        origin=as_step(said.structure) if said is not None else "",
        endings=endings,
        units=units,
    )


_Ways = tuple[tuple[str, ...], tuple[str, ...]]


def _parameters(
    fields: Iterable[Field], keys: tuple[str, ...] = (), ways: _Ways = ((), ())
) -> Iterator[tuple[tuple[str, ...], _Ways, str]]:
    """Each field that can hold a value: the way to it in keys, in English and in Japanese labels, and its unit."""
    for field in fields:
        here = (*keys, fold(field.key))
        there = ((*ways[0], _label(field.label, "en")), (*ways[1], _label(field.label, "ja")))
        if field.kind in {FieldKind.TABLE, FieldKind.GROUP}:
            yield from _parameters(field.fields, here, there)
        else:
            yield here, there, field.unit


def _label(label: Label, language: str) -> str:
    return as_step(label.in_language(language))


@cache
def shipped_processes() -> ProcessVocabulary:
    """Those of the library that comes with Kiban."""
    return ProcessVocabulary(tuple(structure_of(load(name)) for name in names_for(RecordKind.PROCESS)))


def with_processes(templates: Mapping[str, Template]) -> ProcessVocabulary:
    """Those of the library, and a laboratory's templates by the identifiers of their records."""
    own = (structure_of(t, pid) for pid, t in templates.items() if t.applies_to is RecordKind.PROCESS)
    return ProcessVocabulary((*shipped_processes().structures, *own))
