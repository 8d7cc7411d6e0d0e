"""The page of a campaign: where it stands, what comes next and why, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from kiban.operations.campaign_experiments import (
    add_experiment,
    change_experiment,
    move_experiments,
    repeat_experiment,
    suggest_experiments,
    tell_failure,
    tell_result,
)
from kiban.operations.campaigns import new_campaign, set_course
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.experiment import Move, Outcome
from kiban.planning.campaign.telling import Done
from kiban.platform import local_asker
from kiban.quantity.measured import Measured
from kiban.web.campaign_plot import Dot, course_picture

from .conftest import Program

DEFINITION: dict[str, Any] = {
    "name": "Strong <b>glue</b>",
    "space": {
        "parameters": [
            {"kind": "discrete", "name": "temperature", "values": [300, 350, 400, 450, 500], "unit": "K"},
            {"kind": "categorical", "name": "solvent", "levels": ["water", "<i>oil</i>"]},
        ]
    },
    "objective": {
        "targets": [{"name": "hardness", "unit": "GPa"}],
        "limits": [{"name": "density", "unit": "g/cm**3", "high": 3}],
    },
    "limits": {"experiments": 20, "enough": {"hardness": 1.5}},
}


def _outcomes(hardness: float, density: float = 2.0) -> list[Outcome]:
    return [
        Outcome(name="hardness", value=Measured(hardness, "GPa")),
        Outcome(name="density", value=Measured(density, "g/cm**3")),
    ]


@pytest.fixture(name="made")
def _made(empty: Program) -> tuple[Program, str]:
    asker, resources = local_asker(empty.resources), empty.resources
    old = Done(point={"temperature": 300.0, "solvent": "water"}, outcomes=tuple(_outcomes(1.0)), rests_on="row 2")
    pid = new_campaign(asker, resources, campaign_of(DEFINITION), done=[old]).pid

    def do(deed: Callable[..., object], *given: object, **more: object) -> None:
        deed(asker, resources, pid, *given, **more)

    do(suggest_experiments, 5)
    do(tell_result, 2, _outcomes(1.25))
    do(tell_result, 3, _outcomes(9.5, 4.0))
    do(tell_failure, 4, note="cracked <script>")
    do(move_experiments, Move.REFUSE, [5])
    do(suggest_experiments, 1)
    do(add_experiment, {"temperature": 777.0, "solvent": "water"}, beyond=True)
    do(change_experiment, 8, {"temperature": 778.0}, beyond=True)
    do(repeat_experiment, 2)
    return empty, pid


def test_it_says_where_the_campaign_stands(made: tuple[Program, str]) -> None:
    program, pid = made
    page = program.get(f"/records/{pid}").text
    assert "Strong &lt;b&gt;glue&lt;/b&gt;" in page
    assert "&lt;i&gt;oil&lt;/i&gt;" in page
    assert "cracked &lt;script&gt;" in page
    assert "Hardness / GPa: as large as possible" in page
    assert re.search(r"Density ≤ 3 g/cm", page)
    assert "8 of 20" not in page
    assert "7 of 20" in page
    best = page.split('id="best"')[1].split("</section>")[0]
    # 9.5 GPa is out of the limits.
    assert "1.25" in best
    assert 'href="#experiment-2"' in best
    assert best.count("<circle") == 3
    assert best.count('class="before"') == 1
    assert re.search(r"Best before the campaign:\s*Hardness", re.sub(r"<[^>]*>", "", best))
    assert best.count('<circle class="out"') == 1
    assert best.count('<circle class="old"') == 1
    following = page.split('id="next"')[1].split("</section>")[0]
    assert "No. 7" in following
    assert "Learnt from 4 experiments." in following
    assert following.count("<li>") == 4
    assert "repeats no. 2" in page
    assert 'id="experiment-9"' in page


def test_it_speaks_japanese(made: tuple[Program, str]) -> None:
    program, pid = made
    asker, resources = local_asker(program.resources), program.resources
    tell_result(asker, resources, pid, 9, _outcomes(1.75))
    set_course(asker, resources, pid, "pause")
    page = program.get(f"/records/{pid}?lang=ja").text
    for said in ("探索キャンペーン", "一時停止中", "最大化", "次の実験", "実施予定", "実験 9 が十分な値に達しました。"):
        assert said in page
    assert "campaign" not in re.sub(r"<[^>]*>", "", page.split("<main")[1].split('id="history"')[0])


def test_an_earlier_version_is_shown_as_it_was(made: tuple[Program, str]) -> None:
    program, pid = made
    page = program.get(f"/records/{pid}?version=1").text
    assert 'id="experiment-1"' in page
    assert 'id="experiment-2"' not in page
    assert "Nothing is suggested or under way." in page


def test_the_best_so_far_is_drawn_in_steps() -> None:
    def dot(number: int, value: float, best: float | None) -> Dot:
        return Dot(number, value, counts=best is not None, is_old=False, best=best)

    picture = course_picture([dot(1, 2.0, 2.0), dot(2, 1.0, 2.0), dot(4, 3.0, 3.0)], 1.5, "a", "<y>", "x")
    assert picture is not None
    (line,) = re.findall(r'points="([^"]+)"', picture)
    points = [tuple(map(float, pair.split(","))) for pair in line.split()]
    assert [across for across, _ in points] == [
        84.0,
        pytest.approx(290.7, abs=0.1),
        pytest.approx(290.7, abs=0.1),
        704.0,
        704.0,
    ]
    ups = [up for _, up in points]
    assert ups[0] == ups[1] == ups[2] == ups[3] > ups[4]
    assert "&lt;y&gt;" in picture
    (level,) = re.findall(r'class="before"[^>]*y1="([\d.]+)"', picture)
    # Halfway between 1 and 2.
    assert float(level) == pytest.approx((ups[0] + float(re.findall(r'cy="([\d.]+)"', picture)[1])) / 2, abs=0.1)
    assert course_picture([dot(1, 2.0, 2.0)], None, "a", "y", "x") is None
    assert course_picture([dot(1, 2.0, 2.0), dot(2, 2.0, 2.0)], None, "a", "y", "x") is not None
    assert course_picture([dot(1, 0.0, 0.0), dot(2, 0.0, 0.0)], 0.0, "a", "y", "x") is not None
