"""A campaign of the demonstration: hard and slippery titanium nitride coatings, searched in a virtual laboratory.

Fourteen coatings were made one setting at a time before anybody asked for suggestions; they come in as a table of past
experiments. Then the platform's own engine suggests, the virtual laboratory makes coatings and measures them, and each
result comes back as a file. Three suggestions wait for somebody. Everything is invented, by formulas that have an
optimum away from where people looked.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from kiban.laboratory.virtual import DRIVER
from kiban.operations.campaign_experiments import suggest_experiments
from kiban.operations.campaign_tables import past_in_table
from kiban.operations.campaigns import new_campaign
from kiban.operations.past_experiments import TableFile, keep_experiments
from kiban.operations.resources import Resources
from kiban.operations.run_campaign import Deed, RunTerms, run_campaign
from kiban.operations.show_campaign import list_campaigns, show_campaign
from kiban.planning.campaign.campaign import Campaign, Stage
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.space.formula import compiled
from kiban.records.party import Asker

TITLE = "硬く滑りのよい TiN 膜 / Hard and slippery TiN coatings (simulated)"
TABLE = "tin-coatings.csv"
N_ROUNDS = 6
_N_WAITING = 3
_LEVELS = {"substrate": {"SKD11": 0.0, "SUS304": -1.5, "Ti-6Al-4V": 1.0}}
_FORMULAS = {
    "hardness": "27 - ((temperature - 470) / 90)**2 - ((bias - 95) / 45)**2 - ((flow - 34) / 14)**2 + substrate",
    "friction_coefficient": "0.34 + ((temperature - 380) / 400)**2 + ((bias - 60) / 160)**2 + (flow - 20) / 300",
}
_NOISE = {"hardness": 0.25, "friction_coefficient": 0.008}
_DEFINITION = {
    "name": TITLE,
    "seed": 20260406,
    "space": {
        "parameters": [
            {"kind": "continuous", "name": "temperature", "low": 200, "high": 600, "unit": "degC"},
            {"kind": "continuous", "name": "bias", "low": 0, "high": 200, "unit": "V"},
            {"kind": "continuous", "name": "flow", "low": 10, "high": 60, "unit": "cm**3/min"},
            {"kind": "categorical", "name": "substrate", "levels": list(_LEVELS["substrate"])},
        ]
    },
    "objective": {
        "way": "pareto",
        "targets": [
            {"name": "hardness", "unit": "GPa"},
            {"name": "friction_coefficient", "unit": "", "goal": "minimise"},
        ],
    },
    "limits": {
        "experiments": 40,
        # The heater of the chamber is not to go beyond.
        "safety": [{"kind": "linear", "coefficients": {"temperature": 1}, "high": 560}],
    },
}
# One setting at a time, as people do: temperature, then bias, then flow, then the substrate.
_TRIED: tuple[tuple[float, float, float, str], ...] = (
    (250, 40, 20, "SKD11"), (300, 40, 20, "SKD11"), (350, 40, 20, "SKD11"), (400, 40, 20, "SKD11"),
    (450, 40, 20, "SKD11"), (400, 0, 20, "SKD11"), (400, 80, 20, "SKD11"), (400, 120, 20, "SKD11"),
    (400, 160, 20, "SKD11"), (400, 80, 12, "SKD11"), (400, 80, 28, "SKD11"), (400, 80, 45, "SKD11"),
    (400, 80, 28, "SUS304"), (400, 80, 28, "Ti-6Al-4V"),
)  # fmt: skip
_HEADERS = (
    "sample", "temperature [degC]", "bias [V]", "flow [cm**3/min]", "substrate", "hardness [GPa]",
    "friction coefficient",
)  # fmt: skip
_QUESTION = 'kind = sample AND title STARTS "TiN-"'


def tell_campaign(asker: Asker, resources: Resources, folder: Path, *, told: Callable[[str], None]) -> None:
    """Keep the past, begin the campaign and run it; what is there already is gone on with, or left alone.

    Parameters
    ----------
    folder : Path
        Where the virtual laboratory keeps what it was given.
    told : callable
        Is given a sentence for each step.
    """
    there = [each for each in list_campaigns(asker, resources).campaigns if each.title == TITLE]
    if there:
        pid = there[0].id
    else:
        told("writing down earlier coatings ...")
        keep_experiments(asker, resources, TableFile(content=past_table(), name=TABLE))
        campaign = campaign_of(_DEFINITION)
        past = past_in_table(asker, resources, campaign, _QUESTION, {})
        pid = new_campaign(asker, resources, campaign, done=past.done).pid
    campaign = show_campaign(asker, resources, pid).campaign
    if _n_own(campaign) > N_ROUNDS or campaign.stage is not Stage.ACTIVE:
        return  # it was told to its end, or is somebody's by now
    laboratory = DRIVER.connect(
        {"folder": ".", "formulas": _FORMULAS, "levels": _LEVELS, "noise": _NOISE, "seed": 3}, folder=folder
    )
    terms = RunTerms(laboratory=DRIVER.name, limit=N_ROUNDS, poll_s=0.01)
    for step in run_campaign(asker, resources, pid, laboratory, terms):
        if step.deed is Deed.COMPLETED and step.number is not None:
            told(f"{step.number - len(_TRIED)} of {N_ROUNDS} suggested coatings made and measured (virtually)")
    suggest_experiments(asker, resources, pid, _N_WAITING)


def _n_own(campaign: Campaign) -> int:
    return sum(experiment.number > len(_TRIED) for experiment in campaign.experiments)


def past_table() -> bytes:
    """The table of what was tried before, as somebody typed it; the same at each call."""
    random = np.random.default_rng(7)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_HEADERS)
    for number, (temperature, bias, flow, substrate) in enumerate(_TRIED, 1):
        point = {"temperature": temperature, "bias": bias, "flow": flow, "substrate": _LEVELS["substrate"][substrate]}
        hardness, friction = (
            _value(name, point) + _NOISE[name] * random.standard_normal()
            for name in ("hardness", "friction_coefficient")
        )
        writer.writerow([f"TiN-{number:02d}", temperature, bias, flow, substrate, f"{hardness:.1f}", f"{friction:.3f}"])
    return stream.getvalue().encode()


def _value(name: str, point: Mapping[str, float]) -> float:
    return float(compiled(_FORMULAS[name])({key: np.array([value]) for key, value in point.items()}, 1)[0])
