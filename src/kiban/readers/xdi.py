"""XDI: X-ray absorption data interchange, the text of beamlines and libraries of spectra.

Instrument
----------
Beamlines for X-ray absorption spectroscopy; Athena, Larch and libraries of standards write it.

What is read
------------
One Reading of technique `x_ray_absorption`: the first column as axis (`photon_energy`, or `angle`), the others as
signals under their names (`mutrans`, `i0`, `ifluor`, ...), absorption first, in the units that the header names.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Nothing: fields without a standard name are in the header. A unit that is not named for an energy is a fault.

File structure
--------------
Text. `# XDI/1.0` and the programs that wrote it; `# Family.tag: value`, among them `Column.1: energy eV`; `# ///` and
comments; `# ---`; perhaps names of columns; rows of numbers between blanks. XAS Data Interchange, version 1.0 (Ravel
and Newville, J. Phys. Conf. Ser. 712, 012148).
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.quantity.series import Series
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.number_list import optional_number, rows
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import slug
from kiban.readers.text import decode
from kiban.readers.words.unit_words import read_unit
from kiban.records.reading import Json, MetadataValue, Reading, Role, Variable

_MEND = "Save the spectrum again as XDI; the file is kept as it came."
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?[#;%/*!$]?[ \t]*XDI/\d")
_FIELD = re.compile(r"(?P<family>[A-Za-z_]\w*)\.(?P<tag>\w+):\s*(?P<value>.*)")
_END = re.compile(r"-{3,}.*")
_COMMENTS = re.compile(r"/{3,}.*")
_AXES = {"energy": "photon_energy", "angle": "angle", "k": "wavenumber_k"}
_FIRST_SIGNALS = ("mu", "norm", "xmu", "chi")
_TEXTS = (
    ("species", "element.symbol"),
    ("transition", "element.edge"),
    ("monochromator_crystal", "mono.name"),
    ("chemical_formula", "sample.stoichiometry"),
    ("source_name", "facility.name"),
)


class Xdi:
    """Reads XDI."""

    name = "xdi"
    version = 1
    title = "XDI (X-ray absorption)"
    makers = ("International X-ray Absorption Society",)
    techniques = ("x_ray_absorption",)
    suffixes = (".xdi",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text whose first comment names XDI and its version."""
        if _FIRST.match(source.head):
            return Recognition(Confidence.CERTAIN, "its first comment names XDI and its version")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read the spectrum. Raises as the contract says."""
        lines = decode(source.read())[0].lstrip("\ufeff").splitlines()
        fields, comments, first = _header(lines)
        table = rows(lines[first:], what="data", file=source.name, first_line=first + 1)
        if len(table) == 0:
            raise NothingMeasured(f"{source.name} has no row of numbers.", mend=_MEND)
        columns = _columns(fields, table.shape[1], source.name)
        variables = [
            Variable(
                name=name,
                series=Series(np.ascontiguousarray(values), unit),
                dimensions=(columns[0][0],),
                role=Role.AXIS if n == 0 else Role.SIGNAL,
                label=label,
                unit_as_written=written,
            )
            for n, ((name, unit, label, written), values) in enumerate(zip(columns, table.T, strict=True))
        ]
        variables[1:] = sorted(variables[1:], key=lambda v: not v.name.startswith(_FIRST_SIGNALS))
        header: dict[str, Json] = dict(fields)
        if comments:
            header["comments"] = list[Json](comments)
        lower = {key.lower(): value for key, value in fields.items()}
        sample = lower.get("sample.name", "")
        return [
            Reading(
                technique="x_ray_absorption",
                title=sample or (comments[0] if comments else "") or source.name or "Spectrum",
                variables=tuple(variables),
                header=header,
                metadata=_metadata(lower, lines[0]),
                sample_name=sample or None,
                instrument=lower.get("beamline.name") or None,
                started_at=_time(lower.get("scan.start_time", "")),
            )
        ]


def _header(lines: list[str]) -> tuple[dict[str, str], list[str], int]:
    """Fields, comments, and where the numbers begin: after the last comment above them."""
    fields: dict[str, str] = {}
    comments: list[str] = []
    is_comment, first = False, 0
    for place, line in enumerate(lines):
        bare = line.strip()
        if not bare:
            continue
        if bare[0] not in "#;%/*!$":
            break
        first = place + 1
        text = bare.lstrip("#;%*!$").strip()
        if _END.fullmatch(text):
            continue
        if _COMMENTS.fullmatch(text):
            is_comment = True
        elif (match := _FIELD.fullmatch(text)) is not None and not is_comment:
            fields.setdefault(f"{match['family']}.{match['tag']}", match["value"].strip())
        elif text and not text.startswith("XDI/"):
            comments.append(text)
    return fields, comments, first


def _columns(fields: dict[str, str], n_columns: int, file: str) -> list[tuple[str, str, str, str]]:
    """Name, unit, label and the unit's spelling of each column, by Column.1, Column.2, ..."""
    named = {key.lower(): value for key, value in fields.items()}
    made: list[tuple[str, str, str, str]] = []
    for n in range(1, n_columns + 1):
        label, _, written = named.get(f"column.{n}", "").partition(" ")
        # Some add what the column is to its unit: `energy eV || monochromator`.
        written = written.partition("||")[0].strip()
        name = (_AXES.get(label.lower()) if n == 1 else None) or slug(label) or f"column_{n}"
        unit = read_unit(written) if written else ""
        if n == 1 and name == "photon_energy" and not unit:
            raise DamagedFile(
                f"{file}: a unit of the energy was expected in Column.1; '{written[:40]}' was found.", mend=_MEND
            )
        taken = {each[0] for each in made}
        name = next(each for each in (name, *(f"{name}_{i}" for i in range(2, n_columns + 2))) if each not in taken)
        made.append((name, unit or "", label, written))
    if n_columns < 2:
        raise DamagedFile(f"{file}: rows of 2 or more numbers were expected; they have {n_columns}.", mend=_MEND)
    return made


def _metadata(fields: dict[str, str], first: str) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"format_version": first.lstrip("# ").split()[0].partition("/")[2]}
    metadata |= {name: text for name, key in _TEXTS if (text := fields.get(key, ""))}
    spacing = optional_number(fields.get("mono.d_spacing", "").split(" ")[0])
    if spacing is not None and spacing > 0:
        metadata["monochromator_spacing"] = Measured(spacing, "angstrom")
    edge = optional_number(fields.get("scan.edge_energy", "").split(" ")[0])
    words = fields.get("scan.edge_energy", "").split(" ")
    unit = read_unit(words[1]) if len(words) > 1 else None
    if edge is not None and unit is not None:
        metadata["edge_energy"] = Measured(edge, unit)
    ended_at = _time(fields.get("scan.end_time", ""))
    if ended_at is not None:
        metadata["ended_at"] = ended_at
    return metadata


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


READER = Xdi()
