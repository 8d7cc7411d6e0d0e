"""Trials out of tables."""

from __future__ import annotations

import pytest

from kiban.errors import InvalidValue
from kiban.learning.table import Column, Table
from kiban.planning.objective.objective import Objective
from kiban.planning.objective.target import Target
from kiban.planning.space.parameter import Categorical, Continuous
from kiban.planning.space.search_space import SearchSpace
from kiban.planning.trial import results
from kiban.planning.trials_of_table import trials_of
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Origin, Uncertainty

TABLE = Table(
    (
        Column("sample"),
        Column("id"),
        Column("process.x.t", "degC", is_number=True),
        Column("process.x.gas"),
        Column("hardness", "GPa", is_number=True),
        Column("hardness.u", "GPa", is_number=True),
        Column("hardness.evidence"),
    ),
    (
        ("A", "kb:A", 900.0, "Ar", 12.0, 0.5, "kb:M"),
        ("B", "kb:B", 950.0, "N2", 13.0, None, "kb:N"),
        ("C", "kb:C", None, "N2", 14.0, None, "kb:O"),
        ("D", "kb:D", 1000.0, "N2", None, None, None),
    ),
)


def test_rows_become_trials_with_units_uncertainties_and_what_they_rest_on() -> None:
    taken = trials_of(TABLE, {"t": "process.x.t", "gas": "process.x.gas"}, ["hardness"])
    assert [trial.rests_on for trial in taken.trials] == ["kb:M", "kb:N"]
    assert dict(taken.trials[0].point) == {"t": Measured(900.0, "degC"), "gas": "Ar"}
    doubt = Uncertainty(value=0.5, origin=Origin.PROPAGATED)
    assert taken.trials[0].outcomes["hardness"] == Measured(12.0, "GPa", doubt)
    assert taken.trials[1].outcomes["hardness"].uncertainty is None
    assert taken.left_out == (("kb:C", "t is not known."), ("kb:D", "hardness is not known."))


def test_they_are_what_engines_take() -> None:
    taken = trials_of(TABLE, {"t": "process.x.t", "gas": "process.x.gas"}, {"h": "hardness"})
    space = SearchSpace(
        parameters=(
            Continuous(name="t", low=1100.0, high=1300.0, unit="K"),
            Categorical(name="gas", levels=("Ar", "N2")),
        )
    )
    seen = results(space, Objective(targets=(Target(name="h", unit="MPa"),)), taken.trials)
    assert seen.points.rows[0].tolist() == pytest.approx([1173.15, 0.0])
    assert seen.outcomes["h"].tolist() == pytest.approx([12000.0, 13000.0])
    assert seen.uncertainties["h"][0] == pytest.approx(500.0)


@pytest.mark.parametrize(
    ("parameters", "outcomes", "told"),
    [
        (["nothing"], ["hardness"], "no column nothing"),
        (["process.x.t"], ["process.x.gas"], "holds no numbers"),
        ([], ["hardness"], "a parameter and an outcome"),
    ],
)
def test_columns_that_are_not_there_are_refused(parameters: list[str], outcomes: list[str], told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        trials_of(TABLE, parameters, outcomes)
