"""Digital Surf: the real files against each other, and each type and variant in small."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.readers.digital_surf import READER
from kiban.readers.recognise import choose, read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

SURFACE = np.array([[0, 10, 20], [30, 40, 50]], dtype=np.int16)


def surf(
    counts: NDArray[Any],
    *,
    kind: int = 2,
    order: str = "<",
    packed: int = 0,
    n_objects: int = 1,
    n_channels: int = 1,
    comment: bytes = b"",
    private: bytes = b"",
    special: int = 0,
    limits: tuple[int, int] | None = None,
    steps: tuple[float, float, float] = (0.5, 0.25, 0.1),
    offsets: tuple[float, float, float] = (1.0, 2.0, 3.0),
    axes: tuple[bytes, ...] = (b"X", b"Y", b"Z"),
    units: tuple[bytes, ...] = (b"mm", b"mm", b"\xb5m"),
    lengths: tuple[bytes, ...] | None = None,
    ratios: tuple[float, ...] = (1.0, 1.0, 1.0),
    series: tuple[float, float, bytes, bytes] = (0.0, 0.0, b"", b""),
    date: tuple[int, ...] = (5, 4, 3, 2, 1, 2024, 2),
    **changes: int,
) -> bytes:
    """One object; `counts` has the shape (lines, points) or (lines, points, spectral)."""
    lines, n = counts.shape[:2]
    spectral = counts.shape[2] if counts.ndim == 3 else 0
    raw = counts.astype(counts.dtype.newbyteorder(order)).tobytes()
    data = raw
    if packed:
        cut = -(-len(raw) // packed)
        parts = [raw[i : i + cut] for i in range(0, len(raw), cut)]
        streams = [zlib.compress(part) for part in parts]
        sizes = zip(map(len, parts), map(len, streams), strict=True)
        data = struct.pack("<I", len(parts)) + b"".join(struct.pack("<II", *pair) for pair in sizes) + b"".join(streams)
    smallest, largest = limits or (int(counts.min()), int(counts.max()))
    head = struct.pack(
        order + "hHhh30s30shhhhh",
        *(257 if order == ">" else 0, n_objects, 1, changes.get("type", kind), b"probe".ljust(30), b"Sato".ljust(30)),
        *(n_channels, changes.get("instrument", 1), 0, special, 1),
    )
    head += struct.pack(order + "fihii", 0.0, changes.get("spectral", spectral), 8 * counts.itemsize, smallest, largest)
    head += struct.pack(order + "iii", changes.get("n", n), lines, changes.get("points", n * lines))
    head += struct.pack(order + "fff", *steps)
    head += b"".join(text.ljust(16) for text in (*axes, *units, *(lengths or units)))
    head += struct.pack(order + "fffhhh12x", *ratios, 0, changes.get("inversion", 0), 0)
    head += struct.pack(order + "7hfI6xHH128s", *date, 0.0, len(data), len(comment), len(private), b"")
    head += struct.pack(order + "fffff13s13s", *offsets, *series[:2], *(text.ljust(13) for text in series[2:]))
    return (b"DSCOMPRESSED" if packed else b"DIGITAL SURF") + head + comment + private + data


def of(content: bytes) -> Reading:
    (reading,) = READER.read(Source(content, name="a.sur"))
    return reading


LINE = np.arange(-2, 3, dtype=np.int32).reshape(1, 5)
MAP = np.arange(12, dtype=np.int32).reshape(2, 2, 3)
COLOURS = [surf(SURFACE + i, kind=12 if i == 0 else 10, n_channels=3) for i in range(3)]


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "surface": surf(SURFACE),
        "surface, packed in two streams": surf(SURFACE.astype(np.int32), packed=2),
        "surface, big endian": surf(SURFACE, order=">", packed=1),
        "profile": surf(LINE, kind=1),
        "series of surfaces": surf(SURFACE, kind=5, n_objects=2, series=(2.0, 1.0, b"Time", b"s")) + surf(SURFACE + 1),
        "colour image": b"".join(COLOURS),
        "spectral map": surf(MAP, kind=21, series=(10.0, 400.0, b"Wavelength", b"nm"), units=(b"um", b"um", b"a.u.")),
        "with comment and private zone": surf(SURFACE, comment=b"$_A\r\n$b = 1 nm", private=b"\x00\xff"),
    }


def test_the_surface_and_the_profile_of_one_measurement_agree(shared: Callable[[str], Path]) -> None:
    choice, (surface,) = read(Source(shared("microscopy/test_surface.sur")))
    assert choice.reader.name == "digital_surf"
    _, (profile,) = read(Source(shared("microscopy/test_profile.pro")))
    heights, line = surface["intensity"].values, profile["intensity"].values
    assert heights.shape == (128, 128)
    assert line.shape == (128,)
    # Both have their own Z offset, minimum and maximum; the profile is one row of the surface.
    assert np.abs(heights - line).max(axis=1).min() < 1e-6
    assert heights.max() == pytest.approx(377.826, abs=1e-3)
    assert line.max() == pytest.approx(365.928, abs=1e-3)
    assert surface["x"].unit == "mm"
    assert surface["x"].values[1] == pytest.approx(8.2522e-05, abs=1e-9)
    assert surface.technique == "cathodoluminescence"
    assert surface.title == "* test_spectral_map *"
    assert surface.doubts == profile.doubts == ()


@pytest.mark.parametrize("packed", [0, 1, 3])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [np.int16, np.int32])
def test_all_encodings_give_the_same_surface(kind: type, order: str, packed: int) -> None:
    reading = of(surf(SURFACE.astype(kind), order=order, packed=packed))
    assert reading.technique == "surface_topography"
    assert reading["height"].unit == "um"
    assert reading["height"].values == pytest.approx(3 + 0.1 * SURFACE, abs=1e-6)
    assert reading["x"].values.tolist() == [1.0, 1.5, 2.0]
    assert reading["y"].values.tolist() == [2.0, 2.25]
    assert reading.signals[0].dimensions == ("y", "x")
    assert reading.operator == "Sato"
    assert reading.started_at == datetime(2024, 1, 2, 3, 4, 5)
    assert reading.metadata["method"] == "contact stylus"
    assert reading.doubts == ()


def test_points_that_were_not_measured_are_missing() -> None:
    counts = np.array([[5, 3, 9]], dtype=np.int16)
    measured = of(surf(counts, special=1, limits=(5, 9)))["height"].values
    assert np.isnan(measured).tolist() == [[False, True, False]]
    reading = of(surf(counts, special=0, limits=(5, 9)))
    assert not np.isnan(reading["height"].values).any()
    assert "1 points lie beyond" in reading.doubts[0]


def test_a_profile_has_one_axis() -> None:
    reading = of(surf(LINE, kind=1))
    assert reading.signals[0].dimensions == ("x",)
    assert reading["height"].values == pytest.approx([2.8, 2.9, 3.0, 3.1, 3.2], abs=1e-6)


def test_a_profile_of_several_lines_is_a_surface_with_a_doubt() -> None:
    reading = of(surf(SURFACE, kind=1))
    assert reading["height"].shape == (2, 3)
    assert "calls it a profile" in reading.doubts[0]


def test_a_series_has_its_axis() -> None:
    reading = of(TestSuite.examples["series of surfaces"])
    assert reading["time"].values.tolist() == [1.0, 3.0]
    assert reading["time"].unit == "s"
    assert reading["height"].shape == (2, 2, 3)
    assert reading["height"].values[1] - reading["height"].values[0] == pytest.approx(np.full((2, 3), 0.1), abs=1e-6)
    assert len(reading.header["further objects"]) == 1  # type: ignore[arg-type]


def test_layers_of_other_quantities_are_signals_beside_each_other() -> None:
    phase = surf(SURFACE, axes=(b"X", b"Y", b"Phase"), units=(b"mm", b"mm", b"deg"))
    reading = of(surf(SURFACE, kind=8, n_channels=2) + phase)
    assert [variable.name for variable in reading.signals] == ["height", "phase"]
    assert reading["phase"].unit == "deg"


def test_layers_on_other_points_are_readings_of_their_own() -> None:
    one, other = READER.read(Source(surf(SURFACE, kind=8, n_objects=2) + surf(SURFACE.T.copy()), name="a.sur"))
    assert (one.title, other.title) == ("probe 1", "probe 2")
    assert other["height"].shape == (3, 2)


def test_a_surface_with_its_colours() -> None:
    reading = of(surf(SURFACE, kind=16, n_channels=5) + surf(SURFACE, kind=10, units=(b"mm", b"mm", b"")) * 4)
    assert [variable.name for variable in reading.signals] == ["height", "red", "green", "blue", "intensity"]


def test_a_colour_image() -> None:
    reading = of(b"".join(COLOURS))
    assert reading.technique == "image"
    assert reading.signals[0].dimensions == ("y", "x", "colour")
    assert reading.metadata["colours"] == "red, green, blue"


def test_a_binary_image_keeps_its_numbers() -> None:
    reading = of(surf(np.array([[0, 1], [1, 0]], dtype=np.int16), kind=3))
    assert reading["intensity"].values.tolist() == [[0, 1], [1, 0]]


def test_spectra_and_spectral_maps() -> None:
    reading = of(TestSuite.examples["spectral map"])
    assert reading.signals[0].dimensions == ("y", "x", "wavelength")
    assert reading["wavelength"].values.tolist() == [400.0, 410.0, 420.0]
    assert reading.technique == "spectrum"
    names = {"axes": (b"Energy", b"Y", b"CL Intensity"), "units": (b"eV", b"um", b"a.u.")}
    spectrum = of(surf(LINE, kind=20, **names))  # type: ignore[arg-type]
    assert spectrum.signals[0].dimensions == ("energy",)
    assert spectrum.technique == "cathodoluminescence"
    several = of(surf(SURFACE, kind=20, **names))  # type: ignore[arg-type]
    assert several.signals[0].dimensions == ("y", "energy")


def test_zones_stand_in_the_header() -> None:
    reading = of(TestSuite.examples["with comment and private zone"])
    assert reading.header["comment"] == "$_A\r\n$b = 1 nm"
    assert reading.header["private zone"] == "00ff"
    assert of(surf(SURFACE, comment=b"rough side"))
    assert of(surf(SURFACE, comment=b"rough side")).metadata["comment"] == "rough side"


def test_what_is_not_applied_is_a_doubt() -> None:
    assert "inverted" in of(surf(SURFACE, inversion=1)).doubts[0]
    assert "ratio of 7" in of(surf(SURFACE, ratios=(1.0, 1.0, 7.0))).doubts[0]
    assert of(surf(SURFACE, ratios=(1.0, 1.0, 1e-3), lengths=(b"mm", b"mm", b"mm"))).doubts == ()
    assert "bytes follow" in of(surf(SURFACE) + b"\0\0\0").doubts[0]


def test_a_unit_that_is_none_is_left_out() -> None:
    reading = of(surf(SURFACE, units=(b"mm", b"mm", b"blips")))
    assert reading.signals[0].series.unit == ""
    assert reading.signals[0].unit_as_written == "blips"
    assert "'blips' of Z" in reading.doubts[0]


def test_no_unit_is_no_doubt() -> None:
    assert of(surf(SURFACE, units=(b"", b"", b""))).doubts == ()


def test_doubts_of_many_objects_are_said_once() -> None:
    reading = of(surf(SURFACE, kind=5, n_objects=2, inversion=1) + surf(SURFACE, inversion=1))
    assert len(reading.doubts) == 1
    assert "2 of 2 objects" in reading.doubts[0]


def test_an_axis_without_step_counts_its_points() -> None:
    reading = of(surf(SURFACE, steps=(0.0, 0.25, 0.1)))
    assert reading["x"].values.tolist() == [0.0, 1.0, 2.0]
    assert "no calibration" in reading.doubts[0]


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (surf(SURFACE)[:-1], DamagedFile, "12 bytes of points are promised"),
        (surf(SURFACE, n=2_000_000_000, points=0), DamagedFile, "bytes of points are promised"),
        (surf(SURFACE, points=7), DamagedFile, "counts 7"),
        (surf(SURFACE, n=0), NothingMeasured, "nothing was measured"),
        (surf(SURFACE, n_objects=3), DamagedFile, "3 objects are promised"),
        (surf(SURFACE, n_objects=2) + bytes(600), DamagedFile, "an object was expected"),
        (surf(SURFACE, kind=14), UnsupportedVariant, "type 14"),
        (surf(SURFACE, kind=18, n_channels=1), UnsupportedVariant, "type 18"),
        (surf(SURFACE.astype(np.int64)), UnsupportedVariant, "64"),
        (surf(SURFACE, spectral=4), UnsupportedVariant, "4 numbers for each point"),
        (surf(SURFACE, kind=12), DamagedFile, "3 objects were expected"),
        (surf(SURFACE, packed=1)[:-3], DamagedFile, "packed points"),
        (surf(SURFACE, packed=1, n=4, points=0), DamagedFile, "the packed streams hold 12"),
        (surf(SURFACE, packed=1)[:-4] + b"abcd", DamagedFile, "cannot be unpacked"),
    ],
)
def test_contradictions_are_errors(content: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        READER.read(Source(content, name="a.sur"))


def test_profiles_of_surface_analysis_with_the_same_suffix_are_not_taken(shared: Callable[[str], Path]) -> None:
    assert choose(Source(shared("xps/XPS_PHI_QUANTERA_depth_1.pro"))).reader.name == "phi_multipak"


@given(npst.arrays(np.int32, npst.array_shapes(min_dims=2, max_dims=2, max_side=5)), st.booleans(), st.booleans())
def test_any_surface_comes_back(counts: NDArray[np.int32], is_big: bool, is_packed: bool) -> None:
    content = surf(counts, order=">" if is_big else "<", packed=int(is_packed), steps=(1, 1, 1), offsets=(0, 0, 0))
    assert np.array_equal(of(content)["height"].values, counts)
