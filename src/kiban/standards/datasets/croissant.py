"""Croissant 1.1: schema.org with files and columns, for programs that learn.

What is carried
---------------
What schema.org carries; every raw file with its address, size and SHA-256; the table of values, column by column.

What is lost
------------
Identifiers and versions of the records; values that rest on measurements that have changed since it was frozen; the
question; what contributors did. Without an address under which the platform is reached it cannot be written.

Source
------
MLCommons: Croissant Format Specification 1.1 (2025),
https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html; checked with mlcroissant.
"""

from __future__ import annotations

import json
from typing import BinaryIO

from kiban.errors import NotExportable
from kiban.standards.croissant_description import croissant
from kiban.standards.dataset_contract import DatasetExportable
from kiban.standards.dataset_words import role_losses


class Croissant:
    """See `DatasetExport`."""

    name = "croissant"
    title = "Croissant 1.1 (JSON-LD)"
    suffix = ".croissant.json"
    media_type = "application/ld+json"
    needs_members = True

    def export(self, given: DatasetExportable, out: BinaryIO) -> tuple[str, ...]:
        """See `DatasetExport.export`."""
        if given.address is None:
            raise NotExportable(
                "Croissant names the files of a data set by their addresses, and none is known here.",
                mend="Set KIBAN_BASE_URL, or give the address: https://kiban.example.org/.",
            )
        out.write(json.dumps(croissant(given), ensure_ascii=False, indent=2).encode() + b"\n")
        told = ["The identifiers and versions of its records are not in the file, but for those that values rest on."]
        if given.n_changed:
            told.append(changed(given.n_changed))
        if given.n_without_files:
            told.append(f"The files of {given.n_without_files} records are not yours to read, and are left out.")
        if given.dataset.question:
            told.append("The question that they were chosen by is not in the file.")
        if given.rights is not None:
            told += role_losses(given.rights)
        return tuple(told)


def changed(n: int) -> str:
    """Say that values were left out."""
    return f"{n} measurements have changed since it was frozen: the values that rest on them are left out."


EXPORT = Croissant()
