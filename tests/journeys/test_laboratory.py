"""A campaign on the virtual laboratory, through the whole platform: however often it is killed, it comes out the same.

Each round is suggested by the embedded engine, done in the laboratory, deposited as a file, made a measurement with a
property, and learnt from. KIBAN_TEST_ROUNDS=30 KIBAN_TEST_ROUND_KILLS=10 is the full run, with `make crash-test`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from kiban.operations.campaign_records import records_in
from kiban.operations.fetch_file import fetch_file
from kiban.operations.provenance import provenance
from kiban.operations.resources import Resources
from kiban.operations.show import show
from kiban.operations.show_campaign import show_campaign
from kiban.operations.table import table
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Experiment, State
from kiban.planning.trials_of_table import trials_of
from kiban.platform import local_asker, open_platform
from kiban.records.party import Asker
from kiban.records.provenance import Direction
from kiban.settings import load

from .conftest import Kiban

N_ROUNDS = int(os.environ.get("KIBAN_TEST_ROUNDS", "6"))
N_KILLS = int(os.environ.get("KIBAN_TEST_ROUND_KILLS", "2"))
CAMPAIGN: dict[str, Any] = {
    "name": "Strong glue",
    "engine": "embedded",
    "seed": 11,
    # The unharmed campaign is no earlier study of the other.
    "archive": "none",
    "space": {
        "parameters": [
            {"kind": "discrete", "name": "temperature", "values": list(range(300, 620, 20)), "unit": "K"},
            {"kind": "discrete", "name": "time", "values": [1, 2, 4, 8, 16], "unit": "h"},
            {"kind": "categorical", "name": "solvent", "levels": ["water", "ethanol"]},
        ]
    },
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
    "limits": {"experiments": N_ROUNDS},
}
LABORATORY: dict[str, Any] = {
    "folder": "lab",
    "formulas": {"hardness": "2.5 - ((temperature - 480) / 90) ** 2 - 0.2 * abs(log(time / 4)) + solvent"},
    "levels": {"solvent": {"water": 0.3, "ethanol": 0.0}},
    "noise": {"hardness": 0.05},
    "failures": 0.1,
    "troubles": 0.15,
    "delay_s": [0.0, 0.2],
    "seed": 3,
}


class Bench:
    """A campaign in a home, with a laboratory beside it."""

    def __init__(self, home: Path, folder: Path, **laboratory: Any) -> None:
        folder.mkdir()
        self.kiban = Kiban(home)
        self.folder = folder
        (folder / "campaign.json").write_text(json.dumps(CAMPAIGN), encoding="utf-8")
        (folder / "laboratory.json").write_text(json.dumps({**LABORATORY, **laboratory}), encoding="utf-8")
        [begun] = self.kiban.lines("campaign", "new", folder / "campaign.json")
        self.pid = str(begun["id"])
        self.run = ("campaign", "run", self.pid, "--driver", "virtual", "--laboratory", folder / "laboratory.json")

    @property
    def submitted(self) -> list[str]:
        return sorted(path.name[12:] for path in (self.folder / "lab" / "submitted").glob("*.json"))


@contextmanager
def _opened(home: Path) -> Iterator[tuple[Asker, Resources]]:
    with open_platform(load(home), n_workers=1) as resources:
        yield local_asker(resources), resources


def _state(campaign: Campaign) -> list[Experiment]:
    """All of the experiments but when it was, and by which identifiers records are called."""
    return [
        replace(
            each,
            turns=tuple(replace(turn, at="") for turn in each.turns),
            outcomes=tuple(replace(outcome, evidence=str(bool(outcome.evidence))) for outcome in each.outcomes),
        )
        for each in campaign.experiments
    ]


@pytest.fixture(scope="module", name="home")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laboratory") / "home"


@pytest.mark.slow
def test_killed_at_random_moments_a_campaign_comes_out_the_same(home: Path, tmp_path: Path) -> None:
    unharmed, bench = Bench(home, tmp_path / "unharmed"), Bench(home, tmp_path / "harmed")
    lines = unharmed.kiban.lines(*unharmed.run)
    assert lines[-1]["ending"] == "spent", lines
    chance = random.Random(7)
    n_killed = 0
    for _ in range(5 * N_KILLS):
        if n_killed == N_KILLS:
            break
        process = bench.kiban.start(*bench.run, "--json")
        assert process.stdout is not None
        # Some die before anything was said, most amid what follows a step.
        for _ in range(chance.randrange(max(2, 4 * N_ROUNDS // N_KILLS))):
            if not process.stdout.readline():
                break
        time.sleep(chance.uniform(0.0, 0.25))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            n_killed += 1
        _, stderr = process.communicate(timeout=120)
        assert "Traceback" not in stderr, stderr
    assert n_killed == N_KILLS
    lines = bench.kiban.lines(*bench.run)
    # It may have been killed after the last step.
    assert lines[-1]["ending"] == "spent", lines
    # No experiment was lost in the laboratory, and none was done twice.
    assert bench.submitted == unharmed.submitted
    with _opened(home) as (asker, resources):
        expected, campaign = (show_campaign(asker, resources, each.pid).campaign for each in (unharmed, bench))
        assert _state(campaign) == _state(expected)
        assert campaign.stage is expected.stage
        _check_provenance(asker, resources, bench.pid, campaign)
    [report] = bench.kiban.lines("verify")
    assert report["sound"], report["findings"]


def _check_provenance(asker: Asker, resources: Resources, pid: str, campaign: Campaign) -> None:
    """From each suggestion back to the bytes of the files that it was learnt from."""
    done = campaign.of_state(State.COMPLETED)
    assert len(done) + len(campaign.of_state(State.FAILED)) == N_ROUNDS
    assert len(campaign.batches) == len(campaign.experiments)
    for each in campaign.experiments:
        assert each.proposal is not None
        # One after another: each rests on what was known by then, as soon as there is something to compare.
        before = [e for e in campaign.experiments if e.number < each.number]
        completed = {e.number for e in before if e.state is State.COMPLETED}
        assert set(each.proposal.rests_on) <= {e.number for e in before if e.teaches}
        assert set(each.proposal.rests_on) >= completed or len(completed) < 2
    behind = provenance(asker, resources, pid, direction=Direction.BACK)
    assert set(records_in(campaign)) <= {step.record.pid for step in behind.steps}
    assert len(records_in(campaign)) == len(done)
    for each in done:
        [outcome] = each.outcomes
        record = show(asker, resources, outcome.evidence).record
        [fact] = resources.catalog.facts(resources.visible(asker), evidence=[record.id])
        assert (fact.property.term, fact.property.value) == ("hardness", outcome.value)
        assert record.document["values"]["temperature"]["value"] == each.point["temperature"]
        _, content = fetch_file(asker, resources, record.document["file_checksum"])
        with content:
            assert repr(outcome.value.value).encode() in content.read()
    # The same is drawn from the archive by a question, as trials for the next campaign.
    drawn = table(asker, resources, 'kind = "sample"', settings=True)
    way = f"process.campaign_{pid.removeprefix('kb:').replace('-', '_').lower()}"
    found = trials_of(drawn, {name: f"{way}.{name}" for name in ("temperature", "time", "solvent")}, ["hardness"])
    assert {trial.rests_on for trial in found.trials} == set(records_in(campaign))


def test_the_stop_button_stops(home: Path, tmp_path: Path) -> None:
    bench = Bench(home, tmp_path / "slow", delay_s=[600, 600])
    process = bench.kiban.start(*bench.run, "--json", "--at-once", "2")
    assert process.stdout is not None
    given = 0
    while given < 2:
        line = process.stdout.readline()
        assert line, process.communicate()
        given += json.loads(line)["deed"] == "given"
    [stopped] = bench.kiban.lines("campaign", "stop", bench.pid, "--note", "smoke")
    assert stopped["stage"] == "paused"
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    assert "The run ended: it was stopped." in stderr
    lines = [json.loads(line) for line in stdout.splitlines()]
    assert [line["deed"] for line in lines] == ["abandoned", "abandoned", "ended"]
    assert {path.name[13:] for path in (bench.folder / "lab" / "cancelled").iterdir()} <= {"1-1", "2-1"}
    assert not psutil.pid_exists(process.pid)
    [problem] = bench.kiban.lines(*bench.run)
    assert problem["error"] == "IllegalMove"
