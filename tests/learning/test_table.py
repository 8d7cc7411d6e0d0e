"""Tables from facts."""

from __future__ import annotations

from uuid import UUID

import pytest

from kiban.learning.table import Subject, long, wide
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Kind, Origin, Uncertainty
from kiban.records.identity import new_uuid
from kiban.records.property import Fact, Property

FILM, BULK = new_uuid(), new_uuid()
OLD, NEW = sorted((new_uuid(), new_uuid()))
SUBJECTS = {FILM: Subject(id="kb:F", name="film"), BULK: Subject(id="kb:B", name="bulk", formula="TiO2")}
EVIDENCE = {OLD: "kb:OLD", NEW: "kb:NEW"}


def _fact(
    subject: UUID | None, evidence: UUID, value: float, unit: str, *, term: str = "d_spacing", peak: int = 1
) -> Fact:
    doubt = Uncertainty(value=0.02, kind=Kind.EXPANDED, origin=Origin.CERTIFICATE, coverage_factor=2.0)
    claim = Property(term=term, value=Measured(value, unit, doubt), condition={"peak": peak}, method="test/1")
    return Fact(id=new_uuid(), property=claim, subject=subject, evidence=evidence, scope=0)


def test_one_row_for_each_sample_with_the_first_peak_of_the_latest_measurement() -> None:
    facts = [
        _fact(FILM, OLD, 3.0, "angstrom"),
        _fact(FILM, NEW, 2.0, "angstrom", peak=2),
        _fact(FILM, NEW, 0.32, "nm", peak=1),
        _fact(None, NEW, 9.9, "angstrom"),
    ]
    table = wide(facts, SUBJECTS, EVIDENCE)
    assert [c.name for c in table.columns] == [
        "sample",
        "id",
        "formula",
        "d_spacing",
        "d_spacing.u",
        "d_spacing.evidence",
    ]
    assert table.columns[3].unit == "angstrom"
    bulk, film = table.rows
    assert bulk == ("bulk", "kb:B", "TiO2", None, None, None)
    assert film[:3] == ("film", "kb:F", None)
    assert film[3] == pytest.approx(3.2)
    assert film[4] == pytest.approx(0.1), (
        "the expanded uncertainty of 0.02 nm, k = 2, is a standard one of 0.1 angstrom"
    )
    assert film[5] == "kb:NEW"


def test_a_value_that_cannot_be_compared_is_left_empty_and_keeps_its_evidence() -> None:
    table = wide([_fact(FILM, OLD, 3.0, "K")], SUBJECTS, EVIDENCE)
    assert table.columns[3].unit == "K", "no other value to agree with"
    table = wide([_fact(FILM, OLD, 3.0, "K"), _fact(BULK, NEW, 3.0, "angstrom")], SUBJECTS, EVIDENCE)
    by_name = {row[0]: row for row in table.rows}
    lost = by_name["film"] if table.columns[3].unit == "angstrom" else by_name["bulk"]
    assert lost[3] is None
    assert lost[5] in {"kb:OLD", "kb:NEW"}


def test_the_long_table_has_every_value_with_its_condition() -> None:
    table = long([_fact(FILM, OLD, 3.0, "angstrom", peak=i) for i in (1, 2)], SUBJECTS, EVIDENCE)
    assert [row[6] for row in table.rows] == ["peak=1", "peak=2"]
    assert [row[3] for row in table.rows] == [3.0, 3.0]
    assert {row[7] for row in table.rows} == {"test/1"}
