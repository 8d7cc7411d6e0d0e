"""VersaStudio PAR: small files after two public ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.readers.source import Source
from kiban.readers.versastudio_par import READER
from kiban.testing.reader_suite import ReaderSuite

TOP = """<Application>
Name=VersaStudio
Version=2.52.3.0
Language [VersaStudio]=English (United States) [en-US]
</Application>

<Action0>
Measured Open Circuit=6.404 mV
Mass (g)=0
Working Electrode Area (cm2)=0.5
Reference Electrode={reference}
Segments=0
Name=Common
Comment=膜 7
</Action0>

<Instrument>
Type=VersaSTAT4
Model=-400
SN=1234
</Instrument>

<Experiment>
TimeAcquired=9:40:30 PM
DateAcquired={date}
</Experiment>

"""
NAMES = (
    "Segment #, Point #, E(V), I(A), Elapsed Time(s), ADC Sync Input(V), Current Range, Status, E Applied(V), "
    "Frequency(Hz), E Real, E Imag, I Real, I Imag, Z Real, Z Imag, E2 Status, E2(V), E2 Real, E2 Imag, "
    "Z2 Real, Z2 Imag, ActionId, AC Amplitude, 0"
)
GRAPH = "<Graph1>\nAnalysis=0\nGraphTitle=\n</Graph1>\n"


def action(number: int, name: str, segments: int) -> str:
    fields = f"Scan Rate (V/s)=.005\nSegments={segments}\nParentNode=Common\nName={name}\n"
    return f"<Action{number}>\n{fields}</Action{number}>\n\n"


def segment(number: int, *rows: str) -> str:
    return f"<Segment{number}>\nType=2\nVersion=3\nDefinition={NAMES}\n" + "\n".join(rows) + f"\n</Segment{number}>\n\n"


def top(date: str = "Thursday, July 19, 2018", reference: str = "(unspecified) (0 Volts)") -> str:
    return TOP.format(date=date, reference=reference)


EIS_ROWS = (
    "0,0,0.1,-3.2E-06,1.8,-0.0024,5,53,0,100000,-0.0035,-0.0178,-9.0E-05,-0.00031,55.31571,4.575431,0,0,0,0,0,0,21,0.02",
    "0,1,0.1,-3.2E-06,2.1,-0.0024,5,53,0,77426.37,-0.02,-0.007,-0.00035,-0.00011,56.93847,-1.668,0,0,0,0,0,0,21,0.02",
)
CV_ROWS = (
    "0,0,0.1,-3.2E-06,0.5,0,5,53,0.1,0,0,0,0,0,0,0,0,0,0,0,0,0,4,0",
    "0,1,0.2,4.0E-06,1.0,0,5,53,0.2,0,0,0,0,0,0,0,0,0,0,0,0,0,4,0",
    "1,0,0.1,-2.0E-06,1.5,0,5,53,0.1,0,0,0,0,0,0,0,0,0,0,0,0,0,4,0",
)
EIS = top() + action(1, "Potentiostatic EIS", 1) + segment(1, *EIS_ROWS) + GRAPH
BOTH = (
    top(reference="Ag/AgCl (0.197 Volts)")
    + action(1, "Cyclic Voltammetry", 1)
    + action(2, "Potentiostatic EIS", 1)
    + segment(1, *CV_ROWS)
    + segment(2, *EIS_ROWS)
    + GRAPH
)


class TestVersaStudioPar(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "impedance": EIS.encode(),
        "two actions, CRLF": BOTH.replace("\n", "\r\n").encode(),
    }


def read(text: str):
    return READER.read(Source(text.encode(), name="a.par"))


def test_an_impedance_spectrum():
    [reading] = read(EIS)
    assert reading.technique == "impedance"
    assert reading.axis.name == "frequency"
    assert reading["frequency"].values.tolist() == [100000, 77426.37]
    assert reading["impedance_real"].in_unit("ohm").tolist() == [55.31571, 56.93847]
    assert reading["impedance_imaginary"].values.tolist() == [4.575431, -1.668]
    assert reading["ac_amplitude"].unit == "V"
    assert reading.started_at == datetime(2018, 7, 19, 21, 40, 30)
    assert reading.metadata["comment"] == "膜 7"
    assert reading.metadata["electrode_area"].in_unit("mm**2").value == pytest.approx(50)
    assert "reference_electrode" not in reading.metadata
    assert "E2(V)" in reading.header["unused_columns"]
    assert "Graph1" not in reading.header


def test_each_segment_is_a_reading_of_the_action_that_made_it():
    voltammogram, spectrum = read(BOTH)
    assert (voltammogram.technique, spectrum.technique) == ("cyclic_voltammetry", "impedance")
    assert voltammogram.axis.name == "time"
    assert voltammogram["segment"].values.tolist() == [0, 0, 1]
    assert voltammogram["current"].in_unit("uA").tolist() == pytest.approx([-3.2, 4, -2])
    assert "frequency" not in voltammogram
    assert voltammogram.metadata["reference_electrode"] == "Ag/AgCl (0.197 Volts)"


def test_actions_that_do_not_add_up_are_not_guessed_at():
    readings = read(BOTH.replace("Segments=1", "Segments=3"))
    assert [reading.technique for reading in readings] == ["cyclic_voltammetry", "impedance"]
    readings = read(BOTH.replace("<Action2>\nScan Rate (V/s)=.005\nSegments=1", "<Action2>\nSegments=0"))
    assert readings[1].technique == "impedance"


def test_a_date_in_another_language_is_a_doubt():
    [reading] = read(EIS.replace("Thursday, July 19, 2018", "jeudi 19 juillet 2018"))
    assert reading.started_at is None
    assert "jeudi" in reading.doubts[0]


@pytest.mark.parametrize(
    ("old", "new", "error", "fault"),
    [
        (",21,0.02\n</Segment1>", "\n</Segment1>", DamagedFile, "24 numbers were expected, 22 found"),
        ("</Segment1>", "", DamagedFile, "the file ends before it"),
        ("77426.37", "seven", DamagedFile, "'seven' was found"),
    ],
)
def test_damage_is_refused(old, new, error, fault):
    with pytest.raises(error, match=fault):
        read(EIS.replace(old, new))


def test_actions_without_points_are_nothing_measured():
    with pytest.raises(NothingMeasured):
        read(top() + action(1, "Potentiostatic EIS", 1))
