"""A data set in the properties of the DataCite Metadata Schema 4.6, as DataCite's own JSON names them.

References
----------
DataCite Metadata Working Group: DataCite Metadata Schema Documentation for the Publication and Citation of Research
Data and Other Research Outputs, version 4.6 (2024), https://doi.org/10.14454/mzv1-5b55.
"""

from __future__ import annotations

from typing import Any

from kiban.records.dataset import DatasetState
from kiban.records.rights.credit_role import CreditRole
from kiban.records.rights.licence import ALL_RIGHTS_RESERVED, licence_ids
from kiban.records.rights.outside_ids import ORCID_ADDRESS, ROR_ADDRESS
from kiban.records.rights.rights import Contributor, Funding, Rights
from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.dataset_words import check_citable, licence_words, related_works, role_losses

SCHEMA = "http://datacite.org/schema/kernel-4"
_SPDX = "https://spdx.org/licenses/"
_ROLES = {
    CreditRole.DATA_CURATION: "DataCurator",
    CreditRole.INVESTIGATION: "DataCollector",
    CreditRole.PROJECT_ADMINISTRATION: "ProjectManager",
    CreditRole.SUPERVISION: "Supervisor",
}
"""Roles for which DataCite has a word; who has one of them is named as a contributor as well."""


def attributes(given: DatasetExportable) -> dict[str, Any]:
    """All properties that are stated, in the order of the schema. Raises NotExportable."""
    rights = check_citable(given, "DataCite")
    dataset = given.dataset
    found: dict[str, Any] = {
        **({"doi": dataset.doi} if dataset.doi else {}),
        "url": given.page if given.address else None,
        "creators": [_person(each) for each in rights.contributors],
        "titles": _titles(given),
        "publisher": _publisher(given),
        "publicationYear": _year(given),
        "types": {"resourceTypeGeneral": dataset.resource_type.value, "resourceType": dataset.resource_type.value},
        "subjects": [{"subject": each} for each in dataset.keywords],
        "contributors": _contributors(rights),
        "dates": _dates(given),
        "alternateIdentifiers": [
            {"alternateIdentifier": given.record.pid, "alternateIdentifierType": "Kiban identifier"}
        ],
        "relatedIdentifiers": [
            {
                "relatedIdentifier": each.identifier,
                "relatedIdentifierType": each.kind.value,
                "relationType": each.relation.value,
            }
            for each in related_works(given)
        ],
        "sizes": [f"{len(given.members)} records"] if given.members else [],
        "version": str(dataset.number),
        "rightsList": [_licence(rights)],
        "descriptions": _descriptions(given),
        "fundingReferences": [_funding(each) for each in rights.funding],
        "schemaVersion": SCHEMA,
    }
    return {name: value for name, value in found.items() if value not in (None, [], "")}


def losses(given: DatasetExportable) -> tuple[str, ...]:
    """What the schema has no place for."""
    rights, dataset = given.rights, given.dataset
    told = []
    if not dataset.doi:
        told.append("It has no DOI, so its own identifier stands in its place: DataCite registers DOIs alone.")
    if not dataset.published_on:
        told.append("It is not published, so the year in the file is that of its latest change.")
    if given.members:
        told.append(f"Which {len(given.members)} records it holds is not in the file.")
    if dataset.question:
        told.append("The question that they were chosen by is not in the file.")
    if rights is not None:
        told += role_losses(rights, frozenset(_ROLES))
        if rights.citation:
            told.append(f"How it is to be cited is not in the file: {rights.citation.rstrip('.')}.")
    return tuple(told)


def _year(given: DatasetExportable) -> str:
    year = given.dataset.year
    return f"{year if year is not None else given.record.created_at.year:04d}"


def _titles(given: DatasetExportable) -> list[dict[str, str]]:
    title = given.dataset.title
    found = [{"title": text, "lang": lang} for lang, text in (("en", title.en), ("ja", title.ja)) if text]
    return [each if n == 0 else {**each, "titleType": "TranslatedTitle"} for n, each in enumerate(found)]


def _descriptions(given: DatasetExportable) -> list[dict[str, str]]:
    text = given.dataset.description
    found = [
        {"description": one, "descriptionType": "Abstract", "lang": lang}
        for lang, one in (("en", text.en), ("ja", text.ja))
        if one
    ]
    if given.dataset.state is DatasetState.WITHDRAWN:
        found.append({"description": f"Withdrawn: {given.dataset.reason}", "descriptionType": "Other"})
    return found


def _publisher(given: DatasetExportable) -> dict[str, str]:
    dataset = given.dataset
    if not dataset.publisher_ror:
        return {"name": dataset.publisher}
    return {
        "name": dataset.publisher,
        "publisherIdentifier": f"{ROR_ADDRESS}{dataset.publisher_ror}",
        "publisherIdentifierScheme": "ROR",
        "schemeUri": ROR_ADDRESS,
    }


def _person(each: Contributor) -> dict[str, Any]:
    found: dict[str, Any] = {"name": each.name}
    if each.orcid:
        found["nameIdentifiers"] = [
            {
                "nameIdentifier": f"{ORCID_ADDRESS}{each.orcid}",
                "nameIdentifierScheme": "ORCID",
                "schemeUri": ORCID_ADDRESS,
            }
        ]
    if each.affiliation:
        ror = {
            "affiliationIdentifier": f"{ROR_ADDRESS}{each.ror}",
            "affiliationIdentifierScheme": "ROR",
            "schemeUri": ROR_ADDRESS,
        }
        found["affiliation"] = [{"name": each.affiliation, **(ror if each.ror else {})}]
    return found


def _contributors(rights: Rights) -> list[dict[str, Any]]:
    found = [
        {**_person(each), "contributorType": _ROLES[role]}
        for each in rights.contributors
        for role in each.roles
        if role in _ROLES
    ]
    if (holder := rights.rights_holder) is not None:
        ror = {
            "nameIdentifier": f"{ROR_ADDRESS}{holder.ror}", "nameIdentifierScheme": "ROR", "schemeUri": ROR_ADDRESS
        }  # fmt: skip
        named = {"nameIdentifiers": [ror]} if holder.ror else {}
        found.append({"name": holder.name, **named, "contributorType": "RightsHolder"})
    return found


def _dates(given: DatasetExportable) -> list[dict[str, str]]:
    dataset = given.dataset
    told = {
        "Created": dataset.frozen_at[:10],
        "Issued": dataset.published_on,
        "Available": given.open_from.date().isoformat() if given.open_from is not None else "",
        "Withdrawn": dataset.withdrawn_at[:10],
    }
    return [{"date": day, "dateType": kind} for kind, day in told.items() if day]


def _licence(rights: Rights) -> dict[str, str]:
    name, address = licence_words(rights)
    found = {"rights": name}
    if address:
        found["rightsUri"] = address
    ids = licence_ids(rights.licence)
    if ids == (rights.licence,) and ALL_RIGHTS_RESERVED not in ids and not rights.licence.startswith("LicenseRef-"):
        found |= {"rightsIdentifier": rights.licence, "rightsIdentifierScheme": "SPDX", "schemeUri": _SPDX}
    return found


def _funding(each: Funding) -> dict[str, str]:
    found = {"funderName": each.funder}
    if each.funder_id:
        is_doi = each.funder_id.startswith("10.")
        found |= {
            "funderIdentifier": f"https://doi.org/{each.funder_id}" if is_doi else f"{ROR_ADDRESS}{each.funder_id}",
            "funderIdentifierType": "Crossref Funder ID" if is_doi else "ROR",
        }
    found |= {"awardNumber": each.award_number} if each.award_number else {}
    return found | ({"awardTitle": each.award_title} if each.award_title else {})
