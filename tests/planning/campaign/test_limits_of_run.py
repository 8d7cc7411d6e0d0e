"""What is said for a run takes the place of the same that the campaign has, and of nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from kiban.errors import InvalidValue
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.limits_of_run import bound_of, limits_of_run, numeric_parameters, own_bound

HIGH = {"kind": "linear", "coefficients": {"temperature": 1}, "high": 480}
SUM = {"kind": "linear", "coefficients": {"temperature": 1, "time": 10}, "high": 600}
CAMPAIGN = campaign_of(
    {
        "name": "Strong glue",
        "space": {
            "parameters": [
                {"kind": "categorical", "name": "solvent", "levels": ["water", "ethanol"]},
                {"kind": "continuous", "name": "temperature", "low": 300, "high": 500, "unit": "K"},
                {"kind": "discrete", "name": "time", "values": [1, 2, 4], "unit": "h"},
            ]
        },
        "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
        "limits": {"experiments": 9, "patience": 4, "enough": {"hardness": 3}, "safety": [HIGH, SUM]},
    }
)


def test_what_is_not_said_stays() -> None:
    assert numeric_parameters(CAMPAIGN) == {"temperature": 1, "time": 2}
    assert limits_of_run(CAMPAIGN, {}, {}) == CAMPAIGN.limits
    limits = limits_of_run(CAMPAIGN, {"hours": 5.0, "experiments": None}, {"time": (None, 2.0)})
    assert (limits.experiments, limits.hours, limits.patience, limits.enough) == (None, 5.0, 4, {"hardness": 3.0})
    assert limits.safety == (*CAMPAIGN.limits.safety, bound_of("time", (None, 2.0)))


@pytest.mark.parametrize("ends", [(310.0, 450.0), (None, None)])
def test_a_bound_takes_the_place_of_the_parameter_s_own_alone(ends: tuple[float | None, float | None]) -> None:
    before = own_bound(CAMPAIGN, "temperature")
    assert before is not None
    limits = limits_of_run(CAMPAIGN, {}, {"temperature": ends})
    kept = tuple(each for each in CAMPAIGN.limits.safety if each is not before)
    bound = bound_of("temperature", ends)
    assert limits.safety == (*kept, *((bound,) if bound is not None else ()))


@pytest.mark.parametrize(
    ("budget", "bounds", "said"),
    [
        ({}, {"solvent": (1.0, None)}, "no parameter that has numbers"),
        ({}, {"colour": (1.0, None)}, "no parameter that has numbers"),
        ({}, {"time": (4.0, 1.0)}, "goes from 4.0 to 1.0"),
        ({"cost": -1.0}, {}, "cost is limited to -1"),
        ({"hours": float("inf")}, {}, "duration is limited to inf"),
    ],
)
def test_what_limits_nothing_is_refused(budget: Any, bounds: Any, said: str) -> None:
    with pytest.raises(InvalidValue, match=said):
        limits_of_run(CAMPAIGN, budget, bounds)
