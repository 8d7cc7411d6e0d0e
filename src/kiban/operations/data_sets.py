"""A measurement with its template and all its files: what exports of whole data sets are given."""

from __future__ import annotations

from typing import Any

from kiban.errors import NotExportable, RecordNotFound
from kiban.operations.fetch_file import fetch_file
from kiban.operations.resources import Resources
from kiban.operations.show import Shown
from kiban.operations.templates import template_used
from kiban.records.measurement import Measurement
from kiban.records.party import Asker
from kiban.standards.contract import DataSet

_MOST_BYTES = 1 << 30
"""Of all files together: they are held in memory."""


def data_set_of(asker: Asker, resources: Resources, shown: Shown, measurement: Measurement) -> DataSet:
    """Gather it.

    Raises
    ------
    NotExportable
        If no template describes it, its template may not be seen, or its files are too large together.
    DamagedObject
        If a file is gone.
    """
    if measurement.template is None:
        raise NotExportable(f"No template describes {shown.record.pid}.", mend="Describe it with a template first.")
    try:
        template = template_used(asker, resources, measurement.template)
    except RecordNotFound as e:
        raise NotExportable(
            f"You may not see the template of {shown.record.pid}.", mend="Ask its owner to open the template to you."
        ) from e
    files, hidden = _files(asker, resources, measurement)
    return DataSet(
        record=shown.record,
        measurement=measurement,
        template=template,
        sample=shown.sample,
        files=files,
        hidden=tuple(hidden),
        rights=shown.rights.rights if shown.rights is not None else None,
    )


def _files(asker: Asker, resources: Resources, measurement: Measurement) -> tuple[dict[str, bytes], list[str]]:
    left = _MOST_BYTES
    found: dict[str, bytes] = {}
    hidden: list[str] = []
    for path, checksum in manifest(measurement):
        try:
            entry, stream = fetch_file(asker, resources, checksum)
        except RecordNotFound:
            hidden.append(path)
            continue
        with stream:
            left -= entry.size
            if left < 0:
                raise NotExportable(
                    f"The files have more than {_MOST_BYTES} bytes together; no more are put into one export.",
                    mend="Download them one by one.",
                )
            found[path] = stream.read()
    return found, hidden


def manifest(measurement: Measurement) -> list[tuple[str, str]]:
    """Paths in the data set with checksums; the file that was read, and its companions, where it came alone."""
    listed: list[Any] = [each for kept in measurement.extra.values() for each in kept.get("files", ())]
    if listed:
        return [(str(path), str(checksum)) for path, checksum in listed]
    files = {measurement.file_name: measurement.file_checksum, **measurement.companions}
    return [(f"inputdata/{name}", checksum) for name, checksum in files.items()]
