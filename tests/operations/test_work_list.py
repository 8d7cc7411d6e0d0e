"""What is to be done, and its protocols."""

from __future__ import annotations

import re
import zlib
from typing import Any

import pytest

from kiban.errors import IllegalMove, InvalidValue, RecordNotFound
from kiban.operations.campaign_experiments import add_experiment, move_experiments, suggest_experiments, tell_result
from kiban.operations.campaigns import new_campaign, set_course
from kiban.operations.print_protocol import print_protocol
from kiban.operations.projects import FIRST_PROJECT
from kiban.operations.resources import Resources
from kiban.operations.work_list import work_list
from kiban.planning.campaign.definition import campaign_of
from kiban.planning.campaign.experiment import Move
from kiban.records.parties.right import Role
from kiban.records.party import ANONYMOUS, Asker

DEFINITION: dict[str, Any] = {
    "name": "強い<接着剤>",
    "seed": 7,
    "space": {
        "parameters": [
            {"kind": "discrete", "name": "焼成温度", "values": [300, 350.5, 400], "unit": "degC"},
            {"kind": "categorical", "name": "solvent", "levels": ["water & salt", "ethanol"]},
        ]
    },
    "objective": {"targets": [{"name": "hardness", "unit": "GPa"}]},
}


@pytest.fixture(name="pid")
def _pid(asker: Asker, resources: Resources) -> str:
    pid = new_campaign(asker, resources, campaign_of(DEFINITION)).pid
    add_experiment(asker, resources, pid, {"焼成温度": 300, "solvent": "ethanol"})
    add_experiment(asker, resources, pid, {"焼成温度": 400, "solvent": "ethanol"}, note="for Tanaka")
    for number, value in ((1, 1.0), (2, 2.0)):
        tell_result(asker, resources, pid, number, values={"hardness": value})
    suggest_experiments(asker, resources, pid, 2)
    add_experiment(asker, resources, pid, {"焼成温度": 300, "solvent": "water & salt"}, note="for <Tanaka>")
    return pid


def test_what_runs_comes_first_and_what_is_done_is_not_there(asker: Asker, resources: Resources, pid: str) -> None:
    move_experiments(asker, resources, pid, Move.START, [4])
    [work] = work_list(asker, resources)
    assert (work.id, work.title) == (pid, "強い<接着剤>")
    assert [each.number for each in work.experiments] == [4, 5, 3]
    assert work_list(asker, resources, pid) == (work,)
    set_course(asker, resources, pid, "end")
    assert work_list(asker, resources) == ()
    assert len(work_list(asker, resources, pid)) == 1


def test_who_may_not_see_a_campaign_has_no_work_of_it(resources: Resources, pid: str) -> None:
    assert work_list(ANONYMOUS, resources) == ()
    with pytest.raises(RecordNotFound):
        work_list(ANONYMOUS, resources, pid)
    with pytest.raises(RecordNotFound):
        print_protocol(ANONYMOUS, resources, pid, 3)
    reader = Asker(party="yamada", roles={FIRST_PROJECT: Role.READER})
    assert len(work_list(reader, resources)) == 1


def test_a_page_says_what_to_set_and_measure_and_fetches_nothing(asker: Asker, resources: Resources, pid: str) -> None:
    page = print_protocol(asker, resources, pid, 3, form="html", language="ja").decode()
    assert '<html lang="ja">' in page
    for said in (
        "実験 3",
        "強い&lt;接着剤&gt;",
        pid,
        f"{pid[3:]}-3",
        "焼成温度",
        "degC",
        "hardness (GPa)",
        "予測値",
        "提案の理由",
    ):
        assert said in page
    assert page.count("<svg") == 1
    assert not re.search(r"(?:src|href)=|url\(|@import", page)
    own = print_protocol(asker, resources, pid, 5, form="html").decode()
    assert "water &amp; salt" in own
    assert "for &lt;Tanaka&gt;" in own
    assert "expected" not in own


def test_a_pdf_is_one_page_the_same_every_time(asker: Asker, resources: Resources, pid: str) -> None:
    content = print_protocol(asker, resources, pid, 3, language="ja")
    assert content.startswith(b"%PDF-")
    assert b"/Count 1 " in content
    assert print_protocol(asker, resources, pid, 3, language="ja") == content
    streams = [zlib.decompress(each) for each in re.findall(rb"stream\n(.*?)\nendstream", content, re.DOTALL)]
    assert any(b"BT" in each and b" re" in each for each in streams)


def test_many_settings_go_on_on_a_further_sheet(asker: Asker, resources: Resources) -> None:
    names = [f"parameter {i} with a name that is longer than its column is wide" for i in range(40)]
    parameters = [{"kind": "continuous", "name": name, "low": 0, "high": 1} for name in names]
    definition = {**DEFINITION, "engine": "random", "space": {"parameters": parameters}}
    pid = new_campaign(asker, resources, campaign_of(definition)).pid
    suggest_experiments(asker, resources, pid)
    assert b"/Count 3 " in print_protocol(asker, resources, pid, 1)


def test_what_is_done_has_no_protocol(asker: Asker, resources: Resources, pid: str) -> None:
    with pytest.raises(IllegalMove, match="is completed"):
        print_protocol(asker, resources, pid, 1)
    with pytest.raises(InvalidValue, match="no experiment 9"):
        print_protocol(asker, resources, pid, 9)
