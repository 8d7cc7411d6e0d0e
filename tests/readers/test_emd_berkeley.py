"""EMD of the Berkeley lab: the real file, each way to write axes in small, and ncempy as a second reader."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.emd_berkeley import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite


def attrs(node: Any, **attributes: Any) -> Any:
    for key, value in attributes.items():
        node.attrs[key] = np.bytes_(value) if isinstance(value, str) else value
    return node


def data(
    file: Any,
    values: NDArray[Any],
    *dims: tuple[NDArray[Any], str, str],
    path: str = "data/film",
    first: int = 1,
    kind: Any = 1,
) -> Any:
    attrs(file, version_major=0, version_minor=2)
    group = attrs(file.create_group(path), emd_group_type=kind)
    group.create_dataset("data", data=values)
    for n, (points, name, unit) in enumerate(dims, first):
        attrs(group.create_dataset(f"dim{n}", data=points), name=name, units=unit)
    return group


def made(build: Callable[[Any], Any]) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        build(file)
    return content.getvalue()


PICTURE = np.arange(6, dtype=np.float32).reshape(2, 3)
Y = (np.array([0.0, 0.5]), "y", "[n_m]")
X = (np.array([1.0, 1.25]), "x", "[n_m]")


def picture(file: Any) -> None:
    data(file, PICTURE, Y, X)
    attrs(file.create_group("sample"), material="SrTiO3", name="")
    attrs(file.create_group("user"), name="A. Person")
    attrs(file.create_group("microscope"), name="TEAM 1", voltage=300)


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "picture": made(picture),
        "EMD 1.0": made(lambda file: data(file, PICTURE, Y, X, path="root/film", first=0, kind="array")),
    }


def of(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a.emd"))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


def test_a_picture_whose_axes_are_their_first_two_points() -> None:
    reading = only(made(picture))
    assert reading.technique == "electron_microscopy"
    assert reading.title == "film"
    assert reading.variables[-1].dimensions == ("y", "x")
    assert reading["x"].unit == "nm"
    assert reading["x"].values.tolist() == [1.0, 1.25, 1.5]
    assert reading["y"].values.tolist() == [0, 0.5]
    assert reading["intensity"].values.tolist() == PICTURE.tolist()
    assert reading.sample_name == "SrTiO3"
    assert reading.operator == "A. Person"
    assert reading.instrument == "TEAM 1"


def test_axes_point_by_point() -> None:
    uneven = (np.array([1.0, 2.0, 4.0]), "x", "[n_m]")
    assert only(made(lambda file: data(file, PICTURE, Y, uneven)))["x"].values.tolist() == [1, 2, 4]
    even = (np.array([1.0, 2.0, 3.0]), "", "[n_m^-1]")
    rows = (np.array([0.0, 1.0]), "", "[n_m^-1]")
    pattern = only(made(lambda file: data(file, PICTURE, rows, even)))
    assert pattern.technique == "electron_diffraction"
    assert pattern["k_x"].unit == "1/nm"
    assert pattern["k_x"].values.tolist() == [1, 2, 3]
    assert only(made(lambda file: data(file, PICTURE[0])))["channel"].unit == "pixel"


def test_data_groups_of_one_file_are_readings() -> None:
    def build(file: Any) -> None:
        data(file, PICTURE, Y, X, path="data/a")
        data(file, PICTURE[0], (np.array([0.0, 1.0]), "E", "[eV]"), path="data/b")

    readings = of(made(build))
    assert [r.title for r in readings] == ["a", "b"]
    assert readings[1].technique == "spectrum"
    assert readings[1]["e"].unit == "eV"


def test_what_is_promised_and_not_found_is_an_error(tmp_path: Path) -> None:
    wrong = (np.array([1.0, 2.0, 3.0, 4.0]), "x", "")
    with pytest.raises(DamagedFile, match="expected to have 3 finite points, or 2; it has 4"):
        of(made(lambda file: data(file, PICTURE, Y, wrong)))
    with pytest.raises(DamagedFile, match="finite points"):
        of(made(lambda file: data(file, PICTURE, Y, (np.array([1.0, np.nan]), "x", ""))))

    def without(file: Any) -> None:
        del data(file, PICTURE, Y, X)["data"]

    with pytest.raises(DamagedFile, match="a dataset data was expected"):
        of(made(without))
    with pytest.raises(NothingMeasured, match="holds no data group"):
        of(made(lambda file: attrs(file, version_major=0)))
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["x"] = PICTURE

    def elsewhere(file: Any) -> None:
        group = data(file, PICTURE, Y, X)
        del group["data"]
        group["data"] = h5py.ExternalLink(str(secret), "/x")

    with pytest.raises(UnsupportedVariant, match="lie in another file"):
        of(made(elsewhere))
    with pytest.raises(DamagedFile, match="does not begin as HDF5"):
        of(b"")


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("microscopy/example_signal.emd")))
    assert choice.reader is READER
    assert reading.title == "__unnamed__"
    assert reading["intensity"].shape == (3, 3, 3)
    assert reading["intensity"].values.max() == 26
    assert reading["x"].values.tolist() == [0, 1, 2]


def test_ncempy_reads_the_same(tmp_path: Path) -> None:
    emd = pytest.importorskip("ncempy.io.emd")
    path = tmp_path / "a.emd"
    content = made(lambda file: data(file, PICTURE, Y, (np.array([1.0, 1.25, 1.5]), "x", "[n_m]")))
    path.write_bytes(content)
    with emd.fileEMD(str(path)) as other:
        theirs, dims = other.get_emdgroup(0)
    reading = only(content)
    assert np.array_equal(reading["intensity"].values, theirs)
    assert np.array_equal(reading["x"].values, dims[1][0])
