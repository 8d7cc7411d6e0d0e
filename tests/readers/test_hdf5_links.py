"""Going through an HDF5 file."""

from __future__ import annotations

from pathlib import Path

import h5py
import pytest

from kiban.readers.hdf5.links import Elsewhere, child, walk


@pytest.fixture
def file(tmp_path: Path) -> h5py.File:
    made = h5py.File(tmp_path / "made.h5", "w")
    made["a/numbers"] = [1, 2, 3]
    made["a/b/numbers"] = [4.0]
    made["again"] = made["a/b"]
    made["a/same"] = made["a/numbers"]
    made["soft"] = h5py.SoftLink("/a/b/numbers")
    made["nowhere"] = h5py.SoftLink("/a/x")
    made["outside"] = h5py.ExternalLink("other.h5", "/entry")
    made["kind"] = made["a/numbers"].dtype
    return made


def test_each_object_comes_once(file: h5py.File) -> None:
    found = dict(walk(file["/"]))
    assert list(found) == ["/a", "/a/b", "/a/b/numbers", "/a/numbers", "/outside"]
    assert found["/outside"] == Elsewhere("other.h5", "/entry")
    assert isinstance(found["/a/numbers"], h5py.Dataset)


def test_groups_are_the_same_without_opening_datasets(file: h5py.File) -> None:
    everything, quick = walk(file["/"]), walk(file["/"], opens_datasets=False)
    groups = [path for path, node in everything if not isinstance(node, h5py.Dataset)]
    assert [path for path, node in quick if not isinstance(node, h5py.Dataset)] == groups == ["/a", "/a/b", "/outside"]


def test_a_child_is_what_its_link_leads_to(file: h5py.File) -> None:
    root = file["/"]
    assert isinstance(child(root, "a"), h5py.Group)
    numbers = child(root["a"], "numbers")
    assert isinstance(numbers, h5py.Dataset)
    assert numbers[...].tolist() == [1, 2, 3]
    soft = child(root, "soft")
    assert isinstance(soft, h5py.Dataset)
    assert soft[...].tolist() == [4.0]
    assert child(root, "outside") == Elsewhere("other.h5", "/entry")
    assert child(root, "nowhere") is None
    assert child(root, "missing") is None
    assert child(root, "kind") is None
