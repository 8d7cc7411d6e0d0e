"""The variables of a Reading as a NeXus NXdata group that netCDF4 programs also understand, and back.

NeXus: `signal`, `axes`, `auxiliary_signals` and `<axis>_indices` of the group say what is drawn against what; `units`
and `long_name` of the fields; `<name>_errors` hold standard uncertainties and nothing else.

netCDF4: every dimension is a dimension scale. A one-dimensional variable with the name of its dimension is the scale
itself; other dimensions have a scale that netCDF4 marks as "not a variable". CF: `coordinates` names the further axes.

Ours: `units_as_written` (where the file spells the unit otherwise), and on uncertainties `uncertainty_of`, `kind`,
`origin`, `probability_distribution`, `coverage_factor` and `is_uniform`. The variables in their order, with role and
dimensions, stand in one list (`described`): two attributes for each would take as long to write as the numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kiban.errors import InvalidValue
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Distribution, Kind, Origin
from kiban.records.reading import Role, Variable
from kiban.standards.hdf5_memory import Dataset, Group
from kiban.standards.hdf5_texts import distribution_of, number_attribute, text_attribute

if TYPE_CHECKING:
    import h5py

_NOT_A_VARIABLE = "This is a netCDF dimension but not a netCDF variable."
_NOT_ITS_OWN_DIMENSION = "_nc4_non_coord_"
"""What netCDF4 puts before the name of a variable that is called like a dimension without being its coordinate."""
_SUFFIXES = {Kind.STANDARD: "errors", Kind.EXPANDED: "expanded_uncertainty", Kind.RESOLUTION: "resolution"}


def write_variables(entry: Group, variables: Sequence[Variable]) -> None:
    """Write the variables into a new group `data`.

    Raises
    ------
    InvalidValue
        If a dimension's name or a text cannot be written.
    """
    group = entry.group("data", "NXdata")
    lengths = {
        dimension: length
        for variable in variables
        for dimension, length in zip(variable.dimensions, variable.series.shape, strict=True)
    }
    names = {variable.name: _stored_name(variable, lengths) for variable in variables}
    _describe_plot(group, variables, names)
    coordinates = {v.name for v in variables if v.dimensions == (v.name,)}
    scales = {name: _plain_scale(group, name, lengths[name]) for name in lengths if name not in coordinates}
    taken = {*names.values(), *lengths}
    made: list[tuple[Dataset, Variable]] = []
    for variable in variables:
        dataset = _write_variable(group, variable, names[variable.name])
        if variable.name in coordinates:
            dataset.make_scale(variable.name)
            scales[variable.name] = dataset
        else:
            made.append((dataset, variable))
        if variable.series.uncertainty is not None:
            name = _free_name(f"{variable.name}_{_SUFFIXES[variable.series.uncertainty.kind]}", taken)
            made.append((_write_uncertainties(group, variable, variable.series.uncertainty, name), variable))
    _add_coordinates(made, variables)
    for dataset, variable in made:
        for axis, dimension in enumerate(variable.dimensions):
            dataset.attach_scale(scales[dimension], axis)


def _stored_name(variable: Variable, lengths: Mapping[str, int]) -> str:
    if variable.name in lengths and variable.dimensions != (variable.name,):
        return f"{_NOT_ITS_OWN_DIMENSION}{variable.name}"
    return variable.name


def _free_name(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    taken.add(name)
    return name


def _plain_scale(group: Group, name: str, length: int) -> Dataset:
    if not name or "/" in name or name == ".":
        raise InvalidValue(
            f"'{name}' cannot name a dimension in a NeXus file.", mend="Use lower case, digits and underscores."
        )
    scale = group.uniform(name, (length,), np.float32(0))
    scale.make_scale(f"{_NOT_A_VARIABLE}{length:10d}")
    return scale


def _write_variable(group: Group, variable: Variable, name: str) -> Dataset:
    series = variable.series
    dataset = group.array(name, series.values)
    dataset.attribute("units", series.unit)
    if variable.unit_as_written != series.unit:
        dataset.attribute("units_as_written", variable.unit_as_written)
    if variable.label:
        dataset.attribute("long_name", variable.label)
    return dataset


def _write_uncertainties(group: Group, variable: Variable, doubt: Uncertainties, name: str) -> Dataset:
    shape = variable.series.shape
    if doubt.values.shape == shape:
        dataset = group.array(name, doubt.values, is_repetitive=doubt.distribution is Distribution.POISSON)
    else:
        # NXdata wants as many uncertainties as numbers, also where one holds for all.
        dataset = group.uniform(name, shape, doubt.values.reshape(-1)[0])
        dataset.attribute("is_uniform", 1)
    dataset.attribute("units", variable.series.unit)
    dataset.attribute("uncertainty_of", variable.name)
    dataset.attribute("kind", doubt.kind.value)
    dataset.attribute("origin", doubt.origin.value)
    dataset.attribute("probability_distribution", doubt.distribution.value)
    if doubt.coverage_factor is not None:
        dataset.attribute("coverage_factor", float(doubt.coverage_factor))
    return dataset


def _describe_plot(group: Group, variables: Sequence[Variable], names: Mapping[str, str]) -> None:
    """Say which signal is drawn first, and against what."""
    signals = [v for v in variables if v.role is Role.SIGNAL]
    if not signals:
        return
    first = signals[0]
    group.attribute("signal", names[first.name])
    others = [names[v.name] for v in signals[1:] if v.dimensions == first.dimensions]
    if others:
        group.attribute("auxiliary_signals", others)
    if not first.dimensions:
        return
    along = [
        v for v in variables if v.role is Role.AXIS and v.dimensions and set(v.dimensions) <= set(first.dimensions)
    ]
    drawn = [next((names[v.name] for v in along if v.dimensions == (name,)), ".") for name in first.dimensions]
    group.attribute("axes", drawn)
    for axis in along:
        if names[axis.name] not in drawn:
            indices = [first.dimensions.index(name) for name in axis.dimensions]
            group.attribute(f"{names[axis.name]}_indices", np.asarray(indices))


def _add_coordinates(made: Sequence[tuple[Dataset, Variable]], variables: Sequence[Variable]) -> None:
    """Name the axes of each signal that are not its dimensions: the CF convention, which xarray follows."""
    further = [v for v in variables if v.role is Role.AXIS and v.dimensions != (v.name,)]
    for dataset, variable in made:
        if variable.role is Role.SIGNAL:
            listed = [v.name for v in further if set(v.dimensions) <= set(variable.dimensions)]
            if listed:
                dataset.attribute("coordinates", " ".join(listed))


def described(variables: Sequence[Variable]) -> str:
    """Name, role and dimensions of each variable, in their order, as JSON.

    The dimension scales say the dimensions too, but finding them leads through HDF5's global heap (see hdf5_memory).
    """
    return json.dumps([[v.name, v.role.value, list(v.dimensions)] for v in variables], ensure_ascii=False)


def read_variables(group: h5py.Group, description: str) -> tuple[Variable, ...]:
    """Read what `write_variables` wrote, as `described`.

    Raises
    ------
    KeyError, ValueError, OSError, TypeError, RuntimeError
        If something is missing or cannot be read.
    """
    datasets = dict(group.items())
    doubts = {
        text_attribute(doubt, "uncertainty_of"): _read_uncertainties(doubt)
        for doubt in datasets.values()
        if "uncertainty_of" in doubt.attrs
    }
    made = []
    for name, role, dimensions in json.loads(description):
        # Where both are there, the plain name is that of the dimension.
        dataset = datasets.get(f"{_NOT_ITS_OWN_DIMENSION}{name}")
        made.append(
            _read_variable(name, datasets[name] if dataset is None else dataset, Role(role), tuple(dimensions), doubts)
        )
    return tuple(made)


def _read_variable(
    name: str, dataset: h5py.Dataset, role: Role, dimensions: tuple[str, ...], doubts: Mapping[str, Uncertainties]
) -> Variable:
    values = np.asarray(dataset[...])
    unit = text_attribute(dataset, "units")
    return Variable(
        name=name,
        series=Series(values.view(np.bool_) if "dtype" in dataset.attrs else values, unit, doubts.get(name)),
        dimensions=dimensions,
        role=role,
        label=text_attribute(dataset, "long_name", ""),
        unit_as_written=text_attribute(dataset, "units_as_written", unit),
    )


def _read_uncertainties(dataset: h5py.Dataset) -> Uncertainties:
    values = np.asarray(dataset[...])
    if values.dtype.kind not in "iuf":
        raise ValueError(f"the uncertainties {dataset.name} are {values.dtype}")
    return Uncertainties(
        values=values.reshape(-1)[:1] if "is_uniform" in dataset.attrs else values,
        kind=Kind(text_attribute(dataset, "kind")),
        origin=Origin(text_attribute(dataset, "origin")),
        distribution=Distribution(distribution_of(dataset)),
        coverage_factor=number_attribute(dataset, "coverage_factor"),
    )
