"""The pages of samples and processes, and what can be done there."""

from __future__ import annotations

import itertools
import re

import pytest

from kiban.operations.processes import record_process
from kiban.operations.samples import Form, register_sample
from kiban.operations.templates import define_template
from kiban.records.field import Field, FieldKind, Label, Option
from kiban.records.matter.composition import Stated
from kiban.records.matter.composition_text import composition_of
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.records.process import Process
from kiban.records.record import RecordKind
from kiban.records.sample import Sample
from kiban.records.template import Template

from .conftest import SWEEP, Program

NUMBERS = itertools.count()
FORM = {"content-type": "application/x-www-form-urlencoded"}

STEPS = Field(
    key="steps",
    kind=FieldKind.TABLE,
    label=Label(en="Steps", ja="工程"),
    fields=(
        Field(key="temperature", kind=FieldKind.QUANTITY, unit="degC", label=Label(en="Temperature", ja="温度")),
        Field(key="hold", kind=FieldKind.QUANTITY, unit="h", label=Label(en="Hold", ja="保持")),
    ),
)
GAS = Field(
    key="gas",
    kind=FieldKind.CHOICE,
    label=Label(en="Gas", ja="雰囲気"),
    options=(Option(key="air", label=Label(en="Air", ja="大気")), Option(key="Ar")),
)
GROUP = Field(key="furnace", kind=FieldKind.GROUP, label=Label(en="Furnace", ja="炉"), fields=(GAS,))


@pytest.fixture(name="asker")
def _asker(program: Program) -> Asker:
    return Asker(party="operator", roles={program.resources.project: Role.OWNER})


@pytest.fixture(name="study")
def _study(program: Program, asker: Asker) -> dict[str, str]:
    n, resources = next(NUMBERS), program.resources
    anneal = Template(name=f"anneal {n}", label=Label(en="A"), applies_to=RecordKind.PROCESS, fields=(STEPS, GROUP))
    size = Field(key="size", kind=FieldKind.QUANTITY, unit="um", label=Label(en="Particle size", ja="粒径"))
    powder = Template(name=f"powder {n}", label=Label(en="P"), applies_to=RecordKind.SAMPLE, fields=(size,))
    define_template(asker, resources, anneal)
    define_template(asker, resources, powder)
    sample = register_sample(
        asker,
        resources,
        Sample(
            name=f"S {n}",
            formula="Fe-0.2C-1.5Mn (mass%)",
            hazards=("H228", "H373"),
            location="Room 3",
            measured=(composition_of("C 0.21 %, Mn 1.48 %, Fe bal. (mass%)", stated=Stated.MEASURED),),
        ),
        form=Form(template=powder.name, values={"size": "5.0(3) um"}),
    )
    run = record_process(
        asker,
        resources,
        Process(name=f"run {n}", equipment="Furnace 2"),
        template=anneal.name,
        meant={"steps": [{"temperature": "600 degC", "hold": "2 h"}], "furnace": {"gas": "air"}},
        done={"steps": [{"temperature": "607 degC"}], "furnace": {"gas": "Ar"}},
        inputs=[sample.pid],
        outputs=[Sample(name=f"out {n}")],
    )
    return {"sample": sample.pid, "run": run.process.pid, "out": run.outputs[0].pid, "n": str(n)}


def post(program: Program, address: str, **fields: str) -> int:
    return program.ask("POST", address, data=fields).status_code


def test_a_sample_s_page_shows_what_is_known_of_it(program: Program, study: dict[str, str]) -> None:
    page = program.get(f"/records/{study['sample']}?lang=ja").text
    for text in ("粒径", "5.0(3) µm", "Room 3", "H228", "可燃性固体", "仕込み組成", "分析組成", "残部", "作られた試料"):
        assert text in page
    assert f"out {study['n']}" in page


def test_a_process_s_page_sets_what_was_done_beside_what_was_meant(program: Program, study: dict[str, str]) -> None:
    page = program.get(f"/records/{study['run']}?lang=en").text
    assert "Furnace 2" in page
    row = page[page.index("Gas") : page.index("</tr>", page.index("Gas"))]
    assert "Air" in row
    assert "Ar <span" in row
    assert "600 °C" in page
    assert "607 °C" in page
    assert page.count('class="differs"') == 2


def test_a_sample_is_divided_moved_and_used_up_on_its_page_and_that_is_undone(
    program: Program, study: dict[str, str]
) -> None:
    address = f"/records/{study['sample']}"
    n = study["n"]
    assert post(program, f"{address}/divide", names=f"p{n}-1\r\n\r\n p{n}-2 \r\n", expected="1") == 303
    assert post(program, f"{address}/state", state="consumed", expected="1") == 303
    assert post(program, f"{address}/move", location="Room 9", custodian="me", expected="1") == 409
    assert post(program, f"{address}/move", location="Room 9", custodian="me", expected="2") == 303
    page = program.get(address).text
    assert f"p{n}-2" in page
    assert "This sample is used up." in page
    assert "Room 9" in page
    assert post(program, f"{address}/restore", version="1", expected="3") == 303
    back = program.get(address).text
    assert "This sample is used up." not in back
    assert "Room 3" in back
    assert post(program, f"{address}/divide", names=" ", expected="4") == 422
    assert post(program, f"{address}/state", state="eaten", expected="4") == 422
    assert program.get(f"{address}?version=2").text.count("<form") < back.count("<form")


def test_a_process_s_state_is_changed(program: Program, study: dict[str, str]) -> None:
    assert post(program, f"/records/{study['run']}/state", state="abandoned", expected="1") == 303
    assert "abandoned" in program.get(f"/records/{study['run']}").text
    assert post(program, f"/records/{study['run']}/divide", names="x", expected="2") == 404


def test_what_several_samples_fit_is_decided_on_its_page(program: Program, study: dict[str, str]) -> None:
    one, other = (study[key].removeprefix("kb:") for key in ("sample", "out"))
    program.deposit(f"{one} {other}.csv", SWEEP % f"several {study['n']}".encode())
    page = program.get("/confirm").text
    measurement = re.findall(r'action="/records/([^/"]+)/sample"', page)[0]
    assert study["out"] in page
    assert post(program, f"/records/{measurement}/sample", sample=study["out"], expected="1") == 303
    assert measurement not in program.get("/confirm").text
    assert measurement in program.get(f"/records/{study['out']}").text


def test_a_composition_is_stated_on_the_page_and_over_rest(program: Program, study: dict[str, str]) -> None:
    address = f"/records/{study['out']}"
    fields = {"basis": "mass", "stated": "measured", "method": "XRF", "expected": "1"}
    assert post(program, f"{address}/composition", parts="C = 0.3(1) %\r\nFe = 残部\r\n", **fields) == 303
    page = program.get(address).text
    assert "XRF" in page
    assert "0.30(10) %" in page
    body = {"parts": ["Fe = 99 %", "C = 1 %"], "basis": "amount", "stated": "nominal", "expected": 2}
    answer = program.ask("POST", f"/api/v1/samples/{study['out']}/compositions", json=body)
    assert (answer.status_code, answer.json()["version"]) == (200, 3)
    shown = program.get(f"/api/v1/records/{study['out']}").json()
    assert shown["composition"] == {"C": pytest.approx(0.01), "Fe": pytest.approx(0.99)}
    wrong = {**body, "parts": ["Fe"], "expected": 3}
    assert program.ask("POST", f"/api/v1/samples/{study['out']}/compositions", json=wrong).status_code == 422
