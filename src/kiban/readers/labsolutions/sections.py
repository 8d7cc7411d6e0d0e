"""The sections of a LabSolutions text: `[Name]`, lines of a key and a value, and tables, parted by one sign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kiban.errors import DamagedFile
from kiban.records.reading import Json

MEND = "Export it again from LabSolutions; the file is kept as it came."
_TABLES = ("R.Time", "Ret.Time", "m/z", "Time")


@dataclass(slots=True, kw_only=True)
class Section:
    """One section; its lines are split where its sign stands."""

    name: str
    first_line: int
    lines: list[list[str]] = field(default_factory=list)
    """Cells, trimmed; the empty line that ends a section is left out."""

    @property
    def table_at(self) -> int:
        """The line that names the columns of its numbers; as many as there are lines where there is none."""
        for n, cells in enumerate(self.lines):
            if cells[0].startswith(_TABLES) and any("Intensity" in cell for cell in cells[1:]):
                return n
        return len(self.lines)

    @property
    def keys(self) -> dict[str, str]:
        """Keys and values above the table, of repeated keys the first; a value with signs in it is put together."""
        found: dict[str, str] = {}
        for cells in self.lines[: self.table_at]:
            found.setdefault(cells[0], " ".join(cell for cell in cells[1:] if cell))
        return found

    def as_json(self) -> Json:
        """The section as a header: keys and values where it has only these, otherwise its lines."""
        if all(len(cells) <= 2 for cells in self.lines) and len({cells[0] for cells in self.lines}) == len(self.lines):
            return {cells[0]: cells[1] if len(cells) > 1 else "" for cells in self.lines}
        return [list(cells) for cells in self.lines]


def documents(text: str, file: str) -> Iterator[list[Section]]:
    """Split a text into the sections of each run; exports of several runs follow one another.

    Raises
    ------
    DamagedFile
        If something stands before the first section.
    """
    delimiter = _delimiter(text)
    document: list[Section] = []
    is_open = False
    for n, line in enumerate(text.splitlines(), 1):
        trimmed = line.strip()
        if trimmed.startswith("[") and trimmed.rstrip(",;\t ").endswith("]") and not is_table_row(trimmed, delimiter):
            name = trimmed.rstrip(",;\t ")[1:-1]
            if name == "Header" and document:
                yield document
                document = []
            document.append(Section(name=name, first_line=n))
            is_open = True
        elif not trimmed.strip(delimiter):
            continue
        elif is_open:
            document[-1].lines.append([cell.strip() for cell in line.rstrip("\r\n").split(delimiter)])
        else:
            raise DamagedFile(f"{file}, line {n}: a section was expected; '{trimmed[:60]}' was found.", mend=MEND)
    if document:
        yield document


def is_table_row(line: str, delimiter: str) -> bool:
    """Whether a line in brackets has cells, as no name of a section has."""
    return delimiter in line.rstrip(f"{delimiter} ")


def _delimiter(text: str) -> str:
    """The sign after the first key: exports can have tabs, commas or semicolons."""
    for line in text.splitlines()[:50]:
        if line.strip() and not line.lstrip().startswith("["):
            return max("\t,;", key=lambda sign: (sign in line, -line.find(sign)))
    return "\t"
