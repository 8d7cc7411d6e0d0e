"""A data set in Croissant 1.1: schema.org, with its files and the columns of its table, for programs that learn.

References
----------
MLCommons Croissant Task Force: Croissant Format Specification, versions 1.0 (2024) and 1.1 (2025),
https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html.
"""

from __future__ import annotations

import hashlib
from typing import Any

from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.dataset_values import COLUMNS, NAME, values_table
from kiban.standards.dataset_words import cited
from kiban.standards.schema_org import described

CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
_TERMS = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract"),
    *("field", "fileObject", "fileProperty", "fileSet", "format", "includes"),
    *("isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField"),
    *("path", "recordSet", "references", "regex", "repeated", "replace"),
    *("samplingRate", "separator", "source", "subField", "transform"),
)
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "description": {"@container": "@language"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _TERMS},
}
"""The context of the specification's appendix, in the words of its terms."""


def croissant(given: DatasetExportable, *, with_files: bool = True) -> dict[str, Any]:
    """The description as JSON-LD.

    Parameters
    ----------
    with_files : bool
        Name the files and the columns of the table; without, only what is said of the whole.
    """
    found = {"@context": CONTEXT, **described(given)}
    dataset = given.dataset
    found |= {
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": _words(dataset.title.en, dataset.title.ja),
        "description": _words(dataset.description.en, dataset.description.ja) or dataset.name,
        "citeAs": cited(given),
        "version": f"{dataset.number}.0.0",
        "isLiveDataset": False,
    }
    # Croissant wants these as plain texts and addresses.
    found.pop("identifier", None)
    if dataset.doi:
        found["sameAs"] = f"https://doi.org/{dataset.doi}"
    if not with_files or given.address is None:
        return found
    table = values_table(given)
    found["distribution"] = [
        _file(
            NAME,
            NAME,
            f"{given.address}api/v1/datasets/{given.record.pid}/export?as=values",
            len(table),
            "text/csv",
            hashlib.sha256(table).hexdigest(),
        ),
        *(
            _file(
                f"{held.folder}/{number}",  # readers of Croissant take no spaces here
                file.path.rpartition("/")[2],
                f"{given.address}api/v1/files/{file.checksum}/content",
                file.size,
                file.media_type,
                file.checksum,
            )
            for held in given.members
            for number, file in enumerate(held.files, start=1)
            if file.is_raw
        ),
    ]
    found["recordSet"] = [_records()]
    return found


def _file(id_: str, name: str, address: str, size: int, media_type: str, checksum: str) -> dict[str, str]:
    return {
        "@type": "cr:FileObject",
        "@id": id_,
        "name": name,
        "contentUrl": address,
        "contentSize": f"{size} B",
        "encodingFormat": media_type,
        "sha256": checksum,
    }


def _records() -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "values",
        "name": "values",
        "description": "One value of a property of a sample in each row.",
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"values/{name}",
                "name": f"values/{name}",
                "description": about,
                "dataType": f"sc:{kind}",
                "source": {"fileObject": {"@id": NAME}, "extract": {"column": name}},
            }
            for name, kind, about in COLUMNS
        ],
    }


def _words(en: str, ja: str) -> Any:
    return {"en": en, "ja": ja} if en and ja else {"ja": ja} if ja else en
