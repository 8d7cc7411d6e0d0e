"""MaiML 1.0 (JIS K 0200) with its files: the document, the raw file and the normalised file in one archive.

What is carried
---------------
All that `maiml` carries; and, beside the document in the folder `files`, the raw file byte for byte and the normalised
file (NeXus/HDF5), each named in the document by a relative URI with its SHA-256.

What is lost
------------
Characters that XML cannot hold; the record's history, tier and terms of access. Of more than five million numbers the
document has none: they are in the normalised file only.

Source
------
As `maiml`. The archive is what JIS K 0200 calls a MaiML package (`.maiml.zip`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from kiban.records.measurement import Measurement
from kiban.standards.contract import Exportable, Exported
from kiban.standards.maiml import raw_name, write
from kiban.standards.maiml_elements import Insertion
from kiban.standards.zip_archive import zipped

_FOLDER = "files"


@dataclass(frozen=True, slots=True)
class MaimlZipExport:
    """Writes the package."""

    name: str = "maiml_zip"
    title: str = "MaiML 1.0 with its files"
    suffix: str = ".maiml.zip"
    media_type: str = "application/zip"
    needs_raw: bool = True

    def obstacle(self, measurement: Measurement) -> str | None:  # noqa: ARG002
        """None: it carries every Reading."""
        return None

    def export(self, given: Exportable) -> Exported:
        """Write it."""
        stem = given.record.pid.replace(":", "-")
        normalised = Insertion(
            uri=f"./{_FOLDER}/{stem}.nxs",
            sha256=hashlib.sha256(given.normalised).hexdigest(),
            format="application/vnd.hdfgroup.hdf5",
        )
        document, losses = write(given, folder=f"./{_FOLDER}/", normalised=normalised)
        members = {f"{stem}.maiml": document, f"{_FOLDER}/{stem}.nxs": given.normalised}
        if given.raw is None:
            losses.append("The raw file is named, with its SHA-256, but not contained: its bytes were not at hand.")
        else:
            members[f"{_FOLDER}/{raw_name(given)}"] = given.raw
        return Exported(content=zipped(members, given.record.created_at), losses=tuple(losses))


EXPORT = MaimlZipExport()
