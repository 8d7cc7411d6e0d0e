"""What an HDF5 file may do to those who believe it: each fault that damaged files showed, in small."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from h5py import h5a, h5d, h5p, h5s, h5t, h5z

from kiban.errors import DamagedFile, HostileFile, LimitExceeded, UnsupportedVariant
from kiban.readers import emd_berkeley, emd_velox, netcdf, nexus_hdf5
from kiban.readers.hdf5 import links, packing
from kiban.readers.source import Source
from kiban.records.reading import Reading

ANGLES = np.array([10.0, 10.5, 11.0, 11.5])


def hdf5(build: Callable[[Any], None]) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        build(file)
    return content.getvalue()


def nexus(put_signal: Callable[[Any], None]) -> bytes:
    """The signal is /entry/data/I."""

    def build(file: Any) -> None:
        entry = file.create_group("entry")
        entry.attrs["NX_class"] = np.bytes_("NXentry")
        data = entry.create_group("data")
        data.attrs["NX_class"], data.attrs["signal"] = np.bytes_("NXdata"), np.bytes_("I")
        put_signal(data)

    return hdf5(build)


def read(content: bytes) -> Reading:
    (reading,) = nexus_hdf5.READER.read(Source(content, name="a.nxs"))
    return reading


def view(parent: Any, name: str, *sources: tuple[Any, str], length: int = 4, source_length: int = 4) -> None:
    """A virtual dataset whose parts are the beginnings of others."""
    layout = h5py.VirtualLayout(shape=(length,), dtype=np.float64)
    for piece, source in sources:
        n = len(range(length)[piece])
        layout[piece] = h5py.VirtualSource(".", source, shape=(source_length,))[:n]
    parent.create_virtual_dataset(name, layout)


def test_a_view_of_datasets_in_the_same_file_is_read() -> None:
    def build(data: Any) -> None:
        data["a"], data["b"] = ANGLES, ANGLES * 2
        view(data, "I", (np.s_[:4], "/entry/data/a"), (np.s_[4:], "/entry/data/b"), length=8)

    reading = read(nexus(build))
    assert reading["i"].values.tolist() == [*ANGLES, *(ANGLES * 2)]
    assert reading.doubts == ()


def test_a_view_that_shows_too_little_is_a_doubt() -> None:
    def build(data: Any) -> None:
        data["a"] = ANGLES
        view(data, "I", (np.s_[:4], "/entry/data/a"), length=8)

    reading = read(nexus(build))
    assert reading["i"].values.tolist() == [*ANGLES, 0, 0, 0, 0]
    assert reading.doubts[0] == "/entry/data/I shows 4 of 8 numbers; the rest reads as 0.0."


@pytest.mark.parametrize("others", [("I",), ("J", "I"), ("J", "K", "I")])
def test_a_view_of_itself_is_refused_where_hdf5_would_crash(others: tuple[str, ...]) -> None:
    def build(data: Any) -> None:
        for name, source in zip(("I", *others), others, strict=False):
            view(data, name, (np.s_[:], f"/entry/data/{source}"))

    with pytest.raises(UnsupportedVariant, match="which shows others in turn"):
        read(nexus(build))


def test_a_view_of_nothing_is_refused_where_hdf5_would_give_zeros(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["x"] = ANGLES

    def missing(data: Any) -> None:
        view(data, "I", (np.s_[:], "/entry/data/a"))

    def through_a_link(data: Any) -> None:
        data["there"] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "/x")
        view(data, "I", (np.s_[:], "/entry/data/there"))

    def too_small(data: Any) -> None:
        data["a"] = ANGLES[:2]
        view(data, "I", (np.s_[:], "/entry/data/a"))

    def never_written(data: Any) -> None:
        data.create_dataset("a", shape=(4,), dtype=np.float64)
        view(data, "I", (np.s_[:], "/entry/data/a"))

    with pytest.raises(DamagedFile, match="shows the dataset /entry/data/a; there is none"):
        read(nexus(missing))
    with pytest.raises(HostileFile, match="in other files"):
        read(nexus(through_a_link))
    with pytest.raises(DamagedFile, match=r"shows /entry/data/a up to \(3,\); it has the shape \(2,\)"):
        read(nexus(too_small))
    with pytest.raises(DamagedFile, match="none were ever written"):
        read(nexus(never_written))


def test_a_piece_shorter_than_its_checksum_is_refused_where_hdf5_would_crash() -> None:
    def build(data: Any) -> None:
        dataset = data.create_dataset("I", data=ANGLES, chunks=(4,), fletcher32=True)
        dataset.id.write_direct_chunk((0,), b"\0")

    with pytest.raises(DamagedFile, match="checksums of 4 bytes were expected; a piece of it has 1 in all"):
        read(nexus(build))
    sound = nexus(lambda data: data.create_dataset("I", data=ANGLES, chunks=(2,), fletcher32=True, compression="gzip"))
    assert read(sound)["i"].values.tolist() == ANGLES.tolist()


def _filtered(data: Any, code: int, settings: tuple[int, ...], *more: int) -> None:
    properties = h5p.create(h5p.DATASET_CREATE)
    properties.set_chunk((4,))
    properties.set_filter(code, h5z.FLAG_OPTIONAL, settings)
    for each in more:
        properties.set_filter(each, h5z.FLAG_OPTIONAL, ())
    made = h5d.create(data.id, b"I", h5t.NATIVE_DOUBLE, h5s.create_simple((4,)), properties)
    made.write_direct_chunk((0,), bytes(range(32)))


def test_settings_of_filters_that_contradict_the_numbers_are_refused() -> None:
    scaled = nexus(lambda data: data.create_dataset("I", data=np.arange(4), chunks=(4,), scaleoffset=0))
    settings = struct.pack("<5I", 2, 0, 4, 0, 8)
    assert scaled.count(settings) == 1
    with pytest.raises(DamagedFile, match="scale-offset was expected to be set to 4 values of int64"):
        read(scaled.replace(settings, struct.pack("<5I", 2, 0, 1 << 20, 0, 8)))
    with pytest.raises(UnsupportedVariant, match=r"the filter 5 \(N-bit\)"):
        read(nexus(lambda data: _filtered(data, h5z.FILTER_NBIT, (9, 0, 4, 1, 0, 0, 99, 99))))
    if h5z.filter_avail(h5z.FILTER_SZIP):
        with pytest.raises(DamagedFile, match="SZIP is set to"):
            read(nexus(lambda data: _filtered(data, h5z.FILTER_SZIP, (141, 0))))
    with pytest.raises(UnsupportedVariant, match="checksums inside of what was packed"):
        read(nexus(lambda data: _filtered(data, h5z.FILTER_FLETCHER32, (), h5z.FILTER_SHUFFLE)))


@pytest.mark.parametrize("dtype", [np.int16, np.uint8, np.int64])
def test_what_is_packed_by_scale_and_offset_is_read(dtype: Any) -> None:
    counts = np.array([3, 5, 100, 90, 7], dtype)
    reading = read(nexus(lambda data: data.create_dataset("I", data=counts, chunks=(2,), scaleoffset=0)))
    assert reading["i"].values.tolist() == counts.tolist()


def test_what_is_cut_into_many_pieces_is_read_in_several_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.arange(7 * 5 * 3).reshape(7, 5, 3)
    monkeypatch.setattr(packing, "_CHUNKS_AT_ONCE", 10)
    for chunks in ((1, 1, 1), (2, 5, 3), (7, 1, 3), (3, 2, 2)):
        content = nexus(lambda data, chunks=chunks: data.create_dataset("I", data=numbers, chunks=chunks))
        assert np.array_equal(read(content)["i"].values, numbers)


def test_too_many_pieces_are_refused() -> None:
    def build(data: Any) -> None:
        data.create_dataset("I", shape=(1 << 20, 8), maxshape=(None, None), dtype=np.uint8, chunks=(1, 8))[0] = 1

    with pytest.raises(LimitExceeded, match="is cut into 1048576 pieces; at most 524288 are read"):
        read(nexus(build))


def test_numbers_of_conditions_in_other_files_are_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_bytes(b'{"Instrument": {"InstrumentModel": "secret"}}   ')
    outside = {"external": [(str(secret), 0, 48)]}

    def temperature(data: Any) -> None:
        data["I"] = ANGLES
        sample = data.parent.create_group("sample")
        sample.attrs["NX_class"] = np.bytes_("NXsample")
        made = sample.create_dataset("temperature", shape=(1,), dtype=np.float64, **outside)
        made.attrs["units"] = np.bytes_("K")

    reading = read(nexus(temperature))
    assert "temperature" not in reading.metadata
    assert "in other files, which are never opened" in str(reading.header)

    def velox(file: Any) -> None:
        file["Version"] = b"{}"
        image = file.create_group("Data/Image/a")
        image["Data"] = np.ones((4, 4, 1), np.uint8)
        image.create_dataset("Metadata", shape=(48, 1), dtype=np.uint8, **outside)

    with pytest.raises(HostileFile, match="in other files"):
        emd_velox.READER.read(Source(hdf5(velox), name="a.emd"))


def test_an_array_of_a_million_empty_rows_stands_in_the_header_by_its_shape() -> None:
    def build(file: Any) -> None:
        file.attrs["version_major"] = 0
        group = file.create_group("data/a")
        group.attrs["emd_group_type"] = 1
        group["data"] = ANGLES
        group["more"] = np.zeros((1_000_000, 0))

    (reading,) = emd_berkeley.READER.read(Source(hdf5(build), name="a.emd"))
    header: Any = reading.header["/data/a"]
    assert header["more"] == {"#type": "float64", "#shape": [1_000_000, 0]}


def test_an_attribute_that_cannot_be_read_is_not_taken_for_missing() -> None:
    def build(data: Any) -> None:
        data["I"] = ANGLES
        data["I"].attrs["units"] = "kelvin"  # of variable length: its length stands apart from it

    content = nexus(build)
    assert read(content)["i"].unit == "K"
    length = struct.pack("<IQI", 6, content.index(b"GCOL"), 1)
    assert content.count(length) == 1
    damaged = content.replace(length, struct.pack("<IQI", 600, content.index(b"GCOL"), 1))
    with pytest.raises(DamagedFile, match="attribute units of /entry/data/I cannot be read"):
        read(damaged)


def test_an_attribute_that_is_a_list_of_variable_length_is_not_looked_into() -> None:
    """HDF5 follows a damaged one out of its memory, and nothing that is read here is such a list."""

    def build(data: Any) -> None:
        data["I"] = ANGLES
        history = np.empty((), dtype=object)
        history[()] = np.arange(3.0)
        data["I"].attrs.create("history", history, dtype=h5py.vlen_dtype(np.float64))

    content = nexus(build)
    length = struct.pack("<IQI", 3, content.index(b"GCOL"), 1)
    assert content.count(length) == 1
    damaged = content.replace(length, struct.pack("<IQI", 0x40000000, content.index(b"GCOL"), 1))
    assert "history" not in str(read(damaged).header)
    assert read(damaged)["i"].values.tolist() == ANGLES.tolist()


def test_uncertainties_that_are_no_real_numbers_are_left_out() -> None:
    def build(data: Any) -> None:
        data["I"], data["I_errors"] = ANGLES, ANGLES * 1j

    reading = read(nexus(build))
    assert reading["i"].uncertainty is None
    assert reading.doubts == ("I_errors holds complex128 and is left out.",)


def test_a_group_inside_of_itself_stands_once_in_the_header() -> None:
    def build(data: Any) -> None:
        data["I"] = ANGLES
        data["circle"], data["up"] = data, data.parent

    header: Any = read(nexus(build)).header["/entry"]
    assert header["data"]["circle"] == {"#same_as": "1 groups above"}
    assert header["data"]["up"] == {"#same_as": "2 groups above"}


def test_entries_within_entries_are_gone_through_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    n = 60

    def build(file: Any) -> None:
        parent = file
        for _ in range(n):
            parent = parent.create_group("entry")
            parent.attrs["NX_class"] = np.bytes_("NXentry")
            data = parent.create_group("data")
            data.attrs["NX_class"], data.attrs["signal"] = np.bytes_("NXdata"), np.bytes_("I")

    steps = []
    step = links.child
    monkeypatch.setattr(links, "child", lambda group, name: steps.append(name) or step(group, name))
    with pytest.raises(Exception, match="no NXdata group names a signal"):
        nexus_hdf5.READER.read(Source(hdf5(build), name="a.nxs"))
    assert len(steps) < 20 * n


def _scaled(change: Callable[[Any], None]) -> bytes:
    def build(file: Any) -> None:
        file["x"], file["a"] = ANGLES, ANGLES
        file["x"].make_scale("x")
        file["a"].dims[0].attach_scale(file["x"])
        change(file)

    return hdf5(build)


def test_a_list_of_scales_that_is_none_is_refused_where_hdf5_would_spoil_its_memory() -> None:
    def dimensions(content: bytes) -> dict[str, tuple[str, ...]]:
        (reading,) = netcdf.READER.read(Source(content, name="a.nc"))
        return {variable.name: variable.dimensions for variable in reading.variables}

    assert dimensions(_scaled(lambda file: None)) == {"x": ("x",), "a": ("x",)}
    for shape, dtype in (
        ((3,), np.dtype(np.int64)),
        ((1,), np.dtype("S1")),
        ((3,), h5py.vlen_dtype(h5py.ref_dtype)),
        ((1,), h5py.vlen_dtype(np.int32)),
        ((1,), h5py.ref_dtype),
    ):

        def other(file: Any, shape: tuple[int, ...] = shape, dtype: Any = dtype) -> None:
            del file["a"].attrs["DIMENSION_LIST"]
            kind = h5t.py_create(dtype, logical=True)
            h5a.create(file["a"].id, b"DIMENSION_LIST", kind, h5s.create_simple(shape))

        with pytest.raises(DamagedFile, match="refer to the scales of its 1 dimensions"):
            dimensions(_scaled(other))

    def dangling(file: Any) -> None:
        del file["x"]

    with pytest.raises(DamagedFile):
        dimensions(_scaled(dangling))
