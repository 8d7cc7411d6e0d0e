"""HyperSpy's files (`.hspy`, HDF5).

Instrument
----------
Any whose data was treated with HyperSpy: electron microscopes above all.

What is read
------------
Each signal of the file gives a Reading with `intensity` (`complex_amplitude` where complex), numbers as stored, and
its axes in the order of the array, under the names that the file gives them, else named after their units; uniform
axes and axes given point by point. The technique follows the signal's type: `electron_energy_loss`,
`energy_dispersive_x_ray`, `cathodoluminescence`, `electron_diffraction`, else `electron_microscopy` where a microscope
is stated, `spectrum` or `image` where none is. Title, date, sample, microscope and its conditions from the metadata.

Uncertainties
-------------
Single spectra of whole numbers in counts: √n of the Poisson distribution, origin estimate (1 where nothing was
counted). Spectrum images none; a variance that the file models is kept in the header.

What is left out
----------------
Learning results, models, markers, and the metadata of the original file (kept in the header). Axes that are given as a
function, and ragged arrays, are refused by name.

File structure
--------------
HDF5. The group `Experiments` has a group for each signal: `data`, one group `axis-N` for each axis and the tree
`metadata`; everything else is attributes. As HyperSpy's documentation describes it, versions 1 to 3.3 of the format.
Checked on 1 file.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.quantity.spelling import respell
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.hdf5.conventions import Convention, convention
from kiban.readers.hdf5.links import Elsewhere, child, follow, names
from kiban.readers.hdf5.naming import variable_name
from kiban.readers.hdf5.opening import MEND, is_hdf5, opened
from kiban.readers.hdf5.tree_header import as_json
from kiban.readers.hdf5.values import number_attribute, numbers, text_attribute
from kiban.readers.sampled_axes import Axis, Kind, checked, named, sampled_variables
from kiban.readers.source import Source
from kiban.records.reading import Json, MetadataValue, Reading

if TYPE_CHECKING:
    import h5py

_NOTHING = frozenset({"_None_", "<undefined>", "None", ""})
_TYPES = {
    "EELS": "electron_energy_loss",
    "EDS_TEM": "energy_dispersive_x_ray",
    "EDS_SEM": "energy_dispersive_x_ray",
    "CL": "cathodoluminescence",
    "CL_SEM": "cathodoluminescence",
    "CL_STEM": "cathodoluminescence",
    "electron_diffraction": "electron_diffraction",
    "diffraction": "electron_diffraction",
    "diffraction2d": "electron_diffraction",
}
_NUMBERS = (
    ("acceleration_voltage", "beam_energy", "kV"),
    ("probe_current", "beam_current", "nA"),
    ("magnification", "magnification", ""),
    ("camera_length", "camera_length", "mm"),
    ("semi_convergence_angle", "convergence_angle", "mrad"),
    ("working_distance", "working_distance", "mm"),
)
_DETECTOR_NUMBERS = (
    ("semi_collection_angle", "EELS", "collection_angle", "mrad"),
    ("exposure_time", "EELS", "exposure", "s"),
    ("live_time", "EDS", "live_time", "s"),
    ("real_time", "EDS", "real_time", "s"),
    ("elevation_angle", "EDS", "elevation_angle", "deg"),
    ("azimuth_angle", "EDS", "azimuth_angle", "deg"),
    ("exposure_time", "Camera", "exposure", "s"),
)
_MOST_SIGNALS = 1_000


class HyperspyHspy:
    """Reads HyperSpy's files."""

    name = "hyperspy_hspy"
    version = 2
    title = "HyperSpy (HDF5)"
    makers = ("HyperSpy",)
    techniques = (
        "electron_energy_loss",
        "energy_dispersive_x_ray",
        "cathodoluminescence",
        "electron_diffraction",
        "electron_microscopy",
        "spectrum",
        "image",
    )
    suffixes = (".hspy", ".hdf5")
    library = "h5py"

    def recognise(self, source: Source) -> Recognition | None:
        """By HDF5 whose root names HyperSpy as the format and has a group Experiments."""
        if convention(source) is Convention.HYPERSPY:
            return Recognition(Confidence.CERTAIN, "it is HDF5 that names HyperSpy as its format")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all signals. Raises as the contract says."""
        import h5py

        if not is_hdf5(source.head):
            raise DamagedFile(f"{source.name} does not begin as HDF5.", mend=MEND)
        with opened(source) as file:
            experiments = child(file["/"], "Experiments")
            if not isinstance(experiments, h5py.Group):
                raise DamagedFile(f"{source.name}: a group Experiments was expected; there is none.", mend=MEND)
            readings = []
            for n, name in enumerate(names(experiments)):
                signal = child(experiments, name)
                if isinstance(signal, h5py.Group) and n < _MOST_SIGNALS:
                    readings.append(_reading(signal, name, source))
            if not readings:
                raise NothingMeasured(f"{source.name} holds no signal.", mend=MEND)
            return readings


def _reading(signal: h5py.Group, name: str, source: Source) -> Reading:
    import h5py

    dataset = child(signal, "data")
    if isinstance(dataset, Elsewhere):
        raise UnsupportedVariant(f"{source.name}: the data of {name} lie in another file.", mend=MEND)
    if not isinstance(dataset, h5py.Dataset):
        raise DamagedFile(f"{source.name}: a dataset data was expected in {name}; there is none.", mend=MEND)
    values, doubts = numbers(dataset, limits=source.limits, file=source.name)
    axes, calibration_doubts = checked(_axes(signal, values.shape, source))
    key = _technique(signal, axes)
    # "X-rays (Counts)": what was measured, and its unit.
    quantity = re.fullmatch(r".*\((.+)\)", _word(_group(signal, "metadata/Signal"), "quantity"))
    unit = quantity[1] if quantity else ""
    is_counted = respell(unit) == "count" and values.ndim == 1 and values.dtype.kind in "iu"
    general = _group(signal, "metadata/General")
    return Reading(
        technique=key,
        title=_word(general, "title") or name,
        variables=sampled_variables(
            "complex_amplitude" if values.dtype.kind == "c" else "intensity",
            values,
            axes,
            unit=unit,
            uncertainty=counting_uncertainty(values) if is_counted else None,
        ),
        header=_header(signal, source),
        metadata=_metadata(signal),
        sample_name=_word(_group(signal, "metadata/Sample"), "description") or None,
        operator=_word(general, "authors") or None,
        instrument=next((w for group in _microscopes(signal) if (w := _word(group, "microscope"))), None),
        started_at=_time(general),
        doubts=(*doubts, *calibration_doubts),
    )


def _axes(signal: h5py.Group, shape: tuple[int, ...], source: Source) -> tuple[Axis, ...]:
    """The axes in the order of the array."""
    import h5py

    axes: list[Axis] = []
    for place, length in enumerate(shape):
        node = child(signal, f"axis-{place}")
        if not isinstance(node, h5py.Group):
            raise DamagedFile(f"{source.name}: axis-{place} of {signal.name} was expected; there is none.", mend=MEND)
        label, unit = _word(node, "name"), _word(node, "units")
        size = number_attribute(node, "size")
        if size is not None and size != length:
            raise DamagedFile(
                f"{source.name}: axis-{place} of {signal.name} promises {size:g} points; the data have {length}.",
                mend=MEND,
            )
        scale, offset = number_attribute(node, "scale"), number_attribute(node, "offset")
        listed = child(node, "axis")
        if scale is None and text_attribute(node, "_type").startswith("Functional"):
            raise UnsupportedVariant(
                f"{source.name}: axis-{place} of {signal.name} is given as a function, which is not read.",
                mend="Convert it (axis.convert_to_non_uniform_axis) and save again. The file is kept as it came.",
            )
        axes.append(
            Axis(
                length=length,
                first=offset or 0.0,
                step=1.0 if scale is None else scale,
                unit=unit,
                name=variable_name(label) if label else "",
                label=label,
                points=_points(listed, length, source) if isinstance(listed, h5py.Dataset) else None,
            )
        )
    return tuple(reversed(named(tuple(reversed(axes)))))


def _points(dataset: h5py.Dataset, length: int, source: Source) -> NDArray[Any]:
    values, _ = numbers(dataset, limits=source.limits, file=source.name)
    if values.shape != (length,) or values.dtype.kind not in "iuf" or not bool(np.isfinite(values).all()):
        raise DamagedFile(
            f"{source.name}: {length} finite points were expected in {dataset.name}; it holds {values.shape}.",
            mend=MEND,
        )
    return values


def _technique(signal: h5py.Group, axes: tuple[Axis, ...]) -> str:
    kind = _word(_group(signal, "metadata/Signal"), "signal_type")
    if kind in _TYPES:
        return _TYPES[kind]
    has_microscope = bool(_microscopes(signal))
    if len(axes) == 1:
        return "spectrum"
    if not has_microscope:
        return "image"
    is_pattern = any(axis.kind in {Kind.RECIPROCAL, Kind.ANGLE} for axis in axes)
    return "electron_diffraction" if is_pattern else "electron_microscopy"


def _microscopes(signal: h5py.Group) -> list[h5py.Group]:
    found = (_group(signal, f"metadata/Acquisition_instrument/{kind}") for kind in ("TEM", "SEM"))
    return [group for group in found if group is not None]


def _metadata(signal: h5py.Group) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {}
    if package := text_attribute(signal, "package"):
        metadata["software"] = f"{package} {text_attribute(signal, 'package_version')}".strip()
    for microscope in _microscopes(signal):
        for name, key, unit in _NUMBERS:
            # 0 says in these fields that nothing was entered.
            if name not in metadata and (value := number_attribute(microscope, key)):
                metadata[name] = Measured(value, unit)
        for name, detector, key, unit in _DETECTOR_NUMBERS:
            group = _group(microscope, f"Detector/{detector}")
            if group is not None and name not in metadata and (value := number_attribute(group, key)):
                metadata[name] = Measured(value, unit)
        if mode := _word(microscope, "acquisition_mode"):
            metadata["operation_mode"] = mode
    return metadata


def _group(parent: h5py.Group, path: str) -> h5py.Group | None:
    import h5py

    node = follow(parent, path)
    return node if isinstance(node, h5py.Group) else None


def _word(group: h5py.Group | None, name: str) -> str:
    if group is None:
        return ""
    text = text_attribute(group, name)
    return "" if text in _NOTHING else text


def _time(general: h5py.Group | None) -> datetime | None:
    date, time = _word(general, "date"), _word(general, "time")
    try:
        return datetime.fromisoformat(f"{date}T{time}" if time else date) if date else None
    except ValueError:
        return None


def _header(signal: h5py.Group, source: Source) -> dict[str, Json]:
    tree = as_json(signal, limits=source.limits, file=source.name)
    return {str(signal.name): tree}


READER = HyperspyHspy()
