"""JASCO text: each variant of the format in small, with the layouts of FT/IR, NRS, V and J spectrometers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.jasco_text import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

INFRARED = (
    "TITLE,film 3\nDATA TYPE,INFRARED SPECTRUM\nORIGIN,JASCO\nOWNER,\nDATE,23/01/11\nTIME,16:49:31\n"
    "SPECTROMETER/DATA SYSTEM,\nLOCALE,1041\nRESOLUTION,\nDELTAX,0.482117\nXUNITS,1/CM\nYUNITS,TRANSMITTANCE\n"
    "FIRSTX,  999.9101\nLASTX, 1000.8744\nNPOINTS,       3\nFIRSTY, 57.25\nMAXY, 61.5\nMINY, 57.25\nXYDATA\n"
    "999.9101,57.25\n1000.3922,58\n1000.8744,61.5\n\n##### Extended Information\n[コメント情報]\n試料名,薄膜3\n"
    "コメント\n測定者,山田\n所属\n会社,工業試験所\n\n[データ情報]\n作成日時,2023/01/11 16:49\n\n"
    "データタイプ,等間隔データ\n横軸,Wavenumber [cm-1]\n縦軸,%T\n\n[測定情報]\n機種名,FT/IR-4600typeA\n"
    "シリアル番号,SN-1\n\n測定日時,2023/01/11 16:49\n\n光源,標準光源\n検出器,TGS\n積算回数,16\n分解,2 cm-1\n"
    "アポダイゼーション,Cosine\nアパーチャー,2.5 mm\n\n[付属品情報]\n付属品名,ATR PRO\nシリアル番号,SN-2\n"
)
GERMAN = (
    "TITLE\tPE 818\nDATA TYPE\tINFRARED SPECTRUM\nXUNITS\t1/CM\nYUNITS\tABSORBANCE\nNPOINTS\t    3\nXYDATA\n"
    "399,1927\t0,0104689\n400,1569\t0,022843\n401,1211\t0,0228\n"
)
RAMAN = (
    "TITLE,C1\nDATA TYPE,RAMAN SPECTRUM\nORIGIN,JASCO\nDATE,24/11/05\nTIME,15:23:06\nXUNITS,1/CM\nYUNITS,INTENSITY\n"
    "FIRSTX,545.8049\nLASTX,547.9\nNPOINTS,3\nXYDATA\n545.8049,199\n546.8,200.5\n547.9,198\n\n"
    "##### Extended Information\n[Comments]\nSample name,carbon\nUser,Lab\n\n[Measurement Information]\n"
    "Model Name,NRS-5100\nExposure,60 sec\nAccumulation,2\nZ position,16313.8 um\nLaser wavelength,532.05 nm\n"
    "Resolution,0.99 cm-1, 1.03 cm-1/pixel\nObjective lens,MPLFLN 100 x\nLaser power,0.7 mW\nCCD temperature,-69.0 C\n"
)
VISIBLE = (
    "TITLE\t\nDATA TYPE\t\nORIGIN\tJASCO\nDATE\t26/02/12\nTIME\t12:23:00\n"
    "SPECTROMETER/DATA SYSTEM\tJASCO Corp., V-730, Rev. 1.00\nDELTAX\t-0.5\nXUNITS\tNANOMETERS\nYUNITS\tABSORBANCE\n"
    "FIRSTX\t1000\nLASTX\t999\nNPOINTS\t3\nXYDATA\n1000\t-0.0983645\n999.5\t-0.09\n999\t-0.08\n\n\n\n"
    "[コメント情報]\n試料名\t溶液\nオペレーター\t佐藤\n\n[測定情報]\n機種名\tV-730\n走査速度\t400 nm/min\n光源\t自動\n"
)
DICHROISM = (
    "TITLE\tlysozyme\nDATA TYPE\t\nORIGIN\tJASCO\nDATE\t18/06/12\nTIME\t14:59:44\n"
    "SPECTROMETER/DATA SYSTEM\tJASCO Corp., J-815, Rev. 1.00\nDELTAX\t-0.5\nXUNITS\tNANOMETERS\nYUNITS\tCD[mdeg]\n"
    "Y2UNITS\tHT[V]\nY3UNITS\tABSORBANCE\nNPOINTS\t2\nXYDATA\n260\t-0.011\t270.1\t1.2\n259.5\t0.012\t271\t1.3\n"
)
TEMPERATURES = (
    "TITLE\tlysozyme\nDATA TYPE\t\nORIGIN\tJASCO\nDATE\t06/10/17\nTIME\t17:59:52\nSPECTROMETER/DATA SYSTEM\tJ-810\n"
    "DELTAT\t0\nTUNITS\tTemperature [C]\nFIRSTT\t25\nLASTT\t35\nNPOINTST\t3\nDELTAX\t-0.5\nXUNITS\tWavelength [nm]\n"
    "YUNITS\tCD[mdeg]\nYUNITS2\tHT[V]\nFIRSTX\t350\nLASTX\t349.5\nNPOINTS\t2\nXYDATA1\t25\t30\t35\n"
    "350\t1\t2\t3\n349.5\t4\t5\t6\nXYDATA2\t25\t30\t35\n350\t301\t302\t303\n349.5\t304\t305\t306\n"
)
INTERVALS = (
    "TITLE,Interval Scan Measurement\nDATA TYPE,ULTRAVIOLET SPECTRUM\nORIGIN,JASCO\nDATE,2026/08/27\nTIME,00:50:45\n"
    "SPECTROMETER/DATA SYSTEM,JASCO Corp., V-730, Rev. 1.00\nDELTAX,-1\nXUNITS,NANOMETERS\nYUNITS,ABSORBANCE\n"
    "FIRSTX,  800.0000\nLASTX,  799.0000\nNPOINTS,     2\nXYDATA\n,0,10.0167,20.0167\n800,0.1,0.2,0.3\n"
    "799,0.4,0.5,0.6\n"
)


def of(text: str, encoding: str = "cp932") -> Reading:
    [reading] = READER.read(Source(text.encode(encoding), name="x.txt"))
    return reading


class TestJascoText(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "infrared, Japanese, comma": INFRARED.replace("\n", "\r\n").encode("cp932"),
        "infrared, decimal commas, short header": GERMAN.encode("cp1252"),
        "Raman, English": RAMAN.encode(),
        "V, tabs, no data type": VISIBLE.encode("cp932"),
        "circular dichroism, three columns": DICHROISM.encode(),
        "temperature series": TEMPERATURES.encode(),
        "interval scan": INTERVALS.replace("\n", "\r\n").encode(),
        "UTF-8 with mark": b"\xef\xbb\xbf" + VISIBLE.encode(),
        "semicolons": GERMAN.replace("\t", ";").encode(),
    }


def test_infrared_with_a_japanese_footer() -> None:
    reading = of(INFRARED)
    assert reading.technique == "ir"
    assert reading.sample_name == "薄膜3"
    assert reading.operator == "山田"
    assert reading.instrument == "FT/IR-4600typeA"
    assert reading.started_at is not None
    assert reading.started_at.isoformat() == "2023-01-11T16:49:31"
    assert reading["wavenumber"].unit == "1/cm"
    assert reading["transmittance"].unit == "percent_transmittance"
    assert reading["transmittance"].values.tolist() == [57.25, 58.0, 61.5]
    assert reading.metadata["n_scans"] == 16
    assert reading.metadata["resolution"] == Measured(2.0, "1/cm")
    assert reading.metadata["serial_number"] == "SN-1"
    assert reading.metadata["accessory"] == "ATR PRO"
    assert reading.header["[付属品情報]"] == {"付属品名": "ATR PRO", "シリアル番号": "SN-2"}
    assert reading.doubts == ()


def test_transmittance_without_a_word_for_percent_stays_unknown() -> None:
    assert of(INFRARED.replace("縦軸,%T\n", ""))["transmittance"].unit == "arbitrary_unit"


def test_decimal_commas_and_a_short_header() -> None:
    claim = READER.recognise(Source(GERMAN.encode(), name="x"))
    assert claim is not None
    assert claim.confidence is Confidence.LIKELY
    reading = of(GERMAN)
    assert reading.technique == "ir"
    assert reading["wavenumber"].values.tolist() == [399.1927, 400.1569, 401.1211]
    assert reading["absorbance"].values[1] == 0.022843


def test_raman_shift_with_the_settings_behind_it() -> None:
    reading = of(RAMAN)
    assert reading.technique == "raman"
    assert reading["raman_shift"].values.tolist() == [545.8049, 546.8, 547.9]
    assert reading["intensity"].unit == "arbitrary_unit"
    assert reading.metadata["laser_wavelength"] == Measured(532.05, "nm")
    assert reading.metadata["laser_power"] == Measured(0.7, "mW")
    assert reading.metadata["exposure_time"] == Measured(60.0, "s")
    assert reading.metadata["detector_temperature"] == Measured(-69.0, "degC")
    assert reading.metadata["resolution"] == Measured(0.99, "1/cm")
    assert reading.metadata["position_z"] == Measured(16313.8, "um")


def test_v_series_is_known_by_its_model() -> None:
    reading = of(VISIBLE)
    assert reading.technique == "uv_vis"
    assert reading.title == "溶液"
    assert reading["wavelength"].values.tolist() == [1000.0, 999.5, 999.0]
    assert reading.metadata["scan_speed"] == Measured(400.0, "nm/min")


def test_dichroism_keeps_its_three_columns() -> None:
    reading = of(DICHROISM)
    assert reading.technique == "spectrum"
    assert [(v.name, v.series.unit, v.role) for v in reading.variables[1:]] == [
        ("circular_dichroism", "mdeg", Role.SIGNAL),
        ("high_tension_voltage", "V", Role.AUXILIARY),
        ("absorbance", "absorbance", Role.SIGNAL),
    ]
    assert reading["high_tension_voltage"].values.tolist() == [270.1, 271.0]


def test_a_temperature_series_is_a_map() -> None:
    reading = of(TEMPERATURES)
    assert reading["temperature"].unit == "degC"
    assert reading["temperature"].values.tolist() == [25.0, 30.0, 35.0]
    assert reading["circular_dichroism"].values.tolist() == [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]
    assert reading["high_tension_voltage"].values[2].tolist() == [303.0, 306.0]


def test_an_interval_scan_says_that_its_steps_have_no_unit() -> None:
    reading = of(INTERVALS)
    assert reading["step"].values.tolist() == [0.0, 10.0167, 20.0167]
    assert reading["step"].unit == "arbitrary_unit"
    assert reading["absorbance"].values.tolist() == [[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]]
    assert any("minutes" in doubt for doubt in reading.doubts)


def test_days_that_differ_leave_the_time_open() -> None:
    reading = of(INFRARED.replace("DATE,23/01/11", "DATE,11/01/23"))
    assert reading.started_at is None
    assert any("2011-01-23" in doubt for doubt in reading.doubts)


def test_marks_of_invalid_points_are_doubted() -> None:
    assert "not valid" in " ".join(of(GERMAN.replace("0,022843", "-1,17549e-38")).doubts)


def test_other_extremes_than_promised_are_doubted() -> None:
    assert "57.25 to 61.5" in of(INFRARED.replace("1000.3922,58", "1000.3922,99")).doubts[0]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("1000.3922,58\n", "", "promises 3 points, 2 rows"),
        ("1000.3922,58\n", "1000.3922,58,1\n", "2 data columns were expected, 3"),
        ("1000.3922,58\n", "1000.3922,x\n", "'x' was found"),
        ("FIRSTX,  999.9101", "FIRSTX,  400", "FIRSTX promises 400"),
        ("LASTX, 1000.8744", "LASTX, 4000", "LASTX promises 4000"),
        ("XYDATA", "XYDOTS", "a line XYDATA"),
        ("YUNITS,TRANSMITTANCE", "YUNITS,TRANSMITTANCE\nY2UNITS,ABSORBANCE", "2 signals are named"),
    ],
)
def test_what_contradicts_itself_is_refused(old: str, new: str, fault: str) -> None:
    assert old in INFRARED
    with pytest.raises(DamagedFile, match=fault):
        of(INFRARED.replace(old, new))


def test_a_series_with_a_spectrum_too_few_is_refused() -> None:
    with pytest.raises(DamagedFile, match="4 spectra are announced"):
        of(INTERVALS.replace(",0,10.0167", ",0,5,10.0167"))


def test_no_rows_is_nothing_measured() -> None:
    with pytest.raises(NothingMeasured):
        of(GERMAN.split("399,")[0])
