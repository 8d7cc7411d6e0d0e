"""The normalised file of a Reading: one NeXus/HDF5 file that is also netCDF4.

xarray (`open_dataset(file, engine="h5netcdf", group="entry/data")`), h5py, DAWN and h5web open it; for pynxtools and
NOMAD, which know no texts of a fixed length, there is `nexus_export`. Structure:

    /                NXroot        default = entry, kiban_layout = 3
    /entry           NXentry       default = data; title, experiment_description, start_time
    /entry/data      NXdata        the variables: see `nexus_data`
    /entry/sample    NXsample      name, where the file names one; likewise
    /entry/instrument NXinstrument name
    /entry/user      NXuser        name
    /entry/metadata  NXparameters  the normalised metadata: see `nexus_metadata`
    /entry/process   NXprocess     program and, as NXparameters `provenance`, where the Reading comes from
    /entry/rights    NXcollection  what the file states of its licence and the like: see `nexus_rights`
    /entry/reading   NXcollection  technique (our key), variables (JSON), header (JSON, as the file has it), doubts
    /definition      NXentry       what an application definition demands, where all of it is stated

An application definition is claimed only where the Reading states all that it demands: see `nexus_definitions`. Few do:
NXmonopd wants a monitor's integral and the name of the source, NXraman the scattering configuration and the kind of
experiment. To make these up would be worse than to leave the definition out; the attribute `definition_not_claimed` of
the entry says what is missing. The base classes (NXDL v2026.01) are kept in any case.

The same Reading with the same provenance gives the same bytes (with the same versions of HDF5 and zlib). An empty text
is one zero byte in HDF5. A text with a zero byte in it cannot be written.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from kiban.errors import DamagedFile, InvalidValue, KibanError, UnsupportedVariant
from kiban.records.reading import Reading
from kiban.records.technique import TECHNIQUES
from kiban.standards.hdf5_memory import Group, MemoryFile
from kiban.standards.hdf5_texts import text_of, texts_of
from kiban.standards.nexus_data import described, read_variables, write_variables
from kiban.standards.nexus_definitions import write_definition
from kiban.standards.nexus_metadata import read_parameters, write_parameters
from kiban.standards.nexus_rights import read_rights, write_rights

if TYPE_CHECKING:
    import h5py

_LAYOUT = 3
"""Raised when a file is written that the `read` of before would not understand."""
_READABLE = (2, 3)
_NAMED = (
    ("sample_name", "sample", "NXsample"),
    ("instrument", "instrument", "NXinstrument"),
    ("operator", "user", "NXuser"),
)


def write(reading: Reading, *, provenance: Mapping[str, str | int]) -> bytes:
    """Write a Reading with where it comes from.

    Parameters
    ----------
    provenance : mapping
        The reader, its version, why it was chosen, the checksum of the file, ...: kept under the names given.

    Returns
    -------
    bytes
        The file; the same for the same Reading and provenance.

    Raises
    ------
    InvalidValue
        If a text holds half of a character or a zero byte, or the header is not JSON.
    """
    with MemoryFile() as file:
        root = file.root
        root.attribute("NX_class", "NXroot")
        root.attribute("default", "entry")
        root.attribute("kiban_layout", _LAYOUT)
        entry = root.group("entry", "NXentry")
        entry.attribute("default", "data")
        entry.text("title", reading.title)
        entry.text("experiment_description", TECHNIQUES[reading.technique].en)
        if reading.started_at is not None:
            entry.text("start_time", reading.started_at.isoformat())
        write_variables(entry, reading.variables)
        for attribute, name, nexus_class in _NAMED:
            if (text := getattr(reading, attribute)) is not None:
                entry.group(name, nexus_class).text("name", text)
        write_parameters(entry.group("metadata", "NXparameters"), reading.metadata)
        process = entry.group("process", "NXprocess")
        process.text("program", "Kiban")
        write_parameters(process.group("provenance", "NXparameters"), provenance)
        if reading.rights is not None:
            write_rights(entry, reading.rights)
        _write_own(entry.group("reading", "NXcollection"), reading)
        write_definition(root, entry, reading)
        return file.content()


def _write_own(group: Group, reading: Reading) -> None:
    """What NeXus has no place for."""
    group.text("technique", reading.technique)
    group.text("variables", described(reading.variables))
    try:
        header = json.dumps(dict(reading.header), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as e:
        raise InvalidValue(
            f"The header of {reading.title} cannot be written as JSON: {e}.",
            mend="Give texts, finite numbers, truth values, lists and objects only.",
        ) from e
    group.text("header", header)
    if reading.doubts:
        group.text("doubts", list(reading.doubts))


def read(content: bytes | BinaryIO) -> Reading:
    """Read a normalised file back.

    Parameters
    ----------
    content : bytes or open binary file
        What `write` gave. A file must be seekable and stays open.

    Raises
    ------
    UnsupportedVariant
        If it is sound HDF5, but was not written by Kiban or was by a newer one.
    DamagedFile
        If it is not HDF5, or something in it is missing, unreadable or contradicts the rest.
    """
    import h5py

    try:
        with h5py.File(io.BytesIO(content) if isinstance(content, bytes) else content, "r") as file:
            if file.attrs.get("kiban_layout") not in _READABLE:
                raise UnsupportedVariant(
                    f"A normalised file of layout {_LAYOUT} was expected; this one says "
                    f"{file.attrs.get('kiban_layout', 'nothing of it')}.",
                    mend="Deposit it as a file, or use the version of Kiban that wrote it.",
                )
            return _reading(file["entry"])
    except UnsupportedVariant:
        raise
    # h5py turns each of HDF5's many complaints into one of these; our own values refuse what is out of their range.
    except (OSError, KeyError, ValueError, TypeError, AttributeError, IndexError, RuntimeError, KibanError) as e:
        raise DamagedFile(
            f"The normalised file cannot be read: {e}.",
            mend="Read the original file again: it is kept, and the normalised file is made of it.",
        ) from e


def _reading(entry: h5py.Group) -> Reading:
    own = entry["reading"]
    named = {
        attribute: text_of(entry[name]["name"]) if f"{name}/name" in entry else None for attribute, name, _ in _NAMED
    }
    return Reading(
        technique=text_of(own["technique"]),
        title=text_of(entry["title"]),
        variables=read_variables(entry["data"], text_of(own["variables"])),
        header=json.loads(text_of(own["header"])),
        metadata=read_parameters(entry["metadata"]),
        started_at=datetime.fromisoformat(text_of(entry["start_time"])) if "start_time" in entry else None,
        rights=read_rights(entry),
        doubts=texts_of(own["doubts"]) if "doubts" in own else (),
        **named,
    )
