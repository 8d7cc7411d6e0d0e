"""The builder of campaigns: what a table offers, every kind of row, and what is wrong beside its field."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from kiban.operations.past_experiments import TableFile, keep_experiments
from kiban.operations.show_campaign import list_campaigns, show_campaign
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.experiment import Source, State
from kiban.planning.engines.installed import engines
from kiban.planning.objective.objective import Way
from kiban.planning.objective.target import Goal
from kiban.platform import local_asker
from kiban.web.language import words

from .conftest import Program

FURNACE = b"""Sample,Temperature [degC],Gas,Time [h],Hardness [GPa]
F-1,900,Ar,2,1.9
F-2,1000,N2,2,2.4
F-3,1100,Ar,2,2.2
F-4,1100,N2,2,
"""
QUESTION = 'kind = "sample"'


def _fields(page: str) -> dict[str, str]:
    """What the builder's form would send as it stands."""
    form = page.split('class="builder')[1]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") == "checkbox":
            if "checked" in tag:
                found[attributes["name"]] = "on"
        elif attributes.get("type") == "radio":
            if "checked" in tag:
                found[attributes["name"]] = attributes["value"]
        elif attributes.get("type") == "file":
            continue
        elif "name" in attributes:
            found[attributes["name"]] = html.unescape(attributes.get("value", ""))
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = html.unescape(text)
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options) or re.search(
            r'<option(?: value="([^"]*)")?>([^<]*)', options
        )
        assert chosen is not None
        found[name] = html.unescape(chosen[1] if chosen[1] is not None else chosen[2])
    return found


def _send(program: Program, do: str, fields: dict[str, str], language: str = "en") -> Any:
    return program.ask("POST", f"/campaigns/new?lang={language}", data={**fields, "do": do})


def _only(program: Program) -> Campaign:
    asker, resources = local_asker(program.resources), program.resources
    (listed,) = list_campaigns(asker, resources).campaigns
    return show_campaign(asker, resources, listed.id).campaign


@pytest.fixture(name="furnace")
def _furnace(empty: Program) -> Program:
    asker = local_asker(empty.resources)
    keep_experiments(asker, empty.resources, TableFile(content=FURNACE, name="furnace.csv"))
    return empty


def _blank(**changes: str) -> dict[str, str]:
    fields = {
        "name": "Glue",
        "outcomes.0.name": "hardness",
        "outcomes.0.goal": "maximise",
        "outcomes.0.unit": "GPa",
        "parameters.0.name": "temperature",
        "parameters.0.kind": "continuous",
        "parameters.0.low": "300",
        "parameters.0.high": "500",
        "parameters.0.unit": "K",
        "engine": "random",
        "archive": "auto",
        "n_first": "2",
        "with_past": "on",
    }
    return {**fields, **changes}


def test_a_table_proposes_and_its_rows_come_in(furnace: Program) -> None:
    page = furnace.get("/campaigns/new?" + urlencode({"q": QUESTION})).text
    fields = _fields(page)
    names = {
        fields[name]: fields[name.replace(".name", ".kind")]
        for name in fields
        if re.match(r"parameters\.\d+\.name", name)
    }
    assert sorted(names.values()) == ["categorical", "continuous"]
    place = next(name for name in fields if fields[name] == "temperature" and name.endswith(".name"))[: -len(".name")]
    assert fields[f"{place}.column"] == "process.furnace.temperature"
    assert (fields[f"{place}.low"], fields[f"{place}.high"], fields[f"{place}.unit"]) == ("900", "1100", "degC")
    assert fields["outcomes.0.goal"] == "maximise"
    assert "the same everywhere" in page
    # Renamed, it still finds its column.
    fields |= {f"{place}.name": "oven", "name": "Harder films", f"{place}.high": "1200"}
    looked = _send(furnace, "look", fields)
    assert looked.status_code == 200, looked.text
    assert "3 experiments were done" in looked.text
    assert list_campaigns(local_asker(furnace.resources), furnace.resources).total == 0
    kept = _send(furnace, "begin", _fields(looked.text))
    assert kept.status_code == 303, kept.text
    campaign = _only(furnace)
    assert campaign.name == "Harder films"
    assert "oven" in campaign.space.names
    past = [each for each in campaign.experiments if each.source is Source.IMPORTED]
    assert sorted(each.outcomes[0].value.value for each in past) == [1.9, 2.2, 2.4]
    assert all(each.rests_on.startswith("kb:") for each in past)
    assert campaign.counts[State.SUGGESTED] == 1


def test_where_a_parameter_has_no_column_the_person_chooses(furnace: Program) -> None:
    fields = _fields(furnace.get("/campaigns/new?" + urlencode({"q": QUESTION})).text)
    fields |= {"name": "More", "parameters.7.name": "pressure", "parameters.7.low": "1", "parameters.7.high": "2"}
    fields |= {"parameters.7.kind": "continuous", "parameters.7.unit": "bar"}
    answer = _send(furnace, "begin", fields)
    assert answer.status_code == 422
    assert "no column for pressure" in answer.text
    del fields["with_past"]
    assert _send(furnace, "begin", fields).status_code == 303
    assert all(each.source is Source.ENGINE for each in _only(furnace).experiments)


def test_every_kind_of_row_is_understood(empty: Program) -> None:
    rows = {
        "parameters.1.name": "Fe", "parameters.1.kind": "continuous", "parameters.1.low": "0", "parameters.1.high": "1",
        "parameters.2.name": "Ni", "parameters.2.kind": "continuous", "parameters.2.low": "0", "parameters.2.high": "1",
        "parameters.3.name": "turns", "parameters.3.kind": "integer", "parameters.3.low": "1", "parameters.3.high": "9",
        "parameters.4.name": "time", "parameters.4.kind": "discrete", "parameters.4.values": "8、1, 2\n4",
        "parameters.4.unit": "h",
        "parameters.5.name": "solvent", "parameters.5.kind": "categorical", "parameters.5.values": "water, ethanol",
        "outcomes.1.name": "density", "outcomes.1.goal": "minimise", "outcomes.1.unit": "g/cm**3",
        "outcomes.1.high": "8", "outcomes.1.enough": "5",
        "outcomes.2.name": "band_gap", "outcomes.2.goal": "match", "outcomes.2.unit": "eV", "outcomes.2.value": "1.5",
        "outcomes.3.name": "cost", "outcomes.3.goal": "limit", "outcomes.3.low": "1",
        "outcomes.4.name": "colour", "outcomes.4.goal": "",
        "constraints.0.kind": "mixture", "constraints.0.names": "Fe, Ni", "constraints.0.total": "",
        "constraints.1.kind": "formula", "constraints.1.formula": "temperature * time", "constraints.1.high": "3000",
        "constraints.2.kind": "at most", "constraints.2.names": "Fe、Ni", "constraints.2.n": "2",
        "constraints.3.kind": "forbidden", "constraints.3.forbidden": "solvent = ethanol\ntemperature = 400 .. ",
        "constraints.3.safety": "on",
        "constraints.4.kind": "",
        "limit_experiments": "12", "ahead": "2", "patience": "5", "limit_cost": "1e3", "limit_hours": "40", "seed": "7",
        "archive": "hardness = 3 * {temperature}",
    }  # fmt: skip
    answer = _send(empty, "begin", _blank(**rows))
    assert answer.status_code == 303, re.findall(r'class="problem"[^>]*>([^<]*)', answer.text)
    campaign = _only(empty)
    kinds = [type(each).__name__ for each in campaign.space.parameters]
    assert kinds == ["Continuous", "Continuous", "Continuous", "Integer", "Discrete", "Categorical"]
    assert campaign.space.parameters[4].values == (1.0, 2.0, 4.0, 8.0)  # type: ignore[union-attr]
    assert [type(each).__name__ for each in campaign.space.constraints] == ["Mixture", "Nonlinear", "AtMost"]
    (safety,) = campaign.limits.safety
    assert safety.names == ("solvent", "temperature")
    assert campaign.objective.way is Way.PARETO
    assert [each.goal for each in campaign.objective.targets] == [Goal.MAXIMISE, Goal.MINIMISE, Goal.MATCH]
    assert [(each.name, each.low, each.high) for each in campaign.objective.limits] == [
        ("density", None, 8.0),
        ("cost", 1.0, None),
    ]
    limits = campaign.limits
    assert (limits.experiments, limits.ahead, limits.patience, limits.cost, limits.hours) == (12, 2, 5, 1000.0, 40.0)
    assert limits.enough == {"density": 5.0}
    assert campaign.seed == 7
    assert campaign.archive == ("hardness = 3 * {temperature}",)
    assert campaign.counts[State.SUGGESTED] == 2


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"name": ""}, "name", "needs a name"),
        ({"parameters.0.low": "cold"}, "parameters.0.low", "is no number"),
        ({"parameters.0.high": ""}, "parameters.0.high", "A number is missing"),
        ({"parameters.0.low": "600"}, "", "a finite range was expected"),
        ({"parameters.0.unit": "flups"}, "", "flups"),
        ({"parameters.0.name": ""}, "", "has no name"),
        ({"parameters.0.kind": "integer", "parameters.0.low": "1.5"}, "parameters.0.low", "no whole number"),
        ({"parameters.0.kind": "discrete", "parameters.0.values": "1, two"}, "parameters.0.values", "is no number"),
        ({"parameters.0.kind": "categorical", "parameters.0.values": "a, a"}, "", "different names were expected"),
        ({"parameters.0.kind": "round"}, "", "Known kinds are"),
        (
            {"parameters.1.name": "temperature", "parameters.1.low": "1", "parameters.1.high": "2"},
            "",
            "stands there twice",
        ),
        ({"outcomes.0.goal": ""}, "", "Nothing is wanted"),
        ({"outcomes.0.goal": "best"}, "", "is no goal"),
        ({"outcomes.0.goal": "match"}, "", "Give a value to match"),
        ({"outcomes.0.name": ""}, "", "has no name"),
        ({"outcomes.0.low": "3", "outcomes.0.high": "1"}, "", "Give a lower limit"),
        ({"outcomes.0.enough": "plenty"}, "outcomes.0.enough", "is no number"),
        (
            {"constraints.0.kind": "formula", "constraints.0.formula": "os.system(1)", "constraints.0.low": "1"},
            "",
            "formula",
        ),
        (
            {"constraints.0.kind": "formula", "constraints.0.formula": "pressure", "constraints.0.low": "1"},
            "",
            "pressure",
        ),
        ({"constraints.0.kind": "formula", "constraints.0.formula": "temperature"}, "", "Give a lower limit"),
        (
            {"constraints.0.kind": "formula", "constraints.0.formula": "temperature", "constraints.0.low": "900"},
            "",
            "keep",
        ),
        ({"constraints.0.kind": "mixture", "constraints.0.names": "temperature"}, "", "2 or more different ones"),
        ({"constraints.0.kind": "forbidden", "constraints.0.forbidden": "hot"}, "", "is no condition"),
        ({"limit_experiments": "0"}, "limit_experiments", "is no whole number from 1"),
        ({"ahead": "101"}, "", "to be kept ahead"),
        ({"seed": "-1"}, "seed", "is no whole number from 0"),
        ({"n_first": "1000"}, "n_first", "is no whole number from 0 to 100"),
        ({"archive": "none\nauto"}, "archive", "is to be none, and something else"),
        ({"engine": "magic"}, "", "no engine"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_is_wrong_stands_beside_it_and_nothing_is_lost(
    empty: Program, changes: dict[str, str], place: str, said: str, language: str
) -> None:
    sent = _blank(**changes)
    answer = _send(empty, "begin", sent, language)
    assert answer.status_code == 422, answer.status_code
    assert 'role="alert"' in answer.text
    if language == "en":
        assert said in html.unescape(answer.text)
    if place:
        box = re.search(
            rf'<input name="{re.escape(place)}"[^>]*>|<textarea name="{re.escape(place)}"[^>]*>', answer.text
        )
        assert box is not None
        assert 'aria-invalid="true"' in box[0]
    shown = _fields(answer.text)
    for name, value in sent.items():
        if name not in {"engine", "outcomes.0.goal", "parameters.0.kind", "with_past"}:
            assert shown[name] == value, name
    assert list_campaigns(local_asker(empty.resources), empty.resources).total == 0


def test_rows_are_added_and_removed_without_scripts(empty: Program) -> None:
    added = _fields(_send(empty, "add:parameters", _blank()).text)
    assert added["parameters.1.name"] == ""
    assert added["parameters.0.name"] == "temperature"
    removed = _fields(_send(empty, "remove:parameters.0", added).text)
    assert removed["parameters.0.name"] == ""
    assert "parameters.1.name" not in removed
    assert _send(empty, "remove:nothing.0", _blank()).status_code == 200
    assert _fields(_send(empty, "add:constraints", _blank()).text)["constraints.0.kind"] == ""


def test_the_look_says_how_large_it_is(empty: Program) -> None:
    assert "experiments without end" in _send(empty, "look", _blank()).text
    finite = _blank(**{"parameters.0.kind": "integer", "parameters.0.low": "1", "parameters.0.high": "1000"})
    page = _send(empty, "look", finite).text
    assert "1,000 different experiments" in page
    assert "No limit of experiments" in page


def test_a_wrong_question_is_told_and_an_empty_answer_too(empty: Program) -> None:
    wrong = empty.get("/campaigns/new?" + urlencode({"q": "kind = = 3"}))
    assert wrong.status_code == 422
    assert 'value="kind = = 3"' in wrong.text
    assert "Too little is known" in empty.get("/campaigns/new?" + urlencode({"q": QUESTION})).text


def test_pages_lead_to_the_builder(furnace: Program) -> None:
    found = furnace.get("/search?" + urlencode({"q": QUESTION})).text
    assert 'href="/campaigns/new?q=kind' in found
    assert "Plan the next experiments" in found


def test_every_engine_of_ours_has_words() -> None:
    known = {key.removeprefix("engine.") for key in words("ja") if key.startswith("engine.")}
    assert {each.name for each in engines()} <= known


WORDS = {
    "parameters.1.name": "solvent",
    "parameters.1.kind": "categorical",
    "parameters.1.values": "water, ethanol, oil",
}
POLARITY = "solvent,polarity,boiling point\noil,1,200\nwater,10,100\nacetone,7,56\nethanol,6.5,78\n"


def test_outcomes_are_weighed_against_each_other(empty: Program) -> None:
    two = _blank(
        **{
            "way": "weighted",
            "outcomes.0.weight": "3", "outcomes.0.scale_low": "1", "outcomes.0.scale_high": "4",
            "outcomes.1.name": "density", "outcomes.1.goal": "minimise", "outcomes.1.unit": "g/cm**3",
            "outcomes.1.scale_low": "5", "outcomes.1.scale_high": "9",
        }
    )  # fmt: skip
    assert "weighed against each other" in _send(empty, "look", two).text.split("It would begin like this")[1]
    assert _send(empty, "begin", two).status_code == 303
    objective = _only(empty).objective
    assert (objective.way, objective.weights) == (Way.WEIGHTED, (3.0, 1.0))
    assert [(each.low, each.high) for each in objective.targets] == [(1.0, 4.0), (5.0, 9.0)]


def test_one_outcome_alone_is_not_weighed(empty: Program) -> None:
    assert _send(empty, "begin", _blank(way="weighted")).status_code == 303
    assert _only(empty).objective.way is Way.SINGLE


def test_words_have_descriptors_and_settings_cost(empty: Program) -> None:
    said = {
        "parameters.0.resolution": "5", "parameters.0.cost": "0.01", "parameters.0.hours": "0.02",
        "parameters.1.descriptors": POLARITY,
        "parameters.1.level_cost": "ethanol = 2.5\noil=1", "parameters.1.level_hours": "oil = 0.5",
        "cost_fixed": "10", "hours_fixed": "2", "limit_cost": "500", "limit_hours": "100",
    }  # fmt: skip
    answer = _send(empty, "begin", _blank(**WORDS, **said))
    assert answer.status_code == 303, re.findall(r'class="problem"[^>]*>([^<]*)', answer.text)
    campaign = _only(empty)
    oven, solvent = campaign.space.parameters
    assert oven.resolution == 5.0  # type: ignore[union-attr]
    assert solvent.descriptors == {  # type: ignore[union-attr]
        "polarity": (10.0, 6.5, 1.0),
        "boiling point": (100.0, 78.0, 200.0),
    }
    cost, hours = campaign.objective.cost, campaign.duration
    assert cost is not None
    assert hours is not None
    assert (cost.fixed, dict(cost.per_unit)) == (10.0, {"temperature": 0.01})
    assert {name: dict(each) for name, each in cost.per_level.items()} == {"solvent": {"ethanol": 2.5, "oil": 1.0}}
    assert (hours.fixed, dict(hours.per_unit), dict(hours.per_level["solvent"])) == (
        2.0,
        {"temperature": 0.02},
        {"oil": 0.5},
    )


CANDIDATES = "temperature [degC],gas,batch\n100,Ar,a\n150,N2,b\n\n200,Ar,c\n150,N2,d\n"


def test_only_a_pasted_list_can_be_made(empty: Program) -> None:
    fields = _blank(
        **{"parameters.1.name": "gas", "parameters.1.kind": "categorical", "parameters.1.values": "Ar, N2"},
        list=CANDIDATES,
    )
    looked = _send(empty, "look", fields)
    assert "4 candidates" in looked.text
    assert _send(empty, "begin", _fields(looked.text)).status_code == 303
    campaign = _only(empty)
    space = campaign.space
    assert space.candidates is not None
    # 100 degC, in the parameter's own unit.
    assert space.candidates.rows[:, 0].tolist() == pytest.approx([373.15, 423.15, 473.15, 423.15])
    for each in campaign.experiments:
        assert float(each.point["temperature"]) == pytest.approx(373.15) or each.point["temperature"] > 400  # type: ignore[operator]


def test_an_uploaded_list_proposes_the_parameters(empty: Program) -> None:
    rows = "".join(f"{300 + 10 * i},{('Ar', 'N2')[i % 2]},name-{i}\n" for i in range(60))
    upload = {"list_file": ("pool.csv", f"temperature [K],gas,label\n{rows}".encode(), "text/csv")}
    blank = _blank(**{f"parameters.0.{field}": "" for field in ("name", "low", "high", "unit")})
    answer = empty.ask("POST", "/campaigns/new", data={**blank, "do": "take:list"}, files=upload)
    assert answer.status_code == 200, answer.text
    fields = _fields(answer.text)
    assert [fields[f"parameters.{i}.name"] for i in range(2)] == ["temperature", "gas"]
    assert (fields["parameters.0.low"], fields["parameters.0.high"], fields["parameters.0.unit"]) == ("300", "890", "K")
    assert "parameters.2.name" not in fields
    assert "pool.csv" in answer.text
    # Nothing is lost on the way to the campaign, though the file is not sent again.
    assert "60 candidates" in _send(empty, "look", fields).text


def test_an_uploaded_table_describes_the_words(empty: Program) -> None:
    upload = {"parameters.1.file": ("solvents.csv", POLARITY.encode(), "text/csv")}
    answer = empty.ask("POST", "/campaigns/new", data={**_blank(**WORDS), "do": "take:parameters"}, files=upload)
    fields = _fields(answer.text)
    assert fields["parameters.1.descriptors"].splitlines()[1].split("\t") == ["oil", "1", "200"]
    assert _send(empty, "begin", fields).status_code == 303
    assert _only(empty).space.parameters[1].descriptors["polarity"] == (10.0, 6.5, 1.0)  # type: ignore[union-attr]


def test_samples_that_were_made_are_the_candidates(furnace: Program) -> None:
    fields = _fields(furnace.get("/campaigns/new?" + urlencode({"q": QUESTION})).text)
    fields |= {"name": "As made", "list_q": QUESTION}
    looked = _send(furnace, "look", fields)
    assert "4 candidates" in looked.text
    assert _send(furnace, "begin", fields).status_code == 303
    space = _only(furnace).space
    assert space.candidates is not None
    assert sorted(space.candidates.rows[:, space.names.index("temperature")].tolist()) == [900, 1000, 1100, 1100]


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"list": "temperature [K],gas\n310,Ar\n900,Ar\n"}, "list", "row 3, column temperature"),
        ({"list": "temperature\n310\nwarm\n"}, "list", "row 3, column temperature"),
        ({"list": "heat,gas\n310,Ar\n"}, "list", "no column for temperature"),
        ({"list": "temperature,gas\n,Ar\n"}, "list", "row 2, column temperature: the cell is empty"),
        ({"list": "temperature,temperature [K]\n310,310\n"}, "list", "Two columns are called temperature"),
        ({"list": "temperature,x\n310,1\n", "list_q": QUESTION}, "list_q", "both given"),
        ({"list_q": "kind = = 3"}, "list_q", "kind"),
        ({**WORDS, "parameters.1.descriptors": "s,p\nwater,1\nethanol,2\n"}, "parameters.1.descriptors", "no row for"),
        ({**WORDS, "parameters.1.descriptors": "s,p\nwater,1\nethanol,x\n"}, "parameters.1.descriptors", "row 3"),
        ({**WORDS, "parameters.1.descriptors": "s,p\nwater,1\nwater,2\noil,3\n"}, "parameters.1.descriptors", "twice"),
        ({**WORDS, "parameters.1.level_cost": "ethanol"}, "parameters.1.level_cost", "no number for a level"),
        ({**WORDS, "parameters.1.level_cost": "ethanol = 2"}, "cost_fixed", "every experiment takes is missing"),
        ({"parameters.0.cost": "-1", "cost_fixed": "1"}, "parameters.0.cost", "negative"),
        ({"cost_fixed": "0"}, "cost_fixed", "not positive"),
        ({"parameters.0.resolution": "fine"}, "parameters.0.resolution", "is no number"),
        (
            {"way": "weighted", "outcomes.1.name": "b", "outcomes.1.goal": "maximise", "outcomes.0.scale_low": "1"},
            "outcomes.0.scale_high",
            "between which values",
        ),
        (
            {
                "way": "weighted", "outcomes.1.name": "b", "outcomes.1.goal": "maximise", "outcomes.0.scale_low": "1",
                "outcomes.0.scale_high": "2", "outcomes.1.scale_low": "1", "outcomes.1.scale_high": "2",
                "outcomes.0.weight": "-2",
            },
            "outcomes.0.weight",
            "not more than 0",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_is_wrong_with_tables_and_costs_is_named_by_field_and_row(
    empty: Program, changes: dict[str, str], place: str, said: str, language: str
) -> None:
    answer = _send(empty, "begin", _blank(**changes), language)
    assert answer.status_code == 422, answer.status_code
    box = re.search(rf'<(?:input|textarea) name="{re.escape(place)}"[^>]*>', answer.text)
    assert box is not None
    assert 'aria-invalid="true"' in box[0]
    problem = re.search(
        rf'name="{re.escape(place)}".*?<span class="problem" role="alert">(.*?)</span></label>', answer.text, re.DOTALL
    )
    assert problem is not None
    if language == "en":
        assert said in html.unescape(problem[1])
    else:
        assert 'lang="en"' not in problem[1], problem[1]
    shown = _fields(answer.text)
    for name, value in changes.items():
        if not name.endswith((".kind", ".goal")) and name != "way":
            assert shown[name].strip() == value.strip(), name
