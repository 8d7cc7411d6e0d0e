"""Results told by files, and campaigns that go on by themselves after them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kiban.errors import Conflict, IllegalMove, InvalidValue, MissingExtra, RecordNotFound
from kiban.laboratory.contract import ResultFile
from kiban.operations.campaign_experiments import move_experiments, suggest_experiments, tell_failure, tell_result
from kiban.operations.campaigns import change_campaign, new_campaign, set_course
from kiban.operations.resources import Resources
from kiban.operations.show_campaign import show_campaign
from kiban.operations.tell_file import tell_by_file
from kiban.planning.campaign.campaign import Campaign
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.document import campaign_from_json, campaign_to_json, limits_from_json
from kiban.planning.campaign.experiment import Move, State
from kiban.planning.campaign.limits import Limits
from kiban.records.party import Asker

GLUE: dict[str, Any] = {
    "name": "Strong glue",
    "space": {
        "parameters": [{"kind": "discrete", "name": "temperature", "values": [300, 350, 400, 450, 500], "unit": "K"}]
    },
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
    "engine": "random",
    "limits": {"ahead": 2},
}


def _file(value: float, name: str = "run.csv") -> ResultFile:
    return ResultFile(name=name, content=f"hardness [MPa],hardness standard uncertainty\n{1000 * value},30\n".encode())


def _begun(asker: Asker, resources: Resources, **changes: Any) -> str:
    pid = new_campaign(asker, resources, campaign_of({**GLUE, **changes})).pid
    suggest_experiments(asker, resources, pid, 2)
    return pid


def _now(asker: Asker, resources: Resources, pid: str) -> Campaign:
    return show_campaign(asker, resources, pid).campaign


def _open(campaign: Campaign) -> list[int]:
    return [each.number for each in campaign.experiments if each.is_open]


def test_a_file_becomes_a_value_with_its_measurement(asker: Asker, resources: Resources) -> None:
    pid = _begun(asker, resources)
    tell_by_file(asker, resources, pid, 1, _file(1.5), note="warm")
    told = _now(asker, resources, pid).experiment(1)
    assert told.state is State.COMPLETED
    (outcome,) = told.outcomes
    assert outcome.value.value == pytest.approx(1.5)
    assert outcome.value.uncertainty is not None
    assert outcome.value.uncertainty.standard == pytest.approx(0.03)
    assert outcome.evidence.startswith("kb:")
    assert told.turns[-1].note == "warm"


def test_what_is_typed_goes_before_what_the_file_says(asker: Asker, resources: Resources) -> None:
    pid = _begun(asker, resources)
    tell_by_file(asker, resources, pid, 1, _file(1.5), values={"hardness": "2 GPa"})
    assert _now(asker, resources, pid).experiment(1).outcomes[0].value.value == 2


def test_the_file_of_another_experiment_is_refused_before_anything_is_kept(asker: Asker, resources: Resources) -> None:
    pid = _begun(asker, resources)
    tell_by_file(asker, resources, pid, 1, _file(1.5))
    n_before = len(resources.catalog.files(resources.visible(asker)))
    with pytest.raises(InvalidValue, match="experiment 1 rests on already"):
        tell_by_file(asker, resources, pid, 2, _file(1.5, "other.csv"))
    assert len(resources.catalog.files(resources.visible(asker))) == n_before
    assert _now(asker, resources, pid).experiment(2).state is State.SUGGESTED


def test_nothing_is_kept_where_no_result_is_expected(asker: Asker, resources: Resources) -> None:
    pid = _begun(asker, resources)
    move_experiments(asker, resources, pid, Move.REFUSE, [1])
    with pytest.raises(IllegalMove, match="no file is expected"):
        tell_by_file(asker, resources, pid, 1, _file(1.5))
    with pytest.raises(Conflict):
        tell_by_file(asker, resources, pid, 2, _file(1.5), expected=1)
    with pytest.raises(InvalidValue, match="no experiment 99"):
        tell_by_file(asker, resources, pid, 99, _file(1.5))
    with pytest.raises(RecordNotFound):
        tell_by_file(asker, resources, "kb:0000-0000-00", 1, _file(1.5))
    assert resources.catalog.files(resources.visible(asker)) == ()


def test_results_failures_and_refusals_are_followed_by_suggestions(asker: Asker, resources: Resources) -> None:
    pid = _begun(asker, resources)
    tell_result(asker, resources, pid, 1, values={"hardness": 1.5})
    assert _open(_now(asker, resources, pid)) == [2, 3]
    tell_failure(asker, resources, pid, 2)
    assert _open(_now(asker, resources, pid)) == [3, 4]
    move_experiments(asker, resources, pid, Move.REFUSE, [3])
    assert _open(_now(asker, resources, pid)) == [4, 5]
    # Five points there are, all of them were suggested: what is told is kept, and nothing comes after it.
    tell_result(asker, resources, pid, 4, values={"hardness": 1.5})
    assert _open(_now(asker, resources, pid)) == [5]


def test_nothing_is_suggested_while_it_is_paused_or_a_limit_is_spent(asker: Asker, resources: Resources) -> None:
    pid = _begun(asker, resources)
    set_course(asker, resources, pid, "pause")
    tell_result(asker, resources, pid, 1, values={"hardness": 1.5})
    assert _open(_now(asker, resources, pid)) == [2]
    set_course(asker, resources, pid, "resume")
    limits = replace(_now(asker, resources, pid).limits, experiments=2)
    change_campaign(asker, resources, pid, {"limits": limits})
    tell_result(asker, resources, pid, 2, values={"hardness": 1.5})
    assert _now(asker, resources, pid).counts[State.COMPLETED] == 2


def test_without_ahead_people_ask(asker: Asker, resources: Resources) -> None:
    pid = _begun(asker, resources, limits={})
    tell_result(asker, resources, pid, 1, values={"hardness": 1.5})
    assert _open(_now(asker, resources, pid)) == [2]


def test_ahead_is_a_whole_number_and_survives_the_trip() -> None:
    with pytest.raises(InvalidValue, match="to be kept ahead"):
        Limits(ahead=0)
    with pytest.raises(InvalidValue, match="to be kept ahead"):
        limits_from_json({"ahead": 101})
    campaign = campaign_of(GLUE)
    assert campaign_from_json(campaign_to_json(campaign)) == campaign
    # Documents of before say nothing of it.
    assert "ahead" not in campaign_to_json(campaign_of({**GLUE, "limits": {}}))["limits"]


def test_an_engine_that_is_not_there_does_not_keep_a_result_from_being_told(
    asker: Asker, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = _begun(asker, resources)

    def lacks(*_: object, **__: object) -> Campaign:
        raise MissingExtra("The engine", extra="baybe")

    monkeypatch.setattr("kiban.planning.campaign.asking.suggest", lacks)
    tell_result(asker, resources, pid, 1, values={"hardness": 1.5})
    assert _now(asker, resources, pid).experiment(1).state is State.COMPLETED
    with pytest.raises(MissingExtra):
        suggest_experiments(asker, resources, pid, 1)
