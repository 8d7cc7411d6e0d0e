"""The values that rest on the records of a data set, as CSV.

What is carried
---------------
A row for each value: sample, term, number, unit, standard uncertainty, condition, method, measurement.

What is lost
------------
All else: what is said of the data set, files, records. Values that rest on measurements that have changed since it
was frozen are left out: those of then are not kept by themselves.

Source
------
RFC 4180, in UTF-8.
"""

from __future__ import annotations

from typing import BinaryIO

from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.dataset_values import values_table
from kiban.standards.rights_losses import rights_losses


class Values:
    """See `DatasetExport`."""

    name = "values"
    title = "Table of values (CSV)"
    suffix = ".values.csv"
    media_type = "text/csv"
    needs_members = True

    def export(self, given: DatasetExportable, out: BinaryIO) -> tuple[str, ...]:
        """See `DatasetExport.export`."""
        out.write(values_table(given))
        told = ["What is said of the data set, and everything of its records but their values, is not in the file."]
        if given.n_changed:
            told.append(
                f"{given.n_changed} measurements have changed since: the values that rest on them are left out."
            )
        if given.n_without_files:
            told.append(f"The values of {given.n_without_files} records are not yours to read, and are left out.")
        return (*told, *rights_losses(given.rights))


EXPORT = Values()
