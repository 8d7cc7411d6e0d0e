"""A VersaStudio file taken apart: `<Name>`, lines `key=value` or rows of numbers, `</Name>`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kiban.errors import DamagedFile

MEND = "Save the measurement again in VersaStudio, or copy the file again; it is kept as it came."
_OPEN = re.compile(r"<(?P<name>[A-Za-z]\w*)>")


@dataclass(slots=True)
class Section:
    """One section."""

    name: str
    fields: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[int, str]] = field(default_factory=list)
    """Lines that are no `key=value`, each with its number."""


def parse(lines: list[str], *, file: str) -> list[Section]:
    """Take the sections apart.

    Raises
    ------
    DamagedFile
        If a segment of points is not closed.
    """
    sections: list[Section] = []
    current: Section | None = None
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if current is None:
            match = _OPEN.fullmatch(text)
            if match is not None:
                current = Section(match["name"])
        elif text == f"</{current.name}>":
            sections.append(current)
            current = None
        elif text:
            key, equals, value = text.partition("=")
            if equals and not text[0].isdigit() and text[0] != "-":
                current.fields.setdefault(key.strip(), value.strip())
            else:
                current.rows.append((number, text))
    if current is not None and current.name.startswith("Segment"):
        raise DamagedFile(f"{file}: </{current.name}> was expected; the file ends before it.", mend=MEND)
    return sections
