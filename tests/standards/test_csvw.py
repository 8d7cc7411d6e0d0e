"""Measurements as CSV on the Web: every number, unit and word can be had back from the tables and their metadata."""

from __future__ import annotations

import csv
import io
import json
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from numpy.typing import NDArray

from kiban.quantity.measured import Measured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Kind, Origin
from kiban.quantity.unit import to_si
from kiban.records.measurement import Analysis
from kiban.records.reading import Reading, Role, Variable
from kiban.standards.csvw import EXPORT
from kiban.standards.qudt_units import _NAMES, unit_iri
from kiban.testing.export_examples import EXAMPLES, diffraction_map, exportable, fact_of, pattern, sample_record
from kiban.testing.export_suite import ExportSuite
from kiban.testing.reading_strategies import readings

OURS = "urn:kiban:csvw:"
QUDT = "http://qudt.org/schema/qudt/unit"
DTYPES = {
    "boolean": "?", "byte": "i1", "short": "i2", "int": "i4", "long": "i8", "unsignedByte": "u1",
    "unsignedShort": "u2", "unsignedInt": "u4", "unsignedLong": "u8", "float": "f4", "double": "f8",
}  # fmt: skip
FOUND = Analysis(
    name="powder_xrd",
    version=3,
    summary="2 peaks.",
    columns=("peak", "d_spacing", "phase", "kept"),
    units=("", "nm", "", ""),
    rows=((1, 0.31, 'rutile, "110"', True), (2, None, "", False)),
    doubts=("Weak.",),
)


class TestCsvw(ExportSuite):
    export = EXPORT


def files(reading: Reading, **more: Any) -> dict[str, bytes]:
    """The members of the archive."""
    with zipfile.ZipFile(io.BytesIO(EXPORT.export(exportable(reading, **more)).content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def metadata_of(members: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(members["csv-metadata.json"])
    return found


def parsed(texts: list[str], datatype: str) -> NDArray[Any]:
    """The cells of a column in its data type."""
    dtype = np.dtype(DTYPES[datatype])
    if dtype.kind == "b":
        return np.array([{"true": True, "false": False}[text] for text in texts])
    if dtype.kind in "iu":
        return np.array([int(text) for text in texts], dtype=dtype)
    return np.array([float(text) for text in texts]).astype(dtype)


def columns_of(members: dict[str, bytes], table: dict[str, Any]) -> list[tuple[dict[str, Any], NDArray[Any]]]:
    """The columns of a table with their descriptions, as somebody would read them who knows the standard only."""
    rows = list(csv.reader(io.StringIO(members[table["url"]].decode(), newline="")))
    described = table["tableSchema"]["columns"]
    shown = [d for d in described if not d.get("virtual")]
    assert described[: len(shown)] == shown
    assert rows[0] == [d["titles"] for d in shown]
    found = []
    for d in described:
        texts = [d["default"]] if d.get("virtual") else [row[shown.index(d)] for row in rows[1:]]
        found.append((d, parsed(texts, d["datatype"]["base"])))
    return found


def check_all_there(reading: Reading, members: dict[str, bytes]) -> None:
    """Every variable of the Reading can be put together again."""
    document = metadata_of(members)
    lengths = {d: n for v in reading.variables for d, n in zip(v.dimensions, v.series.shape, strict=True)}
    cells = {}
    for table in document["tables"]:
        for described, values in columns_of(members, table):
            part = described.get(f"{OURS}part", "")
            if part not in {"coordinate", "index"}:
                cells[described[f"{OURS}variable"], part] = (table, described, values)
    for variable in reading.variables:
        values, unit = variable.series.values, variable.series.unit
        parts = [("real", values.real), ("imaginary", values.imag)] if values.dtype.kind == "c" else [("", values)]
        for part, expected in parts:
            table, described, found = cells[variable.name, part]
            assert tuple(table[f"{OURS}dimensions"]) == variable.dimensions
            found = found.reshape([lengths[d] for d in variable.dimensions])
            assert found.dtype == expected.dtype.newbyteorder("=")
            np.testing.assert_array_equal(found, expected)
            assert described["schema:unitText"] == unit
            assert described[f"{OURS}role"] == variable.role
            assert described.get("dc:description", "") == variable.label
            assert described.get(f"{OURS}unitAsWritten", unit) == variable.unit_as_written
        doubt = variable.series.uncertainty
        assert ((variable.name, "uncertainty") in cells) == (doubt is not None)
        if doubt is not None:
            _, described, found = cells[variable.name, "uncertainty"]
            np.testing.assert_array_equal(found, doubt.values.reshape(-1))
            assert described[f"{OURS}kind"] == doubt.kind
            assert described[f"{OURS}origin"] == doubt.origin
            assert described.get(f"{OURS}coverageFactor") == doubt.coverage_factor
    assert json.loads(members["header.json"]) == dict(reading.header)
    named = [entry["schema:name"] for entry in document.get("schema:additionalProperty", [])]
    assert named == list(reading.metadata)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(reading=readings())
def test_any_reading_can_be_put_together_again(reading: Reading) -> None:
    check_all_there(reading, files(reading))


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_can_be_put_together_again(name: str) -> None:
    check_all_there(EXAMPLES[name](), files(EXAMPLES[name]()))


def test_a_pattern_is_one_table_with_units_and_uncertainties() -> None:
    members = files(pattern())
    assert set(members) == {"two_theta.csv", "csv-metadata.json", "header.json"}
    assert members["two_theta.csv"].startswith(
        b"two_theta [deg],intensity [count],u_intensity [count],omega [deg]\r\n20.0,200,14.142135623730951,10.0\r\n"
    )
    [table] = metadata_of(members)["tables"]
    columns = {c["name"]: c for c in table["tableSchema"]["columns"]}
    assert columns["two_theta"][QUDT] == {"@id": "http://qudt.org/vocab/unit/DEG"}
    assert columns["intensity"]["datatype"] == {"base": "long"}
    assert columns["u_intensity"][f"{OURS}variable"] == "intensity"
    assert columns["u_intensity"][f"{OURS}distribution"] == "poisson"


def test_the_whole_says_where_it_comes_from() -> None:
    document = metadata_of(files(pattern(), sample=sample_record("S-1")))
    assert document["dc:identifier"] == "kb:7Q4M-2KXD-98"
    assert document["schema:about"]["schema:name"] == "S-1"
    assert (document["dc:creator"], document["schema:instrument"]) == ("佐藤", "Empyrean")
    assert document["dc:date"] == "2026-05-04T10:00:00.250000"
    assert document["prov:wasDerivedFrom"]["schema:name"] == "測定 1.ras"
    wavelength = document["schema:additionalProperty"][1]
    assert wavelength["schema:name"] == "wavelength"
    assert (wavelength["schema:value"], wavelength["schema:unitText"]) == (0.15405929, "nm")
    assert (wavelength[f"{OURS}uncertainty"], wavelength[f"{OURS}origin"]) == (5e-8, "certificate")
    assert [note[f"{OURS}doubt"] for note in document["notes"]] == list(pattern().doubts)


def test_a_map_has_a_row_for_each_point() -> None:
    members = files(diffraction_map())
    lines = members["omega_by_two_theta.csv"].decode().split("\r\n")
    assert lines[:3] == ["omega [deg],two_theta [deg],intensity [count]", "1.0,3.0,0", "1.0,4.0,1"]
    assert len(lines) == 14
    assert members["omega.csv"].decode().split("\r\n")[2] == "1.5,NaN"


def test_one_uncertainty_for_all_is_a_virtual_column() -> None:
    doubt = Uncertainties(values=np.array([0.5]), kind=Kind.EXPANDED, coverage_factor=2.0, origin=Origin.CERTIFICATE)
    reading = Reading(
        technique="table",
        title="t",
        variables=(
            Variable(name="u", series=Series([1.0, 2.0], "V", doubt), dimensions=("point",), role=Role.SIGNAL),
            Variable(name="expanded_u_u", series=Series([1, 2]), dimensions=("point",)),
        ),
    )
    members = files(reading)
    assert members["point.csv"] == b"u [V],expanded_u_u\r\n1.0,1\r\n2.0,2\r\n"
    [table] = metadata_of(members)["tables"]
    last = table["tableSchema"]["columns"][-1]
    assert (last["name"], last["virtual"], last["default"]) == ("expanded_u_u_2", True, "0.5")
    check_all_there(reading, members)


def test_dimensions_without_an_axis_are_numbered() -> None:
    image = Variable(name="y", series=Series(np.arange(6.0).reshape(2, 3)), dimensions=("y", "..x"))
    members = files(Reading(technique="image", title="i", variables=(image,)))
    assert members["y_by___x.csv"].startswith(b"point_1,point_2,y\r\n0,0,0.0\r\n0,1,1.0\r\n")


def test_tables_of_analyses_and_properties() -> None:
    given_ = exportable(pattern(), analyses=(FOUND,))
    facts = (fact_of(given_, "d_spacing", Measured(0.31, "nm"), peak=1, at=Measured(300.0, "K")),)
    members = files(pattern(), analyses=(FOUND,), facts=facts, composition={"Ti": 0.25, "O": 0.75})
    assert members["analysis_powder_xrd.csv"] == (
        b'peak,d_spacing [nm],phase,kept\r\n1,0.31,"rutile, ""110""",true\r\n2,,,false\r\n'
    )
    document = metadata_of(members)
    columns = document["tables"][-1]["tableSchema"]["columns"]
    assert [c["datatype"] for c in columns] == ["integer", "double", "string", "boolean"]
    notes = document["notes"]
    assert notes[2] == {f"{OURS}analysis": "powder_xrd/3", f"{OURS}summary": "2 peaks.", f"{OURS}doubt": ["Weak."]}
    assert (notes[3]["schema:name"], notes[3]["schema:value"]) == ("d_spacing", 0.31)
    assert [c["schema:name"] for c in notes[3][f"{OURS}condition"]] == ["peak", "at"]


def _validated(folder: Path, members: dict[str, bytes]) -> bool:
    """What the package csvw says."""
    csvw = pytest.importorskip("csvw")
    for name, content in members.items():
        (folder / name).write_bytes(content)
    with warnings.catch_warnings():
        # It counts its own warnings, so none of them may be an error or be left out.
        warnings.simplefilter("always")
        return bool(csvw.CSVW(str(folder / "csv-metadata.json"), validate=True).is_valid)


@pytest.mark.parametrize("name", EXAMPLES)
def test_somebody_else_s_validator_finds_it_valid(tmp_path: Path, name: str) -> None:
    given_ = exportable(EXAMPLES[name]())
    facts = (fact_of(given_, "d_spacing", Measured(0.31, "nm"), peak=1),)
    members = files(EXAMPLES[name](), analyses=(FOUND,), facts=facts, sample=sample_record("S-1"))
    assert _validated(tmp_path, members)


def test_the_validator_would_find_a_fault(tmp_path: Path) -> None:
    members = files(pattern())
    members["two_theta.csv"] = members["two_theta.csv"].replace(b"20.02,192,", b"20.02,many,")
    assert not _validated(tmp_path, members)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(reading=readings())
def test_any_reading_is_valid(tmp_path: Path, reading: Reading) -> None:
    for old in tmp_path.iterdir():
        old.unlink()
    assert _validated(tmp_path, files(reading))


@pytest.mark.parametrize(
    ("unit", "name", "in_si"),
    [
        # name and multiplier as in the QUDT vocabulary of units, release 3
        ("deg", "DEG", 0.0174532925),
        ("angstrom", "ANGSTROM", 1e-10),
        ("1/cm", "PER-CentiM", 100.0),
        ("mA*h/g", "MilliA-HR-PER-GM", 3600.0),
        ("oersted", "OERSTED", 79.5774715),
        ("gauss", "GAUSS", 1e-4),
        ("eV", "EV", 1.602176634e-19),
        ("psi", "PSI", 6894.757602518976),
        ("degC", "DEG_C", 1.0),
        ("rpm", "REV-PER-MIN", 0.1047197551),
        ("dalton", "DA", 1.66053878283e-27),
        ("W/m/K", "W-PER-M-K", 1.0),
        ("count/s", "NUM-PER-SEC", 1.0),
        ("mL/min", "MilliL-PER-MIN", 1.6666667e-8),
    ],
)
def test_units_mean_what_qudt_says(unit: str, name: str, in_si: float) -> None:
    assert unit_iri(unit) == f"http://qudt.org/vocab/unit/{name}"
    assert to_si(unit).factor == pytest.approx(in_si, rel=1e-5)


def test_every_unit_of_the_table_is_one() -> None:
    assert all(to_si(unit).factor > 0 for unit in _NAMES)
    assert len(set(_NAMES.values())) == len(_NAMES)
    assert unit_iri("arbitrary_unit") is None
    assert unit_iri("absorbance") is None
    assert unit_iri("°C") == unit_iri("degC")


def test_infinite_metadata_are_words() -> None:
    document = metadata_of(files(replace(pattern(), metadata={"limit": float("inf")})))
    assert document["schema:additionalProperty"][0]["schema:value"] == "INF"
