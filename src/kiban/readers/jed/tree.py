"""The tree of named values that JEOL's Analysis Station writes: 1, name, type, length, value, what lies below, 255."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded
from kiban.readers.text import decode
from kiban.records.reading import Json

MEND = "Copy the file again from the analyser's computer; it is kept as it came."
_NODE, _END = 1, 255
_MOST_NODES = 100_000
_DEEPEST = 32
_LONGEST_NAME = 1_024
_LONGEST_LIST = 64
_SIMPLE = {2: "<u2", 3: "<i4", 4: "<f4", 5: "<f8", 11: "u1", 1: "u1"}
_ARRAYS = {6: "u1", 7: "<u2", 8: "<i4", 9: "<f4", 10: "<f8"}
_TEXTS = frozenset({12, 13, 20})


@dataclass(slots=True)
class Node:
    """One value with its name, and what lies below it."""

    kind: int
    raw: memoryview
    below: dict[str, Node] = field(default_factory=dict)

    def get(self, *path: str) -> Node | None:
        """The node at the end of a path of names; `None` where there is none."""
        found: Node | None = self
        for name in path:
            found = found.below.get(name) if found is not None else None
        return found

    def text(self, *path: str) -> str:
        """The text at the end of a path; empty where there is none."""
        node = self.get(*path)
        if node is None or node.kind not in _TEXTS:
            return ""
        return decode(bytes(node.raw).split(b"\0", 1)[0])[0].strip()

    def array(self, *path: str) -> NDArray[Any] | None:
        """The numbers at the end of a path, as a view on the file's bytes; `None` where there are none."""
        node = self.get(*path)
        dtype = (_ARRAYS | _SIMPLE).get(node.kind) if node is not None else None
        if node is None or dtype is None or len(node.raw) % np.dtype(dtype).itemsize:
            return None
        return np.frombuffer(node.raw, dtype)

    def number(self, *path: str) -> float | None:
        """The finite number at the end of a path; `None` where there is none."""
        values = self.array(*path)
        if values is None or values.size != 1 or not math.isfinite(values[0]):
            return None
        # Single precision by its shortest decimal form.
        return float(str(values[0])) if values.dtype == np.float32 else float(values[0])

    def as_json(self, *, without: frozenset[str] = frozenset()) -> Json:
        """The tree as JSON; of long arrays the length is said."""
        value = self._value()
        below = {name: node.as_json(without=without) for name, node in self.below.items() if name not in without}
        if not below:
            return value
        return below if value is None else {"#value": value, **below}

    def _value(self) -> Json:
        if self.kind in _TEXTS:
            return self.text()
        values = self.array()
        if values is None or values.size == 0:
            return {"#bytes": len(self.raw)} if len(self.raw) else None
        if values.size > _LONGEST_LIST:
            return {"#count": int(values.size)}
        listed: list[Json] = [each if math.isfinite(each) else str(each) for each in values.tolist()]
        return listed[0] if len(listed) == 1 else listed


def read_tree(content: bytes, start: int, *, file: str) -> Node:
    """Read a tree that begins at a place of the file.

    Raises
    ------
    DamagedFile
        If it is cut or something in it is none of its kind.
    LimitExceeded
        If it is nested deeper, or has more values, than any that was seen.
    """
    root = Node(0, memoryview(b""))
    path = [root]
    view = memoryview(content)
    at, n = start, 0
    while True:
        if at >= len(content):
            if len(path) == 1 and n:
                return root
            raise DamagedFile(f"{file}: its tree of values ends at byte {at} with {len(path) - 1} open.", mend=MEND)
        mark = content[at]
        at += 1
        if mark == _END:
            path.pop()
            if not path:
                return root
        elif mark == _NODE:
            n += 1
            name, node, at = _node(content, view, at, file)
            if n > _MOST_NODES or len(path) > _DEEPEST:
                raise LimitExceeded(f"{file} has too many values, or nested too deep.", mend=MEND)
            path[-1].below[_free(name, path[-1].below)] = node
            path.append(node)
        else:
            raise DamagedFile(f"{file}: a value or an end was expected at byte {at - 1}; {mark} was found.", mend=MEND)


def _free(name: str, taken: dict[str, Node]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _node(content: bytes, view: memoryview, at: int, file: str) -> tuple[str, Node, int]:
    if at + 4 > len(content):
        raise _cut(file, at)
    (length,) = struct.unpack_from("<i", content, at)
    if not 0 < length <= _LONGEST_NAME or at + 4 + length + 8 > len(content):
        raise _cut(file, at)
    name = decode(content[at + 4 : at + 4 + length].split(b"\0", 1)[0])[0]
    kind, size = struct.unpack_from("<ii", content, at + 4 + length)
    start = at + 4 + length + 8
    if size < 0 or start + size > len(content):
        raise _cut(file, at)
    return name, Node(kind, view[start : start + size]), start + size


def _cut(file: str, at: int) -> DamagedFile:
    return DamagedFile(f"{file}: the value at byte {at} promises more than the file has.", mend=MEND)
