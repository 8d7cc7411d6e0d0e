"""MaiML 1.0 (JIS K 0200), the Japanese standard for measured data, as one XML document.

What is carried
---------------
- `document`: the record's identifier and time, Kiban as the creator, the rights holder as the owner (where none is
  stated the operator, else `anonymous`), licence, contributors and funding, the instrument with maker, model and serial
  number.
- `protocol`: the way from the sample and the conditions over the raw file and the numbers to the findings, as a Petri
  net with instructions and templates.
- `data`: the sample with its composition; the conditions (all metadata, with units and uncertainties); the raw file by
  name and SHA-256; the numbers as contents with unit, uncertainties, role and dimensions; the header of the raw file,
  key by key; doubts; analyses with their tables; the properties that rest on the measurement.
- `eventLog`: when the measurement began and ended, when it was read and analysed, by what.

Every object has a UUID of version 5, made from the record's: MaiML allows versions 3 to 5 only, and the same record
gives the same document. Numbers are written with as many digits as give the same number again, complex ones as two
lists. Kiban reads all of it back: the reader `maiml`.

What is lost
------------
The raw file itself (take `maiml_zip`); arrays of more than five million numbers in all; characters that XML cannot hold
(they become U+FFFD); the record's history, tier and terms of access.

Source
------
JIS K 0200:2024 as its schema (MaiML-Schema 1.0 of JAIMA) has it; MaiML Operational Guideline 0.8.14 (VAMAS TWA 2,
Project A45): identifiers, insertions and their hashes, HDF5 beside the document, the owner's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from kiban.records.measurement import Measurement
from kiban.standards.contract import Exportable, Exported
from kiban.standards.maiml_elements import MAIML, NAMESPACES, XSI, Builder, Insertion
from kiban.standards.maiml_log import write_log
from kiban.standards.maiml_protocol import write_document, write_protocol
from kiban.standards.maiml_results import write_data

_MOST_NUMBERS = 5_000_000


def write(given: Exportable, *, folder: str, normalised: Insertion | None = None) -> tuple[bytes, list[str]]:
    """Write the document.

    Parameters
    ----------
    folder : str
        Where the raw file lies, relative to the document: `./`.
    normalised : Insertion, optional
        The normalised file beside the document, if there is one.

    Returns
    -------
    (bytes, list of str)
        The document, and what it could not carry.
    """
    from lxml import etree

    build = Builder(given.record.id, given.record.version)
    root = etree.Element(f"{{{MAIML}}}maiml", nsmap=NAMESPACES)  # type: ignore[arg-type]
    root.set("version", "1.0")
    root.set("features", "nested-attributes")
    root.set(f"{{{XSI}}}type", "maimlRootType")
    n_numbers = sum(variable.series.values.size for variable in given.reading.variables)
    has_numbers = n_numbers <= _MOST_NUMBERS
    write_document(build, root, given)
    data = write_data(
        build,
        root,
        given,
        raw_file=Insertion(
            uri=folder + quote(raw_name(given)), sha256=given.measurement.file_checksum, format=_format(given)
        ),
        normalised=normalised,
        has_numbers=has_numbers,
    )
    write_protocol(build, root, given, data)
    # Templates are made of the instances, but stand before them.
    root.insert(1, root[-1])
    write_log(build, root, given)
    losses = ["The record's history, its tier and the terms of access are not in the file."]
    if not has_numbers:
        beside = "they are in the normalised file beside it" if normalised is not None else "export it as maiml_zip"
        losses.append(f"The {n_numbers} numbers are too many for a text: {beside}.")
    if build.n_replaced:
        losses.append(f"{build.n_replaced} characters that XML cannot hold were replaced by U+FFFD.")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True), losses


def raw_name(given: Exportable) -> str:
    """A plain name for the raw file: no folders, nothing that leads out of one."""
    name = given.measurement.file_name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(c if c.isprintable() and c not in ':*?"<>|' else "_" for c in name)
    return plain if plain.strip(". ") else "raw"


def _format(given: Exportable) -> str:
    return given.file.media_type if given.file is not None else "application/octet-stream"


@dataclass(frozen=True, slots=True)
class MaimlExport:
    """Writes the document alone."""

    name: str = "maiml"
    title: str = "MaiML 1.0 (JIS K 0200)"
    suffix: str = ".maiml"
    media_type: str = "application/xml"
    needs_raw: bool = False

    def obstacle(self, measurement: Measurement) -> str | None:  # noqa: ARG002
        """None: it carries every Reading."""
        return None

    def export(self, given: Exportable) -> Exported:
        """Write it."""
        content, losses = write(given, folder="./")
        losses.append("The raw file is named, with its SHA-256, but not contained.")
        return Exported(content=content, losses=tuple(losses))


EXPORT = MaimlExport()
