"""The parts of an xlsx file that openpyxl's streaming mode does not show: merged cells and formulas without a result.

Every XML part is unpacked here first, within the limits, and refused if it declares entities; only then does openpyxl
get the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from kiban.errors import DamagedFile, HostileFile
from kiban.readers.xml import parse
from kiban.readers.zipped import Zipped

WORKBOOK = re.compile(r"xl/workbook[^/]*\.xml", re.IGNORECASE)
CONTENT_TYPES = "[Content_Types].xml"

_DECLARATIONS = tuple(
    text.encode(code) for text in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be")
)
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])?>(.*?)</(?:\w+:)?c>", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>[^<]|<(?:\w+:)?is\b")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_PLACE = re.compile(rb"\br=\"([A-Z]{1,3}\d{1,7})\"")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetParts:
    """What one sheet's XML says beside its values."""

    tall_merges: tuple[tuple[int, int, int], ...] = ()
    """Cells merged over several rows: column, first row, last row, all from 1."""
    uncalculated: tuple[str, ...] = ()
    """Cells such as `B7` whose formula has no stored result."""
    is_hidden: bool = False
    """Whether nobody sees the sheet who opens the workbook."""


def read_parts(zipped: Zipped, *, name: str) -> Mapping[str, SheetParts]:
    """Check every XML part of a workbook, and read what is needed of its sheets, by sheet name.

    Raises
    ------
    HostileFile
        If a part declares a document type or entities.
    DamagedFile, LimitExceeded
        If a part cannot be unpacked within the limits, or the list of sheets cannot be read.
    """
    by_path: dict[str, SheetParts] = {}
    small: dict[str, bytes] = {}
    for member in zipped.names:
        if not member.lower().endswith((".xml", ".rels")):
            continue
        content = zipped.read(member)
        if any(declaration in content for declaration in _DECLARATIONS):
            raise HostileFile(
                f"{name}: its part {member} declares a document type, which no spreadsheet program writes.",
                mend="Save it again from a spreadsheet program if it is meant; it is kept as it came.",
            )
        if member.startswith("xl/worksheets/") and member.endswith(".xml"):
            by_path[member.lower()] = _sheet(content)
        elif WORKBOOK.fullmatch(member) or re.fullmatch(r"xl/_rels/workbook[^/]*\.rels", member, re.IGNORECASE):
            small[member] = content
    return _by_name(small, by_path, name)


def _sheet(content: bytes) -> SheetParts:
    merges = [
        (column_number(m[1].decode()), int(m[2]), int(m[4])) for m in _MERGED.finditer(content) if int(m[4]) > int(m[2])
    ]
    uncalculated: list[str] = []
    if _FORMULA.search(content):
        for cell in _CELL.finditer(content):
            inside = cell[2]
            if _FORMULA.search(inside) and not _VALUE.search(inside):
                place = _PLACE.search(cell[1] or b"")
                uncalculated.append(place[1].decode() if place else "?")
    return SheetParts(tall_merges=tuple(merges), uncalculated=tuple(uncalculated))


def column_number(letters: str) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """1 is A, 26 is Z, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _by_name(small: Mapping[str, bytes], by_path: Mapping[str, SheetParts], name: str) -> dict[str, SheetParts]:
    workbook = next((content for member, content in small.items() if WORKBOOK.fullmatch(member)), None)
    relations = next((content for member, content in small.items() if member.endswith(".rels")), None)
    if workbook is None or relations is None:
        raise DamagedFile(
            f"{name}: the list of its sheets is missing.", mend="Save it again from a spreadsheet program."
        )
    targets = {}
    for relation in parse(relations, name=name):
        path = str(relation.get("Target", "")).lower()
        targets[relation.get("Id")] = path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    found: dict[str, SheetParts] = {}
    for element in parse(workbook, name=name).iter("{*}sheet"):
        relation_id = element.get(_RELATION) or element.get(_STRICT_RELATION)
        parts = by_path.get(targets.get(relation_id, ""))
        if parts is not None:
            is_hidden = element.get("state", "visible") != "visible"
            found[str(element.get("name"))] = replace(parts, is_hidden=is_hidden)
    return found
