"""Links of an HDF5 file, followed one step at a time, so that none leads out of the file.

HDF5 itself would open whatever file an external link names, also where a soft link or a path passes through one.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    """The member of that name; `None` where there is none, or a soft link leads nowhere."""
    return _step(group, name, _MOST_STEPS)


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
    import h5py

    if "/" not in name and (node := _hard_linked(group, name)) is not None:
        return node
    link = group.get(name, getlink=True, default=None)
    if isinstance(link, h5py.ExternalLink):
        return Elsewhere(str(link.filename), str(link.path))
    if isinstance(link, h5py.SoftLink):
        return _follow(group, link.path, steps - 1) if steps > 0 else None
    if not isinstance(link, h5py.HardLink):
        return None
    node = group[name]
    return node if isinstance(node, h5py.Group | h5py.Dataset) else None


def _hard_linked(group: h5py.Group, name: str) -> Node | None:
    """The group or dataset of that name, if it lies in the group and no link leads to it: what most names are, found
    without what h5py does besides; `None` for all else."""
    import h5py

    raw_name = name.encode("utf-8", "surrogateescape")
    try:
        if group.id.links.get_info(raw_name).type != h5py.h5l.TYPE_HARD:
            return None
        found = h5py.h5o.open(group.id, raw_name)
    except _COMPLAINTS:
        return None
    if isinstance(found, h5py.h5g.GroupID):
        return h5py.Group(found)
    return h5py.Dataset(found, readonly=True) if isinstance(found, h5py.h5d.DatasetID) else None


def address(node: Node) -> tuple[int, int]:
    """Where the object lies: two paths to one object have the same."""
    import h5py

    info = h5py.h5o.get_info(node.id)
    return info.fileno, info.addr


def walk(group: h5py.Group, *, opens_datasets: bool = True) -> Iterator[tuple[str, Node | Elsewhere]]:
    """Go through all that lies below a group, each object once, by its path from the group.

    It ends quietly behind 50,000 objects and goes 64 groups deep.

    Parameters
    ----------
    opens_datasets : bool
        Where only groups are wanted, datasets can be passed over: opening them takes most of the time.
    """
    seen: set[tuple[int, int]] = {address(group)}
    yield from _walk(group, "", seen, 0, opens_datasets)


def _walk(
    group: h5py.Group, path: str, seen: set[tuple[int, int]], depth: int, opens_datasets: bool
) -> Iterator[tuple[str, Node | Elsewhere]]:
    import h5py

    for name in names(group):
        if len(seen) >= _MOST_NODES:
            return
        if not opens_datasets and (place := _dataset_address(group, name)) is not None:
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
        if isinstance(node, h5py.Group) and depth < _DEEPEST:
            yield from _walk(node, below, seen, depth + 1, opens_datasets)


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
