"""RO-Crate 1.1 as a zip: raw files as they came, normalised files, records, values and descriptions.

What is carried
---------------
Byte for byte every raw file of its measurements that the asker may read, their normalised files, each record in the
version that it holds as JSON, the table of values, the data set itself, and its description for DataCite; in
`ro-crate-metadata.json` people, organisations, licence, funding, related works and which file belongs to which
record.

What is lost
------------
Earlier versions of the records; who may see what; roles of CRediT; values that rest on measurements that have
changed since it was frozen. The Japanese title is in `dataset.json` alone.

Source
------
P. Sefton et al.: RO-Crate Metadata Specification 1.1 (2020), https://w3id.org/ro/crate/1.1; checked with
roc-validator.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from kiban.errors import NotExportable
from kiban.records.document import to_json
from kiban.records.web_address import escaped_path
from kiban.standards.datacite_attributes import attributes
from kiban.standards.dataset_contract import DatasetExportable, Held
from kiban.standards.dataset_values import NAME, values_table
from kiban.standards.dataset_words import role_losses
from kiban.standards.ro_crate_graph import METADATA, about, graph

_MOST_BYTES = 8 << 30
"""Of files in one crate."""


class RoCrate:
    """See `DatasetExport`."""

    name = "ro_crate"
    title = "RO-Crate 1.1 (zip)"
    suffix = ".crate.zip"
    media_type = "application/zip"
    needs_members = True

    def export(self, given: DatasetExportable, out: BinaryIO) -> tuple[str, ...]:
        """See `DatasetExport.export`."""
        size = sum(file.size for held in given.members for file in held.files)
        if size > _MOST_BYTES:
            raise NotExportable(
                f"The files of {given.record.pid} have {size} bytes; at most {_MOST_BYTES} go into one crate.",
                mend="Make several data sets of it, or take its files one by one.",
            )
        made = given.record.created_at
        # Zip knows no year before 1980.
        stamp = (max(made.year, 1980), made.month, made.day, made.hour, made.minute, made.second)
        texts = _texts(given)
        entities = [*(_described(name, content, text) for name, (content, text) in texts.items())]
        entities += [each for held in given.members for each in _of_member(given, held)]
        crate = json.dumps(graph(given, entities), ensure_ascii=False, indent=2).encode() + b"\n"
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            _write(archive, METADATA, io.BytesIO(crate), stamp)
            for name, (content, _) in texts.items():
                _write(archive, name, io.BytesIO(content), stamp)
            for held in given.members:
                _write(archive, _record_path(held), io.BytesIO(_record(held)), stamp)
                for file in held.files:
                    with file.open() as stream:
                        _write(archive, _path(held, file.path), stream, stamp)
        return tuple(_losses(given))


def _texts(given: DatasetExportable) -> dict[str, tuple[bytes, dict[str, str]]]:
    """Files that are made here, each with what is said of it."""
    found = {
        NAME: (
            values_table(given),
            {"name": "Values of properties", "encodingFormat": "text/csv", "description": "A row for each value."},
        )
    }
    # The rest of what it says, for which the descriptions have no words.
    dataset = {name: value for name, value in to_json(given.dataset).items() if name != "rights"}
    found["dataset.json"] = (
        _json({"id": given.record.pid, **dataset}),
        {"name": "The data set as Kiban keeps it", "encodingFormat": "application/json"},
    )
    # A draft may lack what DataCite demands; that there is no such file is told as a loss.
    with suppress(NotExportable):
        found["datacite.json"] = (
            _json(attributes(given)),
            {"name": "DataCite 4.6", "encodingFormat": "application/vnd.datacite.datacite+json"},
        )
    return found


def _losses(given: DatasetExportable) -> Iterator[str]:
    if given.dataset.missing():
        yield "There is no description for DataCite: it lacks " + ", ".join(given.dataset.missing()) + "."
    if given.n_changed:
        yield f"{given.n_changed} measurements have changed since: the values that rest on them are left out."
    if given.n_without_files:
        yield f"The values and files of {given.n_without_files} records are not yours to read, and are left out."
    yield "Earlier versions of the records, and who may see them, are not in the file."
    if given.dataset.title.ja and given.dataset.title.en:
        yield "The Japanese title is in dataset.json alone: RO-Crate has names in one language."
    if given.rights is not None:
        yield from role_losses(given.rights)


def _of_member(given: DatasetExportable, held: Held) -> Iterator[dict[str, Any]]:
    yield {
        "@id": _record_path(held),
        "@type": "File",
        "name": f"{held.record.title} ({held.record.kind.value})",
        "encodingFormat": "application/json",
        "contentSize": str(len(_record(held))),
        "about": about(given, held),
    }
    for file in held.files:
        yield {
            "@id": escaped_path(_path(held, file.path)),
            "@type": "File",
            "name": file.path.rpartition("/")[2],
            "encodingFormat": file.media_type,
            "contentSize": str(file.size),
            "sha256": file.checksum,
            "about": about(given, held),
        }


def _described(name: str, content: bytes, said: dict[str, str]) -> dict[str, Any]:
    return {"@id": name, "@type": "File", **said, "contentSize": str(len(content))}


def _record(held: Held) -> bytes:
    record = held.record
    return _json(
        {
            "id": record.pid,
            "kind": record.kind.value,
            "title": record.title,
            "version": record.version,
            "created_at": record.created_at.isoformat(),
            "document": dict(record.document),
        }
    )


def _record_path(held: Held) -> str:
    return f"records/{held.folder}.json"


def _path(held: Held, path: str) -> str:
    return f"data/{held.folder}/{path}"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str).encode() + b"\n"


def _write(archive: zipfile.ZipFile, name: str, stream: BinaryIO, stamp: tuple[int, int, int, int, int, int]) -> None:
    info = zipfile.ZipInfo(name, stamp)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    with archive.open(info, "w", force_zip64=True) as target:
        shutil.copyfileobj(stream, target, 1 << 20)


EXPORT = RoCrate()
