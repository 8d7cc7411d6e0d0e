"""The normalised file of a Reading."""

from __future__ import annotations

import io
import random
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import h5py
import numpy as np
import pytest
import xarray
from hypothesis import HealthCheck, assume, given, settings

from kiban.errors import DamagedFile, InvalidValue, KibanError, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Kind, Origin, Uncertainty
from kiban.records.reading import Reading, Role, Variable
from kiban.standards import nexus
from kiban.testing.reading_strategies import readings

PROVENANCE: dict[str, str | int] = {
    "reader": "panalytical_xrdml",
    "reader_version": 3,
    "why": "its root element is <xrdMeasurements>",
    "file_checksum": "0f" * 32,
}


def pattern(n_points: int = 7000) -> Reading:
    angles = 5 + 0.013 * np.arange(n_points)
    counts = np.random.default_rng(1).poisson(200 + 5000 * np.exp(-(((angles - 28.44) / 0.1) ** 2)))
    return Reading(
        technique="xrd",
        title="TiO2-A600: Gonio scan",
        variables=(
            Variable(
                name="two_theta",
                series=Series(angles, "deg"),
                dimensions=("two_theta",),
                role=Role.AXIS,
                label="2Theta",
                unit_as_written="°2θ",
            ),
            Variable(
                name="intensity",
                series=Series(
                    counts,
                    "count",
                    Uncertainties(
                        values=np.sqrt(np.maximum(counts, 1)),
                        origin=Origin.ESTIMATE,
                        distribution=Distribution.POISSON,
                    ),
                ),
                dimensions=("two_theta",),
                unit_as_written="counts",
            ),
            Variable(name="omega", series=Series(angles / 2, "deg"), dimensions=("two_theta",), role=Role.AUXILIARY),
        ),
        header={"xrdMeasurements": {"@status": "Completed", "sample": {"id": "TiO2-A600", "name": "酸化チタン"}}},
        metadata={
            "wavelength": Measured(
                0.15405929, "nm", Uncertainty(value=5e-8, origin=Origin.CERTIFICATE, degrees_of_freedom=12.0)
            ),
            "anode": "Cu",
            "kalpha2_to_kalpha1": 0.5,
            "n_scans": 1,
            "is_spinning": True,
            "ended_at": datetime(2026, 5, 4, 10, 30, tzinfo=timezone(timedelta(hours=9))),
        },
        sample_name="TiO2-A600",
        operator="佐藤",
        instrument="Empyrean",
        started_at=datetime(2026, 5, 4, 10, 0, 0, 250000, tzinfo=timezone(timedelta(hours=9))),
        doubts=("The end angle is not reached.", "二重"),
    )


def reciprocal_map() -> Reading:
    shape = (4, 50)
    return Reading(
        technique="xrd_map",
        title="a map",
        variables=(
            Variable(name="omega", series=Series(np.arange(4.0), "deg"), dimensions=("omega",), role=Role.AXIS),
            Variable(
                name="two_theta",
                series=Series(np.linspace(30, 31, 200).reshape(shape), "deg"),
                dimensions=("omega", "point"),
                role=Role.AXIS,
            ),
            Variable(
                name="intensity",
                series=Series(
                    np.arange(200).reshape(shape),
                    "count",
                    Uncertainties(values=np.array([2.0]), kind=Kind.RESOLUTION, origin=Origin.FILE),
                ),
                dimensions=("omega", "point"),
            ),
        ),
    )


def opened(content: bytes) -> h5py.File:
    return h5py.File(io.BytesIO(content), "r")


def words(attribute: Any) -> Any:
    """Attributes of fixed length, as netCDF and most instruments write them, come from h5py as bytes."""
    return [each.decode() for each in attribute] if isinstance(attribute, np.ndarray) else attribute.decode()


def same_numbers(one: Any, other: Any) -> bool:
    one, other = np.asarray(one), np.asarray(other)
    return one.dtype == other.dtype and one.shape == other.shape and np.array_equal(one, other, equal_nan=True)


def assert_same(one: Reading, other: Reading) -> None:
    for name in ("technique", "title", "sample_name", "operator", "instrument", "started_at", "doubts"):
        assert getattr(one, name) == getattr(other, name), name
    if one.started_at is not None and other.started_at is not None:
        assert one.started_at.utcoffset() == other.started_at.utcoffset()
    assert dict(one.header) == dict(other.header)
    assert list(one.metadata.items()) == list(other.metadata.items())
    for name, value in one.metadata.items():
        assert type(value) is type(other.metadata[name]), name
    assert [v.name for v in one.variables] == [v.name for v in other.variables]
    for v, w in zip(one.variables, other.variables, strict=True):
        assert (v.dimensions, v.role, v.label, v.unit_as_written) == (w.dimensions, w.role, w.label, w.unit_as_written)
        assert v.series.unit == w.series.unit
        assert same_numbers(v.series.values, w.series.values), v.name
        a, b = v.series.uncertainty, w.series.uncertainty
        assert (a is None) == (b is None)
        if a is not None and b is not None:
            assert same_numbers(a.values, b.values)
            assert (a.kind, a.origin, a.distribution) == (b.kind, b.origin, b.distribution)
            assert a.coverage_factor == b.coverage_factor


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(reading=readings())
def test_every_reading_survives_the_trip_to_a_file_and_back(reading: Reading) -> None:
    content = nexus.write(reading, provenance=PROVENANCE)
    assert_same(nexus.read(content), reading)


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(reading=readings())
def test_xarray_opens_every_reading(reading: Reading) -> None:
    # netCDF can keep a variable that is called like a dimension of others without being its coordinate; xarray cannot.
    dimensions = {name for v in reading.variables for name in v.dimensions}
    assume(all(v.name not in dimensions or v.dimensions == (v.name,) for v in reading.variables))
    content = nexus.write(reading, provenance=PROVENANCE)
    with xarray.open_dataset(io.BytesIO(content), engine="h5netcdf", group="entry/data") as dataset:
        for variable in reading.variables:
            found = dataset[variable.name]
            assert found.dims == variable.dimensions
            assert found.attrs["units"] == variable.series.unit
            assert np.array_equal(found.values, variable.series.values, equal_nan=True)


def test_a_pattern_survives_the_trip_with_everything_in_it() -> None:
    reading = pattern()
    content = nexus.write(reading, provenance=PROVENANCE)
    assert_same(nexus.read(content), reading)
    assert_same(nexus.read(io.BytesIO(content)), reading)


def test_arrays_that_are_packed_in_several_chunks_survive() -> None:
    chance = np.random.default_rng(3)
    slow = np.cumsum(chance.integers(0, 3, 400_001)).astype(np.float64)
    picture = chance.poisson(5, (37, 9000)).astype(np.int32)
    noise = chance.normal(size=20_000)
    reading = Reading(
        technique="table",
        title="large",
        variables=(
            Variable(name="slow", series=Series(slow, "s"), dimensions=("slow",), role=Role.AXIS),
            Variable(name="picture", series=Series(picture[:, ::2], "count"), dimensions=("y", "x")),
            Variable(name="noise", series=Series(noise), dimensions=("noise",)),
        ),
    )
    content = nexus.write(reading, provenance={})
    assert_same(nexus.read(content), reading)
    with opened(content) as file:
        assert file["entry/data/slow"].compression == "gzip"
        assert file["entry/data/slow"].chunks == (131_072,)
        assert file["entry/data/picture"].compression == "gzip"
        assert file["entry/data/noise"].compression is None
    assert len(content) < 0.4 * (slow.nbytes + picture.nbytes // 2 + noise.nbytes)


def test_the_same_reading_gives_the_same_bytes_at_another_time() -> None:
    first = nexus.write(pattern(), provenance=PROVENANCE)
    time.sleep(1.1)
    assert nexus.write(pattern(), provenance=PROVENANCE) == first


def test_xarray_sees_dimensions_units_and_uncertainties() -> None:
    content = nexus.write(pattern(), provenance=PROVENANCE)
    with xarray.open_dataset(io.BytesIO(content), engine="h5netcdf", group="entry/data") as dataset:
        assert dataset.sizes == {"two_theta": 7000}
        assert list(dataset.coords) == ["two_theta"]
        assert dataset["two_theta"].attrs["units"] == "deg"
        assert dataset["intensity"].attrs["units"] == "count"
        assert dataset["intensity"].dtype == np.int64
        assert dataset["intensity_errors"].dims == ("two_theta",)
        nearest = dataset["intensity"].sel(two_theta=28.44, method="nearest")
        assert int(nearest) == int(dataset["intensity"].values.max()) or int(nearest) > 4500


def test_xarray_takes_the_axes_of_a_map_as_coordinates() -> None:
    content = nexus.write(reciprocal_map(), provenance=PROVENANCE)
    with xarray.open_dataset(io.BytesIO(content), engine="h5netcdf", group="entry/data") as dataset:
        assert dataset["intensity"].dims == ("omega", "point")
        assert set(dataset.coords) == {"omega", "two_theta"}
        assert dataset["two_theta"].dims == ("omega", "point")
        assert np.all(dataset["intensity_resolution"].values == 2.0)
        assert dataset["intensity_resolution"].shape == (4, 50)
        assert "point" not in dataset.variables


def test_nexus_programs_find_what_to_plot() -> None:
    with opened(nexus.write(pattern(), provenance=PROVENANCE)) as file:
        assert words(file.attrs["NX_class"]) == "NXroot"
        entry = file[words(file.attrs["default"])]
        assert words(entry.attrs["NX_class"]) == "NXentry"
        data = entry[words(entry.attrs["default"])]
        assert words(data.attrs["NX_class"]) == "NXdata"
        assert words(data.attrs["signal"]) == "intensity"
        assert words(data.attrs["axes"]) == ["two_theta"]
        assert words(data["two_theta"].attrs["long_name"]) == "2Theta"
        assert words(data["two_theta"].attrs["units_as_written"]) == "°2θ"
        assert np.array_equal(data["intensity_errors"][:], np.sqrt(np.maximum(data["intensity"][:], 1)))
        assert data["omega"].dims[0][0].name == "/entry/data/two_theta"
        assert "definition" not in entry


def test_a_map_names_the_indices_of_axes_that_are_not_dimensions() -> None:
    with opened(nexus.write(reciprocal_map(), provenance=PROVENANCE)) as file:
        data = file["entry/data"]
        assert words(data.attrs["axes"]) == ["omega", "."]
        assert list(data.attrs["two_theta_indices"]) == [0, 1]
        assert data["point"].attrs["NAME"].startswith(b"This is a netCDF dimension but not a netCDF variable.")
        assert "intensity_errors" not in data
        assert data["intensity_resolution"].id.get_storage_size() == 0


def test_people_find_sample_time_metadata_and_provenance_by_name() -> None:
    with opened(nexus.write(pattern(), provenance=PROVENANCE)) as file:
        entry = file["entry"]
        assert entry["title"].asstr()[()] == "TiO2-A600: Gonio scan"
        assert entry["experiment_description"].asstr()[()] == "X-ray diffraction"
        assert entry["start_time"].asstr()[()] == "2026-05-04T10:00:00.250000+09:00"
        assert entry["sample/name"].asstr()[()] == "TiO2-A600"
        assert entry["user/name"].asstr()[()] == "佐藤"
        assert entry["instrument/name"].asstr()[()] == "Empyrean"
        assert entry["metadata/wavelength"][()] == 0.15405929
        assert words(entry["metadata/wavelength"].attrs["units"]) == "nm"
        assert entry["metadata/wavelength"].attrs["uncertainty"] == 5e-8
        assert entry["metadata/anode"].asstr()[()] == "Cu"
        assert '"name": "酸化チタン"' in entry["reading/header"].asstr()[()]
        assert list(entry["reading/doubts"].asstr()) == ["The end angle is not reached.", "二重"]
        kept = entry["process/provenance"]
        assert kept["reader"].asstr()[()] == "panalytical_xrdml"
        assert kept["reader_version"][()] == 3


def test_every_group_is_a_base_class_and_every_name_is_valid_in_nexus() -> None:
    reading = pattern()
    odd = Reading(
        technique="xrd",
        title="",
        variables=reading.variables,
        metadata={"a/b": "slash", "a b": "blank", "a_b": "plain", "": "none", "2θ": 1},
    )
    content = nexus.write(odd, provenance={})
    assert_same(nexus.read(content), odd)
    base_classes = {"NXentry", "NXdata", "NXparameters", "NXprocess", "NXcollection"}

    def check(name: str, node: h5py.Group | h5py.Dataset) -> None:
        assert all(part.replace("_", "a").isalnum() and part.isascii() for part in name.split("/")), name
        if isinstance(node, h5py.Group):
            assert words(node.attrs["NX_class"]) in base_classes

    with opened(content) as file:
        file.visititems(check)


def test_names_that_nexus_gives_a_meaning_are_not_taken_twice() -> None:
    points = np.arange(3.0)
    doubt = Uncertainties(values=np.ones(3), origin=Origin.FILE)
    reading = Reading(
        technique="table",
        title="clashes",
        variables=(
            Variable(name="x", series=Series(points, "m", doubt), dimensions=("x_errors",)),
            Variable(name="x_resolution", series=Series(np.arange(5)), dimensions=("x",)),
            Variable(name="y", series=Series(np.ones((5, 3))), dimensions=("x", "x_errors")),
        ),
    )
    content = nexus.write(reading, provenance={})
    assert_same(nexus.read(content), reading)
    with opened(content) as file:
        assert set(file["entry/data"]) == {"x_errors", "x", "_nc4_non_coord_x", "x_errors_2", "x_resolution", "y"}


def test_a_time_without_zone_stays_without_zone() -> None:
    reading = Reading(
        technique="xrd", title="t", variables=pattern(3).variables, started_at=datetime(2026, 1, 2, 3, 4, 5)
    )
    found = nexus.read(nexus.write(reading, provenance={})).started_at
    assert found == datetime(2026, 1, 2, 3, 4, 5)
    assert found is not None
    assert found.tzinfo is None
    zoned = Reading(
        technique="xrd", title="t", variables=pattern(3).variables, started_at=datetime(2026, 1, 2, tzinfo=UTC)
    )
    assert nexus.read(nexus.write(zoned, provenance={})).started_at == datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "a\0b"},
        {"operator": "half \ud800"},
        {"header": {"number": float("nan")}},
        {"header": {"set": {1, 2}}},
        {"header": {"half": "\udfff"}},
        {"metadata": {"huge": 2**70}},
        {"metadata": {"list": [1, 2]}},
        {"doubts": ("a\0b",)},
    ],
    ids=str,
)
def test_what_cannot_be_written_is_refused_with_words(changes: dict[str, Any]) -> None:
    reading = Reading(**{"technique": "xrd", "title": "t", "variables": pattern(3).variables, **changes})
    with pytest.raises(InvalidValue) as caught:
        nexus.write(reading, provenance={})
    assert caught.value.mend


@pytest.mark.parametrize("name", ["", ".", "a/b"])
def test_a_dimension_that_cannot_be_a_name_is_refused(name: str) -> None:
    variable = Variable(name="x", series=Series([1.0, 2.0]), dimensions=(name,))
    with pytest.raises(InvalidValue, match="dimension"):
        nexus.write(Reading(technique="table", title="t", variables=(variable,)), provenance={})


def test_a_cut_file_is_damaged() -> None:
    content = nexus.write(pattern(300), provenance=PROVENANCE)
    for cut in (0, 1, 8, 100, len(content) // 2, len(content) - 1):
        with pytest.raises(DamagedFile):
            nexus.read(content[:cut])


def test_changed_bytes_are_found_unless_they_are_numbers_of_an_array() -> None:
    reading = pattern(300)
    content = nexus.write(reading, provenance=PROVENANCE)
    chance = random.Random(20261122)
    refused = 0
    for _ in range(400):
        changed = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        try:
            found = nexus.read(bytes(changed))
        except KibanError:
            refused += 1
        else:
            assert found.title == reading.title
            assert dict(found.metadata) == dict(reading.metadata)
            assert [(v.name, v.series.unit) for v in found.variables] == [
                (v.name, v.series.unit) for v in reading.variables
            ]
    assert 100 < refused < 400


@pytest.mark.parametrize("missing", ["entry", "entry/data", "entry/title", "entry/reading/header", "entry/metadata"])
def test_a_file_that_lacks_a_part_is_damaged(missing: str) -> None:
    buffer = io.BytesIO(nexus.write(pattern(300), provenance=PROVENANCE))
    with h5py.File(buffer, "r+") as file:
        del file[missing]
    with pytest.raises(DamagedFile) as caught:
        nexus.read(buffer.getvalue())
    assert "original file" in caught.value.mend


def test_a_nexus_file_of_another_program_is_not_taken_for_damaged() -> None:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_group("entry").attrs["NX_class"] = "NXentry"
    with pytest.raises(UnsupportedVariant):
        nexus.read(buffer.getvalue())
