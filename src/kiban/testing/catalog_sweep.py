"""One small world and every kind of question about it, at the values where answers change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, product
from typing import Any

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty
from kiban.query.formula_paths import FORMULA_PATHS
from kiban.query.question import And, Comparison, Extent, Has, Known, Manner, Match, Not, Operator, Or, Question, Words
from kiban.records.identity import new_pid, new_uuid
from kiban.records.link import Link, Predicate
from kiban.records.record import Record, RecordKind
from kiban.store.catalog import Batch
from kiban.testing.catalog_examples import NOW, a_fact, a_link
from kiban.testing.catalog_strategies import PROJECT, World

_SCANS: tuple[dict[str, Any], ...] = (
    {
        "technique": "xrd",
        "sample_name": "film",
        "file_name": "a_1.ras",
        "reader": "rigaku",
        "rights": {"licence": "CC0-1.0 OR MIT", "rights_holder": {"name": "Film", "ror": ""}, "contributors": []},
        "started_at": "2024-01-31T23:30:00",
        "metadata": {
            "anode": ["Cu", 2, {"value": 0.0, "unit": "nm"}],
            "wavelength": {"value": 1.5, "unit": "angstrom"},
        },
    },
    {
        "technique": "ir",
        "sample_name": "ＦＩＬＭ",
        "file_name": "a%1.ras",
        "operator": "佐藤",
        "started_at": "2024-02-01T00:00:00+00:00",
        "metadata": {"anode": "cu", "wavelength": {"value": 0.15, "unit": "nm"}, "steps": 0},
    },
    {
        "technique": "xrd",
        "started_at": "2024-02-01T00:00:00+09:00",
        "metadata": {
            "anode": "{'si'}",
            "steps": [1, 2],
            "scan": {"mode": True, "step": {"value": 1, "unit": "none such"}},
        },
    },
    # Rights of its own that say nothing of what is asked: those of the project do not count for it.
    {
        "technique": "ir",
        "rights": {"citation": "film"},
        "sample_name": "gone",
        "metadata": {"wavelength": "unknown", "steps": None, "anode": ""},
    },
    {"metadata": {"steps": {"value": 1, "unit": "deg"}}},
)
_OF_PROJECT = {
    "licence": "CC-BY-4.0",
    "rights_holder": {"name": "佐藤 研究室", "ror": "057zh3y96"},
    "contributors": [{"name": "佐藤", "orcid": "0000-0002-1825-0097", "roles": ["software"]}, {"name": "film"}],
    "funding": [{"funder": "ＦＩＬＭ", "funder_id": "10.13039/501100001691", "award_number": "a_1.ras"}],
}
_PROCESSES: tuple[dict[str, Any], ...] = (
    {
        "meant": {"steps": [{"temperature": {"value": 950.0, "unit": "degC"}, "hold": {"value": 2.0, "unit": "h"}}]},
        "done": {"steps": [{"temperature": {"value": 900.0, "unit": "degC"}}]},
        "started_at": "2024-05-01",
    },
    {
        "meant": {"gas": "Ar", "temperature": {"value": 600.0, "unit": "K"}},
        "done": {},
    },
    {"meant": {"temperature": 0.0, "gas": "ar"}, "done": {"gas": "N2"}},
)
_DOUBTS = (
    None,
    Uncertainty(value=0.1, origin=Origin.FILE),
    Uncertainty(value=0.4, origin=Origin.FILE, distribution=Distribution.RECTANGULAR),
    Uncertainty(value=0.4, origin=Origin.FILE, distribution=Distribution.TRIANGULAR, kind=Kind.RESOLUTION),
    Uncertainty(value=0.4, origin=Origin.CERTIFICATE, kind=Kind.EXPANDED, coverage_factor=2.0),
    Uncertainty(value=0.1, origin=Origin.REPEAT, degrees_of_freedom=4.0),
    Uncertainty(value=0.1, origin=Origin.REPEAT, degrees_of_freedom=2.0),
)
_FORMULAS: tuple[tuple[str, dict[str, float]], ...] = (
    ("TiO2", {"Ti": 1 / 3, "O": 2 / 3}),
    ("LiNi0.8Co0.2O2", {"Li": 0.25, "Ni": 0.2, "Co": 0.05, "O": 0.5}),
    ("Fe", {"Fe": 1.0}),
    ("steel", {"Fe": 0.98, "C": 0.02}),
)
_COMPOSITIONS: tuple[dict[str, float], ...] = ({"Ti": 1.0}, {"Ti": 0.5, "O": 0.5}, {"Fe": 1.0}, {})


def sweep_world() -> World:
    """Samples and measurements in two scopes, some deleted, with facts at zero, at bounds and in foreign units."""
    samples = [_record(RecordKind.SAMPLE, title, i % 2) for i, title in enumerate(("film", "Film 2", "gone", "bare"))]
    samples = [
        replace(s, sample=s.id, document={"name": s.title, "formula": formula, "composition": amounts})
        for s, (formula, amounts) in zip(samples, _FORMULAS, strict=True)
    ]
    scans = [
        _record(RecordKind.MEASUREMENT, f"scan {i}", i // 2 % 2, document=document, sample=of.id if of else None)
        for i, (document, of) in enumerate(
            zip(_SCANS, (samples[0], samples[1], samples[2], None, samples[3]), strict=True)
        )
    ]
    templates = [_record(RecordKind.TEMPLATE, "Heat treatment", scope) for scope in (0, 1)]
    used = [{"template": {"name": "heat_treatment", "id": template.pid}} for template in templates]
    processes = [
        _record(RecordKind.PROCESS, title, scope, document=document | use)
        for title, scope, document, use in zip(
            ("run 1", "run 2", "Milling"), (0, 1, 0), _PROCESSES, (*used, {}), strict=True
        )
    ]
    project = _record(RecordKind.PROJECT, "project", 1, document={"rights": _OF_PROJECT})
    # A measurement that names another measurement as its sample has no sample.
    scans.append(_record(RecordKind.MEASUREMENT, "scan 5", 0, document={"sample_name": "film"}, sample=scans[0].id))
    values = ((0.0, ""), (1.0, ""), (2.0, "angstrom"), (0.2, "nm"), (3.0, "none such"))
    facts = [
        a_fact(term, Measured(value, unit, _DOUBTS[i % len(_DOUBTS)]), scan, scope=scope)
        for i, (scan, (value, unit)) in enumerate(product(scans, values))
        for term, scope in ((("ratio", "d_spacing")[bool(unit)], (scan.scope, 1)[i % 7 == 0]),)
        if i % 3
    ]
    changes = (
        replace(samples[2], version=2, deleted=True),
        replace(scans[1], version=2, deleted=True),
        replace(scans[4], version=2, scope=1),
    )
    return World(
        (
            Batch(
                records=(project, *templates, *samples, *processes, *scans),
                links=tuple(_ways(samples, processes)),
                facts=tuple(facts),
                compositions={s.id: amounts for s, amounts in zip(samples, _COMPOSITIONS, strict=True)},
            ),
            Batch(records=changes),
        )
    )


def _ways(samples: Sequence[Record], processes: Sequence[Record]) -> Iterator[Link]:
    """Film 2 came of film over a heat treatment; bare of that over a second one, and out of milling in one step."""
    film, second, gone, bare = samples
    heated, again, milled = processes
    for subject, predicate, target in (
        (second, Predicate.MADE_BY, heated),
        (heated, Predicate.USED, film),
        (again, Predicate.USED, second),
        (bare, Predicate.MADE_BY, again),
        (bare, Predicate.PART_OF, gone),
        (gone, Predicate.MADE_BY, milled),
        (film, Predicate.DERIVED_FROM, gone),
        (film, Predicate.MADE_BY, milled),
    ):
        yield a_link(subject, predicate, target)


def sweep_questions() -> Iterator[Question]:
    """Every path with every operator, manner and extent."""
    texts = ("film", "a_1.ras", "", "cu", "true", "佐藤", '{"si"')
    paths = ("title", "sample", "file", "operator", "metadata.anode", "metadata.scan.mode")
    for path in paths:
        for text in texts:
            yield from (Comparison(path, operator, text) for operator in Operator)
            yield from (Match(path, manner, text) for manner in Manner)
        for extent, pair in product(Extent, combinations(texts[:4], 2)):
            yield Has(path, extent, pair)
    codes = {"kind": ("sample", "measurement"), "tier": ("open", "closed"), "technique": ("xrd", "ir")}
    for path, values in codes.items():
        yield from (Comparison(path, operator, value) for operator, value in product(Operator, values))
        yield from (Match(path, manner, values[0][:2]) for manner in Manner)
        yield from (Has(path, extent, some) for extent, some in product(Extent, (values, values[:1])))
    for extent, some in product(Extent, (("Ti",), ("Ti", "O"), ("Ti", "O", "Fe"), ("Li",))):
        yield Has("elements", extent, some)
    yield from _rights()
    yield from _made_of()
    yield from _along()
    yield from _numbers_and_times()
    others = ("reader", "elements", "started", "created", "id", "metadata.wavelength", "metadata.steps")
    for path in (*paths, *codes, *others, "ratio", "d_spacing", "none"):
        yield from (Known(path, True), Known(path, False), Not(Known(path, True)))
    yield from (Words(text) for text in ("film", "scan ras", "佐藤", "佐", "anode", "rigaku xrd", "回折"))
    yield Not(Or((Words("film"), Not(Comparison("d_spacing", Operator.LESS, Measured(1.0, "nm"))))))
    yield And((Has("elements", Extent.ANY, ("Ti",)), Not(Comparison("sample", Operator.EQUAL, "film"))))


def _made_of() -> Iterator[Question]:
    amounts = (*product(("", "%"), (0.5, 1.0, 50.0)), ("", 0.3))
    for path, operator, (unit, amount) in product(
        ("composition.Ti", "composition.O", "mass_fraction.Ti", "nelements"), Operator, amounts
    ):
        # No fraction is 50: that is refused.
        if unit or amount <= 1.0 or path == "nelements":
            yield Comparison(path, operator, Measured(amount, unit))
    for path in ("composition.Ti", "mass_fraction.O", "nelements", *FORMULA_PATHS):
        yield from (Known(path, True), Known(path, False))
    for path, formula in product(FORMULA_PATHS, ("TiO2", "O2Ti", "A2B", "Fe", "fe", "Ti-6Al-4V (mass%)")):
        yield from (Comparison(path, operator, formula) for operator in Operator)
        yield from (Match(path, manner, formula[:2]) for manner in Manner)
    for confidence, operator in product((0.01, 0.5, 0.9, 0.999), tuple(Operator)[2:]):
        for value, unit in ((1.0, "angstrom"), (0.2, "nm"), (0.0, "nm")):
            yield Comparison("d_spacing", operator, Measured(value, unit), confidence)
        yield Comparison("ratio", operator, Measured(0.9), confidence)


def _along() -> Iterator[Question]:
    for beginning in ("sample.", "sample.parents.", "measurement."):
        for path in ("title", "sample", "licence", "metadata.anode", "chemical_formula_reduced"):
            yield from (Comparison(f"{beginning}{path}", operator, "film") for operator in Operator)
            yield from (Known(f"{beginning}{path}", True), Known(f"{beginning}{path}", False))
        yield Comparison(f"{beginning}composition.Ti", Operator.GREATER, Measured(0.4))
        yield Comparison(f"{beginning}d_spacing", Operator.GREATER, Measured(1.0, "angstrom"))
        yield Comparison(f"{beginning}d_spacing", Operator.GREATER, Measured(1.0, "angstrom"), 0.9)
        yield Has(f"{beginning}elements", Extent.ONLY, ("Ti", "O"))
        yield Comparison(f"{beginning}started", Operator.GREATER, "2024-01-31")
        yield Not(Comparison(f"{beginning}owner", Operator.EQUAL, "test"))
    for name, operator in product(("heat_treatment", "milling", "run", "heat"), Operator):
        for value, unit in ((900.0, "degC"), (1173.15, "K")):
            yield Comparison(f"process.{name}.temperature", operator, Measured(value, unit))
        yield Comparison(f"process.{name}.steps.hold", operator, Measured(2.0, "h"))
        yield Comparison(f"process.{name}.gas", operator, "Ar")
        yield Comparison(f"process.{name}.title", operator, "run 2")
        yield Comparison(f"process.{name}.started", operator, "2024")
    for name in ("heat_treatment", "milling", "none", "heat_treatment.temperature", "heat_treatment.gas"):
        yield from (Known(f"process.{name}", True), Known(f"process.{name}", False))


def _rights() -> Iterator[Question]:
    words = ("CC-BY-4.0", "mit", "CC0-1.0 OR MIT", "佐藤", "film", "0000-0002-1825-0097", "a_1.ras")
    for path in ("licence", "rights_holder", "contributor", "funder", "award"):
        for word in words:
            yield from (Comparison(path, operator, word) for operator in Operator)
            yield from (Match(path, manner, word[:3]) for manner in Manner)
        yield from (Has(path, extent, pair) for extent, pair in product(Extent, combinations(words, 2)))
        yield from (Known(path, True), Known(path, False), Not(Comparison(path, Operator.EQUAL, words[0])))


def _numbers_and_times() -> Iterator[Question]:
    for operator in Operator:
        for value in (0.0, 1.0, 1e-12):
            for path in ("ratio", "metadata.steps", "metadata.anode"):
                yield Comparison(path, operator, Measured(value))
        for value, unit in ((2.0, "angstrom"), (0.2, "nm"), (0.0, "nm"), (0.15, "nm")):
            for path in ("d_spacing", "metadata.wavelength", "metadata.anode"):
                yield Comparison(path, operator, Measured(value, unit))
        for day in ("2024", "2024-01-31", "2024-02-01", "2024-01-31T23:30", "2024-01-31T15:00", "2024-05-01"):
            yield Comparison("started", operator, day)
            yield Comparison("created", operator, day)
        for hours in (-1, 0, 1):
            yield Comparison("created", operator, NOW + timedelta(hours=hours))


def _record(kind: RecordKind, title: str, scope: int, **values: Any) -> Record:
    return Record(
        id=new_uuid(),
        pid=new_pid(),
        kind=kind,
        title=title,
        project=PROJECT,
        owner="test",
        scope=scope,
        created_at=NOW,
        created_by="test",
        **values,
    )
