"""Processes: write down what is to be done or was done to samples, with what went in and what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kiban.errors import InvalidValue
from kiban.operations.changed_records import check_version, commit, current, event_of, new_record, save_change
from kiban.operations.placement import AS_THE_PROJECT_SAYS, Placement, place
from kiban.operations.resources import Resources
from kiban.operations.samples import Form, consumed, filled_form
from kiban.operations.templates import template_used
from kiban.records.document import from_json, to_json
from kiban.records.field import Field, Need
from kiban.records.filled import fill, refuse
from kiban.records.link import Link, Predicate
from kiban.records.matter.sample_elements import with_elements
from kiban.records.party import Asker
from kiban.records.process import Process, ProcessState
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample, SampleState
from kiban.records.scope import Scope
from kiban.store.catalog import Batch

_MOST_SAMPLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A process with the samples that came out of it."""

    process: Record
    outputs: tuple[Record, ...]


def record_process(
    asker: Asker,
    resources: Resources,
    process: Process,
    *,
    template: str | None = None,
    meant: Mapping[str, Any] | None = None,
    done: Mapping[str, Any] | None = None,
    inputs: Sequence[str] = (),
    outputs: Sequence[Sample] = (),
    logs: Sequence[str] = (),
    uses_up: bool = False,
    placement: Placement = AS_THE_PROJECT_SAYS,
) -> Recorded:
    """Keep a new process, and the new samples that came out of it.

    Parameters
    ----------
    process : Process
        Without parameters: they follow from `meant` and `done`.
    template : str, optional
        Identifier or name of the structure of `meant` and `done`.
    done : mapping, optional
        Only what was read off; a required field may be missing, because nobody read it.
    inputs : sequence of str
        Identifiers of the samples that went in.
    outputs : sequence of Sample
        New samples; one without a formula and hazards has those of a single input.
    logs : sequence of str
        Identifiers of measurements that recorded it.
    uses_up : bool
        Nothing is left of the inputs.

    Raises
    ------
    RecordNotFound
    Conflict
        If a name is taken.
    InvalidForm
        If a value breaks a rule of the template: every place is named, under `meant` or `done`.
    InvalidValue
        If an input is not available.
    """
    noun = _with_parameters(asker, resources, process, template, meant, done)
    sources = _samples(asker, resources, inputs, must_be_there=process.state is not ProcessState.PLANNED)
    if process.state is ProcessState.PLANNED and (outputs or uses_up):
        raise InvalidValue(
            f"{process.name} is planned; nothing has come out of it yet.", mend="Name what came out when it is done."
        )
    scope = place(asker, resources, placement)
    record = new_record(asker, RecordKind.PROCESS, noun.name, to_json(noun), scope=scope)
    made = [_output(asker, sample, sources, scope) for sample in outputs]
    spent = [consumed(asker, source) for source in sources] if uses_up else []
    measured = [current(asker, resources, each, RecordKind.MEASUREMENT) for each in logs]
    links = [
        *(Link(subject=record.id, predicate=Predicate.USED, object=s.id, scope=record.scope) for s in sources),
        *_links_out(record, made, sources),
        *(Link(subject=m.id, predicate=Predicate.LOG_OF, object=record.id, scope=m.scope) for m in measured),
    ]
    batch = Batch(
        records=(record, *made, *spent),
        compositions={r.id: r.document["composition"] for r in made if r.document.get("composition")},
        links=tuple(links),
        events=(
            event_of(asker, record, "recorded process"),
            *(event_of(asker, one, "made sample", {"process": record.pid}) for one in made),
            *(event_of(asker, one, "used up sample") for one in spent),
        ),
    )
    written = commit(asker, resources, batch).records
    return Recorded(process=written[0], outputs=written[1 : 1 + len(made)])


def change_process(
    asker: Asker,
    resources: Resources,
    identifier: str,
    changes: Mapping[str, Any],
    *,
    meant: Mapping[str, Any] | None = None,
    done: Mapping[str, Any] | None = None,
    template: str | None = None,
    expected: int | None = None,
) -> Record:
    """Say something else of a process: a new version of it.

    Parameters
    ----------
    changes : mapping
        Attributes of `Process` by name: `{"state": "done", "ended_at": "2026-11-26T17:00+09:00"}`.
    meant, done : mapping, optional
        All parameters anew, for the version of the template that the process has, or for the current one of `template`.

    Raises
    ------
    RecordNotFound
    Conflict
        If somebody else changed it first, or the new name is taken.
    InvalidValue
        If nothing changes, or a value breaks a rule.
    """
    record = current(asker, resources, identifier, RecordKind.PROCESS)
    check_version(record, expected)
    before = from_json(dict(record.document), Process)
    given = {"meant": meant, "done": done}
    after = from_json({**to_json(before), **changes, **{k: v for k, v in given.items() if v is not None}}, Process)
    if template is not None or meant is not None or done is not None:
        after = _with_parameters(asker, resources, after, template, after.meant, after.done)
    return save_change(asker, resources, record, before, after, "changed process")


def _with_parameters(
    asker: Asker,
    resources: Resources,
    process: Process,
    template: str | None,
    meant: Mapping[str, Any] | None,
    done: Mapping[str, Any] | None,
) -> Process:
    if template is not None:
        kept, filled = filled_form(asker, resources, Form(template=template, values=meant or {}), RecordKind.PROCESS)
        use, described = kept.use, kept.template
    elif process.template is not None:
        use, described = process.template, template_used(asker, resources, process.template)
        filled = fill(described.fields, meant or {})
    elif meant or done:
        raise InvalidValue(
            f"Parameters of {process.name} were given without a template.", mend="Name the template they belong to."
        )
    else:
        return process
    as_done = fill(without_needs(described.fields), done or {})
    problems = [problem.under("meant") for problem in filled.problems]
    refuse([*problems, *(problem.under("done") for problem in as_done.problems)])
    return replace(process, template=use, meant=filled.values, done=as_done.values)


def without_needs(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The same fields, none of them required: what was done holds what somebody read, and no more."""
    return tuple(replace(each, need=Need.OPTIONAL, fields=without_needs(each.fields)) for each in fields)


def _samples(asker: Asker, resources: Resources, identifiers: Sequence[str], *, must_be_there: bool) -> list[Record]:
    if len(identifiers) > _MOST_SAMPLES:
        raise InvalidValue(f"{len(identifiers)} samples were given.", mend=f"Give at most {_MOST_SAMPLES}.")
    records = [current(asker, resources, each, RecordKind.SAMPLE) for each in identifiers]
    for record in records:
        state = record.document.get("state", SampleState.AVAILABLE.value)
        if must_be_there and state != SampleState.AVAILABLE.value:
            raise InvalidValue(
                f"{record.title} is {state}.", mend="Set its state to available if there is some of it left."
            )
    return list({record.id: record for record in records}.values())


def _output(asker: Asker, sample: Sample, sources: list[Record], scope: Scope) -> Record:
    if len(sources) == 1 and not sample.formula:
        one = from_json(dict(sources[0].document), Sample)
        sample = replace(sample, formula=one.formula, nominal=one.nominal, hazards=sample.hazards or one.hazards)
    sample = with_elements(sample)
    return new_record(asker, RecordKind.SAMPLE, sample.name, to_json(sample), scope=scope)


def _links_out(process: Record, made: list[Record], sources: list[Record]) -> list[Link]:
    links = []
    for one in made:
        links.append(Link(subject=one.id, predicate=Predicate.MADE_BY, object=process.id, scope=one.scope))
        links.extend(
            Link(subject=one.id, predicate=Predicate.DERIVED_FROM, object=source.id, scope=one.scope)
            for source in sources
        )
    return links
