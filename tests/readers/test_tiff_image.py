"""TIFF: the real files, each variant in small, and tifffile as a second reader and writer."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from kiban.errors import DamagedFile, HostileFile, LimitExceeded, NothingMeasured, UnsupportedVariant
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence
from kiban.readers.recognise import read
from kiban.readers.source import Limits, Source
from kiban.readers.tiff.codecs import unpack_lzw
from kiban.readers.tiff_image import READER
from kiban.records.reading import Reading, Role
from kiban.testing.reader_suite import ReaderSuite

PICTURE = np.arange(12, dtype=np.uint16).reshape(3, 4)
TYPES = {1: "B", 2: "s", 3: "H", 4: "I", 5: "II", 11: "f", 12: "d", 16: "Q"}


def pack(order: str, kind: int, value: Any) -> tuple[int, bytes]:
    """Count and bytes of a tag's value."""
    if kind == 2:
        raw = value.encode() + b"\0" if isinstance(value, str) else value
        return len(raw), raw
    if kind == 7:
        return len(value), value
    values = value if isinstance(value, list | tuple) else [value]
    return len(values) // (2 if kind == 5 else 1), struct.pack(f"{order}{len(values)}{TYPES[kind][0]}", *values)


def tags_of(values: NDArray[Any], **changes: Any) -> dict[int, tuple[int, Any]]:
    """The usual tags of an uncompressed page in one strip."""
    samples = values.shape[2] if values.ndim == 3 else 1
    kinds = {"u": 1, "i": 2, "f": 3, "c": 6}
    tags = {
        256: (4, values.shape[1]),
        257: (4, values.shape[0]),
        258: (3, [values.itemsize * 8] * samples),
        259: (3, 1),
        262: (3, 2 if samples > 2 else 1),
        277: (3, samples),
        278: (4, values.shape[0]),
        339: (3, [kinds[values.dtype.kind]] * samples),
    }
    for code, value in changes.items():
        tags[int(code[1:])] = value
    return {code: value for code, value in tags.items() if value is not None}


def page(values: NDArray[Any], order: str = "<", strips: list[bytes] | None = None, **changes: Any) -> Any:
    raw = values.astype(values.dtype.newbyteorder(order)).tobytes()
    return tags_of(values, **changes), strips or [raw]


def file(*pages: Any, order: str = "<", big: bool = False) -> bytes:
    """Put pages (tags and strips) into a file."""
    mark = b"II" if order == "<" else b"MM"
    wide = "Q" if big else "I"
    head = mark + (struct.pack(order + "HHH", 43, 8, 0) if big else struct.pack(order + "H", 42))
    content = bytearray(head + struct.pack(order + wide, 0))
    link = len(head)
    for tags, strips in pages:
        places = []
        for strip in strips:
            places.append(len(content))
            content += strip + b"\0" * (len(strip) % 2)
        if 322 in tags:
            full = tags | {324: (4, places), 325: (4, [len(strip) for strip in strips])}
        else:
            full = tags if 273 in tags else tags | {273: (4, places)}
            full = full if 279 in full else full | {279: (4, [len(strip) for strip in strips])}
        struct.pack_into(order + wide, content, link, len(content))
        entries, room = b"", bytearray()
        entry_bytes, inside = (20, 8) if big else (12, 4)
        start = len(content) + (8 if big else 2) + entry_bytes * len(full) + struct.calcsize(wide)
        for code, (kind, value) in sorted(full.items()):
            count, raw = pack(order, kind, value)
            if len(raw) <= inside:
                field = raw.ljust(inside, b"\0")
            else:
                field = struct.pack(order + wide, start + len(room))
                room += raw + b"\0" * (len(raw) % 2)
            entries += struct.pack(order + ("HHQ" if big else "HHI"), code, kind, count) + field
        content += struct.pack(order + ("Q" if big else "H"), len(full)) + entries
        link = len(content)
        content += struct.pack(order + wide, 0) + room
    return bytes(content)


def of(content: bytes, limits: Limits | None = None) -> list[Reading]:
    return READER.read(Source(content, name="a.tif", limits=limits))


def only(content: bytes) -> Reading:
    (reading,) = of(content)
    return reading


def lzw(content: bytes) -> bytes:
    """TIFF's LZW, written for the tests: the width grows one code early, the table is cleared when it is full."""
    bits: list[str] = []
    table = {bytes([n]): n for n in range(256)}
    width, following = 9, 258
    bits.append(f"{256:09b}")
    word = b""
    for byte in content:
        longer = word + bytes([byte])
        if longer in table:
            word = longer
            continue
        bits.append(f"{table[word]:0{width}b}")
        table[longer] = following
        following += 1
        if following == 4095:
            bits.append(f"{256:012b}")
            table = {bytes([n]): n for n in range(256)}
            width, following = 9, 258
        elif following == 1 << width:
            width += 1
        word = bytes([byte])
    bits.append(f"{table[word]:0{width}b}")
    if following + 1 == 1 << width and width < 12:
        width += 1
    bits.append(f"{257:0{width}b}")
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[n : n + 8], 2) for n in range(0, len(text), 8))


IMAGEJ = (
    "ImageJ=1.53t\nimages={n}\nchannels={c}\nslices={z}\nframes={t}\nhyperstack=true\nunit={unit}\nspacing=2.5\n{more}"
)


def imagej(n: int = 1, c: int = 1, z: int = 1, t: int = 1, unit: str = "nm", more: str = "") -> str:
    return IMAGEJ.format(n=n, c=c, z=z, t=t, unit=unit, more=more)


RESOLUTION = {"t282": (5, [2, 1]), "t283": (5, [4, 1])}
FEI = (
    "[User]\r\nDate=2019-03-12\r\nTime=10:20:30\r\nUser=supervisor\r\nUserText=steel\r\n"
    "[System]\r\nSystemType=Helios NanoLab\r\nDnumber=D8166\r\nSoftware=5.2\r\n"
    "[Beam]\r\nHV=5000\r\n[EBeam]\r\nHV=5000\r\nWD=0.0042\r\nBeamCurrent=8.6e-011\r\n"
    "[Scan]\r\nPixelWidth=2.5e-009\r\nPixelHeight=2.5e-009\r\nDwelltime=3e-006\r\n"
    "[Image]\r\nResolutionX=4\r\nResolutionY=2\r\n[Detectors]\r\nName=ETD\r\n"
)
ZEISS = "\r\n".join(
    [
        *("0", "0", "1", "9.765625e-12", "5e3"),
        *("AP_WD", "WD = 5.1 mm", "AP_MAG", "Mag = 25.00 K X", "AP_ACTUALKV", "EHT = 5.00 kV"),
        *(
            "AP_IMAGE_PIXEL_SIZE",
            "Image Pixel Size = 2.5 nm",
            "AP_DATE",
            "Date :12 Mar 2019",
            "AP_TIME",
            "Time :10:20:30",
        ),
        *(
            "SV_SAMPLE_ID",
            "Sample ID = A7",
            "SV_USER_NAME",
            "User Name = A. Person",
            "DP_DETECTOR_CHANNEL",
            "Signal A = InLens",
        ),
        *("SV_SERIAL_NUMBER", "Serial No. = Ultra-55", "DP_FROZEN", "Frozen = Yes"),
    ]
)
TITAN = (
    "<Metadata><Instrument><InstrumentClass>Talos</InstrumentClass><InstrumentID>3</InstrumentID></Instrument><Optics>"
    "<AccelerationVoltage>200000</AccelerationVoltage></Optics><BinaryResult><PixelSize><X unit='m'>1e-10</X>"
    "<Y unit='m'>2e-10</Y></PixelSize><Detector>Ceta</Detector></BinaryResult></Metadata>"
)
SIGHTX = (
    "<TemReporter><Eos><EosMode>eosTEM</EosMode></Eos><ElectronGun><AccelerationVoltage>200000</AccelerationVoltage>"
    "</ElectronGun><ImageFormingSystem><ModeString>{mode}</ModeString><SelectorValue>{value}</SelectorValue>"
    "<SelectorUnitString>cm</SelectorUnitString></ImageFormingSystem></TemReporter>"
)
OME = (
    '<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" Creator="bench 1.2">'
    "{before}<Image ID='Image:0' Name='grain'><AcquisitionDate>2019-03-12T10:20:30Z</AcquisitionDate>"
    "<Pixels DimensionOrder='{order}' Type='uint16' SizeX='4' SizeY='3' SizeC='{c}' SizeZ='{z}' SizeT='{t}' "
    "PhysicalSizeX='0.5' PhysicalSizeY='0.25' PhysicalSizeYUnit='nm' PhysicalSizeZ='2'>{inside}</Pixels></Image></OME>"
)


def ome(order: str = "XYZCT", c: int = 1, z: int = 1, t: int = 1, inside: str = "", before: str = "") -> str:
    return OME.format(order=order, c=c, z=z, t=t, inside=inside, before=before)


def described(text: str, n: int = 1) -> bytes:
    """Pages that count up from 0, the first with a description."""
    pages = [page(PICTURE + 100 * k) for k in range(n)]
    pages[0][0][270] = (2, text)
    return file(*pages)


DM = {"t65003": (2, "µm"), "t65004": (2, "µm"), "t65006": (12, 10.0), "t65009": (12, 0.5), "t65010": (12, 0.25)}


class TestSuite(ReaderSuite):
    reader = READER
    examples: ClassVar[dict[str, bytes]] = {
        "plain": file(page(PICTURE)),
        "big endian, BigTIFF": file(page(PICTURE, ">"), order=">", big=True),
        "colours": file(page(np.arange(24, dtype=np.uint8).reshape(2, 4, 3))),
        "stack": file(page(PICTURE), page(PICTURE)),
        "LZW": file(page(PICTURE, strips=[lzw(PICTURE.tobytes())], t259=(3, 5))),
        "ImageJ": described(imagej(4, c=2, z=2), 4),
        "OME": described(ome(c=2, z=2), 4),
        "DigitalMicrograph": file(page(PICTURE, **DM)),
        "FEI": file(page(PICTURE, t34682=(2, FEI))),
        "Zeiss": file(page(PICTURE, t34118=(2, ZEISS))),
        "JEOL": file(page(PICTURE, t271=(2, "JEOL Ltd."), t270=(2, SIGHTX.format(mode="MAG", value="50000")))),
    }


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "c8", "c16"])
def test_every_type_in_both_byte_orders(kind: str, order: str, big: bool) -> None:
    values = np.array([[1, 0, 3], [4, 5, 100]]).astype(kind)
    reading = only(file(page(values, order), order=order, big=big))
    name = "complex_amplitude" if values.dtype.kind == "c" else "intensity"
    assert reading[name].values.dtype == values.dtype
    assert reading[name].values.tolist() == values.tolist()
    assert reading.doubts == ()


def test_a_plain_picture_has_pixels_whatever_the_printer_should_do() -> None:
    reading = only(
        file(page(PICTURE, t296=(3, 2), t305=(2, "a program"), t306=(2, "2019:03:12 10:20:30"), **RESOLUTION))
    )
    assert reading.technique == "image"
    assert reading.title == "a.tif"
    assert [(v.name, v.role, v.dimensions) for v in reading.variables] == [
        ("y", Role.AXIS, ("y",)),
        ("x", Role.AXIS, ("x",)),
        ("intensity", Role.SIGNAL, ("y", "x")),
    ]
    assert reading["x"].unit == reading["y"].unit == "pixel"
    assert reading["intensity"].values.tolist() == PICTURE.tolist()
    assert reading["intensity"].uncertainty is None
    tags: Any = reading.header["tags"]
    assert tags["Software"] == "a program"
    assert tags["XResolution"] == 2.0
    assert tags["BitsPerSample"] == 16
    assert "273" not in tags


@pytest.mark.parametrize(
    ("bits", "raw", "expected"),
    [
        (1, b"\xa0\x40", [[1, 0, 1], [0, 1, 0]]),
        (2, b"\x1b\xe4", [[0, 1, 2], [3, 2, 1]]),
        (4, b"\x12\x30\x45\x60", [[1, 2, 3], [4, 5, 6]]),
        (12, b"\x00\x10\x02\xff\xf0\x00\x40\x05\x00\x60", [[1, 2, 4095], [4, 5, 6]]),
    ],
)
def test_numbers_of_few_bits(bits: int, raw: bytes, expected: list[list[int]]) -> None:
    values = np.zeros((2, 3), np.uint8)
    assert only(file(page(values, strips=[raw], t258=(3, bits))))["intensity"].values.tolist() == expected


def test_the_lowest_bit_first() -> None:
    values = np.zeros((1, 8), np.uint8)
    reading = only(file(page(values, strips=[b"\x01"], t258=(3, 1), t266=(3, 2))))
    assert reading["intensity"].values.tolist() == [[1, 0, 0, 0, 0, 0, 0, 0]]


def squeezed(values: NDArray[Any], code: int) -> bytes:
    raw = values.tobytes()
    if code == 5:
        return lzw(raw)
    if code == 32773:
        return b"".join(struct.pack("B", len(raw[n : n + 128]) - 1) + raw[n : n + 128] for n in range(0, len(raw), 128))
    return zlib.compress(raw)


@pytest.mark.parametrize("code", [5, 8, 32946, 32773])
def test_compressions_and_strips(code: int) -> None:
    strips = [squeezed(PICTURE[:2], code), squeezed(PICTURE[2:], code)]
    reading = only(file(page(PICTURE, strips=strips, t259=(3, code), t278=(4, 2))))
    assert reading["intensity"].values.tolist() == PICTURE.tolist()


def test_packbits_repeats() -> None:
    values = np.array([[7] * 6 + [1, 2]], np.uint8)
    packed = bytes([257 - 6, 7, 128, 1, 1, 2])
    reading = only(file(page(values, strips=[packed], t259=(3, 32773))))
    assert reading["intensity"].values.tolist() == values.tolist()


def test_tiles_that_reach_over_the_edge() -> None:
    values = np.arange(15, dtype=np.uint8).reshape(3, 5)
    whole = np.zeros((4, 6), np.uint8)
    whole[:3, :5] = values
    tiles = [whole[r : r + 2, c : c + 3].tobytes() for r in (0, 2) for c in (0, 3)]
    reading = only(file(page(values, strips=tiles, t278=None, t322=(3, 3), t323=(3, 2))))
    assert reading["intensity"].values.tolist() == values.tolist()


def test_colours_together_and_in_planes() -> None:
    values = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    reading = only(file(page(values)))
    assert reading["intensity"].values.tolist() == values.tolist()
    assert reading.variables[-1].dimensions == ("y", "x", "colour")
    assert reading.metadata["colours"] == "red, green, blue"
    planes = [np.ascontiguousarray(values[..., n]).tobytes() for n in range(3)]
    apart = only(file(page(values, strips=planes, t284=(3, 2))))
    assert apart["intensity"].values.tolist() == values.tolist()
    two = only(file(page(values[..., :2].copy())))
    assert two.variables[-1].dimensions == ("y", "x", "sample")


def test_a_palette_is_doubted() -> None:
    (doubt,) = only(file(page(np.zeros((2, 2), np.uint8), t262=(3, 3)))).doubts
    assert "table of colours" in doubt


def test_pages_that_agree_are_frames_and_others_readings_of_their_own() -> None:
    other = np.zeros((2, 2), np.uint8)
    readings = of(file(page(PICTURE), page(PICTURE + 1), page(other)))
    assert [r["intensity"].shape for r in readings] == [(2, 3, 4), (2, 2)]
    assert readings[0].variables[-1].dimensions == ("frame", "y", "x")
    assert readings[0]["intensity"].values[1].tolist() == (PICTURE + 1).tolist()
    assert [r.title for r in readings] == ["a.tif 1 of 2", "a.tif 2 of 2"]


def test_small_copies_are_passed_over() -> None:
    small = page(np.zeros((1, 2), np.uint16), t254=(4, 1))
    assert only(file(page(PICTURE), small))["intensity"].shape == (3, 4)
    assert only(file(small))["intensity"].shape == (1, 2)


def test_imagej_says_how_large_a_pixel_is() -> None:
    more = "xorigin=2\nfinterval=0.5\ncf=0\nc0=-32768.0\nc1=0.5\nvunit=V\n"
    content = file(page(PICTURE, t270=(2, imagej(unit="\\u00B5m", more=more)), **RESOLUTION))
    reading = only(content)
    assert reading["x"].unit == "um"
    assert reading["x"].values.tolist() == [-1.0, -0.5, 0.0, 0.5]
    assert reading["y"].values.tolist() == [0, 0.25, 0.5]
    assert reading.metadata["software"] == "ImageJ 1.53t"
    assert reading.metadata["intensity_step"] == 0.5
    assert reading.metadata["intensity_origin"] == 65536.0
    assert reading.metadata["intensity_unit"] == "V"
    inches = only(file(page(PICTURE, t270=(2, imagej(unit="inch")), **RESOLUTION)))
    assert inches["x"].unit == "pixel"


def test_imagej_hyperstacks_run_through_channels_first() -> None:
    reading = only(described(imagej(12, c=2, z=3, t=2, more="finterval=0.5\n"), 12))
    assert reading.variables[-1].dimensions == ("time", "z", "channel", "y", "x")
    assert reading["intensity"].values[1, 2, 0, 0, 0] == 1000
    assert reading["time"].values.tolist() == [0, 0.5]
    assert reading["time"].unit == "s"
    assert reading["z"].values.tolist() == [0, 2.5, 5]
    assert reading["z"].unit == "nm"
    untimed = only(described(imagej(2, t=2), 2))
    assert untimed.variables[-1].dimensions == ("frame", "y", "x")


def test_imagej_stacks_of_one_described_page() -> None:
    stack = np.arange(24, dtype=np.uint16).reshape(2, 3, 4)
    content = file(page(PICTURE, t270=(2, imagej(2, z=2)), strips=[stack.tobytes()], t279=(4, PICTURE.nbytes)))
    reading = only(content)
    assert reading["intensity"].values.tolist() == stack.tolist()
    assert reading.variables[-1].dimensions == ("z", "y", "x")
    (doubt,) = only(described(imagej(5000, z=5000))).doubts
    assert "speaks of 5000 images; the file has one" in doubt


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (imagej(3, z=3), "speaks of 3 images; the file has 2"),
        (imagej(2, c=3), "has 2 images but 1 along time, 1 along z, 3 along channel"),
    ],
)
def test_imagej_descriptions_that_disagree_are_doubted(text: str, words: str) -> None:
    reading = only(described(text, 2))
    assert reading["intensity"].shape == (2, 3, 4)
    assert words in reading.doubts[0]


@pytest.mark.parametrize(
    ("order", "dimensions", "at"),
    [("XYZCT", ("time", "channel", "z"), (1, 0, 2)), ("XYCZT", ("time", "z", "channel"), (1, 2, 0))],
)
def test_ome_says_how_pages_are_ordered(order: str, dimensions: tuple[str, ...], at: tuple[int, ...]) -> None:
    inside = "<Channel Name='red'/><Channel Name='blue'/>"
    before = "<Instrument><Microscope Manufacturer='Zeiss' Model='Axio'/><Objective/></Instrument>"
    reading = only(described(ome(order, c=2, z=3, t=2, inside=inside, before=before), 12))
    names = tuple("frame" if name == "time" else name for name in dimensions)
    assert reading.variables[-1].dimensions == (*names, "y", "x")
    number = int(np.ravel_multi_index(at, [{"time": 2, "channel": 2, "z": 3}[name] for name in dimensions]))
    assert reading["intensity"].values[at][0, 0] == 100 * number
    assert reading.technique == "optical_microscopy"
    assert reading.title == "grain"
    assert reading.instrument == "Zeiss Axio"
    assert reading.metadata["channel_names"] == "red, blue"
    assert reading["x"].unit == "um"
    assert reading["x"].values.tolist() == [0, 0.5, 1, 1.5]
    assert reading["y"].unit == "nm"
    assert reading["z"].values.tolist() == [0, 2, 4]
    assert reading.started_at == datetime(2019, 3, 12, 10, 20, 30, tzinfo=UTC)


def test_ome_planes_in_an_order_of_their_own() -> None:
    inside = "<TiffData IFD='1' FirstZ='0' PlaneCount='1'/><TiffData IFD='0' FirstZ='1' PlaneCount='1'/>"
    reading = only(described(ome(z=2, inside=inside), 2))
    assert reading["intensity"].values[:, 0, 0].tolist() == [100, 0]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (ome(z=5), DamagedFile, "page 5 was expected; the file has 2"),
        (
            ome(z=5, inside="<TiffData><UUID FileName='/etc/b.tif'>x</UUID></TiffData>"),
            UnsupportedVariant,
            "series of files",
        ),
        (ome(order="XYZ"), DamagedFile, "an order of X, Y, C, Z, T"),
        (ome(z=10**11), DamagedFile, "a length was expected as SizeZ"),
        (ome(z=10**7, c=10**7), DamagedFile, "planes are described"),
        ("<OME></OME>", DamagedFile, "an image was expected"),
        ("<OME", DamagedFile, "not well formed"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><OME>&b;</OME>", HostileFile, "document type"),
    ],
)
def test_ome_that_promises_what_is_not_there(text: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        of(described(text, 2))


def test_digital_micrograph() -> None:
    reading = only(file(page(PICTURE, **DM, t65022=(2, "counts"), t65024=(12, 2.0), t65025=(12, 4.0))))
    assert reading.technique == "electron_microscopy"
    assert reading["x"].unit == "um"
    assert reading["x"].values.tolist() == [10.0, 10.5, 11.0, 11.5]
    assert reading["y"].values.tolist() == [0, 0.25, 0.5]
    assert reading.metadata["intensity_step"] == 4.0
    assert reading.metadata["intensity_unit"] == "counts"
    (doubt,) = only(file(page(PICTURE, **DM, t65027=(7, b"no tree at all")))).doubts
    assert "tags of DigitalMicrograph" in doubt


def test_a_scanning_microscope_of_fei() -> None:
    reading = only(file(page(PICTURE, t34682=(2, FEI))))
    assert reading.technique == "electron_microscopy"
    assert reading["x"].values == pytest.approx([0, 2.5e-9, 5e-9, 7.5e-9])
    assert reading["x"].unit == "m"
    assert reading.operator == "supervisor"
    assert reading.instrument == "Helios NanoLab D8166"
    assert reading.started_at == datetime(2019, 3, 12, 10, 20, 30)
    assert dict(reading.metadata) == {
        "maker": "Thermo Fisher Scientific (FEI)",
        "acceleration_voltage": Measured(5000.0, "V"),
        "probe_current": Measured(8.6e-11, "A"),
        "working_distance": Measured(0.0042, "m"),
        "dwell_time": Measured(3e-6, "s"),
        "detector": "ETD",
        "model": "Helios NanoLab",
        "serial_number": "D8166",
        "software": "5.2",
        "comment": "steel",
    }
    assert reading.doubts == ("The lowest 1 rows show the microscope's data bar, not the sample.",)
    header: Any = reading.header["FEI"]
    assert header["Beam"]["HV"] == "5000"
    optical = "[IRBeam]\nHFW=8e-6\nVFW=3e-6\n[Image]\nResolutionX=4\nResolutionY=3\n"
    assert only(file(page(PICTURE, t34680=(2, optical))))["x"].values[1] == pytest.approx(2e-6)


def test_fei_as_xml() -> None:
    reading = only(file(page(PICTURE, t34682=(2, TITAN))))
    assert reading["x"].values[1] == pytest.approx(1e-10)
    assert reading["y"].values[1] == pytest.approx(2e-10)
    assert reading.metadata["acceleration_voltage"] == Measured(200000.0, "V")
    assert reading.instrument == "Talos 3"
    (doubt,) = only(file(page(PICTURE, t34682=(2, "<Metadata")))).doubts
    assert "cannot be read" in doubt


def test_a_scanning_microscope_of_zeiss() -> None:
    reading = only(file(page(PICTURE, t34118=(2, ZEISS))))
    assert reading["x"].unit == "nm"
    assert reading["x"].values.tolist() == [0, 2.5, 5, 7.5]
    assert reading.sample_name == "A7"
    assert reading.operator == "A. Person"
    assert reading.started_at == datetime(2019, 3, 12, 10, 20, 30)
    assert dict(reading.metadata) == {
        "maker": "Zeiss",
        "acceleration_voltage": Measured(5.0, "kV"),
        "working_distance": Measured(5.1, "mm"),
        "detector": "InLens",
        "serial_number": "Ultra-55",
        "magnification": Measured(25000.0),
    }
    assert reading.doubts == ()
    (doubt,) = only(file(page(PICTURE, t34118=(2, ZEISS.replace("9.765625e-12", "5e-12"))))).doubts
    assert "pixels of 2.5e-09 m; by its list of numbers they are 1.28e-09 m" in doubt


def test_jeol() -> None:
    maker = {
        "t271": (2, "JEOL Ltd."),
        "t272": (2, "JEM-F200"),
        "t296": (3, 3),
        "t282": (5, [1000, 1]),
        "t283": (5, [500, 1]),
    }
    reading = only(file(page(PICTURE, t270=(2, SIGHTX.format(mode="MAG", value="50000")), **maker)))
    assert reading["x"].unit == "nm"
    assert reading["x"].values[1] == pytest.approx(0.2)
    assert reading["y"].values[1] == pytest.approx(0.4)
    assert reading.instrument == "JEM-F200"
    assert reading.metadata["magnification"] == Measured(50000.0)
    assert reading.metadata["acceleration_voltage"] == Measured(200000.0, "V")
    pattern = only(file(page(PICTURE, t270=(2, SIGHTX.format(mode="DIFF", value="80")), **maker)))
    assert pattern.technique == "electron_diffraction"
    assert pattern.metadata["camera_length"] == Measured(80.0, "cm")
    assert pattern["x"].unit == "pixel"
    assert only(file(page(PICTURE, **maker))).technique == "electron_microscopy"


def test_tags_that_point_outside_are_doubted() -> None:
    content = bytearray(file(page(PICTURE, t305=(2, "a program"))))
    at = content.index(struct.pack("<HHI", 305, 2, 10))
    struct.pack_into("<I", content, at + 4, 2**31)
    reading = only(bytes(content))
    assert reading["intensity"].values.tolist() == PICTURE.tolist()
    assert reading.doubts == ("Tag 305 points outside the file and is left out.",)


def looped() -> bytes:
    content = bytearray(file(page(PICTURE)))
    (first,) = struct.unpack_from("<I", content, 4)
    struct.pack_into("<I", content, len(content) - 4, first)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (file(page(PICTURE))[:-6], DamagedFile, "was expected at byte"),
        (file(page(PICTURE, t279=(4, 2**20))), DamagedFile, "expected up to byte"),
        (file(page(PICTURE, t279=(4, 23))), DamagedFile, "part 1 must have 24 bytes; it has 23"),
        (file(page(PICTURE, t278=(4, 1))), DamagedFile, "make 3 parts; 1 places and 1 lengths are stated"),
        (file(page(PICTURE, t257=None)), DamagedFile, "a width and a height were expected"),
        (file(page(PICTURE, t257=(4, 0), t278=(4, 1))), NothingMeasured, "holds no points"),
        (file(page(PICTURE, t277=(3, 0))), DamagedFile, "0 numbers for each point"),
        (file(page(PICTURE, t258=(3, 24))), UnsupportedVariant, "numbers of \\[24\\] bits"),
        (file(page(PICTURE, t259=(3, 7))), UnsupportedVariant, r"compressed by method 7 \(JPEG\)"),
        (file(page(PICTURE, t259=(3, 9999))), UnsupportedVariant, r"compressed by method 9999 \(unknown\)"),
        (file(page(PICTURE, t259=(3, 8))), DamagedFile, "part 1 cannot be unpacked"),
        (file(page(PICTURE, t259=(3, 5))), DamagedFile, "part 1 cannot be unpacked|must have"),
        (file(page(PICTURE, t317=(3, 2))), UnsupportedVariant, "names predictor 2 with the compression none"),
        (file(page(PICTURE, t322=(3, 0), t323=(3, 0))), DamagedFile, "strips or tiles of 0 × 0"),
        (file(page(PICTURE, t32997=(4, 2))), UnsupportedVariant, "depth of its own"),
        (looped(), DamagedFile, "comes a second time"),
        (b"II*\0\0\0\0\0", DamagedFile, "has no page"),
        (b"II*\0\xff\0\0\0", DamagedFile, "page 1 was expected at byte 255"),
        (b"II*\0", DamagedFile, "first page's place was expected"),
        (b"", DamagedFile, "does not begin like a TIFF"),
    ],
)
def test_what_is_promised_and_not_found_is_an_error(content: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        of(content)


def test_bombs_are_refused_before_they_go_off() -> None:
    bomb = file(
        page(PICTURE, strips=[zlib.compress(b"")], t256=(4, 2**14), t257=(4, 2**13), t278=(4, 2**13), t259=(3, 8))
    )
    with pytest.raises(HostileFile, match="unpack to over 200 times"):
        of(bomb)
    huge = file(page(PICTURE, t256=(4, 2**20), t257=(4, 2**20), t278=(4, 2**20)))
    with pytest.raises(LimitExceeded, match="at most"):
        of(huge)
    with pytest.raises(LimitExceeded, match="at most 100"):
        of(file(*[page(PICTURE)] * 5), Limits(whole_bytes=100))


def test_lzw_against_a_stream_of_another_program() -> None:
    # Written by the library imagecodecs: 90 bytes of (n² div 7) mod 11.
    content = bytes((n * n // 7) % 11 for n in range(90))
    stream = bytes.fromhex(
        "8000204010100c0a07048000606048080c0a018200407010200609028041005010280e0501804000a048224c08048280"
        "0018301c140202820020504c462715018280c0204818060004c7c06029140a070583c261609808"
    )
    assert unpack_lzw(stream, 90) == content
    assert unpack_lzw(lzw(content), 90) == content
    long = np.random.default_rng(1).integers(0, 40, 20_000).astype(np.uint8).tobytes()
    assert unpack_lzw(lzw(long), len(long)) == long
    with pytest.raises(ValueError, match="lowest bit first"):
        unpack_lzw(b"\0\1", 10)
    with pytest.raises(ValueError, match="where none is defined"):
        unpack_lzw(b"\xff\xff\xff", 10)


def test_files_of_others_are_not_claimed() -> None:
    assert READER.recognise(Source(b"II*\1" + bytes(9))) is None
    claim = READER.recognise(Source(file(page(PICTURE))))
    assert claim is not None
    # Formats that build upon TIFF come first.
    assert claim.confidence is Confidence.LIKELY


@pytest.mark.parametrize("kind", ["DM", "imageJ"])
def test_the_real_files(shared: Callable[[str], Path], kind: str) -> None:
    tifffile = pytest.importorskip("tifffile")
    path = shared(f"microscopy/test_loading_image_saved_with_{kind}.tif")
    choice, (reading,) = read(Source(path))
    assert choice.reader is READER
    assert reading["intensity"].shape == (68, 68)
    assert reading["intensity"].values.dtype == ("int32" if kind == "DM" else "float32")
    assert np.array_equal(reading["intensity"].values, tifffile.imread(path))
    assert reading["x"].unit == "um"
    assert np.diff(reading["x"].values) == pytest.approx(0.1686747)
    assert reading.doubts == ()
    if kind == "DM":
        assert reading.technique == "electron_microscopy"
        assert reading["x"].values[0] == pytest.approx(139.66264)
        assert reading["y"].values[0] == pytest.approx(128.19276)
        assert reading.instrument == "FEI Tecnai"
        assert reading.metadata["acceleration_voltage"] == Measured(200000.0, "V")
        assert reading.started_at == datetime(2015, 7, 20, 18, 48, 25)
    else:
        assert reading.technique == "image"


@given(
    values=npst.arrays(
        dtype=st.sampled_from([np.uint8, np.int16, np.uint32, np.float32, np.float64]),
        shape=npst.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40),
        elements={"allow_nan": False},
    ),
    order=st.sampled_from(["<", ">"]),
    big=st.booleans(),
    compression=st.sampled_from([None, "zlib"]),
    predict=st.booleans(),
    tile=st.sampled_from([None, (16, 16)]),
)
def test_what_tifffile_writes_is_read(
    values: NDArray[Any], order: str, big: bool, compression: str | None, predict: bool, tile: tuple[int, int] | None
) -> None:
    tifffile = pytest.importorskip("tifffile")
    written = io.BytesIO()
    tifffile.imwrite(
        written,
        values,
        byteorder=order,
        bigtiff=big,
        compression=compression,
        predictor=2 if predict and compression and values.dtype.kind in "iu" else False,
        tile=tile,
        metadata=None,
    )
    assert np.array_equal(only(written.getvalue())["intensity"].values, values)


def test_the_predictor_of_floating_point_numbers() -> None:
    # As tifffile with imagecodecs writes 1.5, 2.5, -3.25 with predictor 3: highest bytes first, as differences.
    values = np.array([[1.5, 2.5, -3.25]], np.float32)
    planes = np.ascontiguousarray(values.astype(">f4").view(np.uint8).reshape(3, 4).T).reshape(-1)
    differences = np.diff(planes, prepend=np.uint8(0)).astype(np.uint8)
    strip = zlib.compress(differences.tobytes())
    reading = only(file(page(values, strips=[strip], t259=(3, 8), t317=(3, 3))))
    assert reading["intensity"].values.tolist() == values.tolist()
