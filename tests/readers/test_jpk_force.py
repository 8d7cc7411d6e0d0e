"""JPK force curves: the real file, and each variant of archive, numbers and conversions in small."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, LimitExceeded, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.jpk.properties import parse
from kiban.readers.jpk_force import READER
from kiban.readers.recognise import read
from kiban.readers.source import Limits, Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

COUNTS = [-2, 0, 3]
FORCE = {
    "list": "distance force",
    "default": "force",
    "base": "volts",
    "distance": ("volts", 2e-8, 0.0, "m"),
    "force": ("distance", 0.5, 0.0, "N"),
}
HEIGHT = {"list": "nominal", "default": "nominal", "base": "volts", "nominal": ("volts", -1e-6, 1e-4, "m")}


def conversions(prefix: str, slots: dict[str, Any]) -> dict[str, str]:
    made = {f"{prefix}.conversions.{key}": slots[key] for key in ("list", "default", "base")}
    made[f"{prefix}.conversion.volts.defined"] = "false"
    for slot, value in slots.items():
        if isinstance(value, tuple):
            base, factor, offset, unit = value
            at = f"{prefix}.conversion.{slot}"
            made |= {f"{at}.defined": "true", f"{at}.base-calibration-slot": base, f"{at}.name": slot.title()}
            made |= {f"{at}.scaling.multiplier": str(factor), f"{at}.scaling.offset": str(offset)}
            made |= {f"{at}.scaling.style": "offsetmultiplier", f"{at}.scaling.unit.unit": unit}
    return made


def encoder(prefix: str, kind: str = "signedshort") -> dict[str, str]:
    at = f"{prefix}.encoder"
    return {
        f"{at}.type": kind, f"{at}.scaling.style": "offsetmultiplier", f"{at}.scaling.offset": "1.0",
        f"{at}.scaling.multiplier": "0.5", f"{at}.scaling.unit.unit": "V",
    }  # fmt: skip


def channel(key: str, slots: dict[str, Any], *, kind: str = "short", code: str = "signedshort") -> dict[str, str]:
    at = f"channel.{key}"
    made = {f"{at}.data.type": kind, f"{at}.data.file.name": f"channels/{key}.dat"}
    return made | encoder(f"{at}.data", code) | conversions(f"{at}.conversion-set", slots)


def segment(style: str = "extend", n: int = 3, **changes: str) -> dict[str, str]:
    at = "force-segment-header"
    made = {
        f"{at}.num-points": str(n), f"{at}.duration": "0.3", f"{at}.time-stamp": r"2016-03-31 17\:51\:14.543 +0200",
        f"{at}.settings.segment-settings.style": style, f"{at}.position.x": "1.0E-6", f"{at}.position.y": "2.0E-6",
        "channels.list": "height vDeflection",
    }  # fmt: skip
    return made | channel("height", HEIGHT) | channel("vDeflection", FORCE) | changes


def written(properties: dict[str, str]) -> bytes:
    lines = ["#Thu Mar 31 17:51:15 CEST 2016", *(f"{key}={value}" for key, value in properties.items())]
    return "\n".join(lines).encode("latin-1")


def numbers(values: list[int], code: str = ">i2") -> bytes:
    return np.array(values, dtype=code).tobytes()


GENERAL = {
    "jpk-data-file": "spm-forcefile",
    "file-format-version": "0.12",
    "force-scan-series.force-segments.count": "2",
    "force-scan-series.description.user-name": "Sato",
    "force-scan-series.description.comment": "no comment entry",
}


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def members(*segments: dict[str, str], below: str = "", values: bytes | None = None) -> dict[str, bytes]:
    made = {}
    for n, properties in enumerate(segments):
        at = f"{below}segments/{n}"
        made[f"{at}/segment-header.properties"] = written(properties)
        for key in properties["channels.list"].split():
            made[f"{at}/channels/{key}.dat"] = numbers(COUNTS) if values is None else values
    return made


def single(*segments: dict[str, str], values: bytes | None = None) -> bytes:
    return zipped({"header.properties": written(GENERAL)} | members(*segments, values=values))


SHARED = (
    {"force-segment-header-info.0.settings.segment-settings.style": "retract", "lcd-infos.count": "2"}
    | {"lcd-info.0.type": "integer-data", "lcd-info.1.type": "integer-data"}
    | encoder("lcd-info.0", "signedinteger-limited") | conversions("lcd-info.0.conversion-set", HEIGHT)
    | encoder("lcd-info.1", "signedinteger") | conversions("lcd-info.1.conversion-set", FORCE)
)  # fmt: skip
NEWER = {
    "force-segment-header.force-segment-header-info.*": "0",
    "force-segment-header.num-points": "3",
    "force-segment-header.duration": "0.3",
    "channels.list": "height vDeflection",
    "channel.height.lcd-info.*": "0",
    "channel.vDeflection.lcd-info.*": "1",
}
TOP = {"header.properties": written(GENERAL), "shared-data/header.properties": written(SHARED)}


def a_map() -> bytes:
    made = {"header.properties": written(GENERAL)}
    for n in (0, 1, 10):
        made[f"index/{n}/header.properties"] = b"type=force-scan-series\n"
        made |= members(segment(), segment("retract"), below=f"index/{n}/")
    return zipped(made)


AT = "channel.vDeflection."
CONVERSION = f"{AT}conversion-set.conversion."


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "two segments": single(segment(), segment("retract")),
        "shared properties": zipped(TOP | members(NEWER, values=numbers(COUNTS, ">i4"))),
        "map": a_map(),
    }


def of(content: bytes, **how: Any) -> list[Reading]:
    return READER.read(Source(content, name="a.jpk-force", **how))


def test_the_real_file(shared: Callable[[str], Path]) -> None:
    choice, (extend, retract) = read(Source(shared("microscopy/fmt-jpk-fd_spot3-0192.jpk-force")))
    assert choice.reader.name == "jpk_force"
    assert extend.technique == "force_spectroscopy"
    assert extend.title.endswith("segment 0: extend")
    assert retract.title.endswith("segment 1: retract")
    # The last point by hand: (3720 · 3.0921e-4 - 0.0072887) V · 7.00014e-8 m/V · 0.0434937 N/m.
    assert extend["force"].values[-1] == pytest.approx(3.47992e-9, rel=1e-5)
    assert extend["force"].unit == "N"
    assert len(extend["force"]) == 2000
    # (279 · 1.52588e-3 + 50) V · -1e-6 m/V + 1e-4 m, times 0.580608.
    assert extend["height"].values[0] == pytest.approx(2.878322e-5, rel=1e-6)
    assert extend["time"].values[1] == pytest.approx(0.0005)
    assert extend.metadata["spring_constant"] == Measured(0.043493666407368466, "N/m")
    assert extend.metadata["deflection_sensitivity"] == Measured(7.000143623002982e-08, "m/V")
    assert extend.operator == "katrin"
    assert extend.started_at is not None
    assert extend.started_at.astimezone(UTC) == datetime(2016, 3, 31, 15, 51, 14, 543000, tzinfo=UTC)
    assert "comment" not in extend.metadata
    assert extend.doubts == retract.doubts == ()


def test_numbers_go_through_encoder_and_conversions() -> None:
    reading = of(single(segment(), segment("retract")))[0]
    volts = 0.5 * np.array(COUNTS) + 1.0
    assert reading["force"].values == pytest.approx(volts * 2e-8 * 0.5)
    assert reading["height"].values == pytest.approx(1e-4 - 1e-6 * volts)
    assert [v.name for v in reading.variables] == ["time", "force", "height"]
    assert reading["time"].values == pytest.approx([0.0, 0.1, 0.2])
    assert reading.metadata["position_y"] == Measured(2e-6, "m")
    assert reading.signals[0].label == "vDeflection (Force)"


def test_newer_files_keep_properties_in_one_place() -> None:
    (reading,) = of(TestSuite.examples["shared properties"])
    assert reading.title.endswith("retract")
    assert reading["force"].values == pytest.approx((0.5 * np.array(COUNTS) + 1.0) * 1e-8)
    assert reading.metadata["spring_constant"] == Measured(0.5, "N/m")
    assert "The header counts 2 segments; 1 are in the file." in reading.doubts


def test_curves_of_a_map_are_arrays() -> None:
    extend, retract = of(a_map())
    assert extend["curve"].values.tolist() == [0, 1, 10]
    assert extend["force"].shape == retract["force"].shape == (3, 3)
    assert extend["position_x"].values.tolist() == [1e-6] * 3
    assert extend.signals[0].dimensions == ("curve", "time")


def test_curves_of_other_lengths_are_readings_of_their_own() -> None:
    made = {"header.properties": written(GENERAL)} | members(segment(), below="index/0/")
    made |= members(segment(n=2), below="index/1/", values=numbers([1, 2]))
    assert [reading["force"].shape for reading in of(zipped(made))] == [(1, 3), (1, 2)]


@pytest.mark.parametrize(
    ("kind", "code", "dtype"),
    [
        ("short-data", "unsignedshort", ">u2"),
        ("memory-short-data", "signedshort-limited", ">i2"),
        ("integer-data", "signedinteger", ">i4"),
        ("memory-integer-data", "unsignedinteger-limited", ">u4"),
        ("long-data", "signedlong", ">i8"),
        ("float-data", "", ">f4"),
        ("double", "", ">f8"),
    ],
)
def test_every_type_of_number(kind: str, code: str, dtype: str) -> None:
    one = segment() | channel("vDeflection", FORCE, kind=kind, code=code) | {"channels.list": "vDeflection"}
    reading = of(single(one, values=numbers([1, 2, 3], dtype)))[0]
    counts = np.array([1.0, 2.0, 3.0])
    volts = counts if dtype[1] == "f" else 0.5 * counts + 1.0
    assert reading["force"].values == pytest.approx(volts * 1e-8)


def test_constant_and_stepped_channels() -> None:
    one = segment() | {"channels.list": "a b", "channel.a.data.type": "constant-data", "channel.a.data.value": "7"}
    one |= {"channel.b.data.type": "raster-data", "channel.b.data.start": "1", "channel.b.data.step": "0.5"}
    reading = of(single(one))[0]
    assert reading["a"].values.tolist() == [7.0, 7.0, 7.0]
    assert reading["b"].values.tolist() == [1.0, 1.5, 2.0]


def test_an_uncalibrated_cantilever_gives_what_there_is() -> None:
    volts = of(single(segment() | channel("vDeflection", FORCE | {"default": "volts"})))[0]
    assert volts["deflection_voltage"].unit == "V"
    metres = of(single(segment() | channel("vDeflection", FORCE | {"default": "distance"})))[0]
    assert metres["deflection"].unit == "m"
    undefined = segment(**{"channel.vDeflection.conversion-set.conversion.force.defined": "false"})
    reading = of(single(undefined))[0]
    assert reading["deflection_voltage"].unit == "V"
    assert "'force' is not defined" in reading.doubts[1]
    assert "spring_constant" not in reading.metadata


def test_a_unit_that_is_none_is_left_out() -> None:
    reading = of(single(segment(**{f"{CONVERSION}force.scaling.unit.unit": "blips"})))[0]
    assert reading["v_deflection"].unit == ""
    assert "'blips' of vDeflection" in reading.doubts[-1]


def test_without_duration_points_are_counted() -> None:
    reading = of(single(segment(**{"force-segment-header.duration": "0.0"})))[0]
    assert reading["point"].values.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (single(segment(n=4)), DamagedFile, "4 numbers of 2 bytes are promised; 6 bytes"),
        (single(segment(), values=b"abc"), DamagedFile, "3 numbers of 2 bytes"),
        (single(segment(**{f"{AT}data.file.name": "other.dat"})), DamagedFile, "not in the archive"),
        (single(segment(**{f"{AT}data.type": "text"})), UnsupportedVariant, "type 'text'"),
        (single(segment(**{f"{AT}data.encoder.type": "signedlong"})), UnsupportedVariant, "signedlong"),
        (single(segment(**{f"{CONVERSION}force.scaling.style": "table"})), UnsupportedVariant, "'table'"),
        (single(segment(**{f"{CONVERSION}distance.scaling.multiplier": "x"})), UnsupportedVariant, "multiplier"),
        (single(segment(**{f"{CONVERSION}distance.base-calibration-slot": "force"})), DamagedFile, "do not lead"),
        (single(segment(**{"channels.list": ""})), DamagedFile, "no channels are listed"),
        (single(segment(n=0, **{"channels.list": ""})), NothingMeasured, "no segment has"),
    ],
)
def test_contradictions_are_errors(content: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        of(content)


def test_computed_channels_cost_memory_too() -> None:
    one = segment(n=10**9) | {"channels.list": "a", "channel.a.data.type": "constant-data", "channel.a.data.value": "7"}
    with pytest.raises(LimitExceeded):
        of(single(one), limits=Limits(expanded_bytes=1 << 20))


def test_archives_with_other_files_stay_archives() -> None:
    for name in ("scans/segments/0/segment-header.properties", "segments/x/segment-header.properties", "a.csv"):
        assert READER.recognise(Source(zipped({name: b"a=1"}))) is None


def test_properties_are_those_of_java() -> None:
    content = b"! no\n# no\n a\\:b : c\\=d\ne=\\u00b5m \\\n   long\r\nf\rg\\ h i\n"
    assert parse(content) == {"a:b": "c=d", "e": "\u00b5m long", "f": "", "g h": "i"}


@given(st.binary(max_size=300))
def test_any_bytes_are_properties(content: bytes) -> None:
    assert all(isinstance(value, str) for value in parse(content).values())
