"""Rights as a page shows them: names of licences and roles in its language, identifiers with their addresses."""

from __future__ import annotations

from typing import Any

from kiban.operations.rights_of import StatedRights
from kiban.records.rights.licence import licence_address, licence_ids, licence_name
from kiban.records.rights.outside_ids import address_of


def shown_rights(stated: StatedRights | None, language: str) -> dict[str, Any] | None:
    """What the template of the section takes; `None` where nothing is stated."""
    if stated is None:
        return None
    rights = stated.rights
    holder = rights.rights_holder
    return {
        "is_own": stated.is_own,
        "project": stated.project,
        "licence": rights.licence,
        "licences": [
            {"id": each, "name": licence_name(each, language), "address": licence_address(each)}
            for each in licence_ids(rights.licence)
        ],
        "holder": {"name": holder.name, "address": _address(holder.ror)} if holder is not None else None,
        "contributors": [
            {
                "name": each.name,
                "orcid": each.orcid,
                "address": _address(each.orcid),
                "affiliation": each.affiliation,
                "affiliation_address": _address(each.ror),
                "roles": [role.ja if language == "ja" else role.en for role in each.roles],
            }
            for each in rights.contributors
        ],
        "funding": [
            {
                "funder": each.funder,
                "address": _address(each.funder_id),
                "award_number": each.award_number,
                "award_title": each.award_title,
            }
            for each in rights.funding
        ],
        "citation": rights.citation,
    }


def _address(identifier: str) -> str | None:
    return address_of(identifier) if identifier else None
