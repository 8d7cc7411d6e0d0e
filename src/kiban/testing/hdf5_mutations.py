"""Damage to HDF5 files that stay HDF5: other links, attributes and datasets than a reader counts on.

Of bytes that are damaged at random HDF5 itself refuses most. Here it opens the sound file in memory and writes the
damage, as a careless or hostile program would: links to nowhere, round in circles and out of the file, shapes that
promise terabytes, types that nobody expects, pieces that cannot be unpacked. The same chance gives the same bytes.
"""

from __future__ import annotations

import itertools
import random
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import h5py
import numpy as np
from h5py import h5f, h5p, h5t

from kiban.testing.hdf5_odd_datasets import ODD_DATASETS, OddDataset
from kiban.testing.hdf5_odd_values import odd_attribute, odd_name, odd_values

_MOST_VALUES = 100_000
_TIME = b"\1\0\0\0"
"""Version 1 of the message before the seconds."""
_numbers = itertools.count()
SIGNATURE = b"\x89HDF\r\n\x1a\n"
_COMPLAINTS = (OSError, KeyError, ValueError, TypeError, RuntimeError, AttributeError, IndexError, OverflowError)
"""What h5py says where a damage does not fit the file, because an earlier one took away what it is about."""


def mutated_hdf5(chance: random.Random, content: bytes) -> bytes:
    """Damage a sound HDF5 file in one to six of its objects.

    Parameters
    ----------
    chance : Random
        The same state gives the same bytes, unless the file is of the newest form and keeps the times of changes.
    content : bytes
        A sound HDF5 file.
    """
    layout = _layout(content)
    begun = int(time.time())
    with _in_memory(content, is_newest=chance.random() < 0.3) as file:
        places = [chance.randrange(len(_DAMAGES)) for _ in range(chance.choice((1, 1, 1, 2, 3, 6)))]
        for place in sorted(places):
            try:
                _DAMAGES[place](chance, file, layout)
            except _COMPLAINTS:
                continue
        h5f.flush(file.id)
        image: bytes = file.id.get_file_image()
    return _without_times(image, range(begun, int(time.time()) + 1))


def _without_times(image: bytes, seconds: range) -> bytes:
    """Where the sound file keeps the times of changes HDF5 wrote this one, which is another in the next run."""
    for second in seconds:
        image = image.replace(_TIME + struct.pack("<I", second), _TIME + b"\0\0\0\1")
    return image


class _Layout:
    """The paths of what is in a sound file, and the values of its smaller datasets."""

    def __init__(self, file: h5py.File) -> None:
        self.groups, self.datasets = ["/"], list[str]()
        file.visititems(lambda name, node: self._listed(node).append(f"/{name}"))
        self.members = [*self.groups[1:], *self.datasets]
        self.nodes = [*self.groups, *self.datasets]
        self.attributes = [(path, name) for path in self.nodes for name in sorted(file[path].attrs)]
        self.values = {path: np.asarray(file[path][()]) for path in self.datasets if _has_values(file[path])}

    def _listed(self, node: object) -> list[str]:
        return self.datasets if isinstance(node, h5py.Dataset) else self.groups if _is_group(node) else []


def _is_group(node: object) -> bool:
    return isinstance(node, h5py.Group)


def _has_values(dataset: h5py.Dataset) -> bool:
    if dataset.shape is None or dataset.size > _MOST_VALUES or dataset.is_virtual or dataset.external:
        return False
    # h5py crashes where a reference or list is to be overwritten with a text.
    return dataset.dtype.kind != "O" or h5py.check_string_dtype(dataset.dtype) is not None


@lru_cache(maxsize=64)
def _layout(content: bytes) -> _Layout:
    with _in_memory(content, is_newest=False) as file:
        return _Layout(file)


@contextmanager
def _in_memory(content: bytes, *, is_newest: bool) -> Iterator[h5py.File]:
    access = h5p.create(h5p.FILE_ACCESS)
    access.set_fapl_core(1 << 16, False)
    access.set_fclose_degree(h5f.CLOSE_STRONG)
    access.set_file_image(content)
    if is_newest:
        access.set_libver_bounds(h5f.LIBVER_LATEST, h5f.LIBVER_LATEST)
    # HDF5 takes two open files of one name for the same.
    identifier = h5f.open(b"damaged-%d" % next(_numbers), h5f.ACC_RDWR, access)
    try:
        yield h5py.File(identifier)
    finally:
        identifier.close()


def _change_attribute(chance: random.Random, file: h5py.File, layout: _Layout) -> None:
    path, name = chance.choice(layout.attributes)
    _set_attribute(file[path], name, odd_attribute(chance, file))


def _drop_attribute(chance: random.Random, file: h5py.File, layout: _Layout) -> None:
    path, name = chance.choice(layout.attributes)
    attributes = file[path].attrs
    if chance.random() < 0.3:
        h5py.h5a.rename(file[path].id, name.encode(), odd_name(chance).encode("utf-8", "surrogateescape"))
    else:
        del attributes[name]


def _add_attribute(chance: random.Random, file: h5py.File, layout: _Layout) -> None:
    """One that stands elsewhere in the file, with its own or an odd value: it may mean something there, too."""
    path, name = chance.choice(layout.attributes)
    target = file[chance.choice(layout.nodes)]
    if chance.random() < 0.5:
        _set_attribute(target, name, file[path].attrs[name])
    else:
        _set_attribute(target, odd_name(chance) if chance.random() < 0.2 else name, odd_attribute(chance, file))


def _set_attribute(node: Any, name: str, value: Any) -> None:
    if name in node.attrs:
        # h5py would write it under a name of chance first, which would stay among the bytes of the file.
        del node.attrs[name]
    if isinstance(value, tuple):
        node.attrs.create(name, value[0], dtype=value[1])
    else:
        node.attrs[name] = value


def _drop_link(chance: random.Random, file: h5py.File, layout: _Layout) -> None:
    del file[chance.choice(layout.members)]


def _exchange_links(chance: random.Random, file: h5py.File, layout: _Layout) -> None:
    one, other = chance.choice(layout.members), chance.choice(layout.members)
    file.move(one, "/exchanged")
    file.move(other, one)
    file.move("/exchanged", other)


def _rename_link(chance: random.Random, file: h5py.File, layout: _Layout) -> None:
    path = chance.choice(layout.members)
    name = odd_name(chance)
    parent = file[path].parent
    h5py.h5g.GroupID.move(file["/"].id, path.encode(), parent.name.encode() + b"/" + name.encode("utf-8", "ignore"))


def _redirect_link(chance: random.Random, file: h5py.File, layout: _Layout) -> None:
    """Let a link lead to nowhere, to itself, upwards, to something else, or out of the file."""
    path, other = chance.choice(layout.members), chance.choice(layout.nodes)
    link: Any = chance.choice(
        (
            h5py.SoftLink("/nowhere"),
            h5py.SoftLink(path),
            h5py.SoftLink(other),
            h5py.SoftLink(".." + other),
            h5py.SoftLink(f"{path}/{path}"),
            h5py.ExternalLink("elsewhere.h5", other),
            h5py.ExternalLink("damaged", path),
            file[other],
            file[path].parent,
            # In the newest form a type keeps the time when it was made, under a checksum.
            np.dtype("f8") if file.libver[0] == "earliest" else h5py.SoftLink("/nowhere"),
        )
    )
    del file[path]
    file[path] = link


def _nest(chance: random.Random, file: h5py.File, layout: _Layout) -> None:
    """Put many groups, below one another or beside one another."""
    group = file[chance.choice(layout.groups)]
    nexus_class = chance.choice(("NXentry", "NXdata", "NXcollection"))
    for n in range(chance.choice((2, 2, 6, 70))):
        made = group.create_group(f"inner_{n}")
        made.attrs["NX_class"] = np.bytes_(nexus_class)
        if chance.random() < 0.8:
            group = made


def _change_kind(chance: random.Random, file: h5py.File, layout: _Layout) -> None:
    """A group where a dataset was, or the other way round."""
    path = chance.choice(layout.members)
    is_dataset = isinstance(file[path], h5py.Dataset)
    attributes = _kept_attributes(file[path])
    del file[path]
    made = file.create_group(path) if is_dataset else file.create_dataset(path, data=np.arange(4.0))
    _give_back(made, attributes)


def _change_values(chance: random.Random, file: h5py.File, layout: _Layout) -> None:
    path = chance.choice(list(layout.values))
    values = layout.values[path]
    if values.size > 0 and values.dtype.kind in "iufcbSO":
        file[path][...] = odd_values(chance, values)


def _change_dataset(chance: random.Random, file: h5py.File, layout: _Layout) -> None:
    """Another shape, type, packing or place of its numbers, mostly with the attributes that it had."""
    path = chance.choice(layout.datasets)
    node = file[path]
    values = layout.values.get(path, np.arange(4.0))
    attributes = _kept_attributes(node) if chance.random() < 0.8 else []
    odd: OddDataset = chance.choice(ODD_DATASETS)
    del file[path]
    odd(chance, file, path, values)
    if path in file:
        _give_back(file[path], attributes)


def _resize(chance: random.Random, file: h5py.File, layout: _Layout) -> None:
    """Promise more, or less, than was written."""
    dataset = file[chance.choice(layout.datasets)]
    if dataset.chunks:
        dataset.resize([max(0, int(length * chance.choice((0, 0.5, 1, 2, 1e6)))) for length in dataset.shape])


def _spoil_chunk(chance: random.Random, file: h5py.File, layout: _Layout) -> None:
    """Bytes that cannot be unpacked, or that skip a filter, in the first piece of a packed dataset."""
    packed = [path for path in layout.datasets if isinstance(file.get(path), h5py.Dataset) and file[path].chunks]
    dataset = file[chance.choice(packed)]
    mask, piece = dataset.id.read_direct_chunk((0,) * dataset.ndim)
    spoiled = bytearray(piece)
    for _ in range(chance.randint(1, 4)):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    cut = len(spoiled) if chance.random() < 0.7 else chance.randrange(len(spoiled))
    dataset.id.write_direct_chunk((0,) * dataset.ndim, bytes(spoiled[:cut]), mask ^ chance.choice((0, 0, 1, 2)))


def _kept_attributes(node: Any) -> list[tuple[str, h5py.h5t.TypeID, Any]]:
    kept = []
    for name in sorted(node.attrs):
        kind = h5py.h5a.open(node.id, name.encode("utf-8", "surrogateescape")).get_type()
        # References to the scales of a dimension would have to be written in pairs.
        if kind.get_class() not in {h5t.REFERENCE, h5t.VLEN, h5t.COMPOUND}:
            kept.append((name, kind, node.attrs[name]))
    return kept


def _give_back(node: Any, attributes: list[tuple[str, h5py.h5t.TypeID, Any]]) -> None:
    for name, _, value in attributes:
        node.attrs[name] = value


_Damage = Callable[[random.Random, h5py.File, _Layout], None]
_DAMAGES: tuple[_Damage, ...] = (
    _change_values, _change_values, _change_values, _spoil_chunk, _resize, _change_attribute, _change_attribute,
    _change_attribute, _drop_attribute, _add_attribute, _nest, _change_dataset, _change_dataset, _change_dataset,
    _change_dataset, _change_kind, _drop_link, _exchange_links, _rename_link, _redirect_link, _redirect_link,
)  # fmt: skip
"""In the order in which they are done: what was spoiled could crash HDF5 here already, if it were read again."""
