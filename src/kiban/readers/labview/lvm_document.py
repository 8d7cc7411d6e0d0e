"""An LVM file taken apart: the header of the file, then segments with a header, a row of names and rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kiban.errors import DamagedFile

MEND = "Record or copy the file again; it is kept as it came."
_END = "***End_of_Header***"
_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";"}


@dataclass(slots=True)
class Segment:
    """What was written at once."""

    fields: dict[str, list[str]]
    """By key: the cells behind it, one for each column but the first."""
    labels: list[str]
    rows: list[list[str]] = field(default_factory=list)

    def about(self, key: str, column: int) -> str:
        """What a line of the header says of a column; empty where it says nothing."""
        cells = self.fields.get(key, [])
        return cells[column - 1].strip() if 0 < column <= len(cells) else ""


@dataclass(slots=True)
class LvmDocument:
    """The whole file."""

    header: dict[str, str]
    segments: list[Segment]
    lines: list[str]
    decimal: str


def parse(lines: list[str], *, file: str) -> LvmDocument:
    """Take the file apart.

    Raises
    ------
    DamagedFile
        If a header does not end, or a row has more cells than there are names.
    """
    end = next((n for n, line in enumerate(lines) if line.startswith(_END)), None)
    if end is None:
        raise DamagedFile(f"{file}: a line {_END} was expected; there is none.", mend=MEND)
    stated = dict(re.split(r"[\t,;]", line, maxsplit=1) for line in lines[1:end] if re.search(r"[\t,;]", line))
    header = {key.strip(): value.strip() for key, value in stated.items()}
    separator = _SEPARATORS.get(header.get("Separator", "Tab").lower(), "\t")
    document = LvmDocument(header, [], [line.rstrip() for line in lines[: end + 1] if line.strip()], "")
    at = end + 1
    while at < len(lines):
        if not lines[at].strip(separator + " \t"):
            at += 1
            continue
        at = _segment(document, lines, at, separator, file=file)
    document.decimal = header.get("Decimal_Separator") or _decimal(document, separator)
    return document


def _segment(document: LvmDocument, lines: list[str], at: int, separator: str, *, file: str) -> int:
    """Read one segment and say where the next begins."""
    fields: dict[str, list[str]] = {}
    start = at
    while at < len(lines) and not lines[at].startswith(_END):
        if lines[at].startswith("***Start_Special***"):
            at = next((n for n in range(at, len(lines)) if lines[n].startswith("***End_Special***")), len(lines))
            at += 1
            continue
        cells = lines[at].split(separator)
        if cells[0].strip():
            fields.setdefault(cells[0].strip(), cells[1:])
        at += 1
    if at + 1 >= len(lines) or "Channels" not in fields:
        raise DamagedFile(f"{file}, line {start + 1}: the header of a segment was expected, with Channels.", mend=MEND)
    segment = Segment(fields, [cell.strip() for cell in lines[at + 1].split(separator)])
    while segment.labels and not segment.labels[-1]:
        segment.labels.pop()
    at += 2
    width = len(segment.labels)
    while at < len(lines) and not lines[at].startswith("Channels"):
        line = lines[at]
        if line.strip(separator + " \t"):
            cells = line.split(separator)
            if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                raise DamagedFile(
                    f"{file}, line {at + 1}: at most {width} cells were expected, {len(cells)} found.", mend=MEND
                )
            if re.match(r"Notes\b|\*\*\*", line):
                break
            segment.rows.append([cell.strip() for cell in cells[:width]] + [""] * (width - len(cells)))
        at += 1
    document.segments.append(segment)
    return at


def _decimal(document: LvmDocument, separator: str) -> str:
    """The mark that the numbers have, where the header does not say."""
    if separator == ",":
        return "."
    some = [cell for segment in document.segments for row in segment.rows[:20] for cell in row]
    return "," if any(re.fullmatch(r"-?\d+,\d+(?:E[+-]?\d+)?", cell) for cell in some) else "."
