"""A data set as unqualified Dublin Core in the container of OAI-PMH (oai_dc): what every harvester understands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.dataset_words import licence_words, related_works
from kiban.standards.xml_writing import XSI, Writer

if TYPE_CHECKING:
    from lxml.etree import _Element

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
XSD = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_WRITER = Writer({"oai_dc": OAI_DC, "dc": "http://purl.org/dc/elements/1.1/", "xsi": XSI})


def dublin_core_element(given: DatasetExportable) -> _Element:
    """The element `oai_dc:dc`."""
    root = _WRITER.root("oai_dc:dc", xsi__schemaLocation=f"{OAI_DC} {XSD}")
    for name, text, language in _said(given):
        if text:
            _WRITER.below(root, f"dc:{name}", text, xml__lang=language)
    return root


def _said(given: DatasetExportable) -> Iterator[tuple[str, str, str]]:
    dataset, rights = given.dataset, given.rights
    for name, label in (("title", dataset.title), ("description", dataset.description)):
        yield name, label.en, "en"
        yield name, label.ja, "ja"
    if rights is not None:
        yield from (("creator", each.name, "") for each in rights.contributors)
    yield from (("subject", each, "") for each in dataset.keywords)
    yield "publisher", dataset.publisher, ""
    yield "date", dataset.published_on, ""
    # From the DCMI Type Vocabulary where that has the word.
    kind = dataset.resource_type.value
    yield "type", kind if kind in {"Dataset", "Collection", "Image", "Software", "Text"} else "Dataset", ""
    yield "identifier", dataset.doi_address, ""
    yield "identifier", given.page, ""
    for each in related_works(given):
        yield "relation", each.address or each.identifier, ""
    if rights is not None and rights.licence:
        name, address = licence_words(rights)
        yield "rights", name, ""
        yield "rights", address or "", ""
