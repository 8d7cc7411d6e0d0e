"""CH Instruments text: small files after public ones and the parts of others that programs cite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import pytest

from kiban.analysis.cyclic_voltammetry import ANALYSIS as VOLTAMMETRY
from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.ch_instruments_text import READER
from kiban.readers.source import Source
from kiban.testing.reader_suite import ReaderSuite

TOP = """{date}
{technique}
File: c:\\data\\film.bin
Data Source:  Experiment
Instrument Model:  CHI660E
Header: {header}
Note: {note}

"""


def top(technique: str, date: str = "Feb. 20, 2024   15:55:08", header: str = "", note: str = "") -> str:
    return TOP.format(technique=technique, date=date, header=header, note=note)


IMPEDANCE = (
    top("A.C. Impedance")
    + "Init E (V) = 0\nHigh Frequency (Hz) = 2e+6\nImp SF\nAmplitude (V) = 0.025\n\n"
    + "Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg\n\n"
    + "9.961e+4, 9.891e+1, -2.748e+0, 9.894e+1, -1.6\n8.252e+4, 9.912e+1, 1.603e+0, 9.913e+1, 0.9\n"
)
CV = (
    top("Cyclic Voltammetry", header="film 7", note="1 M KCl")
    + "Init E (V) = -0.2\nHigh E (V) = 0.5\nScan Rate (V/s) = 0.1\nSegment = 2\nQuiet Time (sec) = 2\n\n"
    + "Results:\n\nChannel 1:\nSegment 1:\nEp = 0.273V\nip = 4.046e-6A\nAh = 5.570e-5C\n\nSegment 2:\n\n"
    + "Potential/V, Current/A\n\n-0.200, -3.964e-6\n-0.199, -3.815e-6\n-0.198, -3.7e-6\n-0.199, 1.2e-6\n"
)
SEGMENTS = (
    top("Cyclic Voltammetry")
    + "Scan Rate (V/s) = 0.1\n\nPotential/V, Current/A, Charge/C, Time/s\n\n"
    + "Segment 1:\n0.1, 1e-6, 1e-7, 0.1\n0.2, 2e-6, 2e-7, 0.2\n\nSegment 2:\n0.1, -1e-6, 1e-7, 0.3\n"
)
SQUARE = top("Square Wave Voltammetry") + "Potential/V\tDiff(i/A)\tFor(i/A)\tRev(i/A)\n\n-0.5\t1e-6\t3e-6\t2e-6\n"
OPEN = top("Open Circuit Potential - Time") + "Run Time (sec) = 400\n\nTime/sec, Potential/V\n\n0.1, 0.31\n0.2, 0.32\n"
SCALED = top("i - t Curve") + "Time/sec, Current/1e-6A\n\n0.1, 1.5\n0.2, 1.25\n"
TWO = top("Linear Sweep Voltammetry") + "Potential/V, i1/A, i2/A\n\n0.1, 1e-6, 5e-6\n0.2, 2e-6, 6e-6\n"


class TestChInstrumentsText(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "impedance": IMPEDANCE.encode(),
        "cyclic voltammetry with results, CRLF": CV.replace("\n", "\r\n").encode(),
        "segments": SEGMENTS.encode(),
        "square wave, tabs": SQUARE.encode(),
        "open circuit": OPEN.encode(),
        "scaled": SCALED.encode(),
        "two channels": TWO.encode(),
        "Chinese note": CV.replace("1 M KCl", "氯化钾").encode("utf-8-sig"),
    }


def read(content: str):
    [reading] = READER.read(Source(content.encode(), name="film.txt"))
    return reading


def test_an_impedance_spectrum():
    reading = read(IMPEDANCE)
    assert reading.technique == "impedance"
    assert reading.axis.name == "frequency"
    assert reading["impedance_real"].values.tolist() == [98.91, 99.12]
    assert reading["impedance_imaginary"].values.tolist() == [-2.748, 1.603]
    assert reading["impedance_modulus"].unit == "ohm"
    assert reading["phase"].values.tolist() == [-1.6, 0.9]
    assert reading.started_at == datetime(2024, 2, 20, 15, 55, 8)
    assert reading.instrument == "CH Instruments CHI660E"


def test_a_voltammogram_with_the_results_of_the_program():
    reading = read(CV)
    assert reading.technique == "cyclic_voltammetry"
    assert reading.title == "film 7"
    assert reading["potential"].values.tolist() == [-0.2, -0.199, -0.198, -0.199]
    assert reading["current"].in_unit("uA").tolist() == pytest.approx([-3.964, -3.815, -3.7, 1.2])
    assert reading.metadata["scan_speed"].in_unit("mV/s").value == pytest.approx(100)
    assert reading.metadata["comment"] == "1 M KCl"
    assert reading.header["results"][3] == "Ep = 0.273V"
    assert any("cathodic" in doubt for doubt in reading.doubts)


def test_it_can_be_analysed():
    up = "".join(f"{0.01 * i:.3f}, {1e-6 * (i - 10 if i != 30 else 60):.3e}\n" for i in range(60))
    down = "".join(f"{0.01 * i:.3f}, {-1e-6 * (i + 10):.3e}\n" for i in range(59, -1, -1))
    reading = read(CV.split("-0.200,")[0] + up + down)
    assert VOLTAMMETRY.applies(reading)


def test_lines_of_segments_number_the_rows_below_them():
    reading = read(SEGMENTS)
    assert reading["segment"].values.tolist() == [1, 1, 2]
    assert reading.axis.name == "time"
    assert reading["charge"].unit == "coulomb"


def test_pulses_have_the_difference_as_current():
    reading = read(SQUARE)
    assert reading.technique == "electrochemistry"
    assert reading["current"].values.tolist() == [1e-6]
    assert reading["current_reverse"].values.tolist() == [2e-6]


def test_scaled_currents_are_in_amperes():
    reading = read(SCALED)
    assert reading["current"].in_unit("A").tolist() == pytest.approx([1.5e-6, 1.25e-6])


def test_the_second_channel_is_kept():
    reading = read(TWO)
    assert reading.technique == "linear_sweep_voltammetry"
    assert reading["current"].values.tolist() == [1e-6, 2e-6]
    assert reading["current_2"].values.tolist() == [5e-6, 6e-6]


def test_an_open_circuit_has_no_doubt_about_currents():
    reading = read(OPEN)
    assert reading.technique == "open_circuit_voltage"
    assert reading.doubts == ()


@pytest.mark.parametrize(
    ("content", "error", "fault"),
    [
        (CV.replace("-0.199, -3.815e-6", "-0.199"), DamagedFile, "2 numbers were expected, 1 cells"),
        (CV.replace("-3.815e-6", "-3.8x"), DamagedFile, "'-3.8x' was found"),
        (CV.replace("Potential/V, Current/A", ""), DamagedFile, "a row of names"),
        (CV[: CV.index("-0.200,")], NothingMeasured, "no points"),
    ],
)
def test_damage_is_refused(content, error, fault):
    with pytest.raises(error, match=fault):
        read(content)
