from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.demo.jcamp_files import Form, Kind, jcamp_spectrum
from kiban.errors import InvalidValue
from kiban.readers.recognise import read
from kiban.readers.source import Source

WHEN = datetime(2026, 3, 4, 15, 6, 7, tzinfo=UTC)


def write(x: np.ndarray, y: np.ndarray, kind: Kind = "ir", form: Form = "DIFDUP", **more: str) -> bytes:
    return jcamp_spectrum(x, y, kind=kind, title="TiO2 film", sample_name="TF-12", measured_at=WHEN, form=form, **more)


@pytest.mark.parametrize("form", ["AFFN", "SQZ", "DIFDUP"])
@pytest.mark.parametrize(
    ("kind", "axis", "signal", "units"),
    [
        ("ir", "wavenumber", "absorbance", ("1/cm", "absorbance")),
        ("raman", "raman_shift", "intensity", ("1/cm", "arbitrary_unit")),
        ("uv_vis", "wavelength", "absorbance", ("nm", "absorbance")),
    ],
)
def test_a_simulated_spectrum_comes_back(
    form: Form, kind: Kind, axis: str, signal: str, units: tuple[str, str]
) -> None:
    x = np.linspace(4000.0, 400.0, 1868)
    y = np.exp(-(((x - 1700.0) / 25.0) ** 2)) + 0.1 * np.sin(x / 40.0)
    content = write(x, y, kind, form)
    assert content.decode().splitlines()[2] == "$$ SIMULATED for demonstration by Kiban; not a measurement."
    choice, (reading,) = read(Source(content, name="a.dx"))
    assert choice.reader.name == "jcamp_dx"
    assert reading.technique == kind
    assert (reading.title, reading.sample_name, reading.started_at) == ("TiO2 film", "TF-12", WHEN)
    assert reading.metadata["comment"] == "SIMULATED for demonstration by Kiban; not a measurement."
    assert reading.doubts == ()
    assert (reading[axis].unit, reading[signal].unit) == units
    assert np.allclose(reading[axis].values, x, rtol=1e-12)
    quantum = reading[signal].uncertainty.values[0]
    assert np.max(np.abs(reading[signal].values - y)) <= 0.5001 * quantum
    assert max(map(len, content.decode().splitlines())) <= 80


def test_the_formula_of_the_sample_is_stated_where_it_is_given() -> None:
    x = np.linspace(400.0, 4000.0, 10)
    _, (with_formula,) = read(Source(write(x, x, formula="TiO2"), name="a.dx"))
    _, (without,) = read(Source(write(x, x), name="a.dx"))
    assert with_formula.metadata["molecular_formula"] == "TiO2"
    assert "molecular_formula" not in without.metadata


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=2, max_size=120),
    st.floats(-5000, 5000),
    st.floats(0.01, 100),
    st.sampled_from(["AFFN", "SQZ", "DIFDUP"]),
)
def test_any_spectrum_comes_back(ordinates: list[float], first: float, step: float, form: Form) -> None:
    x = first + step * np.arange(len(ordinates))
    _, (reading,) = read(Source(write(x, np.array(ordinates), "raman", form), name="a.dx"))
    assert reading.doubts == ()
    assert np.allclose(reading["raman_shift"].values, x, rtol=1e-9, atol=1e-9)
    quantum = reading["intensity"].uncertainty.values[0]
    assert np.allclose(reading["intensity"].values, ordinates, rtol=0, atol=0.501 * quantum)


def test_difdup_is_the_shortest_form_of_a_smooth_spectrum() -> None:
    x = np.linspace(400.0, 4000.0, 3000)
    y = np.exp(-(((x - 1700.0) / 250.0) ** 2))
    sizes = [len(write(x, y, form=form)) for form in ("DIFDUP", "SQZ", "AFFN")]
    assert sizes == sorted(sizes)


def test_texts_cannot_break_out_of_their_record() -> None:
    x = np.linspace(400.0, 4000.0, 10)
    content = write(x, x, y_units="TRANSMITTANCE", instrument="one\n##END=\n##TITLE= two")
    _, (reading,) = read(Source(content, name="a.dx"))
    assert reading.instrument == "one ##END= ##TITLE= two"
    assert reading["transmittance"].unit == "transmittance"


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([1.0, 2.0, 3.0], [1.0, 2.0]),
        ([1.0], [1.0]),
        ([1.0, 2.0, 4.0], [1.0, 2.0, 3.0]),
        ([1.0, 1.0], [1.0, 2.0]),
        ([1.0, 2.0], [1.0, float("nan")]),
    ],
)
def test_what_is_no_spectrum_is_refused(x: list[float], y: list[float]) -> None:
    with pytest.raises(InvalidValue):
        write(np.array(x), np.array(y))
