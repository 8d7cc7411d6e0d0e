"""Scans that belong together: one map where a second axis was stepped from scan to scan, one Reading each otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiban.readers.diffraction.scan import (
    Scan,
    Track,
    doubts_of,
    fixed_metadata,
    intensity_variable,
    reading,
    title,
    variable,
)
from kiban.records.reading import Json, MetadataValue, Reading, Role

_STEPPED_FIRST = ("omega", "chi", "psi", "phi", "alpha", "beta", "two_theta", "two_theta_chi", "x", "y")
"""Axes that are stepped in maps, the likeliest first. The height is not one: it follows the temperature."""

_EVEN = 0.1
"""By how much of a step the steps may differ; positions are written with few digits."""


def readings(
    scans: Sequence[Scan], *, is_map: bool = False, step_axis: str = "", not_stepped: frozenset[str] = frozenset()
) -> list[Reading]:
    """Make Readings of the scans of one measurement, in order.

    Parameters
    ----------
    scans : sequence of Scan
        At least one.
    is_map : bool
        The file says that they make a map. Where it does not, at least three scans that step an axis evenly do.
    step_axis : str
        Name of the axis that the file says was stepped.
    not_stepped : set of str
        Axes that differ from scan to scan for another reason, such as a spinner's angle.

    Returns
    -------
    list of Reading
        One of technique `xrd_map` with arrays [scan, point], or one of technique `xrd` for each scan.
    """
    if len(scans) == 1:
        return [reading(scans[0])]
    if _are_alike(scans):
        step = _stepped(scans, step_axis, not_stepped, needs_even_steps=not is_map)
        if is_map or step:
            return [_map(scans, step, is_map=is_map)]
    doubt = f"The file calls these {len(scans)} scans a map, but they differ in length or axes; each stands by itself."
    if is_map:
        scans = [replace(scan, doubts=(*scan.doubts, doubt)) for scan in scans]
    return [reading(scan, place=f"{n} of {len(scans)}") for n, scan in enumerate(scans, 1)]


def _are_alike(scans: Sequence[Scan]) -> bool:
    """Same axis, length, unit and set of tracks, so that arrays can be stacked."""

    def shape(scan: Scan) -> object:
        names = {track.name for track in scan.tracks if not track.log}
        return scan.axis, scan.intensity.values.shape, scan.intensity.unit, scan.is_raw, names

    first = shape(scans[0])
    return all(shape(scan) == first for scan in scans[1:])


def _stepped(scans: Sequence[Scan], step_axis: str, not_stepped: frozenset[str], *, needs_even_steps: bool) -> str:
    """Name the track that was stepped from scan to scan; empty where there is none."""
    stacked = {name: stack for name, stack in _stacks(scans).items() if name != scans[0].axis}
    stacked |= {name: stack for name, stack in _stacks(scans, of_starts=True).items() if name not in stacked}
    varying = [name for name, stack in stacked.items() if _varies(stack)]
    if not needs_even_steps:
        order = [step_axis, f"{step_axis}_start", *_STEPPED_FIRST, *varying]
        return next((name for name in order if name in varying), "")
    candidates = [name for name in _STEPPED_FIRST if name not in not_stepped]
    order = [*candidates, *(f"{name}_start" for name in candidates)]
    return next((name for name in order if name in varying and _is_evenly_stepped(stacked[name])), "")


def _is_evenly_stepped(stack: NDArray[np.float64]) -> bool:
    if len(stack) < 3 or (stack.ndim == 2 and _varies(stack.T)):
        return False
    steps = np.diff(stack if stack.ndim == 1 else stack[:, 0])
    mean = float(np.mean(steps))
    return mean != 0 and bool(np.all(np.abs(steps - mean) <= _EVEN * abs(mean)))


def _varies(stack: NDArray[np.float64]) -> bool:
    return bool(np.any(stack != stack[0]))


def _stacks(scans: Sequence[Scan], *, of_starts: bool = False) -> dict[str, NDArray[np.float64]]:
    """Stack each track of all scans: shape (n_scans,) where it is fixed in all of them, else (n_scans, n_points)."""
    n_points = len(scans[0].intensity.values)
    collected: dict[str, list[NDArray[Any]]] = {}
    for scan in scans:
        for track in scan.starts if of_starts else scan.tracks:
            if not track.log:
                collected.setdefault(track.name, []).append(track.values)
    stacks = {}
    for name, values in collected.items():
        if len(values) == len(scans):
            is_fixed = all(value.ndim == 0 for value in values)
            stacks[name] = np.stack(values if is_fixed else [np.broadcast_to(value, n_points) for value in values])
    return stacks


def _map(scans: Sequence[Scan], step: str, *, is_map: bool) -> Reading:
    first = scans[0]
    stacks = _stacks(scans)
    tracks = {track.name: track for track in first.tracks}
    for track in first.starts:
        if track.name == step and step not in tracks:
            stacks[step], tracks[step] = _stacks(scans, of_starts=True)[step], track
    is_grid = not _varies(stacks[first.axis]) and bool(step) and stacks[step].ndim == 1
    dimensions = (step, first.axis) if is_grid else ("scan", "point")
    placed = {
        name: _placed(replace(tracks[name], values=stack), dimensions, keep=name in {first.axis, step})
        for name, stack in stacks.items()
    }
    order = [first.axis, *([step] if step else []), *(name for name in placed if name not in {first.axis, step})]
    axes = {first.axis, step}
    drawn = [(*placed[name], Role.AXIS if name in axes else Role.AUXILIARY) for name in order]
    intensity = replace(first.intensity, values=np.stack([scan.intensity.values for scan in scans]))
    variables = [variable(track, where, role) for track, where, role in drawn if not track.is_fixed]
    variables.insert(len(axes - {""}), intensity_variable(intensity, dimensions, is_raw=first.is_raw))
    return Reading(
        technique="xrd_map",
        title=title(
            first, f"{first.sort.removesuffix(' scan')} map, {len(scans)} × {len(first.intensity.values)} points"
        ),
        variables=tuple(variables),
        header=fold([scan.header for scan in scans]),
        metadata={**fixed_metadata(track for track, _, _ in drawn), **_common_metadata(scans)},
        sample_name=first.sample_name,
        operator=first.operator,
        instrument=first.instrument,
        started_at=first.started_at,
        doubts=_map_doubts(scans, step, is_map=is_map),
    )


def _placed(track: Track, dimensions: tuple[str, str], *, keep: bool) -> tuple[Track, tuple[str, ...]]:
    """Say a stacked track without repetition: one number, one for each scan, one for each point, or all."""
    scan, point = dimensions
    values = track.values
    if values.ndim == 1:
        if keep or _varies(values):
            return track, (scan,)
        return replace(track, values=values[0]), ()
    if not _varies(values):
        return replace(track, values=values[0]), (point,)
    return track, dimensions


def _map_doubts(scans: Sequence[Scan], step: str, *, is_map: bool) -> tuple[str, ...]:
    # Scans of one map share most doubts: say each once, with the number of scans it holds for.
    counted: dict[str, int] = {}
    for scan in scans:
        for doubt in doubts_of(scan):
            counted[doubt] = counted.get(doubt, 0) + 1
    said = [d if n == len(scans) else f"{d} (In {n} of {len(scans)} scans.)" for d, n in counted.items()]
    if not is_map:
        said.append(
            f"The file does not say that its scans make a map; they were put together because all have the same "
            f"length and {step} was stepped evenly from scan to scan."
        )
    return tuple(said)


def _common_metadata(scans: Sequence[Scan]) -> dict[str, MetadataValue]:
    """What holds for all scans; of the end times the last."""
    common = {
        name: value
        for name, value in scans[0].metadata.items()
        if all(scan.metadata.get(name) == value for scan in scans[1:])
    }
    end = scans[-1].metadata.get("ended_at")
    if isinstance(end, datetime):
        common["ended_at"] = end
    return common


def fold(headers: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """Say the headers of many scans as one.

    Returns
    -------
    dict
        What is the same in all stands there once. What differs is `{"#each": [...]}` with one entry for each scan,
        `None` for scans that do not have it.
    """
    names: dict[str, None] = {}
    for header in headers:
        names |= dict.fromkeys(header)
    return {name: _folded([header.get(name) for header in headers]) for name in names}


def _folded(values: Sequence[Json]) -> Json:
    first = values[0]
    if all(value is first or value == first for value in values[1:]):
        return first
    dictionaries = [value for value in values if isinstance(value, dict)]
    if len(dictionaries) == len(values):
        return fold(dictionaries)
    return {"#each": list(values)}
