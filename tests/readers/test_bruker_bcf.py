"""Bruker BCF: the real files, and each variant in small."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.errors import DamagedFile, HostileFile, NothingMeasured, UnreadableFile, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers import recognise
from kiban.readers.bruker_bcf import READER
from kiban.readers.source import Limits, Source
from kiban.records.reading import Reading
from kiban.testing.reader_suite import ReaderSuite

N_CHANNELS = 300
POINT = struct.Struct("<IHHIHHHI")


def point(column: int, n_channels: int, way: int, written: bytes, *, n_events: int, n_in_runs: int = 0) -> bytes:
    return POINT.pack(column, n_channels, n_in_runs, 0xC0000, way, 0, n_events, len(written)) + written


def in_16_bits(column: int, events: list[int]) -> bytes:
    written = np.array(events, "<u2").tobytes()
    return point(column, max(events, default=0) + 1, 0, written, n_events=len(events))


def in_12_bits(column: int, events: list[int]) -> bytes:
    digits = "".join(f"{channel:03x}" for channel in events)
    digits += "0" * (-len(digits) % 4)
    written = np.frombuffer(bytes.fromhex(digits), ">u2").astype("<u2").tobytes()
    return point(column, max(events, default=0) + 1, 1, written, n_events=len(events))


def run(counts: list[int], size: int, base: int) -> bytes:
    head = bytes([size, len(counts)])
    if size == 0:
        return head
    over = [count - base for count in counts]
    if size == 1:
        over += [0] * (len(over) % 2)
        return head + bytes([base]) + bytes(low | high << 4 for low, high in zip(over[::2], over[1::2], strict=True))
    return head + base.to_bytes(size, "little") + np.array(over, f"<u{size // 2}").tobytes()


def in_runs(column: int, runs: list[tuple[list[int], int, int]], further: list[int], *, n_channels: int = 0) -> bytes:
    n_in_runs = sum(len(counts) for counts, _, _ in runs)
    written = b"".join(run(*each) for each in runs)
    written += struct.pack("<I", 2 * len(further)) + np.array(further, "<u2").tobytes()
    n = n_channels or max(n_in_runs, max(further, default=0) + 1)
    return point(column, n, 3, written, n_events=len(further), n_in_runs=n_in_runs)


def spectra(rows: list[list[bytes]], columns: int) -> bytes:
    head = struct.pack("<ii", len(rows), columns).ljust(0x1A0, b"\0")
    return head + b"".join(struct.pack("<i", len(row)) + b"".join(row) for row in rows)


ALL_WAYS = [
    [in_16_bits(0, [3, 3, 299, 0]), in_12_bits(1, [5, 299, 5]), in_12_bits(2, [])],
    [
        in_runs(
            2,
            [
                ([0] * 7, 0, 0),
                ([3, 18, 4], 1, 3),
                ([260, 300], 2, 250),
                ([70000], 4, 69000),
                ([5, 6], 8, 5),
                ([1], 1, 1),
            ],
            [7, 20, 20],
        ),
        in_16_bits(0, []),
        in_12_bits(1, [1, 2, 3, 4]),
    ],
]


def expected() -> np.ndarray[Any, Any]:
    counts = np.zeros((2, 3, N_CHANNELS), np.int64)
    for row, column, events in ((0, 0, [3, 3, 299, 0]), (0, 1, [5, 299, 5]), (1, 1, [1, 2, 3, 4])):
        np.add.at(counts[row, column], events, 1)
    counts[1, 2, 7:16] = [3, 18, 4, 260, 300, 70000, 5, 6, 1]
    np.add.at(counts[1, 2], [7, 20, 20], 1)
    return counts


def picture(
    values: np.ndarray[Any, Any], *, size: int = 2, name: str = "", valid: str = "", description: str = "BSE"
) -> str:
    data = base64.b64encode(values.astype(f"<u{size}").tobytes()).decode()
    named = f' Name="{name}"' if name else ""
    return (
        f'<ClassInstance Type="TRTImageData"{named}><ItemSize>{size}</ItemSize><Width>{values.shape[1]}</Width>'
        f"<Height>{values.shape[0]}</Height><Date>1.4.2016</Date><Time>18:5:10</Time><Plane0>{valid}"
        f"<Description>{description}</Description><Palette><C0>0</C0></Palette><Data>{data}</Data></Plane0>"
        "</ClassInstance>"
    )


def spectrum(counts: list[int], *, place: str = "SpectrumData0", calibration: bool = True) -> str:
    steps = "<CalibAbs>-5E-1</CalibAbs><CalibLin>1E-2</CalibLin>" if calibration else ""
    return (
        f'<{place}><ClassInstance Type="TRTSpectrum"><TRTHeaderedClass><ClassInstance Type="TRTDetectorHeader">'
        '<Type>XFlash 6|10</Type></ClassInstance></TRTHeaderedClass><ClassInstance Type="TRTSpectrumHeader">'
        f"<ChannelCount>{len(counts)}</ChannelCount>{steps}</ClassInstance>"
        f"<Channels>{','.join(map(str, counts))}</Channels></ClassInstance></{place}>"
    )


PICTURE = np.arange(6).reshape(2, 3) * 10_000


def header(*parts: str, name: str = "", steps: str = "<DX>0,5</DX><DY>0.25</DY>") -> bytes:
    named = f' Name="{name}"' if name else ""
    return (
        '<?xml version="1.0" encoding="WINDOWS-1252"?><TRTSpectrumDatabase>'
        f'<ClassInstance Type="TRTSpectrumDatabase"{named}><Header><Date>1.4.2016</Date><Time>18:5:10</Time></Header>'
        f'<ClassInstance Type="TRTSEMData"><HV>20</HV><WD>7,69</WD><Mag>131</Mag>{steps}</ClassInstance>'
        f"{''.join(parts)}</ClassInstance></TRTSpectrumDatabase>"
    ).encode("cp1252")


def packed(content: bytes, *, block: int = 500) -> bytes:
    blocks = [zlib.compress(content[at : at + block]) for at in range(0, len(content), block)]
    head = struct.pack("<4sIII", b"AACS", block, 0, len(blocks)).ljust(0x80, b"\0")
    return head + b"".join(struct.pack("<IIII", len(each), 0, 0, 0) + each for each in blocks)


def container(files: dict[str, bytes], *, chunk: int = 256, version: float = 2.6) -> bytes:
    """Chunks: 0 is the head; then the tree, and for each file the list of its chunks and these."""
    usable = chunk - 32
    chunks: list[bytes] = [bytes(usable)]
    follows: dict[int, int] = {}

    def put(content: bytes, *, is_list: bool) -> list[int]:
        parts = [content[at : at + usable].ljust(usable, b"\xee") for at in range(0, len(content), usable)]
        places = list(range(len(chunks), len(chunks) + len(parts)))
        chunks.extend(parts)
        if is_list:
            follows.update(pairwise(places))
        return places

    def item(name: str, *, table: int, size: int, parent: int, is_folder: bool) -> bytes:
        begin = struct.pack("<iQQQQIi", table, size, 0, 0, 0, 0, parent).ljust(0xDC, b"\0")
        return (begin + bytes([is_folder]).ljust(4, b"\0") + name.encode()).ljust(0x200, b"\0")

    items = [item("EDSDatabase", table=-1, size=0, parent=-1, is_folder=True)]
    for name, content in files.items():
        places = put(content, is_list=False)
        table = put(np.array(places, "<u4").tobytes(), is_list=True) if places else [0]
        items.append(item(name, table=table[0], size=len(content), parent=0, is_folder=False))
    tree = put(b"".join(items), is_list=True)
    head = bytearray(b"AAMVHFSS".ljust(0x118, b"\0"))
    body = b"".join(
        struct.pack("<I", follows.get(n, 0xFFFFFFFF)).ljust(32, b"\0") + each for n, each in enumerate(chunks)
    )
    first = struct.pack("<8sIfI20xIII", b"AASFSSGN", 0, version, chunk, tree[0], len(items), len(chunks))
    return bytes(head) + first + body[len(first) :]


SUM = expected().sum((0, 1)).tolist()


def bcf(
    rows: list[list[bytes]] | None = None,
    *,
    xml: bytes | None = None,
    is_packed: bool = False,
    chunk: int = 256,
    **files: bytes,
) -> bytes:
    held = {
        "HeaderData": header(picture(PICTURE), spectrum(SUM)) if xml is None else xml,
        "SpectrumData0": spectra(ALL_WAYS if rows is None else rows, 3),
        **files,
    }
    return container({name: packed(each) if is_packed else each for name, each in held.items()}, chunk=chunk)


def read(content: bytes, **options: Any) -> list[Reading]:
    return READER.read(Source(content, name="a.bcf", **options))


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "all ways of writing points": bcf(),
        "packed": bcf(is_packed=True),
        "large chunks": bcf(chunk=4096),
        "picture only": container({"HeaderData": header(picture(PICTURE, size=4))}),
        "not calibrated": bcf(xml=header(spectrum(SUM, calibration=False), steps="")),
    }


@pytest.mark.parametrize(
    ("name", "shape", "largest", "step", "energy", "title", "started_at"),
    [
        (
            "P45_the_default_job.bcf",
            (75, 100),
            {"BSE": 65520, "SE": 55232, "X-ray map": 7},
            8.73679,
            (-0.472397, 0.010001),
            "X-ray map",
            datetime(2016, 4, 1, 18, 5, 10),
        ),
        (
            "16x16_12bit_packed_8bit.bcf",
            (16, 16),
            {"AsB": 49936, "Map data": 5},
            0.966498,
            (-0.470959, 0.009997),
            "Map data",
            datetime(2018, 9, 12, 13, 9, 11),
        ),
    ],
)
def test_the_real_files(
    shared: Callable[[str], Path],
    name: str,
    shape: tuple[int, int],
    largest: dict[str, int],
    step: float,
    energy: tuple[float, float],
    title: str,
    started_at: datetime,
) -> None:
    choice, readings = recognise.read(Source(shared(f"microscopy/{name}")))
    assert choice.reader.name == "bruker_bcf"
    *found, whole = readings
    assert {each.title: int(each["intensity"].values.max()) for each in found} == largest
    chart = found[-1]
    assert chart["intensity"].values.shape == (*shape, 2048)
    assert chart["intensity"].values.dtype == np.uint8
    assert chart["x"].values[1] == pytest.approx(step, rel=1e-5)
    assert chart["energy"].values[0] == pytest.approx(energy[0], rel=1e-5)
    assert chart["energy"].values[1] - chart["energy"].values[0] == pytest.approx(energy[1], rel=1e-5)
    assert (chart.title, chart.started_at) == (title, started_at)
    assert chart.metadata["acceleration_voltage"] == Measured(20.0, "kV")
    assert whole.title == f"{title}: sum of all points"
    apart = whole["intensity"].values.sum() - chart["intensity"].values.sum()
    # In one of the files the sum spectrum has four events that no point has.
    assert apart == (4 if shape == (16, 16) else 0)
    assert len(chart.doubts) == (1 if apart else 0)


@pytest.mark.parametrize("is_packed", [False, True])
def test_all_ways_of_writing_points(is_packed: bool) -> None:
    image, chart, whole = read(bcf(is_packed=is_packed))
    assert (image.technique, image.title) == ("electron_microscopy", "BSE")
    assert image["intensity"].values.tolist() == PICTURE.tolist()
    assert chart["intensity"].values.tolist() == expected().tolist()
    assert chart["intensity"].values.dtype == np.uint32
    assert (chart.variables[-1].dimensions, chart["intensity"].unit) == (("y", "x", "energy"), "count")
    assert chart["x"].values.tolist() == [0, 0.5, 1]
    assert chart["y"].values.tolist() == [0, 0.25]
    assert chart["x"].unit == "um"
    assert chart["energy"].values[:2] == pytest.approx([-0.5, -0.49])
    assert chart.doubts == ()
    assert whole["intensity"].values.tolist() == SUM
    assert whole["intensity"].uncertainty is not None
    assert chart.metadata["working_distance"] == Measured(7.69, "mm")
    assert chart.metadata["detector"] == "XFlash 6|10"
    assert chart.started_at == datetime(2016, 4, 1, 18, 5, 10)


def test_without_calibration_points_are_numbered() -> None:
    chart, _ = read(bcf(xml=header(spectrum(SUM, calibration=False), steps="")))
    assert [variable.name for variable in chart.variables] == ["y", "x", "channel", "intensity"]
    assert chart["x"].unit == "pixel"


def test_two_detectors_have_titles_of_their_own() -> None:
    xml = header(spectrum(SUM), spectrum(SUM, place="SpectrumData1"), name="grain \xb5")
    readings = read(bcf(xml=xml, SpectrumData1=spectra(ALL_WAYS, 3)))
    assert [reading.title for reading in readings][::2] == ["grain \xb5 SpectrumData0", "grain \xb5 SpectrumData1"]


def test_pictures_that_are_not_valid_and_counters_are_left_out() -> None:
    xml = header(
        picture(PICTURE, valid="<Valid>0</Valid>"),
        picture(PICTURE, name="PixelTimes"),
        picture(PICTURE // 10_000, size=1, description=""),
    )
    (reading,) = read(container({"HeaderData": xml}))
    assert reading.title == "Plane0"
    assert reading["intensity"].values.dtype == np.uint8


def test_points_that_are_not_there_and_other_sums_are_doubted() -> None:
    _, chart, _ = read(bcf([ALL_WAYS[0][:2], []]))
    missing, apart = chart.doubts
    assert missing == "2 of 6 points have a spectrum; the others stand as zeros."
    assert apart.startswith("The counts of all points add up to 7; ")


def test_a_map_that_is_too_large_is_left_out_with_a_doubt() -> None:
    (whole,) = read(bcf(xml=header(spectrum(SUM))), limits=Limits(expanded_bytes=1000))
    assert whole["intensity"].values.tolist() == SUM
    assert "take 1800 bytes" in whole.doubts[-1]


@given(
    st.lists(st.lists(st.integers(0, N_CHANNELS - 1), max_size=9), min_size=3, max_size=3),
    st.sampled_from([in_16_bits, in_12_bits]),
)
def test_events_are_counted_in_their_channels(
    events: list[list[int]], write: Callable[[int, list[int]], bytes]
) -> None:
    total = np.bincount([channel for each in events for channel in each], minlength=N_CHANNELS)
    content = bcf([[write(n, each) for n, each in enumerate(events)]], xml=header(spectrum(total.tolist())))
    chart, _ = read(content)
    for n, each in enumerate(events):
        assert chart["intensity"].values[0, n].tolist() == np.bincount(each, minlength=N_CHANNELS).tolist()
    assert chart.doubts == ()


def changed(way: Callable[[int, list[int]], bytes], place: int, value: bytes) -> bytes:
    content = bytearray(way(0, [1, 2, 3]))
    content[place : place + len(value)] = value
    return bytes(content)


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([[in_16_bits(3, [1])]], "column 4"),
        ([[in_16_bits(0, [1]), in_12_bits(0, [1])]], "column 1"),
        ([[in_16_bits(0, [300])]], "301 channels"),
        ([[in_16_bits(n, []) for n in range(3)] + [b""]], "row 1 promises 4 of 3"),
        ([[changed(in_16_bits, 4, b"\x02\x00")]], "an event in channel 3 of 2"),
        ([[changed(in_12_bits, 4, b"\x02\x00")]], "row 1 has an event in channel 2"),
        ([[changed(in_16_bits, 16, b"\x04\x00")]], "8 bytes were expected; 6 were found"),
        ([[changed(in_12_bits, 16, b"\x05\x00")]], "8 bytes were expected; 6 were found"),
        ([[changed(in_12_bits, 18, b"\x00\x01")]], "256 bytes were expected"),
        ([[in_runs(0, [([1, 2], 3, 0)], [])]], "a run of 2 counts with size 3"),
        ([[in_runs(0, [([1 << 31] * 2, 8, 1 << 31), ([1 << 31], 8, 0)], [], n_channels=2)]], "3 of 2 channels"),
        ([[in_runs(0, [([1 << 33], 8, 1 << 33)], [])]], "no detector"),
        ([[in_runs(0, [], [9], n_channels=5)]], "an event in channel 9 of 5"),
        ([[in_runs(0, [([], 0, 0), ([1], 1, 1)], [])]], "an empty run"),
        ([[point(0, 9, 2, b"\x00\x04", n_events=0, n_in_runs=9)]], "a run was expected after channel 4 of 9"),
        ([[point(0, 4, 2, b"\x00\x04\x02\0\0\0", n_events=0, n_in_runs=4)]], "0 bytes were expected; 2 were found"),
        ([[point(0, 4, 2, b"\x00\x04", n_events=0, n_in_runs=4)]], "4 bytes were expected; 0 were found"),
    ],
)
def test_points_that_contradict_their_heads(rows: list[list[bytes]], word: str) -> None:
    with pytest.raises(DamagedFile, match=word):
        read(bcf(rows))


@pytest.mark.parametrize(
    ("content", "error", "word"),
    [
        (container({"Other": b"1"}), UnsupportedVariant, "it holds EDSDatabase/Other"),
        (container({}), UnsupportedVariant, "it holds nothing"),
        (container({"HeaderData": header()}), NothingMeasured, "no picture"),
        (container({"HeaderData": b"<a/>"}), DamagedFile, "no TRTSpectrumDatabase"),
        (container({"HeaderData": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), HostileFile, "document type"),
        (bcf(xml=header(picture(PICTURE))), DamagedFile, "SpectrumData0 is not described"),
        (bcf(xml=header(picture(PICTURE).replace("<Width>3", "<Width>4"))), DamagedFile, "2 × 4 numbers"),
        (bcf(xml=header(picture(PICTURE).replace("<Width>3", "<Width>1.5"))), DamagedFile, "2 × 1.5 numbers"),
        (bcf(xml=header(picture(PICTURE).replace("ItemSize>2", "ItemSize>3"))), UnsupportedVariant, "of 3 bytes"),
        (bcf(xml=header(picture(PICTURE).replace("<Data>", "<Data>!"))), DamagedFile, "base64"),
        (bcf(xml=header(spectrum(SUM).replace(">300<", ">200<"))), DamagedFile, "200 channels are promised"),
        (bcf(SpectrumData0=b"short"), DamagedFile, "within their head"),
        (bcf(SpectrumData0=spectra([[]] * 2, -3)), DamagedFile, "2 × -3 points"),
        (bcf(SpectrumData0=struct.pack("<ii", 1 << 30, 3).ljust(0x1A0, b"\0")), DamagedFile, "1073741824 × 3"),
        (bcf()[:-300], DamagedFile, "chunks are promised"),
        (bcf(SpectrumData0=packed(spectra(ALL_WAYS, 3))[:-9]), DamagedFile, "is cut"),
        (bcf(SpectrumData0=packed(spectra(ALL_WAYS, 3))[:140]), DamagedFile, "promises 2 blocks; 0 are there"),
        (bcf(SpectrumData0=packed(spectra(ALL_WAYS, 3))[:100]), DamagedFile, "ends within its head"),
        (bcf(SpectrumData0=struct.pack("<4sIII", b"AACS", 1 << 20, 0, 999).ljust(200, b"\0")), HostileFile, "promise"),
    ],
)
def test_files_that_contradict_themselves(content: bytes, error: type[UnreadableFile], word: str) -> None:
    with pytest.raises(error, match=word):
        read(content)


def test_other_versions_are_not_claimed() -> None:
    assert READER.recognise(Source(container({"HeaderData": header()}, version=3.5))) is None
    assert READER.recognise(Source(b"AAMVHFSS" + bytes(1000))) is None
