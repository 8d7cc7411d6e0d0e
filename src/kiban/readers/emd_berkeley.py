"""EMD of the Berkeley lab (HDF5): NCEM's Electron Microscopy Dataset, and EMD 1.0 of py4DSTEM.

Instrument
----------
Electron microscopes, and programs that write EMD: ncempy, Prismatic, py4DSTEM, HyperSpy.

What is read
------------
Each data group gives a Reading with `intensity` (`complex_amplitude` where complex), numbers as stored, along the axes
in the order of the array, with the names that the file gives them, else named after their units. Axes are given
point by point or, as the format allows, by their first two points. Technique `electron_microscopy`
(`electron_diffraction` where an axis is a reciprocal length or angle), `spectrum` for one axis.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Groups of other types (point lists, calibrations, metadata trees): what is short stands in the header.

File structure
--------------
HDF5 by the definition on emdatasets.com, versions 0.1 to 0.2: a group with `emd_group_type` = 1 has `data` and `dim1`,
`dim2`, ...; and by emdfile for EMD 1.0: `emd_group_type` = "array" with `data` and `dim0`, `dim1`, ... Checked on 1
file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.hdf5.conventions import Convention, convention
from kiban.readers.hdf5.links import Elsewhere, child, walk
from kiban.readers.hdf5.naming import variable_name
from kiban.readers.hdf5.opening import MEND, is_hdf5, opened
from kiban.readers.hdf5.tree_header import as_json
from kiban.readers.hdf5.values import attribute, numbers, text_attribute
from kiban.readers.sampled_axes import Axis, Kind, checked, named, sampled_variables
from kiban.readers.source import Source
from kiban.records.reading import Json, Reading

if TYPE_CHECKING:
    import h5py

_TYPES = (1, "1", "array")
_MOST_GROUPS = 1_000
_BESIDE = ("microscope", "sample", "user", "comments")


class EmdBerkeley:
    """Reads EMD of the Berkeley lab."""

    name = "emd_berkeley"
    version = 2
    title = "EMD (Berkeley, py4DSTEM)"
    makers = ("NCEM",)
    techniques = ("electron_microscopy", "electron_diffraction", "spectrum")
    suffixes = (".emd", ".h5")
    library = "h5py"

    def recognise(self, source: Source) -> Recognition | None:
        """By HDF5 whose root has EMD's version or group type."""
        if convention(source) is Convention.EMD:
            return Recognition(Confidence.CERTAIN, "it is HDF5 with the marks of EMD")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all data groups. Raises as the contract says."""
        import h5py

        if not is_hdf5(source.head):
            raise DamagedFile(f"{source.name} does not begin as HDF5.", mend=MEND)
        with opened(source) as file:
            groups = [
                node
                for _, node in walk(file["/"])
                if isinstance(node, h5py.Group) and attribute(node, "emd_group_type") in _TYPES
            ]
            if not groups:
                raise NothingMeasured(f"{source.name} is EMD but holds no data group.", mend=MEND)
            beside = _beside(file, source)
            return [_reading(group, file, beside, source) for group in groups[:_MOST_GROUPS]]


def _beside(file: h5py.File, source: Source) -> dict[str, Json]:
    import h5py

    found = ((name, child(file["/"], name)) for name in _BESIDE)
    return {
        name: as_json(node, limits=source.limits, file=source.name)
        for name, node in found
        if isinstance(node, h5py.Group)
    }


def _reading(group: h5py.Group, file: h5py.File, beside: dict[str, Json], source: Source) -> Reading:
    import h5py

    dataset = _data(group)
    if isinstance(dataset, Elsewhere):
        raise UnsupportedVariant(f"{source.name}: the data of {group.name} lie in another file.", mend=MEND)
    if dataset is None:
        raise DamagedFile(f"{source.name}: a dataset data was expected in {group.name}; there is none.", mend=MEND)
    values, doubts = numbers(dataset, limits=source.limits, file=source.name)
    axes, calibration_doubts = checked(_axes(group, values.shape, source))
    nodes = {name: child(file["/"], name) for name in _BESIDE}
    words = {
        (name, key): text_attribute(node, key)
        for name, node in nodes.items()
        if isinstance(node, h5py.Group)
        for key in ("name", "material")
    }
    name = str(group.name).rpartition("/")[2]
    return Reading(
        technique=_technique(axes),
        title=name or source.name,
        variables=sampled_variables(
            "complex_amplitude" if values.dtype.kind == "c" else "intensity",
            values,
            axes,
            unit=_unit(text_attribute(dataset, "units")),
        ),
        header={str(group.name): as_json(group, limits=source.limits, file=source.name), **beside},
        sample_name=words.get(("sample", "name")) or words.get(("sample", "material")) or None,
        operator=words.get(("user", "name")) or None,
        instrument=words.get(("microscope", "name")) or None,
        doubts=(*doubts, *calibration_doubts),
    )


def _data(group: h5py.Group) -> h5py.Dataset | Elsewhere | None:
    """The dataset `data`; some programs call it otherwise, and then it is the only one that is no dimension."""
    import h5py

    found = child(group, "data")
    if isinstance(found, h5py.Dataset | Elsewhere):
        return found
    others = [
        node
        for name in group
        if not re.fullmatch(r"_?dim\d+", name) and isinstance(node := child(group, name), h5py.Dataset)
    ]
    return others[0] if len(others) == 1 else None


def _axes(group: h5py.Group, shape: tuple[int, ...], source: Source) -> tuple[Axis, ...]:
    """The axes in the order of the array."""
    import h5py

    counted_from = 0 if isinstance(child(group, "dim0"), h5py.Dataset) else 1
    axes: list[Axis] = []
    for place, length in enumerate(shape):
        node = child(group, f"dim{place + counted_from}")
        if not isinstance(node, h5py.Dataset):
            axes.append(Axis(length=length))
            continue
        found, _ = numbers(node, limits=source.limits, file=source.name)
        values = found.astype(np.float64).reshape(-1) if found.dtype.kind in "iuf" else np.empty(0)
        # Two points stand for all of a uniform axis.
        if len(values) not in {2, length} or not bool(np.isfinite(values).all()):
            raise DamagedFile(
                f"{source.name}: {node.name} was expected to have {length} finite points, or 2; it has {len(values)}.",
                mend=MEND,
            )
        step = float(values[1] - values[0]) if len(values) > 1 else 1.0
        label = text_attribute(node, "name")
        is_uneven = len(values) == length and not np.allclose(np.diff(values), step, rtol=1e-6, atol=0)
        axes.append(
            Axis(
                length=length,
                first=float(values[0]),
                step=step,
                unit=_unit(text_attribute(node, "units")),
                name=variable_name(label) if label else "",
                label=label,
                points=values if is_uneven else None,
            )
        )
    return tuple(reversed(named(tuple(reversed(axes)))))


def _unit(written: str) -> str:
    """`[n_m]` is nm: brackets around, a line between prefix and unit."""
    return written.strip().strip("[]").replace("_", "").strip()


def _technique(axes: tuple[Axis, ...]) -> str:
    if len(axes) == 1:
        return "spectrum"
    is_pattern = any(axis.kind in {Kind.RECIPROCAL, Kind.ANGLE} for axis in axes)
    return "electron_diffraction" if is_pattern else "electron_microscopy"


READER = EmdBerkeley()
