from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from kiban.operations.thin_out import kept_points, taken
from kiban.quantity.series import Series
from kiban.records.party import ANONYMOUS
from kiban.records.reading import Reading, Role, Variable
from kiban.standards.nexus import read
from kiban.web.asker import Desk

from .conftest import Program


def _hits(program: Program, q: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program.get("/api/v1/records", params={"q": q}).json()["hits"]
    return found


@pytest.fixture(scope="module", name="sweep")
def _sweep(program: Program) -> str:
    [hit] = _hits(program, 'file = "sweep.csv"')
    return str(hit["id"])


def test_a_record_has_its_surroundings(program: Program, sweep: str) -> None:
    shown = program.get(f"/api/v1/records/{sweep}").json()
    assert (shown["id"], shown["kind"], shown["version"]) == (sweep, "measurement", 1)
    assert shown["reason"] == "You belong to the project that owns it, as owner."
    assert shown["document"]["technique"] == "table"
    [link] = shown["links"]
    assert (link["predicate"], link["outgoing"], link["record"]["title"]) == ("measured", True, "S-1")
    assert [file["path"] for file in shown["files"]] == ["run-1/sweep.csv"]


@pytest.mark.parametrize("spelling", ["{pid}", "{bare}", "{lower}", "{plain}", "{uuid}"])
def test_any_spelling_of_an_identifier_leads_to_it(program: Program, sweep: str, spelling: str) -> None:
    uuid = program.get(f"/api/v1/records/{sweep}").json()["uuid"]
    bare = sweep.removeprefix("kb:")
    address = spelling.format(
        pid=sweep, bare=bare, lower=sweep.lower(), plain=bare.replace("-", "").lower(), uuid=uuid.upper()
    )
    assert program.get(f"/api/v1/records/{address}").json()["id"] == sweep


def test_a_version_that_never_was_is_not_there(program: Program, sweep: str) -> None:
    assert program.get(f"/api/v1/records/{sweep}?version=1").status_code == 200
    assert program.get(f"/api/v1/records/{sweep}?version=2").status_code == 404
    assert program.get(f"/api/v1/records/{sweep}?version=0").status_code == 422


def test_a_record_one_may_not_see_is_answered_like_one_that_is_not_there(program: Program, sweep: str) -> None:
    stranger = Program(program.resources, asks=Desk(ANONYMOUS, program.resources))
    absent = "kb:0000-0000-00"
    for part in ("", "/numbers", "/header", "/normalised", "/section?variable=x&along=x"):
        hidden = stranger.get(f"/api/v1/records/{sweep}{part}")
        nothing = program.get(f"/api/v1/records/{absent}{part}")
        assert hidden.status_code == nothing.status_code == 404
        assert hidden.text.replace(sweep, absent) == nothing.text
    assert {hit["tier"] for hit in _hits(stranger, "")} == {"open"}


def test_a_misspelt_identifier_is_told_apart(program: Program) -> None:
    answer = program.get("/api/v1/records/kb:7Q4M-2KXD-9A")
    assert answer.status_code == 404
    assert answer.json()["error"] == "InvalidIdentifier"


def test_numbers_come_in_the_units_of_the_file(program: Program, sweep: str) -> None:
    numbers = program.get(f"/api/v1/records/{sweep}/numbers").json()
    first, second = numbers["variables"]
    assert (first["name"], first["unit"], first["role"]) == ("temperature", "K", "axis")
    assert (second["unit"], second["shape"]) == ("ohm", [50])
    assert first["values"][:3] == [0, 1, 2]
    assert second["values"][:3] == [0.5, 2.5, 4.5]


def test_fewer_numbers_keep_the_ends_and_the_peaks(program: Program, sweep: str) -> None:
    numbers = program.get(f"/api/v1/records/{sweep}/numbers?points=10").json()
    first, second = numbers["variables"]
    assert len(first["values"]) == len(second["values"]) <= 12
    assert (first["values"][0], first["values"][-1]) == (0, 49)
    assert second["shape"] == [50]
    assert program.get(f"/api/v1/records/{sweep}/numbers?points=9").status_code == 422


def test_what_is_no_number_is_null(empty: Program) -> None:
    made = empty.deposit("gaps.csv", b"Temperature (K),Resistance (ohm)\n1,2\n2,\n3,4\n4,nan\n5,6\n6,7\n")
    numbers = empty.get(f"/api/v1/records/{made['measurement']}/numbers").json()
    assert numbers["variables"][1]["values"] == [2.0, None, 4.0, None, 6.0, 7.0]


def test_the_normalised_file_is_what_was_read(program: Program, sweep: str) -> None:
    answer = program.get(f"/api/v1/records/{sweep}/normalised")
    assert answer.headers["content-type"] == "application/x-hdf5"
    reading = read(answer.content)
    assert reading.technique == "table"
    np.testing.assert_array_equal(reading["temperature"].values, np.arange(50))


def test_the_header_is_as_it_was_written(program: Program, sweep: str) -> None:
    assert "one" in program.get(f"/api/v1/records/{sweep}/header").text


def test_a_sample_has_no_numbers(program: Program) -> None:
    [sample] = _hits(program, 'kind = "sample"')
    assert program.get(f"/api/v1/records/{sample['id']}").json()["document"]["name"] == "S-1"
    assert program.get(f"/api/v1/records/{sample['id']}/numbers").status_code == 404


@pytest.fixture(name="spiky")
def _spiky() -> Reading:
    angle = np.linspace(10.0, 80.0, 70_001)
    counts = np.full_like(angle, 5.0)
    counts[[12_345, 54_321]] = 1e6, -3.0
    counts[100:200] = math.nan
    return Reading(
        technique="xrd",
        title="spikes",
        variables=(
            Variable(name="two_theta", series=Series(angle, "deg"), dimensions=("two_theta",), role=Role.AXIS),
            Variable(name="intensity", series=Series(counts, "count"), dimensions=("two_theta",)),
        ),
    )


def test_thinning_out_loses_no_spike(spiky: Reading) -> None:
    chosen = kept_points(spiky, 1000)
    assert len(chosen["two_theta"]) <= 1002
    assert {0, 12_345, 54_321, 70_000} <= set(chosen["two_theta"].tolist())
    thin = taken(spiky["intensity"].values, ("two_theta",), chosen)
    assert (np.nanmax(thin), np.nanmin(thin)) == (1e6, -3.0)
    assert kept_points(spiky, 70_001) == {}


def test_a_section_is_a_line_of_an_array_with_its_axis(program: Program, sweep: str) -> None:
    answer = program.get(f"/api/v1/records/{sweep}/section", params={"variable": "resistance", "along": "temperature"})
    section = answer.json()
    assert section["values"][:3] == [0.5, 2.5, 4.5]
    assert (section["unit"], section["shape"], section["averaged"]) == ("ohm", [50], [])
    [axis] = section["axes"]
    assert (axis["name"], axis["unit"], axis["step"], axis["values"][:3]) == ("temperature", "K", 1, [0, 1, 2])
    address = f"/api/v1/records/{sweep}/section?variable=resistance&along=temperature&most=25"
    shorter = program.get(address).json()
    assert (shorter["axes"][0]["step"], shorter["axes"][0]["values"][:2], shorter["values"][0]) == (2, [0.5, 2.5], 1.5)


@pytest.mark.parametrize(
    "query",
    [
        "variable=resistance",
        "variable=resistance&along=x",
        "variable=x&along=temperature",
        "variable=resistance&along=temperature&at=temperature:1",
        "variable=resistance&along=temperature&at=frame",
        "variable=resistance&along=temperature&at=frame:٣",
        "variable=resistance&along=temperature&most=0",
    ],
)
def test_a_section_that_there_is_not_is_refused(program: Program, sweep: str, query: str) -> None:
    answer = program.get(f"/api/v1/records/{sweep}/section?{query}")
    assert answer.status_code == 422
    assert answer.json()["mend"]
