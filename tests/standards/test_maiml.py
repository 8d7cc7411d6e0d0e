"""Measurements as MaiML: valid by somebody else's validator, and read back as they were."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from kiban.errors import NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series, Uncertainties
from kiban.quantity.uncertainty import Kind, Origin
from kiban.readers.maiml import READER
from kiban.readers.source import Source
from kiban.records.measurement import Analysis
from kiban.records.reading import Reading, Role, Variable
from kiban.standards import maiml, maiml_zip
from kiban.standards.contract import Exportable
from kiban.testing.export_examples import (
    EXAMPLES,
    RAW,
    diffraction_map,
    exportable,
    fact_of,
    pattern,
    sample_record,
    spectrum,
)
from kiban.testing.export_suite import ExportSuite
from kiban.testing.reading_strategies import readings

N = {"m": "http://www.maiml.org/schemas"}
XSI = "{http://www.w3.org/2001/XMLSchema-instance}type"
FOUND = Analysis(
    name="powder_xrd",
    version=3,
    summary="2 peaks.",
    columns=("peak", "d_spacing", "phase"),
    units=("", "nm", ""),
    rows=((1, 0.31, "rutile (110)"), (2, None, "")),
    doubts=("Weak.",),
)


class TestMaiml(ExportSuite):
    export = maiml.EXPORT


class TestMaimlZip(ExportSuite):
    export = maiml_zip.EXPORT


def full() -> Exportable:
    """A measurement with everything that can be known of one."""
    bare = exportable(
        pattern(), analyses=(FOUND,), sample=sample_record("TiO2 A600"), composition={"Ti": 1 / 3, "O": 2 / 3}
    )
    facts = (
        fact_of(bare, "d_spacing", Measured(0.31, "nm"), peak=1),
        fact_of(bare, "crystallite_size", Measured(12.0, "nm"), peak=1, at=Measured(300.0, "K")),
    )
    return replace(bare, facts=facts)


def read_back(content: bytes) -> Reading:
    [reading] = READER.read(Source(content, name="x.maiml"))
    return reading


def check_read_back(reading: Reading, back: Reading) -> None:
    """Everything of the Reading is there again; types of numbers too, but for their byte order."""
    for name in ("technique", "title", "sample_name", "operator", "instrument", "started_at", "doubts"):
        assert getattr(back, name) == getattr(reading, name), name
    assert len(back.variables) == len(reading.variables)
    for was, now in zip(reading.variables, back.variables, strict=True):
        for name in ("name", "dimensions", "role", "label", "unit_as_written"):
            assert getattr(now, name) == getattr(was, name), name
        assert now.series.unit == was.series.unit
        assert now.series.values.dtype == was.series.values.dtype.newbyteorder("=")
        np.testing.assert_array_equal(now.series.values, was.series.values)
        doubt, again = was.series.uncertainty, now.series.uncertainty
        assert (doubt is None) == (again is None)
        if doubt is not None and again is not None:
            np.testing.assert_array_equal(again.values.reshape(-1), doubt.values.reshape(-1))
            for name in ("kind", "origin", "distribution", "coverage_factor"):
                assert getattr(again, name) == getattr(doubt, name), name
    assert dict(back.metadata) == dict(reading.metadata)
    assert [type(v) for v in back.metadata.values()] == [type(v) for v in reading.metadata.values()]
    own = {key: value for key, value in back.header.items() if key in reading.header}
    assert own == dict(reading.header)


def valid(path: Path, content: bytes) -> list[str]:
    """What pymaiml finds wrong."""
    validation = pytest.importorskip("pymaiml.validation")
    path.write_bytes(content)
    return [str(finding) for finding in validation.validate(path).findings]


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("export", [maiml.EXPORT, maiml_zip.EXPORT], ids=lambda e: e.name)
def test_examples_are_valid_maiml(tmp_path: Path, name: str, export: Any) -> None:
    assert not valid(tmp_path / f"x{export.suffix}", export.export(exportable(EXAMPLES[name]())).content)


def test_a_full_measurement_is_valid_maiml(tmp_path: Path) -> None:
    assert not valid(tmp_path / "x.maiml", maiml.EXPORT.export(full()).content)


def test_another_library_loads_it() -> None:
    serialization = pytest.importorskip("pymaiml.serialization")
    loaded = serialization.loads(maiml.EXPORT.export(full()).content.decode())
    [results] = loaded.root.data.results_list
    assert [result.id for result in results.results] == ["raw_file", "numbers", "findings"]
    assert [condition.id for condition in results.conditions] == ["conditions"]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(reading=readings())
def test_any_reading_is_valid_maiml(tmp_path: Path, reading: Reading) -> None:
    assert not valid(tmp_path / "x.maiml", maiml.EXPORT.export(exportable(reading)).content)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(reading=readings())
def test_any_reading_comes_back_or_the_loss_is_told(reading: Reading) -> None:
    # No reader gives an axis with gaps, or a title of nothing.
    assume(all(np.all(np.isfinite(v.series.values)) for v in reading.variables if v.role is Role.AXIS))
    assume(reading.title.strip())
    exported = maiml.EXPORT.export(exportable(reading))
    if not any("cannot hold" in loss for loss in exported.losses):
        check_read_back(reading, read_back(exported.content))


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_come_back_from_both_forms(name: str) -> None:
    reading = EXAMPLES[name]()
    for export in (maiml.EXPORT, maiml_zip.EXPORT):
        check_read_back(reading, read_back(export.export(exportable(reading)).content))


def test_what_was_read_back_can_be_exported_and_read_again() -> None:
    once = read_back(maiml.EXPORT.export(exportable(pattern())).content)
    again = read_back(maiml.EXPORT.export(exportable(once)).content)
    check_read_back(once, again)
    assert {"maiml", "maiml 2"} <= set(again.header)


def _root(given: Exportable) -> ElementTree.Element:
    return ElementTree.fromstring(maiml.EXPORT.export(given).content)  # noqa: S314  our own bytes


def _property(element: ElementTree.Element, key: str) -> ElementTree.Element:
    found = next(e for e in element.findall("m:property", N) if e.get("key") == key)
    assert found is not None
    return found


def test_the_document_says_who_and_with_what() -> None:
    document = _root(full()).find("m:document", N)
    assert document is not None
    assert document.findtext("m:annotation", "", N) == "kb:7Q4M-2KXD-98"
    assert document.findtext("m:owner/m:description", "", N) == "佐藤"
    assert document.findtext("m:instrument/m:description", "", N) == "Empyrean"
    assert document.findtext("m:date", "", N) == "2026-05-04T12:30:00.123456+00:00"
    assert [v.findtext("m:description", "", N) for v in document.findall("m:vendor", N)] == [
        "The Kiban developers",
        "PANalytical",
    ]


def test_a_measurement_without_a_person_is_anonymous() -> None:
    root = _root(exportable(spectrum()))
    assert root.findtext("m:document/m:owner/m:description", "", N) == "anonymous"
    assert root.find("m:document/m:instrument", N) is None
    assert not root.findall(".//m:instrumentRef", N)


def test_the_protocol_is_a_net_from_sample_to_findings() -> None:
    root = _root(full())
    arcs = {(a.get("source"), a.get("target")) for a in root.findall(".//m:arc", N)}
    assert arcs == {
        ("place-sample", "transition-measure"),
        ("place-conditions", "transition-measure"),
        ("transition-measure", "place-raw_file"),
        ("place-raw_file", "transition-read"),
        ("transition-read", "place-numbers"),
        ("place-numbers", "transition-analyse"),
        ("transition-analyse", "place-findings"),
    }
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(set(ids)) == len(ids)
    template = next(e for e in root.iter(f"{{{N['m']}}}conditionTemplate"))
    assert _property(template, "kiban:wavelength").get("units") == "nm"
    assert not template.findall(".//m:value", N)


def test_the_raw_file_is_named_with_its_checksum() -> None:
    import base64

    inserted = _root(full()).find(".//m:result[@id='raw_file']/m:insertion", N)
    assert inserted is not None
    assert inserted.findtext("m:uri", "", N) == "./%E6%B8%AC%E5%AE%9A%201.ras"
    assert base64.b64decode(inserted.findtext("m:hash", "", N)) == hashlib.sha256(RAW).digest()
    stated = inserted.find("m:hash", N)
    assert stated is not None
    assert stated.get("method") == "SHA-256"


def test_numbers_have_units_and_uncertainties() -> None:
    result = _root(full()).find(".//m:result[@id='numbers']", N)
    assert result is not None
    contents = {c.get("key"): c for c in result.findall("m:content", N)}
    intensity = contents["kiban:intensity"]
    assert (intensity.get("units"), intensity.get("size"), intensity.get(XSI)) == (
        "count",
        "300",
        "contentLongListType",
    )
    doubt = intensity.find("m:uncertainty", N)
    assert doubt is not None
    assert (doubt.get("key"), doubt.get("units")) == ("kiban:standard", "count")
    assert _property(doubt, "kiban:origin").findtext("m:value", "", N) == "estimate"
    assert contents["kiban:two_theta"].findtext("m:description", "", N) == "2Theta"


def test_findings_keep_their_tables_and_conditions() -> None:
    result = _root(full()).find(".//m:result[@id='findings']", N)
    assert result is not None
    analysis = _property(result, "kiban:analysis")
    columns = {c.get("axis"): c for c in analysis.findall("m:content", N)}
    assert columns["d_spacing"].findtext("m:value", "", N) == "0.31 NaN"
    assert columns["peak"].get(XSI) == "contentLongListType"
    assert [v.text for v in columns["phase"].findall("m:value", N)] == ["rutile (110)", None]
    claims = [p for p in result.findall("m:property", N) if p.get("key") == "kiban:property"]
    assert [c.findtext("m:description", "", N) for c in claims] == ["d_spacing", "crystallite_size"]
    condition = _property(claims[1], "kiban:condition")
    assert _property(condition, "kiban:at").get("units") == "K"


def test_the_log_tells_when_each_step_was_done() -> None:
    events = _root(full()).findall(".//m:event", N)
    told = [
        tuple(_property(e, key).findtext("m:value", "", N) for key in ("lifecycle:transition", "time:timestamp"))
        for e in events
    ]
    assert told == [
        ("start", "2026-05-04T10:00:00.250000"),
        ("complete", "2026-05-04T10:30:00+00:00"),
        ("complete", "2026-05-04T12:30:00.123456+00:00"),
        ("complete", "2026-05-04T12:30:00.123456+00:00"),
    ]
    assert _property(events[2], "kiban:reader").findtext("m:value", "", N) == "rigaku_ras"


def test_the_same_things_have_the_same_uuid_in_every_document() -> None:
    one, other = _root(full()), _root(exportable(diffraction_map(), sample=sample_record("TiO2 A600")))
    for path in (".//m:creator", ".//m:material"):
        assert one.findtext(f"{path}/m:uuid", "", N) == other.findtext(f"{path}/m:uuid", "", N)
    assert one.findtext("m:document/m:uuid", "", N) == other.findtext("m:document/m:uuid", "", N)
    later = replace(full(), record=replace(full().record, version=2))
    assert _root(later).findtext("m:document/m:uuid", "", N) != one.findtext("m:document/m:uuid", "", N)


def test_an_archive_holds_the_files_byte_for_byte() -> None:
    given = exportable(pattern())
    with zipfile.ZipFile(io.BytesIO(maiml_zip.EXPORT.export(given).content)) as archive:
        assert set(archive.namelist()) == {
            "kb-7Q4M-2KXD-98.maiml",
            "files/kb-7Q4M-2KXD-98.nxs",
            "files/測定 1.ras",
        }
        assert archive.read("files/測定 1.ras") == RAW
        assert archive.read("files/kb-7Q4M-2KXD-98.nxs") == given.normalised


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a.ras", "a.ras"),
        ("../../etc/passwd", "passwd"),
        ("..\\x\\y.raw", "y.raw"),
        ("..", "raw"),
        ("", "raw"),
        ("a\nb?.txt", "a_b_.txt"),
        ("測定.ras", "測定.ras"),
    ],
)
def test_no_name_leads_out_of_the_archive(name: str, plain: str) -> None:
    given = exportable(pattern())
    given = replace(given, measurement=replace(given.measurement, file_name=name))
    assert maiml.raw_name(given) == plain


def test_texts_that_xml_cannot_hold_are_told(tmp_path: Path) -> None:
    reading = replace(pattern(), operator="a\x01b\x0bc", title="x\ufffe")
    exported = maiml.EXPORT.export(exportable(reading))
    assert any("cannot hold" in loss for loss in exported.losses)
    assert read_back(exported.content).operator == "a\ufffdb\ufffdc"
    assert not valid(tmp_path / "x.maiml", exported.content)


def test_white_space_and_odd_texts_come_back() -> None:
    reading = replace(pattern(), operator=" a\tb\r\nc\n ", sample_name="", doubts=("<&>\"'", "]]>"))
    check_read_back(reading, read_back(maiml.EXPORT.export(exportable(reading)).content))


def test_zones_that_xml_does_not_know_come_back() -> None:
    odd = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=15, seconds=7)))
    reading = replace(pattern(), started_at=odd, metadata={"ended_at": odd})
    check_read_back(reading, read_back(maiml.EXPORT.export(exportable(reading)).content))


def test_a_deep_header_comes_back() -> None:
    deep: Any = "bottom"
    for i in range(90):
        deep = [deep] if i % 3 else {"in 深い": deep}
    reading = replace(pattern(), header={"deep": deep})
    check_read_back(reading, read_back(maiml.EXPORT.export(exportable(reading)).content))


def test_integers_wider_than_64_bits_come_back() -> None:
    reading = replace(pattern(), header={"n": 10**40, "x": -(2**63)})
    check_read_back(reading, read_back(maiml.EXPORT.export(exportable(reading)).content))


def test_long_lists_come_back(tmp_path: Path) -> None:
    values = np.random.default_rng(3).normal(size=1_200_000)
    doubt = Uncertainties(values=np.array([0.5]), kind=Kind.RESOLUTION, origin=Origin.FILE)
    reading = Reading(
        technique="spectrum",
        title="long",
        variables=(Variable(name="signal", series=Series(values, "V", doubt), dimensions=("point",)),),
    )
    content = maiml.EXPORT.export(exportable(reading)).content
    assert len(content) > 20e6
    check_read_back(reading, read_back(content))
    assert not valid(tmp_path / "x.maiml", content)


def test_too_many_numbers_are_left_to_the_file_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = b"Temperature (K),Resistance (ohm)\n" + b"".join(b"%d,%d.5\n" % (t, 3 * t) for t in range(20))
    monkeypatch.setattr(maiml, "_MOST_NUMBERS", 100)
    bare = exportable(pattern())
    given = replace(bare, raw=raw, measurement=replace(bare.measurement, file_checksum=hashlib.sha256(raw).hexdigest()))
    alone = maiml.EXPORT.export(given)
    assert any("too many" in loss and "maiml_zip" in loss for loss in alone.losses)
    with pytest.raises(NothingMeasured, match="no numbers"):
        read_back(alone.content)
    package = maiml_zip.EXPORT.export(given)
    assert any("too many" in loss and "normalised file" in loss for loss in package.losses)
    back = read_back(package.content)
    np.testing.assert_array_equal(back["temperature"].values, np.arange(20))
    assert back.doubts == ()
