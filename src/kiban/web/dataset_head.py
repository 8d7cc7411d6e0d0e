"""What the head of the page of a data set says to programs: JSON-LD, and links (signposts) in the answer's header.

References
----------
H. Van de Sompel et al.: FAIR Signposting Profile, version 20250319, https://signposting.org/FAIR/.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

from kiban.records.rights.licence import expression_address
from kiban.records.rights.outside_ids import ORCID_ADDRESS
from kiban.standards.croissant_description import croissant
from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.datasets.schema_org import document
from kiban.standards.installed import dataset_exports

MOST_FILES = 100
"""Of a data set with more files, or more members, Croissant is a download only."""
_MOST_AUTHORS = 50
_DESCRIPTIONS = {"datacite", "datacite_json", "jpcoar", "schema_org", "croissant", "oai_dc"}


def json_ld(given: DatasetExportable, *, with_files: bool) -> tuple[str, ...]:
    """The texts of `script` elements: data, which no browser runs. Nothing in them can end the element."""
    documents = [document(given)]
    if with_files and sum(len(held.files) for held in given.members) <= MOST_FILES:
        documents.append(croissant(given))
    return tuple(_inside(json.dumps(each, ensure_ascii=False)) for each in documents)


def _inside(text: str) -> str:
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def signposts(given: DatasetExportable) -> Iterator[str]:
    """Links for the header of the answer, in ASCII."""
    if given.dataset.doi:
        yield _link(given.dataset.doi_address, "cite-as")
    yield '<https://schema.org/Dataset>; rel="type"'
    yield '<https://schema.org/AboutPage>; rel="type"'
    rights = given.rights
    if rights is not None:
        for each in rights.contributors[:_MOST_AUTHORS]:
            if each.orcid:
                yield _link(f"{ORCID_ADDRESS}{each.orcid}", "author")
        if address := expression_address(rights.licence):
            yield _link(address, "license")
    base = f"{given.address or '/'}api/v1/datasets/{given.record.pid}/export?as="
    for export in dataset_exports():
        if export.name in _DESCRIPTIONS:
            yield f'{_link(base + export.name, "describedby")}; type="{export.media_type}"'
    yield f'{_link(base + "ro_crate", "item")}; type="application/zip"'


def _link(address: str, relation: str) -> str:
    return f'<{quote(address, safe=":/?=&#%+~@!$(),;[]")}>; rel="{relation}"'
