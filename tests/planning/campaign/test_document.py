"""Campaigns as documents: the trip there and back, older versions, and what is misspelt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from kiban.errors import InvalidValue, NothingAllowed
from kiban.planning.campaign.asking import suggest
from kiban.planning.campaign.campaign import Stage
from kiban.planning.campaign.course import resume
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.document import FORMAT, campaign_from_json, campaign_to_json
from kiban.planning.campaign.experiment import Source, State
from kiban.planning.objective.objective import Way

from .examples import SAID, campaign

VERSION_1 = """
{
  "format": 1,
  "name": "Strong glue",
  "description": "",
  "space": {
    "parameters": [
      {
        "kind": "discrete",
        "name": "temperature",
        "values": [300.0, 350.0, 400.0, 450.0, 500.0, 550.0, 600.0],
        "unit": "K"
      },
      {
        "kind": "categorical",
        "name": "solvent",
        "levels": ["water", "ethanol", "acetone"],
        "descriptors": {}
      }
    ],
    "constraints": []
  },
  "objective": {
    "targets": [
      {
        "name": "strength",
        "goal": "maximise",
        "unit": "MPa",
        "value": null,
        "low": null,
        "high": null
      }
    ],
    "way": "single",
    "weights": [],
    "limits": [],
    "cost": {"fixed": 1.0, "per_unit": {}, "per_level": {"solvent": {"acetone": 2.0}}}
  },
  "duration": null,
  "engine": "embedded",
  "settings": {},
  "seed": 11,
  "limits": {
    "experiments": 10,
    "cost": null,
    "hours": null,
    "enough": {"strength": 150.0},
    "patience": null,
    "safety": [{"kind": "linear", "coefficients": {"temperature": 1.0}, "low": null, "high": 560.0}]
  },
  "stage": "paused",
  "batches": [
    {
      "number": 1,
      "seed": 592467769,
      "engine": "embedded",
      "engine_version": 1,
      "at": "2026-11-27T09:00:00+00:00",
      "by": "sato"
    }
  ],
  "experiments": [
    {
      "number": 1,
      "point": {"temperature": 300.0, "solvent": "water"},
      "state": "completed",
      "source": "imported",
      "outcomes": [
        {
          "name": "strength",
          "value": {"value": 80.0, "unit": "MPa"},
          "evidence": "kb:7Q4M-2KXD-98"
        }
      ],
      "rests_on": "row 1",
      "turns": [{"move": "import", "at": "2026-11-27T09:00:00+00:00", "by": "sato"}]
    },
    {
      "number": 2,
      "point": {"temperature": 350.0, "solvent": "water"},
      "state": "completed",
      "source": "imported",
      "outcomes": [{"name": "strength", "value": {"value": 90.0, "unit": "MPa"}}],
      "rests_on": "row 2",
      "turns": [{"move": "import", "at": "2026-11-27T09:00:00+00:00", "by": "sato"}]
    },
    {
      "number": 3,
      "point": {"temperature": 500.0, "solvent": "water"},
      "state": "pending",
      "source": "engine",
      "proposal": {
        "batch": 1,
        "point": {"temperature": 550.0, "solvent": "ethanol"},
        "expected": {
          "strength": {
            "value": 85.97405587170034,
            "unit": "MPa",
            "uncertainty": {
              "value": 9.040184441302397,
              "kind": "standard",
              "origin": "estimate",
              "distribution": "normal"
            }
          }
        },
        "reason": {
          "why": "improve",
          "numbers": {
            "chance": 0.2849309574572867,
            "feasible": 1.0,
            "nearest": 1.2018504251546631,
            "n_trials": 2.0,
            "best": 90.0
          },
          "models": {"raw": 0.5, "ranks": 0.5, "forest": 0.0}
        },
        "trials": [[1, 2]]
      },
      "turns": [
        {"move": "suggest", "at": "2026-11-27T09:00:00+00:00", "by": "sato"},
        {
          "move": "change",
          "at": "2026-11-27T09:00:00+00:00",
          "by": "sato",
          "note": "no acetone",
          "was": {"temperature": 550.0, "solvent": "ethanol"}
        }
      ]
    }
  ],
  "passages": [{"action": "paused", "at": "2026-11-27T09:00:00+00:00", "by": "sato", "note": "summer"}]
}
"""


def test_a_document_of_version_1_loads_and_goes_on() -> None:
    read = campaign_from_json(json.loads(VERSION_1))
    assert (read.name, read.seed, read.stage) == ("Strong glue", 11, Stage.PAUSED)
    assert [each.state for each in read.experiments] == [State.COMPLETED, State.COMPLETED, State.PENDING]
    first, second, third = read.experiments
    assert (first.source, first.rests_on, first.records) == (Source.IMPORTED, "row 1", ("row 1", "kb:7Q4M-2KXD-98"))
    assert (second.outcomes[0].value.value, second.outcomes[0].value.unit) == (90.0, "MPa")
    assert third.proposal is not None
    assert third.proposal.rests_on == (1, 2)
    assert third.proposal.point == {"temperature": 550.0, "solvent": "ethanol"}
    assert third.point == {"temperature": 500.0, "solvent": "water"}
    assert third.turns[-1].note == "no acetone"
    assert read.limits.safety[0].names == ("temperature",)
    assert read.limits.enough == {"strength": 150.0}
    assert read.spending.cost == 1.0
    assert len(suggest(resume(read, **SAID), 1, **SAID).experiments) == 4
    # It rests on no earlier study, as it did when it was written; all else is as it was.
    assert read.archive == ()
    assert json.loads(json.dumps(campaign_to_json(read))) == {**json.loads(VERSION_1), "format": FORMAT, "archive": []}


def test_a_document_of_version_2_says_which_studies_counted() -> None:
    written = json.loads(VERSION_1)
    written |= {"format": 2, "archive": ["auto", "strength = 3 * {temperature}"]}
    studies = [
        {"name": "Glue of 2019", "record": "kb:7Q4M-2KXD-98", "n_trials": 40, "counts": {"strength": 0.41}},
        {"name": "strength = 3 * {temperature}", "counts": {"strength": -0.1}},
    ]
    written["batches"][0]["studies"] = studies
    read = campaign_from_json(written)
    assert read.archive == ("auto", "strength = 3 * {temperature}")
    assert [(each.name, each.n_trials, each.counts["strength"]) for each in read.batches[0].studies] == [
        ("Glue of 2019", 40, 0.41),
        ("strength = 3 * {temperature}", 0, -0.1),
    ]
    assert campaign_from_json(json.loads(json.dumps(campaign_to_json(read)))) == read
    for wrong, said in (
        ({**written, "archive": ["mass = 3 * {temperature}"]}, "no outcome of the campaign"),
        ({**written, "archive": ["strength = 3 * {solvent}"]}, "no parameter with numbers"),
        ({**written, "archive": "auto"}, "archive|tuple|list"),
    ):
        with pytest.raises(InvalidValue, match=said):
            campaign_from_json(wrong)


@pytest.mark.parametrize("version", [0, FORMAT + 1, "1", None, True])
def test_other_versions_are_refused_with_a_way_out(version: object) -> None:
    with pytest.raises(InvalidValue, match="has the format") as refused:
        campaign_from_json({**json.loads(VERSION_1), "format": version})
    assert "version of Kiban" in refused.value.mend


def test_a_damaged_document_is_refused() -> None:
    document = json.loads(VERSION_1)
    for damaged, said in (
        ({k: v for k, v in document.items() if k != "seed"}, "has no 'seed'"),
        ({**document, "sede": 1}, "has no field 'sede'"),
        ({**document, "stage": "asleep"}, "not a Stage"),
        ({**document, "experiments": document["experiments"][::-1]}, "not in order"),
        ({**document, "experiments": [{**document["experiments"][0], "numbr": 1}]}, r"experiments\[1\] has no field"),
        ({**document, "limits": {**document["limits"], "safety": [{"kind": "wish"}]}}, "of the kind 'wish'"),
    ):
        with pytest.raises(InvalidValue, match=said):
            campaign_from_json(damaged)


DEFINITION: Mapping[str, Any] = {
    "name": "Alloys",
    "space": {
        "parameters": [
            {"kind": "continuous", "name": "Ni", "low": 0, "high": 1},
            {"kind": "continuous", "name": "Fe", "low": 0, "high": 1},
        ],
        "constraints": [{"kind": "mixture", "names": ["Ni", "Fe"]}],
    },
    "objective": {"targets": [{"name": "strength", "unit": "MPa"}]},
}


def test_a_definition_says_what_is_searched_and_leaves_the_rest() -> None:
    made = campaign_of(DEFINITION)
    assert (made.engine, made.seed, made.stage, made.experiments) == ("embedded", 0, Stage.ACTIVE, ())
    targets = [{"name": "strength", "unit": "MPa"}, {"name": "price", "goal": "minimise"}]
    full = campaign_of(
        {
            **DEFINITION,
            "description": "Cheap and strong",
            "objective": {"targets": targets, "way": "pareto", "cost": {"fixed": 2}},
            "duration": {"fixed": 3.5},
            "engine": "random",
            "seed": 4,
            "limits": {
                "experiments": 20,
                "hours": 100,
                "safety": [{"kind": "linear", "coefficients": {"Ni": 1}, "high": 0.8}],
            },
        }
    )
    assert (full.objective.way, full.duration and full.duration.fixed, full.limits.hours) == (Way.PARETO, 3.5, 100.0)
    assert campaign_from_json(campaign_to_json(full)) == full


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"budgt": 3}, "no field 'budgt'"),
        ({"name": ""}, "needs a name"),
        ({"name": "two\nlines"}, "control character"),
        ({"name": 3}, "The name of the campaign is 3"),
        ({"seed": "one"}, "The seed of the campaign is 'one'"),
        ({"space": {"parameters": [], "constrains": []}}, "The space has no field 'constrains'"),
        ({"space": {"parameters": []}}, "has the parameters"),
        (
            {"objective": {"targets": [{"name": "strength", "unti": "MPa"}]}},
            r"objective.targets\[1\] has no field 'unti'",
        ),
        ({"objective": {"targets": [{"name": "strength", "goal": "up"}]}}, "goal"),
        ({"objective": {"targets": [{"name": "Ni"}]}}, "is a parameter of the space and an outcome"),
        ({"objective": {"targets": [{"name": "strength"}], "cost": {"fixed": 1, "per_unit": {"Co": 1}}}}, "'Co'"),
        ({"duration": {"fixed": 1, "per_unit": {"Co": 1}}}, "'Co'"),
        ({"limits": {"experiment": 3}}, "Limits has no field 'experiment'"),
        ({"limits": {"experiments": 0}}, "limited to 0"),
        ({"limits": {"experiments": "many"}}, "not a int"),
        ({"limits": {"enough": {"colour": 1}}}, "'colour' is said, which is no target"),
        ({"limits": {"safety": [{"kind": "linear", "coefficients": {"Co": 1}, "high": 1}]}}, "no parameter 'Co'"),
    ],
)
def test_what_is_wrong_in_a_definition_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValue, match=said):
        campaign_of({**DEFINITION, **change})


def test_constraints_that_leave_nothing_are_told_at_once() -> None:
    safety = [{"kind": "linear", "coefficients": {"Ni": 1, "Fe": 1}, "high": 0.5}]
    with pytest.raises(NothingAllowed):
        campaign_of({**DEFINITION, "limits": {"safety": safety}})


def test_engines_that_are_not_there_are_told_at_once() -> None:
    for change in ({"engine": "genius"}, {"settings": {"use_magic": True}}):
        with pytest.raises(InvalidValue):
            campaign_of({**DEFINITION, **change})
    for needed in ("name", "space", "objective"):
        with pytest.raises(InvalidValue, match=f"has no {needed}"):
            campaign_of({name: value for name, value in DEFINITION.items() if name != needed})


def test_candidates_make_the_trip() -> None:
    listed = campaign_of(
        {**DEFINITION, "space": {**DEFINITION["space"], "candidates": {"Ni": [0.25, 0.5], "Fe": [0.75, 0.5]}}}
    )
    asked = suggest(campaign_from_json(json.loads(json.dumps(campaign_to_json(listed)))), 5, **SAID)
    assert len(asked.experiments) == 2
    assert {each.proposal.candidate for each in asked.experiments if each.proposal} == {0, 1}
    assert campaign_from_json(campaign_to_json(campaign())) == campaign()
