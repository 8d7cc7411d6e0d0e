"""DataCite 4.6 as JSON, as DataCite's own interface takes it.

What is carried
---------------
The same as DataCite's XML, in the names of its JSON schema.

What is lost
------------
Which records it holds, and the question that they were chosen by; roles of CRediT for which DataCite has no word;
how it is to be cited, where that was stated. A data set without a DOI has its own identifier in place of one.

Source
------
DataCite Metadata Schema 4.6 (2024), https://doi.org/10.14454/mzv1-5b55; checked with the JSON schema 4.5 that the
package datacite ships.
"""

from __future__ import annotations

import json
from typing import BinaryIO

from kiban.standards.datacite_attributes import attributes, losses
from kiban.standards.dataset_contract import DatasetExportable


class DataciteJson:
    """See `DatasetExport`."""

    name = "datacite_json"
    title = "DataCite 4.6 (JSON)"
    suffix = ".datacite.json"
    media_type = "application/vnd.datacite.datacite+json"
    needs_members = False

    def export(self, given: DatasetExportable, out: BinaryIO) -> tuple[str, ...]:
        """See `DatasetExport.export`."""
        out.write(json.dumps(attributes(given), ensure_ascii=False, indent=2).encode() + b"\n")
        return losses(given)


EXPORT = DataciteJson()
