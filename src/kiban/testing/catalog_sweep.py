"""One small world and every kind of question about it, at the values where answers change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, product
from typing import Any

from kiban.quantity.measured import Measured
from kiban.query.question import And, Comparison, Extent, Has, Known, Manner, Match, Not, Operator, Or, Question, Words
from kiban.records.identity import new_pid, new_uuid
from kiban.records.record import Record, RecordKind
from kiban.store.catalog import Batch
from kiban.testing.catalog_examples import NOW, a_fact
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
_COMPOSITIONS: tuple[dict[str, float], ...] = ({"Ti": 1.0}, {"Ti": 0.5, "O": 0.5}, {"Fe": 1.0}, {})


def sweep_world() -> World:
    """Samples and measurements in two scopes, some deleted, with facts at zero, at bounds and in foreign units."""
    samples = [_record(RecordKind.SAMPLE, title, i % 2) for i, title in enumerate(("film", "Film 2", "gone", "bare"))]
    samples = [replace(s, sample=s.id, document={"name": s.title}) for s in samples]
    scans = [
        _record(RecordKind.MEASUREMENT, f"scan {i}", i // 2 % 2, document=document, sample=of.id if of else None)
        for i, (document, of) in enumerate(
            zip(_SCANS, (samples[0], samples[1], samples[2], None, samples[3]), strict=True)
        )
    ]
    project = _record(RecordKind.PROJECT, "project", 1, document={"rights": _OF_PROJECT})
    # A measurement that names another measurement as its sample has no sample.
    scans.append(_record(RecordKind.MEASUREMENT, "scan 5", 0, document={"sample_name": "film"}, sample=scans[0].id))
    values = ((0.0, ""), (1.0, ""), (2.0, "angstrom"), (0.2, "nm"), (3.0, "none such"))
    facts = [
        a_fact(term, Measured(value, unit), scan, scope=scope)
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
                records=(project, *samples, *scans),
                facts=tuple(facts),
                compositions={s.id: amounts for s, amounts in zip(samples, _COMPOSITIONS, strict=True)},
            ),
            Batch(records=changes),
        )
    )


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
    yield from _numbers_and_times()
    others = ("reader", "elements", "started", "created", "id", "metadata.wavelength", "metadata.steps")
    for path in (*paths, *codes, *others, "ratio", "d_spacing", "none"):
        yield from (Known(path, True), Known(path, False), Not(Known(path, True)))
    yield from (Words(text) for text in ("film", "scan ras", "佐藤", "佐", "anode", "rigaku xrd", "回折"))
    yield Not(Or((Words("film"), Not(Comparison("d_spacing", Operator.LESS, Measured(1.0, "nm"))))))
    yield And((Has("elements", Extent.ANY, ("Ti",)), Not(Comparison("sample", Operator.EQUAL, "film"))))


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
