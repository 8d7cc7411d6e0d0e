"""What an NXdata group says of signal and axes.

The words are those of the NXdata base class: `signal`, `axes` and `NAME_indices` of the group. Before 2014 a dataset
said of itself that it is the signal (`signal` = 1) and which its axes are (`axes` = "x:y"), or each axis said which
dimension it belongs to (`axis` = 1).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kiban.readers.hdf5.links import child, names
from kiban.readers.hdf5.values import attribute, number_attribute, text_attribute, texts_attribute

if TYPE_CHECKING:
    import h5py

_MOST_MEMBERS = 1_000


def signal_name(group: h5py.Group) -> str | None:
    """The name of the dataset that is drawn; `None` where the group states none."""
    import h5py

    stated = text_attribute(group, "signal")
    if stated and child(group, stated) is not None:
        return stated
    older = [
        (number_attribute(node, "signal"), text_attribute(node, "signal"), name)
        for name in members(group)
        if isinstance(node := child(group, name), h5py.Dataset)
    ]
    return next((name for number, text, name in older if number == 1 or text == "1"), None)


def members(group: h5py.Group) -> list[str]:
    """The names of what lies in a group, of the first thousand."""
    found = []
    for n, name in enumerate(names(group)):
        if n >= _MOST_MEMBERS:
            break
        found.append(name)
    return found


def stated_axes(
    group: h5py.Group, signal: str, dataset: h5py.Dataset, n_dimensions: int
) -> list[tuple[str, tuple[int, ...]]]:
    """Names of axes, each with the dimensions it belongs to."""
    listed = texts_attribute(group, "axes") or texts_attribute(dataset, "axes")
    if len(listed) == 1:
        # One text may list them all, with colons or commas between.
        listed = [each.strip() for each in re.split(r"[:,]", listed[0].strip("[] "))]
    found: dict[str, tuple[int, ...]] = {}
    for place, name in enumerate(listed):
        if name in {".", "", signal} or child(group, name) is None:
            continue
        found[name] = _indices(group, name) or (place,)
    for name in members(group):
        if name not in found and (indices := _indices(group, name)) is not None:
            found[name] = indices
    if not found:
        found = _older_axes(group, signal, n_dimensions)
    return list(found.items())


def _indices(group: h5py.Group, name: str) -> tuple[int, ...] | None:
    value = attribute(group, f"{name}_indices")
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(type(each) is int and each >= 0 for each in listed):
        return None
    return tuple(listed)  # type: ignore[arg-type]


def _older_axes(group: h5py.Group, signal: str, n_dimensions: int) -> dict[str, tuple[int, ...]]:
    """Datasets that say of themselves to which dimension, counted from 1, they belong; the primary ones first."""
    import h5py

    claims = []
    for name in members(group):
        dataset = child(group, name)
        if name == signal or not isinstance(dataset, h5py.Dataset):
            continue
        place = number_attribute(dataset, "axis")
        text = text_attribute(dataset, "axis")
        if place is None and text.isdigit():
            place = float(text)
        if place is not None and 1 <= place <= n_dimensions and place == int(place):
            primary = number_attribute(dataset, "primary")
            claims.append((0 if primary == 1 else 1, name, (int(place) - 1,)))
    return {name: place for _, name, place in sorted(claims)}
