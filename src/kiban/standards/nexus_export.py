"""NeXus: the normalised file, with what Kiban knows of the record beside it.

What is carried
---------------
Everything of the Reading: all numbers with units, uncertainties, roles and dimensions, the header as written, the
metadata, doubts, and the reader and file that it comes from. `kiban.standards.nexus` says where in the file each thing
stands, and Kiban reads all of it back. It is also netCDF4.

The file that is kept has texts of a fixed length, which NeXus allows and pynxtools (and with it NOMAD) does not
understand; in the export they have a variable length. Added are the record's identifiers (`entry_identifier`,
`entry_identifier_uuid`, `revision`) and the sample that it was assigned to, where the file names none.

The rights in the record, its own or those of its project, stand in `/entry/rights` (`kiban.standards.nexus_rights`),
and the licence as the attribute `license` of the file too.

Where a Reading states all that the application definition of its technique demands, the entry `/definition` claims it;
otherwise the attribute `definition_not_claimed` of `/entry` says what is missing.

What is lost
------------
Analyses and the properties that rest on the measurement; the record's history, tier and terms of access.

Source
------
NeXus definitions v2026.01 (NXDL); netCDF-4 as defined by Unidata's format specification.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kiban.records.measurement import Measurement
from kiban.standards.contract import Exportable, Exported
from kiban.standards.nexus_rights import put_rights

if TYPE_CHECKING:
    import h5py


@dataclass(frozen=True, slots=True)
class NexusExport:
    """Gives the normalised file with texts of variable length and the record's identifiers."""

    name: str = "nexus"
    title: str = "NeXus (HDF5)"
    suffix: str = ".nxs"
    media_type: str = "application/x-hdf5"
    needs_raw: bool = False

    def obstacle(self, measurement: Measurement) -> str | None:  # noqa: ARG002
        """None: it carries every Reading."""
        return None

    def export(self, given: Exportable) -> Exported:
        """Write it."""
        import h5py

        buffer = io.BytesIO(given.normalised)
        with h5py.File(buffer, "r+", libver=("earliest", "v110")) as file:
            _identify(file["entry"], given)
            put_rights(file["entry"], given.rights)
            if given.rights is not None and given.rights.licence:
                # Where programs that read netCDF look for it (ACDD 1.3).
                file.attrs["license"] = given.rights.licence
            _lengthen(file)
        losses = ["The record's history, its tier and the terms of access are not in the file."]
        if given.measurement.analyses or given.facts:
            names = ", ".join(analysis.name for analysis in given.measurement.analyses)
            losses.append(f"The results of the analyses ({names}) are not in the file.")
        return Exported(content=buffer.getvalue(), losses=tuple(losses))


def _identify(entry: h5py.Group, given: Exportable) -> None:
    entry["entry_identifier"] = given.record.pid
    entry["entry_identifier_uuid"] = str(given.record.id)
    entry["revision"] = str(given.record.version)
    if given.sample is not None:
        if "sample" not in entry:
            entry.create_group("sample").attrs["NX_class"] = "NXsample"
        sample = entry["sample"]
        # What the file calls its sample stays under `name`.
        sample["identifier_sample"] = given.sample.pid
        sample["description"] = given.sample.title


def _lengthen(group: h5py.Group) -> None:
    """Give every text in a group a variable length, as most programs write them; members keep their order."""
    import h5py

    _lengthen_attributes(group)
    has_texts = any(isinstance(node, h5py.Dataset) and node.dtype.kind == "S" for node in group.values())
    for name in list(group):
        if isinstance(group.get(name, getlink=True), h5py.SoftLink):
            if has_texts:
                group.move(name, f"{name} ")
                group.move(f"{name} ", name)
            continue
        node = group[name]
        if isinstance(node, h5py.Group):
            _lengthen(node)
        else:
            _lengthen_attributes(node)
        if has_texts:
            # Members are in the order in which they were linked: all are linked anew, one after the other.
            del group[name]
            if isinstance(node, h5py.Dataset) and node.dtype.kind == "S":
                _write_text(group, name, node)
            else:
                group[name] = node


def _lengthen_attributes(node: h5py.Group | h5py.Dataset) -> None:
    for name in list(node.attrs):
        if name in {"CLASS", "NAME"}:
            # HDF5's own, by which it knows a dimension scale: they have to have a fixed length.
            continue
        value = node.attrs[name]
        if isinstance(value, bytes):
            node.attrs[name] = value.decode()
        elif isinstance(value, np.ndarray) and value.dtype.kind == "S":
            node.attrs[name] = [each.decode() for each in value.tolist()]


def _write_text(group: h5py.Group, name: str, old: h5py.Dataset) -> None:
    import h5py

    value = old[()]
    texts = value.decode() if isinstance(value, bytes) else [each.decode() for each in value.tolist()]
    made = group.create_dataset(name, data=texts, dtype=h5py.string_dtype())
    for key, attribute in old.attrs.items():
        made.attrs[key] = attribute


EXPORT = NexusExport()
