"""From blocks to Readings: one each, or one for all blocks that a depth profile or map is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kiban.quantity.series import Series, Uncertainties
from kiban.readers.diffraction.map import fold
from kiban.readers.vamas_file.block import Block
from kiban.readers.vamas_file.experiment import MAPS, SPUTTERED, Experiment
from kiban.readers.vamas_file.lines import known, words
from kiban.readers.vamas_file.metadata import experimental, metadata, started_at, technique
from kiban.readers.vamas_file.spectrum import Spectrum, spectrum
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

# Blocks that differ in one of these do not belong to one profile or map.
_SAME = (
    "sample identifier",
    "technique",
    "analysis source label",
    "analysis source characteristic energy",
    "analyser mode",
    "analyser pass energy or retard ratio or mass resolution",
    "species label",
    "transition or charge state label",
    "signal mode",
    "signal collection time",
    "number of scans to compile this block",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A block with its arrays."""

    block: Block
    spectrum: Spectrum

    @property
    def header(self) -> Mapping[str, Json]:
        return self.block.header


def readings(blocks: Sequence[Block], experiment: Experiment) -> list[Reading]:
    """Make Readings of all blocks that have points. Raises DamagedFile for an axis that is none."""
    full = [block for block in blocks if len(block.values)]
    empty = [words(b.header.get("block identifier")) or b.place for b in blocks if not len(b.values)]
    doubts = (f"{len(empty)} blocks hold no points: {', '.join(empty[:5])[:200]}.",) if empty else ()
    parts = [_Part(block=block, spectrum=spectrum(block, experiment)) for block in full]
    made = []
    for group in _groups(parts, experiment):
        stacked = _stacked(group, experiment) if len(group) > 1 else None
        made += [stacked] if stacked is not None else [_single(part, experiment) for part in group]
    if doubts:
        made = [_doubted(reading, doubts) for reading in made]
    return made


def _doubted(reading: Reading, doubts: tuple[str, ...]) -> Reading:
    return replace(reading, doubts=(*reading.doubts, *doubts))


def _groups(parts: Iterable[_Part], experiment: Experiment) -> list[list[_Part]]:
    """Put together what the experiment's mode says can belong together: same region, same axis, same settings."""
    if experiment.mode not in MAPS | SPUTTERED:
        return [[part] for part in parts]
    groups: dict[object, list[_Part]] = {}
    for part in parts:
        variables = part.spectrum.variables
        shape = tuple((v.name, v.series.shape, v.series.unit, v.label) for v in variables)
        axes = tuple(v.series.values.tobytes() for v in variables if v.role is Role.AXIS)
        key = (tuple(str(part.header.get(name)) for name in _SAME), shape, axes)
        groups.setdefault(key, []).append(part)
    return list(groups.values())


def _single(part: _Part, experiment: Experiment) -> Reading:
    found = metadata(part.header, experiment)
    return _reading([part], experiment, part.spectrum.variables, found, part.spectrum.doubts)


def _stacked(parts: Sequence[_Part], experiment: Experiment) -> Reading | None:
    """Stack blocks along what was stepped between them; `None` where the file does not say what was."""
    placed = _placed(parts, experiment)
    if placed is None:
        return None
    outer, shape, order = placed
    first = parts[0].spectrum.variables
    taken = {variable.name for variable in first}
    if taken & {variable.name for variable in outer}:
        return None
    dimensions = tuple(dict.fromkeys(v.dimensions[0] for v in outer))
    variables = [*outer]
    for n, variable in enumerate(first):
        if variable.role is Role.AXIS:
            variables.append(variable)
            continue
        together = [parts[i].spectrum.variables[n] for i in order]
        variables.append(_stack(variable, together, shape, dimensions))
    singles = [metadata(part.header, experiment) for part in parts]
    common = {
        name: value for name, value in singles[0].items() if all(other.get(name) == value for other in singles[1:])
    }
    ordered = [parts[i] for i in order]
    return _reading(ordered, experiment, tuple(variables), common, _common_doubts(ordered))


def _stepped(parts: Sequence[_Part], experiment: Experiment) -> Variable | None:
    """The first experimental variable that every block states."""
    listed = [list(experimental(part.header, experiment)) for part in parts]
    for n, (name, label, written, _) in enumerate(listed[0]):
        values = [of[n][3] for of in listed if len(of) > n]
        there = [value for value in values if value is not None]
        if len(there) == len(parts) and len({value.value for value in there}) > 1:
            series = Series(np.array([value.value for value in there]), there[0].unit)
            return Variable(
                name=name, series=series, dimensions=(name,), role=Role.AXIS, label=label, unit_as_written=written
            )
    return None


def _is_line(values: NDArray[np.float64]) -> bool:
    steps = np.diff(values)
    return bool(np.all(steps > 0)) or bool(np.all(steps < 0))


_Placed = tuple[list[Variable], tuple[int, ...], list[int]]
"""Axes, their lengths, and the blocks in the order of the axes."""


def _placed(parts: Sequence[_Part], experiment: Experiment) -> _Placed | None:
    """Along what to stack: depths, places, or both; `None` where the blocks make no whole grid of these."""
    depths = _stepped(parts, experiment)
    if depths is not None and _is_line(depths.series.values):
        return [depths], (len(parts),), list(range(len(parts)))
    if experiment.mode not in MAPS:
        return None
    return _positions(parts) or (_depths_and_positions(parts, depths) if depths is not None else None)


def _depths_and_positions(parts: Sequence[_Part], depths: Variable) -> _Placed | None:
    """A map at each depth, all of the same places."""
    values = [float(value) for value in depths.series.values]
    distinct = list(dict.fromkeys(values))
    if not _is_line(np.array(distinct)):
        return None
    maps = []
    for value in distinct:
        chosen = [n for n, one in enumerate(values) if one == value]
        found = _positions([parts[n] for n in chosen])
        if found is None:
            return None
        maps.append((found[0], found[1], [chosen[n] for n in found[2]]))
    axes, shape, _ = maps[0]
    for others, other_shape, _ in maps[1:]:
        same = zip(axes, others, strict=True) if other_shape == shape and len(others) == len(axes) else None
        if same is None or not all(np.array_equal(a.series.values, b.series.values) for a, b in same):
            return None
    axis = replace(depths, series=Series(np.array(distinct), depths.series.unit))
    return [axis, *axes], (len(distinct), *shape), [n for _, _, order in maps for n in order]


def _positions(parts: Sequence[_Part]) -> _Placed | None:
    """Axes and order of blocks that were measured at different places; `None` where places are missing or repeated."""
    places = [tuple(known(part.header.get(f"{letter} coordinate")) for letter in "yx") for part in parts]
    known_places = [(y, x) for y, x in places if y is not None and x is not None]
    if len(known_places) < len(parts) or len(set(known_places)) < len(parts):
        return None
    ys, xs = (np.unique([place[n] for place in known_places]) for n in (0, 1))
    order = sorted(range(len(parts)), key=lambda n: known_places[n])
    if len(ys) * len(xs) == len(parts):
        axes = [_coordinate("pixel_y", ys, "pixel_y", Role.AXIS), _coordinate("pixel_x", xs, "pixel_x", Role.AXIS)]
        return axes, (len(ys), len(xs)), order
    sorted_places = np.array(known_places)[order]
    listed = [
        _coordinate("position_number", np.arange(1, len(parts) + 1), "position_number", Role.AXIS),
        _coordinate("pixel_y", sorted_places[:, 0], "position_number", Role.AUXILIARY),
        _coordinate("pixel_x", sorted_places[:, 1], "position_number", Role.AUXILIARY),
    ]
    return listed, (len(parts),), order


def _coordinate(name: str, values: NDArray[np.generic], dimension: str, role: Role) -> Variable:
    label = f"{name[-1]} coordinate" if name.startswith("pixel") else ""
    return Variable(name=name, series=Series(values), dimensions=(dimension,), role=role, label=label)


def _stack(
    like: Variable, together: Sequence[Variable], shape: tuple[int, ...], dimensions: tuple[str, ...]
) -> Variable:
    values = np.stack([v.series.values for v in together]).reshape(*shape, *like.series.shape)
    doubts = [v.series.uncertainty for v in together]
    there = [doubt for doubt in doubts if doubt is not None]
    doubt = None
    if len(there) == len(together):
        doubt = Uncertainties(
            values=np.stack([one.values for one in there]).reshape(values.shape),
            kind=there[0].kind,
            origin=there[0].origin,
            distribution=there[0].distribution,
        )
    return Variable(
        name=like.name,
        series=Series(values, like.series.unit, doubt),
        dimensions=(*dimensions, *like.dimensions),
        role=like.role,
        label=like.label,
        unit_as_written=like.unit_as_written,
    )


def _common_doubts(parts: Sequence[_Part]) -> tuple[str, ...]:
    counted: dict[str, int] = {}
    for part in parts:
        for doubt in part.spectrum.doubts:
            counted[doubt] = counted.get(doubt, 0) + 1
    return tuple(d if n == len(parts) else f"{d} (In {n} of {len(parts)} blocks.)" for d, n in counted.items())


def _reading(
    parts: Sequence[_Part],
    experiment: Experiment,
    variables: tuple[Variable, ...],
    found: Mapping[str, MetadataValue],
    doubts: tuple[str, ...],
) -> Reading:
    first = parts[0].header
    sample = words(first.get("sample identifier"))
    what = words(first.get("block identifier"))
    species = " ".join(t for key in _SPECIES if (t := words(first.get(key))))
    if len(parts) == 1 and species and species.lower() not in what.lower():
        what = f"{what} ({species})" if what else species
    if len(parts) > 1:
        sort = "map" if experiment.mode in MAPS else "depth profile"
        what = f"{species or what} {sort}, {len(parts)} blocks".strip()
    if calibrations := found.get("energy_calibration"):
        doubts = (
            *doubts,
            f"The comment holds an energy calibration ('{str(calibrations)[:120]}'), which is not applied to the axis.",
        )
    return Reading(
        technique=technique(first, experiment),
        title=": ".join(t for t in (sample, what) if t) or str(first.get("technique") or "VAMAS block"),
        variables=variables,
        header={**experiment.header, **(first if len(parts) == 1 else fold([part.header for part in parts]))},
        metadata=found,
        sample_name=sample or None,
        operator=words(experiment.header.get("operator identifier")) or None,
        instrument=words(experiment.header.get("instrument model identifier")) or None,
        started_at=started_at(first),
        doubts=doubts,
    )


_SPECIES = ("species label", "transition or charge state label")
