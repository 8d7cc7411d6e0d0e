"""Parameter files of TopSpin and XWIN-NMR (`acqus`, `procs`, ...): JCAMP-DX labels whose values are Bruker's own."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from kiban.errors import DamagedFile
from kiban.readers.text import decode
from kiban.records.reading import Json

MEND = "Copy the experiment again from the spectrometer; it is kept as it came."
_LABEL = re.compile(r"^##(\$?)([^=\n]{1,80})=[ \t]*", re.MULTILINE)
_ARRAY = re.compile(r"\(0\.\.(\d{1,9})\)\s*")
_COMMENT = re.compile(r"^\$\$ ?", re.MULTILINE)


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """The values of one file, as written."""

    values: Mapping[str, Json]
    """By label, Bruker's own without `$`; texts in angle brackets without them, arrays as lists of texts."""
    file: str

    def text(self, label: str) -> str:
        """A text, empty where it is missing or says that there is none."""
        value = self.values.get(label)
        found = value.strip() if isinstance(value, str) else ""
        return "" if found.lower() in {"none", "off", "?"} else found

    def number(self, label: str) -> float | None:
        """A finite number; `None` where it is missing or none."""
        try:
            number = float(self.text(label))
        except ValueError:
            return None
        return number if math.isfinite(number) else None

    def whole(self, label: str, least: int = 0) -> int:
        """A whole number that cannot be done without. Raises DamagedFile if it is missing, none or too small."""
        number = self.number(label)
        if number is None or number != int(number) or number < least:
            found = self.text(label)[:40] or "nothing"
            raise DamagedFile(
                f"{self.file}: {label} should be a whole number of at least {least}; {found} was found.", mend=MEND
            )
        return int(number)


def read_parameters(content: bytes, file: str) -> Parameters:
    """Take a parameter file apart. Raises DamagedFile if it has no labels."""
    text, _ = decode(content)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    values: dict[str, Json] = {}
    labels = list(_LABEL.finditer(text))
    if not labels:
        raise DamagedFile(f"{file}: lines that begin with ## were expected; none was found.", mend=MEND)
    ends = [label.start() for label in labels[1:]] + [len(text)]
    for label, end in zip(labels, ends, strict=True):
        value, comments = _without_comments(text[label.end() : end])
        if label[2].strip() != "END":
            values[label[2].strip()] = _value(value)
        if comments:
            values.setdefault("#comments", [])
            values["#comments"] += comments  # type: ignore[operator]
    return Parameters(values, file)


def _without_comments(text: str) -> tuple[str, list[str]]:
    if "$$" not in text:
        return text, []
    lines = text.split("\n")
    is_comment = [_COMMENT.match(line) is not None for line in lines]
    kept = "\n".join(line for line, is_one in zip(lines, is_comment, strict=True) if not is_one)
    return kept, [line[2:].strip() for line, is_one in zip(lines, is_comment, strict=True) if is_one]


def _value(text: str) -> Json:
    text = text.strip()
    array = _ARRAY.match(text)
    if array is not None:
        rest = text[array.end() :]
        items = re.findall(r"<([^>]*)>", rest) if "<" in rest else rest.split()
        return list(items)
    if text.startswith("<"):
        return text[1:].removesuffix(">").strip()
    return text
