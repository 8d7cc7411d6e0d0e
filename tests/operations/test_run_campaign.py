"""Campaigns that run by themselves: what is given to the laboratory once, whatever happens in between."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiban.errors import Conflict, DatabaseUnavailable, IllegalMove, InvalidValue, NotReached
from kiban.laboratory.contract import Failure, Result, ResultFile, Standing, Submission
from kiban.laboratory.virtual import DRIVER
from kiban.operations import run_campaign as module
from kiban.operations.campaign_experiments import add_experiment, move_experiments, suggest_experiments, tell_result
from kiban.operations.campaigns import change_campaign, new_campaign, set_course
from kiban.operations.find import find
from kiban.operations.provenance import provenance
from kiban.operations.resources import Resources
from kiban.operations.run_campaign import Deed, RunTerms, Step, run_campaign
from kiban.operations.show import show
from kiban.operations.show_campaign import show_campaign
from kiban.operations.stop_button import StopButton, Wish
from kiban.operations.table import table
from kiban.planning.campaign.campaign import Campaign, Stage
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.experiment import Move, State
from kiban.quantity.measured import Measured
from kiban.records.party import Asker
from kiban.records.provenance import Direction

TERMS = RunTerms(laboratory="virtual", poll_s=0.01)
DEFINITION: dict[str, Any] = {
    "name": "Strong glue",
    "engine": "random",
    "seed": 7,
    "space": {
        "parameters": [
            {"kind": "continuous", "name": "temperature", "low": 300, "high": 600, "unit": "K"},
            {"kind": "categorical", "name": "solvent", "levels": ["water", "ethanol"]},
        ]
    },
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
    "limits": {"experiments": 6},
}
SETTINGS: dict[str, Any] = {
    "folder": "lab",
    "formulas": {"hardness": "2 - ((temperature - 480) / 100) ** 2 + solvent"},
    "levels": {"solvent": {"water": 0.5, "ethanol": 0}},
    "noise": {"hardness": 0.05},
}


class Bench:
    """A campaign, and laboratories for it."""

    def __init__(self, asker: Asker, resources: Resources, folder: Path) -> None:
        self.asker, self.resources, self.folder = asker, resources, folder
        self.pid = ""

    def begin(self, **changes: Any) -> None:
        self.pid = new_campaign(self.asker, self.resources, campaign_of({**DEFINITION, **changes})).pid

    def virtual(self, **changes: Any) -> Any:
        return DRIVER.connect({**SETTINGS, **changes}, folder=self.folder)

    def run(self, laboratory: Any, terms: RunTerms = TERMS, **said: Any) -> list[Step]:
        return list(run_campaign(self.asker, self.resources, self.pid, laboratory, terms, **said))

    @property
    def campaign(self) -> Campaign:
        return show_campaign(self.asker, self.resources, self.pid).campaign

    @property
    def submitted(self) -> list[str]:
        found = sorted((self.folder / "lab" / "submitted").glob("*.json"))
        return [path.name.removeprefix(self.pid.removeprefix("kb:")).removesuffix(".json") for path in found]


@pytest.fixture(name="bench")
def _bench(asker: Asker, resources: Resources, tmp_path: Path) -> Bench:
    bench = Bench(asker, resources, tmp_path)
    bench.begin()
    return bench


def _state(campaign: Campaign) -> Any:
    """All of a campaign but when, and by which identifiers."""
    return [
        replace(
            each,
            turns=tuple(replace(turn, at="") for turn in each.turns),
            outcomes=tuple(replace(outcome, evidence="") for outcome in each.outcomes),
        )
        for each in campaign.experiments
    ]


def test_the_loop_closes_through_the_whole_platform(bench: Bench) -> None:
    steps = bench.run(bench.virtual())
    ending = steps[-1].ending
    assert ending is not None
    assert (ending.why, ending.words) == ("spent", "experiments")
    assert [step.deed for step in steps[:3]] == [Deed.SUGGESTED, Deed.GIVEN, Deed.COMPLETED]
    campaign = bench.campaign
    assert [each.state for each in campaign.experiments] == [State.COMPLETED] * 6
    assert bench.submitted == [f"-{number}-1" for number in range(1, 7)]
    last = campaign.experiments[-1]
    # file -> measurement -> property: the value is that of the property, which rests on the record made of the file.
    measured = show(bench.asker, bench.resources, last.outcomes[0].evidence)
    visible = bench.resources.visible(bench.asker)
    [fact] = bench.resources.catalog.facts(visible, evidence=[measured.record.id])
    assert fact.property.term == "hardness"
    assert fact.property.value == last.outcomes[0].value
    assert fact.property.value.uncertainty is not None
    assert fact.property.value.uncertainty.standard == 0.05
    assert measured.record.document["values"]["temperature"]["value"] == last.point["temperature"]
    # -> table: what was set stands beside what came out.
    drawn = table(bench.asker, bench.resources, 'kind = "sample"')
    place = [column.name for column in drawn.columns].index("hardness")
    assert sorted(row[place] for row in drawn.rows) == sorted(e.outcomes[0].value.value for e in campaign.experiments)  # type: ignore[type-var]
    # The campaign rests on each measurement, and each on its file.
    behind = provenance(bench.asker, bench.resources, bench.pid, direction=Direction.BACK)
    assert {e.outcomes[0].evidence for e in campaign.experiments} <= {
        step.record.pid for step in behind.steps if step.record is not None
    }


def test_what_is_found_open_is_done_first_and_what_people_began_is_left(bench: Bench) -> None:
    for temperature in (310, 320):
        add_experiment(bench.asker, bench.resources, bench.pid, {"temperature": temperature, "solvent": "water"})
    move_experiments(bench.asker, bench.resources, bench.pid, Move.START, [1])
    steps = bench.run(bench.virtual(), replace(TERMS, limit=3))
    assert steps[-1].ending is not None
    assert steps[-1].ending.why == "limit"
    assert [step.number for step in steps if step.deed is Deed.GIVEN] == [2, 3]
    assert [each.state for each in bench.campaign.experiments] == [State.RUNNING, State.COMPLETED, State.COMPLETED]
    assert bench.campaign.experiment(1).laboratory == ""


def test_failures_are_learnt_and_troubles_tried_again(bench: Bench) -> None:
    steps = bench.run(bench.virtual(failures=0.3, troubles=0.3, seed=5, hours=2, cost=3))
    deeds = [step.deed for step in steps]
    assert {Deed.RETRIED, Deed.FAILED, Deed.COMPLETED} <= set(deeds)
    failed = bench.campaign.of_state(State.FAILED)
    assert failed[0].turns[-1].note == "The virtual sample cracked."
    assert all((each.cost, each.hours) == (3.0, 2.0) for each in bench.campaign.experiments if not each.is_open)
    retried = next(step for step in steps if step.deed is Deed.RETRIED)
    assert retried.reason == "The virtual robot dropped the sample."
    assert retried.number is not None
    assert bench.campaign.experiment(retried.number).n_attempts == 2


def test_a_laboratory_in_which_nothing_works_ends_the_run(bench: Bench) -> None:
    steps = bench.run(bench.virtual(troubles=1.0))
    assert steps[-1].ending is not None
    assert steps[-1].ending.why == "trouble"
    assert [each.state for each in bench.campaign.experiments] == [State.ABANDONED] * 3
    assert len(bench.submitted) == 6


def test_a_run_ends_when_it_is_good_enough_or_does_not_get_better(bench: Bench) -> None:
    bench.begin(limits={"experiments": 50, "enough": {"hardness": 1.5}})
    assert bench.run(bench.virtual())[-1].ending.why == "enough"  # type: ignore[union-attr]
    bench.begin(limits={"experiments": 50, "patience": 4})
    assert bench.run(bench.virtual())[-1].ending.why == "no_gain"  # type: ignore[union-attr]
    bench.begin(
        limits={"cost": 100.0},
        objective={**DEFINITION["objective"], "cost": {"fixed": 10.0}},
    )
    # What it really cost counts: four times thirty is more than a hundred, and nothing more is begun.
    ending = bench.run(bench.virtual(cost=30))[-1].ending
    assert ending is not None
    assert (ending.why, ending.words) == ("spent", "cost")
    assert len(bench.campaign.experiments) == 4


def test_a_run_that_would_never_end_is_not_begun(bench: Bench) -> None:
    for limits in ({}, {"cost": 100.0}, {"hours": 5.0}):
        bench.begin(limits=limits)
        with pytest.raises(InvalidValue, match="would never end"):
            bench.run(bench.virtual())
    with pytest.raises(InvalidValue, match="The limit of the run is 0"):
        RunTerms(laboratory="virtual", limit=0)


class Killed(BaseException):
    """As kill -9 between two instructions, for what is in memory alone."""


def test_killed_before_and_after_every_step_it_comes_out_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call that leaves the process is a place to die at: before it, and after it."""
    nature = {"failures": 0.2, "troubles": 0.25, "seed": 5}
    bench.run(bench.virtual(folder="unharmed", **nature))
    unharmed = _state(bench.campaign)
    bench.begin()

    left = 0
    n_killed = 0

    def deadly(deed: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            for is_before in (True, False):
                left -= 1
                if left == 0:
                    raise Killed
                if is_before:
                    answer = deed(*args, **kwargs)
            return answer

        return call

    for name in (
        "suggest_experiments",
        "move_campaign",
        "move_experiments",
        "tell_result",
        "tell_failure",
        "outcomes_of_file",
    ):
        monkeypatch.setattr(module, name, deadly(getattr(module, name)))
    for deaths in range(1, 1000):
        laboratory = bench.virtual(**nature)
        laboratory.submit = deadly(laboratory.submit)
        left = 1 + deaths % 6
        try:
            steps = bench.run(laboratory)
        except Killed:
            n_killed += 1
            continue
        assert steps[-1].deed is Deed.ENDED
        break
    assert n_killed > 20
    assert _state(bench.campaign) == unharmed
    n_attempts = sum(each.n_attempts for each in bench.campaign.experiments)
    assert len(bench.submitted) == n_attempts


def test_several_runs_at_once_do_nothing_twice(bench: Bench) -> None:
    bench.run(bench.virtual(folder="alone"))
    alone = _state(bench.campaign)
    bench.begin()
    results: list[list[Step]] = []
    threads = [threading.Thread(target=lambda: results.append(bench.run(bench.virtual()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == 4
    assert _state(bench.campaign) == alone
    assert len(bench.submitted) == 6


def test_several_at_once_fill_the_laboratory_and_not_more(bench: Bench) -> None:
    bench.begin(limits={"experiments": 9})
    n_most = 0

    class Counting:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> Any:
            nonlocal n_most
            n_most = max(n_most, len(bench.campaign.of_state(State.RUNNING)))
            return getattr(self.inner, name)

    bench.run(Counting(bench.virtual(delay_s=[0.05, 0.3])), replace(TERMS, at_once=3))
    assert n_most == 3
    assert [each.state for each in bench.campaign.experiments] == [State.COMPLETED] * 9
    assert len(bench.submitted) == 9


@pytest.mark.parametrize(("how", "state"), [("stop", State.ABANDONED), ("pause", State.COMPLETED)])
def test_stopped_from_anywhere_it_begins_nothing_more(bench: Bench, how: str, state: State) -> None:
    laboratory = bench.virtual(delay_s=[1.5, 1.5])
    steps: list[Step] = []
    for step in run_campaign(bench.asker, bench.resources, bench.pid, laboratory, TERMS):
        steps.append(step)
        if step.deed is Deed.GIVEN:
            deed = threading.Timer(0.3, lambda: set_course(bench.asker, bench.resources, bench.pid, how, note="smoke"))
            deed.start()
    assert steps[-1].ending is not None
    assert (steps[-1].ending.why, steps[-1].ending.words) == ("stopped", "paused")
    assert [each.state for each in bench.campaign.experiments] == [state]
    with pytest.raises(IllegalMove, match="is paused"):
        bench.run(laboratory)
    set_course(bench.asker, bench.resources, bench.pid, "resume")
    bench.run(bench.virtual(), replace(TERMS, limit=2))
    assert len(bench.campaign.of_state(State.COMPLETED)) == 2


def test_the_button_reaches_the_laboratory_while_the_run_is_busy(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A suggestion takes as long as it takes; here it ends only when the laboratory was told to break off."""
    laboratory = bench.virtual(delay_s=[60, 60])
    is_broken_off = threading.Event()
    cancel = laboratory.cancel

    def noting(identity: str) -> None:
        cancel(identity)
        is_broken_off.set()

    laboratory.cancel = noting
    n_asked = 0

    def slow(*args: Any, **kwargs: Any) -> Any:
        nonlocal n_asked
        n_asked += 1
        if n_asked == 2:
            set_course(bench.asker, bench.resources, bench.pid, "stop")
            assert is_broken_off.wait(30)
        return suggest_experiments(*args, **kwargs)

    monkeypatch.setattr(module, "suggest_experiments", slow)
    steps = bench.run(laboratory, replace(TERMS, at_once=2))
    assert n_asked == 2
    # What was decided before the button was pressed is not done after it.
    assert [step.deed for step in steps] == [Deed.SUGGESTED, Deed.GIVEN, Deed.ABANDONED, Deed.ENDED]
    assert len(bench.submitted) == 1


def test_stopped_while_nobody_runs_the_next_run_breaks_off(bench: Bench) -> None:
    slow = bench.virtual(delay_s=[60, 60])
    for step in run_campaign(bench.asker, bench.resources, bench.pid, slow, TERMS):
        if step.deed is Deed.GIVEN:
            break
    else:
        raise AssertionError
    slow.submit(_given(bench))
    set_course(bench.asker, bench.resources, bench.pid, "stop")
    steps = bench.run(slow)
    assert [step.deed for step in steps] == [Deed.ABANDONED, Deed.ENDED]
    assert slow.status(steps[0].identity) is Standing.CANCELLED


def _given(bench: Bench) -> Submission:
    shown = show_campaign(bench.asker, bench.resources, bench.pid)
    return module._submission(shown.record, shown.campaign, shown.campaign.experiment(1))


@pytest.mark.parametrize(
    ("wish", "state", "why"),
    [
        (Wish.FINISH, State.COMPLETED, "stopped"),
        (Wish.BREAK_OFF, State.ABANDONED, "stopped"),
        (Wish.LEAVE, State.RUNNING, "left"),
    ],
)
def test_the_button_at_the_run(bench: Bench, wish: Wish, state: State, why: str) -> None:
    buttons: list[StopButton] = []
    laboratory = bench.virtual(delay_s=[0.8, 0.8])
    for step in run_campaign(bench.asker, bench.resources, bench.pid, laboratory, TERMS, pressed=buttons.append):
        if step.deed is Deed.GIVEN:
            threading.Timer(0.2, lambda: buttons[0].press(wish)).start()
        last = step
    assert last.ending is not None
    assert last.ending.why == why
    assert (bench.campaign.stage, [each.state for each in bench.campaign.experiments]) == (Stage.ACTIVE, [state])
    # The next run finds what was left.
    steps = bench.run(laboratory, replace(TERMS, limit=1))
    assert (Deed.FOUND in {step.deed for step in steps}) == (wish is Wish.LEAVE)
    assert len(bench.submitted) == (2 if wish is Wish.BREAK_OFF else 1)


class Scripted:
    """A laboratory that answers as it was told."""

    def __init__(self, *results: Result | Exception) -> None:
        self.results = list(results)
        self.given: list[Submission] = []

    def submit(self, submission: Submission) -> None:
        self.given.append(submission)

    def status(self, identity: str) -> Standing:
        return Standing.DONE if any(each.identity == identity for each in self.given) else Standing.UNKNOWN

    def result(self, identity: str) -> Result:
        answer = self.results.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def cancel(self, identity: str) -> None: ...


ONE = replace(TERMS, limit=1)
GOOD = Result(values={"hardness": Measured(2500.0, "MPa")}, note="by hand")


def test_values_are_told_in_the_unit_of_the_campaign(bench: Bench) -> None:
    bench.run(Scripted(GOOD), ONE)
    [outcome] = bench.campaign.experiment(1).outcomes
    assert outcome.value.value == pytest.approx(2.5)
    assert (outcome.value.unit, outcome.evidence) == ("GPa", "")


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Result(values={"strength": Measured(1.0, "GPa")}), "no outcome 'strength'"),
        (Result(values={"hardness": Measured(1.0, "s")}), "GPa"),
        (Result(file=ResultFile(name="a.csv", content=b"hardness (s)\n2\n")), "measured in"),
        (Result(file=ResultFile(name="a.csv", content=b"hardness (GPa)\n2\n3\n")), "has 2 rows"),
        (Result(file=ResultFile(name="a.csv", content=b"hardness (GPa)\nhard\n")), "hard"),
        (Result(file=ResultFile(name="a.csv", content=b"hardness (GPa)\n\n")), "rows|hardness"),
        (Result(file=ResultFile(name="a.bin", content=b"\x00\x01")), "nothing could be measured"),
        (InvalidValue("a.json is no JSON.", mend="Write it again."), "is no JSON"),
    ],
)
def test_what_is_no_result_ends_the_run_and_leaves_the_experiment_running(
    bench: Bench, result: Result | Exception, said: str
) -> None:
    with pytest.raises(InvalidValue, match=rf"^Experiment 1 \(.*({said})"):
        bench.run(Scripted(result), ONE)
    assert bench.campaign.experiment(1).state is State.RUNNING
    # The next run asks again; a person may also tell what came out.
    laboratory = Scripted(result, GOOD)
    laboratory.given.append(_given(bench))
    with pytest.raises(InvalidValue):
        bench.run(laboratory, ONE)
    bench.run(laboratory, ONE)
    assert bench.campaign.experiment(1).state is State.COMPLETED


def test_a_file_of_an_instrument_is_deposited_and_analysed(bench: Bench) -> None:
    bench.begin(objective={"targets": [{"name": "discharge_capacity", "unit": "mA*h"}]})
    rows = "".join(f"{60 * i},{3.0 + 0.01 * i},0.001\n" for i in range(61))
    rows += "".join(f"{60 * i},{3.6 - 0.01 * (i - 61)},-0.001\n" for i in range(61, 91))
    content = f"Test Time / s,Voltage / V,Current / A\n{rows}".encode()
    file = ResultFile(name="cell.csv", content=content)
    steps = bench.run(Scripted(Result(file=file)), replace(ONE, condition={"cycle": "1"}))
    done = bench.campaign.experiment(1)
    assert done.outcomes[0].value.value == pytest.approx(0.5, rel=0.05)
    measured = show(bench.asker, bench.resources, done.outcomes[0].evidence).record
    assert measured.document["technique"] == "galvanostatic_cycling"
    assert steps[-2].evidence == measured.pid


def test_a_table_need_not_say_more_than_what_came_out(bench: Bench) -> None:
    same = Result(file=ResultFile(name="a.csv", content=b"remark;hardness [MPa]\nshiny;2500\n"))
    bench.run(Scripted(same, same), replace(TERMS, limit=2))
    first, second = bench.campaign.experiments
    assert first.outcomes[0].value.in_unit("GPa").value == pytest.approx(2.5)
    # The same bytes of two experiments are two measurements, of two samples.
    assert first.outcomes[0].evidence != second.outcomes[0].evidence
    samples = [show(bench.asker, bench.resources, e.outcomes[0].evidence).record.sample for e in (first, second)]
    assert samples[0] != samples[1]


ALLOY: dict[str, Any] = {
    "parameters": [
        *({"kind": "continuous", "name": x, "low": 0, "high": 100, "unit": "percent"} for x in ("Ti", "Al", "V")),
        {"kind": "continuous", "name": "T", "low": 300, "high": 600, "unit": "K"},
        {"kind": "continuous", "name": "t", "low": 1, "high": 9, "unit": "h"},
        {"kind": "continuous", "name": "焼成時間", "low": 1, "high": 9, "unit": "h"},
        {"kind": "continuous", "name": "Time (first)", "low": 1, "high": 9, "unit": "h"},
    ],
    "constraints": [{"kind": "mixture", "names": ["Ti", "Al", "V"], "total": 100}],
}


def test_parameters_may_be_called_as_people_call_them(bench: Bench) -> None:
    bench.begin(space=ALLOY)
    bench.run(bench.virtual(formulas={"hardness": "Ti / 100 + T / 1000"}), replace(TERMS, limit=2))
    experiments = bench.campaign.experiments
    assert [each.state for each in experiments] == [State.COMPLETED, State.COMPLETED]
    measured = show(bench.asker, bench.resources, experiments[0].outcomes[0].evidence).record
    found = table(bench.asker, bench.resources, 'kind = "sample" AND hardness > 0 GPa', settings=True)
    columns = {column.name.rpartition(".")[2] for column in found.columns}
    assert {"ti", "al", "v", "t", "t_2", "firing_time", "time_first"} <= columns, columns
    assert measured.sample is not None


@pytest.mark.parametrize(
    ("header", "value"), [("Hardness [GPa]", 2.5), ("硬さ（MPa）", 0.0025), ("Hardness / GPa", 2.5), ("HARDNESS", 2.5)]
)
def test_an_outcome_may_be_called_otherwise_in_a_table_of_one_row(bench: Bench, header: str, value: float) -> None:
    file = ResultFile(name="a.csv", content=f"\ufeff試料;{header};備考\r\nS9;2.5;良\r\n".encode())
    bench.run(Scripted(Result(file=file)), replace(TERMS, limit=1))
    [experiment] = bench.campaign.experiments
    assert experiment.outcomes[0].value.in_unit("GPa").value == pytest.approx(value)


@pytest.mark.parametrize("outcome", ["硬さ", "Hardness"])
def test_an_outcome_may_be_called_as_people_call_its_term(bench: Bench, outcome: str) -> None:
    bench.begin(objective={"targets": [{"name": outcome, "unit": "GPa"}]})
    bench.run(bench.virtual(formulas={outcome: "temperature / 100"}, noise={outcome: 0.1}), replace(TERMS, limit=1))
    [experiment] = bench.campaign.experiments
    [told] = experiment.outcomes
    assert told.name == outcome
    assert told.value.uncertainty is not None
    assert told.value.uncertainty.value == pytest.approx(0.1)
    assert find(bench.asker, bench.resources, 'kind = "sample" AND hardness > 0 GPa').total == 1


def test_what_stands_beside_the_outcome_is_in_nobodys_way(bench: Bench) -> None:
    content = (
        b"sample,hardness [GPa],error,Temperature,temperature,Hardness [GPa],density,Vickers hardness (HV)\n"
        b"S9,2.5,0.1,20,300,9,4.5,210\n"
    )
    bench.run(Scripted(Result(file=ResultFile(name="a.csv", content=content))), replace(TERMS, limit=1))
    [experiment] = bench.campaign.experiments
    assert experiment.outcomes[0].value.value == 2.5


def test_an_instrument_computer_behind_folders(bench: Bench) -> None:
    """It takes protocols away, writes slowly, and answers in three ways."""
    from kiban.laboratory.folder import DRIVER as FOLDERS

    out, into = bench.folder / "out", bench.folder / "in"
    out.mkdir()
    into.mkdir()
    laboratory = FOLDERS.connect({"out": "out", "in": "in", "rest_s": 0.3}, folder=bench.folder)
    is_over = threading.Event()

    def answer(path: Path) -> None:
        protocol = json.loads(path.read_text("utf-8"))
        path.unlink()
        identity, n = protocol["identity"], protocol["experiment"]
        if n == 1:
            result = into / f"{identity}.csv"
            for text in ("hardness", "hardness (MPa),remark\n", "hardness (MPa),remark\n1100,shiny\n"):
                result.write_text(text, encoding="utf-8")
                is_over.wait(0.1)
            return
        said = (
            {"failure": {"reason": "It melted."}} if n == 2 else {"values": {"hardness": {"value": 3, "unit": "GPa"}}}
        )
        text = json.dumps({"identity": identity, **said})
        for n_bytes in (5, len(text)):
            (into / f"{identity}.result.json").write_text(text[:n_bytes], encoding="utf-8")
            is_over.wait(0.05)

    def work() -> None:
        while not is_over.wait(0.02):
            for path in out.glob("*.protocol.json"):
                answer(path)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        bench.run(laboratory, RunTerms(laboratory="folder", limit=3, poll_s=0.05))
    finally:
        is_over.set()
        thread.join()
    first, second, third = bench.campaign.experiments
    assert first.outcomes[0].value.in_unit("GPa").value == pytest.approx(1.1)
    assert first.outcomes[0].evidence
    assert (second.state, second.turns[-1].note) == (State.FAILED, "It melted.")
    assert (third.outcomes[0].value.value, third.outcomes[0].evidence) == (3.0, "")
    assert {each.n_attempts for each in bench.campaign.experiments} == {1}


def test_results_go_where_the_campaign_is(bench: Bench) -> None:
    from kiban.operations.placement import Placement
    from kiban.records.scope import Tier

    closed = Placement(tier=Tier.OPEN)
    bench.pid = new_campaign(bench.asker, bench.resources, campaign_of(DEFINITION), placement=closed).pid
    bench.run(bench.virtual(), ONE)
    shown = show_campaign(bench.asker, bench.resources, bench.pid)
    evidence = show(bench.asker, bench.resources, shown.campaign.experiment(1).outcomes[0].evidence)
    assert evidence.record.scope == shown.record.scope


def test_a_laboratory_or_database_that_stays_away_for_a_while_is_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = NotReached("The robot does not answer.", mend="Look at it.")
    steps = bench.run(Scripted(away, GOOD), ONE)
    assert [step.reason for step in steps if step.deed is Deed.WAITED] == ["The robot does not answer."]
    bench.begin()
    monkeypatch.setattr(module, "_MOST_MISSES", 2)
    with pytest.raises(NotReached):
        bench.run(Scripted(away, away, away, GOOD), ONE)
    bench.begin()
    n_calls = 0

    def weak(*args: Any, **kwargs: Any) -> Any:
        nonlocal n_calls
        n_calls += 1
        if n_calls == 1:
            raise DatabaseUnavailable("PostgreSQL does not answer.", mend="Wait.")
        return suggest_experiments(*args, **kwargs)

    monkeypatch.setattr(module, "suggest_experiments", weak)
    assert bench.run(Scripted(GOOD), ONE)[-1].deed is Deed.ENDED


def test_somebody_who_moves_the_campaign_meanwhile_is_not_overrun(bench: Bench) -> None:
    class Telling(Scripted):
        def result(self, identity: str) -> Result:
            tell_result(bench.asker, bench.resources, bench.pid, 1, values={"hardness": 9.0})
            return super().result(identity)

    steps = bench.run(Telling(GOOD), ONE)
    assert bench.campaign.experiment(1).outcomes[0].value.value == 9.0
    assert Deed.COMPLETED not in {step.deed for step in steps}


def test_a_conflict_that_is_not_about_the_campaign_is_told(bench: Bench) -> None:
    taken = Conflict("The name is taken.", mend="Take another.")
    with pytest.raises(Conflict, match="is taken"):
        bench.run(Scripted(*[taken] * 50), ONE)


def test_changed_limits_hold_at_once(bench: Bench) -> None:
    for step in run_campaign(bench.asker, bench.resources, bench.pid, bench.virtual(), TERMS):
        if step.deed is Deed.COMPLETED and step.number == 2:
            limits = replace(bench.campaign.limits, experiments=3)
            change_campaign(bench.asker, bench.resources, bench.pid, {"limits": limits})
    assert len(bench.campaign.experiments) == 3


def test_a_failure_of_the_point_says_why(bench: Bench) -> None:
    steps = bench.run(Scripted(Result(failure=Failure(reason="It melted."), hours=2.0)), ONE)
    assert (steps[-2].deed, steps[-2].reason) == (Deed.FAILED, "It melted.")
    assert (bench.campaign.experiment(1).state, bench.campaign.experiment(1).hours) == (State.FAILED, 2.0)
