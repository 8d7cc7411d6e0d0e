"""Rigaku RASX: the zip archives of SmartLab Studio II.

Instrument
----------
X-ray diffractometers of Rigaku with SmartLab Studio II as software: SmartLab, SmartLab SE, MiniFlex XpC.

What is read
------------
Each profile of the archive, in the order of its numbers, gives a Reading of technique `xrd` with

- the scanned axis, shape (n,), deg (mm for `z`): `two_theta` for TwoTheta, TwoThetaTheta and TwoThetaOmega scans,
  `omega` for Omega and OmegaTwoTheta, `two_theta_chi` for in-plane scans, else `chi`, `phi`, `alpha`, `beta`, `z`, ...;
- `intensity`, shape (n,), in the file's unit (counts or counts per second), the second column as it stands;
- `attenuation`, shape (n,), number 1, the third column, where it varies; otherwise it is metadata.

Profiles that the file calls a map or pole figure, and three or more profiles of equal length that step an axis evenly,
give one Reading of technique `xrd_map`: `intensity` of shape [scan, point], the stepped axis [scan], the scanned axis
[point]. Its header holds what all scans share once and what differs as lists, under `#each`.

Uncertainties
-------------
`intensity`: standard uncertainty √n of the Poisson distribution, origin estimate (1 where nothing was counted), where
the unit is counts, all numbers are whole and the attenuator's factor is 1 throughout. The file states none. Files
that say `counts` but hold fractions exist (detectors whose lines are averaged); they get none and a doubt.

What is left out
----------------
Pictures of area detectors (`Image0.bin`); an archive that holds nothing else is refused as a variant that is not
supported. The signature in `root.xml` is not verified; its checksums are, and a doubt names files that differ. Whether
the intensities of an attenuated scan are already multiplied by the factor is stated nowhere; they are given as
written, with a doubt.

File structure
--------------
Zip with `root.xml` (lists the folders and the MD5 of each text without its byte-order mark), and in each folder
`DataN` a `ProfileN.txt` (UTF-8 with byte-order mark, rows "axis, intensity, attenuator's factor" with tabs between)
and a `MesurementConditionsN.xml` (so spelt), which holds the RAS header under other names and what is left of it as
pairs. Times are ISO 8601 in UTC. Worked out from 2 files; the meaning of the columns as in RAS.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.diffraction.map import readings
from kiban.readers.diffraction.rigaku_scan import Axis, Conditions, scan
from kiban.readers.diffraction.scan import Scan
from kiban.readers.number_list import rows
from kiban.readers.source import Source
from kiban.readers.text import decode
from kiban.readers.xml import parse
from kiban.readers.xml_header import as_dictionary, children, descend, local_name, text_at
from kiban.readers.zipped import SIGNATURE, Zipped, listed_names
from kiban.records.reading import Json, Reading

if TYPE_CHECKING:
    from lxml.etree import _Element

_MEMBER = re.compile(
    r"(?:(?P<above>.*)/)?Data(?P<folder>\d{1,9})/"
    r"(?:Profile(?P<profile>\d{1,9})\.txt|Image(?P<picture>\d{1,9})\.bin|Mea?surementConditions(?P<conditions>\d{1,9})\.xml)"
)
_MEND = "Export the measurement again, or copy the archive again; it is kept as it came."
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_KEYS = (
    ("GeneralInformation", (
        ("Operator", "FILE_OPERATOR"), ("SampleName", "FILE_SAMPLE"), ("Comment", "FILE_COMMENT"),
        ("Memo", "FILE_MEMO"), ("SystemName", "FILE_SYSTEM_NAME"),
    )),
    ("HWConfigurations/XrayGenerator", (
        ("TargetName", "HW_XG_TARGET_NAME"), ("WavelengthKalpha1", "HW_XG_WAVE_LENGTH_ALPHA1"),
        ("WavelengthKalpha2", "HW_XG_WAVE_LENGTH_ALPHA2"), ("WavelengthKbeta", "HW_XG_WAVE_LENGTH_BETA"),
        ("Voltage", "MEAS_COND_XG_VOLTAGE"), ("VoltageUnit", "HW_XG_VOLTAGE_UNIT"),
        ("Current", "MEAS_COND_XG_CURRENT"), ("CurrentUnit", "HW_XG_CURRENT_UNIT"),
    )),
    ("ScanInformation", (
        ("AxisName", "MEAS_SCAN_AXIS_X"), ("Mode", "MEAS_SCAN_MODE"), ("Start", "MEAS_SCAN_START"),
        ("Stop", "MEAS_SCAN_STOP"), ("Step", "MEAS_SCAN_STEP"), ("Resolution", "MEAS_SCAN_RESOLUTION_X"),
        ("Speed", "MEAS_SCAN_SPEED"), ("SpeedUnit", "MEAS_SCAN_SPEED_UNIT"), ("PositionUnit", "MEAS_SCAN_UNIT_X"),
        ("IntensityUnit", "MEAS_SCAN_UNIT_Y"), ("StartTime", "MEAS_SCAN_START_TIME"),
        ("EndTime", "MEAS_SCAN_END_TIME"), ("UnequalySpaced", "MEAS_SCAN_UNEQUALY_SPACED"),
        ("DataCount", "MEAS_DATA_COUNT"),
    )),
)  # fmt: skip
"""Where the XML has what the RAS header has under its keys."""


class RigakuRasx:
    """Reads RASX."""

    name = "rigaku_rasx"
    version = 1
    title = "Rigaku RASX"
    makers = ("Rigaku",)
    techniques = ("xrd", "xrd_map")
    suffixes = (".rasx",)
    library = "lxml"

    def recognise(self, source: Source) -> Recognition | None:
        """Claim zip archives with members `DataN/ProfileN.txt` or `DataN/MesurementConditionsN.xml`."""
        if not source.head.startswith(SIGNATURE):
            return None
        for name in listed_names(source):
            if _MEMBER.fullmatch(name):
                return Recognition(Confidence.CERTAIN, f"it is a zip archive with the member {name[-60:]}")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read all profiles, in order. Raises as the contract says."""
        zipped = Zipped(source)
        try:
            archive = _Archive(zipped, source.name)
            found = [_conditions_and_scan(archive, profile) for profile in archive.profiles()]
        finally:
            zipped.close()
        first, _ = found[0]
        return readings([scan for _, scan in found], is_map=len(found) > 1 and first.is_map, step_axis=first.step_axis)


class _Archive:
    """The members of the archive under their names with forward slashes, and what `root.xml` says of them.

    Raises
    ------
    DamagedFile
        If `root.xml` lists a file that is not there.
    """

    def __init__(self, zipped: Zipped, file: str) -> None:
        self.file = file
        self._zipped = zipped
        self._names = {name.replace("\\", "/"): name for name in zipped.names}
        self._members = [match for name in self._names if (match := _MEMBER.fullmatch(name))]
        self._conditions = {
            (_folder(m), int(m.group("conditions"))): m.group() for m in self._members if m.group("conditions")
        }
        self._checksums: dict[str, str] = {}
        self.roots: dict[str, Json] = {}
        for path in sorted(self._names):
            if path.rpartition("/")[2] == "root.xml":
                self._read_root(path)

    def _read_root(self, path: str) -> None:
        root = parse(self.read(path), name=self.place(path))
        folder = path.rpartition("/")[0]
        self.roots[folder] = as_dictionary(root)
        for data in root:
            for listed in children(data, "ContentHashList"):
                member = "/".join(part for part in (folder, local_name(data), listed.get("Name") or "") if part)
                if member not in self._names:
                    raise DamagedFile(
                        f"{self.file}: {member} was expected, as root.xml lists it; it is missing.", mend=_MEND
                    )
                self._checksums[member] = (listed.get("ContentHash") or "").lower()

    def place(self, path: str) -> str:
        """Name a member for messages."""
        return f"{self.file}!/{path}"

    def read(self, path: str) -> bytes:
        """Unpack a member. Raises as `Zipped.read`."""
        return self._zipped.read(self._names[path])

    def profiles(self) -> list[re.Match[str]]:
        """All profiles in the order of folder and number. Raises UnsupportedVariant where there is none."""
        found = [member for member in self._members if member.group("profile")]
        if not found:
            held = "only pictures of an area detector" if self.n_pictures else "no profile"
            raise UnsupportedVariant(
                f"{self.file} is a RASX archive and holds {held}.",
                mend="Export the profile from SmartLab Studio II as well. The file is kept as it came.",
            )
        return sorted(found, key=lambda m: (m.group("above") or "", int(m.group("folder")), int(m.group("profile"))))

    @cached_property
    def n_pictures(self) -> int:
        """How many pictures of area detectors the archive holds."""
        return sum(bool(member.group("picture")) for member in self._members)

    def conditions_path(self, profile: re.Match[str]) -> str:
        """The conditions that belong to a profile. Raises DamagedFile where there are none."""
        found = self._conditions.get((_folder(profile), int(profile.group("profile"))))
        if found is None:
            raise DamagedFile(
                f"{self.file}: MesurementConditions{profile.group('profile')}.xml was expected beside "
                f"{profile.group()}; it is missing.",
                mend=_MEND,
            )
        return found

    def has_changed(self, path: str, content: bytes) -> bool:
        """The text is not the one whose checksum `root.xml` has."""
        promised = self._checksums.get(path, "")
        if len(promised) != 32:
            return False
        text = content.removeprefix(_BYTE_ORDER_MARK)
        return hashlib.md5(text, usedforsecurity=False).hexdigest() != promised


def _folder(member: re.Match[str]) -> tuple[str | None, int]:
    return member.group("above"), int(member.group("folder"))


def _conditions_and_scan(archive: _Archive, profile: re.Match[str]) -> tuple[Conditions, Scan]:
    path, conditions_path = profile.group(), archive.conditions_path(profile)
    content, conditions_content = archive.read(path), archive.read(conditions_path)
    doubts = [
        f"{changed} was changed after the instrument wrote it: its checksum is not the one in root.xml."
        for changed, bytes_ in ((path, content), (conditions_path, conditions_content))
        if archive.has_changed(changed, bytes_)
    ]
    if archive.n_pictures:
        doubts.append(f"{archive.n_pictures} pictures of an area detector in the archive are not read.")
    root = parse(conditions_content, name=archive.place(conditions_path))
    pairs = _pairs(root)
    header: dict[str, Json] = {"MesurementConditions": _header(root, pairs)}
    if (listing := archive.roots.get(profile.group("above") or "")) is not None:
        header["root"] = listing
    conditions = Conditions(values=_values(root, pairs), axes=tuple(_axes(root)), header=header, doubts=tuple(doubts))
    text, _ = decode(content)
    table = rows(text.splitlines(), what="data", file=archive.place(path))
    return conditions, scan(conditions, table, place=archive.place(path))


def _pairs(root: _Element) -> dict[str, str]:
    """What is left of the RAS header: `<Pair>` of key and value."""
    listed = descend(root, "RASHeader")
    pairs: dict[str, str] = {}
    for pair in children(listed, "Pair") if listed is not None else ():
        texts = [text.text or "" for text in pair if local_name(text) == "string"]
        if len(texts) == 2:
            pairs[texts[0]] = texts[1]
    return pairs


def _header(root: _Element, pairs: dict[str, str]) -> Json:
    """The conditions as written, the pairs of the RAS header as a dictionary."""
    header = as_dictionary(root, without=frozenset({"RASHeader"}))
    return {**header, "RASHeader": dict[str, Json](pairs)} if pairs else header


def _values(root: _Element, pairs: dict[str, str]) -> dict[str, str]:
    """Say the conditions under the keys of RAS."""
    values = {key.removeprefix("*"): text for key, text in pairs.items()}
    for path, names in _KEYS:
        for name, key in names:
            if text := text_at(root, *path.split("/"), name):
                values[key] = text
    categories = descend(root, "HWConfigurations", "Categories")
    for category in children(categories, "Category") if categories is not None else ():
        if category.get("Name") == "Detector":
            values["HW_COUNTER_SELECT_NAME"] = category.get("SelectedUnit") or ""
    return values


def _axes(root: _Element) -> Iterator[Axis]:
    axes = descend(root, "Axes")
    for axis in children(axes, "Axis") if axes is not None else ():
        yield Axis(
            label=axis.get("Name") or "",
            unit=axis.get("Unit") or "",
            position=axis.get("Position") or "",
            state=axis.get("State") or "",
        )


READER = RigakuRasx()
