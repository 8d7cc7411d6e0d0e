"""Pictures of a campaign on its pages: drawn, with the numbers beside them, in both languages, for those who may."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from kiban.access.asker_of import anonymous
from kiban.operations.campaign_experiments import suggest_experiments
from kiban.operations.campaign_pictures import campaign_slices
from kiban.operations.campaigns import new_campaign
from kiban.operations.placement import Placement
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.telling import past_experiment
from kiban.platform import local_asker
from kiban.records.scope import Tier
from kiban.web.asker import Desk

from .conftest import Program

DEFINITION: dict[str, Any] = {
    "name": "Strong <b>glue</b>",
    "space": {
        "parameters": [
            {"kind": "continuous", "name": "temperature", "low": 300, "high": 500, "unit": "K"},
            {"kind": "continuous", "name": "<i>time</i>", "low": 1, "high": 9, "unit": "h"},
            {"kind": "categorical", "name": "solvent", "levels": ["water", "<i>oil</i>"]},
        ],
        "constraints": [{"kind": "linear", "coefficients": {"temperature": 1}, "high": 460}],
    },
    "objective": {
        "way": "pareto",
        "targets": [{"name": "hardness", "unit": "GPa"}, {"name": "density", "unit": "g/cm**3", "goal": "minimise"}],
    },
    "seed": 2,
}


def _past(n: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    points = [
        {"temperature": 300 + (37 * i) % 160, "<i>time</i>": 1 + (3 * i) % 8, "solvent": ["water", "<i>oil</i>"][i % 2]}
        for i in range(n)
    ]
    return [
        (p, {"hardness": 4 - ((p["temperature"] - 400) / 60) ** 2, "density": 2 + p["temperature"] / 500 + i % 3})
        for i, p in enumerate(points)
    ]


def _begin(program: Program, n: int, **changes: Any) -> str:
    asker, resources = local_asker(program.resources), program.resources
    campaign = campaign_of({**DEFINITION, **changes})
    names = [target["name"] for target in {**DEFINITION, **changes}["objective"]["targets"]]
    done = [
        past_experiment(campaign, point, {k: v for k, v in found.items() if k in names}, rests_on=f"row {i}")
        for i, (point, found) in enumerate(_past(n))
    ]
    return new_campaign(asker, resources, campaign, done=done, placement=Placement(tier=Tier.OPEN)).pid


@pytest.fixture(name="made")
def _made(empty: Program) -> tuple[Program, str]:
    pid = _begin(empty, 12)
    suggest_experiments(local_asker(empty.resources), empty.resources, pid, 2)
    return empty, pid


def _section(page: str, name: str) -> str:
    return page.split(f'id="{name}"')[1].split("</section>")[0]


def test_the_front_and_all_experiments_are_drawn_on_its_page(made: tuple[Program, str]) -> None:
    program, pid = made
    page = program.get(f"/records/{pid}").text
    front = _section(page, "front")
    on = re.search(r"the (\d+) of 12 experiments", front)
    assert on is not None
    assert len(re.findall(r'<circle class="on', front)) == int(on[1]) == front.count('<tr><th scope="row">')
    assert front.count("<circle") == 12
    assert front.count('class="next"') == 2
    assert f'href="/records/{pid}#experiment-3"' in front
    assert "Volume under the front" in front
    lines = _section(page, "lines")
    assert lines.count("<polyline") == 14
    assert lines.count('class="next"') == 2
    assert "Hardness / GPa" in lines
    for part in (front, lines):
        assert "<i>" not in part
        assert "&lt;i&gt;oil&lt;/i&gt;" in part
    assert f'data-address="/campaigns/{pid}/slices/part"' in _section(page, "slices")


def test_slices_are_drawn_with_the_numbers_beside_them(made: tuple[Program, str]) -> None:
    program, pid = made
    part = program.get(f"/campaigns/{pid}/slices/part").text
    shown = campaign_slices(local_asker(program.resources), program.resources, pid)
    assert part.count('class="plot-slice"') == 3
    assert part.count('class="plot-map"') == 1
    assert "<i>" not in part
    assert f"#experiment-{shown.slices.experiment}" in part
    first = part.split('class="plot-slice"')[1].split("</figure>")[0]
    bars = [bar for bar in shown.slices.slices[0].bars if bar is not None]
    assert first.count('<tr><th scope="row">') == len(bars) + len(shown.slices.slices[0].near)
    # The line goes through as many settings as keep to the constraints, and no farther.
    (middle,) = re.findall(r'class="middle" points="([^"]+)"', first)
    assert len(middle.split()) == len(bars) < 41
    assert part.count('class="bar cap"') + part.count('class="bar own cap"') == 2
    assert 'href="/campaigns/' in part


def test_the_point_is_chosen_by_an_address(made: tuple[Program, str]) -> None:
    program, pid = made
    asked = {"experiment": "2", "at.temperature": "126.85 degC", "outcome": "density", "surrogate": "forest"}
    page = program.ask("GET", f"/campaigns/{pid}/slices", params={**asked, "over": "none"}).text
    assert "temperature 400 K" in page
    assert 'value="126.85 degC"' in page
    assert re.search(r'<option value="2" selected>', page)
    assert re.search(r'<option value="forest" selected>', page)
    assert "Density of another experiment there" in page
    assert 'class="plot-map"' not in page
    assert "Forest of randomised trees ✓" in page
    wrong = program.ask("GET", f"/campaigns/{pid}/slices", params={"at.temperature": "490"})
    assert wrong.status_code == 200
    assert "breaks a constraint on temperature" in wrong.text
    assert 'value="490"' in wrong.text
    assert program.ask("GET", f"/campaigns/{pid}/slices", params={"experiment": "x"}).status_code == 422
    assert program.ask("GET", "/campaigns/kb:7Q4M-2KXD-98/slices").status_code == 404


def test_they_speak_japanese(made: tuple[Program, str]) -> None:
    program, pid = made
    for address in (f"/records/{pid}?lang=ja", f"/campaigns/{pid}/slices?lang=ja"):
        page = program.get(address).text
        main = re.sub(r"<[^>]*>", "", page.split("<main")[1].split('id="history"')[0])
        for english in ("expected", "pareto", "experiment", "gaussian", "constraint", "table"):
            assert english not in main.lower().replace("experiment-", "")
    assert "パレートフロント" in program.get(f"/records/{pid}?lang=ja").text
    wrong = program.ask("GET", f"/campaigns/{pid}/slices", params={"at.temperature": "490", "lang": "ja"}).text
    assert "制約" in wrong.split('class="empty"')[1].split("</p>")[0]


def test_before_there_is_enough_it_says_so(empty: Program) -> None:
    single = {"targets": [{"name": "hardness", "unit": "GPa"}]}
    pid = _begin(empty, 0, objective=single)
    page = empty.get(f"/records/{pid}").text
    assert 'id="front"' not in page
    assert 'id="lines"' not in page
    assert "too few to expect anything" in empty.get(f"/campaigns/{pid}/slices").text
    other = _begin(empty, 1)
    assert "fewer" not in empty.get(f"/records/{other}").text
    assert 'id="front"' in empty.get(f"/records/{other}").text


def test_an_earlier_version_shows_no_slices(made: tuple[Program, str]) -> None:
    program, pid = made
    page = program.get(f"/records/{pid}?version=1").text
    assert 'id="slices"' not in page
    assert _section(page, "front").count('class="next"') == 0


def test_a_stranger_gets_them_of_what_is_open_alone(made: tuple[Program, str]) -> None:
    program, pid = made
    secret = new_campaign(local_asker(program.resources), program.resources, campaign_of(DEFINITION)).pid
    nobody = Program(
        program.resources,
        asks=Desk(anonymous(program.resources.directory.load(), datetime.now(UTC)), program.resources),
    )
    assert nobody.ask("GET", f"/campaigns/{secret}/slices").status_code == 404
    assert nobody.ask("GET", f"/campaigns/{secret}/slices/part").status_code == 404
    assert nobody.ask("GET", f"/campaigns/{pid}/slices").status_code == 200
