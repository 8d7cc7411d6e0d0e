"""The files beside a document: those of an archive that its results name, read by the readers of their own formats."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kiban.errors import UnreadableFile
from kiban.readers.maiml_parts.document import Document, Inserted, Thing
from kiban.readers.maiml_parts.foreign import Surroundings, surroundings
from kiban.readers.source import Limits, Source
from kiban.records.reading import Json, Reading

_MOST_FILES = 200


@dataclass(slots=True, kw_only=True)
class Beside:
    """What the inserted files gave."""

    readings: list[Reading] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """A sentence for each file that gave nothing, and why."""


def read_beside(
    document: Document, files: Mapping[str, bytes], *, limits: Limits, only: tuple[str, int] | None = None
) -> Beside:
    """Read the files that the results insert, each once.

    Parameters
    ----------
    files : mapping of str to bytes
        The archive's members by their path relative to the document; empty for a document alone.
    only : (str, int), optional
        The `id` of the one result whose file is wanted, and which reading of that file, from 0; all unless given.
    """
    beside = Beside()
    seen: set[str] = set()
    for group in document.groups:
        around: Surroundings | None = None
        for result in document.things(group, "result"):
            if only is not None and result.id != only[0]:
                continue
            for inserted in result.inserted[:_MOST_FILES]:
                content = files.get(inserted.path)
                if content is None:
                    beside.unread.append(f"{inserted.uri[:200]} belongs to the document and is not beside it.")
                    continue
                checksum = hashlib.sha256(content).hexdigest()
                if checksum in seen:
                    continue
                seen.add(checksum)
                around = around or surroundings(document, group)
                _read_one(beside, document, result, inserted, content, checksum, around, limits, only)
    return beside


def _read_one(
    beside: Beside,
    document: Document,
    result: Thing,
    inserted: Inserted,
    content: bytes,
    checksum: str,
    around: Surroundings,
    limits: Limits,
    only: tuple[str, int] | None,
) -> None:
    from kiban.readers.recognise import choose, read

    name = inserted.path.rpartition("/")[2]
    source = Source(content, name=name, limits=limits)
    doubts = list(around.doubts)
    if inserted.sha256 and inserted.sha256 != checksum:
        doubts.append(f"The document states another SHA-256 for {name} than the file beside it has.")
    try:
        if choose(source).reader.name == "maiml":
            beside.unread.append(f"{name} is another MaiML document; deposit it by itself.")
            return
        _, readings = read(source)
    except UnreadableFile as e:
        beside.unread.append(f"{name}: {e.fault}")
        return
    chosen = readings if only is None else readings[only[1] : only[1] + 1]
    inserted_by: Json = {"result": result.id, "uri": inserted.uri, "document": document.file}
    for reading in chosen:
        beside.readings.append(
            replace(
                reading,
                header={**reading.header, "maiml": inserted_by},
                metadata={**around.metadata, **reading.metadata},
                sample_name=reading.sample_name or around.sample_name,
                operator=reading.operator or around.operator,
                instrument=reading.instrument or around.instrument,
                started_at=reading.started_at or around.started_at,
                doubts=(*reading.doubts, *doubts),
            )
        )
