"""Links of an HDF5 file, followed one step at a time, so that none leads out of the file.

HDF5 itself would open whatever file an external link names, also where a soft link or a path passes through one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import h5py

_COMPLAINTS = (OSError, KeyError, ValueError, RuntimeError)
_MOST_STEPS = 32
_MOST_NODES = 50_000
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What a link points to that leaves the file."""

    file: str
    path: str


Node: TypeAlias = "h5py.Group | h5py.Dataset"


def names(group: h5py.Group) -> Iterator[str]:
    """The names of a group's members, in its order."""
    return iter(group.keys())


def child(group: h5py.Group, name: str) -> Node | Elsewhere | None:
    """The member of that name; `None` where there is none, or a soft link leads nowhere. A path is followed."""
    return _follow(group, name, _MOST_STEPS) if "/" in name else _step(group, name, _MOST_STEPS)


def follow(group: h5py.Group, path: str) -> Node | Elsewhere | None:
    """What lies at the end of a path, absolute or from the group; `None` where nothing does."""
    return _follow(group, path, _MOST_STEPS)


def _follow(group: h5py.Group, path: str, steps: int) -> Node | Elsewhere | None:
    import h5py

    found: Node | Elsewhere | None = group.file["/"] if path.startswith("/") else group
    for name in path.split("/"):
        if name in {"", "."}:
            continue
        if not isinstance(found, h5py.Group) or name == "..":
            # HDF5 knows no way upwards, although some writers use one.
            return None if not isinstance(found, Elsewhere) else found
        found = _step(found, name, steps)
    return found


def _step(group: h5py.Group, name: str, steps: int) -> Node | Elsewhere | None:
    # The high-level calls of h5py look each name up several times, which takes most of the time of a small file.
    from h5py import h5l

    raw = name.encode("utf-8", "surrogateescape")
    links = group.id.links
    if not raw or b"\0" in raw or not links.exists(raw):
        return None
    kind = links.get_info(raw).type
    if kind == h5l.TYPE_EXTERNAL:
        file, path = links.get_val(raw)
        return Elsewhere(file.decode("utf-8", "surrogateescape"), path.decode("utf-8", "surrogateescape"))
    if kind == h5l.TYPE_SOFT:
        path = links.get_val(raw).decode("utf-8", "surrogateescape")
        return _follow(group, path, steps - 1) if steps > 0 else None
    return _opened(group, raw) if kind == h5l.TYPE_HARD else None


def _opened(group: h5py.Group, name: bytes) -> Node | None:
    import h5py
    from h5py import h5d, h5g, h5o

    found = h5o.open(group.id, name)
    if isinstance(found, h5g.GroupID):
        return h5py.Group(found)
    return h5py.Dataset(found, readonly=True) if isinstance(found, h5d.DatasetID) else None


def address(node: Node) -> tuple[int, int]:
    """Where the object lies: two paths to one object have the same."""
    import h5py

    info = h5py.h5o.get_info(node.id)
    return info.fileno, info.addr


@dataclass(frozen=True, slots=True)
class _Way:
    """How far a walk goes."""

    opens_datasets: bool
    is_closed: Callable[[h5py.Group], bool]


def walk(
    group: h5py.Group, *, opens_datasets: bool = True, is_closed: Callable[[h5py.Group], bool] = lambda _: False
) -> Iterator[tuple[str, Node | Elsewhere]]:
    """Go through all that lies below a group, each object once, by its path from the group.

    It ends quietly behind 50,000 objects and goes 64 groups deep.

    Parameters
    ----------
    opens_datasets : bool
        Where only groups are wanted, datasets can be passed over: opening them takes most of the time.
    is_closed : callable
        Groups for which it is true come themselves, but nothing that lies below them.
    """
    seen: set[tuple[int, int]] = {address(group)}
    yield from _walk(group, "", seen, 0, _Way(opens_datasets, is_closed))


def _walk(
    group: h5py.Group, path: str, seen: set[tuple[int, int]], depth: int, way: _Way
) -> Iterator[tuple[str, Node | Elsewhere]]:
    import h5py

    for name in names(group):
        if len(seen) >= _MOST_NODES:
            return
        if not way.opens_datasets and (place := _dataset_address(group, name)) is not None:
            seen.add(place)
            continue
        node = child(group, name)
        if node is None:
            continue
        below = f"{path}/{name}"
        if isinstance(node, Elsewhere):
            yield below, node
            continue
        place = address(node)
        if place in seen:
            continue
        seen.add(place)
        yield below, node
        if isinstance(node, h5py.Group) and depth < _DEEPEST and not way.is_closed(node):
            yield from _walk(node, below, seen, depth + 1, way)


def _dataset_address(group: h5py.Group, name: str) -> tuple[int, int] | None:
    """Where the dataset of that name lies, if it is one and no link leads to it."""
    import h5py

    raw_name = name.encode("utf-8", "surrogateescape")
    try:
        if group.id.links.get_info(raw_name).type != h5py.h5l.TYPE_HARD:
            return None
        info = h5py.h5o.get_info(group.id, raw_name)
    except _COMPLAINTS:
        return None
    return (info.fileno, info.addr) if info.type == h5py.h5o.TYPE_DATASET else None
