"""DataCite 4.6 as JSON, as DataCite's own interface takes it."""

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
    needs_files = False

    def export(self, given: DatasetExportable, out: BinaryIO) -> tuple[str, ...]:
        """See `DatasetExport.export`."""
        out.write(json.dumps(attributes(given), ensure_ascii=False, indent=2).encode() + b"\n")
        return losses(given)


EXPORT = DataciteJson()
