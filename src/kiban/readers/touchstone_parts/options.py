"""What a Touchstone file says above its numbers: the option line and, from version 2.0 on, keywords in brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kiban.errors import DamagedFile, UnsupportedVariant
from kiban.readers.number_list import optional_number

MEND = "Export the file again, or copy it again; it is kept as it came."
MOST_PORTS = 512
_UNITS = {"hz": "Hz", "khz": "kHz", "mhz": "MHz", "ghz": "GHz"}
_PARAMETERS = "syzhg"
_FORMATS = ("db", "ma", "ri")
_KEYWORD = re.compile(r"\[(?P<key>[^\]]+)\]\s*(?P<value>.*)")


@dataclass(slots=True)
class Options:
    """The option line, with its defaults, and the keywords."""

    unit: str = "GHz"
    parameter: str = "s"
    format: str = "ma"
    resistance_ohm: float = 50.0
    version: str = "1"
    n_ports: int | None = None
    """Stated from version 2.0 on; in version 1 the data tell."""
    order: str = "21_12"
    """Of two ports: which parameter comes second."""
    matrix: str = "full"
    n_frequencies: int | None = None
    n_noise: int | None = None
    references_ohm: tuple[float, ...] = ()
    keywords: dict[str, str] = field(default_factory=dict)
    written: str = ""
    """The option line as it stands in the file."""

    @property
    def is_version_2(self) -> bool:
        """It has keywords, and parameters are not divided by the reference resistance."""
        return not self.version.startswith("1")


@dataclass(slots=True)
class Content:
    """The file, sorted."""

    options: Options
    comments: list[str]
    lines: list[tuple[int, str]]
    """Lines of network data with their numbers, without comments; in version 1 the noise data come with them."""
    noise: list[tuple[int, str]]
    """Those below `[Noise Data]`."""
    is_ended: bool
    """Version 2: there is an [End]."""


def is_option_line(line: str) -> bool:
    """Say whether a line is a whole option line: `#`, then a unit, a parameter, a format or a resistance."""
    tokens = line[1:].lower().split() if line.startswith("#") else []
    known = [t for t in tokens if t in _UNITS or t in _FORMATS or (len(t) == 1 and t in _PARAMETERS)]
    rest = [t for t in tokens if t not in known]
    is_resistance = not rest or (rest[0] == "r" and len(rest) > 1 and optional_number(rest[1]) is not None)
    return len(known) >= 2 and is_resistance


def sort_lines(lines: Sequence[str], *, file: str) -> Content:
    """Sort the lines of a file.

    Raises
    ------
    DamagedFile
        If there is no option line above the data, or a keyword's value is none.
    UnsupportedVariant
        If the parameters are of mixed modes.
    """
    content = Content(Options(), [], [], [], False)
    has_options = False
    section = "head"
    for number, line in enumerate(lines, 1):
        text, mark, comment = line.partition("!")
        if mark and comment.strip():
            content.comments.append(comment.strip())
        text = text.strip()
        if not text:
            continue
        if text.startswith("#"):
            if not has_options:
                _read_options(text, content.options, file=file)
                has_options = True
        elif (match := _KEYWORD.fullmatch(text)) is not None:
            section = _read_keyword(match["key"].lower().strip(), match["value"], content, section, file=file)
        elif section == "reference":
            content.options.references_ohm += _numbers(text, "[Reference]", file)
        elif section == "noise":
            content.noise.append((number, text))
        elif section != "information":
            if not has_options:
                raise DamagedFile(f"{file}, line {number}: an option line # was expected above the data.", mend=MEND)
            content.lines.append((number, text))
    return content


def _read_options(text: str, options: Options, *, file: str) -> None:
    options.written = text
    words = text[1:].lower().split()
    while words:
        word = words.pop(0)
        if word in _UNITS:
            options.unit = _UNITS[word]
        elif word in _FORMATS:
            options.format = word
        elif len(word) == 1 and word in _PARAMETERS:
            options.parameter = word
        elif word == "r" and words and (number := optional_number(words[0])) is not None:
            options.resistance_ohm = number
            del words[0]
        elif optional_number(word) is None:
            raise DamagedFile(f"{file}: '{word[:40]}' has no meaning in the option line {text[:80]!r}.", mend=MEND)


def _read_keyword(key: str, value: str, content: Content, section: str, *, file: str) -> str:
    """Note a keyword; returns which section follows."""
    options = content.options
    options.keywords[key] = value.strip()
    sections = {"network data": "network", "noise data": "noise", "begin information": "information"}
    if key in sections:
        return sections[key]
    if key == "version":
        options.version = value.strip()
    elif key == "number of ports":
        options.n_ports = _count(value, key, file)
    elif key == "number of frequencies":
        options.n_frequencies = _count(value, key, file)
    elif key == "number of noise frequencies":
        options.n_noise = _count(value, key, file)
    elif key == "two-port data order":
        options.order = value.strip()
    elif key == "matrix format":
        options.matrix = value.strip().lower()
    elif key == "reference":
        options.references_ohm = _numbers(value, "[Reference]", file)
        return "reference"
    elif key == "mixed-mode order":
        raise UnsupportedVariant(
            f"{file} has parameters of mixed modes; single-ended ones are read.",
            mend="Export it single-ended. The file is kept as it came.",
        )
    elif key == "end":
        content.is_ended = True
    return "head" if section != "network" or key == "end" else section


def _count(value: str, key: str, file: str) -> int:
    number = optional_number(value)
    if number is None or number != int(number) or not 0 < number <= 1e9:
        raise DamagedFile(f"{file}: a count was expected after [{key}]; '{value.strip()[:40]}' was found.", mend=MEND)
    return int(number)


def _numbers(text: str, key: str, file: str) -> tuple[float, ...]:
    found = []
    for token in text.split():
        number = optional_number(token)
        if number is None:
            raise DamagedFile(f"{file}: numbers were expected after {key}; '{token[:40]}' was found.", mend=MEND)
        found.append(number)
    return tuple(found)
