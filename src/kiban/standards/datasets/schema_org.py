"""schema.org as JSON-LD, as it stands in the head of the page of a data set.

What is carried
---------------
What search engines for data look for: name and description in both languages, creators, publisher, licence,
funding, days, keywords, techniques, citation, related works, and the address of the RO-Crate.

What is lost
------------
Which records it holds, the question that they were chosen by, and what contributors did.

Source
------
https://schema.org/Dataset; Science-On-Schema.org, guidelines for data sets, version 1.3.1 (2023).
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.dataset_words import role_losses
from kiban.standards.schema_org import described


def document(given: DatasetExportable) -> dict[str, Any]:
    """The description with its context and the file that holds all."""
    found = {"@context": {"@vocab": "https://schema.org/"}, **described(given)}
    if given.address:
        found["distribution"] = [
            {
                "@type": "DataDownload",
                "name": "RO-Crate",
                "encodingFormat": "application/zip",
                "contentUrl": f"{given.address}api/v1/datasets/{given.record.pid}/export?as=ro_crate",
            }
        ]
        found["includedInDataCatalog"] = {"@type": "DataCatalog", "name": "Kiban", "url": given.address}
    return found


class SchemaOrg:
    """See `DatasetExport`."""

    name = "schema_org"
    title = "schema.org (JSON-LD)"
    suffix = ".schema.jsonld"
    media_type = "application/ld+json"
    needs_members = False

    def export(self, given: DatasetExportable, out: BinaryIO) -> tuple[str, ...]:
        """See `DatasetExport.export`."""
        out.write(json.dumps(document(given), ensure_ascii=False, indent=2).encode() + b"\n")
        told = ["Which records it holds is not in the file."] if given.members else []
        if given.dataset.question:
            told.append("The question that they were chosen by is not in the file.")
        if given.rights is not None:
            told += role_losses(given.rights)
        return tuple(told)


EXPORT = SchemaOrg()
