"""DataCite 4.6 as XML, for the registration of DOIs and for harvests.

What is carried
---------------
Identifier, creators with ORCID iDs and affiliations, titles and descriptions in both languages, publisher with its
ROR ID, year, type, keywords, dates, version, licence, rights holder, funding, related works, versions before and
after. Who curated data, collected them, managed or supervised stands among the contributors, too.

What is lost
------------
Which records it holds, and the question that they were chosen by; other roles of CRediT; how it is to be cited,
where that was stated. A data set without a DOI has its own identifier in place of one: none is made up.

Source
------
DataCite Metadata Schema 4.6 (2024), https://doi.org/10.14454/mzv1-5b55; checked with its XML schema.
"""

from __future__ import annotations

from typing import BinaryIO

from kiban.standards.datacite_attributes import losses
from kiban.standards.datacite_xml import datacite_element
from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.xml_writing import written


class Datacite:
    """See `DatasetExport`."""

    name = "datacite"
    title = "DataCite 4.6 (XML)"
    suffix = ".datacite.xml"
    media_type = "application/vnd.datacite.datacite+xml"
    needs_members = False

    def export(self, given: DatasetExportable, out: BinaryIO) -> tuple[str, ...]:
        """See `DatasetExport.export`."""
        out.write(written(datacite_element(given)))
        return losses(given)


EXPORT = Datacite()
