"""Samples: register one, change what is known of it, divide it, combine several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kiban.errors import InvalidValue
from kiban.operations.changed_records import (
    check_version,
    commit,
    current,
    event_of,
    new_record,
    next_version,
    save_change,
)
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement, place, scope_of
from kiban.operations.resources import Resources
from kiban.operations.templates import Kept, template_named
from kiban.records.document import from_json, to_json
from kiban.records.filled import Filled, Problem, fill, refuse
from kiban.records.link import Link, Predicate
from kiban.records.matter.sample_elements import with_elements
from kiban.records.party import Asker
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample, SampleState
from kiban.store.catalog import Batch

_MOST_PIECES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Values with the template they belong to."""

    template: str
    """Identifier or name; its current version is used."""
    values: Mapping[str, Any]


def filled_form(asker: Asker, resources: Resources, form: Form, kind: RecordKind) -> tuple[Kept, Filled]:
    """Hold a form against the current version of its template; what is wrong with its values is told, not raised.

    Raises
    ------
    RecordNotFound
        If there is no such template.
    InvalidValue
        If the template is for another kind of record.
    """
    kept = template_named(asker, resources, form.template)
    if kept.template.applies_to is not kind:
        raise InvalidValue(
            f"The template {kept.template.name} is for a {kept.template.applies_to.value}, not for a {kind.value}.",
            mend=f"Choose one that is for a {kind.value}.",
        )
    return kept, fill(kept.template.fields, form.values)


def checked(asker: Asker, resources: Resources, form: Form, kind: RecordKind) -> tuple[Kept, dict[str, Any]]:
    """Check a form, as `filled_form`. Raises InvalidForm if a value breaks a rule; every place is named."""
    kept, filled = filled_form(asker, resources, form, kind)
    return kept, filled.sound()


def register_sample(
    asker: Asker,
    resources: Resources,
    sample: Sample,
    *,
    form: Form | None = None,
    placement: Placement = AS_THE_PROJECT_SAYS,
) -> Record:
    """Keep a new sample.

    Parameters
    ----------
    sample : Sample
        Without elements and values: the elements follow from formula and compositions, the values from the form.

    Raises
    ------
    Conflict
        If the project has a sample of that name.
    InvalidForm
        If the formula cannot be read, or the form has a problem: every place is named, `formula` or under `values`.
    """
    noun = _checked(asker, resources, sample, form, is_restated=True)
    scope = place(asker, resources, placement)
    record = new_record(asker, RecordKind.SAMPLE, noun.name, to_json(noun), scope=scope)
    batch = Batch(
        records=(record,),
        compositions={record.id: noun.composition} if noun.composition else {},
        events=(event_of(asker, record, "registered sample"),),
    )
    return commit(asker, resources, batch).records[0]


def change_sample(
    asker: Asker,
    resources: Resources,
    identifier: str,
    changes: Mapping[str, Any],
    *,
    form: Form | None = None,
    expected: int | None = None,
) -> Record:
    """Say something else of a sample: a new version of it.

    Parameters
    ----------
    changes : mapping
        Attributes of `Sample` by name: `{"location": "Room 3, box 2"}`.
    form : Form, optional
        All values anew, for the current version of the template.
    expected : int, optional
        The version that the change was made on.

    Raises
    ------
    RecordNotFound
    Conflict
        If somebody else changed it first, or the new name is taken.
    InvalidValue
        If nothing changes, or a value breaks a rule.
    """
    record = current(asker, resources, identifier, RecordKind.SAMPLE)
    check_version(record, expected)
    before = from_json(dict(record.document), Sample)
    after = from_json({**to_json(before), **changes}, Sample)
    if after.formula != before.formula and after.nominal == before.nominal:
        after = replace(after, nominal=None)
    is_restated = (after.formula, after.nominal, after.measured) != (before.formula, before.nominal, before.measured)
    after = _checked(asker, resources, after, form, is_restated=is_restated)
    composition = after.composition if after.composition != before.composition else None
    return save_change(asker, resources, record, before, after, "changed sample", composition=composition)


def divide_sample(
    asker: Asker,
    resources: Resources,
    identifier: str,
    names: Sequence[str],
    *,
    uses_up: bool = False,
    relation: Predicate = Predicate.PART_OF,
) -> tuple[Record, ...]:
    """Make pieces of a sample. They have its formula, composition, hazards, values and tier.

    Parameters
    ----------
    names : sequence of str
        One for each piece.
    uses_up : bool
        Nothing is left of the whole: its state becomes *consumed*.

    Raises
    ------
    RecordNotFound
    Conflict
        If a name is taken.
    InvalidValue
        If no names are given or one twice, or the sample is not available.
    """
    whole = current(asker, resources, identifier, RecordKind.SAMPLE)
    noun = from_json(dict(whole.document), Sample)
    _check_names(names)
    _check_available(noun)
    pieces = [
        _offspring(asker, resources, replace(noun, name=name, description=f"Piece of {noun.name}."), like=whole)
        for name in names
    ]
    links = [Link(subject=p.id, predicate=relation, object=whole.id, scope=p.scope) for p in pieces]
    return _keep_offspring(asker, resources, pieces, links, [whole] if uses_up else [], "divided sample")


def combine_samples(
    asker: Asker,
    resources: Resources,
    identifiers: Sequence[str],
    name: str,
    *,
    uses_up: bool = True,
) -> Record:
    """Make one sample of several: mixed powders, an assembled cell.

    Its composition is not guessed: how much of each part went in stands in the process that mixed them.

    Raises
    ------
    RecordNotFound
    Conflict
        If the name is taken.
    InvalidValue
        If fewer than two are given, one twice, one is not available, or their tiers differ.
    """
    records = [current(asker, resources, each, RecordKind.SAMPLE) for each in identifiers]
    if len({record.id for record in records}) < 2 or len({record.id for record in records}) < len(records):
        raise InvalidValue("Fewer than two different samples were given.", mend="Name each part once.")
    if len({record.scope for record in records}) > 1:
        raise InvalidValue(
            "The parts are of different tiers or projects.", mend="Bring them to the same tier, then combine them."
        )
    nouns = [from_json(dict(record.document), Sample) for record in records]
    for noun in nouns:
        _check_available(noun)
    hazards = tuple(dict.fromkeys(code for noun in nouns for code in noun.hazards))
    made = _offspring(asker, resources, Sample(name=name, hazards=hazards), like=records[0])
    links = [
        Link(subject=made.id, predicate=Predicate.DERIVED_FROM, object=part.id, scope=made.scope) for part in records
    ]
    return _keep_offspring(asker, resources, [made], links, records if uses_up else [], "combined samples")[0]


def _keep_offspring(
    asker: Asker,
    resources: Resources,
    offspring: Sequence[Record],
    links: Sequence[Link],
    used_up: Sequence[Record],
    action: str,
) -> tuple[Record, ...]:
    spent = [consumed(asker, record) for record in used_up]
    compositions = {r.id: r.document["composition"] for r in offspring if r.document.get("composition")}
    batch = Batch(
        records=(*offspring, *spent),
        compositions=compositions,
        links=tuple(links),
        events=(
            *(event_of(asker, record, action) for record in offspring),
            *(event_of(asker, record, "used up sample") for record in spent),
        ),
    )
    return commit(asker, resources, batch).records[: len(offspring)]


def consumed(asker: Asker, record: Record) -> Record:
    """The next version of a sample of which nothing is left."""
    noun = replace(from_json(dict(record.document), Sample), state=SampleState.CONSUMED)
    return next_version(asker, record, document=to_json(noun))


def _offspring(asker: Asker, resources: Resources, noun: Sample, *, like: Record) -> Record:
    """A new sample in the project and scope of the one it comes from."""
    scope = scope_of(resources, like.scope)
    return new_record(asker, RecordKind.SAMPLE, noun.name, to_json(noun), scope=scope)


def _check_names(names: Sequence[str]) -> None:
    if not names or len(names) > _MOST_PIECES:
        raise InvalidValue(f"{len(names)} names of pieces were given.", mend=f"Give 1 to {_MOST_PIECES}.")
    if len(set(names)) < len(names):
        raise InvalidValue("Two pieces were given the same name.", mend="Give each piece a name of its own.")


def _check_available(sample: Sample) -> None:
    if sample.state is not SampleState.AVAILABLE:
        raise InvalidValue(
            f"{sample.name} is {sample.state.value}.", mend="Set its state to available if there is some of it left."
        )


def _checked(asker: Asker, resources: Resources, sample: Sample, form: Form | None, *, is_restated: bool) -> Sample:
    """The sample with its form, and with elements where its composition is stated anew; all problems at once."""
    problems: list[Problem] = []
    if is_restated:
        try:
            sample = with_elements(sample)
        except InvalidValue as e:
            problems.append(Problem(path=("formula",), fault=e.fault, mend=e.mend))
    if form is not None:
        kept, filled = filled_form(asker, resources, form, RecordKind.SAMPLE)
        problems.extend(problem.under("values") for problem in filled.problems)
        sample = replace(sample, template=kept.use, values=filled.values)
    refuse(problems)
    return sample
