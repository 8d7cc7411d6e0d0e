"""VersaStudio: measurements of Princeton Applied Research's potentiostats, as text (PAR).

Instrument
----------
VersaSTAT, PARSTAT MC, PMC and others of Princeton Applied Research (AMETEK), with VersaStudio as program.

What is read
------------
One Reading for each segment of the file, shape (n_points,); the technique is that of the action that made it.

- `cyclic_voltammetry`, `linear_sweep_voltammetry`, `chronoamperometry`, `chronopotentiometry`, `open_circuit_voltage`,
  `electrochemistry`: `potential` (V), `current` (A), `applied_potential` (V) along `time` (s); `segment` numbers
  sweeps.
- `impedance`: `impedance_real`, `impedance_imaginary` (ohm) along `frequency` (Hz), and the rest beside them.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Columns of alternating current in segments without any frequency, and those of a second electrometer that was off, hold
zeros only: they are named under `unused_columns`. How the program showed the points (graphs, layout of windows) is not
kept. Areas and masses of 0, and an area of 1 cm², the default, are not taken for ones that somebody entered.

File structure
--------------
Text, UTF-8, sections `<Application>`, `<Instrument>`, `<Experiment>`, `<Action0>` (what is common), `<Action1>`, ...,
`<Segment1>`, ... closed by `</...>`, with lines `key=value`. A segment has `Definition=names of columns` and rows
between commas; the last name can be a 0 that stands for no column. Worked out from 2 files of versions 2.52 and 2.61.
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kiban.errors import DamagedFile, NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.electrochemistry.english_dates import read_english_date
from kiban.readers.electrochemistry.measured_columns import along, numbers, variable
from kiban.readers.source import Source
from kiban.readers.tables.column_headers import ColumnHeader, read_label, slug, unique
from kiban.readers.tables.date_columns import read_date
from kiban.readers.tables.number_columns import to_number
from kiban.readers.tables.text_rows import with_plain_line_ends
from kiban.readers.text import decode
from kiban.readers.versastudio.sections import MEND, Section, parse
from kiban.records.reading import Json, MetadataValue, Reading, Role

_TECHNIQUES = (
    (re.compile(r"EIS|impedance|mott", re.IGNORECASE), "impedance"),
    (re.compile(r"cyclic voltam", re.IGNORECASE), "cyclic_voltammetry"),
    (re.compile(r"linear scan|linear sweep|tafel|potentiodynamic|polarization resistance", re.IGNORECASE),
     "linear_sweep_voltammetry"),
    (re.compile(r"chronoamp|potentiostatic|chronocoul", re.IGNORECASE), "chronoamperometry"),
    (re.compile(r"chronopot|galvanostatic", re.IGNORECASE), "chronopotentiometry"),
    (re.compile(r"open circuit", re.IGNORECASE), "open_circuit_voltage"),
)  # fmt: skip
_NAMES = {
    "Segment #": "segment",
    "Point #": "data_point",
    "E(V)": "potential",
    "I(A)": "current",
    "Elapsed Time(s)": "time",
    "E Applied(V)": "applied_potential",
    "Frequency(Hz)": "frequency",
    "Z Real": "impedance_real",
    "Z Imag": "impedance_imaginary",
    "ActionId": "action",
    "Current Range": "current_range",
    "Status": "status",
}
_UNITS = {"Z Real": "ohm", "Z Imag": "ohm", "Z2 Real": "ohm", "Z2 Imag": "ohm", "AC Amplitude": "V"}
_UNITS |= {"E Real": "V", "E Imag": "V", "I Real": "A", "I Imag": "A", "E2 Real": "V", "E2 Imag": "V"}
_ALTERNATING = re.compile(r"(?:E|I|Z|E2|Z2) (?:Real|Imag)|Frequency\(Hz\)|AC Amplitude|E2\(V\)|E2 Status|ADC Sync.*")
_SIGNALS = ("impedance_real", "impedance_imaginary", "potential", "current")


class VersaStudioPar:
    """Reads VersaStudio's files."""

    name = "versastudio_par"
    version = 1
    title = "Princeton VersaStudio (PAR)"
    makers = ("Princeton Applied Research",)
    techniques = (
        "cyclic_voltammetry",
        "linear_sweep_voltammetry",
        "chronoamperometry",
        "chronopotentiometry",
        "open_circuit_voltage",
        "impedance",
        "electrochemistry",
    )
    suffixes = (".par",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with a section Application which names VersaStudio."""
        head = source.head[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
        if head.startswith(b"<Application>") and b"VersaStudio" in head:
            return Recognition(Confidence.CERTAIN, "it begins with a section Application that names VersaStudio")
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read every segment. Raises as the contract says."""
        lines = with_plain_line_ends(decode(source.read())[0]).lstrip("\ufeff").split("\n")
        sections = parse(lines, file=source.name)
        segments = [section for section in sections if re.fullmatch(r"Segment\d+", section.name) and section.rows]
        if not segments:
            raise NothingMeasured(
                f"{source.name} has no segment with points.", mend="If points were measured, save them again."
            )
        actions = _actions_of(sections, len(segments))
        return [
            _reading(segment, action, sections, is_alone=len(segments) == 1, file=source.name)
            for segment, action in zip(segments, actions, strict=True)
        ]


def _actions_of(sections: list[Section], n_segments: int) -> list[Section | None]:
    """The action that made each segment, where the numbers of their segments add up."""
    actions = [s for s in sections if re.fullmatch(r"Action[1-9]\d*", s.name)]
    found: list[Section | None] = []
    for action in actions:
        number = action.fields.get("Segments", "")
        found += [action] * (int(number[:4]) if number.isdecimal() else 0)
    if len(found) == n_segments:
        return found
    measuring = [action for action in actions if action.fields.get("Segments", "0") != "0"]
    if len(measuring) in {1, n_segments}:
        return [measuring[0 if len(measuring) == 1 else n] for n in range(n_segments)]
    return [None] * n_segments


def _reading(
    segment: Section, action: Section | None, sections: list[Section], *, is_alone: bool, file: str
) -> Reading:
    labels, columns = _columns(segment, file=file)
    place = f"{file}, {segment.name}"
    values = [numbers(cells, ".", label=label, place=place) for label, cells in zip(labels, columns, strict=True)]
    is_alternating = any(
        label == "Frequency(Hz)" and bool(np.any(v > 0)) for label, v in zip(labels, values, strict=True)
    )
    headers = unique([_header_of(label) for label in labels])
    unused: list[Json] = []
    variables = []
    for header, column in zip(headers, values, strict=True):
        if _is_unused(header.label, column, is_alternating=is_alternating):
            unused.append(header.label)
            continue
        role = Role.SIGNAL if header.name in _SIGNALS else Role.AUXILIARY
        variables.append(variable(header, column, role))
    name = action.fields.get("Name", "") if action is not None else ""
    key = next((key for pattern, key in _TECHNIQUES if pattern.search(name)), "electrochemistry")
    if is_alternating or key == "impedance":
        key = "impedance" if is_alternating else "electrochemistry"
    common = {section.name: section.fields for section in sections}
    title = name or "VersaStudio measurement"
    started, doubts = _started(common.get("Experiment", {}))
    kept = ("Application", "Instrument", "Experiment")
    about: dict[str, Json] = {
        section.name: dict(section.fields) for section in sections if section.name in kept or "Action" in section.name
    }
    return Reading(
        technique=key,
        title=title if is_alone else f"{title}: {segment.name}",
        variables=tuple(along(variables, ("frequency",) if is_alternating else ("time",), _SIGNALS, place=place)),
        header={**about, "columns": list(labels), **({"unused_columns": unused} if unused else {})},
        metadata=_metadata(common, name),
        instrument=" ".join(
            part
            for part in ("Princeton", *(common.get("Instrument", {}).get(key, "") for key in ("Type", "Model")))
            if part
        ),
        started_at=started,
        doubts=doubts,
    )


def _columns(segment: Section, *, file: str) -> tuple[list[str], list[tuple[str, ...]]]:
    definition = segment.fields.get("Definition", "")
    labels = [label.strip() for label in definition.split(",")]
    if labels[-1] in {"0", ""}:
        labels.pop()
    if not labels:
        raise DamagedFile(f"{file}: a line Definition was expected in {segment.name}; there is none.", mend=MEND)
    rows = []
    for number, line in segment.rows:
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != len(labels):
            raise DamagedFile(
                f"{file}, line {number}: {len(labels)} numbers were expected, {len(cells)} found.", mend=MEND
            )
        rows.append(cells)
    return labels, list(zip(*rows, strict=True))


def _header_of(label: str) -> ColumnHeader:
    read = read_label(label)
    unit = _UNITS.get(label, read.unit)
    name = _NAMES.get(label) or slug(re.sub(r"\([^)]*\)$", "", label)) or read.name
    return ColumnHeader(name=name, label=label, unit=unit, unit_as_written=read.unit_as_written)


def _is_unused(label: str, values: NDArray[np.float64], *, is_alternating: bool) -> bool:
    if _ALTERNATING.fullmatch(label) is None or bool(np.any(values != 0)):
        return False
    return label[:2] in {"E2", "Z2"} or label.startswith("ADC") or not is_alternating


def _started(experiment: dict[str, str]) -> tuple[datetime | None, tuple[str, ...]]:
    written = f"{experiment.get('DateAcquired', '')} {experiment.get('TimeAcquired', '')}".strip()
    started = read_english_date(written) or read_date(written)
    if started is None and written:
        return None, (f"The date '{written[:60]}' is not understood, so it is not taken as the start.",)
    return started, ()


def _metadata(sections: dict[str, dict[str, str]], action: str) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {"maker": "Princeton Applied Research"}
    common, instrument = sections.get("Action0", {}), sections.get("Instrument", {})
    reference = common.get("Reference Electrode", "")
    version = sections.get("Application", {}).get("Version", "")
    texts = {
        "technique_name": action,
        "model": " ".join(part for part in (instrument.get("Type", ""), instrument.get("Model", "")) if part),
        "serial_number": instrument.get("SN", ""),
        "software": f"VersaStudio {version}" if version else "",
        "comment": common.get("Comment", ""),
        "reference_electrode": "" if "unspecified" in reference else reference,
    }
    for key, name, unit in (
        ("Working Electrode Area (cm2)", "electrode_area", "cm**2"),
        ("Mass (g)", "active_mass", "g"),
    ):
        value = to_number(common.get(key, ""))
        if value is not None and np.isfinite(value) and value > 0 and (name, value) != ("electrode_area", 1.0):
            metadata[name] = Measured(value, unit)
    return metadata | {name: text for name, text in texts.items() if text}


READER = VersaStudioPar()
