"""Provenance graphs to be exported in tests, made without a platform: one with everything in it, and random ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from kiban.errors import InvalidIdentifier
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty
from kiban.records.document import to_json
from kiban.records.identity import ALPHABET, parse_pid
from kiban.records.link import Link, Predicate
from kiban.records.matter.composition import BALANCE, Basis, Composition, Stated, component
from kiban.records.measurement import Analysis, Measurement
from kiban.records.process import Process, ProcessState
from kiban.records.property import Fact, Property
from kiban.records.record import Record, RecordKind
from kiban.records.sample import Sample
from kiban.records.template_use import TemplateUse
from kiban.standards.graph_contract import GraphExportable

_NOW = datetime(2026, 5, 4, 12, 30, 0, 123456, tzinfo=UTC)
_PROJECT = UUID(int=(0x0190_0000_0000_7000_9000 << 48))
_USE = TemplateUse(id="kb:7Q4M-2KXD-98", name="焼成", version=2)
_KINDS: dict[type, RecordKind] = {
    Sample: RecordKind.SAMPLE,
    Process: RecordKind.PROCESS,
    Measurement: RecordKind.MEASUREMENT,
}
DOUBTS = (
    None,
    Uncertainty(value=0.03, origin=Origin.FIT),
    Uncertainty(value=0.5, kind=Kind.EXPANDED, origin=Origin.CERTIFICATE, coverage_factor=2.0, degrees_of_freedom=9.0),
    Uncertainty(value=0.1, kind=Kind.RESOLUTION, origin=Origin.FILE, distribution=Distribution.RECTANGULAR),
    Uncertainty(value=1.25, origin=Origin.ESTIMATE, distribution=Distribution.POISSON),
)
"""None, and one of each kind."""
UNITS = ("degC", "h", "nm", "mA*h/g", "1/cm", "", "percent", "deg", "Oe", "percent_transmittance", "arbitrary_unit")
"""Units that other programs know, know by another name, or do not know."""


def record_of(number: int, noun: Sample | Process | Measurement, *, version: int = 1) -> Record:
    """The record of a noun; the number makes its identifiers."""
    return Record(
        id=UUID(int=(0x0190_0000_0000_7000_8000 << 48) + number),
        pid=_pid(number),
        kind=_KINDS[type(noun)],
        version=version,
        title=noun.title if isinstance(noun, Measurement) else noun.name,
        project=_PROJECT,
        owner="operator",
        scope=1,
        document=to_json(noun),
        created_at=_NOW,
        created_by="operator",
    )


def _pid(number: int) -> str:
    for check in ALPHABET:
        try:
            return parse_pid(f"{number:09d}{check}")
        except InvalidIdentifier:
            continue
    raise AssertionError  # one of the characters is the check character


def measurement(title: str = "scan", **changes: Any) -> Measurement:
    """A measurement of a few words."""
    given: dict[str, Any] = {
        "technique": "xrd",
        "title": title,
        "file_checksum": "ab" * 32,
        "file_name": "測定 1.ras",
        "reading_index": 0,
        "reader": "rigaku_ras",
        "reader_version": 2,
        "why": "it begins with *RAS_DATA_START",
        "normalised": "0" * 64,
    }
    return Measurement(**(given | changes))


def fact(number: int, evidence: Record, value: Measured, *, subject: Record | None = None, **condition: Any) -> Fact:
    """A property that rests on the measurement."""
    return Fact(
        id=UUID(int=(0x0190_0000_0000_7000_A000 << 48) + number),
        property=Property(term="peak_position", value=value, condition=condition, method="powder_xrd/1"),
        subject=subject.id if subject is not None else None,
        evidence=evidence.id,
        scope=1,
    )


def family(**changes: Any) -> GraphExportable:
    """A batch, its two pieces, heat treatments as done and as planned, specimens, scans, a log, values of every kind.

    Parameters
    ----------
    changes
        Fields of the graph that differ.
    """
    steps = [{"temperature": {"value": 900.0, "unit": "degC"}, "time": {"value": 2.0, "unit": "h"}}, {"quench": True}]
    read_off = {"value": 897.5, "unit": "degC", "uncertainty": to_json(DOUBTS[1])}
    nominal = Composition(
        components=(component("Ti", Measured(90.0, "%")), component("Al", BALANCE)),
        basis=Basis.MASS,
        stated=Stated.NOMINAL,
    )
    found = Composition(
        components=(component("Ti", Measured(0.89, "", DOUBTS[1])), component("Al", Measured(0.11, "", DOUBTS[1]))),
        basis=Basis.MASS,
        stated=Stated.MEASURED,
        method="ICP-OES",
    )
    batch = record_of(1, Sample(name="batch", formula="Ti-Al", nominal=nominal, measured=(found,)), version=3)
    left = record_of(2, Sample(name="left", location="Room 3", custodian="佐藤", hazards=("H225",)))
    right = record_of(3, Sample(name="right", template=_USE, values={"grade": "A", "n": 3, "at": "2026-05-04"}))
    furnace = record_of(
        4,
        Process(
            name="anneal",
            template=_USE,
            meant={"steps": steps, "atmosphere": {"iri": "http://example.org/Ar", "label": "argon"}},
            done={"steps": [{"temperature": read_off}]},
            started_at="2026-05-04T09:30+09:00",
            ended_at="2026-05-04T12:00+09:00",
            operator="佐藤 (day shift).",
            equipment="furnace 2",
        ),
    )
    one, two = record_of(5, Sample(name="one")), record_of(6, Sample(name="two"))
    metadata = {"wavelength": {"value": 0.154, "unit": "nm"}, "anode": "Cu", "n_scans": 4, "is_spinning": True}
    scan = record_of(
        7,
        measurement(
            metadata=metadata,
            operator="Sato",
            instrument="SmartLab",
            started_at="2026-05-05T10:00:00",
            analyses=(Analysis(name="powder_xrd", version=1, summary="1 peak"),),
            doubts=("The end angle is not reached.",),
        ),
    )
    log = record_of(8, measurement("log", file_checksum="cd" * 32, started_at="2026-05-04T00:30:00Z"))
    planned = record_of(9, Process(name="next", state=ProcessState.PLANNED, template=_USE, meant={"steps": steps}))
    mixed = record_of(10, Sample(name="mixed"))
    values = [Measured(12.25 + n, unit, doubt) for n, unit in enumerate(UNITS) for doubt in DOUBTS]
    given: dict[str, Any] = {
        "start": one,
        "records": (batch, left, right, furnace, one, two, scan, log, planned, mixed),
        "links": tuple(
            Link(subject=s.id, predicate=p, object=o.id, scope=1)
            for s, p, o in (
                (left, Predicate.PART_OF, batch),
                (right, Predicate.PART_OF, batch),
                (furnace, Predicate.USED, left),
                (one, Predicate.MADE_BY, furnace),
                (two, Predicate.MADE_BY, furnace),
                (one, Predicate.DERIVED_FROM, left),
                (two, Predicate.DERIVED_FROM, left),
                (scan, Predicate.MEASURED, one),
                (log, Predicate.LOG_OF, furnace),
                (planned, Predicate.USED, one),
                (mixed, Predicate.DERIVED_FROM, one),
                (mixed, Predicate.DERIVED_FROM, right),
            )
        ),
        "facts": tuple(fact(n, scan, value, subject=one, peak=n % 5 + 1) for n, value in enumerate(values)),
    }
    return GraphExportable(**(given | changes))


_ENDS = {
    Predicate.MEASURED: (RecordKind.MEASUREMENT, RecordKind.SAMPLE),
    Predicate.DERIVED_FROM: (RecordKind.SAMPLE, RecordKind.SAMPLE),
    Predicate.PART_OF: (RecordKind.SAMPLE, RecordKind.SAMPLE),
    Predicate.USED: (RecordKind.PROCESS, RecordKind.SAMPLE),
    Predicate.MADE_BY: (RecordKind.SAMPLE, RecordKind.PROCESS),
    Predicate.LOG_OF: (RecordKind.MEASUREMENT, RecordKind.PROCESS),
}
_NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)
_FINITE = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200)


@st.composite
def graphs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> GraphExportable:
    """Any graph without cycles: links lead to records that were there before."""
    states = st.sampled_from(ProcessState)
    nouns = draw(
        st.lists(
            st.one_of(
                st.builds(Sample, name=_NAMES, formula=st.just("TiO2"), description=st.text(max_size=5)),
                st.builds(Process, name=_NAMES, state=states, operator=st.text(max_size=5)),
                st.builds(measurement, _NAMES, started_at=st.sampled_from([None, "2026-05-04", "2026-05-04T01:02Z"])),
            ),
            min_size=1,
            max_size=8,
        )
    )
    records = tuple(record_of(n + 1, noun) for n, noun in enumerate(nouns))
    possible = [
        Link(subject=later.id, predicate=predicate, object=earlier.id, scope=1)
        for n, later in enumerate(records)
        for earlier in records[:n]
        for predicate, kinds in _ENDS.items()
        if kinds == (later.kind, earlier.kind)
    ]
    links = draw(st.lists(st.sampled_from(possible), unique=True)) if possible else []
    scans = [record for record in records if record.kind is RecordKind.MEASUREMENT]
    values = st.builds(Measured, _FINITE, st.sampled_from(UNITS), st.sampled_from(DOUBTS))
    told = draw(st.lists(st.tuples(st.sampled_from(scans), values), max_size=5)) if scans else []
    return GraphExportable(
        start=draw(st.sampled_from(records)),
        records=records,
        links=tuple(sorted(links, key=lambda link: (link.subject, link.predicate.value, link.object))),
        facts=tuple(fact(n, scan, value) for n, (scan, value) in enumerate(told)),
    )
