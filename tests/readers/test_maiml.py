from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from kiban.errors import DamagedFile, HostileFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.maiml import READER
from kiban.readers.recognise import read
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.standards import maiml as standard
from kiban.standards import maiml_zip
from kiban.testing.export_examples import EXAMPLES, exportable, pattern
from kiban.testing.reader_suite import ReaderSuite

HEAD = (
    '<maiml version="1.0" features="nested-attributes" xsi:type="{kind}" xmlns="http://www.maiml.org/schemas" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:lab="http://lab.example/terms" '
    'xmlns:lifecycle="http://www.xes-standard.org/lifecycle.xesext#" '
    'xmlns:time="http://www.xes-standard.org/time.xesext#">'
)
UUID = "<uuid>2cc9a0ab-2431-4af7-a839-f48ad8d37e81</uuid>"
TIMES = """<eventLog id="el"><log id="l" ref="m"><trace id="t" ref="p">
<event id="e0" ref="i"><property key="lifecycle:transition" xsi:type="stringType"><value>start</value></property>
<property key="time:timestamp" xsi:type="dateTimeType"><value>2025-06-03T10:00:00+09:00</value></property></event>
<event id="e1" ref="i"><property key="lifecycle:transition" xsi:type="stringType"><value>complete</value></property>
<property key="time:timestamp" xsi:type="dateTimeType"><value>2025-06-03T10:16:43+09:00</value></property></event>
</trace></log></eventLog>"""


def prop(key: str, kind: str, value: str, more: str = "", inside: str = "") -> str:
    return f'<property key="{key}" xsi:type="{kind}" {more}><value>{value}</value>{inside}</property>'


def lists(*members: str, key: str = "peaks") -> str:
    return f'<property key="{key}" xsi:type="propertyListType">{"".join(members)}</property>'


def numbers(key: str, kind: str, values: str, more: str = "") -> str:
    return f'<content key="{key}" xsi:type="content{kind}ListType" {more}><value>{values}</value></content>'


def results(identifier: str, result: str, *, material: str = "", condition: str = "", insertion: str = "") -> str:
    return (
        f'<results id="{identifier}">{UUID}<material id="{identifier}m" ref="mt">{UUID}{material}</material>'
        f'<condition id="{identifier}c" ref="ct">{UUID}{condition}</condition>'
        f'<result id="{identifier}r" ref="rt">{UUID}{insertion}<description>Chromatogram</description>{result}</result>'
        "</results>"
    )


def document(*groups: str, log: str = TIMES, method: str = "HPLC", kind: str = "maimlRootType") -> bytes:
    data = f'<data id="d">{UUID}{"".join(groups)}</data>{log}' if groups else ""
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>{HEAD.format(kind=kind)}<document id="doc">{UUID}'
        f'<creator id="cr">{UUID}</creator><vendor id="v">{UUID}<description>AAAA株式会社</description></vendor>'
        f'<owner id="o">{UUID}</owner><instrument id="ins">{UUID}<name>HPLC-20</name></instrument>'
        "<date>2025-06-03T10:16:43+09:00</date></document>"
        f'<protocol id="pr">{UUID}<method id="m">{UUID}<name>lab:{method}</name>'
        f"<description>{method} of additives</description></method></protocol>{data}</maiml>"
    )
    return text.encode()


MATERIAL = prop("lab:SampleName", "stringType", "混合物 A")
CONDITION = (
    prop("lab:operator", "stringType", "田中")
    + prop("lab:temperature", "floatType", "40.3", 'units="°C" scaleFactor="1.00"')
    + prop("lab:detector", "stringType", "UV 254 nm")
    + prop("lab:flowRate", "floatType", "0.6", 'units="mL/min"')
)
CURVE = numbers("lab:runTime", "Float", "0 0.5 1.0\n1.5", 'units="sec" axis="測定時間" size="4"') + numbers(
    "lab:ordinate_values", "Int", "3 5 1000 4", 'axis="信号強度"'
)
PEAKS = lists(
    numbers("lab:peak_retention_time", "Float", "0.9 1.4", 'units="sec"'),
    numbers("lab:peakArea", "Double", "12.5 NaN"),
    '<content key="lab:code" xsi:type="contentStringListType"><value>BB BV</value></content>',
)
ELEMENTS = lists(
    lists(prop("atomicNumber", "intType", "16"), prop("weight", "doubleType", "0.5", 'units="ms%"'), key="S")
    + lists(prop("atomicNumber", "intType", "24"), prop("weight", "doubleType", "19.5", 'units="ms%"'), key="Cr"),
    key="elements",
)
ROWS = lists(prop("z", "intType", "16"), prop("kept", "booleanType", "true"), key="S") + lists(
    prop("z", "intType", "24"), prop("kept", "booleanType", "0"), prop("mole", "doubleType", "0.2"), key="Cr"
)
TABLE = b"Temperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d.5\n" % (t, 3 * t) for t in range(20))


def insertion(content: bytes, *, uri: str = "./a%20b.csv", is_hex: bool = True) -> str:
    digest = hashlib.sha256(content)
    written = digest.hexdigest().upper() if is_hex else base64.b64encode(digest.digest()).decode()
    return f'<insertion><uri>{uri}</uri><hash method="SHA-256">{written}</hash></insertion>'


def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return buffer.getvalue()


FULL = document(results("r1", CURVE + PEAKS, material=MATERIAL, condition=CONDITION))
PACKAGE = archive(
    {
        "__MACOSX/._x.maiml": b"\x00\x05\x16\x07",
        "x.maiml/x.maiml": document(results("r1", "", material=MATERIAL, insertion=insertion(TABLE))),
        "x.maiml/a b.csv": TABLE,
    }
)


class TestMaiml(ReaderSuite):
    reader = READER
    examples: ClassVar = {
        **{f"of Kiban: {name}": standard.EXPORT.export(exportable(make())).content for name, make in EXAMPLES.items()},
        "of Kiban, with its files": maiml_zip.EXPORT.export(exportable(pattern())).content,
        "lists and groups of lists": FULL,
        "a table of groups": document(results("r1", ROWS)),
        "single numbers": document(results("r1", prop("hardness", "doubleType", "5.2", 'units="GPa"'))),
        "several executions": document(*(results(f"r{i}", "", condition=CONDITION) for i in range(3))),
        "a file beside it": PACKAGE,
    }


def one(content: bytes, name: str = "x.maiml") -> Reading:
    [reading] = READER.read(Source(content, name=name))
    return reading


def test_lists_of_one_length_stand_side_by_side() -> None:
    curve, peaks = READER.read(Source(FULL, name="x.maiml"))
    time, signal = curve.variables
    assert (time.name, time.series.unit, time.unit_as_written, time.label) == ("run_time", "s", "sec", "測定時間")
    assert (time.role, signal.role) == (Role.AXIS, Role.SIGNAL)
    assert time.dimensions == signal.dimensions == ("run_time",)
    np.testing.assert_array_equal(time.series.values, [0.0, 0.5, 1.0, 1.5])
    assert signal.series.values.dtype == np.int32
    assert signal.series.values.tolist() == [3, 5, 1000, 4]
    assert (curve.title, peaks.title) == ("Chromatogram", "Chromatogram peaks")
    assert [v.name for v in peaks.variables] == ["peak_retention_time", "peak_area"]
    np.testing.assert_array_equal(peaks["peak_area"].values, [12.5, np.nan])


def test_what_the_document_says_goes_with_each_reading() -> None:
    for reading in READER.read(Source(FULL, name="x.maiml")):
        assert reading.technique == "chromatography"
        assert any("inferred" in doubt for doubt in reading.doubts)
        assert (reading.sample_name, reading.operator, reading.instrument) == ("混合物 A", "田中", "HPLC-20")
        zone = timezone(timedelta(hours=9))
        assert reading.started_at == datetime(2025, 6, 3, 10, 0, tzinfo=zone)
        assert reading.metadata["ended_at"] == datetime(2025, 6, 3, 10, 16, 43, tzinfo=zone)
        assert reading.metadata["temperature"] == Measured(40.3, "degC")
        assert reading.metadata["detector"] == "UV 254 nm"
        assert reading.metadata["maker"] == "AAAA株式会社"
        assert "flow_rate" not in reading.metadata


def test_the_header_has_everything_but_the_lists() -> None:
    header = str(one(document(results("r1", CURVE, condition=CONDITION))).header)
    for word in ("lab:flowRate", "0.6", "mL/min", "測定時間", "AAAA株式会社", "HPLC of additives", "time:timestamp"):
        assert word in header
    assert "1000" not in header


def test_groups_beside_each_other_are_the_rows_of_a_table() -> None:
    table = one(document(results("r1", ROWS)))
    assert table.technique == "table"
    assert table.metadata["rows"] == "S, Cr"
    assert table.header["rows"] == ["S", "Cr"]
    assert table["z"].values.tolist() == [16, 24]
    assert table["kept"].values.dtype == np.bool_
    np.testing.assert_array_equal(table["mole"].values, [np.nan, 0.2])
    assert {v.dimensions for v in table.variables} == {("row",)}


def test_each_execution_is_a_row() -> None:
    groups = [
        results(f"r{i}", prop("hardness", "doubleType", f"{i}.5", 'units="GPa"'), condition=CONDITION) for i in range(3)
    ]
    table = one(document(*groups))
    assert table["hardness"].values.tolist() == [0.5, 1.5, 2.5]
    assert table["hardness"].unit == "GPa"
    assert table["temperature"].values.tolist() == [40.3] * 3
    assert table.header["rows"] == ["r0", "r1", "r2"]
    # What differs from row to row is not said of all of them.
    assert (table.sample_name, table.started_at) == (None, None)


def test_one_execution_with_single_numbers() -> None:
    table = one(document(results("r1", prop("lab:hardness", "decimalType", "5.25", 'units="GPa"'), material=MATERIAL)))
    assert table.sample_name == "混合物 A"
    assert table["hardness"].values.tolist() == [5.25]


def test_a_column_with_two_units_is_two() -> None:
    groups = [results(f"r{u}", prop("d", "doubleType", "2.0", f'units="{u}"')) for u in ("nm", "um")]
    table = one(document(*groups))
    assert {(v.name, v.series.unit) for v in table.variables} == {("d", "nm"), ("d_2", "um")}


def test_same_keys_in_different_groups_are_told_apart() -> None:
    inner = lists(prop("error", "doubleType", "0.1"), key="K") + prop("error", "doubleType", "0.2")
    table = one(document(results("r1", inner)))
    assert {v.name: v.series.values.tolist() for v in table.variables} == {"k_error": [0.1], "error": [0.2]}


def test_an_unknown_unit_is_doubted() -> None:
    table = one(document(results("r1", prop("x", "doubleType", "2.0", 'units="furlong/fortnight/x"'))))
    [variable] = table.variables
    assert (variable.series.unit, variable.unit_as_written) == ("", "furlong/fortnight/x")
    assert any("not known" in doubt for doubt in table.doubts)


def test_a_scale_factor_is_named_and_not_applied() -> None:
    table = one(document(results("r1", prop("x", "doubleType", "2.0", 'units="nm" scaleFactor="1000"'))))
    assert table["x"].values.tolist() == [2.0]
    assert any("scale factor 1000" in doubt for doubt in table.doubts)


def test_a_list_whose_first_has_gaps_has_no_axis() -> None:
    curve = one(document(results("r1", numbers("a", "Double", "NaN 1 2") + numbers("b", "Double", "1 2 3"))))
    assert {v.role for v in curve.variables} == {Role.SIGNAL}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (numbers("a", "Double", "1 2 3", 'size="4"'), "promises 4 numbers, 3 follow"),
        (numbers("a", "Double", "1 2 3", 'size="x"'), "promises x numbers"),
        (numbers("a", "Double", "1 2,5 3"), "'2,5' was found"),
        (numbers("a", "Int", "1 2.5 3"), "'2.5' was found"),
        (numbers("a", "UnsignedByte", "1 256 3"), "'256' was found"),
        (numbers("a", "Int", "1 1_0 3"), "'1_0' was found"),
        (numbers("a", "Boolean", "true maybe"), "'maybe' was found"),
        (prop("a", "doubleType", "many"), "'many' was found"),
    ],
)
def test_numbers_that_are_none_are_refused(content: str, said: str) -> None:
    with pytest.raises(DamagedFile, match=said):
        one(document(results("r1", content)))


@pytest.mark.parametrize("is_hex", [True, False])
@pytest.mark.parametrize("folder", ["", "x.maiml/"])
def test_a_file_beside_the_document_is_read(is_hex: bool, folder: str) -> None:
    inner = document(results("r1", "", material=MATERIAL, insertion=insertion(TABLE, is_hex=is_hex)))
    reading = one(archive({f"{folder}x.maiml": inner, f"{folder}a b.csv": TABLE, "__MACOSX/._x.maiml": b"\0"}), "x.zip")
    np.testing.assert_array_equal(reading["temperature"].values, np.arange(20))
    assert (reading.sample_name, reading.instrument) == ("混合物 A", "HPLC-20")
    assert reading.doubts == ()
    assert "a%20b.csv" in str(reading.header["maiml"])


def test_a_file_with_another_checksum_is_doubted() -> None:
    inner = document(results("r1", "", insertion=insertion(b"other")))
    reading = one(archive({"x.maiml": inner, "a b.csv": TABLE}), "x.zip")
    assert any("another SHA-256" in doubt for doubt in reading.doubts)


def test_files_that_gave_nothing_are_named() -> None:
    both = insertion(TABLE) + insertion(b"\0\1\2", uri="./x.bin") + insertion(b"", uri="./gone.txt")
    reading = one(
        archive({"x.maiml": document(results("r1", "", insertion=both)), "a b.csv": TABLE, "x.bin": b"\0\1\2"})
    )
    assert len([d for d in reading.doubts if "x.bin" in d or "gone.txt" in d]) == 2
    with pytest.raises(NothingMeasured, match=r"gone\.txt belongs to the document"):
        one(document(results("r1", "", insertion=insertion(b"", uri="./gone.txt"))))


def test_a_document_inside_a_document_is_not_followed() -> None:
    nested = insertion(FULL, uri="files/y.mai.txt")
    with pytest.raises(NothingMeasured, match="another MaiML document"):
        one(archive({"x.maiml": document(results("r1", "", insertion=nested)), "files/y.mai.txt": FULL}))


def test_a_protocol_holds_nothing_measured() -> None:
    with pytest.raises(NothingMeasured, match="protocol"):
        one(document(kind="protocolFileRootType"))


def test_encrypted_results_are_told() -> None:
    secret = (
        '<property key="a" xsi:type="doubleType"><EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#"/></property>'
    )
    with pytest.raises(UnsupportedVariant, match="encrypted"):
        one(document(results("r1", secret)))
    reading = one(document(results("r1", CURVE + secret)))
    assert any("encrypted" in doubt for doubt in reading.doubts)


def test_times_of_other_results_are_not_taken() -> None:
    log = TIMES.replace("</event>", '<resultsRef id="rr" ref="r2"/></event>')
    assert "ended_at" not in one(document(results("r1", CURVE), log=log)).metadata


def test_entities_and_depth_are_refused() -> None:
    with pytest.raises(HostileFile):
        one(FULL.replace(b"<maiml", b'<!DOCTYPE maiml [<!ENTITY a "b">]><maiml', 1))
    deep = "<property>" * 250 + "</property>" * 250
    with pytest.raises(HostileFile, match="levels deep"):
        one(document(results("r1", deep + " " * (9 << 20))))
    with pytest.raises((HostileFile, DamagedFile)):
        one(document(results("r1", deep)))


@pytest.mark.parametrize(
    "content",
    [
        archive({"a.txt": TABLE}),
        archive({"a.maiml": FULL, "b.maiml": FULL}),
        archive({"__MACOSX/a.maiml": FULL}),
        archive({"inner.zip": archive({"a.maiml": FULL})}),
        b"<maimlx/>",
        b'<html xmlns="http://www.maiml.org/schemas"/>',
    ],
)
def test_other_files_are_not_claimed(content: bytes) -> None:
    assert READER.recognise(Source(content, name="x")) is None


def test_an_edited_document_of_ours_is_refused_or_sound() -> None:
    content = standard.EXPORT.export(exportable(pattern())).content
    for old, new in (
        (b"contentDoubleListType", b"contentStringListType"),
        (b"<value>axis</value>", b"<value>axes</value>"),
        (b'key="kiban:origin"', b'key="kiban:orogin"'),
        (b"<value>xrd</value>", b"<value>xyz</value>"),
        (b"2026-05-04T10:30:00+00:00", b"soon"),
        (b' size="300"', b' size="299"'),
    ):
        assert old in content
        with pytest.raises(DamagedFile):
            one(content.replace(old, new))


def test_the_real_xrf_archive_has_eight_elements_and_their_spectrum(shared: Callable[[str], Path]) -> None:
    choice, readings = read(Source(shared("maiml/XRF.maiml.zip")))
    assert choice.reader.name == "maiml"
    qualitative, quantitative = readings[:2]
    assert (qualitative.title, quantitative.title) == ("XRF Qualitative Analysis", "XRF Quantitative Analysis")
    assert qualitative["atomic_number"].values.tolist()[:3] == [16, 24, 25]
    weight = quantitative["weight"]
    assert (weight.unit, len(weight.values)) == ("percent", 8)
    assert weight.values[:3] == pytest.approx([0.326705411331078, 19.2695684774269, 1.8015306876619])
    assert float(np.nansum(weight.values)) == pytest.approx(100.0, abs=0.01)
    assert quantitative["k_integrated_intensity"].values[1] == 1132459.31010943
    assert quantitative.metadata["rows"] == "S, Cr, Mn, Fe, Ni, Cu, Mo, Rh"
    assert quantitative.sample_name == "The material is SUS303 with laser-engraved."
    assert quantitative.operator == "Buser"
    assert quantitative.metadata["tube_voltage"] == Measured(50.0, "kV")
    assert quantitative.metadata["tube_current"] == Measured(0.03, "mA")
    assert quantitative.metadata["ended_at"] == datetime(2024, 4, 25, 7, 24, 55, tzinfo=UTC)
    # The spectrum is a file beside the document: as soon as there is a reader of its format it is a Reading too.
    spectra = [r for r in readings[2:] if r.signals and r.signals[0].series.values.shape == (4096,)]
    assert spectra or any(".emsa" in doubt for doubt in qualitative.doubts)


def test_the_real_microscope_document_has_seven_executions(shared: Callable[[str], Path]) -> None:
    reading = one(shared("maiml/output.maiml").read_bytes())
    assert reading.header["rows"] == [f"results00{i}" for i in range(1, 8)]
    assert reading["thickness"].values.tolist()[:3] == [0.1, 0.12, 0.11]
    assert reading["thickness"].unit == "mm"
    assert reading["temperature"].values.tolist()[:3] == [19.4, 20.5, 20.3]
    assert reading["temperature"].unit == "degC"
    assert reading["accelerating_voltage"].values.tolist() == [5.0] * 7
    assert reading.instrument == "SEM"


@pytest.mark.parametrize("name", ["example.maiml", "example4.maiml", "input.maiml"])
def test_real_protocols_hold_nothing_measured(shared: Callable[[str], Path], name: str) -> None:
    with pytest.raises(NothingMeasured, match="protocol"):
        one(shared(f"maiml/{name}").read_bytes())
