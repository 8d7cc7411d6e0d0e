"""The rights in a record as metadata of CSV on the Web: Dublin Core for licence and holder, schema.org for the rest."""

from __future__ import annotations

from typing import Any

from kiban.records.rights.licence import expression_address
from kiban.records.rights.outside_ids import address_of
from kiban.records.rights.rights import Rights


def rights_metadata(rights: Rights, ours: str) -> dict[str, Any]:
    """Properties of a table group.

    Parameters
    ----------
    ours : str
        Beginning of the names of our own properties.
    """
    found: dict[str, Any] = {}
    if rights.licence:
        found[f"{ours}licence"] = rights.licence
        address = expression_address(rights.licence)
        # Dublin Core wants a document as the licence; of an expression or one's own terms there is none to link to.
        found["dc:license" if address else "dc:rights"] = {"@id": address} if address else rights.licence
    if (holder := rights.rights_holder) is not None:
        found["dc:rightsHolder"] = _agent("schema:Organization" if holder.ror else None, holder.name, holder.ror)
    if rights.contributors:
        found["schema:contributor"] = [
            _agent("schema:Person" if each.orcid else None, each.name, each.orcid)
            | (
                {"schema:affiliation": _agent("schema:Organization", each.affiliation or each.ror, each.ror)}
                if each.affiliation or each.ror
                else {}
            )
            | ({"schema:roleName": [{"@id": role.iri} for role in each.roles]} if each.roles else {})
            for each in rights.contributors
        ]
    if rights.funding:
        found["schema:funding"] = [
            {"@type": "schema:Grant", "schema:funder": _agent("schema:Organization", each.funder, each.funder_id)}
            | ({"schema:identifier": each.award_number} if each.award_number else {})
            | ({"schema:name": each.award_title} if each.award_title else {})
            for each in rights.funding
        ]
    if rights.citation:
        found["dc:bibliographicCitation"] = rights.citation
    return found


def _agent(kind: str | None, name: str, identifier: str) -> dict[str, Any]:
    agent: dict[str, Any] = {"@type": kind} if kind else {}
    agent["schema:name"] = name
    if identifier:
        agent["schema:identifier"] = {"@id": address_of(identifier)}
    return agent
