"""Campaigns over REST."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from kiban.access.asker_of import anonymous
from kiban.platform import local_asker
from kiban.quantity.measured import Measured
from kiban.records.scope import Tier
from kiban.testing.catalog_examples import Laboratory, a_fact
from kiban.testing.past_experiments_example import keep_example
from kiban.web.asker import Desk

from .conftest import Program

GLUE: dict[str, Any] = {
    "name": "Strong glue",
    "space": {
        "parameters": [
            {"kind": "discrete", "name": "temperature", "values": [300, 350, 400, 450, 500], "unit": "K"},
            {"kind": "categorical", "name": "solvent", "levels": ["water", "ethanol"]},
        ]
    },
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}], "cost": {"fixed": 2}},
    "limits": {"experiments": 9},
    "seed": 3,
    "tier": "closed",
    "past": [
        {
            "point": {"temperature": "76.85 degC", "solvent": "water"},
            "outcomes": {"hardness": 1.5},
            "rests_on": "book 1",
        },
        {"point": {"temperature": 400, "solvent": "water"}, "failed": True},
    ],
}


def _begin(program: Program, **changes: Any) -> tuple[str, dict[str, Any]]:
    answer = program.ask("POST", "/api/v1/campaigns", json={**GLUE, **changes})
    assert answer.status_code == 200, answer.text
    made = answer.json()
    return f"/api/v1/campaigns/{made['id']}", made


def _post(program: Program, address: str, status: int = 200, method: str = "POST", **body: Any) -> dict[str, Any]:
    answer = program.ask(method, address, json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_campaign_is_run_over_rest(empty: Program) -> None:
    address, made = _begin(empty)
    assert (made["tier"], made["version"], [each["state"] for each in made["experiments"]]) == (
        *("closed", 1),
        ["completed", "failed"],
    )
    assert made["experiments"][0]["point"]["temperature"] == pytest.approx(350.0)
    asked = _post(empty, f"{address}/suggest", n=3, expected=1)
    fresh = asked["experiments"][2:]
    assert [each["state"] for each in fresh] == ["suggested"] * 3
    assert all(each["proposal"]["reason"]["why"] for each in fresh)
    assert _post(empty, f"{address}/suggest", 409, expected=1)["error"] == "Conflict"
    _post(empty, f"{address}/moves", move="accept", numbers=[3, 4])
    refused = _post(empty, f"{address}/moves", move="refuse", numbers=[5], note="too hot")
    assert refused["experiments"][4]["turns"][-1]["note"] == "too hot"
    assert _post(empty, f"{address}/moves", 422, move="refuse", numbers=[5])["error"] == "IllegalMove"
    told = _post(empty, f"{address}/experiments/3/result", values={"hardness": "2510(30) MPa"}, hours=2.5)
    outcome = told["experiments"][2]["outcomes"][0]["value"]
    assert (outcome["value"], outcome["unit"], outcome["uncertainty"]["value"]) == (
        *(pytest.approx(2.51), "GPa"),
        pytest.approx(0.03),
    )
    assert (told["best"], told["spending"]["hours"]) == ([3], 2.5)
    _post(empty, f"{address}/experiments/3/result", 422, values={"hardness": 2})
    _post(empty, f"{address}/experiments/3/result", values={"hardness": 2}, is_correction=True)
    _post(empty, f"{address}/experiments/4/failure", note="melted", cost=1)
    again = _post(empty, f"{address}/experiments/3/repeat", n=2)
    assert [each["replicate_of"] for each in again["experiments"]][-2:] == [3, 3]
    listed = empty.get("/api/v1/campaigns").json()
    assert (listed["total"], listed["campaigns"][0]["counts"]["failed"]) == (1, 2)


def test_people_add_and_change_experiments(empty: Program) -> None:
    address, _ = _begin(empty, past=[])
    asked = _post(empty, f"{address}/suggest")
    other = "water" if asked["experiments"][0]["point"]["solvent"] == "ethanol" else "ethanol"
    changed = _post(empty, f"{address}/experiments/1", method="PATCH", point={"solvent": other})["experiments"][0]
    assert (changed["is_changed"], changed["state"]) == (True, "pending")
    assert changed["proposal"]["point"] == asked["experiments"][0]["point"]
    own = {"temperature": 321, "solvent": "water"}
    _post(empty, f"{address}/experiments", 422, point=own)
    added = _post(empty, f"{address}/experiments", point=own, beyond=True)
    assert added["experiments"][1]["source"] == "added"
    assert _post(empty, f"{address}/experiments/99/repeat", 422)["fault"] == "The campaign has no experiment 99."


def test_a_campaign_is_changed_paused_and_ended(empty: Program) -> None:
    address, _ = _begin(empty, past=[])
    changed = _post(empty, address, method="PATCH", engine="random", limits={"experiments": 2, "hours": 5})
    assert (changed["engine"], changed["limits"]["hours"]) == ("random", 5.0)
    assert _post(empty, address, 422, method="PATCH", limits={"experimnts": 2})["fault"].startswith("Limits has no")
    assert _post(empty, f"{address}/course", action="pause")["stage"] == "paused"
    _post(empty, f"{address}/suggest", 422)
    _post(empty, f"{address}/course", action="resume")
    assert len(_post(empty, f"{address}/suggest", n=5)["experiments"]) == 2
    assert _post(empty, f"{address}/course", action="stop")["passages"][-1]["action"] == "stopped"
    _post(empty, f"{address}/course", action="resume")
    assert _post(empty, f"{address}/course", action="end", note="done")["passages"][-1]["note"] == "done"


def test_results_are_named_by_their_measurement_and_the_past_by_its_records(empty: Program) -> None:
    lab = Laboratory(empty.resources.catalog, project=empty.resources.project)
    scope = lab.scope(Tier.CLOSED).number
    sample = lab.sample("glue 1", scope=scope)
    measurement = lab.measurement("indent", sample, scope=scope)
    lab.write(sample, measurement, facts=(a_fact("hardness", Measured(900, "MPa"), measurement),))
    address, _ = _begin(empty, past=[])
    _post(empty, f"{address}/suggest")
    told = _post(empty, f"{address}/experiments/1/result", source=measurement.pid)
    assert told["experiments"][0]["outcomes"][0]["evidence"] == measurement.pid
    past = {"point": {"temperature": 300, "solvent": "water"}, "outcomes": {"hardness": 1}}
    spelt = sample.pid.lower().replace("-", "")
    known = _post(empty, f"{address}/import", past=[{**past, "rests_on": spelt}])
    assert known["experiments"][-1]["rests_on"] == sample.pid
    links = empty.get(f"/api/v1/records/{known['id']}").json()["links"]
    assert {(each["predicate"], each["record"]["id"]) for each in links} == {
        ("learnt_from", measurement.pid),
        ("learnt_from", sample.pid),
    }
    _post(empty, f"{address}/import", 404, past=[{**past, "rests_on": "kb:0000-0000-00"}])
    _post(empty, f"{address}/import", 422, past=[{**past, "rests_on": sample.pid}])
    _post(empty, f"{address}/import", 422, past=[{**past, "failed": True}])
    _post(empty, f"{address}/import", 422, past=[{**past, "outcomes": {}}])


def test_a_definition_is_proposed_and_learns_from_samples(empty: Program) -> None:
    keep_example(local_asker(empty.resources), empty.resources)
    body = {"question": 'kind = "sample"', "maximise": ["hardness"], "name": "Harder"}
    proposed = _post(empty, "/api/v1/campaigns/propose", **body)
    assert proposed["objective"]["targets"][0]["unit"] == "GPa"
    made = _post(empty, "/api/v1/campaigns", **proposed, past_from={"question": 'kind = "sample"'})
    assert made["counts"]["completed"] == 3
    again = _post(empty, "/api/v1/campaigns", **proposed)
    some = {"question": 'title = "S1"', "columns": {"hardness": "hardness"}}
    known = _post(empty, f"/api/v1/campaigns/{again['id']}/import", past_from=some)
    assert len(known["experiments"]) == 1
    assert _post(empty, "/api/v1/campaigns/propose", 422, question="", minimise=["colour"])["mend"]


def test_what_may_not_be_seen_is_absent_and_what_is_misspelt_refused(empty: Program) -> None:
    address, _ = _begin(empty)
    public = Desk(anonymous(empty.resources.directory.load(), datetime.now(UTC)), empty.resources)
    nobody = Program(empty.resources, asks=public)
    assert nobody.get(address).status_code == 404
    assert nobody.ask("POST", f"{address}/suggest", json={}).status_code == 404
    assert nobody.get("/api/v1/campaigns").json()["total"] == 0
    assert nobody.ask("POST", "/api/v1/campaigns", json=GLUE).status_code == 401
    for wrong in (
        {"space": {"parameters": [{"kind": ["list"], "name": "a"}]}},
        {"space": {"parameters": [], "constraints": 5}},
        {"space": {"parameters": 5}},
        {"objective": {"targets": "hardness"}},
        {"objective": {"targets": [{"name": "hardness", "low": 10**400, "high": 1}]}},
        {"limits": {"enough": {"hardness": "much"}}},
        {"limits": {"safety": [5]}},
        {"engine": "genius"},
        {"limits": {"safety": [{"kind": "linear", "coefficients": {"temperature": 1}, "high": 1}]}},
        {"settings": {"use_magic": 1}},
        {"seed": -1},
        {"budgt": 1},
        {"past": [{"point": {"temperature": True, "solvent": "water"}, "failed": True}]},
    ):
        answer = empty.ask("POST", "/api/v1/campaigns", json={**GLUE, **wrong})
        assert answer.status_code == 422, (wrong, answer.text)
        assert answer.json()["mend"], wrong


def test_a_result_is_told_by_a_file(empty: Program) -> None:
    address, _ = _begin(empty)
    _post(empty, f"{address}/suggest", n=2)
    content = base64.b64encode(b"hardness [MPa],hardness standard uncertainty\n2500,30\n").decode()
    result = f"{address}/experiments/3/result"
    told = _post(empty, result, file={"name": "run 3.csv", "content": content}, note="by file")
    (outcome,) = told["experiments"][2]["outcomes"]
    assert (outcome["value"]["value"], outcome["value"]["unit"]) == (2.5, "GPa")
    assert outcome["evidence"].startswith("kb:")
    other = f"{address}/experiments/4/result"
    wrong = _post(empty, other, 422, file={"name": "b.csv", "content": content})
    assert "experiment 3 rests on already" in wrong["fault"]
    assert _post(empty, other, 422, file={"name": "b.csv", "content": "#"})["error"] == "WrongUsage"
    assert _post(empty, other, 422, file={"name": "../b", "content": content})["error"] == "InvalidValue"
    both = _post(empty, other, 422, file={"name": "b.csv", "content": content}, source=outcome["evidence"])
    assert both["error"] == "WrongUsage"
