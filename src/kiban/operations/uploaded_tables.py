"""Tables that people upload, read behind the fence; what could not be read is the error that says why."""

from __future__ import annotations

from kiban.compute.structured import Failure
from kiban.compute.table_files import cells_behind, sheet_behind
from kiban.operations.read_file import as_error
from kiban.operations.resources import Resources
from kiban.readers.experiments.sheet import Sheet
from kiban.standards.template_sheet_cells import Cells


def read_table(resources: Resources, content: bytes, name: str, *, sheet: str = "") -> Sheet:
    """Read a table of experiments.

    Raises
    ------
    UnreadableFile
        As `kiban.readers.experiments.sheet.read_sheet`; LimitExceeded also if it takes too long or too much memory.
    """
    found = sheet_behind(resources.fence, content, name, sheet=sheet)
    if isinstance(found, Failure):
        raise as_error(found)
    return found


def read_workbook(resources: Resources, content: bytes) -> list[Cells]:
    """Read a filled spreadsheet of a template.

    Raises
    ------
    UnreadableFile
        As `kiban.standards.template_sheet_cells.read_cells`; LimitExceeded also if it takes too long.
    """
    found = cells_behind(resources.fence, content)
    if isinstance(found, Failure):
        raise as_error(found)
    return found
