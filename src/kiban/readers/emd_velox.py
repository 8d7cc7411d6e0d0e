"""Velox files of Thermo Fisher's electron microscopes (EMD, HDF5).

Instrument
----------
Transmission electron microscopes of FEI and Thermo Fisher Scientific (Talos, Titan, Themis, Spectra) with Velox.

What is read
------------
- Each image gives a Reading with `intensity`, shape (y, x), or (frame, y, x) for a series; places in m (spatial
  frequencies `k_x`, `k_y` in 1/m, angles in rad). Technique `electron_microscopy`, `electron_diffraction` where a
  pixel is no length.
- Each spectrum gives a Reading with `intensity`, shape (n,), along `energy` (eV) where the detector is calibrated.
- Each stream of X-ray events gives the spectrum of all events and, where it takes less than 256 MiB, the map of
  spectra, shape (y, x, energy), all frames together. Technique `energy_dispersive_x_ray`.

Voltage, magnification, camera length, defocus, dwell time, exposure, stage, detector, microscope and time (UTC) as the
JSON beside each array has them; of series that of the first frame.

Uncertainties
-------------
Spectra of X-ray detectors: √n of the Poisson distribution, origin estimate (1 where nothing was counted). Maps and
images: none.

What is left out
----------------
Displays, operations, reports and logs; Fourier transforms, of which Velox keeps one half (a doubt says so); the frames
of event streams one by one.

File structure
--------------
HDF5: `Version` names Velox, `Data/Image`, `Data/Spectrum`, `Data/SpectrumStream` have a group for each array with
`Data` and `Metadata` (JSON as bytes, one column for each frame). The layout of event streams as RosettaSciIO describes
it. Checked on 1 file (a series of images); spectra and streams by files that the tests write.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.scan import counting_uncertainty
from kiban.readers.hdf5.conventions import Convention, convention
from kiban.readers.hdf5.links import child, follow, names
from kiban.readers.hdf5.opening import MEND, is_hdf5, opened
from kiban.readers.hdf5.values import first_column, is_numeric, numbers, text
from kiban.readers.sampled_axes import Axis, Kind, checked, named, sampled_variables
from kiban.readers.source import Source
from kiban.readers.velox.conditions import Conditions
from kiban.readers.velox.event_stream import Sorted, sort_events
from kiban.records.reading import Reading

if TYPE_CHECKING:
    import h5py

_LARGEST_CUBE = 256 << 20
_MOST_CHANNELS = 65_535
_MOST_GROUPS = 10_000
_MOST_NAMED = 10
_USUAL_CHANNELS = 4_096
_LONGEST_JSON = 1 << 22
_SCANS = (
    ("RasterScanDefinition/Height", "RasterScanDefinition/Width"),
    ("Scan/ScanSize/height", "Scan/ScanSize/width"),
)


class EmdVelox:
    """Reads Velox files."""

    name = "emd_velox"
    version = 2
    title = "EMD (Velox)"
    makers = ("Thermo Fisher Scientific (FEI)",)
    techniques = ("electron_microscopy", "electron_diffraction", "energy_dispersive_x_ray", "spectrum")
    suffixes = (".emd",)
    library = "h5py"

    def recognise(self, source: Source) -> Recognition | None:
        """By HDF5 with the group Data and the dataset Version of Velox."""
        if convention(source) is Convention.VELOX:
            return Recognition(Confidence.CERTAIN, "it is HDF5 as Velox arranges it")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all images, spectra and streams. Raises as the contract says."""
        if not is_hdf5(source.head):
            raise DamagedFile(f"{source.name} does not begin as HDF5.", mend=MEND)
        with opened(source) as file:
            readings = [
                *_each(file, "Data/Image", _images, source),
                *_each(file, "Data/Spectrum", _spectra, source),
                *_each(file, "Data/SpectrumStream", _streams, source),
            ]
            halves = _halves(file)
        if not readings and halves:
            raise UnsupportedVariant(
                f"{source.name} holds halves of Fourier transforms only ({', '.join(halves[:3])}), which are not read.",
                mend="Save the images that they were computed from. The file is kept as it came.",
            )
        if not readings:
            raise NothingMeasured(f"{source.name} holds no image and no spectrum.", mend=MEND)
        left_out = tuple(f"{name} is one half of a Fourier transform and is left out." for name in halves)
        return [replace(reading, doubts=(*reading.doubts, *left_out)) for reading in readings] if left_out else readings


def _halves(file: h5py.File) -> list[str]:
    """Images that hold structures instead of numbers."""
    import h5py

    parent = follow(file["/"], "Data/Image")
    found = []
    for name in names(parent) if isinstance(parent, h5py.Group) else ():
        dataset = follow(parent, f"{name}/Data")
        if isinstance(dataset, h5py.Dataset) and not is_numeric(dataset):
            found.append(str(dataset.parent.name))
    return found[:_MOST_NAMED]


def _each(file: h5py.File, path: str, read: Any, source: Source) -> Iterator[Reading]:
    import h5py

    parent = follow(file["/"], path)
    if not isinstance(parent, h5py.Group):
        return
    for n, name in enumerate(names(parent)):
        group = child(parent, name)
        if isinstance(group, h5py.Group) and n < _MOST_GROUPS:
            yield from read(group, source)


def _conditions(group: h5py.Group, source: Source) -> Conditions:
    """The JSON of the first frame."""
    import h5py

    node = child(group, "Metadata")
    if not isinstance(node, h5py.Dataset) or node.dtype != np.uint8 or node.ndim != 2 or node.shape[1] == 0:
        return Conditions({})
    if node.shape[0] > _LONGEST_JSON:
        raise DamagedFile(f"{source.name}: {node.name} promises a text of {node.shape[0]} bytes.", mend=MEND)
    return Conditions.of(first_column(node, limits=source.limits, file=source.name).tobytes())


def _data(group: h5py.Group, source: Source) -> h5py.Dataset:
    import h5py

    node = child(group, "Data")
    if not isinstance(node, h5py.Dataset):
        raise DamagedFile(f"{source.name}: a dataset Data was expected in {group.name}; there is none.", mend=MEND)
    return node


def _images(group: h5py.Group, source: Source) -> Iterator[Reading]:
    dataset = _data(group, source)
    conditions = _conditions(group, source)
    if not is_numeric(dataset):
        return
    values, doubts = numbers(dataset, limits=source.limits, file=source.name)
    if values.ndim == 2:
        values = values[..., None]
    if values.ndim != 3 or values.size == 0:
        raise DamagedFile(f"{source.name}: rows, columns and frames were expected in {dataset.name}.", mend=MEND)
    height, width, n_frames = values.shape
    axes: tuple[Axis, ...] = (conditions.place_axis(height, is_x=False), conditions.place_axis(width, is_x=True))
    # The frame runs fastest in the file; it is turned to the front, which copies nothing.
    turned = np.moveaxis(values, -1, 0) if n_frames > 1 else values[..., 0]
    axes = tuple(reversed(named((axes[1], axes[0]))))
    if n_frames > 1:
        axes = (Axis(length=n_frames, name="frame"), *axes)
    is_pattern = any(axis.kind in {Kind.RECIPROCAL, Kind.ANGLE} for axis in axes)
    key = "electron_diffraction" if is_pattern else "electron_microscopy"
    yield _reading(key, group, turned, axes, conditions, doubts, unit="", is_counted=False)


def _spectra(group: h5py.Group, source: Source) -> Iterator[Reading]:
    conditions = _conditions(group, source)
    values, doubts = numbers(_data(group, source), limits=source.limits, file=source.name)
    spectra = values.reshape(len(values), -1) if values.ndim in {1, 2} and values.size else None
    if spectra is None:
        raise DamagedFile(f"{source.name}: channels and frames were expected in {group.name}.", mend=MEND)
    key = "energy_dispersive_x_ray" if conditions.is_x_ray else "spectrum"
    unit = "counts" if conditions.is_x_ray and values.dtype.kind in "iu" else ""
    axis = conditions.energy_axis(len(spectra))
    if spectra.shape[1] == 1:
        yield _reading(key, group, spectra[:, 0], (axis,), conditions, doubts, unit=unit, is_counted=bool(unit))
        return
    axes = (Axis(length=spectra.shape[1], name="frame"), axis)
    yield _reading(key, group, spectra.T, axes, conditions, doubts, unit=unit, is_counted=False)


def _streams(group: h5py.Group, source: Source) -> Iterator[Reading]:
    import h5py

    conditions = _conditions(group, source)
    stream, doubts = numbers(_data(group, source), limits=source.limits, file=source.name)
    node = child(group, "AcquisitionSettings")
    written = text(node, limits=source.limits, file=source.name) if isinstance(node, h5py.Dataset) else ""
    settings = Conditions.of(written.encode())
    if stream.dtype != np.uint16 or settings.text("StreamEncoding") not in {"", "uint16"}:
        raise UnsupportedVariant(
            f"{source.name}: events as 16-bit numbers were expected in {group.name}; they are {stream.dtype}.",
            mend=MEND,
        )
    channels = settings.number("bincount") or _USUAL_CHANNELS
    if not 1 <= channels <= _MOST_CHANNELS or channels != int(channels):
        raise DamagedFile(f"{source.name}: {channels:g} channels are promised in {group.name}.", mend=MEND)
    events = stream.reshape(-1)
    scan, scan_doubts = _scan(events, int(channels), (settings, conditions))
    found = sort_events(events, int(channels), scan)
    if not found.spectrum.any():
        # A stream without a single event is an acquisition that was never started.
        return
    beyond = (f"{found.n_beyond} events lie beyond the last channel and are left out.",) if found.n_beyond else ()
    yield from _event_readings(group, found, conditions, (*doubts, *scan_doubts, *beyond))


def _scan(
    events: NDArray[np.uint16], n_channels: int, documents: tuple[Conditions, ...]
) -> tuple[tuple[int, int] | None, tuple[str, ...]]:
    """Rows and columns of the scan, where the number of points that were visited fits, and the map is not too large."""
    n_points = int(np.count_nonzero(events == _MOST_CHANNELS))
    for rows_at, columns_at in _SCANS:
        for document in documents:
            rows, columns = document.number(rows_at), document.number(columns_at)
            if not rows or not columns or rows < 1 or columns < 1:
                continue
            shape = (int(rows), int(columns))
            if n_points % math.prod(shape) and n_points < math.prod(shape):
                continue
            if 4 * math.prod(shape) * n_channels > _LARGEST_CUBE:
                return None, (f"The map of {shape[0]} × {shape[1]} spectra is too large; all events are added up.",)
            return shape, ()
    return None, (f"The file does not say how the {n_points} points of the scan are arranged; events are added up.",)


def _event_readings(
    group: h5py.Group, found: Sorted, conditions: Conditions, doubts: tuple[str, ...]
) -> Iterator[Reading]:
    axis = conditions.energy_axis(len(found.spectrum))
    key = "energy_dispersive_x_ray"
    yield _reading(key, group, found.spectrum, (axis,), conditions, doubts, unit="counts", is_counted=True)
    if found.cube is not None:
        rows, columns = found.cube.shape[:2]
        place = (conditions.place_axis(rows, is_x=False), conditions.place_axis(columns, is_x=True))
        axes = (*reversed(named((place[1], place[0]))), axis)
        yield _reading(key, group, found.cube, axes, conditions, doubts, unit="counts", is_counted=False)


def _reading(
    key: str,
    group: h5py.Group,
    values: NDArray[Any],
    axes: tuple[Axis, ...],
    conditions: Conditions,
    doubts: tuple[str, ...],
    *,
    unit: str,
    is_counted: bool,
) -> Reading:
    sound, calibration_doubts = checked(axes)
    return Reading(
        technique=key,
        title=conditions.detector_name or str(group.name).rpartition("/")[2],
        variables=sampled_variables(
            "complex_amplitude" if values.dtype.kind == "c" else "intensity",
            values,
            sound,
            unit=unit,
            uncertainty=counting_uncertainty(values) if is_counted else None,
        ),
        header={str(group.name): conditions.as_json()},
        metadata=conditions.metadata(),
        sample_name=conditions.text("Sample/SampleId") or conditions.text("Sample/SampleDescription") or None,
        operator=conditions.text("User/Name") or None,
        instrument=conditions.instrument(),
        started_at=conditions.started_at(),
        doubts=(*doubts, *calibration_doubts),
    )


READER = EmdVelox()
