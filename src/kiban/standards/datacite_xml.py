"""A data set as the XML of DataCite's kernel 4: the same properties as in JSON, in the names of its XML schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kiban.standards.datacite_attributes import SCHEMA, attributes
from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.xml_writing import XSI, Writer

if TYPE_CHECKING:
    from lxml.etree import _Element

XSD = "https://schema.datacite.org/meta/kernel-4/metadata.xsd"
_WRITER = Writer({None: SCHEMA, "xsi": XSI})
_LISTS = {
    "subjects": ("subject", "subject"),
    "dates": ("date", "date"),
    "alternateIdentifiers": ("alternateIdentifier", "alternateIdentifier"),
    "relatedIdentifiers": ("relatedIdentifier", "relatedIdentifier"),
    "rightsList": ("rights", "rights"),
    "descriptions": ("description", "description"),
}
"""Properties that are lists of a text with attributes: the element of each, and what of the JSON is its text."""
_RENAMED = {"lang": "xml__lang", "schemeUri": "schemeURI", "rightsUri": "rightsURI"}


def datacite_element(given: DatasetExportable) -> _Element:
    """The element `resource`. Raises NotExportable."""
    found = attributes(given)
    root = _WRITER.root(":resource", xsi__schemaLocation=f"{SCHEMA} {XSD}")
    is_doi = "doi" in found
    _below(root, "identifier", found["doi"] if is_doi else given.page, identifierType="DOI" if is_doi else _kind(given))
    creators = _below(root, "creators")
    for each in found["creators"]:
        _person(_below(creators, "creator"), "creatorName", each)
    titles = _below(root, "titles")
    for each in found["titles"]:
        _text(titles, "title", each, "title")
    _text(root, "publisher", found["publisher"], "name")
    _below(root, "publicationYear", found["publicationYear"])
    types = found["types"]
    _below(root, "resourceType", types["resourceType"], resourceTypeGeneral=types["resourceTypeGeneral"])
    if "contributors" in found:
        contributors = _below(root, "contributors")
        for each in found["contributors"]:
            one = _below(contributors, "contributor", contributorType=each["contributorType"])
            _person(one, "contributorName", each)
    for name, (element, key) in _LISTS.items():
        if name in found:
            above = _below(root, name)
            for each in found[name]:
                _text(above, element, each, key)
    if "sizes" in found:
        sizes = _below(root, "sizes")
        for each in found["sizes"]:
            _below(sizes, "size", each)
    _below(root, "version", found["version"])
    _fundings(root, found.get("fundingReferences", ()))
    return root


def _kind(given: DatasetExportable) -> str:
    return "URL" if given.address else "Kiban identifier"


def _below(parent: _Element, name: str, text: str | None = None, **attributes: str) -> _Element:
    return _WRITER.below(parent, f":{name}", text, **attributes)


def _text(parent: _Element, name: str, each: dict[str, str], key: str) -> None:
    given = {_RENAMED.get(attribute, attribute): value for attribute, value in each.items() if attribute != key}
    _below(parent, name, each[key], **given)


def _person(parent: _Element, name: str, each: dict[str, Any]) -> None:
    _below(parent, name, each["name"])
    for identifier in each.get("nameIdentifiers", ()):
        _text(parent, "nameIdentifier", identifier, "nameIdentifier")
    for affiliation in each.get("affiliation", ()):
        _text(parent, "affiliation", affiliation, "name")


def _fundings(root: _Element, fundings: Any) -> None:
    if not fundings:
        return
    above = _below(root, "fundingReferences")
    for each in fundings:
        one = _below(above, "fundingReference")
        _below(one, "funderName", each["funderName"])
        if "funderIdentifier" in each:
            _below(one, "funderIdentifier", each["funderIdentifier"], funderIdentifierType=each["funderIdentifierType"])
        for name in ("awardNumber", "awardTitle"):
            if name in each:
                _below(one, name, each[name])
