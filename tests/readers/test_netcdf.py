"""netCDF: the classic format in its three versions and netCDF-4, written by SciPy, xarray and the tests themselves."""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from kiban.errors import DamagedFile, HostileFile, LimitExceeded, NothingMeasured
from kiban.readers.netcdf import READER
from kiban.readers.recognise import choose
from kiban.readers.source import Limits, Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

KINDS = {"i1": 1, "S1": 2, "i2": 3, "i4": 4, "f4": 5, "f8": 6, "u1": 7, "u2": 8, "u4": 9, "i8": 10, "u8": 11}


class Classic:
    """Writes the classic format; dimensions of length 0 are the record dimension."""

    def __init__(self, version: int = 1, n_records: int = 0) -> None:
        self.version, self.n_records = version, n_records
        self.dimensions: list[tuple[str, int]] = []
        self.attributes: dict[str, Any] = {}
        self.variables: list[tuple[str, tuple[int, ...], dict[str, Any], NDArray[Any]]] = []

    def add(self, name: str, dimensions: tuple[str, ...], values: Any, **attributes: Any) -> Classic:
        places = tuple([each for each, _ in self.dimensions].index(dimension) for dimension in dimensions)
        self.variables.append((name, places, attributes, np.asarray(values)))
        return self

    def count(self, n: int) -> bytes:
        return struct.pack(">Q" if self.version == 5 else ">I", n)

    def name(self, text: str) -> bytes:
        raw = text.encode()
        return self.count(len(raw)) + raw + bytes(-len(raw) % 4)

    def listed(self, tag: int, entries: list[bytes]) -> bytes:
        return struct.pack(">I", tag if entries else 0) + self.count(len(entries)) + b"".join(entries)

    def values(self, value: Any) -> tuple[int, int, bytes]:
        array = np.frombuffer(value.encode(), "S1") if isinstance(value, str) else np.atleast_1d(value)
        return KINDS[array.dtype.str[1:]], array.size, array.astype(array.dtype.newbyteorder(">")).tobytes()

    def attribute(self, name: str, value: Any) -> bytes:
        kind, n, raw = self.values(value)
        return self.name(name) + struct.pack(">I", kind) + self.count(n) + raw + bytes(-len(raw) % 4)

    def file(self) -> bytes:
        offsets = [0] * len(self.variables)
        for _ in range(2):
            head = self.header(offsets)
            at, parts = len(head), []
            fixed = [n for n, v in enumerate(self.variables) if not self.is_recorded(v)]
            recorded = [n for n, v in enumerate(self.variables) if self.is_recorded(v)]
            for n in fixed:
                offsets[n] = at
                raw = self.values(self.variables[n][3])[2]
                parts.append(raw + bytes(-len(raw) % 4))
                at += len(parts[-1])
            size = 0
            for n in recorded:
                offsets[n] = at + size
                one = self.values(self.variables[n][3][0])[2]
                size += len(one) + (-len(one) % 4 if len(recorded) > 1 else 0)
            for record in range(self.n_records if self.n_records < 2**31 else len(self.variables[recorded[0]][3])):
                for n in recorded:
                    one = self.values(self.variables[n][3][record])[2]
                    parts.append(one + (bytes(-len(one) % 4) if len(recorded) > 1 else b""))
        return head + b"".join(parts)

    def is_recorded(self, variable: Any) -> bool:
        return bool(variable[1]) and self.dimensions[variable[1][0]][1] == 0

    def header(self, offsets: list[int]) -> bytes:
        dims = [self.name(name) + self.count(length) for name, length in self.dimensions]
        atts = [self.attribute(*each) for each in self.attributes.items()]
        variables = []
        for (name, places, attributes, values), offset in zip(self.variables, offsets, strict=True):
            listed = self.listed(12, [self.attribute(*each) for each in attributes.items()])
            entry = self.name(name) + self.count(len(places)) + b"".join(map(self.count, places)) + listed
            entry += struct.pack(">I", self.values(values)[0]) + self.count(4)
            variables.append(entry + struct.pack(">I" if self.version == 1 else ">Q", offset))
        lists = self.listed(10, dims) + self.listed(12, atts) + self.listed(11, variables)
        return b"CDF" + bytes([self.version]) + self.count(self.n_records) + lists


def log(version: int = 1, n_records: int = 3) -> Classic:
    made = Classic(version, n_records)
    made.dimensions = [("time", 0), ("level", 2)]
    made.attributes = {"title": "furnace", "Conventions": "CF-1.8", "instrument": "logger 3", "comment": "day one"}
    made.add("time", ("time",), np.array([10.0, 20.0, 30.0]), units="seconds since 2024-01-31 12:00:00")
    made.add("level", ("level",), np.array([1, 2], np.int32), units="mm")
    made.add("temperature", ("time", "level"), np.arange(6, dtype=np.float32).reshape(3, 2), units="degC")
    made.add("flag", ("time",), np.array([1, 0, 1], np.int8), long_name="heater on")
    return made


def hierarchical(build: Any) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file.attrs["_NCProperties"] = np.bytes_(b"version=2,h5netcdf=1")
        build(file)
    return content.getvalue()


def furnace(file: Any) -> None:
    file.attrs["title"] = np.bytes_(b"furnace")
    time = file.create_dataset("time", data=np.array([0.0, 5.0, 10.0]))
    time.attrs["units"] = np.bytes_(b"seconds since 2024-01-31")
    time.make_scale("time")
    place = file.create_dataset("x", data=np.array([0.0, 1.0], np.float32))
    place.make_scale("x")
    packed = file.create_dataset("temperature", data=np.arange(6, dtype=np.int16).reshape(3, 2), compression="gzip")
    packed.attrs["scale_factor"], packed.attrs["_FillValue"] = 0.5, np.int16(-1)
    packed.dims[0].attach_scale(time)
    packed.dims[1].attach_scale(place)
    inner = file.create_group("inner")
    scale = inner.create_dataset("n", shape=(4,), dtype=np.float32)
    scale.make_scale("This is a netCDF dimension but not a netCDF variable         4")
    inner.create_dataset("flow", data=np.arange(4), chunks=(2,)).dims[0].attach_scale(scale)
    inner.create_dataset("name", data=np.bytes_(b"film"))


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "CDF-1": log(1).file(),
        "CDF-2": log(2).file(),
        "CDF-5": log(5).file(),
        "netCDF-4": hierarchical(furnace),
    }


def of(content: bytes, limits: Limits | None = None) -> list[Reading]:
    return READER.read(Source(content, name="a.nc", limits=limits))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


@pytest.mark.parametrize("version", [1, 2, 5])
def test_records_axes_and_attributes(version: int) -> None:
    reading = only(log(version).file())
    assert reading.technique == "table"
    assert reading.title == "furnace"
    assert reading.instrument == "logger 3"
    assert reading.metadata["comment"] == "day one"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("time", Role.AXIS, ("time",)),
        ("level", Role.AXIS, ("level",)),
        ("temperature", Role.SIGNAL, ("time", "level")),
        ("flag", Role.SIGNAL, ("time",)),
    ]
    assert reading["time"].unit == "s"
    assert reading["time"].values.tolist() == [10, 20, 30]
    assert reading["temperature"].values.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert reading["temperature"].unit == "degC"
    assert reading["flag"].values.tolist() == [1, 0, 1]
    assert reading.variables[3].label == "heater on"
    assert reading.started_at == datetime(2024, 1, 31, 12, 0, 10, tzinfo=UTC)
    assert reading.doubts == ()


def test_a_single_recorded_variable_is_not_padded() -> None:
    made = Classic(1, 3)
    made.dimensions = [("n", 0)]
    made.add("flag", ("n",), np.array([1, 2, 3], np.int8))
    assert only(made.file())["flag"].values.tolist() == [1, 2, 3]


def test_a_count_that_was_left_open() -> None:
    made = log(1)
    closed = made.file()
    made.n_records = 0xFFFFFFFF
    assert made.file()[8:] == closed[8:]
    assert only(made.file())["temperature"].shape == (3, 2)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "S1"])
def test_every_type(kind: str) -> None:
    made = Classic(5)
    made.dimensions = [("n", 3)]
    made.add("value", ("n",), np.array([1, 0, 100], kind))
    reading = only(made.file())
    assert reading["value"].values.dtype == kind
    assert reading["value"].values.tolist() == [1, 0, 100]


def test_packed_numbers_and_missing_ones() -> None:
    made = Classic()
    made.dimensions = [("n", 3)]
    made.add(
        "packed", ("n",), np.array([1, -999, 3], np.int16), scale_factor=0.5, add_offset=10.0, _FillValue=np.int16(-999)
    )
    made.add("missing", ("n",), np.array([1, -1, 3], np.int32), missing_value=np.int32(-1))
    made.add("plain", ("n",), np.array([1, 2, 3], np.int32), _FillValue=np.int32(-1), scale_factor=1.0)
    reading = only(made.file())
    np.testing.assert_array_equal(reading["packed"].values, [10.5, np.nan, 11.5])
    np.testing.assert_array_equal(reading["missing"].values, [1, np.nan, 3])
    assert reading["plain"].values.dtype == np.int32


def test_dimensions_whose_names_we_spell_alike_stay_apart() -> None:
    made = Classic()
    made.dimensions = [("n", 3), ("N", 2), ("value", 4)]
    made.add("a", ("n",), np.array([1, 2, 3], np.int32))
    made.add("b", ("N",), np.array([1, 2], np.int32))
    made.add("value", ("n", "value"), np.zeros((3, 4), np.int32))
    reading = only(made.file())
    assert [v.dimensions for v in reading.variables] == [("n",), ("n_dimension",), ("n", "value_dimension")]


def test_texts_stand_in_the_header_and_gaps_are_doubted() -> None:
    made = Classic()
    made.dimensions = [("n", 3)]
    made.add("n", ("n",), np.array([1.0, np.nan, 3.0]))
    made.add("names", ("n",), np.array([b"a", b"b", b"c"]))
    made.add("n_dimension", (), np.float64(5.0), units="K")
    reading = only(made.file())
    assert reading.variables[0].role is Role.AUXILIARY
    assert reading["n_dimension"].values.shape == ()
    assert reading.doubts == ("The coordinate n has gaps (missing values).",)
    header: Any = reading.header
    assert header["variables"]["names"]["type"] == "|S1"


@pytest.mark.parametrize(
    ("units", "conventions", "expected"),
    [
        ("days since 2024-1-1", "CF-1.8", datetime(2024, 1, 2, 12, tzinfo=UTC)),
        ("hours since 2024-01-01T6:00:00", "", datetime(2024, 1, 1, 7, 30)),
        ("minutes since 2024-01-01 00:00:00 UTC", "CF-1.8", datetime(2024, 1, 1, 0, 1, 30, tzinfo=UTC)),
        ("fortnights since 2024-01-01", "CF-1.8", None),
        ("seconds since soon", "CF-1.8", None),
        ("seconds since 9999-12-31 23:59:59", "", None),
        ("s", "CF-1.8", None),
    ],
)
def test_times_that_count_from_a_date(units: str, conventions: str, expected: datetime | None) -> None:
    made = Classic()
    made.dimensions = [("t", 2)]
    made.attributes = {"Conventions": conventions} if conventions else {}
    made.add("t", ("t",), np.array([1.5, 2.5]), units=units)
    assert only(made.file()).started_at == expected


@given(
    values=npst.arrays(
        dtype=st.sampled_from(["i1", "i2", "i4", "f4", "f8"]),
        shape=npst.array_shapes(min_dims=1, max_dims=3, max_side=4),
        elements={"allow_nan": False},
    ),
    is_recorded=st.booleans(),
    version=st.sampled_from([1, 2]),
)
def test_what_scipy_writes_is_read(values: NDArray[Any], is_recorded: bool, version: int) -> None:
    netcdf_file = pytest.importorskip("scipy.io").netcdf_file
    content = io.BytesIO()
    file = netcdf_file(content, "w", version=version)
    for n, length in enumerate(values.shape):
        file.createDimension(f"d{n}", None if is_recorded and n == 0 else length)
    names = tuple(f"d{n}" for n in range(values.ndim))
    for name in ("a", "b"):
        file.createVariable(name, values.dtype.newbyteorder(">"), names)[:] = values
    file.flush()
    reading = only(content.getvalue())
    assert np.array_equal(reading["a"].values, values)
    assert np.array_equal(reading["b"].values, values)


def test_what_xarray_writes_as_netcdf_4_is_read(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("h5netcdf")
    data = xarray.Dataset(
        {
            "temperature": (("time", "x"), np.arange(6.0).reshape(3, 2), {"units": "K", "long_name": "of the sample"}),
            "packed": (("x",), np.array([1.5, 2.5])),
            "name": ((), "film"),
        },
        coords={
            "time": np.array(["2024-01-31T12:00:00", "2024-01-31T12:00:05", "2024-01-31T12:00:10"], "datetime64[ns]"),
            "x": ("x", np.array([0.0, 1.0]), {"units": "mm"}),
        },
        attrs={"title": "furnace", "Conventions": "CF-1.8"},
    )
    path = tmp_path / "a.nc"
    encoding = {
        "packed": {"dtype": "i2", "scale_factor": 0.5, "_FillValue": -1},
        "time": {"units": "seconds since 2024-01-31"},
    }
    data.to_netcdf(path, engine="h5netcdf", encoding=encoding)
    choice = choose(Source(path))
    assert choice.reader is READER
    (reading,) = READER.read(choice.source)
    assert reading.title == "furnace"
    by_name = {v.name: v for v in reading.variables}
    assert by_name["temperature"].dimensions == ("time", "x")
    assert by_name["temperature"].role is Role.SIGNAL
    assert by_name["time"].role is Role.AXIS
    assert reading["temperature"].unit == "K"
    assert reading["x"].unit == "mm"
    assert reading["packed"].values.tolist() == [1.5, 2.5]
    assert reading["time"].values.tolist() == [43200, 43205, 43210]
    assert reading.started_at == datetime(2024, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "marker", "expected"),
    [
        (np.array([0, 1, 2], np.int16), 65536.0, [0, 1, 2]),
        (np.array([0, -1, 2], np.int16), 65535, [0, -1, 2]),
        (np.array([0, 1, 2], np.uint8), 0.5, [0, 1, 2]),
        (np.array([0, 1, 2], np.int32), float("inf"), [0, 1, 2]),
        (np.array([0, 1, 2], np.int16), 1.0, [0, np.nan, 2]),
        (np.array([0, np.inf, 2], np.float32), 1e300, [0, np.inf, 2]),
        (np.array([0, 9.96921e36, 2], np.float32), 9.96921e36, [0, np.nan, 2]),
    ],
)
def test_a_marker_that_no_value_can_have_marks_none(values: Any, marker: float, expected: list[float]) -> None:
    def build(file: Any) -> None:
        file.create_dataset("a", data=values).attrs["_FillValue"] = marker

    assert np.array_equal(only(hierarchical(build))["a"].values, expected, equal_nan=True)


def test_an_infinite_factor_is_no_error() -> None:
    def build(file: Any) -> None:
        file.create_dataset("a", data=np.array([0, 1])).attrs["scale_factor"] = np.inf

    assert np.array_equal(only(hierarchical(build))["a"].values, [np.nan, np.inf], equal_nan=True)


def test_groups_are_readings_and_dimensions_may_have_no_values() -> None:
    def build(file: Any) -> None:
        scale = file.create_dataset("n", data=np.zeros(3, np.float32))
        scale.make_scale("This is a netCDF dimension but not a netCDF variable         3")
        file.create_dataset("a", data=np.arange(3)).dims[0].attach_scale(scale)
        file.create_group("inner").create_dataset("b", data=np.arange(4))
        file.create_group("empty")

    outer, inner = of(hierarchical(build))
    assert [v.name for v in outer.variables] == ["a"]
    assert outer.variables[0].dimensions == ("n",)
    assert inner.title == "inner"
    assert inner.variables[0].dimensions == ("b_dimension_1",)


def test_netcdf_4_never_leads_elsewhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["x"] = np.arange(3)

    def link(file: Any) -> None:
        file["a"] = np.arange(3)
        file["there"] = h5py.ExternalLink(str(secret), "/")

    assert [v.name for v in only(hierarchical(link)).variables] == ["a"]

    def virtual(file: Any) -> None:
        layout = h5py.VirtualLayout(shape=(3,), dtype=int)
        layout[:] = h5py.VirtualSource(str(secret), "x", shape=(3,))
        file.create_virtual_dataset("a", layout)

    with pytest.raises(HostileFile, match="in other files"):
        of(hierarchical(virtual))


def test_what_is_promised_and_not_found_is_an_error() -> None:
    content = log().file()
    with pytest.raises(DamagedFile, match="expected up to byte"):
        of(content[:-5])
    with pytest.raises(DamagedFile, match="bytes of the header were expected"):
        of(content[:60])
    with pytest.raises(DamagedFile, match="does not begin as netCDF"):
        of(b"CDF\x07" + content[4:])
    made = log(1)
    made.dimensions = [("time", 0), ("level", 2**31 - 1)]
    with pytest.raises(LimitExceeded, match="its variables take"):
        of(made.file())
    many = bytearray(content)
    many[4:8] = struct.pack(">I", 2**31 - 1)
    with pytest.raises(LimitExceeded):
        of(bytes(many))
    many[4:8] = struct.pack(">I", 4)
    with pytest.raises(DamagedFile, match="expected up to byte"):
        of(bytes(many))
    with pytest.raises(NothingMeasured, match="holds no variable"):
        of(Classic().file())
    with pytest.raises(DamagedFile, match="two variables of the same name"):
        of(log().add("flag", ("time",), np.zeros(3, np.int8)).file())
    with pytest.raises(DamagedFile, match=r"a list .* was expected"):
        of(content[:8] + struct.pack(">II", 10, 2**31) + content[16:])


def test_files_of_others_are_not_claimed() -> None:
    assert READER.recognise(Source(b"CDF\x03" + bytes(40))) is None
    assert READER.recognise(Source(hierarchical(lambda file: None))) is not None
