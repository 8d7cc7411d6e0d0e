"""OPUS: each variant of the format in small, and another program's reading of the same bytes.

No real file is at hand; the bytes are built after the layout that the reader's module states.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.bruker_opus import READER
from kiban.readers.source import Source
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

SAMPLE, REFERENCE, RATIO = 1, 2, 3
SPECTRUM, INTERFEROGRAM, PHASE, ABSORBANCE, RAMAN = 1, 2, 3, 4, 10


def code(
    data: int = 0, origin: int = 0, *, part: int = 0, parameters: int = 0, derivative: int = 0, extra: int = 0
) -> int:
    return part | origin << 2 | parameters << 4 | data << 10 | derivative << 17 | extra << 19


def parameter(key: str, value: float | str, kind: int | None = None) -> bytes:
    if isinstance(value, str):
        content = value.encode("cp1252") + b"\0"
        content += b"\0" * (len(content) % 2)
        default = 2
    elif isinstance(value, int):
        content, default = struct.pack("<i", value), 0
    else:
        content, default = struct.pack("<d", value), 1
    return key.encode() + b"\0" + struct.pack("<HH", default if kind is None else kind, len(content) // 2) + content


def parameter_block(values: Mapping[str, float | str]) -> bytes:
    content = b"".join(parameter(key, value) for key, value in values.items()) + b"END\0\0\0\0\0"
    return content + b"\0" * (-len(content) % 4)


def opus(*blocks: tuple[int, bytes], directory_at: int = 24, **changes: int) -> bytes:
    n = len(blocks) + 1
    place = directory_at + 12 * n
    entries = [(code(13), 3 * n, directory_at)]
    body = b""
    for kind, content in blocks:
        padded = content + b"\0" * (-len(content) % 4)
        entries.append((kind, len(padded) // 4, place + len(body)))
        body += padded
    head = struct.pack("<4sdiii", b"\n\n\xfe\xfe", 920622.0, directory_at, 40, changes.get("n_blocks", n))
    return head.ljust(directory_at, b"\0") + b"".join(struct.pack("<Iii", *entry) for entry in entries) + body


def status(values: Sequence[float], **changes: float | str | None) -> dict[str, float | str]:
    found: dict[str, float | str | None] = {
        "DPF": 1,
        "NPT": len(values),
        "FXV": 4000.0,
        "LXV": 400.0,
        "CSF": 1.0,
        "MXY": float(np.float32(max(values))),
        "MNY": float(np.float32(min(values))),
        "DXU": "WN",
        "DAT": "21/03/2023",
        "TIM": "14:21:07.238 (GMT+1)",
    }
    return {key: value for key, value in (found | changes).items() if value is not None}


def spectrum(
    values: Sequence[float], data: int = ABSORBANCE, origin: int = RATIO, *, padding: int = 1, **changes: Any
) -> tuple[tuple[int, bytes], tuple[int, bytes]]:
    bits = {name: changes.pop(name) for name in ("part", "derivative", "extra") if name in changes}
    bits.setdefault("part", 3)
    before = changes.pop("before", b"")
    dtype = "<i4" if changes.get("DPF") == 2 else "<f4"
    content = before + np.array(values, dtype=dtype).tobytes() + b"\0" * 4 * padding
    return (
        (code(data, origin, **bits), content),
        (code(data, origin, parameters=1, **bits), parameter_block(status(values, **changes))),
    )


Y = (0.5, 0.25, 1.5, 0.0)
SAMPLE_BLOCK = (
    code(parameters=10),
    parameter_block({"SNM": "Quartz µ", "SFM": "KBr pellet", "CNM": "A. Person", "EXP": "MIR_TR.XPM"}),
)
INSTRUMENT_BLOCK = (code(parameters=2), parameter_block({"INS": "VERTEX 70", "SRN": "1234", "ASS": 32, "ARS": 64}))
ACQUISITION_BLOCK = (code(parameters=3), parameter_block({"RES": 4.0, "NSS": 32, "AQM": "DN"}))
OPTICS_BLOCK = (code(parameters=6), parameter_block({"SRC": "MIR", "DTC": "RT-DLaTGS", "BMS": "KBr", "APT": "6 mm"}))
REFERENCE_BLOCK = (code(0, REFERENCE, parameters=2), parameter_block({"ASS": 16, "INS": "VERTEX 70"}))
HISTORY_BLOCK = (code(extra=5), b"Command: Measure\0User: A. Person\0")
PARAMETERS = (SAMPLE_BLOCK, INSTRUMENT_BLOCK, ACQUISITION_BLOCK, OPTICS_BLOCK, REFERENCE_BLOCK, HISTORY_BLOCK)
PLAIN = opus(*spectrum(Y), *PARAMETERS)
MANY = opus(
    *spectrum((1.0, 2.0, 3.0), SPECTRUM, SAMPLE),
    *spectrum((4.0, 5.0, 6.0), SPECTRUM, REFERENCE),
    *spectrum((7.0, -8.0, 9.0, 1.0), INTERFEROGRAM, SAMPLE, FXV=0.0, LXV=3.0, DXU="PNT"),
    *spectrum((0.1, 0.2), PHASE, SAMPLE, FXV=7000.0, LXV=0.0),
    *spectrum(Y),
    *PARAMETERS,
)


def overlapping() -> bytes:
    content = bytearray(PLAIN)
    struct.pack_into("<i", content, 24 + 12 + 4, 8)  # the words of the first block
    return bytes(content)


RECORD = struct.Struct("<8i4d2i7d2i2d")


def series_block(
    spectra: Sequence[Sequence[float]], *, promised: int | None = None, csf: float = 1.0, **changes: Any
) -> bytes:
    n = len(spectra[0])
    ranges = changes.get("ranges", [(0, len(spectra) - 1)])
    offset = 24 + 8 * len(ranges)
    head = struct.pack(
        "<6i", 0, len(spectra) if promised is None else promised, offset, changes.get("data_bytes", 4 * n + 4),
        RECORD.size, len(ranges),
    )  # fmt: skip
    parts = [head, *(struct.pack("<2i", *each) for each in ranges)]
    for i, row in enumerate(spectra):
        least, largest = changes.get("extremes") or (min(row) * csf, max(row) * csf)
        parts.append(np.array([*row, 0.0], dtype="<f4").tobytes())
        parts.append(
            RECORD.pack(
                *(1, 1, i, changes.get("n_points", n), 0, 0, 0, 0), *(0.0,) * 4, 0, 0,
                *(4000.0, 400.0, least, largest, csf, 0.0, 0.0), 0, 0, 2.0 * i, 2.0 * i + 1.5,
            )
        )  # fmt: skip
    return b"".join(parts)


SPECTRA = [[1.0, 2.0, 3.0], [2.0, 4.0, 8.0]]


def series(content: bytes, **changes: float | str | None) -> bytes:
    return opus(
        (code(ABSORBANCE, RATIO, part=3, extra=2), content),
        (code(ABSORBANCE, RATIO, part=3, extra=2, parameters=1), parameter_block(status(SPECTRA[0], **changes))),
        SAMPLE_BLOCK,
    )


def of(content: bytes) -> list[Reading]:
    return READER.read(Source(content, name="x.0"))


def one(content: bytes) -> Reading:
    [reading] = of(content)
    return reading


class TestBrukerOpus(ReaderSuite):
    reader = READER
    examples: ClassVar[Mapping[str, bytes]] = {
        "absorbance": PLAIN,
        "everything saved": MANY,
        "directory elsewhere": opus(*spectrum(Y), directory_at=504),
        "Raman": opus(*spectrum(Y, RAMAN, FXV=3500.0, LXV=50.0)),
        "complex": opus(*spectrum(Y, SPECTRUM, SAMPLE, part=1), *spectrum(Y, SPECTRUM, SAMPLE, part=2)),
        "second channel": opus(*spectrum(Y, SPECTRUM + 32, SAMPLE)),
        "integers": opus(*spectrum((1, 2, 300), DPF=2, CSF=0.5, MNY=0.5, MXY=150.0)),
        "compact": opus(*spectrum(Y, extra=4, padding=0, before=b"\1\2\3\4" * 3)),
        "series": series(series_block(SPECTRA)),
    }


def test_an_absorbance_spectrum_is_read_with_all_that_is_stated() -> None:
    reading = one(PLAIN)
    assert (reading.technique, reading.title) == ("ir", "Quartz µ: Absorbance")
    assert [(v.name, v.role, v.series.unit) for v in reading.variables] == [
        ("wavenumber", Role.AXIS, "1/cm"),
        ("absorbance", Role.SIGNAL, "absorbance"),
    ]
    assert reading["wavenumber"].values.tolist() == [4000.0, 2800.0, 1600.0, 400.0]
    assert reading["absorbance"].values.tolist() == list(Y)
    assert (reading.sample_name, reading.operator, reading.instrument) == ("Quartz µ", "A. Person", "VERTEX 70")
    assert reading.started_at == datetime(2023, 3, 21, 14, 21, 7, 238000, tzinfo=timezone(timedelta(hours=1)))
    assert reading.metadata == {
        "maker": "Bruker",
        "model": "VERTEX 70",
        "serial_number": "1234",
        "source": "MIR",
        "detector": "RT-DLaTGS",
        "beam_splitter": "KBr",
        "aperture": "6 mm",
        "scan_mode": "DN",
        "method": "MIR_TR.XPM",
        "sample_form": "KBr pellet",
        "resolution": Measured(4.0, "1/cm"),
        "n_scans": 32,
    }
    assert reading.doubts == ()
    assert reading.header["version"] == 920622.0
    assert reading.header["acquisition parameters"] == {"RES": 4.0, "NSS": 32, "AQM": "DN"}
    assert reading.header["history"] == "Command: Measure\nUser: A. Person"
    stated = reading.header["data parameters: absorbance"]
    assert isinstance(stated, dict)
    assert stated["NPT"] == 4


def test_each_block_is_a_reading_with_its_own_axis_and_the_calculated_ones_come_first() -> None:
    readings = of(MANY)
    assert [(r.title, r.variables[0].name, r.variables[1].name) for r in readings] == [
        ("Quartz µ: Absorbance", "wavenumber", "absorbance"),
        ("Quartz µ: Single-channel spectrum of the sample", "wavenumber", "intensity"),
        ("Quartz µ: Single-channel spectrum of the reference", "wavenumber", "intensity"),
        ("Quartz µ: Interferogram of the sample", "point", "intensity"),
        ("Quartz µ: Phase of the sample", "wavenumber", "phase"),
    ]
    assert readings[2]["intensity"].values.tolist() == [4.0, 5.0, 6.0]
    assert [r.metadata["n_scans"] for r in readings] == [32, 32, 64, 32, 32]
    assert readings[3]["point"].values.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert readings[4]["wavenumber"].values.tolist() == [7000.0, 0.0]


@pytest.mark.parametrize(
    ("data", "bits", "name", "unit"),
    [
        (5, {}, "transmittance", "transmittance"),
        (6, {}, "kubelka_munk", "kubelka_munk"),
        (7, {}, "intensity", "arbitrary_unit"),
        (11, {}, "emission", "arbitrary_unit"),
        (12, {}, "reflectance", "reflectance"),
        (14, {}, "power", "arbitrary_unit"),
        (15, {}, "log_reflectance", ""),
        (16, {}, "attenuated_total_reflection", "arbitrary_unit"),
        (17, {}, "photoacoustic_signal", "arbitrary_unit"),
        (18, {}, "intensity", "arbitrary_unit"),
        (4, {"derivative": 1}, "absorbance_derivative", "arbitrary_unit"),
        (1, {"part": 2}, "intensity_imaginary", "arbitrary_unit"),
    ],
)
def test_signals_are_named_after_the_kind_of_data(data: int, bits: dict[str, int], name: str, unit: str) -> None:
    reading = one(opus(*spectrum(Y, data, **bits)))
    assert reading[name].unit == unit
    assert reading[name].values.tolist() == list(Y)


@pytest.mark.parametrize(
    ("dxu", "name", "unit"),
    [
        ("WN", "wavenumber", "1/cm"),
        ("MI", "wavelength", "um"),
        ("LGW", "log_wavenumber", ""),
        ("MIN", "time", "min"),
        ("PNT", "point", ""),
    ],
)
def test_axes_are_named_after_their_unit(dxu: str, name: str, unit: str) -> None:
    reading = one(opus(*spectrum(Y, DXU=dxu)))
    assert reading[name].unit == unit
    assert reading.doubts == ()


def test_an_unknown_unit_of_the_axis_is_doubted() -> None:
    reading = one(opus(*spectrum(Y, DXU="QQ")))
    assert reading["x"].unit == "arbitrary_unit"
    assert reading.doubts == ("The unit of the axis is 'QQ' (DXU), which is not known.",)


def test_a_raman_spectrum_runs_over_its_shift() -> None:
    laser = (code(parameters=3), parameter_block({"RLW": 10000.0, "RLP": 500}))
    reading = one(opus(*spectrum(Y, RAMAN, FXV=3500.0, LXV=-100.0), laser))
    assert reading.technique == "raman"
    assert reading["raman_shift"].values[-1] == -100.0
    assert reading.metadata["laser_wavelength"] == Measured(1000.0, "nm")
    assert reading.metadata["laser_power"] == Measured(500.0, "mW")
    assert one(opus(*spectrum(Y, RAMAN, FXV=9900.0, LXV=6000.0)))["wavenumber"].values[0] == 9900.0


def test_values_are_multiplied_by_their_factor() -> None:
    assert one(TestBrukerOpus.examples["integers"])["absorbance"].values.tolist() == [0.5, 1.0, 150.0]


def test_blocks_of_the_same_kind_are_told_apart_by_their_extremes() -> None:
    (a, a_status), (b, b_status) = spectrum((1.0, 2.0, 3.0)), spectrum((4.0, 5.0, 6.0), FXV=100.0)
    readings = of(opus(a, b, b_status, a_status))
    assert [r["absorbance"].values.tolist() for r in readings] == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert [r["wavenumber"].values[0] for r in readings] == [4000.0, 100.0]


def test_a_block_that_no_parameters_fit_is_left_out_with_a_doubt() -> None:
    stub = (code(ABSORBANCE, RATIO, part=3), b"\0" * 8)
    readings = of(opus(stub, *spectrum(Y)))
    assert len(readings) == 1
    assert "No parameters fit the block 'absorbance'" in readings[0].doubts[0]


def test_other_extremes_than_stated_are_doubted() -> None:
    reading = one(opus(*spectrum(Y, MXY=2.5)))
    assert reading.doubts == ("The file states values from 0 to 2.5 (MNY, MXY); they run from 0 to 1.5.",)
    assert one(opus(*spectrum(Y, MXY=None, MNY=None))).doubts == ()


@pytest.mark.parametrize(
    ("date", "time", "wanted"),
    [
        ("21/03/2023", "14:21:07", datetime(2023, 3, 21, 14, 21, 7)),
        ("2023/03/21", "14:21:07.5 (GMT-5)", datetime(2023, 3, 21, 14, 21, 7, 500000, timezone(-timedelta(hours=5)))),
        ("01/02/2023", "00:00:01 (GMT+5:30)", datetime(2023, 2, 1, 0, 0, 1, 0, timezone(timedelta(hours=5.5)))),
        ("01/02/2023", "00:00:01 (GMT+9)", datetime(2023, 2, 1, 0, 0, 1, 0, timezone(timedelta(hours=9)))),
        ("31/02/2023", "14:21:07", None),
        ("21/03/23", "14:21:07", None),
        ("21/03/2023", "later", None),
    ],
)
def test_times(date: str, time: str, wanted: datetime | None) -> None:
    reading = one(opus(*spectrum(Y, DAT=date, TIM=time)))
    assert reading.started_at == wanted
    assert reading.started_at is None or reading.started_at.tzinfo == (wanted and wanted.tzinfo)


def test_a_series_has_one_row_for_each_spectrum() -> None:
    reading = one(series(series_block(SPECTRA)))
    assert reading["absorbance"].values.tolist() == SPECTRA
    assert [(v.name, v.dimensions) for v in reading.variables] == [
        ("wavenumber", ("wavenumber",)),
        ("absorbance", ("spectrum", "wavenumber")),
        ("time", ("spectrum",)),
        ("end_time", ("spectrum",)),
    ]
    assert reading["time"].values.tolist() == [0.0, 2.0]
    assert reading["end_time"].values.tolist() == [1.5, 3.5]
    assert one(series(series_block(SPECTRA, csf=0.5)))["absorbance"].values[1].tolist() == [1.0, 2.0, 4.0]


def test_a_series_that_was_thinned_out_says_so() -> None:
    content = series_block(SPECTRA, promised=10, ranges=[(0, 0), (9, 9)])
    assert one(series(content)).doubts == ("Of 10 spectra of the series 2 were kept.",)
    with pytest.raises(DamagedFile, match="promises 10 spectra, 2 follow"):
        one(series(series_block(SPECTRA, promised=10, ranges=[(0, 9)])))


@pytest.mark.parametrize("changes", [{"n_points": 2}, {"extremes": (5.0, 6.0)}])
def test_a_series_whose_records_say_something_else_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedVariant):
        one(series(series_block(SPECTRA, **changes)))


def test_a_compact_block_is_read_only_where_its_values_prove_themselves() -> None:
    assert one(TestBrukerOpus.examples["compact"])["absorbance"].values.tolist() == list(Y)
    with pytest.raises(UnsupportedVariant, match="compact form"):
        one(opus(*spectrum((7.0, *Y), extra=4, padding=1)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (opus(*spectrum(Y, NPT=6)), "promises 6 points; no block holds as many"),
        (opus(*spectrum(Y, NPT=2**31 - 1)), "promises 2147483647 points"),
        (opus(*spectrum(Y, LXV=4000.0)), "they would coincide"),
        (opus(*spectrum(Y, LXV=float("nan"))), "states no number as LXV"),
        (opus(*spectrum(Y, FXV=None)), "states no number as FXV"),
        (opus(*spectrum(Y, CSF=0.0)), "states 0 as the factor"),
        (opus(spectrum(Y)[0]), "no parameters describe the block 'absorbance'"),
        (opus(spectrum(Y)[1]), "no block holds as many"),
        (PLAIN[:-20], "the block 'history' should have"),
        (overlapping(), "reaches into"),
        (PLAIN[:30], "a directory of 9 blocks was expected"),
        (PLAIN[:20], "a header of 24 bytes"),
        (opus(*spectrum(Y), n_blocks=10**9), "a directory of 1000000000 blocks"),
        (opus((code(ABSORBANCE, RATIO, part=3, parameters=1), b"NPT\0\0\0\xff\xff")), "breaks off after 0 parameters"),
        (opus((code(ABSORBANCE, RATIO, part=3, parameters=1), parameter("NPT", 3, kind=1))), "a number was expected"),
    ],
)
def test_damage_is_named(content: bytes, words: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        of(content)
    assert words in caught.value.fault


def test_damaged_parameters_of_the_instrument_are_doubted() -> None:
    reading = one(opus(*spectrum(Y), (code(parameters=2), b"INS\0\2\0\xff\xff")))
    assert "breaks off after 0 parameters" in reading.doubts[0]


def test_unknown_storage_is_not_read() -> None:
    with pytest.raises(UnsupportedVariant, match="data point format 7"):
        one(opus(*spectrum(Y, DPF=7)))


def test_no_spectrum_is_nothing_measured() -> None:
    for content in (opus(*PARAMETERS), opus(n_blocks=0)):
        with pytest.raises(NothingMeasured):
            of(content)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("variant", "keys"),
    [
        ("absorbance", ["a"]),
        ("everything saved", ["a", "sm", "rf", "igsm", "phsm"]),
        ("Raman", ["ra"]),
        ("series", ["a"]),
    ],
)
def test_another_program_reads_the_same(tmp_path: Path, variant: str, keys: list[str]) -> None:
    brukeropus = pytest.importorskip("brukeropus")
    path = tmp_path / "x.0"
    path.write_bytes(TestBrukerOpus.examples[variant])
    other = brukeropus.OPUSFile(str(path))
    for key, reading in zip(keys, of(path.read_bytes()), strict=True):
        data = getattr(other, key)
        assert reading.axis is not None
        np.testing.assert_allclose(reading.axis.series.values, data.x)
        np.testing.assert_array_equal(reading.signals[0].series.values, data.y)
        stated = data.datetime
        assert stated is None or (reading.started_at and reading.started_at.replace(tzinfo=None) == stated)


@given(
    values=st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=2, max_size=50),
    first=st.floats(-1e6, 1e6),
    step=st.floats(1e-3, 1e3),
)
def test_what_is_written_is_read(values: list[float], first: float, step: float) -> None:
    last = first + step * (len(values) - 1)
    reading = one(opus(*spectrum(values, FXV=first, LXV=last)))
    np.testing.assert_array_equal(reading["absorbance"].values, values)
    np.testing.assert_allclose(reading["wavenumber"].values, first + step * np.arange(len(values)), atol=1e-6)
    assert reading.doubts == ()
