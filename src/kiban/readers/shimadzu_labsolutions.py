"""Shimadzu LabSolutions text: chromatograms, mass spectra and diode-array data that LabSolutions, LCsolution,
GCsolution and GCMSsolution convert to ASCII (`.txt`).

Instrument
----------
Liquid and gas chromatographs of Shimadzu (Nexera, Prominence, LC-20, GC-2010, GCMS-QP2010, ...) and their detectors.

What is read
------------
One Reading for each section of numbers with points:

- `[LC Chromatogram(...)]`, `[Chromatogram (Ch1)]`, `[PDA Multi Chromatogram(...)]`, `[MS Chromatogram]`: technique
  `chromatography`, `time` (min), shape (n,), and `detector_signal`, shape (n,), the stored number times the multiplier
  that the section states, in its unit (mV, uV, mAU, ...);
- `[LC Status Trace(...)]`: `time` and `status_trace` (pressure, temperature, ...);
- `[PDA 3D]`: `time` (min), `wavelength` (nm), and `detector_signal`, shape (time, wavelength), in the unit that the
  section states, otherwise `arbitrary_unit`;
- `[MS Spectrum]`: technique `mass_spectrometry`, `mass_to_charge` and `intensity`.

Points and interval that a section promises are compared with its rows. Exports of several runs in one file are read one
after the other.

Uncertainties
-------------
None: the file states none.

What is left out
----------------
Peak tables, results and calibrations are kept in the header as written. A date whose day and month cannot be told apart
gives no start.

File structure
--------------
Text in CP1252, CP932 or UTF-8: sections `[Name]` with lines of a key and a value, and tables, parted by tabs, commas or
semicolons throughout, with decimal commas in some countries. The columns of a chromatogram are `R.Time (min)` and
`Intensity`. The wavelengths of `[PDA 3D]` stand in hundredths of a nanometre. After the excerpts and facts that several
open programs state; no real file was at hand.
"""

from __future__ import annotations

import re

from kiban.errors import NothingMeasured
from kiban.quantity.measured import Measured
from kiban.readers.contract import Confidence, Recognition
from kiban.readers.labsolutions.sections import Section, documents
from kiban.readers.labsolutions.traces import Trace, is_trace, trace
from kiban.readers.number_list import optional_number
from kiban.readers.source import Source
from kiban.readers.tables.date_columns import read_date
from kiban.readers.text import decode
from kiban.records.reading import Json, MetadataValue, Reading

_OWN = re.compile(
    r"^\[(?:LC Chromatogram|Chromatogram \(|PDA 3D|PDA Multi|MS Chromatogram|MC Peak|Peak Table|LC Status)",
    re.MULTILINE,
)
_OPERATORS = ("Operator Name", "Acquired by", "Operator", "User Name")
_STARTS = ("Acquired", "Acquisition Date", "Date Acquired", "Analysis Date & Time", "分析日時")
_WORDS = {
    "sample_id": ("Sample ID",),
    "method": ("Method File",),
    "comment": ("Comment", "Sample Comment"),
    "software": ("Application Name",),
}


class ShimadzuLabsolutions:
    """Reads LabSolutions text."""

    name = "shimadzu_labsolutions"
    version = 1
    title = "Shimadzu LabSolutions text"
    makers = ("Shimadzu",)
    techniques = ("chromatography", "mass_spectrometry")
    suffixes = (".txt",)

    def recognise(self, source: Source) -> Recognition | None:
        """Claim text that begins with `[Header]` and has LabSolutions' words or sections."""
        if b"[" not in source.head[:16]:
            return None
        text, _ = decode(source.head[:16384])
        text = text.lstrip("\ufeff \t\r\n")
        if not text.startswith("[Header]"):
            return None
        if re.search(
            r"^Application Name[\t,;]\s*(?:LabSolutions|LCsolution|GCsolution|GCMSsolution)", text, re.MULTILINE
        ):
            return Recognition(Confidence.CERTAIN, "its header names Shimadzu's program")
        if re.search(r"^Output Date[\t,;]", text, re.MULTILINE) and _OWN.search(text):
            return Recognition(
                Confidence.CERTAIN, "it begins with [Header] and Output Date and has LabSolutions' sections"
            )
        return None

    def read(self, source: Source) -> list[Reading]:
        """Read every section of numbers. Raises as the contract says."""
        text, _ = decode(source.read())
        readings: list[Reading] = []
        for sections in documents(text.lstrip("\ufeff"), source.name):
            header = _header(sections)
            for section in sections:
                found = trace(section, source.name) if is_trace(section) else None
                if found is not None:
                    readings.append(_reading(section, sections, header, found))
        if not readings:
            raise NothingMeasured(
                f"{source.name} has no section of numbers with points.",
                mend="Convert it again with the chromatograms among the items. The file is kept as it came.",
            )
        return readings


def _header(sections: list[Section]) -> dict[str, Json]:
    header: dict[str, Json] = {}
    counts: dict[str, int] = {}
    for section in sections:
        if is_trace(section):
            continue
        counts[section.name] = n = counts.get(section.name, 0) + 1
        header[section.name if n == 1 else f"{section.name} {n}"] = section.as_json()
    return header


def _value(sections: list[Section], *keys: str) -> str:
    """The first value under one of the keys, in the sections that describe the run."""
    for section in sections:
        if not is_trace(section) and "Table" not in section.name and "Results" not in section.name:
            found = section.keys
            for key in keys:
                if found.get(key):
                    return found[key]
    return ""


def _reading(section: Section, sections: list[Section], header: dict[str, Json], found: Trace) -> Reading:
    keys = section.keys
    sample = _value(sections, "Sample Name")
    metadata: dict[str, MetadataValue] = {"maker": "Shimadzu"}
    metadata |= {name: value for name, of in _WORDS.items() if (value := _value(sections, *of))}
    wavelength = optional_number(keys.get("Wavelength(nm)"))
    if wavelength is not None and wavelength > 0:
        metadata["detection_wavelength"] = Measured(wavelength, "nm")
    own: Json = dict(keys)
    return Reading(
        technique=found.technique,
        title=f"{sample}: {section.name}" if sample else section.name,
        variables=found.variables,
        header={**header, section.name: own},
        metadata=metadata,
        sample_name=sample or None,
        operator=_value(sections, *_OPERATORS) or None,
        instrument=_value(sections, "Instrument Name") or None,
        started_at=read_date(_value(sections, *_STARTS)),
        doubts=found.doubts,
    )


READER = ShimadzuLabsolutions()
