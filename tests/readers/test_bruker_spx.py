"""Bruker SPX: the real file, and each variant in small."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, HostileFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.bruker_spx import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

ESMA = (
    '<ClassInstance Type="TRTESMAHeader"><PrimaryEnergy>1.5E1</PrimaryEnergy><ElevationAngle>3.5E1</ElevationAngle>'
    "<AzimutAngle>0</AzimutAngle><Magnification>-1</Magnification><WorkingDistance>9</WorkingDistance></ClassInstance>"
)
XRF = '<ClassInstance Type="TRTXrfHeader"><Voltage>50</Voltage><Current>599</Current></ClassInstance>'
CALIBRATION = "<CalibAbs>-5E-1</CalibAbs><CalibLin>2.5E-1</CalibLin>"


def spectrum(
    channels: str = "0,4,9,1",
    *,
    source: str = ESMA,
    calibration: str = CALIBRATION,
    count: str = "4",
    name: str = "point 1",
    date: str = "2.3.2018",
) -> str:
    return f"""<ClassInstance Type="TRTSpectrum" Name="{name}"><TRTHeaderedClass>
      <TRTBase><Description>grain \xb5</Description></TRTBase>
      <ClassInstance Type="TRTSpectrumHardwareHeader"><RealTime>7575</RealTime><LifeTime>7385</LifeTime>
        <DetectorTemperature>-20</DetectorTemperature></ClassInstance>
      <ClassInstance Type="TRTDetectorHeader"><Serial>9990</Serial><Type>XFlash 5010</Type></ClassInstance>{source}
      </TRTHeaderedClass><ClassInstance Type="TRTSpectrumHeader"><Date>{date}</Date><Time>13:53:4</Time>
      <ChannelCount>{count}</ChannelCount>{calibration}</ClassInstance><Channels>{channels}</Channels>
      <ClassInstance Type="TRTResult" Name="Results"><Result><Atom>16</Atom></Result></ClassInstance>
      <ChildClassInstances><ClassInstance Type="TSampleInformation" Name="Chalcopyrite"/></ChildClassInstances>
    </ClassInstance>"""


def file(*spectra: str, encoding: str = "WINDOWS-1252", codec: str = "cp1252") -> bytes:
    head = f'<?xml version="1.0" encoding="{encoding}" standalone="yes"?>\r\n'
    return (head + "<TRTSpectrum><RTHeader/>" + "".join(spectra) + "</TRTSpectrum>").encode(codec)


def of(content: bytes) -> Reading:
    (reading,) = READER.read(Source(content, name="a.spx"))
    return reading


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "of an electron microscope": file(spectrum()),
        "of an X-ray tube, UTF-8": file(spectrum(source=XRF), encoding="UTF-8", codec="utf-8"),
        "two spectra": file(spectrum(), spectrum(name="point 2")),
        "not calibrated": file(spectrum(calibration="")),
    }


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("microscopy/bruker_nano.spx")))
    assert choice.reader.name == "bruker_spx"
    assert reading.technique == "energy_dispersive_x_ray"
    counts, energy = reading["intensity"], reading["energy"]
    assert len(counts) == 4096
    assert counts.values.max() == 665
    # The header has the peak of zero energy at channel 96.
    assert energy.values[96] == pytest.approx(0.0, abs=0.0025)
    assert (energy.values[0], energy.unit) == (-0.238925, "keV")
    assert energy.values[1] - energy.values[0] == pytest.approx(0.0025)
    assert counts.uncertainty is not None
    # The file's own window of the S Kα line (2.3067 keV, 0.1262 keV wide) holds 18642 counts.
    window = np.abs(energy.values - 2.3067) <= 0.1262233472 / 2
    assert counts.values[window].sum() == pytest.approx(18642, rel=0.01)
    assert reading.sample_name == "Chalcopyrite"
    assert reading.started_at == datetime(2018, 3, 2, 13, 53, 4)
    assert reading.metadata["incident_energy"] == Measured(15.0, "keV")
    assert reading.metadata["real_time"] == Measured(7575.0, "ms")
    assert reading.metadata["detector"] == "XFlash 5010"
    assert reading.doubts == ()


def test_a_spectrum_of_an_electron_microscope() -> None:
    reading = of(file(spectrum()))
    assert reading["energy"].values.tolist() == [-0.5, -0.25, 0.0, 0.25]
    assert reading["intensity"].values.tolist() == [0, 4, 9, 1]
    assert reading["intensity"].uncertainty is not None
    assert reading["intensity"].uncertainty.values.tolist() == [1.0, 2.0, 3.0, 1.0]
    assert reading.title == "point 1"
    assert reading.metadata["comment"] == "grain \xb5"
    assert reading.metadata["azimuth_angle"] == Measured(0.0, "deg")
    assert reading.metadata["working_distance"] == Measured(9.0, "mm")
    assert "magnification" not in reading.metadata
    assert "Channels" not in reading.header


def test_a_spectrum_of_an_x_ray_tube() -> None:
    reading = of(TestSuite.examples["of an X-ray tube, UTF-8"])
    assert reading.technique == "x_ray_fluorescence"
    assert reading.metadata["tube_voltage"] == Measured(50.0, "kV")
    assert reading.metadata["tube_current"] == Measured(599.0, "uA")
    assert reading.metadata["comment"] == "grain \xb5"


def test_several_spectra_are_several_readings() -> None:
    readings = READER.read(Source(TestSuite.examples["two spectra"], name="a.spx"))
    assert [reading.title for reading in readings] == ["point 1", "point 2"]


@pytest.mark.parametrize("calibration", ["", "<CalibAbs>0</CalibAbs><CalibLin>0</CalibLin>", "<CalibAbs>1</CalibAbs>"])
def test_without_calibration_channels_are_counted(calibration: str) -> None:
    reading = of(file(spectrum(calibration=calibration)))
    assert reading["channel"].values.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert "calibration" in reading.doubts[0]


def test_corrected_numbers_have_no_counting_uncertainty() -> None:
    for channels in ("0,4.5,9,1", "0,-4,9,1"):
        reading = of(file(spectrum(channels)))
        assert reading["intensity"].uncertainty is None
        assert "corrected" in reading.doubts[0]


def test_a_comma_behind_the_last_channel_is_no_channel() -> None:
    assert len(of(file(spectrum("0,4,9,1,")))["intensity"]) == 4


def test_dates_that_are_none_are_left_out() -> None:
    assert of(file(spectrum(date="31.2.2018"))).started_at is None
    assert of(file(spectrum(date=""))).started_at is None


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (file(spectrum(count="5")), DamagedFile, "5 channels are promised, 4 follow"),
        (file(spectrum(count="many")), DamagedFile, "ChannelCount"),
        (file(spectrum("0,,9,1")), DamagedFile, "4 channels were expected"),
        (file(spectrum("0,x,9,1")), DamagedFile, "'x' was found"),
        (file(spectrum("0,nan,9,1")), DamagedFile, "missing"),
        (file(spectrum("")), NothingMeasured, "no channels"),
        (file(), NothingMeasured, "no spectrum"),
        (file(spectrum())[:-20], DamagedFile, "not well formed"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>' + file(spectrum())[60:], HostileFile, "document type"),
    ],
)
def test_contradictions_are_errors(content: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        READER.read(Source(content, name="a.spx"))


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=50))
def test_any_counts_come_back(counts: list[int]) -> None:
    content = file(spectrum(",".join(map(str, counts)), count=str(len(counts))))
    assert of(content)["intensity"].values.tolist() == counts
