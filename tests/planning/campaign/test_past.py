"""Rows of tables of experiments that were done."""

from __future__ import annotations

import pytest

from kiban.errors import InvalidValue
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.past import done_in
from kiban.planning.campaign.telling import Done, bring_in

HEADER = ("temperature [degC]", "solvent", "hardness [MPa]")
GLUE = campaign_of(
    {
        "name": "Strong glue",
        "space": {
            "parameters": [
                {"kind": "continuous", "name": "temperature", "low": 300, "high": 500, "unit": "K"},
                {"kind": "categorical", "name": "solvent", "levels": ["water", "ethanol"]},
            ]
        },
        "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
    }
)


def _first(temperature: str, hardness: str) -> Done:
    [done] = done_in(GLUE, HEADER, [(2, (temperature, "water", hardness))], source="past.csv")
    return done


@pytest.mark.parametrize("cell", ["76.85", "76.85 degC", "76.85 ℃", "350 K", "７６．８５", "7.685e1", "+76.85"])
def test_a_cell_is_in_the_unit_of_its_column_unless_it_has_its_own(cell: str) -> None:
    made = bring_in(GLUE, [_first(cell, "1200")], at="2026-01-01T00:00:00", by="me")
    assert made.experiments[0].point["temperature"] == pytest.approx(350.0)


@pytest.mark.parametrize("cell", ["1200", "1200(50)", "1200 ± 50", "1.2 GPa", "1.20e3"])
def test_an_outcome_too(cell: str) -> None:
    [outcome] = _first("76.85", cell).outcomes
    assert outcome.value.in_unit("GPa").value == pytest.approx(1.2)


def test_rows_are_named_by_their_numbers() -> None:
    rows = [(2, ("76.85", "water", "1200")), (7, ("76.85", "water", "high"))]
    with pytest.raises(InvalidValue, match=r"past\.csv, row 7, column hardness: 'high' is not a quantity"):
        done_in(GLUE, HEADER, rows, source="past.csv")
