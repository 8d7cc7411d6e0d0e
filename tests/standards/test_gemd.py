"""GEMD: what stands in the file. That the package gemd reads it is checked by `make check-gemd`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty
from kiban.quantity.unit import convert
from kiban.standards.gemd_units import for_gemd
from kiban.standards.gemd_values import attributes, distinct, quantity
from kiban.standards.graph_contract import GraphExportable
from kiban.standards.graph_losses import Losses
from kiban.standards.graphs.gemd import EXPORT
from kiban.testing.graph_examples import family
from kiban.testing.graph_export_suite import GraphExportSuite


class TestGemd(GraphExportSuite):
    export = EXPORT


def _objects(graph: GraphExportable) -> dict[str, Any]:
    document = json.loads(EXPORT.export(graph).content)
    return {each["uids"]["kiban"]: each for each in document["context"]}


def _pid(title: str) -> str:
    return next(record.pid for record in family().records if record.title == title)


def _links(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") == "link_by_uid":
            yield value["id"]
        else:
            for one in value.values():
                yield from _links(one)
    elif isinstance(value, list):
        for one in value:
            yield from _links(one)


def test_every_object_stands_after_those_that_it_links_to() -> None:
    document = json.loads(EXPORT.export(family()).content)
    seen: set[str] = set()
    for each in document["context"]:
        assert set(_links(each)) <= seen, each["uids"]
        assert each["uids"]["kiban"] not in seen
        seen.add(each["uids"]["kiban"])
    assert document["object"][0]["id"] == _pid("one")
    assert set(_links(document["object"])) <= seen


def test_what_was_meant_is_a_spec_and_what_was_done_a_run() -> None:
    objects = _objects(family())
    run = objects[f"{_pid('anneal')}.{_pid('one')}"]
    spec = objects[run["spec"]["id"]]
    meant = {each["name"]: each["value"] for each in spec["parameters"]}
    assert meant["steps[1].temperature"] == {"type": "nominal_real", "nominal": 900.0, "units": "degree_Celsius"}
    assert meant["steps[1].time"] == {"type": "nominal_real", "nominal": 2.0, "units": "hour"}
    assert meant["steps[2].quench"] == {"type": "nominal_categorical", "category": "true"}
    assert meant["atmosphere"] == {"type": "nominal_categorical", "category": "http://example.org/Ar"}
    assert {each["origin"] for each in spec["parameters"]} == {"specified"}
    done = {each["name"]: each for each in run["parameters"]}
    read_off = {"type": "normal_real", "mean": 897.5, "std": 0.03, "units": "degree_Celsius"}
    assert done["steps[1].temperature"]["value"] == read_off
    assert done["steps[1].temperature"]["origin"] == "measured"
    assert run["source"] == {
        "type": "performed_source",
        "performed_by": "佐藤 (day shift).",
        "performed_date": "2026-05-04T09:30+09:00",
    }


def test_a_planned_process_has_no_run() -> None:
    objects = _objects(family())
    assert f"{_pid('next')}.spec" in objects
    assert _pid("next") not in objects
    ingredient = objects[f"{_pid('next')}.ingredient.{_pid('one')}.spec"]
    assert ingredient["material"]["id"] == f"{_pid('one')}.spec"
    started = json.loads(EXPORT.export(family(start=family().records[8])).content)
    assert started["object"][0]["id"] == f"{_pid('next')}.spec"


def test_a_process_with_two_outputs_stands_there_twice_and_that_is_told() -> None:
    objects = _objects(family())
    makers = {objects[_pid(title)]["process"]["id"] for title in ("one", "two")}
    assert len(makers) == 2
    for maker in makers:
        assert objects[f"{maker}.ingredient.{_pid('left')}"]["process"]["id"] == maker
        assert f"kiban::record::{_pid('anneal')}" in objects[maker]["tags"]
    assert any("made several samples" in loss for loss in EXPORT.export(family()).losses)


@pytest.mark.parametrize(
    ("title", "name", "sources"), [("left", "divide", ["batch"]), ("mixed", "derive", ["one", "right"])]
)
def test_a_family_without_a_process_gets_one_that_says_so(title: str, name: str, sources: list[str]) -> None:
    objects = _objects(family())
    process = objects[objects[_pid(title)]["process"]["id"]]
    assert (process["name"], process["tags"]) == (name, ["kiban::not_recorded"])
    went_in = [
        o["material"]["id"]
        for o in objects.values()
        if o["type"] == "ingredient_run" and o["process"]["id"] == process["uids"]["kiban"]
    ]
    assert sorted(went_in) == sorted(map(_pid, sources))
    origin = objects[objects[_pid("batch")]["process"]["id"]]
    assert origin["name"] == "not recorded"


def test_compositions() -> None:
    objects = _objects(family())
    told = {p["property"]["name"]: p["property"] for p in objects[f"{_pid('batch')}.spec"]["properties"]}
    assert told["nominal composition"]["value"]["quantities"] == pytest.approx({"Ti": 0.9, "Al": 0.1})
    assert told["formula"]["value"]["category"] == "Ti-Al"
    [found] = objects[f"{_pid('batch')}.composition.1"]["properties"]
    assert found["value"]["quantities"] == {"Ti": 0.89, "Al": 0.11}
    assert objects[f"{_pid('batch')}.composition.1"]["material"]["id"] == _pid("batch")


def test_a_measurement_has_values_parameters_and_files() -> None:
    objects = _objects(family(address="https://kiban.example.org/"))
    scan, log = objects[_pid("scan")], objects[_pid("log")]
    assert scan["material"]["id"] == _pid("one")
    assert log["material"] is None
    assert f"kiban::log_of::{_pid('anneal')}" in log["tags"]
    assert scan["file_links"][0]["url"] == f"https://kiban.example.org/files/{'ab' * 32}"
    names = [each["name"] for each in scan["properties"]]
    assert len(set(names)) == len(names) == len(family().facts)
    parameters = {each["name"]: each["value"] for each in scan["parameters"]}
    assert parameters["metadata.wavelength"] == {"type": "nominal_real", "nominal": 0.154, "units": "nanometer"}
    assert parameters["metadata.n_scans"] == {"type": "nominal_integer", "nominal": 4}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Measured(2.0, "h"), {"type": "nominal_real", "nominal": 2.0, "units": "hour"}),
        (
            Measured(20.0, "degC", Uncertainty(value=1.0, kind=Kind.EXPANDED, coverage_factor=2.0, origin=Origin.FILE)),
            {"type": "normal_real", "mean": 20.0, "std": 0.5, "units": "degree_Celsius"},
        ),
        (
            Measured(
                3.0,
                "mm",
                Uncertainty(value=0.5, kind=Kind.RESOLUTION, origin=Origin.FILE, distribution=Distribution.RECTANGULAR),
            ),
            {"type": "uniform_real", "lower_bound": 2.75, "upper_bound": 3.25, "units": "millimeter"},
        ),
        (Measured(50.0, "percent_transmittance"), {"type": "nominal_real", "nominal": 0.5, "units": "dimensionless"}),
        (Measured(7.0, "arbitrary_unit"), {"type": "nominal_real", "nominal": 7.0, "units": "dimensionless"}),
        (Measured(7.0, "wibbles"), {"type": "nominal_categorical", "category": "7.0 wibbles"}),
    ],
)
def test_quantities(value: Measured, shown: dict[str, Any]) -> None:
    assert quantity(value, Losses())[0] == shown


def test_a_unit_that_gemd_lacks_is_converted_and_told() -> None:
    said = for_gemd(Measured(2.0, "Oe"))
    assert said is not None
    assert (said.value.value, said.units) == (pytest.approx(2000 / (4 * 3.141592653589793)), "ampere / meter")
    losses = Losses()
    _, notes = quantity(Measured(2.0, "Oe"), losses)
    assert notes == "In Kiban: 2.0 Oe."
    assert losses.sentences() == ("Quantities in units that GEMD does not know are in SI units (1).",)
    per_length = for_gemd(Measured(1.0, "absorbance/cm"))
    assert per_length is not None
    assert (per_length.value.value, per_length.units) == (pytest.approx(convert(1.0, "1/cm", "1/m")), "1 / meter")


def test_groups_that_look_like_values_stay_what_they_are() -> None:
    given = {"value": {"value": "high", "unit": "of account"}, "empty": None, "many": [1, 2.5, "x"]}
    named = {each["name"]: each["value"] for each in attributes("parameter", given, Losses(), origin="unknown")}
    assert named == {
        "value": {"type": "nominal_categorical", "category": "high of account"},
        "many[1]": {"type": "nominal_integer", "nominal": 1},
        "many[2]": {"type": "nominal_real", "nominal": 2.5, "units": "dimensionless"},
        "many[3]": {"type": "nominal_categorical", "category": "x"},
    }


def test_names_are_made_different() -> None:
    given = [{"name": name} for name in ("a", "a", "a #2", "b", "a")]
    assert [each["name"] for each in distinct(given)] == ["a", "a #2", "a #2 #2", "b", "a #3"]


def test_what_has_no_single_maker_is_told() -> None:
    graph = family()
    [furnace] = [r for r in graph.records if r.title == "anneal"]
    links = tuple(
        replace(x, subject=graph.records[2].id) if x.subject == graph.records[5].id else x for x in graph.links
    )
    assert furnace.title in EXPORT.export(replace(graph, links=links)).content.decode()
    assert any(
        "that the process did not use are lost (1" in loss for loss in EXPORT.export(replace(graph, links=links)).losses
    )
