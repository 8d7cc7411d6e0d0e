"""NeXus: the real files, each way to name signal and axes in small, and files that try to lead elsewhere."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import h5py
import numpy as np
import pytest

from kiban.errors import DamagedFile, HostileFile, LimitExceeded, NothingMeasured, UnknownFormat, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Origin
from kiban.readers.contract import Confidence
from kiban.readers.nexus_hdf5 import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Limits, Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

COUNTS = np.array([0, 1, 9, 100], np.int32)
ANGLES = np.array([10.0, 10.5, 11.0, 11.5])


def group(parent: Any, name: str, nexus_class: str, **attributes: Any) -> Any:
    made = parent.create_group(name)
    made.attrs["NX_class"] = np.bytes_(nexus_class)
    attrs(made, **attributes)
    return made


def attrs(node: Any, **attributes: Any) -> Any:
    for key, value in attributes.items():
        # Texts of fixed length: a broken one of variable length can make HDF5 go round in circles.
        node.attrs[key] = np.bytes_(value) if isinstance(value, str) else value
    return node


def dataset(parent: Any, name: str, values: Any, **attributes: Any) -> Any:
    stored = np.bytes_(values) if isinstance(values, str) else values
    return attrs(parent.create_dataset(name, data=stored), **attributes)


def made(build: Callable[[Any], None], **options: Any) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w", **options) as file:
        build(file)
    return content.getvalue()


def pattern(file: Any) -> None:
    attrs(file, default="entry")
    entry = group(file, "entry", "NXentry", default="scan")
    dataset(entry, "title", "silicon powder")
    dataset(entry, "definition", "NXmonopd")
    dataset(entry, "start_time", "2024-01-31T12:00:05+09:00")
    dataset(entry, "end_time", "2024-01-31T13:00:05+09:00")
    dataset(entry, "program_name", "bench 1")
    dataset(group(entry, "sample", "NXsample"), "name", "Si 640f")
    instrument = group(entry, "instrument", "NXinstrument")
    dataset(instrument, "name", "BL02B2")
    dataset(group(instrument, "mono", "NXmonochromator"), "wavelength", 0.8, units="angstrom")
    dataset(group(entry, "user", "NXuser"), "name", "A. Person")
    data = group(entry, "scan", "NXdata", signal="counts", axes=np.array([b"angle"]))
    dataset(data, "counts", COUNTS, units="counts", long_name="detector counts")
    dataset(data, "angle", ANGLES, units="deg")
    dataset(data, "ring_current", ANGLES * 10, units="mA")


def image(file: Any) -> None:
    data = group(group(file, "entry", "NXentry"), "map", "NXdata", signal="I", axes=np.array([b"y", b".", b"E"]))
    attrs(data, x_indices=1, E_indices=2, y_indices=0, auxiliary_signals=np.array([b"I0"]))
    dataset(data, "I", np.arange(24.0).reshape(2, 3, 4), units="V")
    dataset(data, "I0", np.ones((2, 3, 4)))
    dataset(data, "y", np.array([0.0, 1.0]), units="mm")
    dataset(data, "x", np.array([0.0, 1.0, 3.0]), units="mm")
    dataset(data, "E", np.arange(4) * 10.0, units="eV")


def older(file: Any) -> None:
    data = group(group(file, "entry", "NXentry"), "data", "NXdata")
    dataset(data, "counts", COUNTS, signal=1, axes="angle", units="counts")
    dataset(data, "angle", ANGLES, units="degrees")


def oldest(file: Any) -> None:
    data = group(group(file, "entry", "NXentry"), "data", "NXdata")
    dataset(data, "I", np.arange(8.0).reshape(2, 4), signal="1")
    dataset(data, "second", np.array([5.0, 6.0]), axis=1, primary=1)
    dataset(data, "angle", ANGLES, axis="2")
    dataset(data, "set_angle", ANGLES + 1, axis=2, primary=2)


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "pattern": made(pattern),
        "pattern, newest HDF5": made(pattern, libver="latest"),
        "map": made(image),
        "signal = 1": made(older),
        "axis = 1": made(oldest),
    }


def of(content: bytes, limits: Limits | None = None) -> list[Reading]:
    return READER.read(Source(content, name="a.nxs", limits=limits))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


def test_a_pattern_with_all_that_is_stated() -> None:
    reading = only(made(pattern))
    assert reading.technique == "xrd"
    assert reading.title == "silicon powder: scan"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("angle", Role.AXIS, ("angle",)),
        ("counts", Role.SIGNAL, ("angle",)),
        ("ring_current", Role.AUXILIARY, ("angle",)),
    ]
    assert reading["angle"].unit == "deg"
    assert reading["angle"].values.tolist() == ANGLES.tolist()
    assert reading["counts"].unit == "count"
    assert reading["counts"].values.tolist() == COUNTS.tolist()
    assert reading["counts"].values.dtype == np.int32
    doubt = reading["counts"].uncertainty
    assert doubt is not None
    assert doubt.distribution is Distribution.POISSON
    assert doubt.values.tolist() == [1, 1, 3, 10]
    assert reading.variables[1].label == "detector counts"
    assert reading.sample_name == "Si 640f"
    assert reading.operator == "A. Person"
    assert reading.instrument == "BL02B2"
    assert reading.started_at == datetime.fromisoformat("2024-01-31T12:00:05+09:00")
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "wavelength": Measured(0.8, "angstrom"),
        "ended_at": datetime(2024, 1, 31, 4, 0, 5, tzinfo=UTC),
        "software": "bench 1",
        "nexus_definition": "NXmonopd",
    }
    header: Any = reading.header["/entry"]
    assert header["@NX_class"] == "NXentry"
    assert header["instrument"]["mono"]["wavelength"] == {"@units": "angstrom", "#value": 0.8}
    assert header["scan"]["counts"]["#value"] == COUNTS.tolist()


def test_a_map_with_indices_and_auxiliary_signals() -> None:
    reading = only(made(image))
    assert reading.technique == "table"
    assert [(v.name, v.role) for v in reading.variables] == [
        ("y", Role.AXIS),
        ("e", Role.AXIS),
        ("x", Role.AXIS),
        ("i", Role.SIGNAL),
        ("i0", Role.SIGNAL),
    ]
    assert reading.signals[0].dimensions == ("y", "x", "e")
    assert reading["x"].values.tolist() == [0, 1, 3]
    assert reading["e"].unit == "eV"
    assert reading["i"].uncertainty is None


def test_signals_and_axes_as_before_2014() -> None:
    reading = only(made(older))
    assert reading.signals[0].dimensions == ("angle",)
    assert reading["angle"].unit == "deg"
    oldest_reading = only(made(oldest))
    assert oldest_reading.signals[0].dimensions == ("second", "angle")
    assert oldest_reading["set_angle"].values.tolist() == (ANGLES + 1).tolist()


@pytest.mark.parametrize("written", ["a:b", "a,b", "[a,b]", ["a", "b"]])
def test_axes_as_a_list_or_one_text(written: Any) -> None:
    def build(file: Any) -> None:
        axes = np.array(written, dtype="S1") if isinstance(written, list) else written
        data = group(group(file, "entry", "NXentry"), "data", "NXdata", signal="I", axes=axes)
        dataset(data, "I", np.zeros((2, 3)))
        dataset(data, "a", np.array([1.0, 2.0]))
        dataset(data, "b", np.array([1.0, 2.0, 3.0]))

    assert only(made(build)).signals[0].dimensions == ("a", "b")


def test_texts_of_variable_length() -> None:
    def build(file: Any) -> None:
        file.attrs["default"] = "entrée"
        entry = file.create_group("entrée")
        entry.attrs["NX_class"] = "NXentry"
        entry["title"] = "試料"
        data = entry.create_group("data")
        data.attrs["NX_class"] = "NXdata"
        data.attrs["signal"] = "I"
        data.attrs["axes"] = ["x"]
        data["I"] = COUNTS
        data["x"] = ANGLES
        data["I"].attrs["units"] = "µA"

    reading = only(made(build))
    assert reading.title == "試料: data"
    assert reading["i"].unit == "uA"


def test_uncertainties_that_the_file_states() -> None:
    def build(file: Any) -> None:
        data = group(group(file, "entry", "NXentry"), "data", "NXdata", signal="I", auxiliary_signals="J")
        dataset(data, "I", COUNTS, units="counts")
        dataset(data, "errors", np.array([1.0, 2.0, 3.0, 4.0]))
        dataset(data, "J", COUNTS * 2.0)
        dataset(data, "J_errors", np.array([0.5, 0.5, 0.5, -0.5]))

    reading = only(made(build))
    doubt = reading["i"].uncertainty
    assert doubt is not None
    assert doubt.origin is Origin.FILE
    assert doubt.values.tolist() == [1, 2, 3, 4]
    assert reading["j"].uncertainty is None
    assert reading.doubts == ("J_errors has negative or infinite numbers and is left out.",)


def test_edges_gaps_and_lengths_that_disagree() -> None:
    def build(file: Any) -> None:
        data = group(group(file, "entry", "NXentry"), "data", "NXdata", signal="I", axes=np.array([b"edges", b"gap"]))
        attrs(data, wrong_indices=1)
        dataset(data, "I", np.zeros((2, 3)))
        dataset(data, "edges", np.array([1.0, 2.0, 3.0]))
        dataset(data, "gap", np.array([1.0, np.nan, 3.0]))
        dataset(data, "wrong", np.array([1.0, 2.0, 3.0, 4.0, 5.0]))

    reading = only(made(build))
    by_name = {v.name: v for v in reading.variables}
    assert by_name["edges"].dimensions == ("edges_edges",)
    assert by_name["gap"].role is Role.AUXILIARY
    assert reading.signals[0].dimensions == ("dimension_1", "gap")
    assert "has gaps" in reading.doubts[0] + reading.doubts[1]
    assert "The axis wrong has 5 points, the signal 3 there" in reading.doubts[0] + reading.doubts[1]


def test_plots_of_several_entries_are_readings_each_signal_once() -> None:
    def build(file: Any) -> None:
        attrs(file, default="b")
        for name in "ab":
            entry = group(file, name, "NXentry")
            detector = group(entry, "detector", "NXdetector")
            dataset(detector, "data", COUNTS)
            for n, plot in enumerate(("first", "second")):
                data = group(entry, plot, "NXdata", signal="data")
                data["data"] = h5py.SoftLink(f"/{name}/detector/data") if n else detector["data"]
            own = group(entry, "third", "NXdata", signal="data")
            dataset(own, "data", COUNTS + 1)

    readings = of(made(build))
    assert [next(iter(r.header)) for r in readings] == ["/b", "/b", "/a", "/a"]
    assert [r["data"].values[0] for r in readings] == [0, 1, 0, 1]


def elsewhere(build_signal: Callable[[Any], None]) -> bytes:
    def build(file: Any) -> None:
        data = group(group(file, "entry", "NXentry"), "data", "NXdata", signal="I", axes=np.array([b"x"]))
        build_signal(data)
        dataset(data, "x", ANGLES)

    return made(build)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.h5"
    with h5py.File(path, "w") as file:
        file["I"] = COUNTS + 7
        file.create_group("deep")["I"] = COUNTS + 7
    return path


def test_links_to_other_files_are_never_followed(secret: Path) -> None:
    def external(data: Any) -> None:
        data["I"] = h5py.ExternalLink(str(secret), "/I")

    def through_a_group(data: Any) -> None:
        data["there"] = h5py.ExternalLink(str(secret), "/deep")
        data["I"] = h5py.SoftLink("/entry/data/there/I")

    def axis(data: Any) -> None:
        data["I"] = COUNTS
        data["J"] = h5py.ExternalLink(str(secret), "/I")
        attrs(data, auxiliary_signals="J")

    for build in (external, through_a_group):
        with pytest.raises(UnsupportedVariant, match=r"lies in another file \(.*secret\.h5\)"):
            of(elsewhere(build))
    reading = only(elsewhere(axis))
    assert reading["i"].values.tolist() == COUNTS.tolist()
    assert "J lies in another file" in reading.doubts[0]
    assert "secret.h5:/I" in str(reading.header)
    plain = made(lambda file: file.__setitem__("there", h5py.ExternalLink(str(secret), "/")))
    with pytest.raises(UnknownFormat, match="holds no arrays"):
        of(plain)


def test_numbers_in_other_files_are_never_read(secret: Path, tmp_path: Path) -> None:
    def virtual(data: Any) -> None:
        layout = h5py.VirtualLayout(shape=(4,), dtype=np.int32)
        layout[:] = h5py.VirtualSource(str(secret), "I", shape=(4,))
        data.create_virtual_dataset("I", layout)

    def stored(data: Any) -> None:
        raw = tmp_path / "raw.bin"
        raw.write_bytes(COUNTS.tobytes())
        data.create_dataset("I", shape=(4,), dtype=np.int32, external=[(str(raw), 0, 16)])

    for build in (virtual, stored):
        with pytest.raises(HostileFile, match="keeps its numbers in other files"):
            of(elsewhere(build))


def test_links_that_lead_nowhere_or_in_circles() -> None:
    def circle(data: Any) -> None:
        data["I"] = h5py.SoftLink("/entry/data/J")
        data["J"] = h5py.SoftLink("/entry/data/I")
        data["loop"] = data

    with pytest.raises(NothingMeasured, match="no NXdata group names a signal"):
        of(elsewhere(circle))


def test_promises_that_the_file_does_not_keep() -> None:
    def huge(data: Any) -> None:
        data.create_dataset("I", shape=(2**40, 2**20), dtype=np.float64, chunks=(64, 64))

    def unwritten(data: Any) -> None:
        data.create_dataset("I", shape=(1000,), dtype=np.float64, chunks=(10,))

    def partly(data: Any) -> None:
        data.create_dataset("I", shape=(40,), dtype=np.float64, chunks=(10,))[:10] = 5.0

    def bomb(data: Any) -> None:
        data.create_dataset("I", data=np.zeros(20_000_000), chunks=(1_000_000,), compression="gzip")

    def large_chunk(data: Any) -> None:
        data.create_dataset("I", shape=(10,), maxshape=(None,), dtype=np.float64, chunks=(2**28,))

    with pytest.raises(LimitExceeded, match="promises 9223372036854775808 bytes"):
        of(elsewhere(huge))
    with pytest.raises(DamagedFile, match="none were ever written"):
        of(elsewhere(unwritten))
    assert "only 1 of 4 parts were written" in only(elsewhere(partly)).doubts[0]
    with pytest.raises(HostileFile, match="unpack to over 200 times"):
        of(elsewhere(bomb))
    with pytest.raises(LimitExceeded, match="in one piece of over"):
        of(elsewhere(large_chunk))
    with pytest.raises(LimitExceeded, match="at most 8"):
        of(elsewhere(lambda data: data.__setitem__("I", COUNTS)), Limits(whole_bytes=8))


def test_filters_that_are_not_here_are_named() -> None:
    def build(data: Any) -> None:
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((4,))
        properties.set_filter(511, h5py.h5z.FLAG_OPTIONAL, (3,))
        space = h5py.h5s.create_simple((4,))
        made = h5py.h5d.create(data.id, b"I", h5py.h5t.NATIVE_INT32, space, properties)
        made.write_direct_chunk((0,), b"packed by nobody", 0)

    with pytest.raises(UnsupportedVariant, match=r"packed by the filter 511 \(unknown\)"):
        of(elsewhere(build))


def test_signals_that_are_no_numbers() -> None:
    with pytest.raises(UnsupportedVariant, match="numbers were expected"):
        of(elsewhere(lambda data: data.__setitem__("I", np.array([b"a", b"b"]))))
    with pytest.raises(UnsupportedVariant, match="numbers were expected"):
        of(elsewhere(lambda data: data.__setitem__("I", np.zeros(3, dtype=[("a", "f4"), ("b", "i4")]))))


def test_hdf5_by_no_convention_says_what_is_in_it() -> None:
    content = made(lambda file: file.create_group("run").__setitem__("counts", np.zeros((10, 20))))
    choice = choose(Source(content, name="a.h5"))
    assert choice.reader is READER
    claim = READER.recognise(Source(content))
    assert claim is not None
    assert claim.confidence is Confidence.POSSIBLE
    with pytest.raises(UnknownFormat, match=r"by no convention .* It holds /run/counts \(10 × 20\)\."):
        read(Source(content, name="a.h5"))

    def without_signal(file: Any) -> None:
        dataset(group(group(file, "entry", "NXentry"), "data", "NXdata"), "I", COUNTS)

    with pytest.raises(NothingMeasured, match=r"no NXdata group names a signal\. It holds /entry/data/I \(4\)"):
        of(made(without_signal))


def test_hdf5_behind_a_block_of_the_user() -> None:
    content = made(pattern, userblock_size=512)
    assert not content.startswith(b"\x89HDF")
    assert choose(Source(content, name="a.h5")).reader is READER
    assert only(content)["counts"].values.tolist() == COUNTS.tolist()


def test_a_heap_of_texts_without_length_does_not_send_us_round_in_circles() -> None:
    def build(file: Any) -> None:
        pattern(file)
        file["entry/notes"] = "a text of variable length"

    content = bytearray(made(build))
    heap = content.index(b"GCOL")
    (first,) = struct.unpack_from("<Q", content, heap + 24)
    free = heap + 16 + 16 + -(-first // 8) * 8
    assert only(bytes(content))["counts"].values.tolist() == COUNTS.tolist()
    content[free : free + 16] = bytes(16)
    with pytest.raises(DamagedFile, match="has a piece without length"):
        of(bytes(content))
    # The mark alone, in data, is no heap.
    plain = made(
        lambda file: (
            pattern(file),
            dataset(file["entry"], "more", np.frombuffer(b"GCOL\1\0\0\0" + bytes(40), np.uint8)),
        )[0]
    )
    assert only(plain)["counts"].values.tolist() == COUNTS.tolist()


def test_cut_files_are_damaged() -> None:
    content = made(pattern)
    with pytest.raises(DamagedFile, match="HDF5 cannot read it"):
        of(content[: len(content) // 2])
    with pytest.raises(DamagedFile, match="does not begin as HDF5"):
        of(b"")


def test_simple_signal(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("microscopy/simple_signal.nxs")))
    assert choice.reader is READER
    assert reading["data"].shape == (15, 1, 40, 40)
    assert reading["yaxis"].values.tolist() == list(range(20, 50, 2))
    assert reading["xaxis"].values.tolist() == [20]
    assert reading.signals[0].dimensions == ("yaxis", "xaxis", "dimension_3", "dimension_4")


def test_diamond_example(shared: Callable[[str], Path]) -> None:
    path = shared("microscopy/nexus_dls_example.nxs")
    choice, (reading,) = read(Source(path))
    assert choice.reader is READER
    assert reading["data"].shape == (10, 10, 15)
    assert reading.signals[0].dimensions == ("y", "x", "dimension_3")
    with h5py.File(path) as file:
        assert np.array_equal(reading["data"].values, file["entry1/testdata/nexustest/data"][()])
