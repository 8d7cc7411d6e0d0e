"""What a measurement is compared by, worked out of what is kept of it: where it was kept before, or is brought back.

What is read from a file is worked out behind the fence, together with all else that follows from it.
"""

from __future__ import annotations

from kiban.records.likeness import COMPARED, Likeness
from kiban.records.record import Record, RecordKind
from kiban.store.objects import ObjectStore


def kept_likeness(objects: ObjectStore, record: Record) -> Likeness | None:
    """Work it out from the normalised file.

    Returns
    -------
    Likeness or None
        `None` of what is not compared by a curve. Of kind "" where there is nothing to be compared by.

    Raises
    ------
    DamagedObject
        If the file is gone.
    UnreadableFile
        If it is damaged.
    """
    if record.kind is not RecordKind.MEASUREMENT or record.document.get("technique") not in COMPARED:
        return None
    from kiban.analysis.similarity import curves
    from kiban.standards.nexus import read

    nothing = Likeness(kind="", version=curves.VERSION)
    checksum = str(record.document.get("normalised") or "")
    if not checksum:
        return nothing
    with objects.open(checksum) as file:
        return curves.likeness(read(file)) or nothing
