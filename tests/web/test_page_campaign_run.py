"""The form for a run in a laboratory: who finds it, what is wrong in it, and that no settings of a laboratory leave."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from kiban.operations.campaign_records import campaign_of
from kiban.operations.campaigns import new_campaign
from kiban.operations.changed_records import current
from kiban.operations.standing_runs import ended_now, keep_run, standing_runs
from kiban.planning.campaign.definition import campaign_of as defined
from kiban.planning.space.constraint import Linear
from kiban.platform import local_asker
from kiban.records.party import ANONYMOUS
from kiban.web.asker import Desk

from .conftest import Program

GLUE = {
    "name": "Strong glue",
    "space": {
        "parameters": [
            {"kind": "continuous", "name": "temperature", "low": 300, "high": 500, "unit": "K"},
            {"kind": "categorical", "name": "solvent", "levels": ["water", "ethanol"]},
        ]
    },
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
    "limits": {
        "patience": 7,
        "safety": [
            {"kind": "linear", "coefficients": {"temperature": 1}, "high": 480},
            {
                "kind": "forbidden",
                "combination": [{"name": "solvent", "levels": ["ethanol"]}, {"name": "temperature", "low": 350}],
            },
        ],
    },
}
SECRET = "formula-that-nobody-is-shown"


@pytest.fixture(name="bench")
def _bench(empty: Program, tmp_path: Path) -> Program:
    folder = tmp_path / "laboratories"
    folder.mkdir()
    settings = f'folder = "{SECRET}"\nformulas = {{hardness = "temperature"}}\n'
    (folder / "bench.toml").write_text('driver = "virtual"\ntitle = "窯 2号"\n' + settings)
    (folder / "cut.toml").write_text("driver =\n")
    return Program(replace(empty.resources, home=tmp_path))


@pytest.fixture(name="pid")
def _pid(bench: Program) -> str:
    return new_campaign(local_asker(bench.resources), bench.resources, defined(GLUE)).pid


def _typed(**changes: str) -> dict[str, str]:
    return {"laboratory": "bench", "limit_experiments": "5", "at_once": "1", "low0": "", "high0": "450"} | changes


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_form_has_the_campaign_s_limits_and_no_settings(bench: Program, pid: str, language: str) -> None:
    assert f'href="/campaigns/{pid}/run"' in bench.get(f"/records/{pid}").text
    page = bench.get(f"/campaigns/{pid}/run?lang={language}").text
    assert "窯 2号" in page
    assert "cut.toml" in page
    assert 'name="high0" value="480"' in page
    assert "low1" not in page
    assert SECRET not in page
    assert 'lang="en"' not in page.split("<main")[1].split("</main>")[0]


def test_it_is_asked_for_and_its_progress_is_shown(bench: Program, pid: str) -> None:
    asker, resources = local_asker(bench.resources), bench.resources
    begun = bench.ask("POST", f"/campaigns/{pid}/run", data=_typed(expected="1"))
    assert begun.status_code == 303, begun.text
    limits = campaign_of(current(asker, resources, pid)).limits
    assert (limits.experiments, limits.patience) == (5, 7)
    # The bound of one parameter is another one now; what says more stays.
    bounds = [each for each in limits.safety if isinstance(each, Linear)]
    assert [(dict(each.coefficients), each.low, each.high) for each in bounds] == [({"temperature": 1.0}, None, 450.0)]
    assert len(limits.safety) == 2
    part = bench.get(f"/campaigns/{pid}/run/progress")
    assert 'data-goes="yes"' in part.text
    assert "<html" not in part.text
    assert part.headers["cache-control"] == "no-store"
    assert SECRET not in part.text + bench.get(f"/records/{pid}").text
    assert bench.get(f"/campaigns/{pid}/run").status_code == 409
    assert resources.home is not None
    [run] = standing_runs(resources.home)
    keep_run(resources.home, ended_now(run, "trouble", "", run.asked_at))
    part = bench.get(f"/campaigns/{pid}/run/progress?lang=ja").text
    assert 'data-goes="no"' in part
    assert "装置を確認" in part


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"laboratory": "cellar"}, "no laboratory"),
        ({"laboratory": "cut"}, "cannot be read as TOML"),
        ({"limit_experiments": ""}, "would never end"),
        ({"limit_experiments": "0"}, "no whole number"),
        ({"at_once": "many"}, "no number"),
        ({"low0": "460"}, "limit"),
        ({"low0": "600", "high0": ""}, "keep"),
        ({"high0": "hot"}, "no number"),
        ({"expected": "9"}, "version 1 by now"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_begun(
    bench: Program, pid: str, changes: dict[str, str], said: str, language: str
) -> None:
    answer = bench.ask("POST", f"/campaigns/{pid}/run?lang={language}", data=_typed(**changes))
    assert answer.status_code in {409, 422, 500}, answer.text
    [told] = re.findall(r'(?:class="wrong" role="alert"><p>|class="problem" role="alert">)(.*?)<', answer.text)[-1:]
    if language == "en":
        assert said in told
    assert bench.resources.home is not None
    assert standing_runs(bench.resources.home) == ()
    assert current(local_asker(bench.resources), bench.resources, pid).version == 1


def test_strangers_begin_and_stop_nothing(bench: Program, pid: str) -> None:
    stranger = Program(bench.resources, asks=Desk(asker=ANONYMOUS, resources=bench.resources), raises=False)
    for method, path in (("POST", "run"), ("POST", "run/stop"), ("GET", "run/progress")):
        assert stranger.ask(method, f"/campaigns/{pid}/{path}", data=_typed()).status_code in {303, 401, 403, 404}
    assert bench.resources.home is not None
    assert standing_runs(bench.resources.home) == ()


def test_where_no_laboratory_is_named_nothing_is_offered(empty: Program) -> None:
    pid = new_campaign(local_asker(empty.resources), empty.resources, defined(GLUE)).pid
    assert "/run" not in empty.get(f"/records/{pid}").text
    assert empty.get(f"/campaigns/{pid}/run").status_code == 403
