"""What people do to campaigns on pages: the list, the work list, every act, and what wrong input is answered with."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from kiban.operations.campaign_experiments import add_experiment, suggest_experiments
from kiban.operations.campaigns import new_campaign
from kiban.operations.show_campaign import show_campaign
from kiban.planning.campaign.campaign import Campaign, Stage
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.experiment import Outcome, State
from kiban.planning.campaign.telling import Done
from kiban.platform import local_asker
from kiban.quantity.measured import Measured
from kiban.records.parties.right import Role
from kiban.records.party import ANONYMOUS
from kiban.web.asker import Desk
from kiban.web.own_address import leads_to_this_machine

from .conftest import SWEEP, Program

OVEN = "process.anneal.temperature"
DEFINITION: dict[str, Any] = {
    "name": "Strong <b>glue</b>",
    "space": {
        "parameters": [
            {
                "kind": "discrete",
                "name": "process.anneal.temperature",
                "values": [300, 350, 400, 450, 500],
                "unit": "K",
            },
            {"kind": "categorical", "name": "solvent", "levels": ["water", "<i>oil</i>"]},
        ]
    },
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
    "limits": {
        "experiments": 20,
        "safety": [{"kind": "linear", "coefficients": {OVEN: 1}, "high": 480}],
    },
}
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Bench:
    """A campaign, and forms that are sent to it."""

    def __init__(self, program: Program, **changes: Any) -> None:
        self.program = program
        self.asker, self.resources = local_asker(program.resources), program.resources
        old = Done(
            point={OVEN: 300.0, "solvent": "water"},
            outcomes=(Outcome(name="hardness", value=Measured(1.0, "GPa")),),
            rests_on="row 2",
        )
        self.pid = new_campaign(self.asker, self.resources, campaign_of({**DEFINITION, **changes}), done=[old]).pid

    @property
    def campaign(self) -> Campaign:
        return show_campaign(self.asker, self.resources, self.pid).campaign

    @property
    def version(self) -> int:
        return show_campaign(self.asker, self.resources, self.pid).record.version

    def at(self, number: int) -> str:
        return f"/campaigns/{self.pid}/experiments/{number}"

    def send(self, address: str, files: Any = None, **fields: str) -> Any:
        data = {"expected": str(self.version), **fields}
        return self.program.ask("POST", address, data=data, files=files)

    def add(self, temperature: float = 350.0) -> int:
        add_experiment(self.asker, self.resources, self.pid, {OVEN: temperature, "solvent": "water"})
        return self.campaign.next_number - 1


@pytest.fixture(name="bench")
def _bench(empty: Program) -> Bench:
    return Bench(empty)


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_an_empty_list_says_how_to_begin(empty: Program) -> None:
    page = empty.get("/campaigns").text
    assert "There is no campaign yet" in page
    assert 'href="/experiments"' in page
    assert 'href="/campaigns/new"' in page
    assert "Nothing is waiting for anybody." in empty.get("/work").text


def test_the_list_says_where_each_stands(bench: Bench) -> None:
    suggest_experiments(bench.asker, bench.resources, bench.pid, 2)
    bench.add(450)
    page = bench.program.get("/campaigns").text
    assert "Strong &lt;b&gt;glue&lt;/b&gt;" in page
    said = _text(page.split("campaign-list")[1])
    assert "Hardness 1 GPa" in said
    assert "Suggestions waiting 2" in said
    assert "To do or running 1" in said
    assert 'href="/campaigns" aria-current="page"' in page
    japanese = bench.program.get("/campaigns?lang=ja").text
    assert "提案待ち" in japanese
    assert "Campaign" not in _text(japanese.split("<main")[1].split("</main")[0]).replace("glue", "")


def test_a_suggestion_is_taken_begun_and_told(bench: Bench) -> None:
    answer = bench.send(f"/campaigns/{bench.pid}/suggest", n="2")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/records/{bench.pid}#next"
    assert bench.campaign.counts[State.SUGGESTED] == 2
    page = bench.program.get(f"/records/{bench.pid}").text
    assert f'action="{bench.at(2)}/accept"' in page
    answer = bench.send(f"{bench.at(2)}/accept", back="campaign")
    assert answer.headers["location"] == f"/records/{bench.pid}#next"
    assert bench.campaign.experiment(2).state is State.PENDING
    work = bench.program.get("/work").text
    assert work.index('id="pending"') < work.index('id="suggested"')
    assert "&lt;i&gt;" in work or "water" in work
    bench.send(f"{bench.at(2)}/start", back="work")
    assert bench.campaign.experiment(2).state is State.RUNNING
    assert f'href="{bench.at(2)}#result"' in bench.program.get("/work").text
    answer = bench.send(f"{bench.at(2)}/result", v0="1.25", d0="0.05", u0="GPa", note="warm day")
    assert answer.headers["location"] == f"{bench.at(2)}?done=told"
    told = bench.campaign.experiment(2)
    value = told.outcomes[0].value
    assert told.state is State.COMPLETED
    assert (value.value, value.unit) == (1.25, "GPa")
    assert value.uncertainty is not None
    assert value.uncertainty.standard == 0.05
    page = bench.program.get(f"{bench.at(2)}?done=told").text
    assert "The result is kept." in page
    assert "Go on with no. 3" in page
    assert "warm day" in page


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ({"v0": "2.5", "u0": "GPa"}, 2.5),
        ({"v0": "2500", "u0": "MPa"}, 2.5),
        ({"v0": "2.51(3) GPa", "u0": "GPa"}, 2.51),
        ({"v0": "２．５", "u0": ""}, 2.5),
        ({"v0": "−2.5", "u0": "GPa"}, -2.5),
    ],
)
def test_values_are_read_as_people_write_them(bench: Bench, typed: dict[str, str], value: float) -> None:
    number = bench.add()
    assert bench.send(f"{bench.at(number)}/result", **typed).status_code == 303
    assert bench.campaign.experiment(number).outcomes[0].value.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"v0": "hard"}, "is not a quantity"),
        ({"v0": "1,5"}, "has a comma in its number"),
        ({"v0": "2.5", "u0": "kg"}, "kg"),
        ({"v0": "2.5", "d0": "much"}, "is no number"),
        ({"d0": "0.1"}, "without a value"),
        ({"v0": "2.5 GPa", "d0": "0.1"}, "is no plain number"),
        ({"v0": "2.5", "condition": "peak"}, "is no condition"),
        ({"v0": ""}, "Nothing is told of experiment"),
    ],
)
def test_a_wrong_result_stands_beside_what_was_typed(bench: Bench, typed: dict[str, str], said: str) -> None:
    number = bench.add()
    answer = bench.send(f"{bench.at(number)}/result", note="keep me", **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert "keep me" in answer.text
    for text in typed.values():
        assert f'value="{text}"' in answer.text
    assert bench.campaign.experiment(number).state is State.PENDING


def test_a_file_of_the_instrument_is_told_by_itself_and_the_loop_goes_on(empty: Program) -> None:
    bench = Bench(empty, limits={"experiments": 20, "ahead": 2})
    bench.send(f"/campaigns/{bench.pid}/suggest", n="2")
    table = b"Sample,hardness [GPa],hardness standard uncertainty\nG-2,1.75,0.05\n"
    answer = bench.send(f"{bench.at(2)}/result", files={"file": ("run 2.csv", table)}, v0="", d0="", u0="GPa")
    assert answer.status_code == 303, answer.text
    told = bench.campaign.experiment(2)
    assert told.outcomes[0].value.value == 1.75
    assert told.outcomes[0].evidence.startswith("kb:")
    assert empty.get(f"/records/{told.outcomes[0].evidence}").status_code == 200
    # Two are kept open: the next one came by itself.
    assert [each.number for each in bench.campaign.experiments if each.is_open] == [3, 4]
    # The same file is no result of another experiment.
    again = bench.send(f"{bench.at(3)}/result", files={"file": ("other name.csv", table)})
    assert again.status_code == 422
    assert "other name.csv is what experiment 2 rests on already." in again.text
    assert bench.campaign.experiment(3).is_open


def test_a_file_that_says_nothing_of_the_outcomes_is_kept_and_told_so(bench: Bench) -> None:
    number = bench.add()
    answer = bench.send(f"{bench.at(number)}/result", files={"file": ("sweep.csv", SWEEP % b"x")}, note="n")
    assert answer.status_code == 422
    assert "hardness" in answer.text
    assert bench.campaign.experiment(number).state is State.PENDING
    assert "sweep.csv" in bench.program.get("/files").text


def test_failing_giving_up_refusing_changing_and_repeating(bench: Bench) -> None:
    suggest_experiments(bench.asker, bench.resources, bench.pid, 4)
    assert "done=fail" in bench.send(f"{bench.at(2)}/fail", note="cracked <x>").headers["location"]
    assert bench.campaign.experiment(2).state is State.FAILED
    assert "cracked &lt;x&gt;" in bench.program.get(bench.at(2)).text
    bench.send(f"{bench.at(3)}/refuse", note="no oven")
    assert bench.campaign.experiment(3).state is State.REFUSED
    answer = bench.send(f"{bench.at(4)}/change", p0="126.85 degC", p1="water")
    assert answer.status_code == 303, _text(answer.text)
    assert bench.campaign.experiment(4).point[OVEN] == pytest.approx(400)
    bench.send(f"{bench.at(4)}/abandon", note="power cut")
    assert bench.campaign.experiment(4).state is State.ABANDONED
    bench.send(f"{bench.at(4)}/repeat", n="2")
    assert [each.replicate_of for each in bench.campaign.experiments[-2:]] == [4, 4]


@pytest.mark.parametrize(
    ("act", "typed", "said"),
    [
        ("change", {"p0": "490", "p1": "water", "beyond": "on"}, "safety limit"),
        ("change", {"p0": "333", "p1": "water"}, "none of its parameter"),
        ("change", {"p0": "very hot", "p1": "water"}, "is not a quantity"),
        ("repeat", {"n": "0"}, "repetitions are asked for"),
        ("repeat", {"n": "many"}, "repetitions are asked for"),
        ("correct", {}, "There is no move"),
    ],
)
def test_a_refused_move_says_why_and_keeps_what_was_typed(
    bench: Bench, act: str, typed: dict[str, str], said: str
) -> None:
    number = bench.add()
    answer = bench.send(f"{bench.at(number)}/{act}", note="keep me", **typed)
    assert answer.status_code == 422
    assert said in answer.text
    if act == "change":
        assert f'value="{typed["p0"]}"' in answer.text
        assert "keep me" in answer.text


def test_of_two_who_move_it_at_once_the_second_is_told(bench: Bench) -> None:
    number = bench.add()
    answer = bench.program.ask("POST", f"{bench.at(number)}/result", data={"expected": "1", "v0": "9"})
    assert answer.status_code == 409
    assert 'value="9"' in answer.text
    answer = bench.program.ask("POST", f"{bench.at(number)}/start", data={"expected": "1"})
    assert answer.status_code == 409
    assert bench.campaign.experiment(number).state is State.PENDING


def test_a_result_is_corrected(bench: Bench) -> None:
    number = bench.add()
    bench.send(f"{bench.at(number)}/result", v0="1.5", u0="GPa")
    answer = bench.send(f"{bench.at(number)}/result", v0="1.6", u0="GPa")
    assert answer.status_code == 422
    bench.send(f"{bench.at(number)}/result", v0="1.6", u0="GPa", is_correction="on")
    assert bench.campaign.experiment(number).outcomes[0].value.value == 1.6


def test_it_is_paused_stopped_resumed_and_ended(bench: Bench) -> None:
    for action, stage in (
        ("pause", Stage.PAUSED),
        ("resume", Stage.ACTIVE),
        ("stop", Stage.PAUSED),
        ("end", Stage.ENDED),
        ("resume", Stage.ACTIVE),
    ):
        page = bench.program.get(f"/records/{bench.pid}").text
        # What laboratories do is broken off where there are any.
        assert (f'value="{action}"' in page) == (action != "stop")
        answer = bench.send(f"/campaigns/{bench.pid}/course", action=action, note="holidays")
        assert answer.status_code == 303
        assert bench.campaign.stage is stage
    answer = bench.send(f"/campaigns/{bench.pid}/course", action="explode")
    assert answer.status_code == 422


def test_an_own_experiment_is_added(bench: Bench) -> None:
    form = bench.program.get(f"/campaigns/{bench.pid}/add").text
    assert "process.anneal.temperature" in form
    assert "&lt;i&gt;oil&lt;/i&gt;" in form
    answer = bench.send(f"/campaigns/{bench.pid}/add", p0="450", p1="water")
    assert answer.headers["location"] == bench.at(2)
    assert bench.campaign.experiment(2).state is State.PENDING
    wrong = bench.send(f"/campaigns/{bench.pid}/add", p0="490", p1="water", beyond="on", note="keep me")
    assert wrong.status_code == 422
    assert "safety limit" in wrong.text
    assert 'value="490"' in wrong.text
    assert "keep me" in wrong.text
    assert bench.send(f"/campaigns/{bench.pid}/add", p1="water").status_code == 422


def test_settings_are_changed_and_safety_stays(bench: Bench) -> None:
    page = bench.program.get(f"/campaigns/{bench.pid}/settings").text
    assert 'name="limit_experiments" value="20"' in page
    fields = {"name": "Stronger", "description": "", "engine": "random", "limit_experiments": "30", "ahead": "3"}
    answer = bench.send(f"/campaigns/{bench.pid}/settings", enough0="2.5", **fields)
    assert answer.status_code == 303, _text(answer.text)
    after = bench.campaign
    assert (after.name, after.engine, after.limits.experiments, after.limits.ahead) == ("Stronger", "random", 30, 3)
    assert after.limits.enough == {"hardness": 2.5}
    assert len(after.limits.safety) == 1
    assert after.archive == ()
    wrong = bench.send(f"/campaigns/{bench.pid}/settings", **{**fields, "ahead": "0.5", "limit_experiments": "some"})
    assert wrong.status_code == 422
    assert wrong.text.count('class="problem"') == 2
    assert 'value="some"' in wrong.text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_protocol_is_a_page_and_a_pdf_whose_code_leads_to_the_form(bench: Bench, language: str) -> None:
    number = bench.add()
    page = bench.program.get(f"{bench.at(number)}/protocol?lang={language}")
    assert page.status_code == 200
    assert "<svg" in page.text.split("<figure")[1]
    assert "350" in page.text
    pdf = bench.program.get(f"{bench.at(number)}/protocol.pdf?lang={language}")
    assert pdf.content.startswith(b"%PDF")
    assert pdf.headers["content-type"] == "application/pdf"
    bench.send(f"{bench.at(number)}/result", v0="1", u0="GPa")
    assert bench.program.get(f"{bench.at(number)}/protocol").status_code == 422
    scanned = bench.program.get("/scan", params={"code": f"https://kiban.example.org{bench.at(number)}"})
    assert scanned.status_code == 303
    assert scanned.headers["location"] == bench.at(number)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_code_that_leads_nowhere_is_told_before_it_is_printed(bench: Bench, language: str) -> None:
    address = f"{bench.at(bench.add())}/protocol?lang={language}"
    page = bench.program.get(address).text
    [line] = re.findall(r'<p class="notice not-printed" role="note">(.*?)</p>', page)
    assert "http://127.0.0.1:8420/" in line
    assert "KIBAN_BASE_URL=" in line
    known = Program(replace(bench.resources, base_url="https://kiban.example.org"))
    assert 'class="notice not-printed"' not in known.get(address).text


@pytest.mark.parametrize(
    ("address", "is_nowhere"),
    [
        ("http://127.0.0.1:8420/", True),
        ("http://127.8.0.1/", True),
        ("http://localhost:8420", True),
        ("http://[::1]:8420/", True),
        ("https://kiban.example.org/", False),
        ("https://127.example.org/", False),
        ("http://10.0.3.7:8420/", False),
    ],
)
def test_what_leads_to_this_machine_alone(address: str, is_nowhere: bool) -> None:
    assert leads_to_this_machine(address) is is_nowhere


def test_who_may_not_write_sees_no_buttons_and_is_refused(bench: Bench) -> None:
    number = bench.add()
    stranger = Program(bench.resources, asks=Desk(ANONYMOUS, bench.resources))
    assert stranger.get(bench.at(number)).status_code in {303, 404}
    assert bench.pid not in stranger.get("/campaigns").text
    assert bench.pid not in stranger.get("/work").text
    for address in (f"{bench.at(number)}/start", f"{bench.at(number)}/result", f"/campaigns/{bench.pid}/suggest"):
        assert stranger.ask("POST", address, data={"expected": "2", "v0": "1"}).status_code in {401, 403, 404}
    assert bench.campaign.experiment(number).state is State.PENDING


def test_who_may_only_read_sees_it_without_buttons(bench: Bench) -> None:
    number = bench.add()
    suggest_experiments(bench.asker, bench.resources, bench.pid, 1)
    roles = dict.fromkeys(bench.asker.roles, Role.READER)
    reader = Program(bench.resources, asks=Desk(replace(bench.asker, roles=roles), bench.resources))
    for address in (bench.at(number), f"/records/{bench.pid}", "/work", "/campaigns"):
        answer = reader.get(address)
        assert answer.status_code == 200
        main = answer.text.split("<main")[1]
        assert 'method="post"' not in main, address
        assert "/campaigns/new" not in main
    assert reader.get(f"{bench.at(number)}/protocol").status_code == 200
    assert reader.get(f"/campaigns/{bench.pid}/settings").status_code == 403
    assert reader.get(f"/campaigns/{bench.pid}/add").status_code == 403
    fields = {"expected": str(bench.version), "v0": "1"}
    for act in ("start", "result", "refuse", "fail"):
        assert reader.ask("POST", f"{bench.at(number)}/{act}", data=fields).status_code == 403
    table = {"file": ("run.csv", b"hardness [GPa]\n1\n")}
    assert reader.ask("POST", f"{bench.at(number)}/result", data=fields, files=table).status_code == 403
    assert "run.csv" not in bench.program.get("/files").text
    for act in ("suggest", "course", "add", "settings"):
        data = {**fields, "action": "pause", "p0": "400", "p1": "water"}
        assert reader.ask("POST", f"/campaigns/{bench.pid}/{act}", data=data).status_code == 403
    assert bench.campaign.experiment(number).state is State.PENDING


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_pages_say_why_nothing_more_is_suggested(empty: Program, language: str) -> None:
    bench = Bench(empty, limits={"experiments": 1, "ahead": 1})
    bench.send(f"/campaigns/{bench.pid}/suggest", n="1")
    number = bench.campaign.experiments[-1].number
    assert 'class="notice standstill"' not in empty.get(f"/records/{bench.pid}?lang={language}").text
    told = bench.send(f"{bench.at(number)}/result", v0="2.5")
    assert told.status_code == 303
    assert bench.campaign.experiment(number).state is State.COMPLETED
    for address in (f"/records/{bench.pid}", told.headers["location"]):
        page = empty.get(f"{address}{'&' if '?' in address else '?'}lang={language}").text
        [notice] = re.findall(r'<div class="notice standstill"[^>]*>(.*?)</div>', page, re.DOTALL)
        if language == "en":
            assert "The campaign&#39;s limit of experiments is spent." in notice
        assert 'lang="en"' not in notice
    shown = empty.get(f"/api/v1/campaigns/{bench.pid}").json()
    assert shown["standstill"]["mend"] == "Give it a higher limit, or end the campaign."
