"""Text of the Multipak Exporter: each variant in small, and real measurements written in its layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.uncertainty import Distribution, Origin
from kiban.readers.phi_multipak import READER as BINARY
from kiban.readers.phi_multipak_text import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

RULE = "//----------------------------------------"
ABOVE = (RULE, "//Multipak Exporter  1.2.8", "//Load file from ..\\a\\plate.spe", RULE, RULE, "//HEADER INFORMATION")
XPS = (
    "Platform:PC",
    "Technique:XPS",
    "FileType:SPECTRUM",
    "FileDesc:run 4",
    "SoftwareVersion:SS 3.6.1.16",
    "InstrumentModel:PHI Quantera SXM",
    "AcqFilename:C:\\data\\plate.spe",
    "AcqFileDate:2017 6 6",
    "Operator:",
    "AnalyserWorkFcn:4.250 eV",
    "AnalyserMode:FAT",
    "NoSpectralReg:2",
    "SpectralRegDef:1 1 Su1s 111 4 -0.5000 1380.0000 1378.5000 1379.0000 1379.0000 0.250000 280.00 AREA",
    "SpectralRegDef2:1 1400.0 7 0 2 1",
    "SpectralRegDef:2 1 C1s 6 3 -0.1000 298.0000 297.8000 297.0000 297.0000 0.250000 55.00 AREA",
    "SpectralRegDef2:2 20.0 5 0 6 1",
    "XraySource:Al 1486.6 mono",
    "XrayPower:103.08 W",
    "ImageSizeXY: 1400.0000 100.0000 Area",
    "",
    "",
)
SURVEY = (
    "//Area Comment,RegionNo,AtomicName,Area No,XLabel,YLabel,DataCount",
    "#3 Cu foil",
    "1",
    "Survey",
    "1",
    "Binding Energy(eV),reverse",
    "Intensity(cps)",
    "4",
    "1380.0000\t1000.0000",
    "1379.5000\t1004.0000",
    "1379.0000\t996.0000",
    "1378.5000\t0.0000",
    "",
)
C1S = (
    SURVEY[0],
    "#3 Cu foil",
    "2",
    "C1s",
    "1",
    *SURVEY[5:7],
    "3",
    "298.0000\t10.0000",
    "297.9000\t11.5000",
    "297.8000\t12.0000",
    "",
)
SPECTRUM = (*ABOVE, *XPS, *SURVEY, *C1S)
AES = (
    "Technique:AES",
    "FileType:DEPTHPRO",
    "AcqFileDate:2009 6 9",
    "EBeamEnergy:10.0 kV",
    "SputterRaster:2.00 2.00 mm",
    "SputterMode:alt",
    "NoDPDataCyc:2",
    "NoSpectralReg:1",
    "SpectralRegDef:1 1 C1 6 3 1.0000 231.0 233.0 231.0 233.0 0.100000 0.00 none",
    "ImageSizeXY: NO_INFO",
    "",
)
CYCLES = (
    "//Area Comment,RegionNo,AtomicName,Cycle,XLabel,YLabel,DataCount",
    "",
    "1",
    "C1",
    "2",
    "Kinetic Energy(eV)",
    "Intensity(cps)",
    "3",
    "231.0000,270.0000,280.0000",
    "232.0000,300.0000,310.0000",
    "233.0000,250.0000,260.0000",
    "",
)
TIMES = (
    "//Area Comment,AtomicName,XLabel,YLabel,DataCount",
    "",
    "C1",
    "Sputter Time(min)",
    "Intensity",
    "2",
    "-0.5000,900800.0000",
    "0.0000,600700.0000",
    "",
)
PROFILE = (*ABOVE, *AES, *CYCLES, *TIMES)


def text(lines: tuple[str, ...], end: str = "\r\n") -> bytes:
    return "".join(f"{line}{end}" for line in lines).encode()


def of(lines: tuple[str, ...]) -> list[Reading]:
    return READER.read(Source(text(lines), name="a.txt"))


class TestPhiMultipakText(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "spectra": text(SPECTRUM),
        "LF": text(SPECTRUM, "\n"),
        "depth profile": text(PROFILE),
        "times only": text((*ABOVE, *AES, *TIMES)),
    }


def test_spectra() -> None:
    survey, carbon = of(SPECTRUM)
    assert survey.technique == "xps"
    assert survey.title == "#3 Cu foil: survey"
    assert survey.sample_name == "#3 Cu foil"
    assert survey.instrument == "PHI Quantera SXM"
    assert survey.operator is None
    assert survey.started_at == datetime(2017, 6, 6)
    assert survey["binding_energy"].values.tolist() == [1380.0, 1379.5, 1379.0, 1378.5]
    assert survey["binding_energy"].unit == "eV"
    assert survey["intensity"].values.tolist() == [1000, 1004, 996, 0]
    assert survey["intensity"].unit == "count/s"
    doubt = survey["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, np.sqrt([250, 251, 249, 1]) / 0.25)
    assert (doubt.origin, doubt.distribution) == (Origin.ESTIMATE, Distribution.POISSON)
    assert survey.doubts == ()
    assert carbon.title == "#3 Cu foil: C1s"
    assert carbon["intensity"].values.tolist() == [10, 11.5, 12]
    assert carbon["intensity"].uncertainty is None
    assert carbon.metadata["pass_energy"] == Measured(55.0, "eV")
    assert carbon.metadata["incident_energy"] == Measured(1486.6, "eV")
    assert carbon.metadata["n_scans"] == 5
    assert carbon.header["#comments"] == ["Multipak Exporter  1.2.8", "Load file from ..\\a\\plate.spe"]
    assert carbon.header["#block"]["XLabel"] == "Binding Energy(eV),reverse"  # type: ignore[index, call-overload]


def test_a_depth_profile() -> None:
    [profile] = of(PROFILE)
    assert profile.technique == "auger"
    assert [(v.name, v.dimensions, v.role) for v in profile.variables] == [
        ("sputter_time", ("sputter_time",), Role.AXIS),
        ("kinetic_energy", ("kinetic_energy",), Role.AXIS),
        ("intensity", ("sputter_time", "kinetic_energy"), Role.SIGNAL),
        ("profile_intensity", ("sputter_time",), Role.AUXILIARY),
    ]
    assert profile["sputter_time"].values.tolist() == [-0.5, 0]
    assert profile["sputter_time"].unit == "min"
    assert profile["intensity"].values.tolist() == [[270, 300, 250], [280, 310, 260]]
    assert profile["profile_intensity"].values.tolist() == [900800, 600700]
    assert "areas or heights" in profile.doubts[0]
    assert profile.metadata["acceleration_voltage"] == Measured(10.0, "kV")
    assert profile.metadata["sputter_mode"] == "alt"


@pytest.mark.parametrize(
    "times",
    [(), (*TIMES, *TIMES), tuple(line.replace("-0.5000", "0.0000") for line in TIMES), (*TIMES[:2], "O1", *TIMES[3:])],
    ids=["none", "twice", "not rising", "of another line"],
)
def test_cycles_without_times_of_their_own_are_numbered(times: tuple[str, ...]) -> None:
    profile, *others = of((*ABOVE, *AES, *CYCLES, *times))
    assert len(others) == times.count(TIMES[0])
    assert all(one["profile_intensity"].values.tolist() == [900800, 600700] for one in others)
    assert profile["cycle_number"].values.tolist() == [1, 2]
    assert profile["intensity"].shape == (2, 3)
    assert "cycles are numbered" in profile.doubts[0]


def test_a_profile_without_spectra() -> None:
    [profile] = of((*ABOVE, *AES, *TIMES))
    assert profile["sputter_time"].values.tolist() == [-0.5, 0]
    assert [v.name for v in profile.variables if v.role is Role.SIGNAL] == ["profile_intensity"]


def test_a_unit_that_is_not_known_is_doubted() -> None:
    survey = of(tuple(line.replace("(cps)", "(furlongs)") for line in SPECTRUM))[0]
    assert survey["intensity"].unit == ""
    assert survey["intensity"].uncertainty is None
    assert "'furlongs'" in survey.doubts[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("1379.5000\t1004.0000", "1379.5000\t1004.0000\t3", "line 37: 2 numbers were expected"),
        ("1379.5000\t1004.0000", "1379.5000\t", "4 x 2 numbers"),
        ("1379.5000\t1004.0000", "1379.5000\tabc", "'abc'"),
        ("1379.5000\t1004.0000", "//Area", "2 numbers were expected"),
        ("297.8000\t12.0000", "", "2 numbers were expected"),
        ("//HEADER INFORMATION", "//", "'//HEADER INFORMATION' was expected"),
        (",DataCount", "", "at last DataCount"),
        ("Binding Energy(eV),reverse", "", "as XLabel"),
        ("NoSpectralReg:2", "NoSpectralReg:3", "promises 3"),
    ],
)
def test_damage_is_named(old: str, new: str, words: str) -> None:
    content = text(SPECTRUM, "\n").decode().replace(old, new)
    with pytest.raises(DamagedFile) as caught:
        READER.read(Source(content.encode(), name="a.txt"))
    assert words in str(caught.value)


@pytest.mark.parametrize(("place", "new", "words"), [(2, "7", "region 7"), (2, "x", "RegionNo"), (7, "99", "99 lines")])
def test_fields_that_do_not_fit(place: int, new: str, words: str) -> None:
    changed = (*SURVEY[:place], new, *SURVEY[place + 1 :])
    with pytest.raises(DamagedFile, match=words):
        of((*ABOVE, *XPS, *changed))


def test_a_header_without_numbers() -> None:
    with pytest.raises(NothingMeasured):
        of((*ABOVE, *XPS))


def test_other_text_is_left_alone() -> None:
    assert READER.recognise(Source(b"// Multipak\n1 2\n", name="a.txt")) is None
    assert READER.recognise(Source(b"#\n//Multipak Exporter\n", name="a.txt")) is None


@pytest.mark.parametrize("name", ["xps/XPS_PHI_QUANTERA_survey.spe", "xps/XPS_PHI_QUANTERA_depth_1.pro"])
def test_real_measurements_in_this_layout(shared: Callable[[str], Path], name: str) -> None:
    """What the reader of SPE and PRO reads, written as the exporter writes it, is read as the same."""
    content = shared(name).read_bytes()
    expected = BINARY.read(Source(content, name=name))
    above = content[: content.index(b"EOFH")].decode("latin-1").splitlines()[1:]
    lines = [*ABOVE, *(line.replace(": ", ":", 1) for line in above), "", ""]
    tables: list[str] = []
    for number, reading in enumerate(expected, 1):
        energy, rates = reading["binding_energy"].values, reading["intensity"].values
        element = str(reading.metadata["species"])
        sample = reading.sample_name or ""
        is_profile = rates.ndim == 2
        lines += [(CYCLES if is_profile else SURVEY)[0], sample, str(number), element]
        lines += [str(len(rates)) if is_profile else "1", *SURVEY[5:7], str(len(energy))]
        columns = np.vstack([energy, rates])
        lines += [("," if is_profile else "\t").join(f"{value:.4f}" for value in row) for row in columns.T]
        lines += [""]
        if is_profile:
            times = reading["sputter_time"].values / 60
            tables += [TIMES[0], sample, element, *TIMES[3:5], str(len(times))]
            tables += [f"{t:.4f},{a:.4f}" for t, a in zip(times, reading["peak_area"].values, strict=True)]
            tables += [""]
    found = of((*lines, *tables))
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one["binding_energy"].values, other["binding_energy"].values, atol=6e-5)
        np.testing.assert_allclose(one["intensity"].values, other["intensity"].values, atol=6e-5)
        ours, theirs = one["intensity"].uncertainty, other["intensity"].uncertainty
        assert (ours is None) == (theirs is None)
        if ours is not None and theirs is not None:
            np.testing.assert_allclose(ours.values, theirs.values, rtol=1e-4)
        if "sputter_time" in [v.name for v in other.variables]:
            np.testing.assert_allclose(one["sputter_time"].values * 60, other["sputter_time"].values, atol=4e-3)
            np.testing.assert_allclose(one["profile_intensity"].values, other["peak_area"].values, atol=6e-5)
        assert one.metadata == other.metadata
        assert (one.sample_name, one.started_at) == (other.sample_name, other.started_at)
