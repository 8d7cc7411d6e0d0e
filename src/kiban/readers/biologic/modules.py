"""The modules of a BioLogic `.mpr` file: where each begins and ends, and what settings, log and loop modules say."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiban.errors import DamagedFile

SIGNATURE = b"BIO-LOGIC MODULAR FILE\x1a"
_HEAD_BYTES = 52
_MAGIC = b"MODULE"
_LONG_LENGTH = 0xFFFFFFFF

_OLE_EPOCH = datetime(1899, 12, 30)
_START_OFFSETS = (585, 993, 465, 469, 473)
"""Where the log module has the start of acquisition: at 585 in V11 (again at 993 since V11.4), at the others before."""

_SETTINGS_VERSIONS = {7, 8}
"""Values of byte 2 of the settings module for which the places of its fields were compared with text exports."""
_AREA_UNITS = {2: "cm**2"}
_MASS_UNITS = {1: "g", 2: "mg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module: its header, and its data as a view on the file's bytes."""

    name: str
    """Short name: `VMP Set`, `VMP data`, `VMP LOG`, `VMP loop`, `VMP ExtDev`."""
    title: str
    version: int
    long_form: bool
    """With the long header of V11.50 and later, which has a 64-bit length."""
    date: str
    data: memoryview


def split_modules(content: bytes, *, name: str) -> list[Module]:
    """Cut a file into its modules.

    Raises
    ------
    DamagedFile
        If a module does not begin where the one before it ends, or promises more bytes than follow.
    """
    modules = []
    offset = _HEAD_BYTES
    while offset < len(content):
        module, offset = _module_at(content, offset, name)
        modules.append(module)
    return modules


def _module_at(content: bytes, offset: int, name: str) -> tuple[Module, int]:
    if content[offset : offset + len(_MAGIC)] != _MAGIC:
        raise DamagedFile(
            f"{name}: a module was expected at byte {offset}, {content[offset : offset + 6]!r} stands there.",
            mend="Copy the file again from the instrument's computer; it is kept as it came.",
        )
    header = content[offset : offset + 65]
    if len(header) < 57:
        raise _cut(name, offset, 57, len(header))
    long_form = struct.unpack_from("<I", header, 41)[0] == _LONG_LENGTH
    if long_form:
        if len(header) < 65:
            raise _cut(name, offset, 65, len(header))
        length, version = struct.unpack_from("<QI", header, 45)
        date, start = header[57:65], offset + 65
    else:
        length, version = struct.unpack_from("<II", header, 41)
        date, start = header[49:57], offset + 57
    data = memoryview(content)[start : start + length]
    if len(data) != length:
        raise _cut(name, offset, length, len(data))
    module = Module(
        name=_text(header[6:16]),
        title=_text(header[16:41]),
        version=version,
        long_form=long_form,
        date=_text(date),
        data=data,
    )
    return module, start + length


def _cut(name: str, offset: int, promised: int, found: int) -> DamagedFile:
    return DamagedFile(
        f"{name}: the module at byte {offset} promises {promised} bytes, {found} follow.",
        mend="Copy the file again from the instrument's computer; it is kept as it came.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the settings module says of technique and cell. A field that its place did not yield is None or empty."""

    technique_code: int
    comment: str = ""
    active_mass_mg: float | None = None
    electrode_material: str = ""
    electrolyte: str = ""
    electrode_area: tuple[float, str] | None = None
    """Value and unit."""
    reference_electrode: str = ""
    reference_potential_v: float | None = None
    characteristic_mass: tuple[float, str] | None = None
    battery_capacity_mah: float | None = None


def decode_settings(data: memoryview) -> Settings | None:
    """Read the fields of a settings module; `None` for an empty one, the technique alone for an unknown layout."""
    if len(data) == 0:
        return None
    if len(data) < 0x261 or data[2] not in _SETTINGS_VERSIONS:
        return Settings(technique_code=data[0])
    area, mass = _float(data, 0x211), _float(data, 0x24C)
    area_unit, mass_unit = _AREA_UNITS.get(data[0x250]), _MASS_UNITS.get(data[0x251])
    return Settings(
        technique_code=data[0],
        comment=_pascal(data, 0x007),
        active_mass_mg=_float(data, 0x107),
        electrode_material=_pascal(data, 0x11E),
        electrolyte=_pascal(data, 0x1C0),
        electrode_area=None if area is None or area_unit is None else (area, area_unit),
        reference_electrode=_pascal(data, 0x215),
        reference_potential_v=_float(data, 0x248),
        characteristic_mass=None if mass is None or mass_unit is None else (mass, mass_unit),
        battery_capacity_mah=_float(data, 0x25C),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What the log module says of instrument and start."""

    started_at: datetime | None = None
    channel: int | None = None
    channel_serial_number: int | None = None
    software_version: str = ""
    device_serial_number: str = ""
    file_name: str = ""
    host: str = ""
    address: str = ""


def decode_log(data: memoryview, date: str) -> Log:
    """Read the fields of a log module.

    Parameters
    ----------
    data : memoryview
    date : str
        Date of the settings module, mm/dd/yy. A timestamp counts only if it falls on that day or next to it: the place
        of the timestamp changes between versions, and other numbers stand in its other places.
    """
    version = _pascal(data, 0x3B7)
    started_at = _start(data, date)
    if not re.fullmatch(r"\d+\.\d+\w*", version):
        return Log(started_at=started_at)
    return Log(
        started_at=started_at,
        channel=data[9] + 1,
        channel_serial_number=struct.unpack_from("<H", data, 0xAB)[0],
        software_version=version,
        device_serial_number=_pascal(data, 0x3CF),
        file_name=_pascal(data, 0x251),
        host=_pascal(data, 0x351),
        address=_pascal(data, 0x384),
    )


def _start(data: memoryview, date: str) -> datetime | None:
    day = parse_date(date)
    for offset in _START_OFFSETS:
        if offset + 8 > len(data) or day is None:
            continue
        days = struct.unpack_from("<d", data, offset)[0]
        if not 30_000 < days < 80_000:
            continue
        # The fraction of a day is exact to about a microsecond; EC-Lab's clock gives milliseconds.
        start = _OLE_EPOCH + timedelta(milliseconds=round(days * 86_400_000))
        if abs((start - day).days) <= 1:
            return start
    return None


def parse_date(text: str) -> datetime | None:
    """Read a module's date: mm/dd/yy, on some systems with other separators; `None` where it is no date."""
    match = re.fullmatch(r"(\d\d)[/.-](\d\d)[/.-](\d\d)", text)
    if match is None:
        return None
    month, day, year = (int(part) for part in match.groups())
    try:
        return datetime(2000 + year if year < 70 else 1900 + year, month, day)
    except ValueError:
        return None


def decode_loops(data: memoryview) -> list[int]:
    """Read the loop module: the number of the first point of each loop, then the number of points."""
    if len(data) < 4:
        return []
    count = min(struct.unpack_from("<I", data, 0)[0], (len(data) - 4) // 4)
    return list(struct.unpack_from(f"<{count}I", data, 4))


def decode_analog_inputs(data: memoryview) -> dict[int, str]:
    """Read from the external-device module what the analog inputs were scaled to: `{1: "Force/N"}`."""
    found = {}
    for number, offset in ((1, 0x36), (2, 0x63)):
        label = _pascal(data, offset)
        if "/" in label:
            found[number] = label
    return found


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("cp1252", "replace").strip()


def _pascal(data: memoryview, offset: int) -> str:
    """A text with its length before it; empty where what stands there is no text."""
    if offset >= len(data):
        return ""
    raw = bytes(data[offset + 1 : offset + 1 + data[offset]])
    text = raw.decode("cp1252", "replace")
    printable = all(letter.isprintable() or letter in "\r\n\t" for letter in text)
    return text.strip() if len(raw) == data[offset] and printable else ""


def _float(data: memoryview, offset: int) -> float | None:
    if offset + 4 > len(data):
        return None
    # Single precision, shown with the digits that single precision has: 0.317, not 0.31700000166893005.
    value = float(f"{struct.unpack_from('<f', data, offset)[0]:.7g}")
    return value if -1e30 < value < 1e30 else None
