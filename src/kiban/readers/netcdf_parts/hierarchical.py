"""netCDF-4: netCDF inside HDF5. Dimensions are dimension scales; those without values are marked as no variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kiban.readers.hdf5.dimension_scales import scale_names
from kiban.readers.hdf5.links import child, names, walk
from kiban.readers.hdf5.tree_header import as_json
from kiban.readers.hdf5.values import attribute, attribute_names, is_numeric, numbers, text_attribute, texts
from kiban.readers.netcdf_parts.variables import Attribute, NetGroup, NetVariable
from kiban.readers.source import Source

if TYPE_CHECKING:
    import h5py

_NOT_A_VARIABLE = "This is a netCDF dimension but not a netCDF variable"
_NOT_ITS_OWN_DIMENSION = "_nc4_non_coord_"
_INNER = frozenset(
    {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates", "_nc3_strict"}
)
_MOST_VARIABLES = 10_000


def read_groups(file: h5py.File, source: Source) -> Iterator[NetGroup]:
    """Read the groups that have variables, the root first."""
    import h5py

    root = file["/"]
    for path, group in [("", root), *walk(root)]:
        if isinstance(group, h5py.Group):
            variables = tuple(_variables(group, source))
            if variables:
                tree = as_json(group, limits=source.limits, file=source.name)
                yield NetGroup(
                    name=path.strip("/"),
                    variables=variables,
                    attributes=_attributes(root) | _attributes(group),
                    header=tree if isinstance(tree, dict) else {"root": tree},
                )


def _attributes(node: h5py.Group | h5py.Dataset) -> dict[str, Attribute]:
    found = {name: attribute(node, name) for name in attribute_names(node) if name not in _INNER}
    return {name: value for name, value in found.items() if value is not None}  # type: ignore[misc]


def _variables(group: h5py.Group, source: Source) -> Iterator[NetVariable]:
    import h5py

    for n, name in enumerate(names(group)):
        dataset = child(group, name)
        if n >= _MOST_VARIABLES or not isinstance(dataset, h5py.Dataset) or dataset.shape is None:
            continue
        if text_attribute(dataset, "NAME").startswith(_NOT_A_VARIABLE):
            continue
        yield NetVariable(
            name=name.removeprefix(_NOT_ITS_OWN_DIMENSION),
            dimensions=_dimensions(dataset, name, source.name),
            shape=tuple(int(length) for length in dataset.shape),
            kind=dataset.dtype.kind if is_numeric(dataset) else "S",
            attributes=_attributes(dataset),
            load=_loader(dataset, source),
        )


def _loader(dataset: h5py.Dataset, source: Source) -> Any:
    def load() -> tuple[NDArray[Any], tuple[str, ...]]:
        if is_numeric(dataset):
            return numbers(dataset, limits=source.limits, file=source.name)
        return np.array(texts(dataset, limits=source.limits, file=source.name)), ()

    return load


def _dimensions(dataset: h5py.Dataset, name: str, file: str) -> tuple[str, ...]:
    """Names of dimensions: those of the scales that are attached, a scale's own name, else numbered."""
    if text_attribute(dataset, "CLASS") == "DIMENSION_SCALE" and dataset.ndim == 1:
        return (name,)
    return tuple(
        scale.removeprefix(_NOT_ITS_OWN_DIMENSION) or f"{name}_dimension_{n}"
        for n, scale in enumerate(scale_names(dataset, file=file), 1)
    )
