"""Text of CasaXPS: each variant of the format in small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.casaxps_text import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

FITTED = (
    "Cycle 0:sample.vms:C 1s\n\tCharacteristic Energy eV\t1486.69\tAcquisition Time s\t0.6\nName\t\tC-C\tC=O\n"
    "Position\t\t284.8\t288.1\nFWHM\t\t1.2\t1.3\nArea\t\t10\t2\nLineshape\t\tGL(30)\tGL(30)\n"
    "K.E.\tCounts\tC-C\tC=O\tBackground\tEnvelope\t\tB.E.\tCPS\tC-C CPS\tC=O CPS\tBackground CPS\tEnvelope CPS\n"
    "1195\t100\t1.5\t2.5\t99\t100.5\t\t291.69\t166\t1\t2\t165\t167\n"
    "1196\t110\t2.5\t3.5\t98\t101.5\t\t290.69\t183\t1\t2\t165\t168\n"
)
PLAIN = (
    '"Cycle 1:TestSample:X1 Scan"\n,Characteristic Energy eV,1.486610e+003,Acquisition Time s,1.0\nName,,\nPosition,,\n'
    "FWHM,,\nArea,,\nLineshape,,\nK.E.,Counts,,B.E.,CPS\n100.0,10.5,,900.0,10.5\n101.0,20.0,,899.0,20.0\n"
)


def of(text: str) -> list[Reading]:
    return READER.read(Source(text.encode(), name="x.txt"))


class TestCasaxpsText(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "fitted, tabs": FITTED.encode(),
        "commas, CRLF": PLAIN.replace("\n", "\r\n").encode(),
        "two spectra": (FITTED + "\n" + FITTED.replace("C 1s", "O 1s")).encode(),
    }


def test_a_fitted_spectrum_keeps_counts_rates_and_components() -> None:
    [reading] = of(FITTED)
    assert reading.technique == "xps"
    assert reading.title == "C 1s"
    assert [(v.name, v.series.unit, v.role) for v in reading.variables] == [
        ("kinetic_energy", "eV", Role.AXIS),
        ("intensity", "count", Role.SIGNAL),
        ("c_c", "count", Role.SIGNAL),
        ("c_o", "count", Role.SIGNAL),
        ("background", "count", Role.SIGNAL),
        ("envelope", "count", Role.SIGNAL),
        ("binding_energy", "eV", Role.AUXILIARY),
        ("intensity_rate", "count/s", Role.SIGNAL),
        ("c_c_rate", "count/s", Role.SIGNAL),
        ("c_o_rate", "count/s", Role.SIGNAL),
        ("background_rate", "count/s", Role.SIGNAL),
        ("envelope_rate", "count/s", Role.SIGNAL),
    ]
    assert reading["binding_energy"].values.tolist() == [291.69, 290.69]
    assert reading["intensity"].uncertainty is not None
    assert reading["intensity"].uncertainty.standard[0] == 10
    assert reading["envelope_rate"].values.tolist() == [167, 168]
    assert reading.header["Position"] == ["284.8", "288.1"]
    assert reading.metadata["incident_energy"] == Measured(1486.69, "eV")
    assert reading.metadata["count_time"] == Measured(0.6, "s")


def test_a_spectrum_between_commas() -> None:
    [reading] = of(PLAIN)
    assert reading.title == "X1 Scan"
    assert reading["intensity"].values.tolist() == [10.5, 20.0]
    assert reading["intensity"].uncertainty is None


def test_spectra_stand_below_each_other() -> None:
    assert [reading.title for reading in of(FITTED + FITTED.replace("C 1s", "O 1s"))] == ["C 1s", "O 1s"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("\t165\t168", "\t165", "12 numbers were expected; 11"),
        ("\t183\t", "\t1x3\t", "12 numbers were expected; 11"),
        ("K.E.\tCounts", "B.E.\tCounts", "columns K.E. and Counts"),
    ],
)
def test_damage_is_refused(old: str, new: str, fault: str) -> None:
    assert old in FITTED
    with pytest.raises(DamagedFile, match=fault):
        of(FITTED.replace(old, new))


def test_no_point_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(FITTED.partition("1195\t")[0])
