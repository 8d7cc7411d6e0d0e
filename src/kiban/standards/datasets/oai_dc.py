"""Unqualified Dublin Core, as OAI-PMH has it: what every harvester understands.

What is carried
---------------
Titles and descriptions in both languages, names of creators, keywords, publisher, day, type, identifiers, addresses
of related works, licence.

What is lost
------------
Everything that needs more than fifteen elements: identifiers of people, what it is to related works, version,
rights holder, funding, which records it holds.

Source
------
Open Archives Initiative: oai_dc, http://www.openarchives.org/OAI/2.0/oai_dc.xsd; DCMI Metadata Terms (2020).
"""

from __future__ import annotations

from typing import BinaryIO

from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.dataset_words import member_losses, withdrawn_losses
from kiban.standards.dublin_core_xml import dublin_core_element
from kiban.standards.rights_losses import rights_losses
from kiban.standards.xml_writing import written


class OaiDc:
    """See `DatasetExport`."""

    name = "oai_dc"
    title = "Dublin Core (oai_dc)"
    suffix = ".dc.xml"
    media_type = "application/xml"
    needs_members = False

    def export(self, given: DatasetExportable, out: BinaryIO) -> tuple[str, ...]:
        """See `DatasetExport.export`."""
        out.write(written(dublin_core_element(given)))
        rights = given.rights
        told = ["What it is to related works, and the number of its version, are not in the file."]
        if rights is not None and any(each.orcid or each.affiliation or each.roles for each in rights.contributors):
            told.append("Of its contributors only the names are in the file.")
        return (
            *told,
            *rights_losses(rights, without=("rights_holder", "funding", "citation")),
            *member_losses(given),
            *withdrawn_losses(given.dataset),
        )


EXPORT = OaiDc()
