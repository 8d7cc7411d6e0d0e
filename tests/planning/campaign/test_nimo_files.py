"""Campaigns as candidates.csv and proposals.csv, and back."""

from __future__ import annotations

import csv
import io

import pytest

from kiban.errors import InvalidValue
from kiban.planning.campaign import moves, telling
from kiban.planning.campaign.asking import suggest
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.experiment import State
from kiban.planning.campaign.nimo_definition import candidate_file
from kiban.planning.campaign.nimo_files import candidates_csv, proposals_csv
from kiban.planning.campaign.nimo_reading import read_back
from kiban.planning.campaign.telling import past_experiment
from kiban.planning.space.parameter import Categorical

from .examples import SAID, campaign, strength

# As NIMO's guide has it: two descriptions, one objective, two experiments done.
NIMO = "x1,x2 [degC],y\n0,300,\n0.5,300,1.25\n1,300,\n0,400,-3\n0.5,400,\n1,400,nan\n"


def begun(text: str = NIMO, **said) -> Campaign:
    """The campaign that a file begins."""
    found = candidate_file(text, name="Alloys", **said)
    made = campaign_of(found.definition)
    return telling.bring_in(made, [past_experiment(made, **each) for each in found.past], **SAID)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_a_file_of_candidates_is_a_campaign_with_what_was_done() -> None:
    made = begun()
    assert made.space.names == ("x1", "x2")
    assert made.space.parameter("x2").unit == "degC"
    assert made.objective.outcomes == {"y": ""}
    assert len(made.space.candidates) == 6
    assert [(dict(each.point), each.outcomes[0].value.value, each.rests_on) for each in made.experiments] == [
        ({"x1": 0.5, "x2": 300.0}, 1.25, "candidates.csv, row 3"),
        ({"x1": 0.0, "x2": 400.0}, -3.0, "candidates.csv, row 5"),
    ]


def test_what_was_read_is_written_again() -> None:
    assert rows(candidates_csv(begun())) == [
        ["x1", "x2 [degC]", "y"],
        ["0", "300", ""],
        ["0.5", "300", "1.25"],
        ["1", "300", ""],
        ["0", "400", "-3"],
        ["0.5", "400", ""],
        ["1", "400", ""],
    ]


def test_suggestions_are_proposals_by_their_row_and_their_results_come_back() -> None:
    asked = suggest(begun(), 2, **SAID)
    header, *proposed = rows(proposals_csv(asked))
    assert header == ["actions", "x1", "x2 [degC]"]
    table = rows(candidates_csv(asked))
    for row in proposed:
        assert table[int(row[0]) + 1][:2] == row[1:]
        assert table[int(row[0]) + 1][2] == ""
        table[int(row[0]) + 1][2] = str(10 + int(row[0]))
    text = "\n".join(",".join(row) for row in table)
    after = read_back(asked, text, source="candidates.csv", **SAID)
    assert sorted(after.numbers) == [3, 4]
    assert [each.state for each in after.campaign.experiments] == [State.COMPLETED] * 4
    assert {each.outcomes[0].value.value for each in after.campaign.experiments[2:]} == {
        10.0 + int(row[0]) for row in proposed
    }
    # The same file again says nothing new.
    assert read_back(after.campaign, text, source="candidates.csv", **SAID).numbers == ()
    assert rows(proposals_csv(after.campaign)) == [header]


def test_results_that_nobody_meant_are_brought_in_and_contradictions_refused() -> None:
    made = begun()
    after = read_back(made, NIMO.replace("1,300,\n", "1,300,7\n"), source="candidates.csv", **SAID)
    assert after.numbers == (3,)
    assert after.campaign.experiments[-1].rests_on == "candidates.csv, row 4"
    with pytest.raises(InvalidValue, match="row 3 says something else than experiment 1, which is completed"):
        read_back(made, NIMO.replace("1.25", "1.26"), source="candidates.csv", **SAID)


def test_results_in_another_unit_are_converted() -> None:
    made = begun("x,y [GPa]\n1,\n2,\n")
    after = read_back(made, "x,y [MPa]\n1,250\n2,\n", source="candidates.csv", **SAID)
    assert after.campaign.experiments[0].outcomes[0].value.value == pytest.approx(0.25)


def test_proposals_of_another_program_become_experiments() -> None:
    made = suggest(begun(), 1, **SAID)
    (suggested,) = made.of_state(State.SUGGESTED)
    _, row = rows(proposals_csv(made))
    other = next(str(i) for i in (0, 2, 4, 5) if str(i) != row[0])
    points = rows(candidates_csv(made))
    text = f"actions,x1,x2\n{','.join(row)}\n{other}.0,{','.join(points[int(other) + 1][:2])}\n"
    after = read_back(made, text, source="proposals.csv", **SAID)
    assert after.numbers == (suggested.number, suggested.number + 1)
    assert [each.state for each in after.campaign.experiments[2:]] == [State.PENDING] * 2
    assert read_back(after.campaign, text, source="proposals.csv", **SAID).numbers == ()
    with pytest.raises(InvalidValue, match="row 2: the action 5 is not the candidate"):
        read_back(made, "actions,x1,x2\n5,0,300\n", source="proposals.csv", **SAID)


def test_a_campaign_without_a_list_is_written_with_levels_as_columns() -> None:
    made = campaign()
    made = moves.add(made, {"temperature": 350, "solvent": "ethanol"}, **SAID)
    made = moves.add(made, {"temperature": 400, "solvent": "water"}, **SAID)
    made = telling.tell(made, 1, [strength(0.5, "GPa")], **SAID)
    text = candidates_csv(made)
    levels = [f"solvent={each}" for each in ("water", "ethanol", "acetone")]
    assert rows(text) == [
        ["temperature [K]", *levels, "strength [MPa]"],
        ["350", "0", "1", "0", "500"],
        ["400", "1", "0", "0", ""],
    ]
    assert rows(proposals_csv(made))[1] == ["1", "400", "1", "0", "0"]
    after = read_back(made, text.replace("0,0,\n", "0,0,640\n"), source="candidates.csv", **SAID)
    assert after.numbers == (2,)
    assert after.campaign.experiment(2).outcomes[0].value.value == 640.0
    with pytest.raises(InvalidValue, match="row 3: 2 levels of solvent are set"):
        read_back(made, text.replace("400,1,0,0,", "400,1,1,0,9"), source="candidates.csv", **SAID)


def test_repetitions_count_by_their_mean() -> None:
    made = moves.add(campaign(), {"temperature": 350, "solvent": "ethanol"}, **SAID)
    made = telling.tell(made, 1, [strength(400.0)], **SAID)
    made = moves.replicate(made, 1, 1, **SAID)
    made = telling.tell(made, 2, [strength(500.0)], **SAID)
    assert rows(candidates_csv(made))[1][-1] == "450"
    assert read_back(made, candidates_csv(made), source="candidates.csv", **SAID).numbers == ()


def test_several_objectives_may_be_filled_in_one_by_one() -> None:
    made = begun("x,a,b\n1,2,\n2,,\n", n_objectives=2, minimised=["b"])
    assert [target.goal.value for target in made.objective.targets] == ["maximise", "minimise"]
    assert candidates_csv(made) == "x,a,b\n1,2,\n2,,\n"


def test_texts_are_levels() -> None:
    made = begun("gas,t,y\nAr,1,\nN2,1,3\nAr,2,\n")
    parameter = made.space.parameter("gas")
    assert isinstance(parameter, Categorical)
    assert parameter.levels == ("Ar", "N2")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "has 0 rows"),
        ("x,y\n", "has 1 rows"),
        ("x,y\n1,2\n1\n", "row 3 has 1 cells, the header 2"),
        ("x,y\n1,2\n,3\n", "row 3 has no x"),
        ("x,y\n1,much\n", "row 2, column y: 'much' is no number"),
        ("x,y\n1,inf\n", "row 2, column y: 'inf' is no number"),
        ("y\n1\n", "has 1 columns, 1 of them objectives"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, fault: str) -> None:
    with pytest.raises(InvalidValue, match=fault):
        candidate_file(text, name="Alloys")


def test_an_objective_that_is_not_there_cannot_be_minimised() -> None:
    with pytest.raises(InvalidValue, match="no objective 'z'"):
        candidate_file(NIMO, name="Alloys", minimised=["z"])


def test_what_is_hidden_is_neither_told_nor_named() -> None:
    made = begun()
    after = read_back(made, NIMO.replace("1.25", "9"), source="other.csv", hidden=[1], **SAID)
    assert after.numbers == (3,)
    assert after.campaign.experiment(1) == made.experiment(1)
