"""Hypothesis strategies for small catalogs full of records, to compare one catalog with another.

Needs hypothesis, which Kiban itself does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty
from kiban.records.identity import new_pid, new_uuid
from kiban.records.link import Link, Predicate
from kiban.records.record import Record, RecordKind
from kiban.records.scope import Tier
from kiban.store.catalog import Batch
from kiban.testing.catalog_examples import NOW, a_fact
from kiban.testing.question_strategies import CODES, ELEMENTS, FRACTIONS, LICENCES, NUMBERS, TERMS, TEXTS

TIERS = (Tier.OPEN, Tier.CLOSED)
PROJECT = UUID(int=0x0190A2D0_0000_7000_8000_00000000ABCD)


@dataclass(frozen=True, slots=True)
class World:
    """Batches to be written one after the other. Scopes are numbered by their place in `TIERS`."""

    batches: tuple[Batch, ...]

    def settled(self, project: UUID, numbers: Mapping[int, int]) -> tuple[Batch, ...]:
        """The batches as they are written to a catalog whose scopes have other numbers."""
        return tuple(
            replace(
                batch,
                records=tuple(replace(r, project=project, scope=numbers[r.scope]) for r in batch.records),
                facts=tuple(replace(f, scope=numbers[f.scope]) for f in batch.facts),
                links=tuple(replace(link, scope=numbers[link.scope]) for link in batch.links),
            )
            for batch in self.batches
        )


def metadata() -> st.SearchStrategy[dict[str, Any]]:
    """Metadata as measurements have it: texts, numbers, quantities, lists of them, nested."""
    text = st.sampled_from((*TEXTS, "", "Cu"))
    quantity = st.builds(
        lambda value, unit: {"value": value, "unit": unit},
        st.sampled_from(NUMBERS),
        st.sampled_from(("angstrom", "nm", "deg", "no_such_unit", "")),
    )
    number = st.one_of(st.sampled_from(NUMBERS), st.integers(-2, 3), quantity)
    leaf = st.one_of(text, number, st.booleans(), st.none())
    return st.fixed_dictionaries(
        {},
        optional={
            "anode": st.one_of(text, st.lists(leaf, max_size=3)),
            "wavelength": number,
            "steps": st.one_of(number, st.lists(number, max_size=3)),
            "scan": st.one_of(leaf, st.fixed_dictionaries({}, optional={"mode": leaf, "step": number})),
        },
    )


FORMULAS: tuple[dict[str, Any], ...] = (
    {},
    {"formula": "TiO2", "composition": {"Ti": 1 / 3, "O": 2 / 3}},
    {"formula": "CO", "composition": {"C": 0.5, "O": 0.5}},
    {"formula": "Co", "composition": {"Co": 1.0}},
    {"formula": "LiNi0.8Co0.2O2", "composition": {"Li": 0.25, "Ni": 0.2, "Co": 0.05, "O": 0.5}},
    {"formula": "an alloy", "composition": {"Fe": 0.7, "Ti": 0.3}},
)
"""What samples say of what they are made of."""


def documents() -> st.SearchStrategy[dict[str, Any]]:
    """Documents of measurements, sound and not so sound."""
    text = st.sampled_from((*TEXTS, ""))
    started = st.sampled_from(
        ("2024-01-31T23:30:00.000005", "2024-01-31T23:30:00+09:00", "2024-02-01", "0001-01-01T00:00:00+09:00", "soon")
    )
    return st.fixed_dictionaries(
        {},
        optional={
            "technique": st.sampled_from((*CODES["technique"], "home_made")),
            "sample_name": text,
            "reader": text,
            "file_name": text,
            "instrument": st.one_of(text, st.none(), st.integers()),
            "operator": text,
            "started_at": started,
            "metadata": metadata(),
            "rights": st.one_of(st.none(), rights()),
        },
    )


def rights() -> st.SearchStrategy[dict[str, Any]]:
    """Rights as documents hold them."""
    text = st.sampled_from(tuple(text.strip() for text in TEXTS))
    return st.fixed_dictionaries(
        {"citation": text},
        optional={
            "licence": st.sampled_from((*LICENCES, "")),
            "rights_holder": st.one_of(st.none(), st.fixed_dictionaries({"name": text, "ror": st.just("057zh3y96")})),
            "contributors": st.lists(st.fixed_dictionaries({"name": text, "roles": st.just(["software"])}), max_size=2),
            "funding": st.lists(st.fixed_dictionaries({"funder": text, "award_number": text}), max_size=2),
        },
    )


@st.composite
def worlds(draw: Callable[[st.SearchStrategy[Any]], Any]) -> World:
    """A few samples and measurements with facts; some of them changed or deleted afterwards."""
    samples = [
        _record(draw, RecordKind.SAMPLE, document={"name": title} | draw(st.sampled_from(FORMULAS)))
        for title in draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3))
    ]
    samples = [replace(s, sample=draw(st.sampled_from((s.id, s.id, None)))) for s in samples]
    n_scans = draw(st.integers(2, 5))
    subjects = [None, *(s.id for s in samples), new_uuid()]
    scans = [
        _record(draw, RecordKind.MEASUREMENT, document=draw(documents()), sample=draw(st.sampled_from(subjects)))
        for _ in range(n_scans)
    ]
    templates = [_record(draw, RecordKind.TEMPLATE, document={}) for _ in range(draw(st.integers(0, 2)))]
    processes = [
        _record(draw, RecordKind.PROCESS, document=draw(process_documents([t.pid for t in templates])))
        for _ in range(draw(st.integers(0, 3)))
    ]
    projects = [
        _record(draw, RecordKind.PROJECT, document={"rights": stated} if stated else {})
        for stated in draw(st.lists(st.one_of(st.none(), rights()), max_size=2))
    ]
    facts = []
    for scan in scans:
        for term in draw(st.lists(st.sampled_from(tuple(TERMS)), max_size=3)):
            unit = draw(st.sampled_from((*TERMS[term], "no_such_unit", "deg")))
            value = Measured(draw(st.sampled_from(NUMBERS)), unit, draw(uncertainties()))
            facts.append(a_fact(term, value, scan, scope=draw(st.sampled_from((scan.scope, 0, 1)))))
    amounts = st.dictionaries(st.sampled_from((*ELEMENTS, "Tc")), st.sampled_from(FRACTIONS))
    some = st.sampled_from(samples + scans + projects + processes + templates)
    changed = [
        replace(record, version=2, title=draw(_titles()), deleted=draw(st.booleans()), scope=draw(_scopes()))
        for record in draw(st.lists(some, unique_by=lambda r: r.id, max_size=4))
    ]
    return World(
        (
            Batch(
                records=(*projects, *templates, *samples, *processes, *scans),
                facts=tuple(facts),
                links=tuple(draw(ways(samples, processes, scans))),
                compositions={s.id: draw(amounts) for s in samples},
            ),
            Batch(records=tuple(changed)),
        )
    )


def process_documents(templates: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of processes: what was meant, and of some of it what was done. Most name one of the templates."""
    quantity = st.builds(
        lambda value, unit: {"value": value, "unit": unit},
        st.sampled_from(NUMBERS),
        st.sampled_from(("degC", "K", "h", "no_such_unit", "")),
    )
    leaf = st.one_of(quantity, st.sampled_from(NUMBERS), st.sampled_from(("argon", "")), st.none())
    values = st.fixed_dictionaries(
        {},
        optional={
            "temperature": leaf,
            "speed": leaf,
            "gas": st.sampled_from(("argon", "film")),
            "steps": st.lists(st.fixed_dictionaries({}, optional={"temperature": leaf, "hold": leaf}), max_size=2),
        },
    )
    return st.fixed_dictionaries(
        {"meant": values, "done": values},
        optional={
            "template": st.fixed_dictionaries(
                {
                    "name": st.sampled_from(("heat_treatment", "Milling")),
                    "id": st.sampled_from((*templates, "kb:none")),
                },
                optional={"renamed": st.just({"speed": "temperature"})},
            ),
            "operator": st.sampled_from(TEXTS),
            "started_at": st.sampled_from(("2024-01-31T23:30:00.000005", "2024-02-01")),
        },
    )


def uncertainties() -> st.SearchStrategy[Uncertainty | None]:
    """Uncertainties of all kinds and shapes."""
    sizes = st.sampled_from((0.0, 0.1, 1.0, 1e-7, 1e-300, 1e200, 1e300))
    freedom = st.sampled_from((None, None, 1.0, 3.0, 9.0))
    stated = st.one_of(
        st.builds(
            Uncertainty,
            value=sizes,
            origin=st.just(Origin.ESTIMATE),
            distribution=st.sampled_from(Distribution),
            degrees_of_freedom=freedom,
        ),
        st.builds(
            Uncertainty,
            value=sizes,
            kind=st.just(Kind.EXPANDED),
            coverage_factor=st.just(2.0),
            origin=st.just(Origin.CERTIFICATE),
            degrees_of_freedom=freedom,
        ),
        st.builds(
            Uncertainty,
            value=sizes,
            kind=st.just(Kind.RESOLUTION),
            origin=st.just(Origin.FILE),
            distribution=st.sampled_from(Distribution),
        ),
    )
    return st.one_of(st.none(), stated)


@st.composite
def ways(
    draw: Callable[[st.SearchStrategy[Any]], Any],
    samples: Sequence[Record],
    processes: Sequence[Record],
    scans: Sequence[Record],
) -> list[Link]:
    """Links back from samples and measurements to what came earlier in the list; each carries its subject's scope."""
    there = [*samples, *processes]
    order = draw(st.permutations(there))
    predicates = (Predicate.DERIVED_FROM, Predicate.PART_OF, Predicate.USED, Predicate.MADE_BY, Predicate.LOG_OF)
    links = {}
    for i, subject in enumerate([*order, *scans]):
        for target in draw(st.lists(st.sampled_from(order[:i]), max_size=2)) if order[:i] else ():
            predicate = draw(st.sampled_from(predicates))
            links[subject.id, predicate, target.id] = Link(
                subject=subject.id, predicate=predicate, object=target.id, scope=subject.scope
            )
    return list(links.values())


def _titles() -> st.SearchStrategy[str]:
    return st.sampled_from([*(text for text in TEXTS if text.strip()), "Heat treatment 2", "anneal, film"])


def _scopes() -> st.SearchStrategy[int]:
    return st.sampled_from(range(len(TIERS)))


def _record(draw: Callable[[st.SearchStrategy[Any]], Any], kind: RecordKind, **values: Any) -> Record:
    return Record(
        id=new_uuid(),
        pid=new_pid(),
        kind=kind,
        title=draw(_titles()),
        project=PROJECT,
        owner="test",
        scope=draw(_scopes()),
        created_at=NOW.replace(year=2024, month=1) + timedelta(hours=draw(st.integers(0, 30 * 24))),
        created_by="test",
        **values,
    )
