"""A part of an HDF5 file as JSON, for the header of a Reading: attributes, texts and single numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kiban.errors import KibanError
from kiban.readers.hdf5.links import Elsewhere, Node, address, child, names
from kiban.readers.hdf5.packing import n_bytes
from kiban.readers.hdf5.values import attribute, attribute_names, is_numeric, numbers, texts
from kiban.readers.source import Limits
from kiban.records.reading import Json

if TYPE_CHECKING:
    import h5py

_MOST_NODES = 5_000
_DEEPEST = 32
_LONGEST_LIST = 64
_LONGEST_TEXT = 65_536


def as_json(node: Node, *, limits: Limits, file: str) -> Json:
    """Turn a group and all below it into JSON values.

    Attributes stand under `@name`. Of datasets with many numbers the type and shape is said; links that leave the file
    are named and not followed; a group inside of itself is named as such. Behind 5,000 objects the rest is left out,
    which `#truncated` says.
    """
    return _Header(limits, file).node(node, 0)


class _Header:
    """Counts the objects while it goes through them."""

    def __init__(self, limits: Limits, file: str) -> None:
        self._limits, self._file = limits, file
        self._left = _MOST_NODES
        self._above: list[tuple[int, int]] = []

    def node(self, node: Node | Elsewhere | None, depth: int) -> Json:
        import h5py

        if isinstance(node, Elsewhere):
            return {"#external_link": f"{node.file}:{node.path}"}
        if isinstance(node, h5py.Group):
            return self._group(node, depth)
        return None if node is None else self._dataset(node)

    def _group(self, group: h5py.Group, depth: int) -> Json:
        place = address(group)
        if place in self._above:
            # A group may be a member of itself.
            return {"#same_as": f"{len(self._above) - self._above.index(place)} groups above"}
        self._above.append(place)
        content = self._members(group, depth)
        self._above.pop()
        return content

    def _members(self, group: h5py.Group, depth: int) -> Json:
        content = self._attributes(group)
        for name in names(group):
            self._left -= 1
            if self._left < 0 or depth >= _DEEPEST:
                content["#truncated"] = True
                break
            content[name] = self.node(child(group, name), depth + 1)
        return content

    def _dataset(self, dataset: h5py.Dataset) -> Json:
        content = self._attributes(dataset)
        try:
            value = self._value(dataset)
        except KibanError as e:
            value = {"#unread": e.fault}
        if not content:
            return value
        return content | {"#value": value}

    def _value(self, dataset: h5py.Dataset) -> Json:
        shape: list[Json] = [int(n) for n in dataset.shape or ()]
        # An array without numbers can still have a million empty rows.
        if 0 in shape:
            return {"#type": str(dataset.dtype), "#shape": shape}
        if is_numeric(dataset) and n_bytes(dataset) <= _LONGEST_LIST * dataset.dtype.itemsize:
            values, _ = numbers(dataset, limits=self._limits, file=self._file)
            return _finite(values.tolist())
        if not is_numeric(dataset):
            found = texts(dataset, limits=self._limits, file=self._file) if math.prod(dataset.shape or ()) <= 64 else []
            shortened: list[Json] = [each[:_LONGEST_TEXT] for each in found]
            if shortened:
                return shortened[0] if len(shortened) == 1 else shortened
        return {"#type": str(dataset.dtype), "#shape": shape}

    def _attributes(self, node: Node) -> dict[str, Json]:
        content: dict[str, Json] = {}
        for name in attribute_names(node):
            value = attribute(node, name)
            if value is not None:
                content[f"@{name}"] = _finite(value)
        return content


def _finite(value: object) -> Json:
    match value:
        case list():
            return [_finite(each) for each in value]
        case bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case complex():
            return str(value)
    return None
