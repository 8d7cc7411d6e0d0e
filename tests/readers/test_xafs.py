"""9809 and XDI: each variant of both formats in small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers import xafs_9809, xdi
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

HEAD = (
    "  9809     KEK-PF   BL12C\nCu foil 6um                                19.07.11 15:10 - 19.07.11 15:24\n"
    "room temperature\n Ring :  2500.0 MeV    450.0 mA -  449.2 mA\n"
    " Mono :   SI(111)       D=  3.13551 A    Initial angle= 12.99475 deg\n"
    " BL12C      Transmission( 2)   Repetition=  1     Points=   3\n Param file : CU    energy axis(2) Block =   1\n \n"
    " Block      Init-Eng   final-Eng     Step/eV     Time/s       Num\n"
    "   1      8630.30    8660.30     10.00000     1.00     3\n"
)
TRANSMISSION = HEAD + (
    " Ortec( 0)     NDCH = 3\n  Angle(c)  Angle(o)    time/s         2         3\n"
    "      Mode         0         0         1         2\n    Offset         0         0     2.100     3.200\n"
    "  13.24395  13.24400      1.00    115733    123456\n"
    "  13.22812  13.22800      1.00    115833         0\n  13.21233  13.21200      1.00    115933    123656\n"
)
FLUORESCENCE = HEAD + (
    " CAMAC( 1)     NDCH = 4\n  Angle(c)  Angle(o)    time/s         1         2         3         1\n"
    "      Mode         0         0         3         3         1       103\n"
    "    Offset         0         0       0.0       0.0       1.0       0.0\n"
    "  13.24395   0.00000      1.00       100       200     30000       400\n"
    "  13.22812   0.00000      1.00       101       201     30001       401\n"
)
XDI = (
    "# XDI/1.0 GSE/1.0\n# Column.1: energy eV\n# Column.2: i0\n# Column.3: itrans\n# Column.4: mutrans\n"
    "# Element.edge: K\n# Element.symbol: Cu\n# Scan.edge_energy: 8980.0 eV\n# Mono.name: Si 111\n"
    "# Mono.d_spacing: 3.13553\n"
    "# Beamline.name: 13ID\n# Facility.name: APS\n# Scan.start_time: 2001-06-26T22:27:31\n# Sample.name: Cu foil\n"
    "# ///\n# Cu foil at room temperature\n# Measured.twice: yes\n#----\n# energy i0 itrans mutrans\n"
    "  8779.0  149013.7  550643.089065  -1.3070486\n  8789.0  144864.7  531876.119084  -1.3006104\n"
)


def pf(text: str) -> Reading:
    [reading] = xafs_9809.READER.read(Source(text.encode(), name="x.dat"))
    return reading


def of(text: str) -> Reading:
    [reading] = xdi.READER.read(Source(text.encode(), name="x.xdi"))
    return reading


class TestXafs9809(ReaderSuite):
    reader = xafs_9809.READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "transmission, CRLF": TRANSMISSION.replace("\n", "\r\n").encode(),
        "fluorescence": FLUORESCENCE.encode(),
        "name in CP932": TRANSMISSION.replace("Cu foil 6um", "銅箔").encode("cp932"),
    }


class TestXdi(ReaderSuite):
    reader = xdi.READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "whole": XDI.encode(),
        "least": b"# XDI/1.0\n# Column.1: energy keV\n# Column.2: mu\n# ---\n8.779 0.1\n8.789 0.2\n",
    }


def test_energies_follow_from_the_observed_angle_by_braggs_law() -> None:
    reading = pf(TRANSMISSION)
    assert reading.technique == "x_ray_absorption"
    # 12398.41984 eV Å / (2 · 3.13551 Å · sin 13.244°), worked out by hand.
    assert reading["photon_energy"].values[0] == pytest.approx(8630.0, abs=0.5)
    expected = 12398.41984332 / (2 * 3.13551 * np.sin(np.deg2rad([13.244, 13.228, 13.212])))
    np.testing.assert_allclose(reading["photon_energy"].values, expected, rtol=1e-12)
    assert reading["i0"].values.tolist() == [115733, 115833, 115933]
    assert reading["i_transmitted"].values.tolist() == [123456, 0, 123656]
    assert reading["i_transmitted"].uncertainty is not None
    assert reading["i_transmitted"].uncertainty.standard[1] == 1
    assert reading["angle_calculated"].values.tolist() == [13.24395, 13.22812, 13.21233]
    assert reading.sample_name == "Cu foil 6um"
    assert reading.instrument == "KEK-PF BL12C"
    assert reading.started_at is not None
    assert reading.started_at.isoformat() == "2019-07-11T15:10:00"
    assert reading.metadata["comment"] == "room temperature"
    assert reading.header["Offset"] == [0, 0, 2.1, 3.2]
    assert reading.doubts == ()


def test_other_modes_keep_the_numbers_of_their_channels() -> None:
    reading = pf(FLUORESCENCE)
    assert [v.name for v in reading.signals] == ["channel_1", "channel_2", "i0", "channel_1_2"]
    assert reading["channel_1_2"].values.tolist() == [400, 401]
    assert "calculated" in reading.doubts[0]
    assert "3 points were planned, 2" in reading.doubts[1]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("    123456\n", "\n", "data columns were expected"),
        ("115833", "1158x3", "'1158x3' was found"),
        ("D=  3.13551 A", "D=  A", "a line 'Mono"),
        ("         1         2\n    Offset", "         1\n    Offset", "1 channels have a mode"),
        ("    Offset ", "    Offzet ", "after Offset was expected"),
        ("13.22800", "113.228", "between 0 and 90"),
    ],
)
def test_what_contradicts_itself_is_refused(old: str, new: str, fault: str) -> None:
    assert old in TRANSMISSION
    with pytest.raises(DamagedFile, match=fault):
        pf(TRANSMISSION.replace(old, new))


def test_xdi_has_its_columns_with_absorption_first() -> None:
    reading = of(XDI)
    assert [(v.name, v.series.unit) for v in reading.variables] == [
        ("photon_energy", "eV"),
        ("mutrans", ""),
        ("i0", ""),
        ("itrans", ""),
    ]
    assert reading["mutrans"].values.tolist() == [-1.3070486, -1.3006104]
    assert reading.sample_name == "Cu foil"
    assert reading.instrument == "13ID"
    assert reading.started_at is not None
    assert reading.started_at.isoformat() == "2001-06-26T22:27:31"
    assert reading.metadata["species"] == "Cu"
    assert reading.metadata["edge_energy"] == Measured(8980.0, "eV")
    assert reading.metadata["monochromator_spacing"] == Measured(3.13553, "angstrom")
    assert reading.header["comments"] == [
        "Cu foil at room temperature",
        "Measured.twice: yes",
        "energy i0 itrans mutrans",
    ]


def test_xdi_without_a_unit_of_the_energy_is_refused() -> None:
    with pytest.raises(DamagedFile, match="a unit of the energy"):
        of(XDI.replace("energy eV", "energy"))
    with pytest.raises(DamagedFile, match="4 data columns were expected, 3"):
        of(XDI.replace("  -1.3006104", ""))


def test_no_row_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(XDI.partition("  8779.0")[0])
    with pytest.raises(NothingMeasured):
        pf(TRANSMISSION.partition("  13.24395")[0])
