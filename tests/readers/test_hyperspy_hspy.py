"""HyperSpy: the real file, and uniform and listed axes, techniques and damages in small."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.hyperspy_hspy import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite


def attrs(node: Any, **attributes: Any) -> Any:
    for key, value in attributes.items():
        node.attrs[key] = np.bytes_(value) if isinstance(value, str) else value
    return node


def signal(
    file: Any,
    values: NDArray[Any],
    *axes: dict[str, Any],
    name: str = "film",
    kind: str = "",
    quantity: str = "",
    column: str = "TEM",
    **conditions: Any,
) -> Any:
    attrs(file, file_format="HyperSpy", file_format_version="3.3")
    group = attrs(file.require_group("Experiments").create_group(name), package="hyperspy", package_version="2.1")
    group.create_dataset("data", data=values)
    for n, axis in enumerate(axes):
        attrs(group.create_group(f"axis-{n}"), **axis)
    metadata = group.create_group("metadata")
    attrs(metadata.create_group("General"), title=f"{name} title", date="2014-07-09", time="18:56:37")
    attrs(metadata.create_group("Signal"), signal_type=kind, quantity=quantity)
    if column:
        attrs(metadata.create_group(f"Acquisition_instrument/{column}"), **conditions)
    return group


def uniform(size: int, name: str = "", unit: str = "", offset: float = 0.0, scale: float = 1.0) -> dict[str, Any]:
    return {"name": name, "units": unit or "_None_", "offset": offset, "scale": scale, "size": size, "navigate": False}


def made(build: Callable[[Any], Any]) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        build(file)
    return content.getvalue()


COUNTS = np.array([0, 1, 9, 100], np.uint16)
ENERGY = uniform(4, "Energy", "keV", -0.1, 0.01)
PICTURE = np.arange(6.0).reshape(2, 3)
PLACES = (uniform(2, "y", "nm", 1.0, 0.5), uniform(3, "x", "nm", 0.0, 0.25))


def eds(file: Any) -> None:
    signal(file, COUNTS, ENERGY, kind="EDS_SEM", quantity="X-rays (Counts)", column="SEM", beam_energy=15.0)


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "picture": made(lambda file: signal(file, PICTURE, *PLACES)),
        "spectrum": made(eds),
    }


def of(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a.hspy"))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


def test_a_picture() -> None:
    conditions = {"beam_energy": 200.0, "microscope": "Titan", "magnification": 0.0, "acquisition_mode": "STEM"}
    reading = only(made(lambda file: signal(file, PICTURE, *PLACES, **conditions)))
    assert reading.technique == "electron_microscopy"
    assert reading.title == "film title"
    assert reading.variables[-1].dimensions == ("y", "x")
    assert reading["y"].values.tolist() == [1.0, 1.5]
    assert reading["x"].unit == "nm"
    assert reading["intensity"].values.tolist() == PICTURE.tolist()
    assert reading.instrument == "Titan"
    assert reading.started_at == datetime(2014, 7, 9, 18, 56, 37)
    assert dict(reading.metadata) == {
        "software": "hyperspy 2.1",
        "acceleration_voltage": Measured(200.0, "kV"),
        "operation_mode": "STEM",
    }


def test_a_spectrum_in_counts() -> None:
    reading = only(made(eds))
    assert reading.technique == "energy_dispersive_x_ray"
    assert reading["energy"].values == pytest.approx([-0.1, -0.09, -0.08, -0.07])
    assert reading["intensity"].unit == "count"
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    assert doubt.values.tolist() == [1, 1, 3, 10]


def test_axes_without_a_name_are_named_after_their_units() -> None:
    axes = (uniform(2), uniform(3, "", "1/nm"), uniform(4, "", "1/nm"))
    reading = only(made(lambda file: signal(file, np.zeros((2, 3, 4)), *axes)))
    assert reading.variables[-1].dimensions == ("frame", "k_y", "k_x")
    assert reading.technique == "electron_diffraction"


def test_axes_given_point_by_point() -> None:
    def build(file: Any) -> None:
        group = signal(file, COUNTS, {"name": "Wavelength", "units": "nm", "_type": "DataAxis", "size": 4}, kind="CL")
        group["axis-0"].create_dataset("axis", data=np.array([400.0, 410.0, 430.0, 460.0]))

    reading = only(made(build))
    assert reading.technique == "cathodoluminescence"
    assert reading["wavelength"].values.tolist() == [400, 410, 430, 460]
    assert reading["wavelength"].unit == "nm"


@pytest.mark.parametrize(
    ("values", "kind", "column", "technique"),
    [
        (COUNTS, "EELS", "TEM", "electron_energy_loss"),
        (COUNTS, "", "TEM", "spectrum"),
        (PICTURE, "electron_diffraction", "", "electron_diffraction"),
        (PICTURE, "", "", "image"),
        (PICTURE + 1j, "", "TEM", "electron_microscopy"),
    ],
)
def test_the_technique_is_that_of_the_signal(values: NDArray[Any], kind: str, column: str, technique: str) -> None:
    axes = [uniform(n) for n in values.shape]
    reading = only(made(lambda file: signal(file, values, *axes, kind=kind, column=column)))
    assert reading.technique == technique
    assert (reading.variables[-1].name == "complex_amplitude") == (values.dtype.kind == "c")


def test_signals_of_one_file_are_readings() -> None:
    def build(file: Any) -> None:
        signal(file, PICTURE, *PLACES, name="a")
        signal(file, COUNTS, ENERGY, name="b")

    assert [r.title for r in of(made(build))] == ["a title", "b title"]


def test_a_scale_of_zero_is_doubted() -> None:
    reading = only(made(lambda file: signal(file, COUNTS, uniform(4, "Energy", "keV", 0.0, 0.0))))
    assert "is no calibration" in reading.doubts[0]
    assert np.isfinite(reading["energy"].values).all()


def test_what_is_promised_and_not_found_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="axis-1 of /Experiments/film was expected"):
        of(made(lambda file: signal(file, PICTURE, PLACES[0])))
    with pytest.raises(DamagedFile, match=r"axis-0 .* promises 7 points; the data have 4"):
        of(made(lambda file: signal(file, COUNTS, uniform(7))))

    def cut(file: Any) -> None:
        group = signal(file, COUNTS, {"name": "a", "units": "nm"})
        group["axis-0"].create_dataset("axis", data=np.array([400.0, np.nan, 1.0, 2.0]))

    with pytest.raises(DamagedFile, match="4 finite points were expected"):
        of(made(cut))

    def function(file: Any) -> None:
        signal(file, COUNTS, {"name": "a", "units": "nm", "_type": "FunctionalDataAxis", "size": 4})

    with pytest.raises(UnsupportedVariant, match="given as a function"):
        of(made(function))

    def without(file: Any) -> None:
        del signal(file, COUNTS, ENERGY)["data"]

    with pytest.raises(DamagedFile, match="a dataset data was expected"):
        of(made(without))
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["x"] = COUNTS

    def elsewhere(file: Any) -> None:
        group = signal(file, COUNTS, ENERGY)
        del group["data"]
        group["data"] = h5py.ExternalLink(str(secret), "/x")

    with pytest.raises(UnsupportedVariant, match="lie in another file"):
        of(made(elsewhere))

    def nothing(file: Any) -> None:
        attrs(file, file_format="HyperSpy").create_group("Experiments")

    with pytest.raises(NothingMeasured, match="holds no signal"):
        of(made(nothing))
    with pytest.raises(DamagedFile, match="a group Experiments was expected"):
        of(made(lambda file: None))
    with pytest.raises(DamagedFile, match="does not begin as HDF5"):
        of(b"")


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("microscopy/example2_v3.1.hspy")))
    assert choice.reader is READER
    assert reading.title == "test_diffraction_pattern"
    assert reading["intensity"].shape == (16, 16)
    assert reading["intensity"].values.dtype == np.int32
    assert reading["intensity"].values.max() == 1218
    assert reading["y"].values[:2] == pytest.approx([131.871, 131.871 + 0.174433], abs=1e-3)
    assert reading["x"].values[0] == pytest.approx(137.104, abs=1e-3)
    assert reading["x"].unit == "1/nm"
    assert reading.started_at == datetime(2014, 7, 9, 18, 56, 37)
    assert reading.metadata["acceleration_voltage"] == Measured(200.0, "kV")
