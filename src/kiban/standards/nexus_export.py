"""NeXus: the normalised file as it is kept.

What is carried
---------------
Everything of the Reading: all numbers with units, uncertainties, roles and dimensions, the header as written, the
metadata, doubts, and the reader and file that it comes from. It is also netCDF4. `kiban.standards.nexus` says where in
the file each thing stands, and Kiban reads all of it back.

What is lost
------------
What is known of the measurement beyond its file: the record's identifier, the sample that it was assigned to in Kiban,
its analyses and the properties that rest on it.

Source
------
NeXus definitions v2026.01 (NXDL); netCDF-4 as defined by Unidata's format specification.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiban.records.measurement import Measurement
from kiban.standards.contract import Exportable, Exported


@dataclass(frozen=True, slots=True)
class NexusExport:
    """Gives the normalised file."""

    name: str = "nexus"
    title: str = "NeXus (HDF5)"
    suffix: str = ".nxs"
    media_type: str = "application/x-hdf5"
    needs_raw: bool = False

    def obstacle(self, measurement: Measurement) -> str | None:  # noqa: ARG002
        """None: it carries every Reading."""
        return None

    def export(self, given: Exportable) -> Exported:
        """Give the bytes that are kept."""
        losses = ["The record's identifier and version are not in the file."]
        if given.sample is not None and given.sample.title != given.reading.sample_name:
            losses.append(f"The sample {given.sample.title}, which the record was assigned to, is not in the file.")
        if given.measurement.analyses:
            names = ", ".join(analysis.name for analysis in given.measurement.analyses)
            losses.append(f"The results of the analyses ({names}) are not in the file.")
        return Exported(content=given.normalised, losses=tuple(losses))


EXPORT = NexusExport()
