"""Damage to HDF5 files that stay HDF5."""

from __future__ import annotations

import io
import random
import time
from collections import Counter
from typing import Any

import h5py
import numpy as np
import pytest

from kiban.testing import hdf5_mutations, hdf5_odd_datasets
from kiban.testing.hdf5_mutations import mutated_hdf5
from kiban.testing.mutations import mutated


def sound(libver: str = "earliest") -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w", libver=libver) as file:
        file.attrs["title"] = "film"
        data = file.create_group("entry/data")
        data.attrs["NX_class"] = np.bytes_("NXdata")
        data.create_dataset("x", data=np.arange(4.0), track_times=libver == "earliest").attrs["units"] = "mm"
        data.create_dataset("counts", data=np.arange(12).reshape(3, 4), chunks=(1, 4), compression="gzip")
        data["name"] = "film 7"
    return content.getvalue()


SOUND = sound()


def _wait_for_the_next_second() -> None:
    second = int(time.time())
    while int(time.time()) == second:
        time.sleep(0.05)


@pytest.mark.parametrize("content", [SOUND, sound(libver="latest")], ids=["oldest", "newest"])
def test_the_same_chance_gives_the_same_bytes_also_in_another_second(content: bytes) -> None:
    _wait_for_the_next_second()  # the sound file keeps the one in which it was made
    first = [mutated_hdf5(random.Random(n), content) for n in range(200)]
    _wait_for_the_next_second()
    assert [mutated_hdf5(random.Random(n), content) for n in range(200)] == first


def test_what_comes_out_is_hdf5_that_differs_in_many_ways() -> None:
    found = Counter[str]()
    for n in range(1000):
        with h5py.File(io.BytesIO(mutated_hdf5(random.Random(n), SOUND)), "r") as file:
            for path in ("entry/data/x", "entry/data/counts"):
                link, node = _at(file, path)
                found[type(link).__name__] += 1
                if isinstance(node, h5py.Dataset):
                    found[node.dtype.kind] += 1
                    found["shapeless"] += node.shape is None
                    found["virtual"] += node.is_virtual
                    found["outside"] += bool(node.external)
                    found["huge"] += (node.size or 0) > 1 << 30
                else:
                    found[type(node).__name__] += 1
    kinds = {
        "HardLink",
        "SoftLink",
        "ExternalLink",
        "Group",
        "NoneType",
        *"iufcSOVb",
        "shapeless",
        "virtual",
        "outside",
    }
    assert not {kind for kind in {*kinds, "huge"} if found[kind] == 0}


def _at(file: Any, path: str) -> tuple[Any, Any]:
    try:
        link = file.get(path, getlink=True)
        return link, file[path] if isinstance(link, h5py.HardLink) else None
    except (RuntimeError, KeyError):
        return h5py.SoftLink("in circles"), None


def test_every_kind_of_damage_can_be_done() -> None:
    layout = hdf5_mutations._layout(SOUND)
    for damage in set(hdf5_mutations._DAMAGES):
        assert _succeeds(lambda chance, file, damage=damage: damage(chance, file, layout)), damage.__name__
    for odd in set(hdf5_odd_datasets.ODD_DATASETS):
        assert _succeeds(lambda chance, file, odd=odd: odd(chance, file, "/new", np.arange(4.0))), odd.__name__


def _succeeds(damage: Any) -> bool:
    for n in range(20):
        with hdf5_mutations._in_memory(SOUND, is_newest=False) as file:
            try:
                damage(random.Random(n), file)
            except hdf5_mutations._COMPLAINTS:
                continue
            return True
    return False


def test_hdf5_is_damaged_both_ways() -> None:
    opened = 0
    for n in range(200):
        try:
            with h5py.File(io.BytesIO(mutated(random.Random(n), [SOUND])), "r"):
                opened += 1
        except (OSError, ValueError, RuntimeError):
            continue
    assert 140 < opened < 200
