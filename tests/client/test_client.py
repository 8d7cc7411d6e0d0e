"""What a program asks of a platform is what the deeds give; over a network and without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings

from kiban import errors
from kiban.client import Client, connect
from kiban.client.found import FacetCounts
from kiban.local import open_home
from kiban.operations.find import find
from kiban.operations.resources import Resources
from kiban.platform import local_asker
from kiban.query.question import And, Comparison, Operator, Question, Words
from kiban.query.write import write
from kiban.testing.question_strategies import questions

from .conftest import SWEEP, serving


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(question=questions())
def test_what_the_client_finds_is_what_find_finds(client: Client, resources: Resources, question: Question) -> None:
    text = write(question)
    if "\0" in text:  # no address may hold one
        with pytest.raises(errors.WrongUsage, match="zero character"):
            list(client.find(question))
        return
    try:
        expected = find(local_asker(resources), resources, text, limit=500)
    except errors.InvalidQuestion as error:
        refused = (str(error), error.position)
    else:
        refused = None
    if refused is not None:
        with pytest.raises(errors.InvalidQuestion) as told:
            list(client.find(question))
        assert refused == (str(told.value), told.value.position)
        return
    found = client.find(question)
    assert [hit.id for hit in found] == [hit.id for hit in expected.hits]
    assert found.total == expected.total
    assert found.slips == expected.slips
    assert [row["id"] for row in client.records(question)] == [hit.id for hit in expected.hits]


def test_answers_come_part_by_part(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from kiban.client import found as module

    everything = [hit.id for hit in client.find()]
    monkeypatch.setattr(module, "_PART", 2)
    assert [hit.id for hit in client.find()] == everything
    first: Iterator[object] = iter(client.find())
    assert next(first) is not None  # only the part that is looked at is asked for
    counted = client.find().facets()
    assert counted["kind"]["sample"] == 3
    assert not counted["kind"].is_estimate
    assert counted["kind"].names == {}
    [project] = counted["project"]
    assert counted["project"].names[project]
    assert sum(counted["tier"].values()) == client.find().total == len(everything)


def test_questions_are_values_too(client: Client) -> None:
    value = And((Comparison("technique", Operator.EQUAL, "xrd"), Words("Si-standard")))
    assert [hit.sample for hit in client.find(value)] == ["Si-1"]


def test_numbers_come_with_units_and_uncertainties(client: Client) -> None:
    [hit] = client.find('technique = "xrd"')
    numbers = client.record(hit).numbers()
    angle = numbers["two_theta"]
    assert (angle.unit, len(angle), angle.values[0]) == ("deg", 2368, 25.0)
    assert angle.in_unit("rad")[0] == pytest.approx(0.436332, abs=1e-6)
    intensity = numbers["intensity"]
    assert intensity.values.dtype.kind == "i"
    assert intensity.uncertainty is not None
    np.testing.assert_allclose(intensity.uncertainty.standard, np.sqrt(intensity.values))
    few = client.record(hit).numbers(points=100)
    assert len(few["two_theta"]) < 200
    assert few["intensity"].uncertainty is not None
    assert few["intensity"].uncertainty.shape == few["intensity"].shape
    assert few["intensity"].values.max() == intensity.values.max()


def test_xarray_pandas_and_polars_keep_units(client: Client) -> None:
    record = client.record(next(iter(client.find('technique = "xrd"'))))
    data = record.numbers().to_xarray()
    assert data["two_theta"].attrs["units"] == "deg"
    assert "two_theta" in data.coords
    assert data["intensity_u"].attrs["units"] == data["intensity"].attrs["units"] == "count"
    frame = record.numbers().to_pandas()
    assert list(frame.columns[:3]) == ["two_theta [deg]", "intensity [count]", "intensity.u [count]"]
    assert frame.attrs["units"]["two_theta [deg]"] == "deg"
    table = client.table('sample = "Si-1"')
    assert table["d_spacing"].unit == "angstrom"
    assert table.to_xarray()["d_spacing.u"].attrs["units"] == "angstrom"
    assert table.to_pandas()["d_spacing [angstrom]"][0] == pytest.approx(3.1356, abs=1e-3)
    values = client.facts('kind = "sample"').to_pandas()
    assert set(values["unit"][values["term"] == "d_spacing"]) == {"angstrom"}
    assert len(client.find().to_pandas()) == client.find().total
    assert client.find().to_xarray().sizes["record"] == client.find().total
    assert client.facts().to_xarray()["si_value"].dtype == np.float64


def test_polars_keeps_units(client: Client) -> None:
    pytest.importorskip("polars", reason="waits for the extra polars")
    frame = client.table('sample = "Si-1"').to_polars()
    assert frame["d_spacing [angstrom]"][0] == pytest.approx(3.1356, abs=1e-3)
    assert client.find().to_polars().height == client.find().total
    assert client.facts().to_polars()["value"].dtype == frame["d_spacing [angstrom]"].dtype


@pytest.mark.parametrize("package", ["pandas", "polars", "xarray"])
def test_a_missing_package_names_the_extra(client: Client, monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    import sys

    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(errors.MissingExtra, match=rf"pip install 'kiban\[{package}\]'"):
        getattr(client.table(), f"to_{package}")()


def test_values_come_one_after_another(client: Client) -> None:
    every = list(client.facts())
    assert len({fact.id for fact in every}) == len(every) > 5
    spacing = next(fact for fact in every if fact.term == "d_spacing" and fact.condition == {"peak": 1})
    assert (spacing.sample, spacing.unit, spacing.si_unit) == ("Si-1", "angstrom", "m")
    assert spacing.si_value == pytest.approx(spacing.value * 1e-10)
    assert spacing.standard_uncertainty is not None


def test_a_record_has_its_files_exports_and_provenance(client: Client, pattern: Path, tmp_path: Path) -> None:
    record = client.record(next(iter(client.find('technique = "xrd"'))))
    assert record.file() == pattern.read_bytes()
    assert record.file(tmp_path / "same.xrdml") == tmp_path / "same.xrdml"
    assert (tmp_path / "same.xrdml").read_bytes() == pattern.read_bytes()
    assert "nexus" in record.exports()
    assert bytes(record.export("nexus"))[:4] == b"\x89HDF"  # type: ignore[arg-type]  no path was given
    assert record.header()
    assert [step.title for step in record.provenance().records] == [record.title, "Si-1"]
    assert record.sample is not None
    sample = client.record(record.sample.id)
    assert sample.provenance("forward").records[1].id == record.id
    assert {each.term for each in sample.properties} >= {"d_spacing"}
    with pytest.raises(errors.RecordNotFound):
        sample.file(number=7)


def test_the_same_file_twice_is_one_and_progress_is_told(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(SWEEP % b"p" + b"\n".join(b"%d,%d" % (i, i) for i in range(50_000)))
    told: list[tuple[int, int]] = []
    first = client.deposit(path, name="runs/large.csv", progress=lambda sent, total: told.append((sent, total)))
    assert told[-1] == (path.stat().st_size,) * 2
    assert len(told) == -(-path.stat().st_size // (1 << 18))
    assert not first.already_there
    again = client.deposit(path, name="runs/large.csv")
    assert (again.already_there, again.measurement) == (True, first.measurement)
    with pytest.raises(errors.WrongUsage, match="is no file"):
        client.deposit(tmp_path / "nothing.csv")


def test_a_folder_is_deposited_file_by_file(client: Client, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    (folder / "b").mkdir(parents=True)
    (folder / ".hidden").write_text("x")
    (folder / "a.csv").write_bytes(SWEEP % b"fa")
    (folder / "b" / "c.bin").write_bytes(b"\x00fc")
    outcomes = list(client.deposit_folder(folder))
    assert [(outcome.path, outcome.status) for outcome in outcomes] == [
        ("run/a.csv", "structured"),
        ("run/b/c.bin", "kept"),
    ]


def test_samples_and_processes_are_written_down_and_changed(client: Client) -> None:
    sample = client.new_sample("C-1", formula="TiO2")
    older = client.record(sample.id)
    sample.change(formula="ZrO2")
    assert (sample.version, sample.document["formula"]) == (2, "ZrO2")
    with pytest.raises(errors.Conflict):
        older.change(formula="HfO2")
    process, outputs = client.new_process("sintering 1", inputs=[sample.id], outputs=[{"name": "C-2"}])
    assert (process.kind, [each.title for each in outputs]) == ("process", ["C-2"])
    assert client.record(sample.id, version=1).document["formula"] == "TiO2"
    [hit] = client.find('technique = "xrd"')
    with pytest.raises(errors.WrongUsage):
        client.record(hit).change(formula="TiO2")


def test_terms_and_templates(client: Client) -> None:
    assert client.term("硬さ")["key"] == "hardness"
    assert any(term["key"] == "hardness" for term in client.terms("hard"))
    assert client.templates() == ()
    with pytest.raises(errors.InvalidIdentifier):
        client.template("nothing")


def test_everything_can_be_saved_as_one_file(client: Client, tmp_path: Path) -> None:
    n = client.find().total
    assert pq.read_table(client.save_records("", tmp_path / "all.parquet")).num_rows == n
    lines = client.save_records("", tmp_path / "all.jsonl", form="jsonl").read_text().splitlines()
    assert json.loads(lines[-1]) == {"end": True, "rows": n}
    assert client.save_facts("", tmp_path / "facts.arrows", form="arrow").stat().st_size > 1000
    with pytest.raises(errors.WrongUsage):
        client.save_facts("", tmp_path / "x", form="xlsx")
    assert {path.name for path in tmp_path.iterdir()} == {"all.parquet", "all.jsonl", "facts.arrows"}


def test_over_a_network_it_is_the_same(pattern: Path, tmp_path: Path) -> None:
    with serving(tmp_path) as (process, client):
        outcome = client.deposit(pattern, sample="Si-1")
        assert outcome.measurement is not None
        assert client.record(outcome.measurement).numbers()["two_theta"].unit == "deg"
        assert len(list(client.records())) == client.find().total == 3
        with connect(client.address) as nobody:
            assert list(nobody.find()) == []
            with pytest.raises(errors.NotLoggedIn):
                nobody.new_sample("X")
        process.kill()
        process.wait()
        with pytest.raises(errors.NotReached, match="does not answer"):
            client.version()


def test_a_server_that_is_killed_amid_a_stream_leaves_no_half_result(pattern: Path, tmp_path: Path) -> None:
    with serving(tmp_path, "endless") as (process, client):
        client.deposit(pattern)
        came = 0

        def read_on() -> None:
            nonlocal came
            for _ in client.records():
                came += 1
                if came == 5:
                    process.kill()

        with pytest.raises(errors.CutShort):
            read_on()
        assert came >= 5


def test_a_file_that_does_not_come_whole_is_not_there(pattern: Path, tmp_path: Path) -> None:
    with serving(tmp_path, "endless") as (process, client):
        client.deposit(pattern)
        (tmp_path / "out").mkdir()
        target = tmp_path / "out" / "all.jsonl"

        import threading

        def kill_when_it_has_begun() -> None:
            while not any(path.stat().st_size for path in target.parent.iterdir()):
                pass
            process.kill()

        killer = threading.Thread(target=kill_when_it_has_begun)
        killer.start()
        with pytest.raises(errors.CutShort):
            client.save_records("", target, form="jsonl")
        killer.join()
        assert list(target.parent.iterdir()) == []


@pytest.mark.slow
def test_a_home_needs_no_server(pattern: Path, tmp_path: Path) -> None:
    with open_home(tmp_path / "home") as client:
        made = client.deposit(pattern, sample="Si-1")
        assert client.record(str(made.measurement)).sample is not None
    with open_home(tmp_path / "home") as client:
        assert [hit.sample for hit in client.find('technique = "xrd"')] == ["Si-1"]
        assert len(list(client.facts())) > 5


def test_estimated_counts_say_so() -> None:
    counted = FacetCounts([{"value": "a", "count": 30_000, "is_estimate": True, "name": "A"}])
    assert (counted, counted.is_estimate, counted.names) == ({"a": 30_000}, True, {"a": "A"})


def test_a_table_of_experiments_is_looked_at_kept_and_taken_back(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "tried.csv"
    path.write_text("sample,T_anneal (K),hardness (GPa)\nX-1,1173,12.5\n", encoding="utf-8")
    found = client.experiments.preview(path)
    assert found["would"]["rows"] == {"new": 1, "changed": 0, "unchanged": 0}
    kept = client.experiments.keep(path, mapping=found["mapping"], kept="oven")
    assert (kept["status"], kept["mapping"]) == ("imported", "oven")
    assert "oven" in {each["name"] for each in client.experiments.mappings()}
    drawn = client.table('title = "X-1" AND kind = "sample"', settings=True)
    assert (drawn["process.oven.t_anneal"].values, drawn["process.oven.t_anneal"].unit) == ([1173.0], "K")
    assert len(client.experiments.withdraw("tried.csv")["samples"]) == 1
    with pytest.raises(errors.WrongUsage):
        client.experiments.preview(tmp_path / "absent.csv")
