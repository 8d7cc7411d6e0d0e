"""Velox: the real file, and images, spectra and event streams in small."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.emd_velox import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Limits, Source
from kiban.readers.velox.event_stream import sort_events
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

CONDITIONS: dict[str, Any] = {
    "Instrument": {
        "Manufacturer": "FEI Company",
        "InstrumentClass": "Talos",
        "InstrumentId": "7",
        "ControlSoftwareVersion": "2.11",
    },
    "Acquisition": {"AcquisitionStartDatetime": {"DateTime": "1575540224"}},
    "Optics": {"AccelerationVoltage": "200000", "NominalMagnification": "80000", "CameraLength": "0"},
    "Scan": {"DwellTime": "2e-06", "ScanSize": {"width": "3", "height": "2"}},
    "Stage": {"AlphaTilt": "0", "Position": {"x": "1e-05"}},
    "Detectors": {
        "Detector-0": {"DetectorName": "HAADF", "DetectorType": "ScanningDetector"},
        "Detector-1": {
            "DetectorName": "SuperXG1",
            "DetectorType": "AnalyticalDetector",
            "Dispersion": "5",
            "OffsetEnergy": "-20",
            "LiveTime": "3.5",
        },
    },
    "BinaryResult": {
        "Detector": "HAADF",
        "DetectorIndex": "0",
        "PixelSize": {"width": "2e-10", "height": "4e-10"},
        "PixelUnitX": "m",
        "PixelUnitY": "m",
        "Offset": {"x": "1e-09", "y": "0"},
    },
    "User": {"Name": "A. Person"},
}
X_RAY = {"Detector": "SuperXG1", "DetectorIndex": "1"}


def conditions(**binary_result: Any) -> dict[str, Any]:
    return CONDITIONS | {"BinaryResult": CONDITIONS["BinaryResult"] | binary_result}


def put(file: Any, path: str, values: NDArray[Any], tree: dict[str, Any] | bytes | None = None) -> Any:
    group = file.create_group(path)
    group.create_dataset("Data", data=values)
    raw = tree if isinstance(tree, bytes) else json.dumps(tree or CONDITIONS).encode()
    column = np.zeros((6000, 1), np.uint8)
    column[: len(raw), 0] = np.frombuffer(raw, np.uint8)
    group.create_dataset("Metadata", data=column)
    return group


def made(build: Callable[[Any], None]) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["Version"] = np.bytes_(b'{"format": "Velox", "version": "8"}')
        file.create_group("Data")
        build(file)
    return content.getvalue()


PICTURE = np.arange(6, dtype=np.uint16).reshape(2, 3, 1)
SPECTRUM = np.array([[0], [1], [9], [100]], np.uint32)
# Two frames of 2 × 3 points; the beam moves on after each point.
EVENTS = np.array([0, 1, 65535, 65535, 2, 65535, 65535, 65535, 3, 3, 65535] * 2, np.uint16)


def stream(file: Any, events: NDArray[np.uint16] = EVENTS, **settings: Any) -> None:
    group = put(file, "Data/SpectrumStream/s", events[:, None], conditions(**X_RAY))
    full = {
        "bincount": "4",
        "StreamEncoding": "uint16",
        "RasterScanDefinition": {"Width": "3", "Height": "2"},
    } | settings
    group["AcquisitionSettings"] = np.array([json.dumps(full).encode()])


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "image": made(lambda file: put(file, "Data/Image/a", PICTURE)),
        "spectrum": made(lambda file: put(file, "Data/Spectrum/a", SPECTRUM, conditions(**X_RAY))),
        "event stream": made(stream),
    }


def of(content: bytes, limits: Limits | None = None) -> list[Reading]:
    return READER.read(Source(content, name="a.emd", limits=limits))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


def test_an_image() -> None:
    reading = only(made(lambda file: put(file, "Data/Image/a", PICTURE)))
    assert reading.technique == "electron_microscopy"
    assert reading.title == "HAADF"
    assert reading.variables[-1].dimensions == ("y", "x")
    assert reading["intensity"].values.tolist() == PICTURE[..., 0].tolist()
    assert reading["x"].unit == "m"
    assert reading["x"].values == pytest.approx([1e-9, 1.2e-9, 1.4e-9])
    assert reading["y"].values == pytest.approx([0, 4e-10])
    assert reading.started_at == datetime(2019, 12, 5, 10, 3, 44, tzinfo=UTC)
    assert reading.operator == "A. Person"
    assert reading.instrument == "Talos 7"
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "FEI Company",
        "acceleration_voltage": Measured(200000.0, "V"),
        "magnification": Measured(80000.0),
        "dwell_time": Measured(2e-6, "s"),
        "position_x": Measured(1e-5, "m"),
        "position_alpha": Measured(0.0, "rad"),
        "serial_number": "7",
        "detector": "HAADF",
        "software": "Velox 2.11",
    }


def test_series_have_their_frames_first() -> None:
    values = np.arange(12, dtype=np.int16).reshape(2, 3, 2)
    reading = only(made(lambda file: put(file, "Data/Image/a", values)))
    assert reading.variables[-1].dimensions == ("frame", "y", "x")
    assert reading["intensity"].values[1].tolist() == values[..., 1].tolist()


@pytest.mark.parametrize(("unit", "name"), [("1/m", "k_x"), ("rad", "angle_x")])
def test_diffraction(unit: str, name: str) -> None:
    tree = conditions(PixelUnitX=unit, PixelUnitY=unit)
    reading = only(made(lambda file: put(file, "Data/Image/a", PICTURE, tree)))
    assert reading.technique == "electron_diffraction"
    assert reading[name].unit == unit


@pytest.mark.parametrize("raw", [b"", b"no json", b"[1]", b"[" * 5000, b'{"BinaryResult": 5, "Detectors": []}'])
def test_without_json_pixels_are_counted(raw: bytes) -> None:
    reading = only(made(lambda file: put(file, "Data/Image/a", PICTURE, raw or b"\0")))
    assert reading["x"].unit == "pixel"
    assert reading.started_at is None


def test_a_spectrum() -> None:
    reading = only(made(lambda file: put(file, "Data/Spectrum/a", SPECTRUM, conditions(**X_RAY))))
    assert reading.technique == "energy_dispersive_x_ray"
    assert reading["energy"].unit == "eV"
    assert reading["energy"].values.tolist() == [-20, -15, -10, -5]
    assert reading["intensity"].unit == "count"
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    assert doubt.values.tolist() == [1, 1, 3, 10]
    assert reading.metadata["live_time"] == Measured(3.5, "s")
    other = only(made(lambda file: put(file, "Data/Spectrum/a", SPECTRUM)))
    assert other.technique == "spectrum"
    assert "channel" in other


def test_a_stream_of_events_is_a_spectrum_and_a_map() -> None:
    spectrum, cube = of(made(stream))
    assert spectrum["intensity"].values.tolist() == [2, 2, 2, 4]
    assert spectrum["intensity"].unit == "count"
    assert spectrum["energy"].values.tolist() == [-20, -15, -10, -5]
    assert cube.variables[-1].dimensions == ("y", "x", "energy")
    assert cube["intensity"].shape == (2, 3, 4)
    assert cube["intensity"].values[0, 0].tolist() == [2, 2, 0, 0]
    assert cube["intensity"].values[0, 2].tolist() == [0, 0, 2, 0]
    assert cube["intensity"].values[1, 2].tolist() == [0, 0, 0, 4]
    assert cube["intensity"].values.sum() == 10
    assert cube["x"].unit == "m"


def test_a_stream_whose_scan_is_not_known_is_added_up() -> None:
    def unknown(file: Any) -> None:
        stream(file, RasterScanDefinition={"Width": "30", "Height": "20"})

    def beyond(file: Any) -> None:
        stream(file, np.array([0, 9, 65535] * 6, np.uint16))

    def large(file: Any) -> None:
        stream(file, RasterScanDefinition={"Width": "20000", "Height": "20000"}, bincount="4096")

    content = made(unknown)
    # The scan's size in the other document fits.
    assert len(of(content)) == 2
    assert of(made(beyond))[0].doubts == ("6 events lie beyond the last channel and are left out.",)
    assert len(of(made(large))) == 2
    with pytest.raises(NothingMeasured):
        of(made(lambda file: stream(file, np.full(12, 65535, np.uint16))))


@given(
    events=st.lists(st.integers(0, 5), min_size=1, max_size=50),
    shape=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
def test_every_event_is_counted_once(events: list[int], shape: tuple[int, int]) -> None:
    coded = np.array([65535 if each == 5 else each for each in events], np.uint16)
    found = sort_events(coded, 5, shape)
    assert found.cube is not None
    expected = np.zeros((*shape, 5), int)
    point = 0
    for each in events:
        if each == 5:
            point = (point + 1) % (shape[0] * shape[1])
        else:
            expected[point // shape[1], point % shape[1], each] += 1
    assert np.array_equal(found.cube, expected)
    assert np.array_equal(found.spectrum, expected.sum(axis=(0, 1)))


def test_halves_of_fourier_transforms_are_left_out_by_name() -> None:
    half = np.zeros((2, 2, 1), dtype=[("realFloatHalfEven", "f4"), ("imagFloatHalfEven", "f4")])

    def both(file: Any) -> None:
        put(file, "Data/Image/a", PICTURE)
        put(file, "Data/Image/b", half)

    assert only(made(both)).doubts == ("/Data/Image/b is one half of a Fourier transform and is left out.",)
    with pytest.raises(UnsupportedVariant, match="halves of Fourier transforms only"):
        of(made(lambda file: put(file, "Data/Image/b", half)))


def test_what_is_not_there_is_an_error() -> None:
    with pytest.raises(NothingMeasured, match="no image and no spectrum"):
        of(made(lambda file: None))
    with pytest.raises(DamagedFile, match="a dataset Data was expected"):
        of(made(lambda file: file.create_group("Data/Image/a")))
    with pytest.raises(DamagedFile, match="rows, columns and frames were expected"):
        of(made(lambda file: put(file, "Data/Image/a", np.zeros(5))))
    with pytest.raises(DamagedFile, match="channels are promised"):
        of(made(lambda file: stream(file, bincount="1e9")))
    with pytest.raises(UnsupportedVariant, match="16-bit numbers were expected"):
        of(made(lambda file: stream(file, StreamEncoding="uint32")))
    with pytest.raises(LimitExceeded):
        of(made(lambda file: put(file, "Data/Image/a", PICTURE)), Limits(whole_bytes=5))
    with pytest.raises(DamagedFile, match="does not begin as HDF5"):
        of(b"")


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    path = shared("microscopy/fei_example_tem_stack.emd")
    choice, (reading,) = read(Source(path))
    assert choice.reader is READER
    assert choose(Source(path)).why == "it is HDF5 as Velox arranges it"
    assert reading["intensity"].shape == (2, 3, 3)
    assert reading["intensity"].values.dtype == np.int16
    assert reading["intensity"].values.max() == 17
    assert reading["y"].values[:2] == pytest.approx([-16738.1e-12, -16738.1e-12 + 8.17288e-12], rel=1e-5)
    assert reading["x"].unit == "m"
    assert reading.started_at == datetime(2019, 12, 5, 10, 3, 44, tzinfo=UTC)
    assert reading.metadata["detector"] == "BM-Ceta"
    assert reading.metadata["exposure_time"] == Measured(0.8, "s")
