"""ASP: the real file with the figures of the table, and each variant of the format in small."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, KibanError, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.agilent_asp import READER
from kiban.readers.contract import Confidence
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

Y = (0.125, -0.5, 1.25)


def asp(
    values: Sequence[float] = Y,
    *,
    points: int | None = None,
    ends: tuple[str, str] = ("4000.5", "650.25"),
    codes: tuple[int, int] = (1, 2),
    resolution: str = "4",
    end: str = "\r\n",
) -> str:
    n = len(values) if points is None else points
    return end.join([str(n), *ends, *map(str, codes), resolution, *map(repr, values)]) + end


def of(text: str) -> Reading:
    [reading] = READER.read(Source(text.encode(), name="x.asp"))
    return reading


class TestAgilentAsp(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "absorbance": asp().encode(),
        "transmission": asp((83.5, 83.25, 90.0), codes=(1, 128), resolution="2").encode(),
        "without the last line end": asp().rstrip().encode(),
        "decimal commas, LF": asp(end="\n").replace(".", ",").encode(),
        "longer than the head": asp([0.001 * n for n in range(500)]).encode(),
    }


def test_a_spectrum_is_read_between_its_ends() -> None:
    reading = of(asp())
    assert reading.technique == "ir"
    assert reading.title == "Absorbance: x.asp"
    assert [(v.name, v.role, v.series.unit) for v in reading.variables] == [
        ("wavenumber", Role.AXIS, "1/cm"),
        ("absorbance", Role.SIGNAL, "absorbance"),
    ]
    assert reading["wavenumber"].values.tolist() == [4000.5, 2325.375, 650.25]
    assert reading["absorbance"].values.tolist() == list(Y)
    assert reading.metadata == {"maker": "Agilent", "resolution": Measured(4.0, "1/cm")}
    assert reading.header == {
        "points": "3",
        "first": "4000.5",
        "last": "650.25",
        "x_code": "1",
        "y_code": "2",
        "resolution": "4",
    }
    assert reading.doubts == ()


def test_transmission_is_in_percent_where_no_ratio_can_be() -> None:
    assert of(asp((83.5, 83.25), codes=(1, 128)))["transmittance"].unit == "percent_transmittance"
    reading = of(asp((0.5, 0.25), codes=(1, 128)))
    assert reading["transmittance"].unit == "transmittance"
    assert "is not stated" in reading.doubts[0]


@pytest.mark.parametrize(
    ("codes", "names", "technique"),
    [
        ((1, 129), ("wavenumber", "reflectance"), "ir"),
        ((3, 2), ("wavelength", "absorbance"), "ir"),
        ((13, 4), ("raman_shift", "intensity"), "raman"),
        ((99, 2), ("x", "absorbance"), "spectrum"),
    ],
)
def test_codes_say_what_it_is(codes: tuple[int, int], names: tuple[str, str], technique: str) -> None:
    reading = of(asp(codes=codes))
    assert (tuple(v.name for v in reading.variables), reading.technique) == (names, technique)
    assert bool(reading.doubts) == (99 in codes or 129 in codes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (asp(points=4), "4 points are promised, 3 lines follow"),
        (asp(points=2), "2 points are promised, 3 lines follow"),
        (asp(points=2**40), "points are promised"),
        (asp(ends=("4000", "4000")), "coincide"),
        (asp(ends=("4000", "x")), "a number was expected as last"),
        (asp(ends=("4000", "nan")), "a number was expected as last"),
        (asp().replace("-0.5", "x"), "'x' was found"),
        (asp().replace("-0.5", "nan"), "one finite number in each line"),
        (asp().replace("-0.5", "1 2"), "one finite number in each line"),
        ("3\n1\n2\n", "a header of 6 lines was expected; there are 3"),
    ],
)
def test_damage_is_named(text: str, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(text)
    assert words in caught.value.fault


def test_no_point_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(asp(()))


def test_other_lists_of_numbers_are_not_claimed() -> None:
    for text in (
        asp(codes=(99, 2)),
        asp(points=2_000_000),
        asp().replace("4000.5", "four"),
        "1\n2\n3\n",
        "1 2\n" * 20,
        asp([0.0] * 500).replace("0.0\r\n", "0.0\r\n" * 40),
    ):
        assert READER.recognise(Source(text.encode())) is None
    claim = READER.recognise(Source(asp().encode()))
    assert claim is not None
    assert claim.confidence is Confidence.LIKELY


@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50),
    first=st.floats(1.0, 1e5),
    step=st.floats(0.01, 10.0),
)
def test_what_is_written_is_read(values: list[float], first: float, step: float) -> None:
    reading = of(asp(values, ends=(repr(first), repr(first + step * (len(values) - 1)))))
    np.testing.assert_allclose(reading["absorbance"].values, values)
    np.testing.assert_allclose(reading["wavenumber"].values, first + step * np.arange(len(values)))


@given(st.text(alphabet="0123456789.,eE+-\n x", max_size=200))
def test_any_text_gives_an_answer(text: str) -> None:
    READER.recognise(Source(text.encode()))
    try:
        of(text)
    except KibanError as error:
        caught = error
        assert caught.mend


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, [reading] = read(Source(shared("ftir/2024-10-10_FeSO4_ref.asp")))
    assert choice.reader is READER
    x, y = reading["wavenumber"].values, reading["absorbance"].values
    assert (len(x), x[0], x[-1]) == (1932, 3999.43349933624, 400.688817501068)
    assert (y[0], y[-1]) == (0.00861804045400133, 0.113463051924005)
    assert y[(x > 800) & (x < 1500)].max() == 0.0536771319493808
    assert reading.metadata["resolution"] == Measured(4.0, "1/cm")
