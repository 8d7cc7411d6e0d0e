"""DataCite 4.6 as XML."""

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
    needs_files = False

    def export(self, given: DatasetExportable, out: BinaryIO) -> tuple[str, ...]:
        """See `DatasetExport.export`."""
        out.write(written(datacite_element(given)))
        return losses(given)


EXPORT = Datacite()
