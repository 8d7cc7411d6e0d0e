"""The page and the REST answer of a provenance."""

from __future__ import annotations

import itertools
import re

import pytest

from kiban.operations.processes import record_process
from kiban.operations.samples import divide_sample, register_sample
from kiban.records.parties.right import Role
from kiban.records.party import Asker
from kiban.records.process import Process
from kiban.records.sample import Sample

from .conftest import Program

NUMBERS = itertools.count()


@pytest.fixture(name="family")
def _family(program: Program) -> dict[str, str]:
    """A batch in fifteen pieces, one of them annealed."""
    resources = program.resources
    asker = Asker(party="operator", roles={resources.project: Role.OWNER})
    name = f"batch <{next(NUMBERS)}>"
    batch = register_sample(asker, resources, Sample(name=name))
    pieces = divide_sample(asker, resources, batch.pid, [f"{name}/{n}" for n in range(15)])
    outputs = [Sample(name=f"{name} annealed")]
    run = record_process(asker, resources, Process(name=f"{name} run"), inputs=[pieces[3].pid], outputs=outputs)
    return {"batch": batch.pid, "annealed": run.outputs[0].pid, "run": run.process.pid, "name": name}


def test_the_picture_shows_what_came_of_a_batch_with_the_rest_folded(program: Program, family: dict[str, str]) -> None:
    page = program.get(f"/records/{family['batch']}/provenance?direction=forward")
    assert page.status_code == 200
    svg = page.text[page.text.index("<svg") : page.text.index("</svg>")]
    assert "6 more: Samples" in svg
    assert svg.count('class="box sample') == 11
    assert f'href="/records/{family["run"]}"' in svg
    # The list has them all.
    assert len(re.findall(r'<tr><th scope="row">', page.text)) == 17


def test_the_picture_shows_what_a_sample_rests_on_from_left_to_right(program: Program, family: dict[str, str]) -> None:
    page = program.get(f"/records/{family['annealed']}/provenance?lang=ja").text
    boxes = re.findall(r"<title>(.*?) \(", page[page.index("<svg") : page.index("</svg>")])
    left = [float(x) for x in re.findall(r'<rect x="(\d+)"', page)]
    assert len(boxes) == 4
    assert len(set(left)) == 4
    assert "元になったもの" in page


def test_a_record_with_nothing_behind_it_says_so(program: Program, family: dict[str, str]) -> None:
    assert "It rests on nothing that is known here." in program.get(f"/records/{family['batch']}/provenance").text
    assert program.get("/records/kb:0000-0000-00/provenance").status_code == 404


def test_rest_gives_the_graph(program: Program, family: dict[str, str]) -> None:
    answer = program.get(f"/api/v1/records/{family['annealed']}/provenance").json()
    assert (answer["direction"], answer["is_cut"]) == ("back", False)
    assert {(r["kind"], r["depth"]) for r in answer["records"]} == {
        ("sample", 0), ("process", 1), ("sample", 1), ("sample", 2),
    }  # fmt: skip
    assert {link["predicate"] for link in answer["links"]} == {"made_by", "used", "derived_from", "part_of"}
    forward = program.get(f"/api/v1/records/{family['batch']}/provenance?direction=forward").json()
    assert len(forward["records"]) == 18
    assert program.get(f"/api/v1/records/{family['batch']}/provenance?direction=sideways").status_code == 422


def test_the_record_s_page_leads_there(program: Program, family: dict[str, str]) -> None:
    assert f'href="/records/{family["batch"]}/provenance"' in program.get(f"/records/{family['batch']}").text
