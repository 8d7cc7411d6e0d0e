"""A data set in the JPCOAR schema 2.0, which Japan's institutional repositories are harvested in.

References
----------
Japan Consortium for Open Access Repository: JPCOAR schema 2.0 (1 December 2022),
https://github.com/JPCOAR/schema/tree/master/2.0; the order of the elements is that of its `jpcoar_scm.xsd`. The
vocabularies of access rights and resource types are those of COAR, http://purl.org/coar/.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kiban.records.dataset import Dataset, DatasetState
from kiban.records.related import RelatedKind, Relation, ResourceType
from kiban.records.rights.credit_role import CreditRole
from kiban.records.rights.outside_ids import ORCID_ADDRESS, ROR_ADDRESS, address_of
from kiban.records.rights.rights import Contributor, Rights
from kiban.records.web_address import escaped_reference
from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.dataset_words import check_citable, licence_words, related_works
from kiban.standards.xml_writing import RDF, XSI, Writer

if TYPE_CHECKING:
    from lxml.etree import _Element

JPCOAR = "https://github.com/JPCOAR/schema/blob/master/2.0/"
XSD = "https://raw.githubusercontent.com/JPCOAR/schema/master/2.0/jpcoar_scm.xsd"
_COAR = "http://purl.org/coar"
_WRITER = Writer(
    {
        "jpcoar": JPCOAR,
        "dc": "http://purl.org/dc/elements/1.1/",
        "dcterms": "http://purl.org/dc/terms/",
        "datacite": "https://schema.datacite.org/meta/kernel-4/",
        "rdf": RDF,
        "xsi": XSI,
    }
)
_TYPES = {
    ResourceType.DATASET: ("dataset", "c_ddb1"),
    ResourceType.COLLECTION: ("dataset", "c_ddb1"),
    ResourceType.MODEL: ("dataset", "c_ddb1"),
    ResourceType.IMAGE: ("image", "c_c513"),
    ResourceType.SOFTWARE: ("software", "c_5ce6"),
    ResourceType.TEXT: ("other", "c_1843"),
    ResourceType.WORKFLOW: ("workflow", "c_393c"),
    ResourceType.OTHER: ("other", "c_1843"),
}
_RELATIONS = {
    Relation.IS_SUPPLEMENT_TO: "isSupplementTo",
    Relation.IS_SUPPLEMENTED_BY: "isSupplementedBy",
    Relation.IS_CITED_BY: "isCitedBy",
    Relation.CITES: "Cites",
    Relation.IS_REFERENCED_BY: "isReferencedBy",
    Relation.REFERENCES: "references",
    Relation.IS_DERIVED_FROM: "isDerivedFrom",
    Relation.IS_SOURCE_OF: "isSourceOf",
    Relation.IS_PART_OF: "isPartOf",
    Relation.HAS_PART: "hasPart",
    Relation.IS_NEW_VERSION_OF: "replaces",
    Relation.IS_PREVIOUS_VERSION_OF: "isReplacedBy",
    Relation.IS_IDENTICAL_TO: "isIdenticalTo",
    Relation.IS_VARIANT_FORM_OF: "isFormatOf",
    Relation.IS_OBSOLETED_BY: "isReplacedBy",
    Relation.OBSOLETES: "replaces",
    # The schema has no word for documents: they are referred to.
    Relation.IS_DOCUMENTED_BY: "references",
    Relation.DOCUMENTS: "isReferencedBy",
}
_KINDS = {
    RelatedKind.DOI: "DOI",
    RelatedKind.URL: "URI",
    RelatedKind.HANDLE: "HDL",
    RelatedKind.ARK: "ARK",
    RelatedKind.ARXIV: "arXiv",
    RelatedKind.IGSN: "Local",
    RelatedKind.ISBN: "ISBN",
    RelatedKind.ISSN: "ISSN",
}
_JAPAN_GRANT_NUMBER = re.compile(r"JP[0-9A-Z]{6,}", re.ASCII)
ROLES = {
    CreditRole.DATA_CURATION: "DataCurator",
    CreditRole.INVESTIGATION: "DataCollector",
    CreditRole.PROJECT_ADMINISTRATION: "ProjectManager",
    CreditRole.SUPERVISION: "Supervisor",
}


def jpcoar_element(given: DatasetExportable) -> _Element:
    """The element `jpcoar:jpcoar`. Raises NotExportable."""
    rights = check_citable(given, "JPCOAR")
    dataset = given.dataset
    root = _WRITER.root("jpcoar:jpcoar", xsi__schemaLocation=f"{JPCOAR} {XSD}")
    for language, text in (("en", dataset.title.en), ("ja", dataset.title.ja)):
        if text:
            _below(root, "dc:title", text, xml__lang=language)
    for each in rights.contributors:
        _person(_below(root, "jpcoar:creator"), "jpcoar:creatorName", each)
    for each in rights.contributors:
        for role in each.roles:
            if role in ROLES:
                one = _below(root, "jpcoar:contributor", contributorType=ROLES[role])
                _person(one, "jpcoar:contributorName", each)
    _access(root, given)
    name, address = licence_words(rights)
    _below(root, "dc:rights", name, xml__lang="en", rdf__resource=address or "")
    if (holder := rights.rights_holder) is not None:
        one = _below(root, "jpcoar:rightsHolder")
        _ror(one, holder.ror)
        _below(one, "jpcoar:rightsHolderName", holder.name)
    for keyword in dataset.keywords:
        _below(root, "jpcoar:subject", keyword, subjectScheme="Other")
    for language, text in (("en", dataset.description.en), ("ja", dataset.description.ja)):
        if text:
            _below(root, "datacite:description", text, descriptionType="Abstract", xml__lang=language)
    if dataset.state is DatasetState.WITHDRAWN:
        _below(root, "datacite:description", f"Withdrawn: {dataset.reason}", descriptionType="Other")
    _below(root, "dc:publisher", dataset.publisher)
    _dates(root, given)
    word, number = _TYPES[dataset.resource_type]
    _below(root, "dc:type", word, rdf__resource=f"{_COAR}/resource_type/{number}")
    _below(root, "datacite:version", str(dataset.number))
    _identifiers(root, given, dataset)
    for work in related_works(given):
        one = _below(root, "jpcoar:relation", relationType=_RELATIONS[work.relation])
        text = work.address or escaped_reference(work.identifier)
        _below(one, "jpcoar:relatedIdentifier", text, identifierType=_KINDS[work.kind])
    _fundings(root, rights)
    # Of what nobody can fetch yet, no file is named: so JPCOAR's own examples of embargoes and restrictions have it.
    if given.address and given.is_open:
        one = _below(root, "jpcoar:file")
        archive = f"{given.address}api/v1/datasets/{given.record.pid}/export?as=ro_crate"
        _below(one, "jpcoar:URI", archive, objectType="dataset", label=f"{given.record.pid} (RO-Crate)")
        _below(one, "jpcoar:mimeType", "application/zip")
    return root


def _below(parent: _Element, name: str, text: str | None = None, **attributes: str) -> _Element:
    return _WRITER.below(parent, name, text, **attributes)


def _ror(parent: _Element, ror: str) -> None:
    if ror:
        address = f"{ROR_ADDRESS}{ror}"
        _below(parent, "jpcoar:nameIdentifier", address, nameIdentifierScheme="ROR", nameIdentifierURI=address)


def _person(parent: _Element, name: str, each: Contributor) -> None:
    if each.orcid:
        _below(
            parent,
            "jpcoar:nameIdentifier",
            each.orcid,
            nameIdentifierScheme="ORCID",
            nameIdentifierURI=f"{ORCID_ADDRESS}{each.orcid}",
        )
    _below(parent, name, each.name)
    if each.affiliation:
        one = _below(parent, "jpcoar:affiliation")
        _ror(one, each.ror)
        _below(one, "jpcoar:affiliationName", each.affiliation)


def _access(root: _Element, given: DatasetExportable) -> None:
    if given.is_open:
        word, number = "open access", "c_abf2"
    elif given.open_from is not None:
        word, number = "embargoed access", "c_f1cf"
    else:
        word, number = "restricted access", "c_16ec"
    _below(root, "dcterms:accessRights", word, rdf__resource=f"{_COAR}/access_right/{number}")


def _dates(root: _Element, given: DatasetExportable) -> None:
    told = {
        "Created": given.dataset.frozen_at[:10],
        "Issued": given.dataset.published_on,
        "Available": given.open_from.date().isoformat() if given.open_from is not None else "",
    }
    for kind, day in told.items():
        if day:
            _below(root, "datacite:date", day, dateType=kind)


def _identifiers(root: _Element, given: DatasetExportable, dataset: Dataset) -> None:
    if dataset.doi:
        _below(root, "jpcoar:identifier", dataset.doi_address, identifierType="DOI")
    # Who registered the DOI (JaLC, DataCite) is not known here, so `identifierRegistration` is not written.
    _below(root, "jpcoar:identifier", given.page, identifierType="URI")


def _fundings(root: _Element, rights: Rights) -> None:
    for each in rights.funding:
        one = _below(root, "jpcoar:fundingReference")
        if each.funder_id:
            kind = "Crossref Funder" if each.funder_id.startswith("10.") else "ROR"
            _below(one, "jpcoar:funderIdentifier", address_of(each.funder_id), funderIdentifierType=kind)
        _below(one, "jpcoar:funderName", each.funder)
        if each.award_number:
            kind = "JGN" if _JAPAN_GRANT_NUMBER.fullmatch(each.award_number) else ""
            _below(one, "jpcoar:awardNumber", each.award_number, awardNumberType=kind)
        if each.award_title:
            _below(one, "jpcoar:awardTitle", each.award_title)
