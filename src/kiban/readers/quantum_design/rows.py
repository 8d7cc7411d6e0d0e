"""The rows below `[Data]`: cells as they stand, comments set apart."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field

from kiban.errors import DamagedFile, NothingMeasured, UnsupportedVariant

MEND = "Export the data file again from MultiVu, or copy it again; it is kept as it came."


@dataclass(slots=True)
class Rows:
    """The rows of numbers, column by column."""

    labels: list[str]
    columns: list[tuple[str, ...]]
    """Cells of each column, all of one length."""
    comments: dict[int, str] = field(default_factory=dict)
    """Texts of the column of comments, by the number of the row they stand in or before, counted from 0."""
    doubts: list[str] = field(default_factory=list)


def read_rows(lines: Sequence[str], *, first_line: int, is_ended: bool, file: str) -> Rows:
    """Take the lines below `[Data]` apart.

    Rows may be shorter than the row of labels, because empty cells at the end are left out, and longer by empty cells.

    Parameters
    ----------
    first_line : int
        The number of the first of these lines in the file.
    is_ended : bool
        The last line has a line end.

    Raises
    ------
    NothingMeasured
        If there is no row.
    DamagedFile
        If a row has values beyond the last label.
    UnsupportedVariant
        If another section follows.
    """
    present = [(number, line) for number, line in enumerate(lines, first_line) if line.strip()]
    if not present:
        raise DamagedFile(f"{file}: a row of column names was expected after [Data]; the file ends.", mend=MEND)
    (_, top), *body = present
    labels = _cells(top)
    while labels and not labels[-1].strip():
        labels.pop()
    width = len(labels)
    comment = next((i for i, label in enumerate(labels) if _is_comment(label)), None)
    time = next((i for i, label in enumerate(labels) if label.strip().lower().startswith("time")), None)
    rows: list[list[str]] = []
    found = Rows(labels, [])
    counts: dict[int, int] = {}
    for number, line in body:
        if line.startswith("[") and line.rstrip().lower() in {"[header]", "[data]"}:
            raise UnsupportedVariant(
                f"{file}, line {number}: a second {line.strip()} section; files with one are read.",
                mend="Cut the file there and read the parts. It is kept as it came.",
            )
        cells = _cells(line)
        counts[len(cells)] = counts.get(len(cells), 0) + 1
        _place(cells, width, (comment, time), rows, found, place=f"{file}, line {number}")
    if not rows:
        raise NothingMeasured(
            f"{file} has column names but no rows of numbers.",
            mend="If points were measured, export them again; the file is kept as it came.",
        )
    if not is_ended and len(_cells(body[-1][1])) < max(counts):
        found.doubts.append("The last row has no line end and fewer cells than others: the file may be cut there.")
    found.columns = list(zip(*rows, strict=True))
    if comment is not None:
        del found.columns[comment]
        del found.labels[comment]
    return found


def _place(
    cells: list[str],
    width: int,
    aside: tuple[int | None, int | None],
    rows: list[list[str]],
    found: Rows,
    *,
    place: str,
) -> None:
    """Put one row where it belongs: its comment aside, its cells among the rows if any holds something.

    A comment that has nothing but the time beside it is no point; heat capacities have many.

    Parameters
    ----------
    aside : tuple of int
        Which columns hold the comment and the time.
    """
    comment, time = aside
    if any(cell.strip() for cell in cells[width:]):
        raise DamagedFile(
            f"{place}: {width} columns have names, but there are values in {len(cells)}.",
            mend="Put comments that hold a comma in quotation marks, or export the file again. It is kept as it came.",
        )
    cells = cells[:width] + [""] * (width - len(cells))
    if comment is not None and cells[comment].strip():
        text = cells[comment].strip()
        alone = [i for i, cell in enumerate(cells) if cell.strip() and i != comment]
        if alone == [time] and time is not None:
            text = f"{text} (at {cells[time].strip()} s)"
            cells[time] = ""
        before = found.comments.get(len(rows))
        found.comments[len(rows)] = f"{before}\n{text}" if before else text
        cells[comment] = ""
    if any(cell.strip() for cell in cells):
        rows.append(cells)


def _is_comment(label: str) -> bool:
    return label.strip().lower().removesuffix("()").strip() == "comment"


def _cells(line: str) -> list[str]:
    if '"' not in line:
        return line.rstrip("\r").split(",")
    try:
        return next(csv.reader([line.rstrip("\r")]))
    except (csv.Error, StopIteration):
        return line.rstrip("\r").split(",")
