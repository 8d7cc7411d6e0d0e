"""RASX: the real files with the figures read off them, and each variant of the format in small."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, HostileFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.recognise import read
from kiban.readers.rigaku_rasx import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

PROFILE = "25.0000\t13\t1\r\n25.0100\t0\t1\r\n25.0200\t144\t1\r\n25.0300\t7\t1\r\n"


def conditions(
    *,
    axis: str = "TwoTheta",
    omega: float = 10.0,
    unit: str = "counts",
    n: int = 4,
    speed_unit: str = "deg/min",
    axes: str = "",
    pairs: Mapping[str, str] | None = None,
) -> str:
    listed = "".join(
        f"<Pair><string>*{key}</string><string>{value}</string></Pair>" for key, value in (pairs or {}).items()
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\r\n<MeasurementConditions '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><GeneralInformation><Operator>A. Person</Operator>'
        "<Comment>標準試料</Comment><SampleName>Zirconia 3Y</SampleName><Type>RAS_RAW</Type><Memo />"
        "<SystemName>SmartLab</SystemName></GeneralInformation><HWConfigurations><Categories>"
        '<Category Name="Goniometer" SelectedUnit="Standard" /><Category Name="Detector" SelectedUnit="DteX250(H)" />'
        "</Categories><XrayGenerator><TargetName>Cu</TargetName><Current>50</Current><CurrentUnit>mA</CurrentUnit>"
        "<Voltage>40</Voltage><VoltageUnit>kV</VoltageUnit><WavelengthKbeta>1.392246</WavelengthKbeta>"
        "<WavelengthKalpha1>1.540593</WavelengthKalpha1><WavelengthKalpha2>1.544414</WavelengthKalpha2>"
        "</XrayGenerator></HWConfigurations><Axes>"
        '<Axis Name="TwoTheta" Unit="deg" Position="25.0000" State="Scan" />'
        f'<Axis Name="Omega" Unit="deg" Position="{omega:.4f}" State="Fixed" />'
        '<Axis Name="Phi" Unit="deg" Position="0" State="Oscillation" Speed="720" />'
        '<Axis Name="IS" Unit="" Position="1.000mm" State="Fixed" />'
        '<Axis Name="IS" Unit="mm" Position="1.000000" State="Fixed" />'
        f"{axes}</Axes><ScanInformation><AxisName>{axis}</AxisName><Mode>CONTINUOUS</Mode><Start>25.0000</Start>"
        "<Stop>25.0300</Stop><Step>0.0100</Step><Speed>12.0000</Speed><Resolution>0.0002</Resolution>"
        f"<SpeedUnit>{speed_unit}</SpeedUnit><PositionUnit>deg</PositionUnit><IntensityUnit>{unit}</IntensityUnit>"
        "<StartTime>2025-03-07T13:28:15Z</StartTime><EndTime>0001-01-01T00:00:00</EndTime>"
        f"<UnequalySpaced>false</UnequalySpaced><DataCount>{n}</DataCount></ScanInformation>"
        f"<SampleInformation /><RASHeader>{listed}</RASHeader></MeasurementConditions>"
    )


def pack(*scans: tuple[str, str], root: bool = True, folder: str = "", order: int = 1, **more: bytes) -> bytes:
    """Pack profiles with their conditions as SmartLab Studio II does; `order` -1 puts the last first."""
    texts = {}
    for number, (profile, xml) in enumerate(scans):
        texts[f"Data{number}/Profile{number}.txt"] = profile.encode()
        texts[f"Data{number}/MesurementConditions{number}.xml"] = xml.encode()
    listing = "".join(
        f'<Data{number} Type="Profile">'
        + "".join(
            f'<ContentHashList Name="{name.partition("/")[2]}" ContentHash="{hashlib.md5(text).hexdigest()}" />'  # noqa: S324
            for name, text in texts.items()
            if name.startswith(f"Data{number}/")
        )
        + f"</Data{number}>"
        for number in range(len(scans))
    )
    members = {name: b"\xef\xbb\xbf" + text for name, text in texts.items()} | more
    if root:
        members["root.xml"] = f'\ufeff<?xml version="1.0"?><Root Version="1.1.0.0">{listing}</Root>'.encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in list(members)[::order]:
            archive.writestr(zipfile.ZipInfo(folder + name), members[name])
    return packed.getvalue()


MAP = [(PROFILE.replace("\t13\t", f"\t{n}\t"), conditions(omega=10 + 0.1 * n)) for n in range(12)]


def of(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="a.rasx"))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "one profile": pack((PROFILE, conditions())),
        "without root.xml, in a folder": pack((PROFILE, conditions()), root=False, folder="測定/"),
        "two profiles": pack((PROFILE, conditions()), (PROFILE[:-14], conditions(n=3))),
        "a map": pack(*MAP[:4]),
        "backslashes": pack((PROFILE, conditions()), root=False).replace(b"Data0/", b"Data0\\"),
    }


def test_a_profile_is_read_with_all_that_is_stated() -> None:
    reading = only(pack((PROFILE, conditions())))
    assert reading.technique == "xrd"
    assert reading.title == "Zirconia 3Y: TwoTheta scan"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("two_theta", Role.AXIS, ("two_theta",)),
        ("intensity", Role.SIGNAL, ("two_theta",)),
    ]
    assert reading["two_theta"].values.tolist() == [25.0, 25.01, 25.02, 25.03]
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].values.tolist() == [13, 0, 144, 7]
    doubt = reading["intensity"].uncertainty
    assert doubt is not None
    np.testing.assert_allclose(doubt.values, [13**0.5, 1, 12, 7**0.5])
    assert reading.sample_name == "Zirconia 3Y"
    assert reading.operator == "A. Person"
    assert reading.instrument == "SmartLab"
    assert reading.started_at == datetime(2025, 3, 7, 13, 28, 15, tzinfo=UTC)
    assert reading.doubts == ()
    assert dict(reading.metadata) == {
        "maker": "Rigaku",
        "model": "SmartLab",
        "detector": "DteX250(H)",
        "comment": "標準試料",
        "anode": "Cu",
        "wavelength": Measured(1.540593, "angstrom"),
        "wavelength_kalpha2": Measured(1.544414, "angstrom"),
        "wavelength_kbeta": Measured(1.392246, "angstrom"),
        "tube_voltage": Measured(40.0, "kV"),
        "tube_current": Measured(50.0, "mA"),
        "scan_axis": "TwoTheta",
        "scan_mode": "continuous",
        "scan_speed": Measured(12.0, "deg/min"),
        "step": Measured(0.01, "deg"),
        "resolution": Measured(0.0002, "deg"),
        "attenuation": Measured(1.0, ""),
        "position_omega": Measured(10.0, "deg"),
    }


def test_the_header_is_kept_as_written() -> None:
    header: Any = only(pack((PROFILE, conditions(pairs={"HW_SAMPLE_NAME": "PowderSample"})))).header
    assert header["root"]["@Version"] == "1.1.0.0"
    written = header["MesurementConditions"]
    assert written["GeneralInformation"]["SystemName"] == "SmartLab"
    assert written["Axes"]["Axis"][1]["@Position"] == "10.0000"
    assert written["RASHeader"] == {"*HW_SAMPLE_NAME": "PowderSample"}


def test_profiles_come_in_the_order_of_their_numbers() -> None:
    scans = [(PROFILE, conditions(omega=n * n)) for n in range(12)]
    readings = of(pack(*scans, order=-1))
    positions = [r.metadata["position_omega"] for r in readings]
    assert positions == [Measured(float(n * n), "deg") for n in range(12)]
    assert readings[10].title == "Zirconia 3Y: TwoTheta scan 11 of 12"


def test_a_stepped_axis_makes_a_map() -> None:
    reading = only(pack(*MAP, order=-1))
    assert reading.technique == "xrd_map"
    assert [(v.name, v.series.shape, v.dimensions) for v in reading.variables] == [
        ("two_theta", (4,), ("two_theta",)),
        ("omega", (12,), ("omega",)),
        ("intensity", (12, 4), ("omega", "two_theta")),
    ]
    np.testing.assert_allclose(reading["omega"].values, np.arange(12) * 0.1 + 10)
    assert reading["intensity"].values[:, 0].tolist() == list(range(12))
    header: Any = reading.header
    assert header["MesurementConditions"]["GeneralInformation"]["SampleName"] == "Zirconia 3Y"


def test_a_map_may_be_declared() -> None:
    pairs = {"FILE_DATA_TYPE": "RAS_3DE_RSM", "MEAS_3DE_STEP_AXIS_INTERNAL": "Omega"}
    reading = only(pack(*((PROFILE, conditions(omega=n, pairs=pairs)) for n in (1.0, 2.0))))
    assert reading.technique == "xrd_map"
    assert reading.doubts == ()


def test_the_temperature_of_a_heating_stage() -> None:
    axes = '<Axis Name="Temp" Unit="C" Position="350" State="Fixed" />'
    assert only(pack((PROFILE, conditions(axes=axes)))).metadata["temperature"] == Measured(350.0, "degC")


def test_step_scans_state_the_time_for_each_point() -> None:
    metadata = only(pack((PROFILE, conditions(speed_unit="sec")))).metadata
    assert metadata["count_time"] == Measured(12.0, "s")


@pytest.mark.parametrize(
    ("profile", "unit", "words"),
    [
        (PROFILE.replace("144", "144.553"), "counts", "not whole positive numbers"),
        (PROFILE.replace("144\t1", "144\t11.23"), "counts", "attenuator"),
        (PROFILE, "cps", ""),
    ],
)
def test_only_raw_counts_get_an_uncertainty(profile: str, unit: str, words: str) -> None:
    reading = only(pack((profile, conditions(unit=unit))))
    assert reading["intensity"].uncertainty is None
    assert [words in doubt for doubt in reading.doubts] == ([True] if words else [])


def test_a_text_changed_after_the_measurement_is_doubted() -> None:
    with zipfile.ZipFile(io.BytesIO(pack((PROFILE, conditions())))) as sound:
        root = sound.read("root.xml")
    reading = only(pack((PROFILE.replace("144", "145"), conditions()), root=False, **{"root.xml": root}))
    assert reading.doubts == (
        "Data0/Profile0.txt was changed after the instrument wrote it: its checksum is not the one in root.xml.",
    )


def test_pictures_are_counted_or_refused() -> None:
    picture = {"Data1/Image0.bin": b"\0" * 64}
    reading = only(pack((PROFILE, conditions()), **picture))
    assert reading.doubts == ("1 pictures of an area detector in the archive are not read.",)
    assert READER.recognise(Source(pack(**picture))) is not None
    with pytest.raises(UnsupportedVariant, match="only pictures"):
        of(pack(**picture))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (pack((PROFILE, conditions(n=5))), "the header promises 5 points, 4 follow"),
        (pack((PROFILE.replace("144", "1x4"), conditions())), "Data0/Profile0.txt, line 3"),
        (pack((PROFILE, conditions()[:-30])), "not well formed"),
        (pack((PROFILE, conditions()))[:-40], "its directory cannot be read"),
        (pack(**{"Data0/Profile0.txt": PROFILE.encode()}), "MesurementConditions0.xml was expected beside"),
        (
            pack(
                (PROFILE, conditions()),
                root=False,
                **{"root.xml": b'<Root><Data0/><Data1><ContentHashList Name="Profile1.txt"/></Data1></Root>'},
            ),
            "Data1/Profile1.txt was expected, as root.xml lists it",
        ),
    ],
)
def test_damage_is_named(content: bytes, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(content)
    assert words in caught.value.fault
    assert caught.value.mend


def test_no_rows_are_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(pack(("", conditions(n=0))))


def test_entities_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><MeasurementConditions>&a;</MeasurementConditions>'
    with pytest.raises(HostileFile):
        of(pack((PROFILE, bomb)))


def test_archives_of_other_things_are_not_claimed() -> None:
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("monday.rasx", pack((PROFILE, conditions())))
        archive.writestr("notes.txt", "Data0/Profile0.txt")
    assert READER.recognise(Source(outer.getvalue())) is None
    assert READER.recognise(Source(pack(root=False, **{"word/document.xml": b"<a/>"}))) is None
    claim = READER.recognise(Source(pack(*MAP)))
    assert claim is not None
    assert claim.confidence is Confidence.CERTAIN
    assert READER.recognise(Source(pack(*MAP)[:600])) is not None


def test_a_real_powder_scan_of_counts(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("xrd/JO_KL_16_ZF_3_60deg_0.02step_12degpermin_001.rasx")))
    assert choice.reader is READER
    assert reading["two_theta"].shape == (2851,)
    assert (reading["two_theta"].values[0], reading["two_theta"].values[-1]) == (3.0, 60.0)
    assert (reading["intensity"].values[0], reading["intensity"].values.max()) == (2589, 34423)
    assert reading["intensity"].uncertainty is not None
    assert reading.sample_name == "JO_KL_16_ZF"
    assert reading.operator == "Martin Group"
    assert reading.instrument == "SmartLab"
    assert reading.metadata["anode"] == "Cu"
    assert reading.metadata["wavelength"] == Measured(1.540593, "angstrom")
    assert reading.metadata["scan_axis"] == "TwoThetaTheta"
    assert reading.metadata["scan_speed"] == Measured(12.0, "deg/min")
    assert reading.started_at == datetime(2025, 3, 7, 13, 28, 15, tzinfo=UTC)
    # The checksums in root.xml are those of the texts, so there is no doubt that they are as the instrument left them.
    assert reading.doubts == ()


def test_a_real_powder_scan_whose_counts_are_averaged(shared: Callable[[str], Path]) -> None:
    choice, (reading,) = read(Source(shared("xrd/TwoTheta_scan_powder.rasx")))
    assert choice.reader is READER
    assert reading["two_theta"].shape == (2726,)
    assert (reading["two_theta"].values[0], reading["two_theta"].values[-1]) == (10.0, 119.0)
    assert reading["intensity"].values.max() == pytest.approx(1698.51, abs=0.005)
    assert reading["intensity"].unit == "count"
    assert reading["intensity"].uncertainty is None
    assert "not whole positive numbers" in reading.doubts[0]
    assert reading.sample_name is None
    assert reading.instrument == "SmartLabXE"
    assert reading.metadata["scan_axis"] == "TwoTheta"
    assert reading.metadata["position_omega"] == Measured(10.0, "deg")
    assert reading.started_at == datetime(2021, 5, 5, 10, 35, 31, tzinfo=UTC)
