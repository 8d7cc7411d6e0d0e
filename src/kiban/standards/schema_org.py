"""A data set in the words of schema.org: what search engines for data read, and what Croissant and RO-Crate build on.

References
----------
https://schema.org/Dataset; Science-On-Schema.org, guidelines for data set descriptions, version 1.3.1 (2023).
"""

from __future__ import annotations

from typing import Any

from kiban.records.dataset import DatasetState
from kiban.records.related import Related, RelatedKind, Relation
from kiban.records.rights.outside_ids import DOI_ADDRESS, ORCID_ADDRESS, ROR_ADDRESS
from kiban.records.rights.rights import Contributor, Funding, Rights
from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.dataset_words import cited, licence_words, related_works

_PART = {Relation.IS_PART_OF: "isPartOf", Relation.HAS_PART: "hasPart"}
_BASED = {Relation.IS_DERIVED_FROM: "isBasedOn", Relation.IS_NEW_VERSION_OF: "isBasedOn"}
_CITATION = {Relation.CITES, Relation.REFERENCES, Relation.IS_SUPPLEMENT_TO, Relation.IS_DOCUMENTED_BY}


def described(given: DatasetExportable) -> dict[str, Any]:
    """What is said of the data set as a whole, without `@context` and files; texts in two languages are marked."""
    dataset, rights = given.dataset, given.rights
    found: dict[str, Any] = {
        "@type": "Dataset",
        "@id": dataset.doi_address or given.page,
        "name": _in_languages(dataset.title.en, dataset.title.ja),
        "description": _in_languages(dataset.description.en, dataset.description.ja) or dataset.name,
        "url": given.page if given.address else None,
        "identifier": identifiers(given),
        "version": str(dataset.number),
        "keywords": list(dataset.keywords),
        "dateCreated": dataset.frozen_at[:10],
        "datePublished": dataset.published_on,
        "dateModified": given.record.created_at.date().isoformat(),
        "isAccessibleForFree": given.is_open,
        "citation": [_work(each) for each in related_works(given) if each.relation in _CITATION],
        "creditText": cited(given),
        "measurementTechnique": list(dataset.techniques),
    }
    if dataset.publisher:
        publisher = {"@type": "Organization", "name": dataset.publisher}
        found["publisher"] = publisher | (_at(f"{ROR_ADDRESS}{dataset.publisher_ror}") if dataset.publisher_ror else {})
    if dataset.state is DatasetState.WITHDRAWN:
        found["creativeWorkStatus"] = f"Withdrawn: {dataset.reason}"
    for relation, name in (*_PART.items(), *_BASED.items()):
        works = [_work(each) for each in related_works(given) if each.relation is relation]
        if works:
            found[name] = [*found.get(name, []), *works]
    if rights is not None:
        found |= _of_rights(rights)
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def identifiers(given: DatasetExportable) -> list[dict[str, str]]:
    """Its DOI and its own identifier."""
    own = {"@type": "PropertyValue", "propertyID": "Kiban identifier", "value": given.record.pid}
    if not given.dataset.doi:
        return [own]
    doi = {
        "@type": "PropertyValue",
        "propertyID": "https://registry.identifiers.org/registry/doi",
        "value": f"doi:{given.dataset.doi}",
        "url": given.dataset.doi_address,
    }
    return [doi, own]


def person(each: Contributor) -> dict[str, Any]:
    """Somebody who contributed; that it is a person and not a group is not known, and mostly so."""
    found: dict[str, Any] = {"@type": "Person", "name": each.name}
    if each.orcid:
        found["@id"] = f"{ORCID_ADDRESS}{each.orcid}"
    if each.affiliation:
        place = {"@type": "Organization", "name": each.affiliation}
        found["affiliation"] = place | (_at(f"{ROR_ADDRESS}{each.ror}") if each.ror else {})
    return found


def grant(each: Funding) -> dict[str, Any]:
    """A grant with its funder, or the funder alone."""
    funder: dict[str, Any] = {"@type": "Organization", "name": each.funder}
    if each.funder_id:
        is_doi = each.funder_id.startswith("10.")
        funder |= _at(f"{DOI_ADDRESS if is_doi else ROR_ADDRESS}{each.funder_id}")
    if not (each.award_number or each.award_title):
        return funder
    found: dict[str, Any] = {"@type": "Grant", "funder": funder}
    found |= {"identifier": each.award_number} if each.award_number else {}
    return found | {"name": each.award_title or each.award_number}


def _of_rights(rights: Rights) -> dict[str, Any]:
    name, address = licence_words(rights) if rights.licence else ("", None)
    grants = [grant(each) for each in rights.funding]
    return {
        "creator": [person(each) for each in rights.contributors],
        "license": address or name,
        "copyrightHolder": _holder(rights),
        "funding": [each for each in grants if each["@type"] == "Grant"],
        "funder": [each for each in grants if each["@type"] != "Grant"],
    }


def _holder(rights: Rights) -> dict[str, str] | None:
    if (holder := rights.rights_holder) is None:
        return None
    found = {"@type": "Organization", "name": holder.name}
    return found | (_at(f"{ROR_ADDRESS}{holder.ror}") if holder.ror else {})


def _at(address: str) -> dict[str, str]:
    return {"@id": address, "url": address}


def _work(each: Related) -> dict[str, str]:
    address = each.address
    found = {"@type": "CreativeWork", "identifier": each.identifier}
    if each.kind is RelatedKind.DOI:
        found["identifier"] = f"doi:{each.identifier}"
    return found | ({"@id": address, "url": address} if address else {})


def _in_languages(en: str, ja: str) -> Any:
    if en and ja:
        return [{"@value": en, "@language": "en"}, {"@value": ja, "@language": "ja"}]
    return en or ja
